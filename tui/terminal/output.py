"""The seam to Textual: what changed is sent in the place of what Textual would send, where Textual is as expected."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import textual
from rich.color import ColorSystem
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.events import Resize
from textual.strip import Strip

from tui.terminal.glyphs import Unshowable
from tui.terminal.screen import ShownScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.driver import Driver
    from textual.message import Message

    from tui.terminal.rules import Rules

JUDGED: Final = "8.2."
"""The releases of Textual whose output was compared with this one's, cell by cell."""
_CALLED: Final[dict[Callable[..., object], list[str]]] = {
    App._display: ["self", "screen", "renderable"],  # noqa: SLF001 - the seam
    App._begin_update: ["self"],  # noqa: SLF001
    App._end_update: ["self"],  # noqa: SLF001
    LayoutUpdate.__init__: ["self", "strips", "region"],
    ChopsUpdate.__init__: ["self", "chops", "spans", "chop_ends"],
    Strip.render_ansi: ["style", "color_system"],
}
"""Textual's private parts that are stood in for, called or read, with their parameters."""
_KEPT: Final = {
    "_batch_count", "_closed", "_driver", "_previous_cursor_position", "_running", "_sync_available",
    "cursor_position",
}  # fmt: skip
"""What an app keeps of its output."""


class ScreenOutput:
    """Sends an app's frames to the terminal, only what changed of each.

    Attributes:
        rules: What the terminal may be asked; `None` where Textual's own output is used.
    """

    def __init__(self, rules: Rules | None) -> None:
        """Begin with a terminal of which nothing is known.

        Args:
            rules: What the terminal may be asked; `None` for Textual's own output.
        """
        self.rules = rules if rules is not None and textual_fits() else None
        self._shown: ShownScreen | None = None
        self._is_known = False

    def forget(self) -> None:
        """Know nothing any more of what the terminal shows; may be called by a signal's handler."""
        self._is_known = False

    def display(self, app: App[Any], renderable: object) -> bool:
        """Send a frame.

        Args:
            app: The app, which stands in for `App._display` by this.
            renderable: What Textual wants to display.

        Returns:
            Whether it was sent, or nothing had to be. If not, Textual's own `App._display` is to be called.
        """
        driver = app._driver  # noqa: SLF001 - as in what this stands in for; so below
        if not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if renderable is not None:
                self.forget()
            return False
        if driver is None or not self._may(app, driver):
            return False
        shown = self._shown_on(app)
        cursor = app.screen.outer_size.clamp_offset(app.cursor_position)
        try:
            changes = shown.changes(renderable, cursor)
        except Unshowable:
            self.forget()
            return False
        try:
            app._previous_cursor_position = cursor  # noqa: SLF001
            if changes:
                app._begin_update()  # noqa: SLF001
                driver.write(changes)
                app._end_update()  # noqa: SLF001
                driver.flush()
        finally:
            app.post_display_hook()
        return True

    def _may(self, app: App[Any], driver: Driver) -> bool:
        if self.rules is None or app._batch_count or not app._running or app._closed:  # noqa: SLF001
            return False
        return not (app.is_headless or driver.is_inline or driver.is_web)

    def _shown_on(self, app: App[Any]) -> ShownScreen:
        """Return what is known of the terminal, which is nothing where its size or its colours are others now."""
        assert self.rules is not None  # noqa: S101 - `_may` looked
        colours = app.console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001 - as Textual does
        shown = self._shown
        if shown is None or shown.size != app.size or shown.colours is not colours:
            shown = self._shown = ShownScreen(*app.size, self.rules, colours)
        elif not self._is_known:
            shown.forget()
        self._is_known = True
        return shown

    def watched(self, driver: type[Driver]) -> type[Driver]:
        """Return a driver that says when others have written to the terminal, or its size has changed."""
        output = self

        class WatchedDriver(driver):  # type: ignore[valid-type,misc]
            """Textual's driver, whose terminal is not what it was after a suspend or a change of its size."""

            def start_application_mode(self) -> None:
                """Take the terminal, at the start and after each suspend."""
                output.forget()
                super().start_application_mode()

            _is_sized = False

            def _get_terminal_size(self) -> tuple[int, int]:
                """Return the size; it is asked for at each start, and when a signal says that it has changed.

                What the terminal made of its content then is its own affair, also where the size is the old one again.
                """
                output.forget()
                if self._is_sized:
                    self._loop.call_soon_threadsafe(_repaint, self._app)
                self._is_sized = True
                size: tuple[int, int] = super()._get_terminal_size()
                return size

            def process_message(self, message: Message) -> None:
                """Hand on what the terminal says; some say by themselves that their size has changed."""
                if isinstance(message, Resize) and message.size != self._app.size:
                    output.forget()
                super().process_message(message)

        return WatchedDriver


def _repaint(app: App[Any]) -> None:
    """Have the whole screen sent, also where Textual takes a size that it knows for no change."""
    if app._running and app._screen_stack:  # noqa: SLF001 - before the first screen there is nothing
        app.refresh()


def _version() -> str:
    """Return Textual's version, from where its installation is noted: to ask Textual itself takes ten times as long."""
    if "__version__" not in vars(textual):  # it is looked up when somebody asks
        places = Path(textual.__file__).parents[1].glob("textual-*.dist-info")
        versions = [place.name.removeprefix("textual-").removesuffix(".dist-info") for place in places]
        versions = [version for version in versions if version[:1].isdigit()]  # not those of `textual-dev` and its like
        if len(versions) == 1:
            return versions[0]
    return textual.__version__


def textual_fits() -> bool:
    """Return whether Textual is what this was written and judged for; else its own output is safer."""
    if not _version().startswith(JUDGED):
        return False
    if any(list(inspect.signature(call).parameters) != names for call, names in _CALLED.items()):
        return False
    return all(hasattr(Style, name) for name in ("_ansi", "_link", "link_id"))
