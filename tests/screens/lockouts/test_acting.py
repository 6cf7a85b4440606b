"""Acting from the lockouts: unlock one, or all who are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.act.confirm import ConfirmScreen
from screens.act.instructions import InstructionsScreen
from screens.bulk.bulk import BulkScreen
from screens.people.lookup import LookupScreen
from screens.software.software import SoftwareScreen
from tests.desk.support import user_id, world
from tests.screens.support import NARROW, seated
from tui.desk.people.parts import SHARED_FOR
from widgets.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org


async def one_key_unlocks_who_is_under_the_cursor(seat: Seat, clock: FakeClock) -> None:
    assert "bob.martin@acme" in seat.line("▸ ")
    clock.now += 60  # a status within seconds of a lock says nothing of it yet
    await seat.press("u")
    assert isinstance(seat.app.screen, ConfirmScreen)
    assert "Bob Martin will be unlocked." in seat.words
    await seat.press("enter")
    assert "✓ Unlock: done for Bob Martin" in seat.words
    assert "bob.martin" not in seat.line("▸ ")


async def who_was_unlocked_meanwhile_is_told_before_anything_is_confirmed(
    seat: Seat, org: Org, clock: FakeClock
) -> None:
    await seat.press("home")
    assert "pia.jensen@acme" in seat.line("▸ ")
    world(org, unlock="pia.jensen")
    clock.now += SHARED_FOR  # within these seconds the safety read before the change would tell it
    await seat.press("u")
    assert "Unlock, what to do instead: Pia Jensen" in seat.words
    await seat.press("escape", "r")


async def all_who_are_marked_go_to_one_preview(seat: Seat) -> None:
    await seat.press("b")
    assert "Nobody is marked" in seat.words
    await seat.press("space", "space")
    assert "2 marked" in seat.words
    await seat.press("b")
    assert isinstance(seat.app.screen, BulkScreen)
    await seat.press("escape")


async def to_a_person_nobody_elses_software_is_in_the_way(seat: Seat) -> None:
    await seat.press("f2")
    await seat.look_up("ann.lee@acme.example")
    await seat.press("enter", "g")
    assert isinstance(seat.app.screen, SoftwareScreen)
    await seat.press("f3")
    row = seat.one("#locked", Rows).current
    assert row is not None
    await seat.press("enter")
    lookup = seat.app.screen_stack[-1]
    assert isinstance(lookup, LookupScreen)
    assert lookup.person
    assert lookup.person.user.id == row.case.user_id


async def test_from_the_list_to_one_to_several_and_to_the_card(
    desk: Desk, org: Org, wire: Line, clock: FakeClock
) -> None:
    world(org, lock="pia.jensen")
    world(org, lock="bob.martin")
    async with seated(desk.session(), NARROW) as seat:
        await seat.press("f3")
        await one_key_unlocks_who_is_under_the_cursor(seat, clock)
        await who_was_unlocked_meanwhile_is_told_before_anything_is_confirmed(seat, org, clock)
        await all_who_are_marked_go_to_one_preview(seat)
        await to_a_person_nobody_elses_software_is_in_the_way(seat)
    assert wire.writes == [f"POST /api/v1/users/{user_id(org, 'bob.martin')}/lifecycle/unlock"]


async def test_read_only_shows_the_steps(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(read_only=True)) as seat:
        await seat.press("f3", "u")
        assert isinstance(seat.app.screen, InstructionsScreen)
    assert wire.writes == []
