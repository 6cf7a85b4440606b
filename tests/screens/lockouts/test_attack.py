"""What looks like an attack, where somebody is about to unlock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tests.desk.support import user_id
from tests.screens.lockouts.test_feed import go_to
from tests.screens.support import WIDE, seated
from widgets.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org


async def test_before_an_unlock_that_an_attacker_waits_for_the_dialog_says_so_and_among_several_they_are_left_alone(
    desk: Desk, org: Org, wire: Line
) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.press("f3")
        await go_to(seat, "milo.grant")
        await seat.press("u")
        assert "Unlock: Milo Grant" in seat.words
        assert "May be an attack: Somebody" not in seat.words
        await seat.press("escape", "space")
        await go_to(seat, "adam.brooks")
        await seat.press("u")
        assert "May be an attack: They have reported suspicious activity themselves" in seat.words
        assert "Tell security at once" in seat.words
        assert seat.focused == "back"
        assert wire.writes == []
        await seat.press("escape", "space", "b")
        seat.one("#count", Input).focus()
        await seat.type("1")
        await seat.press("enter")
        assert wire.writes == [f"POST /api/v1/users/{user_id(org, 'milo.grant')}/lifecycle/unlock"]
        assert "1 of 2 done, 1 left out" in seat.words


async def test_among_several_those_stand_apart_and_their_number_is_typed(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.press("f3")
        for name in ("adam.brooks", "milo.grant"):
            await seat.press("home")
            await go_to(seat, name)
            await seat.press("space")
        await seat.press("b")
        assert "May be an attack: adam.brooks@acme.example. Left out; tell security first" in seat.words
        assert "[ ] attacked?" in seat.line("Adam Brooks")
        assert seat.lines.index(seat.line("Adam Brooks")) > seat.lines.index(seat.line("Milo Grant"))
        assert "Type 1, the number of people, to confirm" in seat.words
        seat.one("#lines", Rows).focus()
        await seat.press("end", "space")
        assert "[x] attacked?" in seat.line("Adam Brooks")
        assert "needed, for the ledger" in seat.line(" Reason ")
        seat.one("#reason", Input).focus()
        await seat.type("security said so")
        seat.one("#count", Input).focus()
        await seat.type("2")
        await seat.press("enter")
        assert "Type 1: 1 person may be under attack." in seat.words
        assert wire.writes == []
        await seat.type("1")
        await seat.press("enter")
        assert len(wire.writes) == 2
