"""Which connector: from flags, environment and profiles to a name, and from a name to a session."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui import wiring
from tui.desk.connectors import profiles, settings
from tui.desk.text.plain import plain
from tui.okta.policy import Mode
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.connectors.connector import Connector
    from tui.desk.connectors.profiles import Profile
    from tui.desk.connectors.secrets import Secret
    from tui.desk.session import Session


@dataclass(frozen=True, slots=True)
class ConnectorChoice:
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
        self._name = name
        self.demo = demo
        self._people = people
        self._org: Connector | None = None
        self._toured: dict[str, tuple[Profile, Secret]] = {}

    def known(self) -> tuple[ConnectorChoice, ...]:
        """All that can be opened now: the environment's connector where there is one, then the profiles.

        With the demo org, only that and what its tour made: nobody gets from a demonstration into the company's org.

        Raises:
            Trouble: The profiles cannot be read.
        """
        if self.demo:
            toured = (replace(_known(profile, ""), profile=None) for profile, _ in self._toured.values())
            return (_guest(self._embedded()), *toured)
        kept = profiles.load(self.places.connectors)
        guests = []
        if wiring.in_environment(self.environ):
            with suppress(Trouble):  # half of one may be left over there; whoever asks for it is told
                guests.append(_guest(wiring.from_environment(self.environ)))
        return (*guests, *(_known(profile, kept.default) for profile in kept.profiles))

    def adopt(self, profile: Profile, secret: Secret) -> None:
        """Take in a connector that is kept nowhere, until this process ends: what the tour made."""
        self._toured[profile.name] = profile, secret

    def open(self, name: str = "") -> Session:
        """Open a session; may block for seconds where the secret is kept.

        Args:
            name: Which connector; empty for the one to start with.

        Raises:
            Trouble: There is no such connector, or its secret cannot be had.
        """
        return wiring.session(self._connector(name or self._name), read_only=self.read_only, environ=self.environ)

    def _embedded(self) -> Connector:
        if self._org is None:
            self._org = wiring.demo(people=self._people)
        return self._org

    def _connector(self, name: str) -> Connector:
        if toured := self._toured.get(name):
            # A tour sets up the embedded org.
            return replace(wiring.assemble(self._tight(toured[0]), toured[1]), made_up=True)
        if self.demo:
            return self._embedded()
        name = name or self.environ.get("KEYDESK_CONNECTOR", "")
        if name == wiring.ENVIRONMENT or (not name and wiring.in_environment(self.environ)):
            tight = {"KEYDESK_READ_ONLY": "1"} if self.read_only else {}
            return wiring.from_environment({**self.environ, **tight})
        kept = profiles.load(self.places.connectors)
        if not name and not kept.profiles:
            raise wiring.NoConnector
        profile = kept.get(name or kept.default)
        if profile is None:
            raise wiring.NoConnector(
                f"There is no connector called {plain(name)}", advice="`keydesk connectors list` shows them."
            )
        return wiring.from_profile(self._tight(profile), self.environ)

    def _tight(self, profile: Profile) -> Profile:
        """Tightened before it signs in, so that a flag narrows the token's scopes too."""
        return replace(profile, mode=Mode.READ_ONLY) if self.read_only else profile


def _guest(connector: Connector) -> ConnectorChoice:
    return ConnectorChoice(
        connector.name,
        connector.org.host,
        connector.mode is Mode.READ_ONLY,
        connector.colour,
        connector.production,
        default=False,
    )


def _known(profile: Profile, default: str) -> ConnectorChoice:
    return ConnectorChoice(
        profile.name,
        profile.org.host,
        profile.mode is Mode.READ_ONLY,
        profile.colour,
        profile.production,
        default=profile.name == default,
        profile=profile,
    )
