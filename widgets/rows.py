"""A table that draws only the rows in view, so that ten thousand rows cost what fifty cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive, var
from textual.scroll_view import ScrollView
from textual.widget import Widget

from tui.desk.text.tone import Tone
from widgets.columns import BLURRED, CURSOR, GUTTER, MARK, Column, Painter, natural_width
from widgets.filtering import NO_MATCH, matching
from widgets.sorting import Sorting, in_order
from widgets.tones import KEY, OFF, STYLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType
    from textual.strip import Strip

__all__ = ["Column", "Rows"]

T = TypeVar("T")
R = TypeVar("R")

_HEAD: Final = 1
"""Height of the header in lines."""
_DOUBLE: Final = 2


class TableMessage(Message):
    """A message from a table."""

    def __init__(self, table: Rows[Any]) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> Rows[Any]:
        """Return the table, so that `@on(..., "#id")` can match it."""
        return self.table


class _RowMessage(TableMessage, Generic[R]):
    """A message about one row of a table."""

    def __init__(self, row: R, table: Rows[Any]) -> None:
        super().__init__(table)
        self.row = row


class Rows(ScrollView, Generic[T], can_focus=True, inherit_bindings=False):
    """A table of values with a cursor; each row has a key, and the header stays on top.

    Only visible lines are formatted, and only lines that look different are sent to the terminal.
    Where a column shows more than the row's own value, such as an age, assign the same rows again to redraw it.
    """

    ALLOW_SELECT = False
    # No component classes of Textual's: each of them is styled anew whenever the focus moves near a table.
    CELL_STYLES: ClassVar[Mapping[str, str]] = {
        "rows--header": "bold $muted on $panel",
        CURSOR: "bold reverse $focus",
        BLURRED: "$text on $panel",
        "rows--empty": OFF,
        "rows--dim": OFF,
        "rows--muted": OFF,
        "rows--good": STYLE[Tone.GOOD],
        "rows--warning": STYLE[Tone.WARN],
        "rows--danger": STYLE[Tone.BAD],
        MARK: KEY,
    }
    """What each part of a table looks like, over the table's own ground and ink."""
    # The scrollbar's column is always there: columns never jump, and a change of length never asks for a new layout.
    DEFAULT_CSS = """
    Rows {
        width: 1fr; height: 1fr; background: $ground; color: $text;
        overflow-x: hidden; overflow-y: scroll;
        scrollbar-size-vertical: 1;
        scrollbar-background: $ground;
        scrollbar-background-hover: $ground;
        scrollbar-background-active: $ground;
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
    sorting: var[Sorting | None] = var(None, init=False)
    """By which column the rows are sorted; `None` for the order in which they came."""
    wanted: var[str] = var("", init=False)
    """Words that the rows shown have in their cells; empty for all rows."""
    columns: var[Sequence[Column[T]]] = var[Sequence[Column[T]]]((), init=False, always_update=True)
    cursor: var[int] = var(0, init=False)
    empty: reactive[str] = reactive("", init=False)
    show_cursor: reactive[bool] = reactive(True, init=False)

    class Highlighted(_RowMessage[R | None]):
        """Posted when the cursor is on another row, or its row has another value; `None` when no row is left."""

        def can_replace(self, message: Message) -> bool:
            """Return whether a waiting message is outdated: only the last move of a held key is handled."""
            return isinstance(message, Rows.Highlighted) and message.table is self.table

    class Selected(_RowMessage[R]):
        """Posted when a row was chosen by enter or a double click."""

    class NearEnd(TableMessage):
        """Posted when the cursor or the view is within a screenful of the last row: more rows could be loaded.

        Posted once for each end, and again after the cursor has left the end and returned.
        """

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        key: Callable[[T], str],
        row_style: Callable[[T], str] | None = None,
        empty: str = "",
        keeps_place: bool = False,
        words: Callable[[T], str] | None = None,
        id: str | None = None,  # noqa: A002 - as every widget calls it
        classes: str | None = None,
    ) -> None:
        """Start without rows.

        Args:
            columns: The columns, from the left.
            key: Returns a row's key, which identifies the row when `rows` is replaced.
            row_style: Returns the name of a whole row's style, or an empty text; a cell's own style comes first.
            empty: The text in the middle of a table without rows, which has no heads then.
            keeps_place: Whether the first row in view keeps its place while rows above it are added or removed. At the
                top of the list it does not, so that the newest rows are visible.
            words: Returns words of a row that no column shows, and by which a filter finds it too.
            id: The widget's id.
            classes: The widget's CSS classes.
        """
        super().__init__(id=id, classes=classes)
        self._key = key
        self._keeps_place = keeps_place
        self._words = words
        self._painter = Painter(self._style_of, row_style)
        self._as_came: Sequence[T] = ()
        self._drawn_lines: dict[int, Strip] = {}  # by line: what was drawn last
        self._reported_row: T | None = None
        self._reported_end: tuple[int, str] | None = None
        self.set_reactive(Widget.auto_links, False)
        self.columns = columns
        self.empty = empty

    # Rows and columns

    @property
    def current(self) -> T | None:
        """Return the row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    @property
    def marked(self) -> tuple[T, ...]:
        """Return the marked rows: none here, since only `MarkRows` has marks."""
        return ()

    def extend(self, rows: Iterable[T]) -> None:
        """Append rows; the cursor and the view stay where they are."""
        self.rows = [*(self._as_came if self.sorting or self.wanted else self.rows), *rows]

    def go_to(self, key: str) -> None:
        """Move the cursor to the row with this key; where there is none, it stays."""
        self.cursor = next((index for index, row in enumerate(self.rows) if self._key(row) == key), self.cursor)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self.rows) - 1))

    def watch_rows(self, old: Sequence[T], new: Sequence[T]) -> None:
        """Move the cursor with its row to the row's new place, and redraw the lines that look different."""
        top = self.scroll_offset.y
        followed = 0 <= self.cursor - top < self._page
        index = self._new_cursor(old, new)
        self.set_reactive(Rows.cursor, index)
        self._painter.measure(self.columns, new)
        self._measure()
        if followed:
            self._bring_into_view(index)
        if self._keeps_place and 0 < top < len(old):
            self._keep_at_top(self._key(old[top]), new)
            if followed:
                self._bring_into_view(index)
        self._redraw(range(self.size.height))
        self._report_row()

    def _keep_at_top(self, key: str, rows: Sequence[T]) -> None:
        """Scroll so that the row with this key is the first in view again."""
        place = next((index for index, row in enumerate(rows) if self._key(row) == key), None)
        if place is not None and place != self.scroll_offset.y:
            self.scroll_to(y=place)

    # Filtering and sorting

    def validate_rows(self, rows: Sequence[T]) -> Sequence[T]:
        """Leave what is wanted, put it into the chosen order, and keep all rows in the order in which they came."""
        if rows is not self.rows:  # else they are only drawn again
            self._as_came = rows
        elif not (self.sorting or self.wanted):
            return rows
        return in_order(matching(self._as_came, self.columns, self.wanted, self._words), self.columns, self.sorting)

    def watch_wanted(self) -> None:
        """Show the rows that are like the new text; the cursor stays on its row, if that is one of them."""
        self.rows = tuple(self._as_came)
        self.refresh()

    def watch_sorting(self) -> None:
        """Put the rows into the new order; the cursor stays on its row, or at the top if that is where it was."""
        at_top = self.cursor == 0
        self.rows = tuple(self._as_came)
        if at_top:
            self.cursor = 0
        self.refresh()

    def sort_by(self, title: str) -> None:
        """Sort by the column with this title; by the one that the rows are sorted by already, the other way."""
        if title:
            present = self.sorting
            self.sorting = present.turned if present and present.title == title else Sorting(title)

    def put_in_order(self, rows: Sequence[T]) -> Sequence[T]:
        """Return other rows in the order of this table."""
        return in_order(rows, self.columns, self.sorting)

    def notify_style_update(self) -> None:
        """Drop the cached styles after a change of the theme or of a class."""
        super().notify_style_update()
        self._painter.forget_styles()

    def watch_columns(self) -> None:
        """Lay out the new columns."""
        self._painter.measure(self.columns, self.rows)
        self._measure()
        self.refresh()

    def watch_cursor(self, old: int, new: int) -> None:
        """Redraw the two lines that the cursor left and reached."""
        self._bring_into_view(new)
        top = self.scroll_offset.y - _HEAD
        self._redraw((old - top, new - top))
        self._report_row()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Report when the view has reached the end."""
        super().watch_scroll_y(old_value, new_value)
        self._report_end()

    def on_mount(self) -> None:
        """Report the row under the cursor, if rows were set before the table was mounted."""
        self._measure()
        self._report_row()

    def on_resize(self) -> None:
        """Scroll the cursor into view, since the table may be lower now."""
        self._bring_into_view(self.cursor)
        self._report_end()

    def _new_cursor(self, old: Sequence[T], new: Sequence[T]) -> int:
        index = self.cursor
        if index < len(old):
            wanted = self._key(old[index])
            # Mostly no row has moved, and ten thousand keys need not be searched.
            if index < len(new) and self._key(new[index]) == wanted:
                return index
            index = next((place for place, row in enumerate(new) if self._key(row) == wanted), index)
        return max(0, min(index, len(new) - 1))

    def _measure(self) -> None:
        """Set the size that the scrollbar shows, without the layout and repaint that setting `virtual_size` causes."""
        size = Size(GUTTER + natural_width(self.columns), _HEAD + len(self.rows))
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
        """Return how many rows are in view."""
        return max(0, self.size.height - _HEAD)

    @property
    def _width(self) -> int:
        """Return the width of a line in cells; Textual's `size` includes the scrollbar."""
        return self.size.width - self.scrollbar_size_vertical

    def _bring_into_view(self, index: int) -> None:
        top = self.scroll_offset.y
        if index < top:
            self.scroll_to(y=index)
        elif self._page and index >= top + self._page:
            self.scroll_to(y=index - self._page + 1)

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:  # noqa: ANN401 - Textual's own
        """Scroll without animation, which would make a table hard to read."""
        super().scroll_to(x, y, **{**options, "animate": False, "force": True})

    def action_move(self, rows: int) -> None:
        """Move the cursor down by `rows`, or up if negative."""
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        """Move the cursor down by pages that overlap by one row, or up if negative."""
        self.cursor += pages * max(1, self._page - 1)

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self.cursor = 0

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self.cursor = len(self.rows) - 1

    def action_select(self) -> None:
        """Post `Selected` for the row under the cursor."""
        row = self.current
        if row is not None:
            self.post_message(self.Selected(row, self))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked row; a double click chooses it. A click on a head sorts by its column."""
        spot = event.get_content_offset(self)
        if spot is not None and spot.y < _HEAD and event.button == 1:
            self.sort_by(self._painter.title_at(spot.x))
            return
        index = -1 if spot is None or spot.y < _HEAD else self.scroll_offset.y + spot.y - _HEAD
        if 0 <= index < len(self.rows) and event.button == 1:
            self.cursor = index
            if event.chain == _DOUBLE:
                self.action_select()

    # Messages

    def _report_row(self) -> None:
        row = self.current
        if self.is_attached and not (row is self._reported_row or row == self._reported_row):
            self._reported_row = row
            self.post_message(self.Highlighted(row, self))
        self._report_end()

    def _report_end(self) -> None:
        count, page = len(self.rows), self._page
        seen = max(self.cursor, self.scroll_offset.y + page - 1)
        end = (count, self._key(self.rows[-1])) if count and page and seen + page >= count else None
        if end != self._reported_end:
            self._reported_end = end
            if end is not None:
                self.post_message(self.NearEnd(self))

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Return one line of the view, and remember what was drawn."""
        strip = self._drawn_lines[y] = self._line(y)
        return strip

    def _redraw(self, lines: Iterable[int]) -> None:
        """Refresh those lines that would look different from what was drawn last."""
        for y in lines:
            if 0 <= y < self.size.height and self._drawn_lines.get(y) != self._line(y):
                self.refresh(Region(0, y, self._width, 1))

    def _line(self, y: int) -> Strip:
        painter = self._painter
        painter.lay_out(self.columns, self._width)
        if not self.rows:  # heads of nothing say nothing
            text = NO_MATCH if self.wanted and self._as_came else self.empty
            return painter.note(text, y, self.size.height) if text else painter.blank()
        if y < _HEAD:
            return painter.header(self.sorting.title, self.sorting.sign) if self.sorting else painter.header()
        index = self.scroll_offset.y + y - _HEAD
        if index < len(self.rows):
            at_cursor = index == self.cursor and self.show_cursor
            state = (CURSOR if self.has_focus else BLURRED) if at_cursor else ""
            return painter.row(self.rows[index], state, marked=self._is_marked(self.rows[index]))
        return painter.blank()

    def _is_marked(self, row: T) -> bool:  # noqa: ARG002 - only `MarkRows` has marks
        """Return whether a row is marked."""
        return False

    def _style_of(self, name: str) -> Style:
        if not name:
            return self.rich_style
        return (self.visual_style + self.app.stylesheet.parse_style(self.CELL_STYLES[name])).rich_style
