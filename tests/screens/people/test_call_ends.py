"""The call ends: what was done is one key away from the ticket, on whatever screen it was done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tests.screens.support import NARROW, WIDE, seated

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line


async def test_after_an_action_c_copies_the_ticket_text(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.type("ann.lee@")
        await seat.press("enter", "u")
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


async def test_without_an_action_c_copies_who_it_is_and_the_next_person_has_no_ticket_text(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.type("ann.lee@")
        await seat.press("enter", "c")
        assert seat.app.clipboard.startswith("Ann Lee (ann.lee@acme.example)\n")
        await seat.press("u")
        await seat.press("enter")
        await seat.look_up("bob.martin")
        await seat.press("enter", "c")
        assert seat.app.clipboard.startswith("Bob Martin (")


@pytest.mark.parametrize("size", [NARROW])
async def test_y_asks_which_part_and_a_digit_chooses(desk: Desk, size: tuple[int, int]) -> None:
    async with seated(desk.session(), size) as seat:
        await seat.type("ann.lee@")
        await seat.press("enter", "y")
        assert "Copy which part?" in seat.text
        assert "The whole card" in seat.text
        await seat.press("2")
        assert seat.app.clipboard == "ann.lee@acme.example"
        assert "The login: " in seat.words
        await seat.press("y", "escape")
        assert "Copy which part?" not in seat.text
        assert seat.focused == "card"


async def test_in_the_search_box_c_and_y_are_letters(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.type("cy")
        assert seat.one("#query", Input).value == "cy"
        assert seat.app.clipboard == ""


async def test_the_verdict_and_the_ledger_entry_are_copied_where_they_stand(desk: Desk) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await seat.type("ann.lee@")
        await seat.press("enter", "w", "c")
        assert "\nNext step: " in seat.app.clipboard
        await seat.press("escape", "u")
        await seat.press("enter")
        await seat.press("f4", "c")
        assert seat.app.clipboard.startswith("Unlock: done for Ann Lee")


async def test_where_there_is_nothing_c_says_so(desk: Desk) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.press("f4", "c")
        assert "There is nothing to copy here" in seat.words
        assert seat.app.clipboard == ""


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
