"""The confirmation opens before what it is aimed at is read, and nothing can be confirmed that was not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Button, Input

from screens.act.confirm import ConfirmScreen
from screens.act.instructions import InstructionsScreen
from screens.people.lookup import LookupScreen
from tests.desk.support import Gate, fault, user_id, world, writing
from tests.okta.support import okta
from tests.screens.act.test_aim import burst
from tests.screens.support import NARROW, seated
from tui.desk.actions.catalogue import RESET_FACTORS
from tui.desk.people.parts import SHARED_FOR
from tui.okta.errors import MissingScope

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tests.screens.support import Seat
    from tui.demo.org import Org


def factors(request: httpx.Request) -> bool:
    return request.url.path.endswith("/factors")


async def on_the_card(seat: Seat, login: str = "ann.lee@acme.example") -> None:
    await seat.look_up(login)
    await seat.press("enter", "enter")


async def on_an_older_card(desk: Desk, seat: Seat, login: str = "ann.lee@acme.example") -> None:
    """A card that is open for so long that a dialog reads again what it was made of."""
    await on_the_card(seat, login)
    desk.clock.now += SHARED_FOR


async def test_it_opens_before_its_targets_are_read_and_confirms_nothing_until_then(
    desk: Desk, org: Org, wire: Line
) -> None:
    async with seated(desk.session()) as seat:
        await on_an_older_card(desk, seat)
        before = (seat.lines, seat.focused)
        wire.watch = gate = Gate(factors)
        await seat.hit("M")
        await seat.until(lambda: gate.held)
        await seat.press("escape")  # turning back while it is read leaves nothing behind
        assert gate.cancelled
        assert (seat.lines, seat.focused) == before

        wire.watch = gate = Gate(factors)
        await seat.hit("M")
        await seat.until(lambda: "Reading what it is about" in seat.words)
        assert "Ann Lee" in seat.words
        assert "last sign-in" in seat.words
        assert "exactly this" in seat.words
        await seat.hit(*"ann.lee", "at", *"acme", "full_stop", *"example", "tab", *"lost", "enter")
        await seat.until(lambda: "still being read" in seat.words)
        assert wire.writes == []
        gate.opened.set()
        await seat.rest()
        assert "Enrolled now: Email to ann.lee@acme.example; Okta Verify on Ann's phone" in seat.words
        assert "still being read" not in seat.words
        assert wire.writes == []
        assert seat.one("#reason", Input).value == "lost"
        await seat.press("enter")
        assert wire.writes == [f"POST /api/v1/users/{user_id(org, 'ann.lee')}/lifecycle/reset_factors"]
        wire.watch = None
        wire.sent.clear()

        await on_an_older_card(desk, seat, "bob.martin@acme.example")
        fault(org, "500", match="/factors", times=-1)
        await seat.press("M")
        assert "Enter reads it again." in seat.words
        await seat.press("tab")
        await seat.type("lost phone")
        org.faults.clear()
        await seat.press("enter")
        assert "Enrolled now" in seat.words
        assert "Enter reads it again" not in seat.words
        assert seat.one("#reason", Input).value == "lost phone"  # nothing typed is lost
        assert wire.writes == []


async def test_an_enter_right_behind_an_option_confirms_only_what_was_seen(desk: Desk, wire: Line) -> None:
    async with seated(desk.session()) as seat:
        await on_an_older_card(desk, seat, "bob.martin@acme.example")
        await seat.press("s")
        await seat.type("lost laptop")
        await seat.press("shift+tab")
        burst(seat, "space", "tab", "enter")
        await seat.rest()
        assert wire.writes == []
        assert "forgetDevices=false" in seat.words
        await seat.press("enter")
        assert [line.partition("?")[2] for line in wire.writes] == ["oauthTokens=true&forgetDevices=false"]


async def test_the_state_that_changed_meanwhile_is_told_in_place_and_nothing_is_sent(
    desk: Desk, org: Org, wire: Line
) -> None:
    session = desk.session()
    async with seated(session, NARROW) as seat:
        await on_the_card(seat)
        await seat.press("u")
        world(org, unlock="ann.lee@acme.example")
        await seat.type("called in")
        await seat.press("enter")
        assert "Ann Lee is Active now, no longer Locked out" in seat.words
        assert seat.one("#reason", Input).value == "called in"
        assert not seat.one("#back", Button).disabled
        await seat.press("escape")
        assert "○ Active" in seat.words  # the card is not left as it was before
    assert wire.writes == []
    assert not session.ledger.entries()


async def test_a_right_that_is_missing_after_all_leads_to_the_steps_by_hand(desk: Desk, wire: Line) -> None:
    session = desk.session()
    async with seated(session) as seat:
        await on_an_older_card(desk, seat)
        wire.watch = gate = Gate(factors)
        await seat.hit("M")
        await seat.until(lambda: gate.held)
        session.denied[RESET_FACTORS.endpoint.id] = MissingScope(scope="okta.users.manage")
        gate.opened.set()
        await seat.rest()
        assert "ctrl+o shows the steps by hand" in seat.words
        assert seat.one("#go", Button).disabled
        await seat.press("ctrl+o")
        assert isinstance(seat.app.screen, InstructionsScreen)
        await seat.press("escape")
        assert not seat.app.screen.is_modal
        assert seat.focused == "card"
    assert wire.writes == []


async def test_another_of_the_same_name_in_the_list_is_pointed_out(desk: Desk, wire: Line) -> None:
    async with seated(desk.session()) as seat:
        await seat.look_up("ann lee")
        await seat.press("enter", "s")
        assert "Not the only one of this name: there is also ann.lee2@acme.example." in seat.words
        await seat.press("escape", "down", "s")
        assert "there is also ann.lee@acme.example." in seat.words
        await seat.press("escape")
        await on_the_card(seat)
        await seat.press("s")
        assert "Not the only one" not in seat.words  # nobody else of the name was found by the login
        await seat.press("escape", "u")
        order = []
        for _ in range(5):
            order.append(seat.focused)
            await seat.press("tab")
        assert order[:4] == ["reason", "ticket", "back", "go"]  # what sends it is reached, but only on purpose
        await seat.press("escape")
        assert wire.writes == []


async def test_leaving_keydesk_while_it_is_sent_says_so_first_and_goes_on_if_it_is_answered(
    desk: Desk, wire: Line
) -> None:
    wire.watch = gate = Gate(writing)
    session = desk.session()
    async with seated(session) as seat:
        await on_the_card(seat)
        await seat.press("u")
        await seat.hit("enter")
        await seat.until(lambda: gate.held)
        await seat.hit("ctrl+q")
        await seat.until(lambda: "ctrl+q once more leaves" in seat.words)
        gate.opened.set()
        await seat.rest()
        assert "✓ Unlock: done for Ann Lee" in seat.words
        assert not session.ledger.open_entries()


async def test_in_the_smallest_common_terminal_every_confirmation_shows_who_and_where_to_type(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await on_the_card(seat)
        for action in ("u", "p", "l", "s", "f", "M"):
            await seat.press(action)
            if action == "f":
                await seat.press("enter")
            assert isinstance(seat.app.screen, ConfirmScreen), action
            assert "ann.lee@acme.example" in seat.words, action
            assert "manager maria.silva@acme.example" in seat.words, action
            assert "for the ledger" in seat.line(" Reason "), action
            assert "esc Back  " in seat.text, action
            await seat.press("escape")


async def test_the_palette_offers_what_the_bar_offers(desk: Desk, wire: Line) -> None:
    for read_only in (False, True):
        async with seated(desk.session(read_only=read_only)) as seat:
            await on_the_card(seat)
            screen = seat.app.screen
            assert isinstance(screen, LookupScreen)
            commands = {command.title: command for command in screen.palette_commands()}
            titles = {title for title, command in commands.items() if not command.off}
            hand = " by hand" if read_only else ""
            assert f"Unlock{hand}: Ann Lee" in titles
            assert f"Reset all factors{hand}: Ann Lee" in titles
            assert "Software: Ann Lee" in titles
            assert not any("Temporary password" in title for title in titles)  # locked out: nobody could
            impossible = {title: command.help for title, command in commands.items() if command.off}
            names = ["Temporary password", "Expire the password", "Resend the activation"]
            names += ["Contain the account", "Suspend", "End the suspension"]
            assert impossible == {f"{name}: Ann Lee": "Not now: locked out" for name in names}
    assert wire.writes == []


async def test_of_a_directory_it_tells_what_the_policy_says_of_an_unlock(desk: Desk, wire: Line) -> None:
    async with seated(desk.session()) as seat:
        await on_the_card(seat, "erik.larsen@acme.example")
        await seat.press("u")
        assert "policy “Active Directory Policy” one" in seat.words
        assert "Okta may refuse" in seat.words
        assert wire.writes == []
        confirm = seat.app.screen  # taken apart, as when it closes, it is laid out once more
        assert isinstance(confirm, ConfirmScreen)
        await confirm.query_one("#sent").remove()
        confirm.refresh(layout=True)
        await seat.rest()
        assert seat.app.screen is confirm


async def test_the_steps_by_hand_tell_what_the_policy_says_of_an_unlock_too(desk: Desk, wire: Line) -> None:
    async def watch(request: httpx.Request) -> httpx.Response | None:
        rules = {"id": "00p9", "name": "Ours", "status": "ACTIVE", "settings": {"delegation": {"options": {}}}}
        return okta([rules]) if request.url.path.endswith("/policies") else None

    wire.watch = watch
    async with seated(desk.session(read_only=True)) as seat:
        await on_the_card(seat, "erik.larsen@acme.example")
        await seat.press("u")
        assert isinstance(seat.app.screen, InstructionsScreen)
        assert "password policy “Ours” does not say" in seat.words
