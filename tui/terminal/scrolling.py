"""Finds out whether a frame is the last one with some of its lines moved, so that the terminal can scroll them."""

from __future__ import annotations

from operator import is_not
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.terminal.cells import Cell

_FEWEST: Final = 4
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
    best, start, total, most = None, 0, 0, 0
    for y in range(height):
        source = y + lines
        gain = _differing(old[y], new[y]) - _differing(old[source], new[y]) if 0 <= source < height else 0
        if total <= 0:
            start, total = y, 0
        total += gain
        if total > most:
            best, most = (start, y), total
    if best is None:
        return None, 0
    first, last = best
    top, bottom = min(first, first + lines), max(last, last + lines)
    empty = [blank] * len(new[0])
    for y in (*range(top, first), *range(last + 1, bottom + 1)):
        most += _differing(old[y], new[y]) - _differing(empty, new[y])
    return Scroll(top, bottom, lines), most


def _differing(row: list[Cell], other: list[Cell]) -> int:
    return 0 if row is other else sum(map(is_not, row, other))
