"""A reading that takes long says how long and that escape gives it up; escape then cancels the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from screens.act.confirm import ConfirmScreen
from screens.people.search import FAILED
from tests.desk.support import Gate
from tests.screens.support import NARROW, SMALL, seated
from tui.desk.people.parts import SHARED_FOR
from widgets.rows import Rows

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tests.screens.support import Seat


@pytest.fixture(autouse=True)
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the clock all the time, since only the test moves it."""
    monkeypatch.setattr("screens.long_reading.TICK", 0.005)


async def held(seat: Seat, gate: Gate, clock: FakeClock, what: str) -> None:
    """Wait until requests are held, and until the screen tells of it: not before two seconds, and how many."""
    await seat.until(lambda: gate.held)
    clock.now += 1.9
    await seat.turn()
    assert "esc gives up" not in seat.words
    clock.now += 5.1
    await seat.until(lambda: f"{what}: 7 s so far · esc gives up" in seat.words)
    clock.now += 2
    await seat.until(lambda: f"{what}: 9 s so far" in seat.words)


def one_person(request: httpx.Request) -> bool:
    return request.method == "GET" and request.url.path.startswith("/api/v1/users/")


async def a_search(seat: Seat, wire: Line, clock: FakeClock) -> None:
    wire.watch = gate = Gate()
    await seat.hit(*"ann")
    await held(seat, gate, clock, "Searching")
    await seat.press("escape")
    assert gate.cancelled
    assert "Searching: given up" in seat.words
    assert FAILED[:40] in seat.words
    wire.watch = None
    await seat.press("enter")
    assert "given up" not in seat.words
    assert len(seat.one("#people", Rows).rows) > 1


async def enter_behind_a_search_that_hangs_opens_nobody_once_it_is_given_up(
    seat: Seat, wire: Line, clock: FakeClock
) -> None:
    wire.watch = gate = Gate()
    await seat.hit(*"ann.lee@", "enter", "u")
    await held(seat, gate, clock, "Searching")
    await seat.press("escape")
    assert gate.cancelled
    assert "Searching: given up" in seat.words
    assert seat.focused == "query"
    wire.watch = None


async def a_person(seat: Seat, wire: Line, clock: FakeClock) -> None:
    await seat.press("f3")
    wire.watch = gate = Gate(one_person)
    await seat.hit("enter")
    await held(seat, gate, clock, "Reading the person")
    await seat.press("escape")
    assert gate.cancelled
    assert "Reading the person: given up" in seat.words
    wire.watch = None
    await seat.press("escape")
    assert seat.focused == "locked"
    await seat.press("f2")


async def why(seat: Seat, wire: Line, clock: FakeClock) -> None:
    await seat.look_up("ann.lee@")
    await seat.press("enter")
    card = seat.app.screen
    clock.now += SHARED_FOR
    wire.watch = gate = Gate(one_person)
    await seat.hit("w")
    await held(seat, gate, clock, "Reading what keeps the person out")
    await seat.press("escape")
    assert gate.cancelled
    assert seat.app.screen is not card
    wire.watch = None
    await seat.press("r")
    assert "given up" not in seat.words
    await seat.press("escape")
    assert seat.app.screen is card


async def a_confirmation_can_be_given_up_until_it_is_recorded(seat: Seat, wire: Line, clock: FakeClock) -> None:
    await seat.look_up("ann.lee@")
    await seat.press("enter", "u", *"call")
    wire.watch = gate = Gate(one_person)
    await seat.hit("enter")
    await held(seat, gate, clock, "Reading the person again")
    await seat.press("escape")
    assert gate.cancelled
    assert isinstance(seat.app.screen, ConfirmScreen)
    assert "Given up: nothing was sent" in seat.words
    assert seat.one("#reason", Input).value == "call"
    assert (wire.writes, [*seat.app.session.ledger.entries()]) == ([], [])
    wire.watch = gate = Gate(lambda request: request.method == "POST")
    await seat.hit("enter")
    await seat.until(lambda: gate.held)
    clock.now += 9
    await seat.hit("escape")
    await seat.until(lambda: "It is on its way" in seat.words)
    gate.opened.set()
    await seat.rest()
    assert "✓ Unlock: done" in seat.words


async def test_each_long_reading_can_be_given_up(desk: Desk, wire: Line, clock: FakeClock) -> None:
    async with seated(desk.session(), NARROW) as seat:
        for size in (NARROW, SMALL):
            await seat.resize(*size)
            await a_search(seat, wire, clock)
            await seat.look_up("")
        await seat.resize(*NARROW)
        await enter_behind_a_search_that_hangs_opens_nobody_once_it_is_given_up(seat, wire, clock)
        await a_person(seat, wire, clock)
        await why(seat, wire, clock)
        await a_confirmation_can_be_given_up_until_it_is_recorded(seat, wire, clock)
