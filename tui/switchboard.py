"""The switchboard: lists the connectors of flags, environment and profiles, and opens a session by a name."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tui import wiring
from tui.desk.connectors import settings
from tui.desk.connectors.connector import parse_address
from tui.desk.connectors.profile import require
from tui.desk.text.nearest import did_you_mean
from tui.desk.text.plain import plain
from tui.okta.network import AS_FOUND
from tui.okta.policy import Mode
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.connectors.connector import Connector, OrgAddress
    from tui.desk.connectors.profile import Profile, Profiles
    from tui.desk.connectors.secrets import Secret
    from tui.desk.proof.proof import Proof
    from tui.desk.session import Session
    from tui.okta.network import Network


class ConnectorChoice(Struct, frozen=True):
    """A connector that can be opened, as a list shows it.

    Attributes:
        name: The connector's name.
        org: The host of the org.
        org_name: What people call the org.
        read_only: Whether it refuses to change anything in Okta.
        colour: The colour of its header.
        production: Whether it is marked as a production org.
        default: Whether keydesk starts with it.
        profile: The profile; `None` for the demo org and the environment's connector.
    """

    name: str
    org: str
    org_name: str
    read_only: bool
    colour: str
    production: bool
    default: bool
    profile: Profile | None = None


class StartChoice(Struct, frozen=True):
    """The connector that keydesk would start with, and why that one; no secret was read for it.

    Attributes:
        name: The connector's name.
        source: What chose it: `--demo`, `--connector`, `KEYDESK_CONNECTOR`, `KEYDESK_ORG` or `connectors.toml`.
        org: The org's address; `None` for the demo org, which has none before it is started.
        network: The connector's own proxy and certificates.
        profile: The profile; `None` for the demo org and the environment's connector.
    """

    name: str
    source: str
    org: OrgAddress | None = None
    network: Network = AS_FOUND
    profile: Profile | None = None


class Switchboard:
    """The connectors that can be opened; every session is opened here.

    Args:
        name: The connector to start with; empty: `KEYDESK_CONNECTOR`, else the environment's own connector, else the
            default profile.
        demo: Whether to start with the embedded demo org.
        people: The number of people in the demo org.
        callers: Whether callers are on the line in the demo org.
        read_only: Whether to make every connector read-only, as `KEYDESK_READ_ONLY=1` does too; a read-only connector
            never becomes read-write.
        verify_only: Whether to leave every connector the verification of callers at most, as `KEYDESK_VERIFY_ONLY=1`.
        last: The connector that was open last, which comes before the default profile if it is still there.
        environ: The environment.

    Attributes:
        callers: Whether callers are on the line in the demo org.
        instead_of: The default connector, where `open` without a name has opened the one that was open last instead.
    """

    def __init__(
        self,
        *,
        name: str = "",
        demo: bool = False,
        people: int | None = None,
        callers: bool = False,
        read_only: bool = False,
        verify_only: bool = False,
        last: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.environ = os.environ if environ is None else environ
        self.read_only = read_only or wiring.tightened(self.environ)
        self.verify_only = verify_only or wiring.only_verifies(self.environ)
        self.places = settings.places(self.environ, demo=demo)
        self._name = name
        self._last = last
        self.instead_of = ""
        self.demo = demo
        self._people = people
        self.callers = demo and callers
        self._org: Connector | None = None
        self._tour_profiles: dict[str, tuple[Profile, Secret]] = {}

    def choices(self) -> tuple[ConnectorChoice, ...]:
        """Return the connectors that can be opened now: the environment's, where there is one, then the profiles.

        With the demo org, only that and the connectors of its tour are returned, so that nobody gets from a
        demonstration into the company's org.

        Raises:
            Trouble: The profiles cannot be read.
        """
        if self.demo:
            tour_choices = (
                replace(_profile_choice(profile, ""), profile=None) for profile, _ in self._tour_profiles.values()
            )
            return (_connector_choice(self._embedded_org()), *tour_choices)
        stored = self._stored()
        unsaved = []
        if wiring.in_environment(self.environ):
            with suppress(Trouble):  # its variables may be incomplete; opening it raises the error
                unsaved.append(_connector_choice(wiring.from_environment(self.environ)))
        return (*unsaved, *(_profile_choice(profile, stored.default) for profile in stored.profiles))

    def last_proof(self, choice: ConnectorChoice) -> Proof | None:
        """Read the last proof of a connector as it would be opened now; `None` without one."""
        from tui.desk.proof import store  # noqa: PLC0415 - a session reads it itself

        return store.recall(self.places.proofs, self._tightened(choice.profile)) if choice.profile else None

    def adopt(self, profile: Profile, secret: Secret) -> None:
        """Add the connector that the tour made; it is stored in memory only, until this process ends."""
        self._tour_profiles[profile.name] = profile, secret

    def open(self, name: str = "") -> Session:
        """Open a session; may block for seconds while the secret is read.

        Args:
            name: The connector; empty for the one to start with.

        Raises:
            Trouble: There is no such connector, or its secret cannot be read.
        """
        return wiring.session(
            self._connector(name or self._name),
            read_only=self.read_only,
            verify_only=self.verify_only,
            environ=self.environ,
        )

    def start_choice(self) -> StartChoice:
        """Return the connector that `open` would open without a name; reads no secret and starts no demo org.

        Raises:
            Trouble: There is none of that name, or none at all, or the profiles cannot be read.
        """
        if self.demo:
            return StartChoice(wiring.DEMO, "--demo")
        name = self._name or self.environ.get("KEYDESK_CONNECTOR", "")
        source = "--connector" if self._name else "KEYDESK_CONNECTOR"
        if name == wiring.ENVIRONMENT or (not name and wiring.in_environment(self.environ)):
            address = self.environ.get("KEYDESK_ORG", "")
            if not address:
                raise wiring.NoConnector("KEYDESK_ORG is missing in the environment")
            return StartChoice(wiring.ENVIRONMENT, source if name else "KEYDESK_ORG", parse_address(address))
        stored = self._stored()
        if not name and not stored.profiles:
            raise wiring.NoConnector
        profile = require(stored, name or stored.default)
        return StartChoice(profile.name, source if name else "connectors.toml", profile.org, profile.network, profile)

    def _stored(self) -> Profiles:
        from tui.desk.connectors.profiles import load  # noqa: PLC0415 - brings TOML, which the environment does without

        return load(self.places.connectors)

    def _embedded_org(self) -> Connector:
        if self._org is None:
            self._org = wiring.demo(people=self._people, callers=self.callers)
        return self._org

    def _connector(self, name: str) -> Connector:
        if tour := self._tour_profiles.get(name):
            tour_profile, secret = tour
            return replace(wiring.assemble(self._tightened(tour_profile), secret), made_up=True)  # of the embedded org
        if self.demo:
            return self._embedded_org()
        name = name or self.environ.get("KEYDESK_CONNECTOR", "")
        if name == wiring.ENVIRONMENT or (not name and wiring.in_environment(self.environ)):
            tighter = {"KEYDESK_READ_ONLY": "1"} if self.read_only else {}
            tighter |= {"KEYDESK_VERIFY_ONLY": "1"} if self.verify_only else {}
            return wiring.from_environment({**self.environ, **tighter})
        stored = self._stored()
        if not name and not stored.profiles:
            raise wiring.NoConnector
        last = self._last if stored.get(self._last) is not None else ""
        profile = stored.get(name or last or stored.default)
        if profile is None:
            likely = did_you_mean(name, [known.name for known in stored.profiles])
            raise wiring.NoConnector(
                f"There is no connector called {plain(name)}",
                advice=f"{likely} `keydesk connectors list` shows them.".strip(),
            )
        if not name and profile.name != stored.default:
            self.instead_of = stored.default
        return wiring.from_profile(self._tightened(profile), self.environ)

    def _tightened(self, profile: Profile) -> Profile:
        """Return the profile as the flags tighten it; done before signing in, which asks for scopes by it."""
        mode = wiring.tighter(profile.mode, read_only=self.read_only, verify_only=self.verify_only)
        return replace(profile, mode=mode)


def _connector_choice(connector: Connector) -> ConnectorChoice:
    return ConnectorChoice(
        connector.name,
        connector.org.host,
        "made-up org" if connector.made_up else connector.org.name,
        connector.mode is not Mode.READ_WRITE,
        connector.colour,
        connector.production,
        default=False,
    )


def _profile_choice(profile: Profile, default: str) -> ConnectorChoice:
    return ConnectorChoice(
        profile.name,
        profile.org.host,
        profile.org.name,
        profile.mode is not Mode.READ_WRITE,
        profile.colour,
        profile.production,
        default=profile.name == default,
        profile=profile,
    )
