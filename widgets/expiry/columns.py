"""The columns of the table of expiring passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.expiry.expiry import Age
from tui.desk.expiry.export import date_words, left_words
from tui.desk.text.plain import plain
from widgets.columns import Column
from widgets.people.columns import tails_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tui.desk.expiry.expiry import Expiry
    from tui.desk.people.badges import Badges

_STYLE = {Age.EXPIRED: "rows--danger", Age.OVERDUE: "rows--warning"}


def expiry_columns(started: Callable[[], datetime | None], badges: Badges) -> tuple[Column[Expiry], ...]:
    """Return the columns.

    Args:
        started: Returns the start of the scan, from which ages are counted.
        badges: What the session knows of people beside what the scan reads.
    """
    return (
        Column("Expires", date_words, 10, order=_expires),
        Column(
            "In",
            lambda row: left_words(row, started()),
            13,
            style=lambda row: _STYLE.get(row.age, ""),
            order=_expires,
        ),
        Column(
            "Name",
            lambda row: plain(row.user.name),
            16,
            grow=3,
            fit=True,
            tails=lambda row: tails_of(badges.of(row.user, state_shown=False)),
        ),
        Column("Login", lambda row: plain(row.user.login), 18, grow=3, whole=True),
        Column("Policy", lambda row: plain(row.policy), 14, grow=2, drop=1),
        Column("Department", lambda row: plain(row.user.text("department")), 12, grow=1, drop=2),
    )


def _expires(row: Expiry) -> float | None:
    """Return when a password expires, to sort by; what has expired already comes before all others."""
    if row.expires is not None:
        return row.expires.timestamp()
    return 0.0 if row.age is Age.EXPIRED else None
