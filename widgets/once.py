"""Textual without what it does twice: one layout where widgets get another size, no scrollbar drawn that stays.

Textual 8 sets each widget's `virtual_size` while it lays a screen out, and takes that for a reason to lay it out again.
It draws the scrollbars of a table at each layout: two kilobytes over a slow line for a bar that has not moved. And for
one changed line it renders every line of all that lies beside it, which is a third of what a letter in a box costs.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.events import ScreenResume
    from textual.geometry import Size
    from textual.strip import Strip

_SIZED: Final = ["self", "size", "virtual_size", "container_size", "layout"]
_SCROLLED: Final = ["self", "virtual_size"]
_RESUMED: Final = ["self", "event"]
_RENDERED: Final = ["self", "crop"]
_FITTED: Final = ["self", "size"]

_on_screen_resume = Screen._on_screen_resume  # noqa: SLF001
_screen_resized = Screen._screen_resized  # noqa: SLF001
_size_updated = Widget._size_updated  # noqa: SLF001 - the seam, as `lay_out_once` says
renders_of_textual = Compositor._get_renders  # noqa: SLF001 - for a comparison


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
    if _parameters(Screen._screen_resized) == _FITTED:  # noqa: SLF001
        Screen._screen_resized = _fitted  # type: ignore[method-assign,assignment] # noqa: SLF001
    if _parameters(Compositor._get_renders) == _RENDERED:  # noqa: SLF001
        Compositor._get_renders = renders_within  # type: ignore[method-assign] # noqa: SLF001


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
    draws = self.is_attached and self.is_current and self._size != self.app.size and not self.app._batch_count  # noqa: SLF001
    _on_screen_resume(self, event)
    if draws:  # being laid out for its size has drawn all of it
        self._repaint_required = False


def _fitted(self: Screen[object], size: Size) -> None:
    """Lay out for another size of the terminal; Textual tells a new screen its size once it is laid out for it."""
    if self._compositor.size != size:
        _screen_resized(self, size)


def renders_within(self: Compositor, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
    """Yield what is seen of each widget in the lines that are drawn, front to back.

    Textual yields every line of all widgets whose container reaches into those lines, and passes over most of them.

    Args:
        self: The compositor of a screen.
        crop: The part of the screen that is drawn; `None` for all of it.

    Returns:
        The region of each widget, the part of it that is rendered, and a strip for each line of that part.
    """
    crop = crop or self.size.region
    for widget, (region, clip) in self.visible_widgets.items():
        seen = region.intersection(clip)
        lines = seen.intersection(Region(seen.x, crop.y, seen.width, crop.height))
        if lines and crop.overlaps(seen):
            yield region, lines, widget.render_lines(lines.translate(-region.offset))
