"""Another size keeps the agent's place; a screen at rest sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tests.screens.support import NARROW, SMALL, WIDE, seated
from tui.app import Keydesk
from widgets.rows import Rows

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Desk, FakeClock
    from tests.screens.support import Seat


async def through_all_sizes(seat: Seat) -> None:
    for size in (NARROW, SMALL, NARROW, WIDE):
        await seat.resize(*size)
        assert len(seat.lines) == size[1]
        assert len(seat.lines[0]) == size[0]


async def the_list_keeps_cursor_and_focus(seat: Seat) -> None:
    await seat.look_up("acme")
    await seat.press("enter", *["down"] * 12)
    before = (seat.lines, seat.focused)
    await seat.resize(*SMALL)
    assert "▸ " in seat.text  # the cursor is in view
    await through_all_sizes(seat)
    assert seat.focused == before[1]
    assert seat.line("▸ ")[:30] == next(line for line in before[0] if "▸ " in line)[:30]
    assert seat.one("#people", Rows).cursor == 12


async def the_card_stays_open_with_its_focus(seat: Seat) -> None:
    await seat.look_up("ann.lee")
    await seat.press("enter", "enter")
    before = (seat.lines, seat.focused)
    await through_all_sizes(seat)
    await seat.until(lambda: (seat.lines, seat.focused) == before)
    await seat.resize(*NARROW)
    assert seat.focused == "card"
    assert "● Locked out" in seat.text
    assert "ann.lee2" not in seat.text


async def the_confirmation_keeps_what_was_typed(seat: Seat) -> None:
    await seat.look_up("ann.lee@acme.example")
    await seat.press("enter", "u")
    await seat.type("called")
    before = (seat.lines, seat.focused)
    await through_all_sizes(seat)
    await seat.until(lambda: (seat.lines, seat.focused) == before)
    assert seat.one("#reason", Input).value == "called"
    await seat.press("escape", "T")
    await seat.resize(60, 15)
    assert "  POST /api/v1/users/" in seat.text  # a call breaks at its parts
    assert (
        "esc Back" in seat.lines[-2]
    )  # calls that take more lines than there are leave none empty beneath the buttons
    await seat.press("escape")
    await seat.resize(*WIDE)


async def lockouts_and_ledger_at_every_size(seat: Seat) -> None:
    for key, focused in (("f3", "locked"), ("f4", "entries")):
        await seat.press(key)
        before = seat.lines
        await through_all_sizes(seat)
        await seat.until(lambda: seat.lines == before)  # noqa: B023 - it is awaited here
        assert seat.focused == focused


async def test_another_size_keeps_the_agents_place(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await the_list_keeps_cursor_and_focus(seat)
        await the_card_stays_open_with_its_focus(seat)
        await seat.resize(*WIDE)
        await the_confirmation_keeps_what_was_typed(seat)
        await lockouts_and_ledger_at_every_size(seat)


async def settled(seat: Seat, drawn: list[object]) -> None:
    """Wait until the change of screens is over: its footer is made anew behind the messages that `rest` sees."""
    quiet = 0
    for _ in range(100):
        drawn.clear()
        await seat.rest()
        quiet = 0 if drawn else quiet + 1
        if quiet == 10:
            return


async def everything_at_rest_draws_nothing(seat: Seat, drawn: list[object]) -> None:
    for keys in ((), ("f3",), ("f4",), ("f2",)):
        await seat.press(*keys)
        await seat.look_up("ann.lee@acme.example") if keys in {(), ("f2",)} else None
        await settled(seat, drawn)
        screen = seat.app.screen
        for _ in range(3):
            for name in ("_show_status", "_show_age", "refresh_status"):
                if method := getattr(screen, name, None):
                    method()
            await seat.rest()
        assert drawn == [], (keys, seat.app.size, drawn)
        assert all(seconds >= 5 for seconds in ticking(seat)), (keys, ticking(seat))


def ticking(seat: Seat) -> list[float]:
    """The seconds between two ticks of each timer that runs now, and goes on for ever."""
    screen = seat.app.screen
    timers = [timer for node in (seat.app, screen, *screen.walk_children()) for timer in node._timers]
    begun = [vars(timer) for timer in timers if "_active" in vars(timer)]
    running = [timer for timer in begun if timer["_active"].is_set()]
    return sorted(timer["_interval"] for timer in running if timer["_repeat"] is None)


async def test_a_screen_at_rest_draws_nothing(desk: Desk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    real = Keydesk._display

    def display(self: Keydesk, screen: object, renderable: object) -> None:
        if renderable is not None:
            drawn.append(renderable)
        real(self, screen, renderable)  # type: ignore[arg-type]

    monkeypatch.setattr(Keydesk, "_display", display)
    async with seated(desk.session(), NARROW) as seat:
        for size in (NARROW, WIDE):
            await seat.resize(*size)
            await everything_at_rest_draws_nothing(seat, drawn)
        assert "read just now" in seat.text
        await seat.press("ctrl+p")
        await settled(seat, drawn)
        assert not any(seconds < 5 for seconds in ticking(seat)), "neither a cursor that blinks nor a sign that turns"
        await seat.press("escape")
        clock.now += 125
        seat.app.screen._show_age()  # type: ignore[attr-defined]
        await seat.rest()
        assert "read 2 min ago" in seat.text
