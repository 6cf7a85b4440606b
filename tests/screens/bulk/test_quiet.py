"""A job for several people that waits for its agent draws nothing, and says when Okta's rate limit holds it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.bulk.bulk import BulkScreen
from screens.people.lookup import LookupScreen
from tests.desk.bulk.jobs import CREW, locked
from tests.desk.support import Gate, writing
from tests.screens.bulk.test_story import mark, to_look
from tests.screens.support import NARROW, seated
from tui.app import Keydesk

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org


async def at_the_look(seat: Seat) -> None:
    await mark(seat, *CREW)
    await to_look(seat)


async def confirmed(seat: Seat) -> None:
    await seat.press("tab", "tab", "4")
    await seat.hit("enter")


async def test_nothing_is_drawn_while_nothing_happens(
    desk: Desk, org: Org, wire: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []
    real = Keydesk._display

    def display(self: Keydesk, screen: object, renderable: object) -> None:
        if renderable is not None:
            drawn.append(renderable)
        real(self, screen, renderable)  # type: ignore[arg-type]

    async def at_rest() -> None:
        quiet = 0
        for _ in range(200):  # the footer is made anew behind the messages that are seen
            drawn.clear()
            await seat.turn()
            quiet = 0 if drawn else quiet + 1
            if quiet == 20:
                return
        raise AssertionError(drawn)

    monkeypatch.setattr(Keydesk, "_display", display)
    locked(org)
    gate = Gate(writing)
    wire.watch = gate
    async with seated(desk.session(), NARROW) as seat:
        await at_the_look(seat)
        await at_rest()
        await confirmed(seat)
        await seat.until(lambda: gate.held)
        await at_rest()  # the bar does not move by itself
        gate.opened.set()
        await seat.rest()
        assert "4 of 4 done" in seat.words
        await at_rest()


async def test_a_rate_limit_that_holds_it_back_is_told(desk: Desk, org: Org, wire: Line) -> None:
    locked(org)
    gate = Gate(writing)
    wire.watch = gate
    session = desk.session()
    async with seated(session, NARROW) as seat:
        await at_the_look(seat)
        await confirmed(seat)
        await seat.until(lambda: gate.held)
        held = session.client.budget.hold("users", 42.0)
        await seat.turn()
        assert "Okta's rate limit is used up; goes on at 06:00:42" in seat.words
        session.client.budget.release(held)
        await seat.turn()
        assert "rate limit" not in seat.text
        gate.opened.set()
        await seat.rest()
        await seat.press("escape")
        assert isinstance(seat.app.screen, LookupScreen)
        assert session.client.budget.on_change == seat.app.screen.refresh_status


async def test_leaving_while_everybody_is_read_sends_nothing_more(desk: Desk, org: Org, wire: Line) -> None:
    locked(org)
    async with seated(desk.session()) as seat:
        await mark(seat, *CREW)
        gate = Gate()
        wire.watch = gate
        await seat.hit("b", "enter")
        await seat.until(lambda: len(gate.held) == 6)  # three people, each with their device blocks
        assert isinstance(seat.app.screen, BulkScreen)
        assert "0 of 4" in seat.text
        await seat.hit("escape")
        await seat.until(lambda: len(gate.cancelled) == 6)
        wire.watch = None
        await seat.rest()
        assert "✓ 4 marked" in seat.text
    assert wire.writes == []
