"""From flags, environment and profiles to a session: the only place that chooses."""

from __future__ import annotations

import atexit
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tui.desk import needs, profiles, secrets, settings
from tui.desk import proof as proofs
from tui.desk.agent import who
from tui.desk.connector import Connector, SignInKind, parse_address
from tui.desk.ledger import Ledger
from tui.desk.plain import plain
from tui.desk.session import Session
from tui.okta.auth import ApiToken, Unsigned
from tui.okta.client import OktaClient
from tui.okta.network import AS_FOUND
from tui.okta.policy import Mode, Policy
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.demo.embedded import EmbeddedOrg
    from tui.desk.connector import OrgAddress
    from tui.desk.profiles import Profile
    from tui.desk.secrets import Secret
    from tui.okta.auth import Credentials
    from tui.okta.client import Transport
    from tui.okta.clock import Clock
    from tui.okta.network import Network

DEMO: Final = "demo"
ENVIRONMENT: Final = "environment"


class NoConnector(Trouble):
    """Nothing says which org to connect to."""

    title = "keydesk does not know an Okta org yet"
    advice = (
        "Set one up with `keydesk connect`, try it with `keydesk --demo`, or set KEYDESK_ORG (such as "
        "https://acme.okta.com) and KEYDESK_API_TOKEN in the environment"
    )


@dataclass(frozen=True, slots=True)
class Known:
    """A connector that can be switched to, as a list shows it.

    Attributes:
        name: Its name.
        org: Host of the org.
        read_only: Whether it changes nothing.
        colour: How it looks.
        production: Whether it looks like production.
        default: Whether keydesk starts with it.
        profile: The profile; `None` for the demo org and the environment's connector.
    """

    name: str
    org: str
    read_only: bool
    colour: str
    production: bool
    default: bool
    profile: Profile | None = None


