"""Writes changed cells to a terminal: where the cursor is, which pen it has, the shortest way to what comes next."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tui.terminal.pens import RESET
from tui.terminal.strokes import Stretch, by_pen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.terminal.cells import Cell, CellMaker
    from tui.terminal.pens import Pen
    from tui.terminal.rules import Rules
    from tui.terminal.strokes import Stroke

Row = list["Cell"]
"""The cells of a line. A row is never changed once it is shown: a changed one is another list."""

_GAP: Final = 4
"""So many unchanged cells cost less written again than a move across them."""
_ERASE_ON: Final = 9
"""More blanks than this are shorter erased and moved across than written."""
_ERASE_LAST: Final = 4
"""Likewise where nothing follows them that would have to be moved to."""
_ERASE_LINE: Final = 3
"""Likewise where they reach to the end of the line."""


class Writer:
    """Writes one frame.

    Attributes:
        x: The cursor's column, from 0; -1 where it is not known.
        y: The cursor's line, from 0; -1 where it is not known.
    """

    def __init__(self, cells: CellMaker, rules: Rules, cursor: tuple[int, int]) -> None:
        """Begin a frame.

        Args:
            cells: The cells of the terminal.
            rules: What the terminal may be asked.
            cursor: Where its cursor is.
        """
        self.x, self.y = cursor
        self._cells = cells
        self._rules = rules
        self._pen = cells.pens.default
        self._parts: list[str] = []
        self._stretches: list[Stretch] = []

    def end(self, x: int, y: int) -> str:
        """Write all lines, leave the cursor somewhere with the terminal's own pen, and return what is to be sent."""
        strokes = by_pen(self._stretches, self._pen, self._cells.pens.way) if self._rules.moves else None
        if strokes is None:
            for stretch in self._stretches:
                self._stretch(stretch)
        else:
            for stroke in strokes:
                self._stroke(stroke)
        if self._pen is not self._cells.pens.default:
            if self._pen.link:
                self._parts.append("\x1b]8;;\x1b\\")
            self._parts.append(RESET)
        self.move(x, y)
        return "".join(self._parts)

    def move(self, x: int, y: int) -> None:
        """Move the cursor."""
        if (x, y) != (self.x, self.y):
            self._parts.append(_way(self.x, self.y, x, y) if self._rules.moves else _absolute(x, y))
            self.x, self.y = x, y

    def scroll(self, top: int, bottom: int, lines: int, height: int, pen: Pen) -> None:
        """Scroll a region.

        Args:
            top: Its first line.
            bottom: Its last line.
            lines: By how many lines its content goes up; below 0 down.
            height: The lines of the terminal.
            pen: The background of the lines that come in.
        """
        self._take(pen)
        way = f"\x1b[{abs(lines)}{'S' if lines > 0 else 'T'}"
        whole = (top, bottom) == (0, height - 1)
        self._parts.append(way if whole else f"\x1b[{top + 1};{bottom + 1}r{way}\x1b[r")
        self.x = self.y = -1

    def row(self, y: int, old: Row, new: Row) -> None:
        """Have `end` write what differs between what a line shows and what it should show."""
        dirty = [x for x, (was, cell) in enumerate(zip(old, new, strict=True)) if was is not cell]
        if any(old[x].is_odd or new[x].is_odd for x in dirty):
            dirty = _with_neighbours(dirty, old, new)
        tail = self._erasable_tail(new)
        erased = [x for x in dirty if x >= tail]
        if len(erased) <= _ERASE_LINE:
            tail, erased = len(new), []
        for start, stop in self._runs([x for x in dirty if x < tail], new):
            goes_on = bool(erased) and stop == erased[0]
            self._stretches.append(Stretch(y, new, start, stop, goes_on=goes_on))
        if erased:
            self._stretches.append(Stretch(y, new, erased[0], len(new), is_rest=True))

    def _erasable_tail(self, row: Row) -> int:
        """Return where the blanks begin that can be erased up to the end of a line."""
        last = row[-1]
        at = len(row)
        if self._can_erase(last):
            while at and row[at - 1] is last:
                at -= 1
        return at

    def _can_erase(self, cell: Cell) -> bool:
        rules, pen = self._rules, cell.pen
        return cell.is_blank and rules.erases and (rules.erases_in_colour or not pen.paper)

    def _runs(self, dirty: Sequence[int], row: Row) -> Iterator[tuple[int, int]]:
        """Yield the stretches to write, with short gaps in them where those cost less than a move."""
        if not dirty:
            return
        start = stop = dirty[0]
        for x in dirty:
            if x > stop and not self._bridges(row, stop, x):
                yield start, stop
                start = x
            stop = x + 1
        yield start, stop

    def _bridges(self, row: Row, start: int, stop: int) -> bool:
        """Return whether unchanged cells are written again, as their neighbours have the same pen."""
        if stop - start > _GAP:
            return False
        pen = row[start - 1].pen
        return all(cell.text.isascii() and not cell.is_odd and cell.pen in {pen, pen.bare} for cell in row[start:stop])

    def _stretch(self, stretch: Stretch) -> None:
        """Write all cells of a stretch, each with its own pen."""
        if stretch.is_rest:
            self._rest(stretch.y, stretch.row, stretch.start)
            return
        y, row, x, stop = stretch[:4]
        while x < stop:
            end = self._next(y, row, x, stop)
            if row[x].is_blank:
                self._blanks(row, x, end, is_last=end == stop and not stretch.goes_on)
            x = end

    def _stroke(self, stroke: Stroke) -> None:
        """Write a stroke, behind which the cursor goes somewhere else."""
        y, row, x, stop = stroke[:4]
        if stroke.is_rest:
            self._rest(y, row, x)
            return
        while x < stop:
            if not stroke.is_odd and self._pen.bare is not stroke.pen:
                self._take(stroke.pen)
            end = self._next(y, row, x, stop)
            if row[x].is_blank:
                self._blanks(row, x, end, is_last=end == stop)
            x = end

    def _next(self, y: int, row: Row, x: int, stop: int) -> int:
        """Move to a cell, write it and what has its pen, and return where the next one stands; blanks only count."""
        cell = row[x]
        if not cell.width:  # written with its left half
            return x + 1
        self.move(x, y)
        end = x + 1
        if cell.is_blank:
            while end < stop and row[end] is cell:
                end += 1
        elif cell.is_odd:
            self._glyph(cell, x, y, len(row))
            end = x + cell.width
        else:
            while end < stop and row[end].pen is cell.pen and not (row[end].is_odd or row[end].is_blank):
                end += 1
            self._take(cell.pen)
            self._parts += [known.text for known in row[x:end]]
            self._wrote(end - x, len(row))
        return end

    def _rest(self, y: int, row: Row, start: int) -> None:
        """Erase the rest of a line."""
        self.move(start, y)
        self._take_for_blank(row[-1].pen, row, len(row))
        self._parts.append("\x1b[K")

    def _blanks(self, row: Row, start: int, end: int, *, is_last: bool) -> None:
        cell, count = row[start], end - start
        self._take_for_blank(cell.pen, row, end)
        if self._can_erase(cell) and count > (_ERASE_LAST if is_last else _ERASE_ON):
            self._parts.append(f"\x1b[{count}X")
        else:
            self._parts.append(" " * count)
            self._wrote(count, len(row))

    def _glyph(self, cell: Cell, x: int, y: int, width: int) -> None:
        self._take(cell.pen)
        if cell.is_doubtful and (cell.width > 1 or len(cell.text) > 1):
            self._clear_below(cell, x, y, width)
        self._parts.append(cell.text)
        if cell.is_doubtful:
            self.x = -1
        else:
            self._wrote(cell.width, width)

    def _clear_below(self, cell: Cell, x: int, y: int, width: int) -> None:
        """Clear the cells of a glyph that may turn out narrower, and those behind it, which are written next.

        What stood in the other half would stay. And where nothing wraps, Ghostty joins a mark that arrives while the
        cursor is in the last column to the text that is there.
        """
        if self._rules.erases and (self._rules.erases_in_colour or not self._pen.paper):
            self._parts.append(f"\x1b[{min(cell.reach, width - x)}X")
        elif cell.width > 1 and x + cell.width < width:
            self._parts.append("  ")
            self._wrote(2, width)
            self.move(x, y)

    def _wrote(self, count: int, width: int) -> None:
        self.x += count
        if self.x >= width:  # whether it stays in the last column, or goes on with the next glyph, is the terminal's
            self.x = -1

    def _take(self, pen: Pen) -> None:
        if pen is not self._pen:
            self._parts.append(self._cells.pens.way(self._pen, pen))
            self._pen = pen

    def _take_for_blank(self, pen: Pen, row: Row, end: int) -> None:
        """Take a pen for blanks: the present one if it does, or the one that what follows needs anyway."""
        if self._pen.bare is pen:
            return
        follows = row[end].pen if end < len(row) else pen
        self._take(follows if follows.bare is pen else self._cells.pens.on(self._pen, pen))


