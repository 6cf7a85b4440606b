"""Why they can't sign in, on the screen: the verdict first, one key for the next step, back to where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.why.why import WhyScreen
from tests.desk.support import fault
from tests.screens.support import NARROW, WIDE, seated
from tui.desk.people.parts import SHARED_FOR
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock, Wire
    from tests.screens.support import Seat
    from tui.demo.org import Org

ANN = "ann.lee@acme.example"


async def from_the_lockouts(seat: Seat) -> None:
    await seat.press("f3", "w")
    assert isinstance(seat.app.screen, WhyScreen)
    assert "Next step" in seat.text
    await seat.press("escape", "f2")


async def one_key_on_the_card_gives_the_verdict(seat: Seat) -> None:
    await seat.look_up(ANN)
    await seat.press("enter", "w")
    assert "Locked out by software that has an old password." in seat.words
    assert "Next step Have them put the new password into Mail on an iPhone" in seat.words
    assert "How sure ●●○ likely" in seat.words
    await seat.resize(*WIDE)
    assert "█" in seat.line("Wrong password ·")  # a timeline with a scale
    assert "6 h ago" in seat.line(" now")
    await seat.press("escape")
    assert seat.focused == "card"


async def enter_begins_the_next_step_and_the_verdict_is_read_again(seat: Seat) -> None:
    await seat.press("w", "enter", "enter")
    assert isinstance(seat.app.screen, WhyScreen)
    assert "✓ Unlock: done" in seat.words
    assert "Some software sends an old password; it will lock them." in seat.words
    await seat.press("escape")


async def an_app_is_asked_about_in_place(seat: Seat) -> None:
    await seat.look_up("bob.martin@acme.example")
    await seat.press("enter", "w")
    assert "Nothing is wrong on Okta's side." in seat.words
    await seat.press("i")
    await seat.type("figma")
    await seat.press("enter")
    assert "They do not have Figma." in seat.words
    await seat.press("i", "escape")
    assert isinstance(seat.app.screen, WhyScreen)
    await seat.press("escape")


async def a_person_that_cannot_be_read_is_told_in_the_notice(seat: Seat, org: Org, clock: FakeClock) -> None:
    clock.now += SHARED_FOR
    fault(org, "403-role", match="/api/v1/users/", times=99)
    await seat.press("w")
    assert "keydesk's admin role does not allow this" in seat.words


async def test_the_verdict_the_next_step_and_back(desk: Desk, org: Org, wire: Wire, clock: FakeClock) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await from_the_lockouts(seat)
        await one_key_on_the_card_gives_the_verdict(seat)
        await enter_begins_the_next_step_and_the_verdict_is_read_again(seat)
        assert len(wire.writes) == 1
        await seat.resize(*NARROW)
        await an_app_is_asked_about_in_place(seat)
        await a_person_that_cannot_be_read_is_told_in_the_notice(seat, org, clock)
    assert len(wire.writes) == 1


async def test_read_only_says_why_enter_does_nothing(desk: Desk, wire: Wire) -> None:
    async with seated(desk.session(mode=Mode.READ_ONLY)) as seat:
        await seat.look_up(ANN)
        await seat.press("enter", "w", "enter", "enter")
        assert isinstance(seat.app.screen, WhyScreen)
        assert "Unlock is not possible from here: read-only." in seat.words
    assert wire.writes == []


async def test_what_cannot_be_read_is_named(desk: Desk, org: Org) -> None:
    async with seated(desk.session(principal="helpdesk")) as seat:
        await seat.look_up(ANN)
        await seat.press("enter", "w")
        assert "Locked out." in seat.words
        assert "The System Log cannot be read: keydesk's admin role does not allow this." in seat.words
