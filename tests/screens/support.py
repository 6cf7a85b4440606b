"""An agent at the desk: types, waits until everything has come to rest, and reads the screen."""

from __future__ import annotations

import asyncio
import unicodedata
from contextlib import asynccontextmanager
from operator import attrgetter
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from textual import events
from textual.widgets import Input

from tests.desk.support import harmful
from tests.quick_textual import LONG
from tui.app import Keydesk
from tui.desk.left_off.left_off import LeftOff

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.widget import Widget

    from tui.desk.session import Session

    W = TypeVar("W", bound="Widget")

WIDE: Final = (120, 40)
NARROW: Final = (80, 24)
SMALL: Final = (60, 15)
SIZES: Final = (WIDE, NARROW)
ONE_SIZE: Final = (NARROW,)
"""For stories whose screens have their pictures, also of the other size, in a `test_*_looks`."""
ONE_SIZE_WIDE: Final = (WIDE,)
"""The same, where nearly all pictures are narrow."""
CHARACTERS: Final = {"space": " ", "question_mark": "?", "at": "@", "full_stop": ".", "minus": "-", "slash": "/"} | {
    "equals_sign": "=",
    "plus": "+",
}
PATIENCE: Final = 20.0
ROUNDS: Final = 20
"""Drawings that may lead to new messages, before a turn ends."""
HANGS: Final = 20
"""Looks at a worker, a hundredth of a second apart, after which it hangs."""
STEPS: Final = 1000
"""Steps of the event loop in which messages are handled, before a drawing; a task that never rests ends there."""


