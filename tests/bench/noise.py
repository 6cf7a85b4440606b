"""One row of a table of measures: its figures, its goal, and how much the machine let them differ."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Row:
    """One measure.

    Attributes:
        name: What was measured.
        figures: One figure a round.
        unit: Their unit: `ms`, `s`, `B`, `%`, `x`; empty for a count.
        goal: The most that it should be; `None` where none is set.
    """

    name: str
    figures: Sequence[float]
    unit: str
    goal: float | None = None

    @property
    def met(self) -> str:
        """Whether the median meets the goal, in a word; empty without a goal."""
        if self.goal is None:
            return ""
        return "met" if median(self.figures) <= self.goal else "missed"


def written(figure: float, unit: str) -> str:
    """Return a figure with as many digits as mean something."""
    digits = 0 if unit == "B" or (unit == "" and figure == int(figure)) or abs(figure) >= 100 else 2
    return f"{figure:,.{digits}f}{f' {unit}' if unit else ''}"


def spread(figures: Sequence[float], unit: str) -> str:
    """Return the least, the median and the greatest figure; one alone where they are the same."""
    least, middle, most = min(figures), median(figures), max(figures)
    if least == most:
        return written(middle, unit)
    return f"{written(middle, unit)} ({written(least, unit)} to {written(most, unit)})"
