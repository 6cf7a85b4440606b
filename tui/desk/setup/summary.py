"""What is set in each of the wizard's steps, in a few words, and whether it differs from the connector as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.connectors.secrets import Keep
from tui.desk.setup.parse import parse_place
from tui.desk.text.okta_terms import CAPABILITY, SOFTWARE_BY
from tui.desk.text.tone import Tone
from tui.okta.policy import Capability, SoftwareBy
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.connectors.settings import Places
    from tui.desk.setup.form import Form

PLACE: Final = {
    Keep.KEYRING: "system keyring, as “{}”",
    Keep.FILE: "{} (mode 0600)",
    Keep.ENVIRONMENT: "read from the variable {}",
    Keep.COMMAND: "read from the command {}",
}
"""The words for each kind of place of a secret."""
_FIELDS: Final = (
    ("name", "colour", "production"),
    ("org", "proxy", "ca_bundle"),
    (
        *("capabilities", "software_by", "read_write", "portal_reset", "portal_unlock"),
        *("directory", "directory_where", "ticket_pattern", "ticket_needed"),
    ),
    (
        *("kind", "keep", "place_file", "place_variable", "place_command", "opening_variable", "opening_command"),
        *("origin", "key_path"),
    ),
    ("client_id", "key_id"),
)
"""The form's fields of the steps 1 to 5."""


class StepSummary(Struct, frozen=True):
    """What is set in one step.

    Attributes:
        step: The step's number, from 1.
        texts: What is set, each text with its tone; the first one is what matters most.
        changed: Whether it differs from the connector as it is stored.
    """

    step: int
    texts: tuple[tuple[str, Tone], ...]
    changed: bool = False


def summary(form: Form, before: Form | None, places: Places, *, tour: bool = False) -> tuple[StepSummary, ...]:
    """Return what is set in the steps 1 to 5, also where it is not complete.

    Args:
        form: What is typed.
        before: The form of the connector as it is stored; `None` for a new one.
        places: The paths of keydesk's files, for the secret's proposed place.
        tour: Whether this is a tour, which stores no secret.
    """
    parts: tuple[Callable[[], list[str]], ...] = (
        lambda: _name(form),
        lambda: _org(form),
        lambda: _capabilities(form),
        lambda: _sign_in(form, places, tour=tour),
        lambda: _ids(form),
    )
    return tuple(
        StepSummary(
            number,
            tuple((text, Tone.PLAIN) for text in part() if text),
            before is not None and any(getattr(form, field) != getattr(before, field) for field in fields),
        )
        for number, (part, fields) in enumerate(zip(parts, _FIELDS, strict=True), 1)
    )


def _name(form: Form) -> list[str]:
    name = " ".join(form.name.split()) or "no name yet"
    return [f"{name} · PRODUCTION" if form.production else f"{name} · {form.colour}"]


def _org(form: Form) -> list[str]:
    through = f"through {form.proxy.strip()}" if form.proxy.strip() else ""
    trusts = f"trusts {form.ca_bundle.strip()}" if form.ca_bundle.strip() else ""
    return [form.org.strip() or "no address yet", " · ".join(filter(None, (through, trusts)))]


def _capabilities(form: Form) -> list[str]:
    off = [CAPABILITY[capability] for capability in Capability if capability not in form.wanted]
    switched_on = "nothing" if not form.wanted else "everything" if not off else f"all but {', '.join(off)}"
    software = Capability.PROVISIONING in form.wanted
    portals = [name for name, text in (("reset", form.portal_reset), ("unlock", form.portal_unlock)) if text.strip()]
    elsewhere = [f"portals for {' and '.join(portals)}"] if portals else []
    elsewhere += ["directories are handled elsewhere"] if form.directory else []
    elsewhere += ["no change without a ticket"] if form.ticket_needed else []
    return [
        "READ AND WRITE" if form.read_write else "READ-ONLY",
        f"Switched on: {switched_on}",
        f"Software {SOFTWARE_BY[SoftwareBy(form.software_by)]}" if software else "",
        " · ".join(elsewhere),
    ]


def _sign_in(form: Form, places: Places, *, tour: bool) -> list[str]:
    kind = "OAuth 2.0 with a private key" if form.jwt else "API token"
    if tour:
        return [kind]
    try:
        place = parse_place(form, places)
    except BadInput as trouble:
        return [kind, trouble.title]
    return [kind, f"Its secret: {PLACE[place.keep].format(place.where)}"]


def _ids(form: Form) -> list[str]:
    if not form.jwt:
        return ["An API token has no ids"]
    client_id, key_id = form.client_id.strip(), form.key_id.strip()
    return [f"Client id {client_id or 'missing'} · key id {key_id or 'missing'}"]
