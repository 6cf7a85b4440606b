"""The strokes of a frame that are written, and two orders for them: line by line, or all that one pen writes together.

A colour costs up to 19 bytes, a move of the cursor about 8. Where a box or a frame is drawn over other colours, each of
its lines would change the colours twice, so that it is shorter to write its left edge, its right edge and its texts in
turn. Where lines hold but one colour each, line by line is shorter; both are written, and the shorter one is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.terminal.cells import Cell
    from tui.terminal.pens import Pen

Row = list["Cell"]
"""The cells of a line. A row is never changed once it is shown: a changed one is another list."""
LONG: Final = 9
"""More blanks than this are shorter erased and moved across than written."""


class Stroke(NamedTuple):
    """Something of a line that is written at one go.

    Attributes:
        y: The line, from 0.
        row: What all of it should show.
        stretches: The columns that are written, each from the first to behind the last.
        tail: The column from which on the line is erased after that; -1 for no erasing.
        pen: What most of it is written with.
        is_whole: Whether it must not be taken apart, as terminals may differ in where its glyphs end.
    """

    y: int
    row: Row
    stretches: tuple[tuple[int, int], ...]
    tail: int
    pen: Pen
    is_whole: bool


def by_pen(lines: Iterable[Stroke]) -> tuple[list[Stroke], list[Stroke]]:
    """Return the strokes of all lines, those of the same pen after each other, and similar pens beside each other.

    Args:
        lines: The changed lines, each as one stroke.

    Returns:
        Two orders: what one pen writes from line to line, and from column to column, as suits edges.
    """
    strokes = [stroke for line in lines for stroke in ([line] if line.is_whole else _taken_apart(line))]
    strokes.sort(key=lambda stroke: (*_by_pen(stroke.pen), stroke.y))  # those of a line are in their order already
    return strokes, sorted(strokes, key=lambda stroke: (*_by_pen(stroke.pen), _column(stroke)))


def _by_pen(pen: Pen) -> tuple[str, str, list[str], str]:
    return pen.paper, pen.ink, sorted(pen.attributes), pen.link


def _column(stroke: Stroke) -> int:
    return stroke.stretches[0][0] if stroke.stretches else stroke.tail


def _taken_apart(line: Stroke) -> Iterator[Stroke]:
    """Yield the strokes of a line, one for each pen; a glyph of doubtful width stays with what it may reach into."""
    y, row, tail = line.y, line.row, line.tail
    for start, stop in line.stretches:
        at, pen = start, row[start].pen
        reach = start
        for x in range(start, stop):
            cell = row[x]
            if x >= reach and x > at:
                if pen.bare is pen and cell.pen.bare is pen and not cell.is_blank and x - at <= LONG:
                    pen = cell.pen  # a few blanks before a text are written with it
                elif not (cell.pen is pen or (cell.is_blank and cell.pen is pen.bare)) or _begins_anew(row, at, x):
                    yield Stroke(y, row, ((at, x),), -1, pen, is_whole=False)
                    at, pen = x, cell.pen
            if cell.is_doubtful:
                reach = max(reach, x + cell.reach)
        reaches_tail = 0 <= tail < reach
        yield Stroke(y, row, ((at, stop),), tail if reaches_tail else -1, pen, is_whole=False)
        if reaches_tail:
            tail = -1
    if tail >= 0:
        yield Stroke(y, row, (), tail, row[-1].pen, is_whole=False)


def _begins_anew(row: Row, start: int, x: int) -> bool:
    """Return whether a long blank ends here, behind which the place has to be named anyway."""
    blank = row[x - 1]
    if row[x].is_blank or not blank.is_blank or x - start <= LONG:
        return False
    return all(cell is blank for cell in row[x - LONG - 1 : x])
