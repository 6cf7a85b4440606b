"""The one box: what is typed, what comes late, what goes wrong, what is pasted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.widgets import Input

from tests.desk.support import Gate, fault, user_id
from tests.screens.support import NARROW, WIDE, seated, unfit
from tui.desk.left_off.left_off import LeftOff
from widgets.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.session import Session


def about(text: str) -> Gate:
    """A gate for requests that have this in their address."""
    return Gate(lambda request: text in str(request.url))


async def test_a_new_key_cancels_the_old_request_and_late_answers_never_win(desk: Desk, wire: Line) -> None:
    gate = about("bob.martin")
    wire.watch = gate
    async with seated(desk.session()) as seat:
        box = seat.one("#query", Input)
        box.value = "bob.martin@acme.example"
        await seat.until(lambda: gate.held)
        assert "searching" in seat.text
        box.value = "ann.lee@acme.example"
        await seat.rest()
        assert sorted(gate.cancelled) == sorted(gate.held)
        gate.opened.set()
        await seat.rest()
        assert "› Ann Lee" in seat.text
        assert "Bob" not in seat.text

        await seat.look_up("")
        wire.watch = gate = about("/groups")
        seat.one("#query", Input).value = "henry.stone@acme.example"
        await seat.until(lambda: gate.held and "too many failed sign-ins" in seat.text)
        seat.one("#query", Input).value = ""
        await seat.until(lambda: "Henry Stone" not in seat.text)
        gate.opened.set()
        await seat.rest()
        assert "Henry Stone" not in seat.text  # a late card does not come back
        assert "Type what you know of the person." in seat.text
        wire.watch = None

        await seat.look_up("george.wu@acme.example")
        assert "Deactivated" in seat.line("› George Wu")
        table = seat.one("#people", Rows)
        table.show_cursor = False
        await seat.rest()
        colours = {part.style.color for part in table.render_line(1) if part.style and "George" in part.text}
        plain_text = {part.style.color for part in table.render_line(3) if part.style}
        assert colours
        assert not colours & plain_text


async def test_a_search_that_fails_says_so_and_keeps_what_was_typed(desk: Desk, org: Org) -> None:
    async with seated(desk.session(), NARROW) as seat:
        fault(org, "500", "/users", times=-1)
        await seat.look_up("ann.lee")
        assert "✗ Okta has a fault of its own" in seat.words
        assert "[request " in seat.words
        assert seat.one("#query", Input).value == "ann.lee"
        assert seat.focused == "query"
        org.faults.clear()
        await seat.type("@")
        assert "fault of its own" not in seat.text
        assert "› Ann Lee" in seat.text
        fault(org, "500", "/users", times=-1)
        await seat.look_up("bob.martin")
        assert "Ann Lee" not in seat.text  # who was found before is not who was asked for
        await seat.press("enter")
        assert "This search was not answered. Enter tries again." in seat.words
        assert seat.focused == "query"
        org.faults.clear()
        await seat.press("enter")
        assert "Bob Martin" in seat.text
        for name in ("not-json", "html", "wrong-json", "truncated", "cut-before"):
            fault(org, name, "/users", times=-1)
            await seat.look_up(f"ann.{name}")
            assert "✗" in seat.text, name
            org.faults.clear()
        await seat.look_up("ann.lee")
        assert "✗" not in seat.text  # the desk goes on


async def test_nothing_nonsense_and_what_tries_something(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), NARROW) as seat:
        for typed, told in (
            ("", "Type what you know of the person."),
            ("   ", "Type what you know of the person."),
            ("qqqqzz", "Nobody matches"),
            ("\u202e\x1b]52;c;AAAA\x07", "Nobody matches"),
            ('") or status pr or ("', ""),
            ("%00/../../", ""),
            ("[@click=app.quit]x[/]", ""),
        ):
            await seat.look_up(typed)
            assert told in seat.text, typed
            assert not unfit(seat.text), typed
            await seat.press("down", "enter", "u", "s", "r")
            assert seat.focused in {"query", "people"}, typed
            if seat.focused == "query":
                await seat.press("escape")
        assert wire.writes == []
        wire.sent.clear()
        await seat.look_up("ann.lee@acme.example " + "x" * 10_000)
        assert not unfit(seat.text)
        assert all(len(str(request.url)) < 4000 for request in wire.sent)
        await seat.look_up("ann.lee@acme.example")
        assert "Ann Lee" in seat.text


async def test_near_the_end_the_next_page_is_read_once(desk: Desk, wire: Line) -> None:
    def pages() -> int:
        return sum("after=" in str(request.url) for request in wire.sent)

    async with seated(desk.session()) as seat:
        await seat.look_up("acme")
        table = seat.one("#people", Rows)
        first, asked = len(table.rows), pages()
        assert first == 100  # the first page leaves less than a screenful below
        assert asked == 1
        await seat.press("enter", "end")
        assert pages() == 2
        assert len(table.rows) == 150
        await seat.press("up", "down", "up")
        assert pages() == 2

        await seat.look_up("")
        wire.watch = gate = about("after=")
        box = seat.one("#query", Input)
        box.value = "acme"
        await seat.until(lambda: gate.held)
        assert len(table.rows) == 50
        gate.holds = lambda request: "after=" in str(request.url) and "acme" in str(request.url)
        box.value = "e1"  # a page of an older search does not keep the new one from reading on
        await seat.rest()
        assert gate.cancelled == gate.held
        assert len(table.rows) == 100


async def test_parts_are_read_only_when_the_cursor_stays(desk: Desk, org: Org, wire: Line) -> None:
    session = desk.session()
    async with seated(session) as seat:
        screen = seat.app.screen
        screen._dwell = 3600.0  # type: ignore[attr-defined]
        seat.one("#query", Input).value = "ann.lee"
        await seat.until(lambda: "› Ann Lee" in seat.text)
        await seat.hit("down", "down", "up")
        assert "reading …" in seat.text
        assert not [line for line in wire.story if "/groups" in line]
        assert " u  Unlock" in seat.text  # what the list knows is enough for that
        screen._dwell = 0.0  # type: ignore[attr-defined]
        await seat.press("down")
        assert [line for line in wire.story if "/groups" in line] == [
            f"GET /api/v1/users/{user_id(org, 'ann.lee2')}/groups"
        ]


async def test_what_is_typed_before_the_desk_is_ready_is_carried_over(desk: Desk, tmp_path: Path) -> None:
    remembered = LeftOff(kept := tmp_path / "left-off.json")
    login = "ann.lee@acme.example"
    remembered.note_view("demo", "", "lookup", {"lookup": {"text": login}})  # what is typed is that once more
    remembered.save()
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()

    def opening() -> Session:
        asyncio.run_coroutine_threadsafe(ready.wait(), loop).result(20)
        return desk.session()

    async with seated(opening, WIDE, wait=False, kept=kept) as seat:
        seat.app._options |= {"typing_pause": 3600.0, "dwell": 3600.0}  # this was typed long ago: nothing is waited for
        await seat.hit(*login)
        await seat.hit("f4", "f3")  # there is nowhere to go yet
        assert "ann" in seat.line("Find")
        await seat.hit("ctrl+p")
        ready.set()
        await seat.until(lambda: "› Ann Lee" in seat.text)
        await seat.press("escape")  # the palette, which waited as well
        assert seat.one("#query", Input).value == login
        await seat.until(lambda: "Okta Verify" in seat.text)


async def test_letters_that_follow_each_other_are_one_search_and_enter_waits_for_it(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), WIDE) as seat:
        search: Any = seat.app.screen.search  # type: ignore[attr-defined]
        search._typing_pause = 3600.0  # it ends where the test says so
        wire.story.clear()
        await seat.hit(*"ann.l")
        search.hold("ann.l", "held")  # whoever is being read stops what was still to be searched for
        assert not search._pausing
        await seat.hit("e", "e", "enter")
        assert not wire.story
        search._pausing._run()
        await seat.until(lambda: "Okta Verify" in seat.text)
        asked = [line for line in wire.story if "search=" in line]
        assert asked
        assert all("ann.lee" in line for line in asked)  # and nothing of the letters before


async def test_an_answer_that_is_no_json_is_told_and_the_desk_goes_on(desk: Desk, org: Org) -> None:
    async with seated(desk.session(), NARROW) as seat:
        for name in ("not-json", "html", "wrong-json", "truncated", "cut-before"):
            fault(org, name, "/users", times=-1)
            await seat.look_up(f"ann.{name}")
            assert "✗" in seat.text, name
            org.faults.clear()
        await seat.look_up("ann.lee")
        assert "✗" not in seat.text
