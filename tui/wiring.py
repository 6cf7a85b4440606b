"""Build a connector from a profile, the environment or the demo org, and a client and a session from a connector."""

from __future__ import annotations

import atexit
import os
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.actions import needs
from tui.desk.connectors import secrets, settings
from tui.desk.connectors.agent import recording_agent
from tui.desk.connectors.connector import Connector, SignInKind, parse_address
from tui.desk.connectors.profile import Profile, SignIn
from tui.desk.ledger.protocol import ledger_when_used
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.session import Session
from tui.desk.text.plain import plain
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.credentials import Unsigned
from tui.okta.network import AS_FOUND
from tui.okta.policy import Capability, Mode, Policy, SoftwareBy
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tui.demo.serve.embedded import EmbeddedOrg
    from tui.desk.connectors.connector import OrgAddress
    from tui.desk.connectors.secrets import Secret
    from tui.desk.connectors.store_address import StoreAddress
    from tui.desk.ledger.protocol import LedgerStore
    from tui.desk.setup.form import Form
    from tui.desk.team.ledger import TeamLedger
    from tui.okta.client import Transport
    from tui.okta.clock import Clock
    from tui.okta.credentials import Credentials
    from tui.okta.network import Network
    from tui.okta.policy import EndpointMap

DEMO: Final = "demo"
ENVIRONMENT: Final = "environment"
_FINDING_AND_GIVING: Final = frozenset({Capability.IDENTIFY, Capability.PROVISIONING})


class NoConnector(Trouble):
    """Neither a flag, nor the environment, nor a profile names an org to connect to."""

    title = "keydesk does not know an Okta org yet"
    advice = (
        "Set one up with `keydesk connect`, try it with `keydesk --demo`, or set KEYDESK_ORG (such as "
        "https://acme.okta.com) and KEYDESK_API_TOKEN in the environment"
    )


class Tour(Struct, frozen=True):
    """The inputs that a tour of the wizard fills in.

    Attributes:
        org: The demo org's address.
        client_id: The client id of the demo org's service app.
        key_id: The `kid` of the app's key.
        private_key: The app's private key, as PEM.
        by_groups: The inputs for a connector that only finds people and gives software by groups: those of a service
            app with no other rights; `None` where the org has none.
    """

    org: OrgAddress
    client_id: str
    key_id: str
    private_key: Secret
    by_groups: Tour | None = None

    def inputs(self, form: Form) -> Tour:
        """Return the inputs for what was chosen in the wizard."""
        small = form.software_by == SoftwareBy.GROUPS and form.wanted <= _FINDING_AND_GIVING
        return self.by_groups if small and self.by_groups is not None else self

    def key_of(self, client_id: str) -> Secret:
        """Return the private key of the service app with this client id."""
        other = self.by_groups
        return other.private_key if other is not None and other.client_id == client_id else self.private_key


_embedded: list[EmbeddedOrg] = []


def embedded(*, people: int | None = None, callers: bool = False) -> EmbeddedOrg:
    """Return the embedded demo org, which starts with the first call and ends with this process.

    Raises:
        DemoMissing: Its packages are not installed.
    """
    from tui.demo.serve.embedded import PEOPLE, EmbeddedOrg  # noqa: PLC0415 - only with --demo

    if not _embedded:
        _embedded.append(EmbeddedOrg(people=people or PEOPLE, callers=callers))
        atexit.register(_embedded[0].stop)
    return _embedded[0]


def tour(*, people: int | None = None) -> Tour:
    """Return the inputs of a tour: the service apps of the embedded demo org.

    Raises:
        DemoMissing: Its packages are not installed.
    """
    from tui.demo.admins.principals import GROUPS_ONLY, client_id  # noqa: PLC0415 - only with --demo
    from tui.demo.base import client_keys  # noqa: PLC0415
    from tui.demo.base.ids import Ids  # noqa: PLC0415
    from tui.demo.serve.embedded import SEED  # noqa: PLC0415

    org = embedded(people=people)
    address, key = parse_address(org.url), secrets.Secret(client_keys.private_pem(SEED, GROUPS_ONLY, "ES256"))
    by_groups = Tour(address, client_id(Ids(SEED), GROUPS_ONLY), client_keys.key_id(SEED, GROUPS_ONLY), key)
    return Tour(address, org.client_id, org.key_id, secrets.Secret(org.private_key), by_groups)


