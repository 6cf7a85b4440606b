"""The call ends: what was done is one key away from the ticket, on whatever screen it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.widgets import Input

from tests.screens.support import NARROW, WIDE, seated

if TYPE_CHECKING:
    from tests.conftest import Desk


async def test_c_copies_what_there_is_and_after_an_action_the_ticket_text(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.press("f4", "c")
        assert "There is nothing to copy here" in seat.words
        assert seat.app.clipboard == ""
        await seat.press("f2")
        await seat.type("cy")
        assert seat.one("#query", Input).value == "cy"  # in the search box they are letters
        assert seat.app.clipboard == ""
        await seat.look_up("ann.lee@")
        await seat.press("enter", "c")
        assert seat.app.clipboard.startswith("Ann Lee (ann.lee@acme.example)\n")
        await seat.press("w", "c")
        assert "\nNext step: " in seat.app.clipboard
        await seat.press("escape", "u")
        await seat.type("called in")
        await seat.press("enter")
        assert "c copies the ticket text · n tells them · / the next caller" in seat.words
        assert "Unlock, by you" in seat.words
        await seat.press("c")
        lines = seat.app.clipboard.splitlines()
        assert lines[:3] == [
            "Unlock: done for Ann Lee (ann.lee@acme.example)",
            "State: Locked out → Active",
            "Reason: called in",
        ]
        assert "The ticket text: " in seat.words
        await seat.press("f4", "c")
        assert seat.app.clipboard.startswith("Unlock: done for Ann Lee")
        await seat.press("f2")
        await seat.look_up("bob.martin")  # the next person has no ticket text
        await seat.press("enter", "c")
        assert seat.app.clipboard.startswith("Bob Martin (")
        await seat.resize(*NARROW)
        await seat.press("y")
        assert "Copy which part?" in seat.text
        assert "The whole card" in seat.text
        await seat.press("2")
        assert seat.app.clipboard == "bob.martin@acme.example"
        assert "The login: " in seat.words
        await seat.press("y", "escape")
        assert "Copy which part?" not in seat.text
        assert seat.focused == "card"


async def test_the_desks_own_template_is_used_and_a_wrong_one_says_where_it_stands(desk: Desk) -> None:
    for template, wanted in (("{ticket}|{login}|{outcome}", "|ann.lee@acme.example|done"), ("{oops}", "")):
        session = replace(desk.session(), ticket_text=template)
        async with seated(session, WIDE) as seat:
            await seat.type("ann.lee@")
            if wanted:
                await seat.press("enter", "u")
                await seat.press("enter")
            await seat.press("f4")
            await seat.until(lambda: "ann.lee@" in seat.text)
            await seat.press("c")
            assert seat.app.clipboard == wanted
            assert bool(wanted) or "settings.toml, [desk] ticket_text" in seat.words
