"""Administrators, blocked people, a directory and outsiders are marked where the person is listed, by words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.desk.support import fault
from tests.screens.support import NARROW, WIDE, seated
from widgets.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org


def row(lines: list[str], login: str) -> str:
    """The row of a table with this login; the card beside it is left out."""
    line = next(line for line in lines if login in line and " Find " not in line)
    return next(part for part in line.split("│") if login in part)


def asked(line: Line, part: str) -> list[str]:
    return [one for one in line.story if part in one]


async def test_the_list_marks_whom_the_card_has_marked(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.look_up("adam.brooks@acme.example")
        assert " ADMIN adam.brooks@acme.example " in " ".join(row(seat.lines, "adam.brooks@").split())
        await seat.press("enter")
        assert "Adam Brooks SUPER ADMIN " in seat.text
        await seat.press("escape")
        await seat.look_up("carla.diaz@acme.example")
        assert "Blocked" in row(seat.lines, "carla.diaz@")
        assert "Active" not in row(seat.lines, "carla.diaz@")
        await seat.look_up("a")  # people of whom nobody has read anything
        await seat.look_up("diaz")
        assert "Blocked" in row(seat.lines, "carla.diaz@acme.example")
        await seat.resize(*NARROW)
        assert "Blocked" in row(seat.lines, "carla.diaz@")
        await seat.look_up("adam.brooks@acme.example")
        assert " ADMIN adam.brooks@acme.example " in " ".join(row(seat.lines, "adam.brooks@").split())
        await seat.press("enter")
        assert "Adam Brooks SUPER ADMIN " in seat.text
    assert len(asked(wire, "/iam/assignees/users")) == 1


async def test_the_lockouts_mark_admins_and_tell_the_search_who_is_blocked(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.press("f3")
        assert "ADMIN" in row(seat.lines, "adam.brooks")
        await seat.resize(*NARROW)
        assert "ADMIN" in row(seat.lines, "adam.brooks")
        assert "ADMIN" not in row(seat.lines, "carla.diaz")
        assert "Blocked" in row(seat.lines, "carla.diaz")
        people = seat.app.screen.session.blocked  # type: ignore[attr-defined]
        await seat.press("f2")
        fault_free = len(asked(wire, "/blocks"))
        await seat.look_up("carla")
        assert "Blocked" in row(seat.lines, "carla.diaz@")
        assert people.known(next(user.id for user in seat.one("#people", Rows).rows if "carla" in user.login))
        assert len(asked(wire, "/blocks")) <= fault_free + 1  # the card of the person under the cursor, no other
    assert len(asked(wire, "/iam/assignees/users")) == 1


async def test_where_roles_cannot_be_read_nobody_is_marked_and_all_else_works(desk: Desk, org: Org, wire: Line) -> None:
    fault(org, "403-role", match="/iam/", times=-1)
    async with seated(desk.session(), WIDE) as seat:
        await seat.press("f3")
        assert "adam.brooks" in seat.text
        assert "ADMIN" not in seat.text
        await seat.press("f2")
        await seat.look_up("adam.brooks@acme.example")
        assert "ADMIN" not in seat.text
    assert len(asked(wire, "/iam/")) == 1


async def test_several_at_once_and_expiry_mark_them_too(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.look_up("adam.brooks@acme.example")
        await seat.press("enter", "escape", "down", "space", "b", "enter")
        assert "ADMIN" in next(line for line in seat.lines if "adam.brooks@" in line)
        await seat.press("escape", "escape", "f7", "r")
        first = seat.one("#people", Rows).rows[0].user
        assert " blocked " not in row(seat.lines, first.login)
        seat.app.screen.session.blocked.note(first.id, 9e9, blocked=True)  # type: ignore[attr-defined]
        await seat.press("f2", "f7")
        assert " blocked " in row(seat.lines, first.login)
        await seat.resize(*WIDE)
        assert " blocked " in row(seat.lines, first.login)
