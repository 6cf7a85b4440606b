"""Textual without what it does twice: one layout where widgets get another size, no scrollbar drawn that stays.

Textual 8 sets each widget's `virtual_size` while it lays a screen out, and takes that for a reason to lay it out again.
And it draws the scrollbars of a table at each layout: two kilobytes over a slow line for a bar that has not moved.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.events import ScreenResume
    from textual.geometry import Size

_SIZED: Final = ["self", "size", "virtual_size", "container_size", "layout"]
_SCROLLED: Final = ["self", "virtual_size"]
_RESUMED: Final = ["self", "event"]

_on_screen_resume = Screen._on_screen_resume  # noqa: SLF001
_size_updated = Widget._size_updated  # noqa: SLF001 - the seam, as `lay_out_once` says


def lay_out_once() -> None:
    """Have all widgets of this process keep still where nothing moves.

    Another Textual, whose methods have other parameters, is left as it is.
    """
    if _parameters(Widget._size_updated) == _SIZED:  # noqa: SLF001
        Widget._size_updated = _resized  # type: ignore[method-assign] # noqa: SLF001
    if _parameters(Widget._scroll_update) == _parameters(ScrollView._scroll_update) == _SCROLLED:  # noqa: SLF001
        Widget._scroll_update = _measured  # type: ignore[method-assign] # noqa: SLF001
    if _parameters(Screen._on_screen_resume) == _RESUMED:  # noqa: SLF001
        Screen._on_screen_resume = _came_back  # type: ignore[method-assign,assignment] # noqa: SLF001


def take_size(screen: Screen[Any]) -> None:
    """Take on the classes of the terminal's size, as the screen's breakpoints name them, without styling anything.

    Called before a screen has widgets: Textual would first style all of them, then find out how large the terminal is,
    and style them once more.

    Args:
        screen: A screen that is being composed.
    """
    reached: dict[str, bool] = {}
    for length, points in zip(
        screen.app.size, (screen.HORIZONTAL_BREAKPOINTS, screen.VERTICAL_BREAKPOINTS), strict=True
    ):
        last = max((least for least, _ in points or () if length >= least), default=None)
        reached |= {name: least == last for least, name in points or ()}
    screen.update_classes(reached, update=False)


def _parameters(method: object) -> list[str]:
    return list(inspect.signature(method).parameters)  # type: ignore[arg-type]


def _resized(self: Widget, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:  # noqa: ARG001, FBT001, FBT002 - Textual's own
    """Take the size that a layout has found; where a scrollbar comes or goes, that asks for another one by itself."""
    return _size_updated(self, size, virtual_size, container_size, layout=False)


def _measured(self: Widget, virtual_size: Size) -> None:
    """Tell the scrollbars how much there is to scroll; they draw themselves again where that is something new."""
    self._refresh_scrollbars()
    width, height = self.container_size
    if self.show_vertical_scrollbar and self.styles.scrollbar_size_vertical:
        self.vertical_scrollbar.window_virtual_size = virtual_size.height
        self.vertical_scrollbar.window_size = height - self.scrollbar_size_horizontal
    if self.show_horizontal_scrollbar and self.styles.scrollbar_size_horizontal:
        self.horizontal_scrollbar.window_virtual_size = virtual_size.width
        self.horizontal_scrollbar.window_size = width - self.scrollbar_size_vertical
    self.scroll_x = self.validate_scroll_x(self.scroll_x)
    self.scroll_y = self.validate_scroll_y(self.scroll_y)


def _came_back(self: Screen[object], event: ScreenResume) -> None:
    """Come to the front as one was left: the app's sheet is the one by which the screen is styled already."""
    if self._css_update_count == self.app._css_update_count:  # noqa: SLF001 - another theme adds to the app's
        event.refresh_styles = False
    _on_screen_resume(self, event)
