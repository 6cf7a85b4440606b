"""Acting from the lockouts: unlock one, or all who are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from screens.act.confirm import ConfirmScreen
from screens.act.instructions import InstructionsScreen
from screens.bulk.bulk import BulkScreen
from screens.people.lookup import LookupScreen
from screens.software.software import SoftwareScreen
from tests.desk.support import user_id, world
from tests.screens.support import ONE_SIZE, seated

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org


@pytest.mark.parametrize("size", ONE_SIZE)
async def test_one_key_unlocks_who_is_under_the_cursor(
    desk: Desk, org: Org, wire: Line, clock: FakeClock, size: tuple[int, int]
) -> None:
    world(org, lock="bob.martin")
    async with seated(desk.session(), size) as seat:
        await seat.press("f3")
        assert "bob.martin@acme" in seat.line("▸ ")
        clock.now += 60  # a status within seconds of a lock says nothing of it yet
        await seat.press("u")
        assert isinstance(seat.app.screen, ConfirmScreen)
        assert "Bob Martin will be unlocked." in seat.words
        await seat.press("enter")
        assert "✓ Unlock: done for Bob Martin" in seat.words
        assert "bob.martin" not in seat.line("▸ ")
    assert wire.writes == [f"POST /api/v1/users/{user_id(org, 'bob.martin')}/lifecycle/unlock"]


async def test_who_was_unlocked_meanwhile_is_told_before_anything_is_confirmed(
    desk: Desk, org: Org, wire: Line
) -> None:
    world(org, lock="bob.martin")
    async with seated(desk.session()) as seat:
        await seat.press("f3")
        world(org, unlock="bob.martin")
        await seat.press("u")
        assert "Unlock, what to do instead: Bob Martin" in seat.words
    assert wire.writes == []


async def test_read_only_shows_the_steps(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(read_only=True)) as seat:
        await seat.press("f3", "u")
        assert isinstance(seat.app.screen, InstructionsScreen)
    assert wire.writes == []


async def test_all_who_are_marked_go_to_one_preview(desk: Desk, wire: Line) -> None:
    async with seated(desk.session()) as seat:
        await seat.press("f3", "b")
        assert "Nobody is marked" in seat.words
        await seat.press("space", "space")
        assert "2 marked" in seat.words
        await seat.press("b")
        assert isinstance(seat.app.screen, BulkScreen)
    assert wire.writes == []


async def test_from_the_lockouts_to_a_person_nobody_elses_software_is_in_the_way(desk: Desk, org: Org) -> None:
    world(org, lock="bob.martin")
    async with seated(desk.session()) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "g")
        assert isinstance(seat.app.screen, SoftwareScreen)
        await seat.press("f3", "enter")
        lookup = seat.app.screen_stack[-1]
        assert isinstance(lookup, LookupScreen)
        assert lookup.person
        assert lookup.person.user.id == user_id(org, "bob.martin")
