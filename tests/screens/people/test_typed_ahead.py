"""Keys faster than Okta: what is typed behind enter is for the person whom enter opens, or for nobody."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input

from screens.act.confirm import ConfirmScreen
from screens.lockouts.lockouts import LockoutsScreen
from screens.people.lookup import LookupScreen
from screens.save_as import SaveAsScreen
from tests.desk.support import Gate, fault
from tests.screens.support import SMALL, WIDE, seated
from widgets import key_queue
from widgets.people.person_card import PersonCard

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org

HENRY = (*"henry", "space", *"stone", "enter", "u")
NOBODY = (*"qqqqzz", "enter", "u", "s")


async def test_an_unlock_typed_in_one_go_ends_in_its_dialog_unconfirmed(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), WIDE) as seat:
        for size in (WIDE, SMALL):
            await seat.resize(*size)
            await seat.look_up("")
            seat.burst(*HENRY, "enter", "enter")
            await seat.rest()
            assert isinstance(seat.app.screen, ConfirmScreen), seat.text
            assert "Unlock: Henry Stone" in seat.text
            assert wire.writes == []
            await seat.press("escape")
            assert seat.one("#query", Input).value == "henry stone"
            assert wire.writes == []
        await seat.look_up("")
        seat.burst(*HENRY[:-1], "s", *"lost", "enter")  # the reason typed ahead goes into the dialog
        await seat.rest()
        assert isinstance(seat.app.screen, ConfirmScreen), seat.text
        assert seat.one("#reason", Input).value == "lost"
        assert wire.writes == []
        await seat.press("enter")
        assert len(wire.writes) == 1


async def test_keys_wait_while_the_search_hangs_and_while_the_person_does(desk: Desk, wire: Line) -> None:
    wire.watch = gate = Gate(lambda request: "users?" in str(request.url))
    async with seated(desk.session()) as seat:
        seat.burst(*HENRY)
        await seat.until(lambda: gate.held)
        assert seat.one("#query", Input).value == "henry stone"
        wire.watch = slow = Gate(lambda request: "/blocks" in str(request.url))
        gate.opened.set()
        await seat.until(lambda: slow.held)
        assert isinstance(seat.app.screen, LookupScreen)
        slow.opened.set()
        await seat.until(lambda: isinstance(seat.app.screen, ConfirmScreen))
        await seat.rest()
        assert "Unlock: Henry Stone" in seat.text


async def test_a_machine_that_is_slow_loses_no_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_queue, "_LOST", 0.001)
    own = Input._on_key

    async def slow(box: Input, event: events.Key) -> None:
        for _ in range(100):  # turns of the event loop that belong to something else
            await asyncio.sleep(0)
        await own(box, event)

    monkeypatch.setattr(Input, "_on_key", slow)
    async with seated(desk.session(), SMALL) as seat:
        seat.burst(*HENRY, *"lost", "tab", *"INC")
        await seat.rest()
        assert "Unlock: Henry Stone" in seat.text
        assert [seat.one(f"#{name}", Input).value for name in ("reason", "ticket")] == ["lost", "INC"]


async def test_several_matches_none_and_no_answer_stop_the_keys(desk: Desk, org: Org, wire: Line) -> None:
    async with seated(desk.session()) as seat:
        seat.burst(*"ann", "space", *"lee", "enter", "enter", "u", "enter")
        await seat.rest()
        assert isinstance(seat.app.screen, LookupScreen)
        assert seat.focused == "people"
        assert "several people match: choose one first" in seat.words
        assert not seat.app.screen.has_class("-card")
        await seat.look_up("")
        seat.burst(*NOBODY)
        await seat.rest()
        assert seat.one("#query", Input).value == "qqqqzz"
        assert "Why: nobody matches." in seat.words
        await seat.press("x")
        assert seat.one("#query", Input).value == "qqqqzzx"
        await seat.look_up("")
        fault(org, "500", "/users", times=-1)
        seat.burst(*HENRY)
        await seat.rest()
        assert seat.one("#query", Input).value == "henry stone"
        assert "the search was not answered" in seat.words
        org.faults.clear()
        seat.burst("enter", "u")
        await seat.rest()
        assert "Unlock: Henry Stone" in seat.text
    assert wire.writes == []


async def test_who_turns_back_drops_what_was_typed_ahead(desk: Desk, wire: Line) -> None:
    async with seated(desk.session()) as seat:
        for key in ("escape", "backspace", "f3"):
            await seat.look_up("")
            wire.watch = gate = Gate(lambda request: "users?" in str(request.url))
            seat.burst(*HENRY)
            await seat.until(lambda: gate.held)  # noqa: B023 - it is awaited here
            await seat.hit(key)
            gate.opened.set()
            await seat.rest()
            if key == "f3":
                await seat.press("f2")
            assert isinstance(seat.app.screen, LookupScreen)
            assert seat.focused == "query"
            assert seat.one("#query", Input).value == ("henry ston" if key == "backspace" else "henry stone")
        await seat.look_up("")
        wire.watch = gate = Gate(lambda request: "users?" in str(request.url))
        seat.burst(*HENRY)
        await seat.until(lambda: gate.held)
        seat.one("#query", Input).value = ""
        paste = events.Paste("bob.martin@acme.example")  # a text pasted behind enter is a new search
        paste.set_sender(seat.app)
        seat.app._driver.send_message(paste)  # type: ignore[union-attr]
        gate.opened.set()
        await seat.rest()
        assert isinstance(seat.app.screen, LookupScreen)
        assert "› Bob Martin" in seat.text
        assert "Henry" not in seat.text


async def test_what_is_typed_before_keydesk_is_open_is_kept_with_its_enter(desk: Desk, wire: Line) -> None:
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()

    def opening() -> object:
        asyncio.run_coroutine_threadsafe(ready.wait(), loop).result(20)
        return desk.session()

    async with seated(opening, WIDE, wait=False) as seat:  # type: ignore[arg-type]
        seat.burst(*HENRY[:-2], "ctrl+j", "u", "enter")  # the terminal has made a line feed of the first enter
        await seat.turn()
        assert "henry stone" in seat.line("Find")
        ready.set()
        await seat.until(lambda: isinstance(seat.app.screen, ConfirmScreen))
        await seat.rest()
        assert "Unlock: Henry Stone" in seat.text
        assert wire.writes == []


async def test_a_screen_wished_for_before_keydesk_is_open_comes_and_has_what_is_typed_behind(desk: Desk) -> None:
    ready = Event()

    def opening() -> object:
        assert ready.wait(20)
        return desk.session()

    async with seated(opening, WIDE, wait=False) as seat:  # type: ignore[arg-type]
        seat.burst("f3", "slash", *"ann")
        await seat.turn()
        ready.set()
        await seat.until(lambda: isinstance(seat.app.screen, LockoutsScreen))
        await seat.rest()
        assert seat.one("#find", Input).value == "ann"


async def test_f2_returns_to_where_the_focus_was(desk: Desk) -> None:
    async with seated(desk.session()) as seat:
        for where, keys in {"card": ("enter", "enter"), "people": ("enter",), "query": ()}.items():
            await seat.look_up("ann lee")
            await seat.press(*keys)
            before = seat.one("#query", Input).selection
            for away in ("f3", "f4"):
                seat.burst(away, "f2", "f2")
                await seat.rest()
                assert seat.focused == where
                assert seat.one("#query", Input).selection == before
            seat.burst("f4", "f2", "x")
            await seat.rest()
            if where != "query":  # the key is one of the list and the card
                assert isinstance(seat.app.screen, SaveAsScreen)
                await seat.press("escape")
            assert seat.one("#query", Input).value == ("ann leex" if where == "query" else "ann lee")


async def test_while_a_search_hangs_the_card_of_the_one_before_is_dim_and_its_keys_are_off(
    desk: Desk, wire: Line
) -> None:
    async with seated(desk.session()) as seat:
        await seat.look_up("henry.stone@acme.example")
        await seat.press("enter")
        assert not seat.app.screen.query(".-stale")
        wire.watch = gate = Gate(lambda request: "users" in str(request.url))
        await seat.hit("slash")
        seat.one("#query", Input).value = "qqqqzz"
        await seat.until(lambda: gate.held)
        assert "of the search before: its keys are off" in seat.words
        await seat.until(lambda: seat.app.screen.query(".-stale"))  # not for each letter, only where it takes its time
        seat.one("#card", PersonCard).focus()
        await seat.hit("u", "g", "w", "n", "s")
        assert isinstance(seat.app.screen, LookupScreen)
        wire.watch = None
        gate.opened.set()
        await seat.rest()
        assert "Nobody matches" in seat.text
        assert "Henry" not in seat.text
        await seat.look_up("bob.martin@acme.example")
        assert "read just now" in seat.words
        assert not seat.app.screen.query(".-stale")
    assert wire.writes == []