def _with_neighbours(dirty: list[int], old: Row, new: Row) -> list[int]:
    """Return the columns to write where wide glyphs, or such of doubtful width, come or go: all that those touch."""
    found, left = set(dirty), list(dirty)

    def touch(x: int) -> None:
        if 0 <= x < len(new) and x not in found and (new[x].text or not new[x].width):  # else nothing is known of it
            found.add(x)
            left.append(x)

    while left:
        x = left.pop()
        for cell in (old[x], new[x]):
            if cell.width == 0:
                touch(x - 1)
            elif cell.width == 2:  # noqa: PLR2004 - the columns of a wide glyph
                touch(x + 1)
        for beyond in range(x + new[x].width, x + new[x].reach):
            touch(beyond)
    return sorted(found)


def _absolute(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"


@lru_cache(4096)
def _way(from_x: int, from_y: int, x: int, y: int) -> str:
    """Return the shortest move; what is not known of the place before is -1."""
    ways = [_absolute(x, y)]
    if y == from_y:
        ways.append(_across(from_x, x))
    elif from_y >= 0 and from_x >= 0:
        down = y - from_y
        ways.append(f"\x1b[{abs(down) if abs(down) > 1 else ''}{'B' if down > 0 else 'A'}{_across(from_x, x)}")
    return min(ways, key=len)


def _across(from_x: int, x: int) -> str:
    """Return the shortest move within a line."""
    if x == from_x:
        return ""
    if not x:
        return "\r"
    ways = [f"\x1b[{x + 1}G"]
    if from_x >= 0:
        by = abs(x - from_x)
        ways.append(f"\x1b[{by if by > 1 else ''}{'C' if x > from_x else 'D'}")
    return min(ways, key=len)
