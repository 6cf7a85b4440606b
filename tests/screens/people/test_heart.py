"""The card on the screen: the verdict comes into its place, holds what matters at each size, and the mouse works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tests.desk.support import Gate, service_session, user_id
from tests.screens.support import NARROW, SMALL, WIDE, seated
from tui.desk.perform.confirmation import is_typed
from tui.okta.policy import USUAL
from widgets.people.action_bar import ActionBar
from widgets.people.person_card import PersonCard

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org

HUGE = (200, 60)
ANN = "ann.lee@acme.example"
STEP = "Have them put the new password into Mail on an iPhone"


async def click(seat: Seat, key: str) -> None:
    """Click on a key of the bar of actions."""
    bar = seat.one("#actions", ActionBar)
    lines = bar._lines(bar.content_size.width, seat.app.size.height)
    x, y = next((first, y) for y, line in enumerate(lines) for first, _, one in line.targets if one == key)
    at = bar.content_region.offset
    await seat.pilot.click(offset=(at.x + x + 1, at.y + y))
    await seat.rest()


async def test_what_matters_is_there_at_once_and_without_scrolling(desk: Desk) -> None:
    async with seated(desk.session(capabilities=USUAL), NARROW) as seat:
        await seat.look_up(ANN)
        await seat.press("enter")
        for size in (NARROW, WIDE, HUGE):
            await seat.resize(*size)
            assert seat.focused == "card"
            assert seat.one("#card", PersonCard).scroll_y == 0
            for told in (
                "● Locked out 100 min", "Locked out by software that has an old password", "●●○ likely", STEP,
                "maria.silva@acme.example", "+1 415 555 0132", "21 h ago", "E100000", "past its age",
                "Okta Verify on Ann's phone", "for 2 years", "Groups 6", "Apps 7", " u  Unlock", "3 not now",
            ):  # fmt: skip
                assert told in seat.words or told in seat.text, (size, told)
            assert "Second mail" not in seat.text
            assert "Blocks" not in seat.text
        await seat.resize(*SMALL)  # state, verdict, step and keys stay
        for part in ("Locked out 100 min", "software that has an old password", STEP[:30], " u  Unlock", "3 not now"):
            assert part in seat.text, part
        await seat.resize(*NARROW)
        await seat.press("u", "enter")
        assert "Unlock: done" in seat.text  # after an unlock the card judges anew
        assert "● Locked out" not in seat.text
        assert "Locked out by software" not in seat.text
        assert "reading the log" not in seat.text
        await seat.look_up("adam.brooks@acme.example")
        await seat.press("enter")
        assert "✗ May be an attack: " in seat.text
        assert "→ Tell security at once" in seat.text


async def test_the_verdict_takes_the_place_that_was_kept_for_it_and_holds_nobody_up(
    desk: Desk, org: Org, wire: Line
) -> None:
    wire.watch = gate = Gate(lambda request: "/policies" in request.url.path)
    async with seated(desk.session()) as seat:
        seat.one("#query", Input).value = ANN
        await seat.until(lambda: gate.held and "Apps 7" in seat.text)
        assert "reading the log …" in seat.text
        before = next(number for number, line in enumerate(seat.lines) if "Manager" in line)
        await seat.hit("enter", "s")  # the keys work meanwhile
        await seat.until(lambda: "exactly this" in seat.text)
        await seat.hit("escape")
        gate.opened.set()
        await seat.rest()
        assert STEP in seat.words
        assert "reading the log" not in seat.text
        assert next(number for number, line in enumerate(seat.lines) if "Manager" in line) == before
        assert "old password" in seat.text
        wire.watch = gate = Gate(lambda request: "/logs" in request.url.path)
        seat.one("#query", Input).value = "dev.patel@acme.example"
        await seat.until(lambda: gate.held and "Dev Patel" in seat.text)
        assert "software that has an old password" not in seat.text  # nobody wears the verdict of the one before
        gate.opened.set()


async def test_where_the_log_cannot_be_read_nobody_looked(desk: Desk) -> None:
    async with seated(service_session(desk, "service-nologs"), NARROW) as seat:
        await seat.look_up(ANN)
        await seat.press("enter")
        assert "! nobody looked in the log" in seat.text


async def test_each_action_can_be_clicked_also_from_the_search_box(desk: Desk) -> None:
    async with seated(desk.session()) as seat:
        await seat.look_up(ANN)
        assert seat.focused == "query"
        await click(seat, "u")
        assert "exactly this" in seat.text or "Unlock: Ann Lee" in seat.text
        await seat.press("escape")
        assert seat.one("#query", Input).value == ANN
        assert "locked out: " not in seat.text
        await click(seat, ".")
        assert "locked out: t Temporary password" in seat.words
        await seat.press("full_stop")
        assert "locked out: " not in seat.text


async def test_a_large_terminal_has_three_panes_and_the_ledger(desk: Desk, org: Org) -> None:
    async with seated(desk.session(), HUGE) as seat:
        await seat.look_up(ANN)
        assert "Evidence" in seat.text
        assert "Wrong password 10 times" in seat.words
        assert "Nothing was done for them from here" in seat.text
        await seat.press("enter", "u", "enter")
        assert "Unlock done entry 1" in seat.words
        seat.one("#query", Input).value = "dev.patel@acme.example"
        await seat.rest()
        assert "Unlock done entry 1" not in seat.words
        assert "Wrong password 10 times" not in seat.words
        await seat.pilot.resize_terminal(*WIDE)
        await seat.rest()
        assert "Evidence" not in seat.text


async def test_what_cannot_be_undone_is_confirmed_by_what_the_caller_reads_out_and_by_nothing_else(
    desk: Desk, org: Org, wire: Line
) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.look_up(ANN)
        await seat.press("enter")
        for typed in (ANN, "ANN", "0000"):
            wire.sent.clear()
            await seat.press("M", "enter", "enter")
            assert wire.writes == []  # not by rhythm
            await seat.type(typed)
            await seat.press("tab")
            await seat.type("lost phone")
            await seat.press("enter")
            assert wire.writes == [f"POST /api/v1/users/{user_id(org, 'ann.lee')}/lifecycle/reset_factors"], typed
        wire.sent.clear()
        for typed in ("", "an", "E10000"):  # the rule itself knows more
            await seat.press("M")
            await seat.type(typed)
            await seat.press("tab")
            await seat.type("lost phone")
            assert "That names nobody here" not in seat.words
            await seat.press("enter")
            assert "That names nobody here" in seat.words, typed
            assert wire.writes == [], typed
            await seat.press("escape")


async def test_only_what_the_caller_reads_out_names_the_person(desk: Desk, org: Org) -> None:
    user = (await desk.session().person(user_id(org, "ann.lee"))).user
    for typed in (ANN, ANN.upper(), "ann", "ANN", " ann ", "0000"):
        assert is_typed(user, typed), typed
    for typed in ("", "an", "lee", "E10000", "000", "bob"):
        assert not is_typed(user, typed), typed
