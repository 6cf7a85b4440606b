"""An action hits the person whom the agent sees, however fast the keys come and whatever Okta does meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from tests.desk.support import fault
from tests.screens.support import seated
from tui.desk.people.parts import SHARED_FOR
from widgets.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.screens.support import Seat
    from tui.demo.org import Org


def burst(seat: Seat, *keys: str) -> None:
    """Keys that arrive all at once, as over a slow line."""
    for key in keys:
        event = events.Key(key, key if len(key) == 1 else None)
        event.set_sender(seat.app)
        seat.app._driver.send_message(event)  # type: ignore[union-attr]


async def test_a_key_right_behind_the_cursor_is_for_its_row_and_an_enter_unseen_confirms_nothing(
    desk: Desk,
) -> None:
    async with seated(desk.session()) as seat:
        await seat.look_up("ann lee")
        await seat.press("enter")
        table = seat.one("#people", Rows)
        assert [user.login for user in table.rows] == ["ann.lee@acme.example", "ann.lee2@acme.example"]
        burst(seat, "down", "s")
        await seat.rest()
        assert "Sign out everywhere: Ann Lee · ann.lee2@acme.example" in seat.text
        await seat.press("escape")
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter")
        burst(seat, "u", "enter")
        await seat.rest()
        assert desk.wire.writes == []
        assert "exactly this" in seat.text
        await seat.press("enter")
        assert len(desk.wire.writes) == 1


async def test_after_a_failed_search_nobody_of_an_older_one_is_left_to_act_on(desk: Desk, org: Org) -> None:
    async with seated(desk.session()) as seat:
        await seat.look_up("bob.martin@acme.example")
        fault(org, "500", match="/users", times=-1)
        await seat.look_up("ann.lee@acme.example")
        assert "Enter tries again" in seat.text
        await seat.press("enter", "u", "enter")
        assert "bob.martin" not in seat.text
        assert desk.wire.writes == []
        org.faults.clear()
        await seat.look_up("lee")
        await seat.press("enter", "end")
        await seat.look_up("martin")
        assert seat.one("#people", Rows).cursor == 0  # the best match is under the cursor of every new search


async def test_until_a_person_opened_from_the_lockouts_is_read_nobody_can_be_acted_on(
    desk: Desk, org: Org, clock: FakeClock
) -> None:
    async with seated(desk.session()) as seat:
        await seat.look_up("bob.martin@acme.example")
        await seat.press("f3")
        clock.now += SHARED_FOR
        fault(org, "500", match="/users", times=-1)
        await seat.press("enter")
        assert "bob.martin" not in seat.text
        await seat.press("u", "s")
        assert "exactly this" not in seat.text
