"""Keys wait for the screen in front: none reaches one whose widgets are still being made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from widgets.front import FrontApp
from widgets.key_queue import KeysWanted, Travelled

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class Slow(Static):
    """A widget that is long in the making."""

    async def on_mount(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        await self.mount(Static(id="only"))


class Front(ModalScreen[None]):
    """A dialog whose keys need its widget."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "note('a')", "A"),
        Binding("b", "note('b')", "B", priority=True),
        Binding("escape", "leave", "Leave"),
    ]

    def __init__(self, noted: list[str]) -> None:
        super().__init__()
        self.noted = noted

    def compose(self) -> ComposeResult:
        yield Slow()

    def action_note(self, key: str) -> None:
        self.query_one("#only")
        self.noted.append(key)

    def action_leave(self) -> None:
        self.query_one("#only")
        self.dismiss(None)


async def test_a_key_that_comes_before_the_widgets_waits_for_them() -> None:
    app: FrontApp[None] = FrontApp()
    noted: list[str] = []
    async with app.run_test() as pilot:
        beneath = app.screen
        app.push_screen(Front(noted))
        front = app.screen
        assert not front.is_mounted
        for key in ("b", "a"):
            app.post_message(events.Key(key, None))
        on_its_way = events.Key("a", None)
        on_its_way._set_forwarded()  # it was on its way through the screen beneath when the dialog came
        app.post_message(on_its_way)
        await pilot.pause()
        await pilot.pause()
        assert sorted(noted) == ["a", "a", "b"]
        app.post_message(events.Key("escape", None))
        await pilot.pause()
        await pilot.pause()
        assert app.screen is beneath


class Asking(ModalScreen[None]):
    """A dialog whose field gets the focus once it is there, while somebody else wants keys."""

    AUTO_FOCUS = ""

    def compose(self) -> ComposeResult:
        yield Input()

    def on_mount(self) -> None:
        self.app.post_message(KeysWanted())  # as a screen does that has waited for a person, and then opened this one
        self.query_one(Input).focus()


async def test_the_first_letter_waits_for_the_field_also_while_others_want_keys() -> None:
    app: FrontApp[None] = FrontApp()
    async with app.run_test() as pilot:
        app.push_screen(Asking())
        for letter in "storm":
            app.post_message(events.Key(letter, letter))
        await pilot.pause()
        await pilot.pause()
        assert app.screen.query_one(Input).value == "storm"


async def test_ctrl_c_says_how_to_quit_also_in_a_dialog() -> None:
    app: FrontApp[None] = FrontApp()
    async with app.run_test() as pilot:
        app.push_screen(Front([]))
        await pilot.pause()
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert [note.message for note in app._notifications] == ["ctrl+q quits. Ctrl+c copies what is selected."]


async def test_a_key_waits_while_there_is_no_screen_and_is_no_fault_while_the_app_ends() -> None:
    app: FrontApp[None] = FrontApp()
    async with app.run_test() as pilot:
        await pilot.pause()
        noted: list[str] = []
        there, front = list(app._screen_stack), Front(noted)
        app._screen_stack.clear()  # as while the screens of one connector make room for those of another
        await app.keys.put(events.Key("a", "a"))
        app._screen_stack.extend(there)
        await app.push_screen(front)
        await pilot.pause()
        await app.keys.go_on()
        await pilot.pause()
        assert noted == ["a"]
        await app.keys.put(events.Key("b", "b"))
        on_its_way = Travelled(app.keys._number, 1)
    assert app.screen_stack == []
    await app.keys.travelled(on_its_way)
    app.keys._send_anew()
    app.keys._busy = False
    await app.keys.put(events.Key("c", "c"))
    await app.keys.wanted(KeysWanted())
