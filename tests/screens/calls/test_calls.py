"""The API calls on the screen: what was asked, found, copied; nothing is drawn while it is hidden."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.screens.support import NARROW, SMALL, WIDE, seated
from tui.okta.calls import Call
from tui.okta.errors import OktaError, Refused
from widgets.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tests.screens.support import Seat


async def it_is_drawn_while_it_is_shown_and_not_while_hidden(seat: Seat) -> None:
    await seat.press("f9")
    shown = seat.one("#calls", Rows)
    before = len(shown.rows)
    await seat.app.session.client.user("me")
    await seat.until(lambda: len(shown.rows) == before + 1)
    await seat.press("f2")
    drawn: list[object] = []

    def note(rows: object) -> None:
        drawn.append(rows)

    shown.watch(shown, "rows", note, init=False)
    for _ in range(3):
        await seat.app.session.client.user("me")
    await seat.rest()
    assert drawn == []
    await seat.press("f9")
    assert len(shown.rows) >= before + 4


async def a_call_is_copied_as_curl_and_in_parts(seat: Seat, copied: list[str]) -> None:
    await seat.app.session.client.user("me")
    await seat.press("f9", "home", "c")
    header = '--header "Authorization: SSWS $OKTA_API_TOKEN"'
    url = "http://127.0.0.1:9/api/v1/users/me"
    assert copied == [f"curl --globoff --header 'Accept: application/json' {header} --url {url}"]
    await seat.press("y")
    assert "Okta's request id" in seat.text
    await seat.press("2")
    assert copied[1:] == ["/api/v1/users/me"]


async def what_the_guard_refused_is_told(seat: Seat) -> None:
    with pytest.raises(Refused):
        await seat.app.session.client.send(Call("DELETE", "/api/v1/users/00u1"))
    await seat.until(lambda: "refused here" in seat.text)  # by a timer
    await seat.press("home")
    assert "refused here" in seat.line("▸ ")
    assert "Nothing was sent." in seat.words


async def hostile_answers_and_paths_are_shown_harmless(seat: Seat) -> None:
    with pytest.raises(OktaError):
        await seat.app.session.client.user("x'\x1b[31m\u202e$(id)")
    await seat.until(lambda: "%1B%5B31m" in seat.text)  # by a timer
    await seat.press("home")
    assert "%1B%5B31m" in seat.text
    assert "\x1b" not in seat.text


async def a_search_stands_in_the_list_newest_first_and_can_be_filtered(seat: Seat, folder: Path) -> None:
    await seat.press("f2")
    await seat.look_up("ann.lee")
    await seat.press("f9", "home")
    table = seat.one("#calls", Rows)
    numbers = [row.number for row in table.rows]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) > 1
    assert "/api/v1/users?search=" in seat.text
    assert "Outcome     200" in seat.text
    await seat.press("slash")
    await seat.type("nothing like that")
    assert "Nothing here is like that. esc clears the filter." in seat.text
    await seat.press("enter", "escape")
    assert [row.number for row in table.rows] == numbers
    await seat.press("home", "space", "space", "c")
    assert seat.app.clipboard.count("curl --globoff") == len(seat.app.clipboard.splitlines()) == 2
    await seat.press("x")
    assert "Export the calls, the 2 marked" in seat.words
    await seat.type(str(folder / "calls.json"))
    await seat.press("enter")
    assert "2 rows written" in seat.words
    written = json.loads((folder / "calls.json").read_text("ascii"))
    assert [call["at"] for call in written] == ["2026-11-23T06:00:00.000Z"] * 2


async def where_there_is_no_room_enter_shows_the_call(seat: Seat, size: tuple[int, int]) -> None:
    await seat.resize(*size)
    await seat.press("escape", "home")  # the notice of the export goes
    before = seat.lines
    await seat.press("enter")
    assert "Method      GET" in seat.text
    await seat.press("escape")
    assert seat.lines == before
    assert seat.focused == "calls"


async def test_the_calls_of_a_sitting(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated(desk.session(), WIDE) as seat:
        await it_is_drawn_while_it_is_shown_and_not_while_hidden(seat)
        with monkeypatch.context() as patch:
            copied: list[str] = []
            patch.setattr("screens.calls.calls.CallsScreen._copy", lambda _, note: copied.append(note.text))
            await a_call_is_copied_as_curl_and_in_parts(seat, copied)
        await what_the_guard_refused_is_told(seat)
        await hostile_answers_and_paths_are_shown_harmless(seat)
        await a_search_stands_in_the_list_newest_first_and_can_be_filtered(seat, tmp_path)
        for size in (NARROW, SMALL):
            await where_there_is_no_room_enter_shows_the_call(seat, size)
