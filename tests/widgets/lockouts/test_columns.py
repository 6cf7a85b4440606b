"""The columns of the lockouts on eighty columns: a login has its room."""

from __future__ import annotations

from datetime import UTC, datetime

from tui.desk.people.admins import Admins
from tui.desk.people.badges import Badges
from tui.desk.people.blocked import Blocked
from widgets.columns import GUTTER, place
from widgets.lockouts.columns import lockout_columns

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def test_on_eighty_columns_a_login_has_twenty_eight_cells_whatever_stands_beside_it() -> None:
    columns = lockout_columns(lambda: NOW, Badges(Admins(), Blocked()), narrow=True)
    needs = [{"State": 20, "Login": 40}.get(column.title, 0) for column in columns]
    placed = {column.title: cells for column, cells in place(columns, 80 - 1 - GUTTER, needs)}
    assert placed["Login"] >= 28
    assert list(placed) == ["State", "Login", "Since", "Cause", "Heals"]
    assert placed["State"] >= len("◐ Blocked")
