"""An agent unlocks somebody: from a few letters to an entry in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tests.desk.support import Gate, user_id, writing
from tests.screens.support import NARROW, WIDE, seated

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org


async def test_a_few_letters_a_card_one_key_and_enter(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session(), NARROW) as seat:
        assert seat.focused == "query"
        await seat.type("ann l")
        assert "Locked out" in seat.line("› Ann Lee")
        assert "ann.lee2@" in seat.text
        await seat.press("enter")
        assert "▸ Ann Lee" in seat.text
        await seat.press("enter")
        assert seat.focused == "card"
        assert "Locked out by software" in seat.text
        assert "Account Executive" in seat.text
        assert " u  Unlock" in seat.text

        await seat.press("u")
        ann = user_id(org, "ann.lee")
        assert f"POST /api/v1/users/{ann}/lifecycle/unlock" in seat.words
        assert "Sent to 127.0.0.1:9, exactly this" in seat.words
        assert "Ann Lee will be unlocked" in seat.words
        assert "ann.lee@acme.example" in seat.words
        assert "too many failed sign-ins" in seat.words
        assert seat.focused == "reason"
        assert wire.writes == []

        await seat.type("called in")
        await seat.press("enter")
        assert wire.writes == [f"POST /api/v1/users/{ann}/lifecycle/unlock"]
        assert "✓ Unlock: done for Ann Lee (Locked out → Active), ledger entry 1" in seat.words
        assert seat.focused == "card"
        assert "○ Active" in seat.text
        assert "not now" in seat.words
        await seat.press("full_stop")
        assert "not locked: u Unlock" in seat.words

        await seat.press("f4")
        row = seat.line("▸     1")
        assert "Unlock" in row
        assert "ann.lee@acme.example" in row
        assert "done" in row
        await seat.press("enter")
        assert "Reason      called in" in seat.text
        assert "By          tess" in seat.text


async def test_turning_back_sends_nothing_and_clearing_sessions_wants_a_reason(
    desk: Desk, org: Org, wire: Line
) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.look_up("an")
        await seat.press("enter", *["down"] * 25)
        before = (seat.lines, seat.focused)
        wire.sent.clear()
        for back in ("escape", "button"):
            await seat.press("s")
            assert seat.app.screen.is_modal
            assert seat.focused == "reason"  # never the button that sends it
            await seat.type("oh no")
            if back == "escape":
                await seat.press("escape")
            else:
                await seat.pilot.click("#back")
                await seat.rest()
            assert (seat.lines, seat.focused) == before, back
            assert seat.one("#query", Input).value == "an"
            assert [one for one in wire.story if "/logs" not in one] == []  # the log alone, for the verdict
        await seat.look_up("bob.martin@acme.example")
        await seat.press("enter", "s")
        assert "Bob Martin will be signed out everywhere" in seat.words
        await seat.press("enter")
        assert "! Give a reason. It goes to the ledger." in seat.text
        assert seat.focused == "reason"
        await seat.press("space", "enter")
        assert "Give a reason" in seat.text
        assert wire.writes == []
        await seat.type("lost laptop")
        await seat.press("enter")
        assert wire.writes == [
            f"DELETE /api/v1/users/{user_id(org, 'bob.martin')}/sessions?oauthTokens=true&forgetDevices=true"
        ]
        assert "✓ Sign out everywhere: done for Bob Martin" in seat.words


async def test_enter_twice_quickly_sends_once(desk: Desk, wire: Line) -> None:
    gate = Gate(writing)
    wire.watch = gate
    async with seated(desk.session()) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "u")
        await seat.hit("enter", "enter", "enter")
        await seat.until(lambda: gate.held)
        await seat.hit("enter", "escape", "tab", "enter", "u")
        assert "cannot be taken back" in seat.words
        gate.opened.set()
        await seat.rest()
        assert len(wire.writes) == 1
        assert "ledger entry 1" in seat.text


async def test_leaving_while_it_is_being_sent_records_that_nobody_knows(desk: Desk, wire: Line) -> None:
    gate = Gate(writing)
    wire.watch = gate
    session = desk.session()
    async with seated(session) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "u")
        await seat.hit("enter")
        await seat.until(lambda: gate.held)
        await seat.hit("ctrl+q")
        await seat.until(lambda: "ctrl+q once more leaves" in seat.words)
        assert seat.app.is_running
        await seat.hit("ctrl+q")
    (entry,) = session.ledger.open_entries()
    assert entry.intent.person_login == "ann.lee@acme.example"


async def test_the_card_takes_the_lists_place_only_where_there_is_no_room(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        for size, beside in ((WIDE, True), (NARROW, False)):
            await seat.resize(*size)
            await seat.look_up("ann.lee")
            await seat.press("enter", "enter")
            assert ("ann.lee2@" in seat.text) is beside
            await seat.press("escape")
            assert seat.focused == "people"
            assert "ann.lee2@" in seat.text
            await seat.press("escape")
            assert seat.focused == "query"
            await seat.type("bob.martin")  # typing replaces what was there
            assert seat.one("#query", Input).value == "bob.martin"
