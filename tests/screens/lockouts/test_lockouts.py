"""Who is locked out: newest first, one key to the person, read again while it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.lockouts.lockouts import LockoutsScreen
from tests.desk.support import Gate, fault, world
from tests.screens.support import NARROW, WIDE, seated
from tui.desk.lockouts.case import Shut
from widgets.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org


def shown(seat: Seat) -> list[str]:
    return [row.case.login.partition("@")[0] for row in seat.one("#locked", Rows).rows]


async def locked_people_are_shown_before_the_blocked_are_known(seat: Seat, wire: Line) -> None:
    wire.watch = gate = Gate(lambda request: "/blocks" in str(request.url))
    await seat.hit("f3")
    await seat.until(lambda: gate.held and "ann.lee@" in seat.text)
    assert "carla.diaz" not in seat.text
    wire.watch = None
    gate.opened.set()
    await seat.rest()
    assert "carla.diaz" in seat.text


async def newest_first_and_enter_opens_the_person(seat: Seat, wire: Line) -> None:
    assert seat.focused == "locked"
    assert "just now" in seat.line("▸ ")
    assert "bob.martin@acme" in seat.line("▸ ")
    cases = [row.case for row in seat.one("#locked", Rows).rows]
    assert [case.began for case in cases] == sorted((case.began for case in cases), reverse=True)
    assert "◐ Blocked" in next(line for line in seat.lines if "carla.diaz@" in line)
    blocked = sum(case.shut is Shut.BLOCKED for case in cases)
    assert f"{len(cases) - blocked} locked out, {blocked} blocked by device · as of 06:00 · log live" in seat.text
    wire.sent.clear()
    await seat.press("down", "up", "enter")
    assert sum("/groups" in line for line in wire.story) == 1  # read once
    assert seat.focused == "card"
    assert "● Locked out just now" in seat.words
    assert "bob.martin@acme.example" in seat.text
    await seat.press("f3")
    assert "bob.martin" in seat.line("▸ ")  # where it was left


async def a_failed_reading_is_told_and_forgotten_when_the_next_succeeds(seat: Seat, org: Org) -> None:
    before = shown(seat)
    fault(org, "500", "/users", times=1)
    await seat.press("r")
    assert "✗ Okta has a fault of its own" in seat.words
    assert shown(seat) == before
    screen = seat.app.screen
    assert isinstance(screen, LockoutsScreen)
    screen.reader.poll_status()
    await seat.rest()
    assert "✗" not in seat.text


async def refresh_and_ages(seat: Seat, org: Org, clock: FakeClock) -> None:
    count = len(shown(seat))
    world(org, lock="pia.jensen")
    clock.now += 601
    assert "pia.jensen" not in seat.text
    await seat.press("r")
    assert len(shown(seat)) == count + 1
    assert "10 min ago" in next(line for line in seat.lines if "pia.jensen@" in line)
    assert "as of 06:10" in seat.text


async def after_an_unlock_the_list_is_read_again(seat: Seat, wire: Line) -> None:
    await seat.press("home")
    first = shown(seat)[0]
    await seat.press("enter", "u", "enter")
    assert "✓ Unlock: done" in seat.words
    await seat.press("f3")
    assert first not in shown(seat)
    assert len(wire.writes) == 1


async def test_the_list_is_read_and_read_again(desk: Desk, org: Org, wire: Line, clock: FakeClock) -> None:
    world(org, lock="bob.martin@acme.example")
    async with seated(desk.session(), WIDE) as seat:
        await locked_people_are_shown_before_the_blocked_are_known(seat, wire)
        await seat.resize(*NARROW)
        await newest_first_and_enter_opens_the_person(seat, wire)
        await seat.resize(*WIDE)
        await a_failed_reading_is_told_and_forgotten_when_the_next_succeeds(seat, org)
        await refresh_and_ages(seat, org, clock)
        await after_an_unlock_the_list_is_read_again(seat, wire)


async def test_it_is_read_in_the_background_only_while_it_is_shown(
    desk: Desk, org: Org, wire: Line, clock: FakeClock
) -> None:
    def readings() -> int:
        return sum("LOCKED_OUT" in line for line in wire.story)

    async with seated(desk.session(), every=0.03) as seat:
        assert readings() == 0
        await seat.hit("f3")
        await seat.until(lambda: readings() >= 2)
        clock.now += 60
        world(org, lock="bob.martin@acme.example")
        await seat.until(lambda: "bob.martin" in seat.text)
        await seat.hit("f2")
        await seat.rest()
        before = readings()
        (screen,) = seat.app._screen_stacks[seat.app._mode("lockouts")]
        assert isinstance(screen, LockoutsScreen)
        screen.reader.poll_status()
        await seat.rest()
        assert readings() == before


async def test_nobody_is_locked_out(desk: Desk, org: Org, clock: FakeClock) -> None:
    for person in org.people.from_index():
        if person.status == "LOCKED_OUT":
            world(org, unlock=person.login)
        person.blocked = False
    world(org, unlock="iris.blanc")  # locked in the directory
    clock.now += 60
    async with seated(desk.session(), NARROW) as seat:
        await seat.press("f3")
        assert "Nobody is locked out now." in seat.text
        assert "0 locked out, 0 blocked by device" in seat.text
        await seat.press("enter", "down", "r")
        assert seat.focused == "locked"
