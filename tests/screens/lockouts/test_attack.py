"""What looks like an attack, where somebody is about to unlock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.screens.lockouts.test_feed import go_to
from tests.screens.support import WIDE, seated

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line


async def test_before_an_unlock_that_an_attacker_waits_for_the_dialog_says_so(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.press("f3")
        await go_to(seat, "milo.grant")
        await seat.press("u")
        assert "Unlock: Milo Grant" in seat.words
        assert "May be an attack: Somebody" not in seat.words
        await seat.press("escape")
        await go_to(seat, "adam.brooks")
        await seat.press("u")
        assert "May be an attack: They have reported suspicious activity themselves" in seat.words
        assert "Tell security first" in seat.words
    assert wire.writes == []


async def test_among_several_those_are_named(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.press("f3", "space")
        await go_to(seat, "adam.brooks")
        await seat.press("space", "b")
        assert "May be an attack: adam.brooks@acme.example. Tell security first" in seat.words
    assert wire.writes == []
