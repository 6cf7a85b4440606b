"""A profile: one connector as an admin set it up; and all of them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from tui.desk.connectors.connector import SignInKind  # noqa: TC001 - msgspec reads the annotations
from tui.desk.connectors.portals import NO_PORTALS
from tui.desk.connectors.secrets import SecretPlace  # noqa: TC001 - msgspec reads the annotations
from tui.desk.connectors.ticket import ANY_TICKET
from tui.okta.network import AS_FOUND
from tui.okta.policy import Capability, Mode
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tui.desk.connectors.connector import OrgAddress
    from tui.desk.connectors.portals import Portals
    from tui.desk.connectors.ticket import TicketRule
    from tui.okta.network import Network


Colour = Literal["blue", "green", "teal", "purple", "grey", "orange", "red"]
COLOURS: Final[tuple[str, ...]] = get_args(Colour)
"""What a connector can look like; red is production's own and no other connector may take it."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a connector signs in; the secret stays where `secret` says.

    Attributes:
        kind: API token, or OAuth 2.0 client credentials with a private-key JWT.
        secret: Where the token, or the private key (PEM or JWK), is kept; `None` while not chosen (a draft).
        client_id: Of the service app (`0oa…`); private-key JWT only.
        key_id: The `kid` of the public key at Okta; private-key JWT only.
        passphrase: Where the passphrase of an encrypted private key is kept; `None` without one.
    """

    kind: SignInKind
    secret: SecretPlace | None = None
    client_id: str = ""
    key_id: str = ""
    passphrase: SecretPlace | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One connector as it was set up.

    Attributes:
        name: What agents call it; 1 to 40 letters, digits, spaces, `.`, `_` and `-`, unique without regard to case.
        org: The address.
        sign_in: How it signs in.
        colour: One of `COLOURS`.
        production: Production looks different everywhere.
        mode: New ones start read-only.
        capabilities: What is switched on.
        portals: Where agents go instead.
        network: How the org is reached.
        ticket: What it asks of ticket numbers.
        unknown: Keys that this version of keydesk does not know; kept when the file is written.
    """

    name: str
    org: OrgAddress
    sign_in: SignIn
    colour: str = "blue"
    production: bool = False
    mode: Mode = Mode.READ_ONLY
    capabilities: frozenset[Capability] = frozenset(Capability)
    portals: Portals = NO_PORTALS
    network: Network = AS_FOUND
    ticket: TicketRule = ANY_TICKET
    unknown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profiles:
    """All connectors of one file, in its order, and which is the default.

    Attributes:
        path: The file, `connectors.toml` in the config folder.
        profiles: The connectors.
        default: The name of the default; empty only when there are none.
    """

    path: Path
    profiles: tuple[Profile, ...] = ()
    default: str = ""

    def get(self, name: str) -> Profile | None:
        """The connector of that name, without regard to case; `None` when there is none."""
        return next((profile for profile in self.profiles if profile.name.casefold() == name.casefold()), None)


class BadProfiles(BadInput):
    """The connectors' file cannot be used; it is left as it is."""

    title = "The connectors' file cannot be used"
    advice = "Correct the line; keydesk left the file as it is."


class UnknownConnector(BadInput):
    """No connector has that name."""

    field = "name"


def require(found: Profiles, name: str) -> Profile:
    """The connector of that name.

    Raises:
        UnknownConnector: None; names the likely one and all known ones.
    """
    if profile := found.get(name):
        return profile
    names = [one.name for one in found.profiles]
    close = difflib.get_close_matches(name.casefold(), [one.casefold() for one in names], 1)
    likely = next((f"Did you mean {one}? " for one in names if close and one.casefold() == close[0]), "")
    known = f"Known: {', '.join(names)}." if names else "There is none yet; set one up with `keydesk connect`."
    raise UnknownConnector(f"There is no connector {name!r}", advice=likely + known)