def demo(*, people: int | None = None, callers: bool = False) -> Connector:
    """Return a connector for the embedded demo org.

    Args:
        people: How many people it has; `None` for as many as always.
        callers: Whether callers are on the line, so that the phones of some people answer as their script says.

    Raises:
        DemoMissing: Its packages are not installed.
    """
    org = embedded(people=people, callers=callers)
    return Connector(
        DEMO, parse_address(org.url), ApiToken(org.token), Mode.READ_WRITE, made_up=True, rules=DEFAULT_RULES
    )


def in_environment(environ: Mapping[str, str]) -> bool:
    """Whether the environment names a connector, even an incomplete one."""
    return any(environ.get(name) for name in ("KEYDESK_ORG", "KEYDESK_API_TOKEN"))


def tightened(environ: Mapping[str, str]) -> bool:
    """Whether `KEYDESK_READ_ONLY` makes every connector read-only, whatever is opened."""
    return _is_set(environ, "KEYDESK_READ_ONLY")


def only_verifies(environ: Mapping[str, str]) -> bool:
    """Whether `KEYDESK_VERIFY_ONLY` leaves every connector the verification of callers at most."""
    return _is_set(environ, "KEYDESK_VERIFY_ONLY")


def _is_set(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").strip().lower() not in {"", "0", "false", "no"}


def tighter(mode: Mode, *, read_only: bool, verify_only: bool) -> Mode:
    """Return a mode as flags tighten it; none loosens it."""
    if read_only:
        return Mode.READ_ONLY
    return Mode.VERIFY_ONLY if verify_only and mode is Mode.READ_WRITE else mode


def from_environment(environ: Mapping[str, str] | None = None) -> Connector:
    """Build the connector that the environment describes, in the mode that the environment leaves it.

    `KEYDESK_READ_ONLY=1` makes it read-only, `KEYDESK_VERIFY_ONLY=1` leaves it the verification of callers. It takes
    `KEYDESK_ORG` with `KEYDESK_API_TOKEN`, or with `KEYDESK_CLIENT_ID`, `KEYDESK_KEY_ID` and `KEYDESK_PRIVATE_KEY`.

    Raises:
        NoConnector: A variable is missing.
        BadAddress: The address cannot be used.
        OktaError: The value is no API token.
        BadInput: The value is no private key.
    """
    environ = os.environ if environ is None else environ
    org, client_id = environ.get("KEYDESK_ORG", ""), environ.get("KEYDESK_CLIENT_ID", "")
    if not org and not environ.get("KEYDESK_API_TOKEN"):
        raise NoConnector
    secret_name = "KEYDESK_PRIVATE_KEY" if client_id else "KEYDESK_API_TOKEN"
    required = ("KEYDESK_ORG", "KEYDESK_KEY_ID", secret_name) if client_id else ("KEYDESK_ORG", secret_name)
    for name in required:
        if not environ.get(name):
            raise NoConnector(f"{name} is missing in the environment")
    kind = SignInKind.PRIVATE_KEY_JWT if client_id else SignInKind.API_TOKEN
    place = secrets.SecretPlace(secrets.Keep.ENVIRONMENT, secret_name)
    sign_in = SignIn(kind, place, client_id, environ.get("KEYDESK_KEY_ID", ""))
    mode = tighter(Mode.READ_WRITE, read_only=tightened(environ), verify_only=only_verifies(environ))
    return assemble(Profile(ENVIRONMENT, parse_address(org), sign_in, mode=mode), secrets.Secret(environ[secret_name]))


def assemble(profile: Profile, secret: Secret, passphrase: Secret | None = None, *, renewal: str = "") -> Connector:
    """Build a connector from a profile and its secret; nothing is sent.

    Args:
        profile: The profile.
        secret: The API token, or the private key.
        passphrase: The passphrase of the private key.
        renewal: What to do about a token that Okta refuses; empty for what fits where the token is kept.

    Raises:
        OktaError: The secret is no API token.
        BadInput: The secret is no private key, or the client id or the key id is not valid; the field says which.
    """
    return Connector(
        profile.name,
        profile.org,
        _credentials(profile, secret, passphrase, renewal or _renewal(profile)),
        profile.mode,
        profile.capabilities,
        kind=profile.sign_in.kind,
        client_id=profile.sign_in.client_id,
        colour=profile.colour,
        production=profile.production,
        portals=profile.portals,
        network=profile.network,
        ticket=profile.ticket,
        software_by=profile.software_by,
        rules=profile.rules.made(),
        access_code=profile.access_code,
        store=profile.store,
    )


def _renewal(profile: Profile) -> str:
    """Return how a token that keydesk only reads is replaced; empty where keydesk keeps it and can rotate it."""
    place = profile.sign_in.secret
    if place is not None and place.keep is secrets.Keep.ENVIRONMENT:
        return f"Put a new one into {place.where}, then start keydesk again."
    if place is not None and place.keep is secrets.Keep.COMMAND:
        return f"Put a new one where `{plain(place.where, limit=60)}` reads it, then start keydesk again."
    return ""


def _credentials(profile: Profile, secret: Secret, passphrase: Secret | None, renewal: str) -> Credentials:
    sign_in = profile.sign_in
    if sign_in.kind is SignInKind.API_TOKEN:
        return ApiToken(secret.reveal(), renewal=renewal)
    from tui.okta.keys import ClientKey  # noqa: PLC0415 - brings cryptography
    from tui.okta.oauth import ServiceApp  # noqa: PLC0415 - brings PyJWT

    key = ClientKey.load(secret.reveal(), passphrase.reveal() if passphrase else "")
    wanted = needs.scopes(profile.capabilities, profile.mode, profile.software_by)
    return ServiceApp(sign_in.client_id, sign_in.key_id, key, wanted)


def from_profile(profile: Profile, environ: Mapping[str, str] | None = None) -> Connector:
    """Read a profile's secret from where it is stored, and build the connector; may block for seconds.

    Raises:
        Trouble: The secret cannot be read, or is not valid.
    """
    sign_in = profile.sign_in
    if sign_in.secret is None:
        raise BadInput(f"The connector {profile.name} has no secret", advice="Set it up again with `keydesk connect`.")
    secret = secrets.fetch(sign_in.secret, environ)
    passphrase = secrets.fetch(sign_in.passphrase, environ) if sign_in.passphrase else None
    return assemble(profile, secret, passphrase)


def client(
    connector: Connector,
    *,
    clock: Clock | None = None,
    transport: Transport | None = None,
    environ: Mapping[str, str] | None = None,
    endpoints: EndpointMap = needs.ENDPOINT_MAP,
) -> OktaClient:
    """Build the client of a connector, with the policy that its choices give it."""
    if connector.client_id:
        _use_stored_nonce(connector, settings.places(environ, demo=connector.made_up).nonces)
    policy = Policy(
        connector.org.origin,
        connector.mode,
        connector.capabilities,
        connector.org.prefix,
        connector.credentials.token_path,
        endpoints,
        connector.software_by,
    )
    return OktaClient(policy, connector.credentials, clock=clock, transport=transport, network=connector.network)


async def try_sign_in(connector: Connector, *, clock: Clock | None = None, transport: Transport | None = None) -> None:
    """Prove by one cheap request that Okta accepts the credentials: it asks for an access token or the token's user.

    Raises:
        OktaError: Okta does not accept them; `BadClient` and `BadToken` name the field.
    """
    from tui.okta.oauth import ServiceApp  # noqa: PLC0415 - heavy

    okta = client(connector, clock=clock, transport=transport)
    try:
        await okta.http()
        if isinstance(connector.credentials, ServiceApp):
            await connector.credentials.token()
        else:
            await okta.user("me")
    finally:
        await okta.aclose()


def _use_stored_nonce(connector: Connector, path: Path) -> None:
    """Give a service app the DPoP nonce of its last run, and store each new one: it saves a request at every start."""
    from tui.desk.connectors import nonces  # noqa: PLC0415 - for a service app only
    from tui.okta.oauth import ServiceApp  # noqa: PLC0415 - imported by now

    app, origin = connector.credentials, connector.org.origin
    if isinstance(app, ServiceApp):
        app.use_nonce(nonces.recall(path, origin, app.client_id))
        app.on_nonce = lambda nonce: nonces.remember(path, origin, app.client_id, nonce)


def public_client(
    org: OrgAddress, network: Network = AS_FOUND, *, clock: Clock | None = None, transport: Transport | None = None
) -> OktaClient:
    """Build a client without credentials, which may read the org's public pages only, before a secret is typed."""
    connector = Connector("", org, Unsigned(), capabilities=frozenset(), network=network)
    return client(connector, clock=clock, transport=transport, endpoints=needs.PUBLIC_PAGES)


def session(
    connector: Connector,
    *,
    read_only: bool = False,
    verify_only: bool = False,
    clock: Clock | None = None,
    transport: Transport | None = None,
    environ: Mapping[str, str] | None = None,
) -> Session:
    """Build a session; cheap, since the connection and the ledger are opened when they are first used.

    Args:
        connector: The org, the credentials, the mode and the capabilities.
        read_only: Whether to make the connector read-only; `False` leaves it as it is.
        verify_only: Whether to leave it the verification of callers at most.
        clock: The clock, replaced by tests.
        transport: The network, replaced by tests.
        environ: The environment; that of the process by default.

    Raises:
        BadSettings: The settings file cannot be read.
    """
    paths = settings.places(environ, demo=connector.made_up)
    desk = settings.load(paths.settings)
    mode = tighter(connector.mode, read_only=read_only, verify_only=verify_only)
    connector = replace(connector, mode=mode)
    okta = client(connector, clock=clock, transport=transport, environ=environ)
    agent = recording_agent(connector.store, desk.agent, environ)
    ledger = ledger_when_used(lambda: open_store(connector, paths.ledger, okta.clock, environ, agent=agent.name))
    folder = None if connector.made_up else paths.state  # the demo org has another address each time
    built = Session(connector, okta, ledger, agent, desk.region, desk.ticket_text, folder=folder)
    if not paths.proofs.exists():
        return built
    from tui.desk.proof import store  # noqa: PLC0415 - not before the first proof

    if proof := store.recall(paths.proofs, connector):
        built.replace_denied(proof.refusals)
        if proof.granted:
            connector.credentials.expect(proof.granted)
    return built


def open_store(
    connector: Connector | Profile,
    path: Path,
    clock: Clock | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    agent: str = "",
) -> LedgerStore:
    """Open the record of a connector: its team's, or the ledger on this machine. Nothing is read yet.

    Args:
        connector: The connector, or its profile.
        path: The file of the ledger on this machine.
        clock: The clock of the ledger on this machine; a team's database has its own.
        environ: The environment, for the password of a team's database.
        agent: The name under which records stand in a team's database; empty for that of its role.
    """
    if connector.store is None:
        from tui.desk.ledger.ledger import Ledger  # noqa: PLC0415 - brings SQLite and the hash chain

        return Ledger(path, clock=clock.time) if clock else Ledger(path)
    return team_ledger(
        connector.store, connector.org.origin, agent or recording_agent(connector.store, "", environ).name, environ
    )


def team_ledger(address: StoreAddress, origin: str, agent: str, environ: Mapping[str, str] | None = None) -> TeamLedger:
    """Return the ledger that a team shares; it connects when it is first used.

    Args:
        address: The team's database.
        origin: The org's origin.
        agent: The name under which records stand.
        environ: The environment, for the password.
    """
    from tui.desk.team.database import Database  # noqa: PLC0415 - for a team only
    from tui.desk.team.ledger import TeamLedger  # noqa: PLC0415

    place = address.secret
    database = Database(address, lambda: secrets.fetch(place, environ) if place else None)
    return TeamLedger(database, origin, agent)
