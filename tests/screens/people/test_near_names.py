"""Nobody matches: names like the typed one are listed, and nobody is chosen before that was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from screens.act.confirm import ConfirmScreen
from screens.people.lookup import LookupScreen
from tests.desk.support import Gate, fault
from tests.screens.support import SIZES, WIDE, seated
from widgets.people.person_card import PersonCard

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org

STOEN = (*"henry", "space", *"stoen")


async def test_a_near_name_is_offered_and_taken_by_two_enters(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.press(*STOEN)
        for size in SIZES:
            await seat.resize(*size)
            assert "nobody. Did you mean" in seat.text
            assert "henry.stone@acme.example" in seat.text
            assert ("Enter goes to the names like it" in seat.words) is (size == WIDE)
        assert seat.one(PersonCard.__name__, PersonCard).card is None
        await seat.press("enter")
        assert seat.focused == "people"
        await seat.press("enter", "u")
        assert isinstance(seat.app.screen, ConfirmScreen)
        assert "Unlock: Henry Stone" in seat.text


async def test_no_key_that_was_typed_ahead_chooses_a_near_name(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), WIDE) as seat:
        wire.watch = gate = Gate(lambda request: "users?" in str(request.url))
        seat.burst(*STOEN)
        await seat.until(lambda: gate.held)
        seat.burst("down", "u", "enter")  # before the names were drawn
        gate.opened.set()
        await seat.rest()
        assert isinstance(seat.app.screen, LookupScreen)
        assert seat.focused == "query"
        assert seat.one(PersonCard.__name__, PersonCard).card is None
        wire.watch = None
        await seat.look_up("")
        seat.burst(*STOEN, "enter", "enter", "u", "enter", "enter")
        await seat.rest()
        assert isinstance(seat.app.screen, LookupScreen)
        assert seat.focused == "query"
        assert seat.one("#query", Input).value == "henry stoen"
        assert seat.one(PersonCard.__name__, PersonCard).card is None
        assert "nobody. Did you mean" in seat.text
        assert "Why: nobody matches: choose one of the names like it." in seat.words
        await seat.press("backspace", "backspace", *"ne")
        assert "Did you mean" not in seat.text
        assert "› Henry Stone" in seat.text
    assert wire.writes == []


async def test_where_names_like_it_cannot_be_searched_for_that_is_said(desk: Desk, org: Org, wire: Line) -> None:
    wire.watch = gate = Gate(lambda request: "limit=200" in str(request.url))
    async with seated(desk.session(), WIDE) as seat:
        seat.burst(*STOEN)
        await seat.until(lambda: gate.held)
        fault(org, "403-role", match="/users", times=-1)
        gate.opened.set()
        await seat.rest()
        assert "does not allow this" in seat.words
        assert "name: nobody" in seat.text
