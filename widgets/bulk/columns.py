"""The columns of a job for several people: who, how far, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.bulk.job import Came
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from widgets.columns import Column

if TYPE_CHECKING:
    from tui.desk.bulk.job import Line

_STYLE: Final = {
    Came.UNREAD: "rows--dim",
    Came.READY: "",
    Came.NOT_POSSIBLE: "rows--warning",
    Came.DONE: "rows--good",
    Came.REFUSED: "rows--danger",
    Came.UNKNOWN: "rows--danger",
    Came.NOT_SENT: "rows--warning",
    Came.NOT_DONE: "rows--warning",
    Came.NOT_TRIED: "rows--muted",
}
_SIGN: Final = {Came.DONE: "✓ ", Came.REFUSED: "✗ ", Came.UNKNOWN: "? ", Came.READY: "· "}


def _status(line: Line) -> str:
    return plain(okta_terms.status_words((line.after or line.person).user.status))


SEVERAL: Final[tuple[Column[Line], ...]] = (
    Column("Name", lambda line: plain(line.person.user.name), 14, grow=2),
    Column("Login", lambda line: plain(line.person.user.login), 14, grow=2, drop=2),
    Column("Status", _status, 11, grow=1, drop=3),
    Column("Result", lambda line: f"{_SIGN.get(line.came, '  ')}{line.came}", 14, style=lambda line: _STYLE[line.came]),
    Column("Entry", lambda line: str(line.entry or ""), 5, right=True, drop=4),
    Column("Why", lambda line: line.note, 16, grow=4, drop=1),
)
