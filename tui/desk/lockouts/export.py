"""Export the lockouts that a list shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.files.listing import ExportTable
from tui.desk.lockouts.words import state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.desk.lockouts.view import LockoutRow

HEAD: Final = (
    "id", "login", "name", "department", "state", "began", "cause", "sure", "healsAt", "ended", "agent",
)  # fmt: skip


def listing(rows: Sequence[LockoutRow]) -> ExportTable:
    """Return lockouts as values; times in UTC as Okta writes them, empty where they are not known."""
    return ExportTable(HEAD, [_values(row) for row in rows])


def _values(row: LockoutRow) -> tuple[str, ...]:
    case, user = row.case, row.user
    times = [
        moment.isoformat(timespec="seconds") if moment else "" for moment in (case.began, case.heals_at, case.ended_at)
    ]
    return (
        case.user_id,
        user.login if user else case.login,
        user.name if user else case.name,
        user.text("department") if user else "",
        state(case, short=True),
        times[0],
        case.diagnosis.cause.value,
        case.diagnosis.sure.value,
        times[1],
        times[2],
        row.handled.agent if row.handled else "",
    )
