"""The dialog knows the verdict, and sends nothing whose call and verdict were not on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Button, Input

from screens.act.instructions import InstructionsScreen
from tests.desk.support import Gate, fault, user_id
from tests.screens.act.test_confirm import on_the_card
from tests.screens.support import NARROW, SMALL, seated
from tui.desk.why.why import STRANGERS_FOR

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org

ADAM = "adam.brooks@acme.example"


def log(request: httpx.Request) -> bool:
    return request.url.path.endswith("/logs")


async def test_somebody_under_attack_is_not_unlocked_by_two_keys(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session()) as seat:
        await on_the_card(seat, ADAM)
        await seat.press("u")
        assert "May be an attack: They have reported suspicious activity themselves" in seat.words
        assert "Do not unlock before" in seat.words  # the card stands beside it, so a line may end anywhere
        assert seat.focused == "back"
        assert "needed, for the ledger" in seat.line(" Reason ")
        assert seat.app.screen.has_class("-attack")
        await seat.press("ctrl+y")
        assert "They have reported suspicious activity themselves" in seat.app.clipboard
        assert ADAM in seat.app.clipboard
        assert "What security has to know: sent to the terminal" in seat.words, seat.text
        await seat.press("enter")
        assert not seat.app.screen.is_modal
        await seat.press("u")
        seat.one("#reason", Input).focus()
        await seat.press("enter")
        assert "Give a reason" in seat.words
        await seat.type("security said so")
        assert wire.writes == []
        await seat.press("enter")
        assert wire.writes == [f"POST /api/v1/users/{user_id(org, 'adam.brooks')}/lifecycle/unlock"]


async def test_enter_waits_until_the_log_was_looked_at(desk: Desk, wire: Line, clock: FakeClock) -> None:
    async with seated(desk.session()) as seat:
        await on_the_card(seat, ADAM)
        clock.now += STRANGERS_FOR + 60
        wire.watch = gate = Gate(log)
        await seat.hit("u")
        await seat.until(lambda: "Looking in the System Log" in seat.words)
        gate.opened.set()
        await seat.rest()
        assert "Unlock all the same" in seat.text  # the button has room for what it says once an attack is found
        wire.watch = None
        await seat.press("escape")
        await on_the_card(seat, "ann.lee@acme.example")
        clock.now += STRANGERS_FOR
        wire.watch = gate = Gate(log)
        await seat.hit("u")
        await seat.until(lambda: "Looking in the System Log" in seat.words)
        await seat.hit("enter")
        await seat.until(lambda: "still being looked up" in seat.words)
        assert wire.writes == []
        gate.opened.set()
        await seat.rest()
        assert "Looking in the System Log" not in seat.words
        assert "Nothing in the System Log of the last week points to an attack." in seat.words
        assert seat.focused == "reason"
        await seat.press("enter")
        assert len(wire.writes) == 1


async def test_where_the_log_cannot_be_read_it_says_that_nobody_looked(desk: Desk, org: Org) -> None:
    fault(org, "500", match="/logs", times=-1)
    async with seated(desk.session(), NARROW) as seat:
        await on_the_card(seat)
        await seat.press("u")
        assert "Nobody looked whether it may be an attack: the System Log cannot be read" in seat.words
        assert not seat.one("#go", Button).disabled


async def test_in_a_small_terminal_fields_call_and_button_are_on_the_screen(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session(), SMALL) as seat:
        for login, action in (("ann.lee", "u"), ("ann.lee", "M"), ("adam.brooks", "u"), ("bob.martin", "s")):
            await on_the_card(seat, f"{login}@acme.example")
            await seat.press(action)
            key = user_id(org, login)
            assert f"/users/{key}/" in seat.text.replace("\n", ""), seat.text
            assert "for the ledger" in seat.line(" Reason "), seat.text
            assert "Ticket" in seat.text
            assert "esc Back  " in seat.text
            assert login in seat.text
            if login == "adam.brooks":
                assert "May be an attack" in seat.text
                await seat.press("pagedown")
                assert "last sign-in" in seat.words
            if action == "s":
                assert "Bob Martin" in seat.line("╭")
                await seat.press("pageup", "pageup")
                assert "Bob Martin will be signed out" in seat.words
                await seat.press("enter")
                assert "Give a reason" in seat.text  # the field and what is said about it come into view
                await seat.press("pagedown", "pagedown")
                assert "enter Sign out everywhere" in seat.text
            await seat.press("escape")
        assert wire.writes == []
        await seat.resize(60, 6)
        await on_the_card(seat)
        await seat.press("u", "enter")
        assert wire.writes == []  # what has no room is not sent
        await seat.resize(*NARROW)
        await seat.press("enter")
        assert len(wire.writes) == 1


async def test_refused_for_a_role_the_steps_by_hand_open_and_the_key_turns_to_by_hand(
    desk: Desk, org: Org, wire: Line
) -> None:
    fault(org, "403-role")
    async with seated(desk.session()) as seat:
        await on_the_card(seat)
        await seat.press("u", "enter")
        assert isinstance(seat.app.screen, InstructionsScreen)
        assert "only a super admin may act on a super admin" in seat.words
        await seat.press("escape")
        assert "ledger entry 1" in seat.words
        assert "By hand" in seat.text
        assert seat.text.index("By hand") < seat.text.index(" u  Unlock")
        await seat.press("u")
        assert isinstance(seat.app.screen, InstructionsScreen)
        await seat.press("escape")
        await seat.look_up("henry.stone@acme.example")
        await seat.press("enter", "u")
        assert not seat.one("#go", Button).disabled
    assert len(wire.writes) == 1
