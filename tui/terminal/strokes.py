"""A frame as strokes, each written with one pen, and the order of them in which the pen is changed least often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tui.terminal.cells import Cell
    from tui.terminal.pens import Pen

_MOVE: Final = 6
"""Bytes of a move from one stroke to the next, mostly."""


class Stretch(NamedTuple):
    """Cells of a line that are written together, from left to right.

    Attributes:
        y: The line, from 0.
        row: All cells that the line should show.
        start: The first column.
        stop: The column behind the last one.
        goes_on: Whether the rest of the line is erased right behind it.
        is_rest: Whether this is that rest, all of it blank.
    """

    y: int
    row: list[Cell]
    start: int
    stop: int
    goes_on: bool = False
    is_rest: bool = False


class Stroke(NamedTuple):
    """A part of a stretch that is written with one pen; or a cluster of odd cells, which is written as it stands.

    Attributes:
        y: The line, from 0.
        row: All cells that the line should show.
        start: The first column.
        stop: The column behind the last one.
        pen: The pen; for blanks alone the bare one, in the place of which any pen does that has its background.
        is_odd: Whether its glyphs may take more or fewer cells than they should, or take two.
        is_rest: Whether it is the blank rest of the line.
    """

    y: int
    row: list[Cell]
    start: int
    stop: int
    pen: Pen
    is_odd: bool = False
    is_rest: bool = False


def _strokes_of(stretch: Stretch) -> Iterator[Stroke]:
    """Yield the strokes of a stretch from the left, its odd cells in between."""
    y, row, start, stop = stretch[:4]
    if stretch.is_rest:
        yield Stroke(y, row, start, stop, row[-1].pen, is_rest=True)
        return
    x = start
    while x < stop:
        end, pen = _odd(row, x, stop) if row[x].is_odd else _plain(row, x, stop)
        yield Stroke(y, row, x, end, pen, row[x].is_odd)
        x = end


def _odd(row: Sequence[Cell], x: int, stop: int) -> tuple[int, Pen]:
    """Return where a cluster of odd cells ends, of which one may be drawn over the next."""
    end = beyond = x
    for at in range(x, stop):
        if at >= beyond and at > x:
            break
        if row[at].is_odd:
            end = at + 1
            beyond = max(beyond, at + max(row[at].width, row[at].reach))
    return end, row[x].pen


def _plain(row: Sequence[Cell], x: int, stop: int) -> tuple[int, Pen]:
    """Return how far one pen goes; blanks are written with whatever pen has their background."""
    pen = row[x].pen
    while x < stop and not row[x].is_odd:
        new = row[x].pen
        if new is not pen and new is not pen.bare:
            if new.bare is not pen:
                break
            pen = new
        x += 1
    return x, pen


def by_pen(stretches: Sequence[Stretch], first: Pen, way: Callable[[Pen, Pen], str]) -> list[Stroke] | None:
    """Return all strokes in groups of one pen, where that is shorter than from left to right; else `None`.

    Odd cells come first: what may be drawn over by them is written behind them in any order.

    Args:
        stretches: What is written, from the top.
        first: The present pen.
        way: Returns what makes one pen of another.
    """
    strokes = [stroke for stretch in stretches for stroke in _strokes_of(stretch)]
    pens = list(dict.fromkeys(stroke.pen for stroke in strokes))
    papers = {pen.bare: number for number, pen in enumerate(pens)}  # the last pen of a background writes its blanks
    rank = {pen: papers[pen.bare] for pen in pens}
    order = {pen: number for number, pen in enumerate(pens)}
    grouped = sorted(
        strokes,
        key=lambda stroke: (not stroke.is_odd, rank[stroke.pen], stroke.pen is stroke.pen.bare, order[stroke.pen]),
    )
    more = len(strokes) - len(stretches) - sum(stroke.is_odd for stroke in strokes)
    if _changes(grouped, first, way) + _MOVE * more < _changes(strokes, first, way):
        return grouped
    return None


def _changes(strokes: Iterable[Stroke], pen: Pen, way: Callable[[Pen, Pen], str]) -> int:
    """Return the bytes of all changes of the pen."""
    size = 0
    for stroke in strokes:
        if pen is not stroke.pen and pen.bare is not stroke.pen:
            size += len(way(pen, stroke.pen))
            pen = stroke.pen
    return size
