"""A histogram of the passwords that expire on each day: a row of blocks, its scale, and the largest number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from widgets.lockouts.graph import blocks

if TYPE_CHECKING:
    from datetime import date

    from textual.geometry import Size

LABEL: Final = 12


class Histogram(Widget):
    """Draws pairs of a day and its number of passwords; several days share a cell, or a day has several cells."""

    DEFAULT_CSS = "Histogram { height: auto; }"

    days: reactive[tuple[tuple[date, int], ...]] = reactive((), layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """Return two lines, or none when no password expires."""
        return 2 if any(count for _, count in self.days) else 0

    def render(self) -> Content:
        """Return the blocks and the scale."""
        room = self.size.width - LABEL
        if not self.days or room < LABEL:
            return Content("")
        counts = [count for _, count in self.days]
        cells_per_day = max(1, min(6, room // len(counts)))
        days_per_cell = -(-len(counts) // room)
        cells = [sum(counts[at : at + days_per_cell]) for at in range(0, len(counts), days_per_cell)]
        most = max([*cells, 1])
        drawn = "".join(block * cells_per_day for block in blocks(cells, most))
        first, last = f"{self.days[0][0]:%d %b}", f"{self.days[-1][0]:%d %b}"
        gap = " " * max(1, len(drawn) - len(first) - len(last))
        label = f"{'most ' + str(most):<{LABEL}}"
        return Content("\n").join(
            [
                Content.assemble((label, "$muted"), (drawn, "$accent")),
                Content.styled(f"{'':<{LABEL}}{first}{gap}{last}", "$muted"),
            ]
        )
