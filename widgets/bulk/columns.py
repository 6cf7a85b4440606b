"""The columns of a job for several people: the person, the result, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.bulk.job import LineState
from tui.desk.people.card import tone_of
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from widgets.columns import Column
from widgets.people.columns import tails_of
from widgets.tones import state

if TYPE_CHECKING:
    from tui.desk.bulk.job import JobLine
    from tui.desk.people.badges import Badges

_STYLE: Final = {
    LineState.UNREAD: "rows--dim",
    LineState.READY: "",
    LineState.HELD: "rows--danger",
    LineState.NOT_POSSIBLE: "rows--warning",
    LineState.DONE: "rows--good",
    LineState.REFUSED: "rows--danger",
    LineState.UNKNOWN: "rows--danger",
    LineState.NOT_SENT: "rows--warning",
    LineState.NOT_DONE: "rows--warning",
    LineState.NOT_TRIED: "rows--muted",
}
_SIGN: Final = {LineState.DONE: "✓ ", LineState.REFUSED: "✗ ", LineState.UNKNOWN: "? ", LineState.READY: "· "}


def _status(line: JobLine) -> str:
    person = line.after or line.person
    words = plain(okta_terms.status_words(person.user.status, blocked=person.blocked))
    return state(words, tone_of(person.user.status, blocked=person.blocked))


def _result(line: JobLine) -> str:
    if line.attack and line.state in {LineState.READY, LineState.HELD}:
        return "[x] attacked?" if line.state is LineState.READY else "[ ] attacked?"
    return f"{_SIGN.get(line.state, '  ')}{line.state}"


def job_columns(badges: Badges) -> tuple[Column[JobLine], ...]:
    """Return the columns; the badges stand beside the names, an administrator's also where the status is left out."""
    return (
        Column(
            "Name",
            lambda line: plain(line.person.user.name),
            14,
            grow=2,
            fit=True,
            tails=lambda line: tails_of(badges.of(line.person.user)),
        ),
        Column("Login", lambda line: plain(line.person.user.login), 14, grow=2, whole=True),
        Column("Status", _status, 13, grow=1, drop=3),
        Column("Result", _result, 14, style=lambda line: "rows--danger" if line.attack else _STYLE[line.state]),
        Column("Entry", lambda line: str(line.entry or ""), 5, right=True, drop=4),
        Column("Why", lambda line: line.note, 16, grow=4, drop=1),
    )
