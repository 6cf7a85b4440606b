"""Watches an app that has no terminal: each of its frames goes to two terminals, as Textual sends it and as we do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, LayoutUpdate

from tests.terminal.judges import Avt, Ghostty
from tests.terminal.stories import BEGIN
from tui.terminal.rules import FULL
from tui.terminal.screen import ShownScreen

if TYPE_CHECKING:
    from textual.app import App

    from tests.terminal.judges import Judge


class Pair:
    """Terminals of one size, half of which get what Textual sends, and half what we do.

    Attributes:
        whole: The bytes that Textual sent.
        sent: The bytes that we sent.
        frames: How many frames there were.
    """

    def __init__(self, width: int, height: int) -> None:
        self.whole = self.sent = self.frames = 0
        self._console = Console(color_system="truecolor", force_terminal=True, legacy_windows=False)
        self._shown = ShownScreen(width, height, FULL, ColorSystem.TRUECOLOR)
        self._judges: list[tuple[Judge, Judge]] = [
            (Ghostty(width, height), Ghostty(width, height)),
            (Avt(width, height), Avt(width, height)),
        ]
        self._feed(BEGIN, BEGIN)

    def see(self, update: LayoutUpdate | ChopsUpdate, cursor: tuple[int, int]) -> None:
        """Send a frame both ways."""
        x, y = cursor
        changes = self._shown.changes(update, cursor)
        whole = f"{update.render_segments(self._console)}\x1b[{y + 1};{x + 1}H"
        self._feed(whole, changes)
        self.frames += 1
        self.whole += len(whole.encode())
        self.sent += len(changes.encode())

    def agree(self, judges: int = 1) -> None:
        """Compare what they show, cell by cell, on so many of the terminals; the first is the quickest to read."""
        for textual, ours in self._judges[:judges]:
            assert ours.shot() == textual.shot(), type(ours).__name__

    def _feed(self, whole: str, changes: str) -> None:
        for textual, ours in self._judges:
            textual.feed(whole)
            ours.feed(changes)


class Audience:
    """Watches all that an app displays."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self.pair = Pair(*app.size)
        app._display = self._display  # type: ignore[method-assign,assignment]

    def _display(self, _screen: object, renderable: object) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate) and not self._app._batch_count:
            self.pair.see(renderable, self._app.screen.outer_size.clamp_offset(self._app.cursor_position))
        self._app.post_display_hook()


class Gallery:
    """All pictures that a run of the tests takes, each after the one before on the same terminals."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[int, int], Pair] = {}

    def show(self, app: App[Any]) -> None:
        """Show what an app shows, and compare."""
        screen, size = app.screen, (app.size.width, app.size.height)
        pair = self._pairs.get(size) or self._pairs.setdefault(size, Pair(*size))
        update = screen._compositor.render_update(full=True, screen_stack=app._background_screens)
        assert isinstance(update, LayoutUpdate)
        pair.see(update, screen.outer_size.clamp_offset(app.cursor_position))
        pair.agree()