class Switchboard:
    """The connectors that there are, and the one way from a name to a session.

    Args:
        name: Which to start with; empty: `KEYDESK_CONNECTOR`, else the environment's own, else the default profile.
        demo: Start with the embedded demo org.
        people: How many people the demo org has.
        read_only: Tighten whatever is opened; nothing loosens a connector.
        environ: The environment.
    """

    def __init__(
        self,
        *,
        name: str = "",
        demo: bool = False,
        people: int | None = None,
        read_only: bool = False,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.environ = os.environ if environ is None else environ
        self.read_only = read_only
        self.places = settings.places(self.environ)
        self._name = DEMO if demo else name
        self._demo = demo
        self._people = people
        self._guests: dict[str, Connector] = {}

    @property
    def demo(self) -> bool:
        """Whether it was started with the embedded demo org."""
        return self._demo

    def known(self) -> tuple[Known, ...]:
        """All that can be opened now: the demo org and the environment's connector where there, then the profiles.

        Raises:
            Trouble: The profiles cannot be read.
        """
        kept = profiles.load(self.places.connectors)
        guests = [_guest(connector) for connector in self._guests.values()]
        if ENVIRONMENT not in self._guests and _in_environment(self.environ):
            guests.append(_guest(from_environment(self.environ)))
        return (*guests, *(_known(profile, kept.default) for profile in kept.profiles))

    def adopt(self, connector: Connector) -> None:
        """Take in a connector that is kept nowhere, until this process ends: what the tour made."""
        self._guests[connector.name] = connector

    def open(self, name: str = "") -> Session:
        """Open a session; may block for seconds where the secret is kept.

        Args:
            name: Which connector; empty for the one to start with.

        Raises:
            Trouble: There is no such connector, or its secret cannot be had.
        """
        return session(self._connector(name or self._name), read_only=self.read_only, environ=self.environ)

    def _connector(self, name: str) -> Connector:
        if name == DEMO and self._demo:
            if name not in self._guests:
                self._guests[name] = demo(people=self._people)
            return self._guests[name]
        if name in self._guests:
            return self._guests[name]
        name = name or self.environ.get("KEYDESK_CONNECTOR", "")
        if name == ENVIRONMENT or (not name and _in_environment(self.environ)):
            tight = {"KEYDESK_READ_ONLY": "1"} if self.read_only else {}
            return from_environment({**self.environ, **tight})
        kept = profiles.load(self.places.connectors)
        if not name and not kept.profiles:
            raise NoConnector
        profile = kept.get(name or kept.default)
        if profile is None:
            raise NoConnector(
                f"There is no connector called {plain(name)}", advice="`keydesk connectors list` shows them."
            )
        return from_profile(replace(profile, mode=Mode.READ_ONLY) if self.read_only else profile, self.environ)


def _guest(connector: Connector) -> Known:
    return Known(
        connector.name,
        connector.org.host,
        connector.mode is Mode.READ_ONLY,
        connector.colour,
        connector.production,
        default=False,
    )


def _known(profile: Profile, default: str) -> Known:
    return Known(
        profile.name,
        profile.org.host,
        profile.mode is Mode.READ_ONLY,
        profile.colour,
        profile.production,
        default=profile.name == default,
        profile=profile,
    )


_embedded: list[EmbeddedOrg] = []


def embedded(*, people: int | None = None) -> EmbeddedOrg:
    """The embedded demo org, started when first asked for; it ends with this process.

    Raises:
        DemoMissing: Its packages are not installed.
    """
    from tui.demo.embedded import PEOPLE, EmbeddedOrg  # noqa: PLC0415 - only with --demo

    if not _embedded:
        _embedded.append(EmbeddedOrg(people=people or PEOPLE))
        atexit.register(_embedded[0].stop)
    return _embedded[0]


def demo(*, people: int | None = None) -> Connector:
    """Connect to the embedded demo org.

    Raises:
        DemoMissing: Its packages are not installed.
    """
    org = embedded(people=people)
    return Connector(DEMO, parse_address(org.url), ApiToken(org.token), Mode.READ_WRITE)


def _in_environment(environ: Mapping[str, str]) -> bool:
    return any(environ.get(name) for name in ("KEYDESK_ORG", "KEYDESK_API_TOKEN"))


def from_environment(environ: Mapping[str, str] | None = None) -> Connector:
    """The connector that the environment makes; `KEYDESK_READ_ONLY=1` makes it read-only.

    `KEYDESK_ORG` with `KEYDESK_API_TOKEN`, or with `KEYDESK_CLIENT_ID`, `KEYDESK_KEY_ID` and `KEYDESK_PRIVATE_KEY`.

    Raises:
        NoConnector: Something is missing.
        BadAddress: The address cannot be used.
        OktaError: The token cannot be one.
        BadInput: The key cannot be one.
    """
    environ = os.environ if environ is None else environ
    org, client_id = environ.get("KEYDESK_ORG", ""), environ.get("KEYDESK_CLIENT_ID", "")
    if not org and not environ.get("KEYDESK_API_TOKEN"):
        raise NoConnector
    holder = "KEYDESK_PRIVATE_KEY" if client_id else "KEYDESK_API_TOKEN"
    wanted = ("KEYDESK_ORG", "KEYDESK_KEY_ID", holder) if client_id else ("KEYDESK_ORG", holder)
    for name in wanted:
        if not environ.get(name):
            raise NoConnector(f"{name} is missing in the environment")
    read_only = environ.get("KEYDESK_READ_ONLY", "").lower() not in {"", "0", "false", "no"}
    kind = SignInKind.PRIVATE_KEY_JWT if client_id else SignInKind.API_TOKEN
    place = secrets.SecretPlace(secrets.Keep.ENVIRONMENT, holder)
    sign_in = profiles.SignIn(kind, place, client_id, environ.get("KEYDESK_KEY_ID", ""))
    mode = Mode.READ_ONLY if read_only else Mode.READ_WRITE
    return assemble(
        profiles.Profile(ENVIRONMENT, parse_address(org), sign_in, mode=mode), secrets.Secret(environ[holder])
    )


def assemble(profile: Profile, secret: Secret, passphrase: Secret | None = None) -> Connector:
    """The connector that a profile and its secret make; nothing is sent.

    Raises:
        OktaError: The secret is no token.
        BadInput: The secret is no private key, or the client id or key id cannot be one; the field says which.
    """
    return Connector(
        profile.name,
        profile.org,
        _credentials(profile, secret, passphrase),
        profile.mode,
        profile.capabilities,
        kind=profile.sign_in.kind,
        client_id=profile.sign_in.client_id,
        colour=profile.colour,
        production=profile.production,
        portals=profile.portals,
        network=profile.network,
    )


def _credentials(profile: Profile, secret: Secret, passphrase: Secret | None) -> Credentials:
    sign_in = profile.sign_in
    if sign_in.kind is SignInKind.API_TOKEN:
        return ApiToken(secret.reveal())
    from tui.okta.keys import ClientKey  # noqa: PLC0415 - brings cryptography
    from tui.okta.oauth import ServiceApp  # noqa: PLC0415 - brings PyJWT

    key = ClientKey.load(secret.reveal(), passphrase.reveal() if passphrase else "")
    return ServiceApp(sign_in.client_id, sign_in.key_id, key, needs.scopes(profile.capabilities, profile.mode))


def from_profile(profile: Profile, environ: Mapping[str, str] | None = None) -> Connector:
    """Fetch a profile's secret from where it is kept, and make the connector; may block for seconds.

    Raises:
        Trouble: The secret cannot be had, or is of no use.
    """
    sign_in = profile.sign_in
    if sign_in.secret is None:
        raise BadInput(f"The connector {profile.name} has no secret", advice="Set it up again with `keydesk connect`.")
    secret = secrets.fetch(sign_in.secret, environ)
    passphrase = secrets.fetch(sign_in.passphrase, environ) if sign_in.passphrase else None
    return assemble(profile, secret, passphrase)


def client(connector: Connector, *, clock: Clock | None = None, transport: Transport | None = None) -> OktaClient:
    """A client for one connector, as `session` builds it, with its policy; for a proof."""
    policy = Policy(
        connector.org.origin,
        connector.mode,
        connector.capabilities,
        connector.org.prefix,
        getattr(connector.credentials, "token_path", None),
    )
    return OktaClient(policy, connector.credentials, clock=clock, transport=transport)


def visitor(
    org: OrgAddress, network: Network = AS_FOUND, *, clock: Clock | None = None, transport: Transport | None = None
) -> OktaClient:
    """A client without credentials, read-only: for the well-known pages, before any secret is asked for."""
    return client(Connector("", org, Unsigned(), network=network), clock=clock, transport=transport)


def session(
    connector: Connector,
    *,
    read_only: bool = False,
    clock: Clock | None = None,
    transport: Transport | None = None,
    environ: Mapping[str, str] | None = None,
) -> Session:
    """Build a session; cheap: nothing is connected or opened before it is used.

    Args:
        connector: Which org, and as what.
        read_only: Tighten the connector; it can never be loosened here.
        clock: Replaced by tests.
        transport: The wire, replaced by tests.
        environ: The environment.

    Raises:
        BadSettings: The settings file cannot be read.
    """
    where = settings.places(environ)
    desk = settings.load(where.settings)
    if read_only:
        connector = replace(connector, mode=Mode.READ_ONLY)
    made = client(connector, clock=clock, transport=transport)
    ledger = Ledger(where.ledger, clock=made.clock.time)
    found = Session(connector, made, ledger, who(desk.agent, environ), desk.region)
    if last := proofs.recall(where.proofs, connector):
        found.learn(last)
    return found
