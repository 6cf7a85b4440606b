"""What a terminal shows, kept cell by cell, so that only what changes has to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import ChopsUpdate, LayoutUpdate

from tui.terminal.cells import CellMaker
from tui.terminal.scrolling import find_scroll
from tui.terminal.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.color import ColorSystem
    from textual.strip import Strip

    from tui.terminal.ordering import Row
    from tui.terminal.rules import Rules

Update = ChopsUpdate | LayoutUpdate
"""What Textual's compositor makes where a screen has changed: whole, or some spans of it."""
_NOWHERE = (-1, -1)


class ShownScreen:
    """What a terminal of a certain size shows, as far as it is known."""

    def __init__(self, width: int, height: int, rules: Rules, colours: ColorSystem) -> None:
        """Begin with a screen of which nothing is known.

        Args:
            width: Its columns.
            height: Its lines.
            rules: What the terminal may be asked.
            colours: How many colours it has.
        """
        self.size = width, height
        self.colours = colours
        self._rules = rules
        self._cells = CellMaker(rules, colours)
        self._cursor = _NOWHERE
        self._rows: list[Row] = []
        self.forget()

    def forget(self) -> None:
        """Know nothing any more, as others have written to the terminal."""
        width, height = self.size
        if self._cells.is_full:
            self._cells = CellMaker(self._rules, self.colours)
        nothing = [self._cells.unknown] * width
        self._rows = [nothing] * height
        self._cursor = _NOWHERE

    def changes(self, update: Update, cursor: tuple[int, int]) -> str:
        """Return what has to be sent so that the terminal shows an update; nothing if it shows it already.

        Args:
            update: What the compositor made.
            cursor: Where the cursor is left, as column and line from 0.

        Raises:
            Unshowable: The update cannot be told apart into cells; what is known of the screen has not changed.
        """
        if self._cells.is_full:
            self.forget()
        new = self._updated(update)
        writer = Writer(self._cells, self._rules, self._cursor)
        shown = self._scrolled(new, writer)
        pairs = enumerate(zip(shown, new, strict=True))
        writer.rows([(y, old_row, row) for y, (old_row, row) in pairs if row is not old_row])
        sent = writer.end(*cursor)
        self._rows, self._cursor = new, cursor
        return sent

    def _updated(self, update: Update) -> list[Row]:
        """Return what the screen should show: new lists for the lines that change, the same ones for the others."""
        rows = self._rows.copy()
        width, height = self.size
        for x, y, strips in pieces(update):
            if not 0 <= y < height:
                continue
            cells = self._cells.cells(strips)[: width - x]
            if cells and rows[y][x : x + len(cells)] != cells:
                rows[y] = self._with(rows[y], x, cells)
        return rows

    def _with(self, row: Row, x: int, cells: Row) -> Row:
        """Return a line with other cells from a column on.

        Where one half of a wide glyph is written over, terminals leave a blank in the other one, on the background
        that they have just written on.
        """
        row = row.copy()
        end = x + len(cells)
        if x and row[x].width == 0:
            row[x - 1] = self._cells.blank(cells[0].pen)
        if end < len(row) and row[end].width == 0:
            row[end] = self._cells.blank(cells[-1].pen)
        row[x:end] = cells
        if end == len(row) and cells[-1].width > 1:
            row[-1] = self._cells.blank(cells[-1].pen)
        return row

    def _scrolled(self, new: list[Row], writer: Writer) -> list[Row]:
        """Have the terminal scroll where that saves most of the writing; return what its lines show then."""
        if not self._rules.scrolls:
            return self._rows
        pens = self._cells.pens
        paper = new[-1][0].pen.paper if self._rules.erases_in_colour else ""
        blank = self._cells.blank(pens.bare(paper))
        scroll = find_scroll(self._rows, new, blank)
        if scroll is None:
            return self._rows
        top, bottom, lines = scroll
        writer.scroll(top, bottom, lines, self.size[1], blank.pen)
        empty = [[blank] * self.size[0]] * abs(lines)
        moved = self._rows[top : bottom + 1]
        moved = moved[lines:] + empty if lines > 0 else empty + moved[:lines]
        return [*self._rows[:top], *moved, *self._rows[bottom + 1 :]]


def pieces(update: Update) -> Iterator[tuple[int, int, Iterable[Strip]]]:
    """Yield column, line and strips of each piece of an update, as Textual itself writes them."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield update.region.x, y, strips
        return
    for y, left, right in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > right or end <= left:
                continue
            whole = right > x >= left and end <= right
            yield x, y, (strip if whole else strip.crop(0, min(end, right) - x),)
