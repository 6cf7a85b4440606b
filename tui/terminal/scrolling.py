"""Finds out whether a frame is the last one with some of its lines moved, so that the terminal can scroll them."""

from __future__ import annotations

from operator import is_not
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.terminal.cells import Cell

_FEWEST: Final = 2
"""Changed lines below which no scrolling is looked for."""
_BLOCK: Final = 24
"""Columns that are compared as one when candidates are looked for."""
_WORTH: Final = 40
"""Cells that must be saved."""
_CANDIDATES: Final = 2


class Scroll(NamedTuple):
    """Lines that move together.

    Attributes:
        top: The first line of the region.
        bottom: Its last line.
        lines: By how many lines its content goes up; below 0 down.
    """

    top: int
    bottom: int
    lines: int


def find_scroll(old: Sequence[list[Cell]], new: Sequence[list[Cell]], blank: Cell) -> Scroll | None:
    """Return the scrolling after which much less is left to be written; `None` if there is none.

    Args:
        old: What the lines show.
        new: What they should show.
        blank: What comes in.
    """
    changed = [y for y, row in enumerate(new) if row is not old[y]]
    if len(changed) < _FEWEST:
        return None
    votes = _votes(old, new, changed)
    best, saved = None, _WORTH
    for lines in sorted(votes, key=lambda lines: -votes[lines])[:_CANDIDATES]:
        scroll, gain = _best_region(old, new, lines, blank)
        if scroll is not None and gain > saved:
            best, saved = scroll, gain
    return best


def _votes(old: Sequence[list[Cell]], new: Sequence[list[Cell]], changed: Sequence[int]) -> dict[int, int]:
    """Count, for each distance, how many pieces of changed lines are found that far away in what is shown."""
    votes: dict[int, int] = {}
    width = len(new[0])
    for left in range(0, width, _BLOCK):
        part = slice(left, left + _BLOCK)
        places: dict[tuple[int, ...], list[int]] = {}
        for y in changed:
            places.setdefault(tuple(map(id, old[y][part])), []).append(y)
        for y in changed:
            key = tuple(map(id, new[y][part]))
            if len(set(key)) > 1:
                for place in places.get(key, ()):
                    votes[place - y] = votes.get(place - y, 0) + 1
    votes.pop(0, None)
    return votes


def _best_region(
    old: Sequence[list[Cell]], new: Sequence[list[Cell]], lines: int, blank: Cell
) -> tuple[Scroll | None, int]:
    """Return the region whose scrolling by so many lines saves most, and how many cells that is."""
    height = len(new)
    gains = [
        _differing(old[y], new[y]) - _differing(old[y + lines], new[y]) if 0 <= y + lines < height else 0
        for y in range(height)
    ]
    best, start, total, most = None, 0, 0, 0
    for y, gain in enumerate(gains):
        if total <= 0:
            start, total = y, 0
        total += gain
        if total > most:
            best, most = (start, y), total
    if best is None:
        return None, 0
    empty = [blank] * len(new[0])
    found: tuple[Scroll | None, int] = None, 0
    for first, last in _ends(*best, lines):
        top, bottom = min(first, first + lines), max(last, last + lines)
        saved = sum(gains[first : last + 1])
        for y in (*range(top, first), *range(last + 1, bottom + 1)):
            saved += _differing(old[y], new[y]) - _differing(empty, new[y])
        if saved > found[1]:
            found = Scroll(top, bottom, lines), saved
    return found


def _ends(first: int, last: int, lines: int) -> Iterator[tuple[int, int]]:
    """Yield where the lines that move may end: what comes in behind them may cost more than one line of them saves."""
    for fewer in range(min(abs(lines) + 1, last - first + 1)):
        yield (first, last - fewer) if lines > 0 else (first + fewer, last)


def _differing(row: list[Cell], other: list[Cell]) -> int:
    return 0 if row is other else sum(map(is_not, row, other))
