"""The form of the set-up: what an admin has typed so far, to and from a draft or a profile; never a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.connectors.connector import SignInKind
from tui.desk.connectors.profiles import COLOURS
from tui.desk.connectors.secrets import Keep
from tui.okta.policy import USUAL, Capability, Mode, SoftwareBy
from tui.okta.tokens import kind_of_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.desk.connectors.profiles import Profile


class Origin:
    """The source of the private key or the token."""

    MAKE = "make"
    PASTE = "paste"
    PATH = "path"
    KEPT = "kept"


class Form(Struct, frozen=True):
    """Everything that is typed into the wizard except secrets, as it was typed.

    Attributes:
        editing: The name of the profile that is changed; empty for a new connector.
        step: The step that was shown last, from 1.
        keep: The kind of place for the secret, a `Keep`; empty while not chosen.
        origin: The source of the private key, an `Origin`.
        place_file: The path of the secret's file; empty for the proposed path. `place_variable` and `place_command` are
            its variable and its command; `opening_…` are the same for a key's passphrase.
        ticks: The ids of the checklist's ticked items.
        given: The scopes that an admin pasted, to compare them with the needed ones.
    """

    editing: str = ""
    step: int = 1
    name: str = ""
    colour: str = COLOURS[0]
    production: bool = False
    org: str = ""
    proxy: str = ""
    ca_bundle: str = ""
    capabilities: tuple[str, ...] = tuple(capability for capability in Capability if capability in USUAL)
    software_by: str = SoftwareBy.GROUPS_AND_APPS
    read_write: bool = False
    verify_only: bool = False
    portal_reset: str = ""
    portal_unlock: str = ""
    directory: bool = False
    directory_where: str = ""
    ticket_pattern: str = ""
    ticket_needed: bool = False
    kind: str = SignInKind.PRIVATE_KEY_JWT
    keep: str = ""
    place_file: str = ""
    place_variable: str = ""
    place_command: str = ""
    opening_variable: str = ""
    opening_command: str = ""
    origin: str = Origin.MAKE
    key_kind: str = "RSA"
    key_path: str = ""
    client_id: str = ""
    key_id: str = ""
    ticks: tuple[str, ...] = ()
    given: str = ""
    default: bool = False

    @property
    def jwt(self) -> bool:
        """Whether the connector signs in as a service app, with a private key."""
        return self.kind == SignInKind.PRIVATE_KEY_JWT

    @property
    def mode(self) -> Mode:
        """The mode: read-only unless read-write was chosen."""
        reading = Mode.VERIFY_ONLY if self.verify_only else Mode.READ_ONLY
        return Mode.READ_WRITE if self.read_write else reading

    @property
    def wanted(self) -> frozenset[Capability]:
        """The capabilities that are switched on."""
        return frozenset(capability for capability in Capability if capability in self.capabilities)

    @property
    def elsewhere(self) -> bool:
        """Whether keydesk only reads the secret: nobody types it here, and keydesk does not store it."""
        return self.keep in {Keep.ENVIRONMENT, Keep.COMMAND}


def to_draft(form: Form) -> dict[str, str | bool | list[str]]:
    """Return the form for `drafts.save`: only values that differ from an empty form, so that an empty one has none."""
    empty, kept = Form(), {}
    for key in Form.__struct_fields__:
        value = getattr(form, key)
        if value != getattr(empty, key) and not kind_of_token(str(value)):  # in the wrong field
            kept[key] = list(value) if isinstance(value, tuple) else str(value) if key == "step" else value
    return {} if set(kept) <= {"step", "editing"} else kept


def from_draft(kept: Mapping[str, Any]) -> Form:
    """Return the form of a draft from `drafts.load`, without values that do not fit (edited, or of another version)."""
    form, values = Form(), dict[str, Any]()
    for key in Form.__struct_fields__:
        value, default = kept.get(key), getattr(form, key)
        if key == "step":
            if isinstance(value, str) and value.isdecimal() and 1 <= int(value) <= 7:  # noqa: PLR2004 - the steps
                values["step"] = int(value)
        elif isinstance(default, tuple):
            if isinstance(value, list) and all(isinstance(part, str) for part in value):
                values[key] = tuple(value)
        elif type(value) is type(default) or (isinstance(value, str) and isinstance(default, str)):
            values[key] = value
    kinds: dict[str, tuple[str, ...]] = {
        "colour": COLOURS,
        "kind": tuple(SignInKind),
        "keep": ("", *Keep),
        "key_kind": ("RSA", "EC"),
        "software_by": tuple(SoftwareBy),
    }
    for name, legal in kinds.items():
        if values.get(name) not in legal:
            values.pop(name, None)
    return replace(form, **values)


def from_profile(profile: Profile) -> Form:
    """Return the form that makes a profile, to change it."""
    sign_in, portals = profile.sign_in, profile.portals
    place, opening = sign_in.secret, sign_in.passphrase
    where: dict[str, Any] = {f"place_{_SLOT[place.keep]}": place.where} if place and place.keep in _SLOT else {}
    if opening and opening.keep in {Keep.ENVIRONMENT, Keep.COMMAND}:
        where[f"opening_{_SLOT[opening.keep]}"] = opening.where
    return Form(
        editing=profile.name,
        name=profile.name,
        colour=profile.colour,
        production=profile.production,
        org=profile.org.origin + profile.org.prefix,
        proxy=profile.network.proxy,
        ca_bundle=profile.network.ca_bundle,
        capabilities=tuple(capability for capability in Capability if capability in profile.capabilities),
        software_by=profile.software_by,
        read_write=profile.mode is Mode.READ_WRITE,
        verify_only=profile.mode is Mode.VERIFY_ONLY,
        portal_reset=portals.password_reset,
        portal_unlock=portals.unlock,
        directory=portals.directory,
        directory_where=portals.directory_where,
        ticket_pattern=profile.ticket.pattern,
        ticket_needed=profile.ticket.needed,
        kind=sign_in.kind,
        keep=place.keep if place else "",
        origin=Origin.KEPT if place else Origin.MAKE,
        client_id=sign_in.client_id,
        key_id=sign_in.key_id,
        **where,
    )


_SLOT: Final = {Keep.FILE: "file", Keep.ENVIRONMENT: "variable", Keep.COMMAND: "command"}
