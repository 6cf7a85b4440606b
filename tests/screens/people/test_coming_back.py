"""From a person back to the row that opened them, through the cases of that list, and out of the search box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from screens.act.confirm import ConfirmScreen
from screens.lockouts.evidence import EvidenceScreen
from screens.lockouts.lockouts import LockoutsScreen
from tests.desk.support import Gate, fault, user_id
from tests.screens.lockouts.test_looks import wave
from tests.screens.support import NARROW, SMALL, WIDE, seated
from widgets.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org


def logins(seat: Seat) -> list[str]:
    return [row.case.login for row in seat.one("#locked", Rows).rows]


def box(seat: Seat) -> str:
    return seat.one("#query", Input).value


async def test_escape_goes_back_to_the_row_filter_and_order_of_the_lockouts(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.press("f3")
        lockouts = seat.app.screen
        assert isinstance(lockouts, LockoutsScreen)
        await lockouts.run_action("order")  # as the palette does
        await seat.press("d")
        for size in (WIDE, NARROW, SMALL):
            await seat.pilot.resize_terminal(*size)
            await seat.press("home", "down", "down", "down")
            listed, view = logins(seat), lockouts.view
            row = listed[3]
            await seat.press("enter")
            assert (seat.focused, box(seat)) == ("card", row)
            assert f"4/{len(listed)} · J K · esc back" in seat.words
            await seat.press("escape")
            assert id(seat.app.screen) == id(lockouts)
            assert (lockouts.view, seat.focused, seat.one("#locked", Rows).cursor) == (view, "locked", 3)
            assert logins(seat) == listed


async def test_j_and_k_go_through_the_cases_and_escape_to_the_last_one_seen(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.press("f3")
        listed = logins(seat)
        wire.sent.clear()
        await seat.press("enter")
        assert not [line for line in wire.story if "search=" in line or "/users?" in line], wire.story  # it is read
        await seat.press("K")
        assert f"This is the first of {len(listed)}" in seat.words
        await seat.press("J", "J", "K", "J")
        assert box(seat) == listed[2]
        wire.watch = slow = Gate()  # an answer that takes its time, as a real one does
        await seat.hit("J")
        await seat.turn()
        slow.opened.set()
        await seat.rest()
        assert f"{listed[3]} ·" in seat.words, seat.text  # read, and not only named in the box
        wire.watch = None
        await seat.press("K", "escape")
        assert seat.one("#locked", Rows).cursor == 2
        await seat.press("f2")
        assert (seat.focused, box(seat)) == ("card", listed[2])
        await seat.press("escape")
        assert isinstance(seat.app.screen, LockoutsScreen)
        await seat.press("home", "enter", "u", "enter")
        assert "J the next case" in seat.words  # whoever was unlocked stays in the cases
        seat.burst("J", "u")
        await seat.until(lambda: isinstance(seat.app.screen, ConfirmScreen))
        await seat.rest()
        assert listed[1] in seat.text
        await seat.press("escape", "slash", "enter")
        assert seat.focused == "card"
        await seat.look_up("ann.lee")  # another search ends the way back
        await seat.press("enter", "enter")
        assert seat.focused == "card"
        await seat.press("escape")
        assert seat.focused == "people"


async def test_a_person_who_cannot_be_read_is_searched_for_by_enter_in_the_box(desk: Desk, org: Org) -> None:
    async with seated(desk.session()) as seat:
        await seat.press("f3")
        login = logins(seat)[0]
        fault(org, "403-role", f"/users/{user_id(org, login.partition('@')[0])}", times=-1)
        await seat.press("enter")
        assert box(seat) == login
        await seat.press("slash", "enter")
        assert login in seat.one("#people", Rows).rows[0].login


async def test_the_evidence_of_a_wave_stays_open_behind_the_person(desk: Desk) -> None:
    async with seated(desk.session()) as seat:
        await seat.press("f3")
        lockouts = seat.app.screen
        assert isinstance(lockouts, LockoutsScreen)
        wave(lockouts)
        await seat.press("v", "down", "down")
        screen = seat.app.screen
        assert isinstance(screen, EvidenceScreen), seat.text
        tried = [row.login for row in seat.one("#tried", Rows).rows]
        await seat.press("enter", "J")
        assert box(seat) == tried[3]
        await seat.press("escape")
        assert seat.app.screen is screen
        assert seat.one("#tried", Rows).cursor == 3


async def test_the_search_box_gives_back_the_focus_where_nothing_was_typed_and_j_goes_on(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.look_up("ann")
        await seat.press("enter", "enter")
        names = [user.login for user in seat.one("#people", Rows).rows]
        await seat.press("J")
        assert seat.focused == "card"
        assert names[1] in seat.text
        await seat.press("escape")
        assert seat.one("#people", Rows).cursor == 1
        for size in (WIDE, NARROW):
            await seat.resize(*size)
            await seat.look_up("ann")
            await seat.press("enter", "home", "down", "enter")
            shown = seat.text
            assert seat.focused == "card"
            await seat.press("slash")
            assert seat.focused == "query"
            await seat.press("escape")
            assert (seat.focused, seat.text) == ("card", shown)


async def test_a_key_of_another_screen_is_refused_with_a_word_in_a_dialog(desk: Desk) -> None:
    async with seated(desk.session()) as seat:
        await seat.look_up("ann.lee")
        await seat.press("enter", "s", *"lost")
        dialog = seat.app.screen
        assert isinstance(dialog, ConfirmScreen)
        for key in ("f2", "f3", "f4", "f5", "f6", "f7", "f8"):
            await seat.press(key)
            assert seat.app.screen is dialog
            assert f"{key.upper()} " in [note.message for note in seat.app._notifications][-1]
        assert seat.one("#reason", Input).value == "lost"