class Seat:
    """The app with somebody in front of it."""

    def __init__(self, app: Keydesk, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot
        self._picture: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """The screen as its lines of text; drawn once for all that look at it before anything can change."""
        if self._picture is None:
            strips = self.app.screen._compositor.render_strips()
            self._picture = ["".join(segment.text for segment in strip) for strip in strips]
            asyncio.get_running_loop().call_soon(self._forget_picture)
        return self._picture

    def _forget_picture(self) -> None:
        self._picture = None

    @property
    def text(self) -> str:
        """The screen as text."""
        return "\n".join(self.lines)

    @property
    def words(self) -> str:
        """The screen as running text, wherever lines break."""
        return " ".join(self.text.replace("│", " ").split())

    def line(self, part: str) -> str:
        """The only line that has this in it."""
        found = [line for line in self.lines if part in line]
        assert len(found) == 1, (part, self.text)
        return found[0]

    @property
    def focused(self) -> str:
        """The id of what has the focus."""
        return (self.app.focused.id or "") if self.app.focused else ""

    def one(self, selector: str, kind: type[W]) -> W:
        """A widget of the screen that is shown."""
        return self.app.screen.query_one(selector, kind)

    async def press(self, *keys: str) -> None:
        """Press keys, each when what came of the one before is done, as far as it does not hang; then rest."""
        for key in keys:
            await self.hit(key)
            await self.threads()
            await self.workers()
        await self.rest()

    async def hit(self, *keys: str) -> None:
        """Press keys one after the other, whatever they led to is still going on."""
        for key in keys:
            event = events.Key(key, CHARACTERS.get(key, key if len(key) == 1 else None))
            event.set_sender(self.app)
            self.app._driver.send_message(event)  # type: ignore[union-attr]
            await self.turn()

    def burst(self, *keys: str) -> None:
        """Send keys all at once, as a fast hand over a slow line does; `until` or `rest` has them handled."""
        for key in keys:
            event = events.Key(key, CHARACTERS.get(key, key if len(key) == 1 else None))
            event.set_sender(self.app)
            self.app._driver.send_message(event)  # type: ignore[union-attr]

    async def drip(self, *keys: str) -> None:
        """Press keys all at once that arrive one after the other, each when what came of the one before is done."""
        for event in [events.Key(key, CHARACTERS.get(key, key if len(key) == 1 else None)) for key in keys]:
            event.set_sender(self.app)
            self.app._driver.send_message(event)  # type: ignore[union-attr]
            await Seat.rest(self)

    async def threads(self) -> None:
        """Wait until no thread is at work: what it brings would come sooner or later by the machine's speed."""
        end = monotonic() + PATIENCE
        while _thread_works():
            assert monotonic() < end, "a thread is still at work"
            await asyncio.sleep(0.001)
            await self.turn()

    async def workers(self) -> None:
        """Wait until no worker is at work, but not long for one that hangs."""
        for _ in range(HANGS):
            tasks = [worker._task for worker in self.app.workers if worker._task and not worker.is_finished]
            if not tasks:
                return
            await asyncio.wait(tasks, timeout=0.01, return_when=asyncio.FIRST_COMPLETED)
            await self.turn()

    async def turn(self) -> None:
        """Let every widget handle the messages that it has and those that come of them, and draw."""
        loop = asyncio.get_running_loop()
        for _ in range(ROUNDS):
            for _ in range(STEPS):
                await asyncio.sleep(0)
                if not _goes_on(loop):
                    break
            if not self.app.is_running:
                return
            self.app.screen._on_timer_update()
            nodes = [self.app, *self.app.screen.walk_children(with_self=True)]
            left = sum(node._message_queue.qsize() + len(node._next_callbacks) for node in nodes)
            if not left and not _goes_on(loop):
                return

    async def passes(self, seconds: float) -> None:
        """Let every timer of the app and of the screen in front that is due within so many seconds fire, once."""
        for node in [self.app, *self.app.screen.walk_children(with_self=True)]:
            for timer in list(node._timers):
                if LONG <= timer._interval <= seconds and _goes(timer)() and timer._callback is not None:
                    node.call_later(timer._callback)
        await self.turn()

    async def resize(self, width: int, height: int) -> None:
        """Make the terminal another size."""
        await self.pilot.resize_terminal(width, height)
        await self.rest()

    async def type(self, text: str) -> None:
        """Type text."""
        names = {character: name for name, character in CHARACTERS.items()}
        await self.press(*(names.get(character, character) for character in text))

    async def look_up(self, text: str) -> None:
        """Put text into the box at once, in the place of what is there."""
        if self.focused != "query":
            await self.press("slash")
        box = self.one("#query", Input)
        box.value = text
        box.cursor_position = len(text)
        await self.rest()

    async def rest(self) -> None:
        """Wait until every message is handled and every worker is done."""
        quiet = 0
        end = monotonic() + PATIENCE
        while quiet < 2:
            assert monotonic() < end, f"still at work: {list(self.app.workers)}"
            await self.turn()
            in_thread = False
            if tasks := [worker._task for worker in self.app.workers if worker._task and not worker.is_finished]:
                await asyncio.wait(tasks, timeout=0.1, return_when=asyncio.FIRST_COMPLETED)
            elif in_thread := _thread_works():
                await asyncio.sleep(0.001)
            quiet = 0 if tasks or in_thread else quiet + 1
            if self.app.is_running and self.app.screen._layout_required:  # what a thread brought is not drawn yet
                quiet = 0
                self.app.screen.check_idle()
                await asyncio.sleep(0.002)

    async def until(self, come: Callable[[], object]) -> None:
        """Wait until something has come about, while other things may still go on."""
        end = monotonic() + PATIENCE
        while not come():
            assert monotonic() < end, f"it never came about:\n{self.text}"
            await self.turn()
            await asyncio.sleep(0.002)  # threads and timers have their turn too


def _goes_on(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether somebody can go on without a thread and without time that passes."""
    if loop._ready:  # type: ignore[attr-defined]
        return True
    timers: list[asyncio.TimerHandle] = loop._scheduled[:1]  # type: ignore[attr-defined]  # a heap: the next one
    return any(timer.when() <= loop.time() and not timer.cancelled() for timer in timers)


_goes: Final = attrgetter("_active.is_set")
"""Tells, once called, whether a timer goes on; to mypy, Textual's own property is of no type at all."""


def _thread_works() -> bool:
    """Whether a thread of `asyncio.to_thread` is at work, also one that no worker waits for."""
    threads = asyncio.get_running_loop()._default_executor  # type: ignore[attr-defined]
    return threads is not None and len(threads._threads) > threads._idle_semaphore._value


@asynccontextmanager
async def seated(
    session: Session | Callable[[], Session],
    size: tuple[int, int] = WIDE,
    *,
    every: float = 3600.0,
    wait: bool = True,
    kept: Path | None = None,
    fresh: bool = False,
) -> AsyncIterator[Seat]:
    """Start the app at a size, without its pauses, and leave it at the end; `kept` is the file of what it remembers."""
    app = Keydesk(
        session if callable(session) else lambda: session,
        typing_pause=0.0,
        dwell=0.0,
        every=every,
        left_off=(lambda: LeftOff(kept)) if kept else None,
        fresh=fresh,
    )
    async with app.run_test(size=size) as pilot:
        seat = Seat(app, pilot)
        if wait:
            await seat.rest()
        yield seat


def unfit(text: str) -> list[str]:
    """What a screen must never hold: characters that steer a terminal or turn a line round, and lone surrogates."""
    return harmful(text.replace("\n", "")) + [c for c in text if unicodedata.category(c) == "Co"]
