"""The template of the ticket text: what an agent pastes into the ticket after an action."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.files.toml_shape import suggestion
from tui.desk.text.plain import plain
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS: Final = frozenset({
    "action", "outcome", "name", "login", "target", "before", "after", "reason", "ticket", "agent", "origin", "time",
    "entry", "connector", "org", "request", "detail",
})  # fmt: skip
"""The fields that a template may name in braces."""
DEFAULT: Final = """\
{action}: {outcome} for {name} ({login})
On: {target}
State: {before} → {after}
Reason: {reason}
Ticket: {ticket}
What Okta said: {detail}
By {agent} on {time}, keydesk ledger entry {entry}
Okta request {request}
"""
LARGEST: Final = 4_000
"""Characters of a template: a ticket text is read by people."""
LONGEST: Final = 400
"""Characters of one value: what somebody wrote into a profile or a reason does not bury the rest."""
_FIELD: Final = re.compile(r"\{([^{}]*)\}")


class BadNoteTemplate(BadInput):
    """The template of the ticket text cannot be used."""

    title = "The template of the ticket text cannot be used"


class NoteTemplate(Struct, frozen=True):
    """A template that was looked at: all of its fields exist.

    Attributes:
        text: Lines with fields in braces. A line whose fields are all empty is left out.
    """

    text: str = DEFAULT

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the text for some values; each becomes harmless text of one line, and its braces stay as they are.

        Args:
            values: Values by the names of `FIELDS`; what is missing is empty.
        """
        lined = {name: plain(value, limit=LONGEST).strip() for name, value in values.items()}
        lines = []
        for line in self.text.splitlines():
            named = _FIELD.findall(line)
            if not named or any(lined.get(name) for name in named):
                lines.append(_FIELD.sub(lambda match: lined.get(match[1], ""), line).rstrip())
        return "\n".join(lines).strip("\n")


def parse(text: str) -> NoteTemplate:
    """Return the template that a text is.

    Raises:
        BadNoteTemplate: It is empty or too long, or it names a field that does not exist.
    """
    if not text.strip():
        raise BadNoteTemplate("It is empty", advice="Leave the key away for keydesk's own text.")
    if len(text) > LARGEST:
        raise BadNoteTemplate(f"It has more than {LARGEST:,} characters")
    for name in _FIELD.findall(text):
        if name not in FIELDS:
            shown = plain(name, limit=40)
            raise BadNoteTemplate(f"It names {{{shown}}}, which there is not", advice=suggestion(name, FIELDS))
    return NoteTemplate(text)


def own_template(text: str) -> NoteTemplate:
    """Return the template of a desk's settings; keydesk's own where they have none.

    Raises:
        BadNoteTemplate: As `parse`; the advice names the key of the settings.
    """
    if not text:
        return NoteTemplate()
    try:
        return parse(text)
    except BadNoteTemplate as bad:
        raise BadNoteTemplate(
            bad.title, advice=f"{bad.advice} It stands in settings.toml, [desk] ticket_text."
        ) from None
