"""A profile: one connector as an admin set it up; and all profiles of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from msgspec import Struct, field

from tui.desk.connectors.connector import SignInKind  # noqa: TC001 - msgspec reads the annotations
from tui.desk.connectors.portals import NO_PORTALS
from tui.desk.connectors.secrets import SecretPlace  # noqa: TC001 - msgspec reads the annotations
from tui.desk.connectors.ticket import ANY_TICKET
from tui.desk.rules.written import AS_THEY_COME
from tui.desk.text.nearest import did_you_mean
from tui.okta.network import AS_FOUND
from tui.okta.policy import USUAL, Mode, SoftwareBy
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tui.desk.connectors.connector import OrgAddress
    from tui.desk.connectors.portals import Portals
    from tui.desk.connectors.store_address import StoreAddress
    from tui.desk.connectors.ticket import TicketRule
    from tui.desk.rules.written import WrittenRules
    from tui.okta.network import Network
    from tui.okta.policy import Capability


Colour = Literal["blue", "green", "teal", "purple", "grey", "orange", "red"]
COLOURS: Final[tuple[str, ...]] = get_args(Colour)
"""The colours of connectors; red is for production, and no other connector may have it."""


class SignIn(Struct, frozen=True):
    """How a connector signs in; this holds the place of the secret, never the secret.

    Attributes:
        kind: The way of signing in: API token, or OAuth 2.0 client credentials with a private-key JWT.
        secret: The place of the token or the private key (PEM or JWK); `None` while not chosen (a draft).
        client_id: The service app's client id (`0oa…`); private-key JWT only.
        key_id: The `kid` of the public key at Okta; private-key JWT only.
        passphrase: The place of the passphrase of an encrypted private key; `None` without one.
    """

    kind: SignInKind
    secret: SecretPlace | None = None
    client_id: str = ""
    key_id: str = ""
    passphrase: SecretPlace | None = None


class Profile(Struct, frozen=True):
    """One connector as it was set up.

    Attributes:
        name: The connector's name; 1 to 40 letters, digits, spaces, `.`, `_` and `-`, unique without regard to case.
        org: The org's address.
        sign_in: The way of signing in.
        colour: The connector's colour, one of `COLOURS`.
        production: Whether the screen marks the org as production.
        mode: Read-only or read-write; a new profile is read-only.
        capabilities: The capabilities that are switched on.
        software_by: What may be used to give people software: groups and apps, or groups only.
        portals: The portals that agents use in the place of keydesk.
        network: The proxy and the certificates for reaching the org.
        ticket: The rule for ticket numbers.
        rules: The desk's rules as they are written.
        access_code: Okta's id of the org's kind of factor for temporary access codes; empty to have it looked up.
        store: Where the team's record is; `None` for a ledger on this machine.
        unknown: Keys that this version of keydesk does not know; written back with the rest.
    """

    name: str
    org: OrgAddress
    sign_in: SignIn
    colour: str = "blue"
    production: bool = False
    mode: Mode = Mode.READ_ONLY
    capabilities: frozenset[Capability] = USUAL
    software_by: SoftwareBy = SoftwareBy.GROUPS_AND_APPS
    portals: Portals = NO_PORTALS
    network: Network = AS_FOUND
    ticket: TicketRule = ANY_TICKET
    rules: WrittenRules = AS_THEY_COME
    access_code: str = ""
    store: StoreAddress | None = None
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        """The service app's client id; empty for an API token."""
        return self.sign_in.client_id


class Profiles(Struct, frozen=True):
    """All profiles of one file, in its order, and the default.

    Attributes:
        path: The file, `connectors.toml` in the config folder.
        profiles: The profiles.
        default: The name of the default connector; empty only where there is no profile.
    """

    path: Path
    profiles: tuple[Profile, ...] = ()
    default: str = ""

    def get(self, name: str) -> Profile | None:
        """Return the profile of a name, without regard to case; `None` without one."""
        return next((profile for profile in self.profiles if profile.name.casefold() == name.casefold()), None)


class BadProfiles(BadInput):
    """The connectors' file cannot be used; it is left as it is."""

    title = "The connectors' file cannot be used"
    advice = "Correct the line; keydesk left the file as it is."


class UnknownConnector(BadInput):
    """No connector has that name."""

    field = "name"


def require(profiles: Profiles, name: str) -> Profile:
    """Return the profile of a name.

    Raises:
        UnknownConnector: There is no such profile; the error names the most similar and all known ones.
    """
    if profile := profiles.get(name):
        return profile
    names = [profile.name for profile in profiles.profiles]
    known = f"Known: {', '.join(names)}." if names else "There is none yet; set one up with `keydesk connect`."
    raise UnknownConnector(
        f"There is no connector {name!r}", advice=" ".join(filter(None, (did_you_mean(name, names), known)))
    )
