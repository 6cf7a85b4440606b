"""A table that draws rows when they come into view: ten thousand cost what fifty cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.widget import Widget

from widgets.columns import BLURRED, CURSOR, GUTTER, MARK, Column, Painter, natural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType
    from textual.strip import Strip

__all__ = ["Column", "Rows"]

T = TypeVar("T")
R = TypeVar("R")

_HEAD: Final = 1
"""Lines above the rows."""
_DOUBLE: Final = 2


class Said(Message):
    """What a table has to say."""

    def __init__(self, table: Rows[Any]) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> Rows[Any]:
        """The table, for `@on(..., "#id")`."""
        return self.table


class _About(Said, Generic[R]):
    """The same about one row."""

    def __init__(self, row: R, table: Rows[Any]) -> None:
        super().__init__(table)
        self.row = row


class Rows(ScrollView, Generic[T], can_focus=True, inherit_bindings=False):
    """A table of values with a cursor, known by key; the header stays on top.

    Only visible lines are ever formatted, and only lines that came to look different are sent to the terminal.
    Where a column shows more than its row (an age, say), assign the same rows again.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--header", "rows--empty", CURSOR, BLURRED, MARK} | {
        f"rows--{cell}" for cell in ("dim", "muted", "good", "warning", "danger")
    }
    # The scrollbar's column is always there: columns never jump, and a change of length never asks for a new layout.
    DEFAULT_CSS = """
    Rows {
        width: 1fr; height: 1fr; background: $surface; color: $foreground;
        overflow-x: hidden; overflow-y: scroll;
        scrollbar-size-vertical: 1;
        scrollbar-background: $surface;
        scrollbar-background-hover: $surface;
        scrollbar-background-active: $surface;

        & > .rows--header { background: $panel; color: $foreground; text-style: bold; }
        & > .rows--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
        & > .rows--cursor-blurred {
            background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
        }
        & > .rows--empty { color: $text-muted; }
        & > .rows--dim { color: $foreground 55%; }
        & > .rows--muted { color: $text-muted; }
        & > .rows--good { color: $text-success; }
        & > .rows--warning { color: $text-warning; }
        & > .rows--danger { color: $text-error; text-style: bold; }
        & > .rows--mark { color: $text-accent; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter", "select", "Open", show=False),
    ]

    rows: var[Sequence[T]] = var[Sequence[T]]((), init=False, always_update=True)
    columns: var[Sequence[Column[T]]] = var[Sequence[Column[T]]]((), init=False, always_update=True)
    cursor: var[int] = var(0, init=False)
    empty: reactive[str] = reactive("", init=False)
    show_cursor: reactive[bool] = reactive(True, init=False)

    class Highlighted(_About[R | None]):
        """Another row, or the same one with another value, is under the cursor; `None` when no row is left."""

        def can_replace(self, message: Message) -> bool:
            """Of a held key's many moves, only the last is worth handling."""
            return isinstance(message, Rows.Highlighted) and message.table is self.table

    class Selected(_About[R]):
        """A row was chosen, by enter or a double click."""

    class NearEnd(Said):
        """The cursor or the view came within a screenful of the last row: more could be loaded.

        Sent once for each end, and again after leaving it and coming back.
        """

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        key: Callable[[T], str],
        row_style: Callable[[T], str] | None = None,
        empty: str = "",
        keeps_place: bool = False,
        id: str | None = None,  # noqa: A002 - as every widget calls it
        classes: str | None = None,
    ) -> None:
        """Start without rows.

        Args:
            columns: What is shown of a row, from the left.
            key: What a row is known by when rows are swapped.
            row_style: Component class of a whole row, or empty; a cell's own style goes before it.
            empty: Said in the middle when there are no rows.
            keeps_place: Whether the first row in view stays where it is while rows come and go above it. At the top of
                the list it does not, so that the newest rows show.
            id: The widget's id.
            classes: The widget's CSS classes.
        """
        super().__init__(id=id, classes=classes)
        self._key = key
        self._keeps_place = keeps_place
        self._painter = Painter(self._style_of, row_style)
        self._shown: dict[int, Strip] = {}  # by line: what was drawn last
        self._told: T | None = None
        self._told_end: tuple[int, str] | None = None
        self.set_reactive(Widget.auto_links, False)
        self.columns = columns
        self.empty = empty

    # Values in

    @property
    def current(self) -> T | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def extend(self, rows: Iterable[T]) -> None:
        """Append a page; the cursor and the view stay."""
        self.rows = [*self.rows, *rows]

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self.rows) - 1))

    def watch_rows(self, old: Sequence[T], new: Sequence[T]) -> None:
        """Follow the row under the cursor to its new place, and redraw lines that look different."""
        top = self.scroll_offset.y
        followed = 0 <= self.cursor - top < self._page
        index = self._whereabouts(old, new)
        self.set_reactive(Rows.cursor, index)
        self._measure()
        if followed:
            self._reveal(index)
        if self._keeps_place and 0 < top < len(old):
            self._hold(self._key(old[top]), new)
            if followed:
                self._reveal(index)
        self._redraw(range(self.size.height))
        self._tell()

    def _hold(self, key: str, rows: Sequence[T]) -> None:
        """Bring the row that was the first in view back to the top of the view."""
        place = next((index for index, row in enumerate(rows) if self._key(row) == key), None)
        if place is not None and place != self.scroll_offset.y:
            self.scroll_to(y=place)

    def notify_style_update(self) -> None:
        """Forget styles: the theme or a class changed."""
        super().notify_style_update()
        self._painter.forget_styles()

    def watch_columns(self) -> None:
        """Lay out anew."""
        self._measure()
        self.refresh()

    def watch_cursor(self, old: int, new: int) -> None:
        """Redraw two lines, unless the view has to move."""
        self._reveal(new)
        top = self.scroll_offset.y - _HEAD
        self._redraw((old - top, new - top))
        self._tell()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Notice the end coming near."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_end()

    def on_mount(self) -> None:
        """Tell of rows that were there before the table."""
        self._measure()
        self._tell()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._reveal(self.cursor)
        self._tell_end()

    def _whereabouts(self, old: Sequence[T], new: Sequence[T]) -> int:
        index = self.cursor
        if index < len(old):
            wanted = self._key(old[index])
            # Mostly nothing moved; then nobody searches ten thousand keys.
            if index < len(new) and self._key(new[index]) == wanted:
                return index
            index = next((place for place, row in enumerate(new) if self._key(row) == wanted), index)
        return max(0, min(index, len(new) - 1))

    def _measure(self) -> None:
        """Tell the scrollbar how much there is, without the layout and repaint that setting `virtual_size` asks for."""
        size = Size(GUTTER + natural(self.columns), _HEAD + len(self.rows))
        if size == self.virtual_size:
            return
        if self.styles.auto_dimensions or not self.is_mounted:
            self.virtual_size = size
        else:
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)
        self.scroll_target_y = self.scroll_y  # the wheel counts from the target: it may not stay behind the last row

    # Moving

    @property
    def _page(self) -> int:
        """Rows in view."""
        return max(0, self.size.height - _HEAD)

    @property
    def _width(self) -> int:
        """Cells of a line; Textual's size has the scrollbar in it."""
        return self.size.width - self.scrollbar_size_vertical

    def _reveal(self, index: int) -> None:
        top = self.scroll_offset.y
        if index < top:
            self.scroll_to(y=index)
        elif self._page and index >= top + self._page:
            self.scroll_to(y=index - self._page + 1)

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:  # noqa: ANN401 - Textual's own
        """Scroll as Textual does, at once: in a table, movement hides what moved."""
        super().scroll_to(x, y, **{**options, "animate": False, "force": True})

    def action_move(self, rows: int) -> None:
        """Go down by some rows; up, if negative."""
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        """Go down by what is in view, but for one row that stays; up, if negative."""
        self.cursor += pages * max(1, self._page - 1)

    def action_first(self) -> None:
        """Go to the first row."""
        self.cursor = 0

    def action_last(self) -> None:
        """Go to the last row."""
        self.cursor = len(self.rows) - 1

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        row = self.current
        if row is not None:
            self.post_message(self.Selected(row, self))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor; the second click chooses."""
        spot = event.get_content_offset(self)
        index = -1 if spot is None or spot.y < _HEAD else self.scroll_offset.y + spot.y - _HEAD
        if 0 <= index < len(self.rows) and event.button == 1:
            self.cursor = index
            if event.chain == _DOUBLE:
                self.action_select()

    # Messages out

    def _tell(self) -> None:
        row = self.current
        if self.is_attached and not (row is self._told or row == self._told):
            self._told = row
            self.post_message(self.Highlighted(row, self))
        self._tell_end()

    def _tell_end(self) -> None:
        count, page = len(self.rows), self._page
        seen = max(self.cursor, self.scroll_offset.y + page - 1)
        end = (count, self._key(self.rows[-1])) if count and page and seen + page >= count else None
        if end != self._told_end:
            self._told_end = end
            if end is not None:
                self.post_message(self.NearEnd(self))

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in view."""
        strip = self._shown[y] = self._line(y)
        return strip

    def _redraw(self, lines: Iterable[int]) -> None:
        """Ask for those lines that would look different from what was drawn last."""
        for y in lines:
            if 0 <= y < self.size.height and self._shown.get(y) != self._line(y):
                self.refresh(Region(0, y, self._width, 1))

    def _line(self, y: int) -> Strip:
        painter = self._painter
        painter.lay_out(self.columns, self._width)
        if y < _HEAD:
            return painter.header()
        index = self.scroll_offset.y + y - _HEAD
        if index < len(self.rows):
            at_cursor = index == self.cursor and self.show_cursor
            state = (CURSOR if self.has_focus else BLURRED) if at_cursor else ""
            return painter.row(self.rows[index], state, marked=self._is_marked(self.rows[index]))
        if not self.rows and y == _HEAD + (self._page - 1) // 2:
            return painter.note(self.empty)
        return painter.blank()

    def _is_marked(self, row: T) -> bool:  # noqa: ARG002 - in this table no row is; in `MarkRows` the agent's are
        """Whether a row carries a mark."""
        return False

    def _style_of(self, name: str) -> Style:
        return self.get_component_rich_style(name) if name else self.rich_style
