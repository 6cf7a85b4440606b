"""The seam: what reaches the driver, and when Textual's own output is used in its place."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

import pytest
import textual
from rich.control import Control
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widgets import Static

from tests.terminal.judges import Ghostty
from tests.terminal.stories import BEGIN, SHELL
from tui.terminal.output import ScreenOutput, textual_fits
from tui.terminal.rules import FULL
from tui.terminal.screen import ShownScreen
from widgets.front import FrontApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rich.console import RenderableType
    from textual.app import ComposeResult
    from textual.screen import Screen


class Paper(Driver):
    """A driver whose terminal is a list."""

    is_inline = False
    written: ClassVar[list[str]] = []

    @property
    def can_suspend(self) -> bool:
        return True

    def write(self, data: str) -> None:
        self.written.append(data)

    def start_application_mode(self) -> None:
        size = Size(*self._get_terminal_size())
        self.write(BEGIN)
        self.send_message(Resize(size, size))

    def _get_terminal_size(self) -> tuple[int, int]:
        return 30, 6

    def disable_input(self) -> None: ...

    def stop_application_mode(self) -> None:
        self.write(SHELL)


class Lines(FrontApp[None]):
    """Six lines of text, on a driver that keeps what it gets, and on one that Textual itself would write to."""

    def __init__(self, *, cell_diff: bool = True) -> None:
        self.judge = Ghostty(30, 6)
        self.ended = False
        Paper.written = []
        super().__init__(cell_diff=cell_diff)
        self.animation_level = "none"

    def get_driver_class(self) -> type[Driver]:
        return self._output.watched(Paper)

    def compose(self) -> ComposeResult:
        for number in range(6):
            yield Static(f"line {number}", id=f"line{number}", markup=False)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        shown = not self._batch_count and self._running and not self.ended
        if shown and isinstance(renderable, LayoutUpdate | ChopsUpdate):
            x, y = screen.outer_size.clamp_offset(self.cursor_position)
            self.judge.feed(f"{renderable.render_segments(self.console)}\x1b[{y + 1};{x + 1}H")
        super()._display(screen, renderable)

    def say(self, number: int, text: str) -> None:
        self.query_one(f"#line{number}", Static).update(text)


class Show:
    """An app on its terminal."""

    def __init__(self, app: Lines) -> None:
        self.app = app
        self.pilot = Pilot(app)
        self.ours = Ghostty(30, 6)
        self._read = 0

    async def sent(self) -> str:
        """Wait until all is drawn; what reached the driver since the last time. Both terminals must agree."""
        for _ in range(3):
            await self.pilot._wait_for_screen()
            self.app.screen._on_timer_update()
        new = "".join(Paper.written[self._read :])
        self._read = len(Paper.written)
        self.ours.feed(new)
        assert self.ours.shot().lines == self.app.judge.shot().lines
        return new


@asynccontextmanager
async def shown(app: Lines) -> AsyncIterator[Show]:
    task = asyncio.create_task(app.run_async(headless=False, mouse=False))
    while not (app._running and app._screen_stack and app.screen.is_mounted):
        await asyncio.sleep(0)
        assert not task.done(), task
    show = Show(app)
    try:
        yield show
    finally:
        app.ended = True
        app.exit()
        await task


async def test_a_frame_is_one_write_between_the_marks_of_a_frame_and_holds_what_changed() -> None:
    async with shown(Lines()) as show:
        assert "line 3" in await show.sent()
        show.app._sync_available = True
        before = len(Paper.written)
        show.app.say(3, "line 4")
        assert "line" not in await show.sent()
        begin, frame, end = Paper.written[before:]
        assert (begin, end) == ("\x1b[?2026h", "\x1b[?2026l")
        assert frame.count("4") >= 1
        assert len(frame) < 50

        show.app.refresh()  # nothing has changed
        assert await show.sent() == ""

        with show.app.batch_update():
            show.app.say(0, "a batch")
            assert await show.sent() == ""
        assert "batch" in await show.sent()

        App.copy_to_clipboard(show.app, "text")
        assert await show.sent() == "\x1b]52;c;dGV4dA==\a"
        show.app.bell()
        assert await show.sent() == "\a"
        show.app.say(0, "a batcher")
        assert len(await show.sent()) < 60, "what others than frames write moves nothing"


async def test_after_a_suspend_or_another_size_all_is_sent() -> None:
    async with shown(Lines()) as show:
        await show.sent()
        with show.app.suspend():
            show.app.judge.feed(SHELL + BEGIN)
        assert "line 5" in await show.sent()

        driver = show.app._driver
        assert driver is not None
        driver._get_terminal_size()  # type: ignore[attr-defined]  # as the handler of SIGWINCH and SIGCONT asks
        await asyncio.sleep(0)
        assert "line 5" in await show.sent(), "the size is the old one, what is shown may not be"

        for width in (20, 30):
            driver.process_message(Resize(Size(width, 6), Size(width, 6)))  # as a terminal says by itself
            for judge in (show.app.judge, show.ours):
                judge.resize(width, 6)
            while show.app.screen._compositor.size.width != width:
                assert show.app.is_running
                await asyncio.sleep(0.001)
            assert "line 5" in await show.sent()


async def test_what_is_not_understood_is_left_to_textual_and_nothing_is_taken_for_known_then() -> None:
    async with shown(Lines()) as show:
        await show.sent()
        show.app._display(show.app.screen, Control.move_to(0, 0))
        assert await show.sent() == "\x1b[1;1H"
        show.app.refresh()
        assert "line 5" in await show.sent()

        show.app.say(2, "\u0301begins within a glyph")
        assert "begins within" in await show.sent()
        show.app.say(2, "")
        show.app.say(4, "line 5")
        assert "line 5" in await show.sent()


@pytest.mark.parametrize("reason", ["dumb", "settings", "version", "shape", "inline"])
async def test_where_it_does_not_fit_textuals_own_output_is_used(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if reason == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    elif reason == "version":
        monkeypatch.setattr(textual, "__version__", "8.3.0")
    elif reason == "shape":
        monkeypatch.setattr("tui.terminal.output._CALLED", {App._display: ["self", "renderable"]})
    app = Lines(cell_diff=reason != "settings")
    assert (app._output.rules is None) == (reason != "inline")
    monkeypatch.setattr(ShownScreen, "changes", None)
    if reason == "inline":
        monkeypatch.setattr(Paper, "is_inline", True)
        assert not app._output.display(app, LayoutUpdate([], Size(30, 6).region))
        return
    async with shown(app) as show:
        await show.sent()
        show.app.refresh()
        assert "line 5" in await show.sent()


def test_this_textual_is_the_one_that_was_judged() -> None:
    assert textual_fits()
    assert ScreenOutput(FULL).rules is FULL
