"""A chart of the lockouts of the last 24 hours: bars stacked by cause, an axis of hours, and a legend with counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui.desk.lockouts.causes import LockoutCause
from tui.desk.lockouts.words import BRIEF, CAUSE
from widgets.bars import Segment, stacked
from widgets.cell_text import truncate
from widgets.palettes import Depth
from widgets.tones import KEY

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Size

    from tui.desk.lockouts.view import Tally

AXIS: Final = 5
"""Cells of the numbers at the left."""
LEGEND: Final = 23
"""Least cells of a column of the legend."""
NAMES: Final = 27
"""Cells of a column of the legend in which no name is cut."""
BROAD: Final = 34
"""Cells of a column of the legend in which each cause has its whole name."""
WIDE: Final = 100
"""Least width of a terminal in which the legend gets columns that cut no name."""
TALL: Final = 30
PER_HOUR: Final = (6, 4, 3, 2, 1)
"""The bars that an hour may have, the most first; with each a bar begins at a round time."""
EVERY: Final = 3
"""Hours between two labels of the axis."""
_DAY: Final = 24
_STYLE: Final = {
    LockoutCause.ATTACK: "$bad",
    LockoutCause.MISTYPED: "$good",
    LockoutCause.MAIL: "$warn",
    LockoutCause.STALE: "$warn",
    LockoutCause.RADIUS: "$accent",
    LockoutCause.VPN: "$accent",
    LockoutCause.FACTOR: "$focus",
    LockoutCause.DIRECTORY: "$focus",
    LockoutCause.UNKNOWN: "$muted",
}
"""The colour of each cause in the bars; causes with one remedy share one, and the legend tells them apart."""


class LockoutGraph(Widget):
    """Shows when people were locked out and why; a click on a cause of the legend chooses it.

    It is drawn again only when it would look different.
    """

    DEFAULT_CSS = """
    LockoutGraph { height: auto; padding: 0 1; background: $ground; color: $text; }
    """

    class Chosen(Message):
        """Posted when a cause of the legend was clicked."""

        def __init__(self, cause: LockoutCause) -> None:
            super().__init__()
            self.cause = cause

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._tallies: tuple[Tally, ...] = ()
        self._now: datetime | None = None
        self._chosen: LockoutCause | None = None
        self._drawn: list[Content] = []

    @property
    def stretches(self) -> int:
        """Return the number of bars for the terminal's width."""
        return _DAY * next(per_hour for per_hour in PER_HOUR if self._fits(per_hour))

    @property
    def causes(self) -> tuple[LockoutCause, ...]:
        """Return the causes of the legend, in its order."""
        return tuple(tally.cause for tally in self._tallies if tally.cause)

    def show(self, tallies: tuple[Tally, ...], now: datetime, chosen: LockoutCause | None = None) -> None:
        """Show the lockouts of the last 24 hours.

        Args:
            tallies: All lockouts first, then those of each cause; each with `stretches` counts.
            now: The time at the right end.
            chosen: The only cause whose bars are shown; `None` for all.
        """
        height = self.height
        self._tallies, self._now, self._chosen = tallies, now, chosen
        drawn = self._lines()
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh(layout=height != self.height)

    @property
    def height(self) -> int:
        """Return the number of lines: of the bars, and one for the axis."""
        if not self._tallies:
            return 0
        return 1 + (4 if self.app.size.height >= TALL else 2)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Return the number of lines."""
        return self.height

    def on_resize(self, _: events.Resize) -> None:
        """Draw for the new size."""
        self._drawn = self._lines()

    def render(self) -> Content:
        """Return the chart."""
        return Content("\n").join(self._drawn)

    def on_click(self, event: events.Click) -> None:
        """Choose the cause of the legend that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        left = AXIS + self._bars() + 2
        column = (offset.x - left) // self._column()
        place = column * self.height + offset.y
        if column >= 0 and 0 <= place < len(self.causes):
            self.post_message(self.Chosen(self.causes[place]))

    # -- what is drawn

    def _fits(self, per_hour: int) -> bool:
        width = self.app.size.width
        legend = 2 * (LEGEND if width < WIDE else NAMES)
        return per_hour == PER_HOUR[-1] or width - 2 - AXIS - 2 - _DAY * per_hour >= legend

    def _bars(self) -> int:
        return len(self._tallies[0].counts) if self._tallies else 0

    def _column(self) -> int:
        """Return the width of a column of the legend: two columns where there is room."""
        room = self._room()
        return room // 2 if room >= 2 * LEGEND and len(self.causes) > self.height else min(room, 2 * LEGEND)

    def _room(self) -> int:
        """Return the cells that the legend has beside the bars."""
        return max(LEGEND, self.app.size.width - 2 - AXIS - 2 - self._bars())

    def _lines(self) -> list[Content]:
        if not self._tallies or self._now is None or not self.is_attached:
            return []
        shown = [tally for tally in self._tallies if tally.cause and self._chosen in {None, tally.cause}]
        counts = [sum(tally.counts[place] for tally in shown) for place in range(self._bars())]
        most = max(1, *counts)
        columns = [
            [Segment(tally.counts[place], _STYLE[tally.cause]) for tally in shown if tally.cause]
            for place in range(self._bars())
        ]
        legend = self._legend()
        lines = []
        for row, bars in enumerate(stacked(columns, most, self.height - 1, mixed=self._mixes)):
            number = f"{most if row == 0 else '':>{AXIS - 1}}┤"
            lines.append(Content.assemble((number, "$muted"), bars, "  ", legend[row]))
        axis = f"{'0':>{AXIS - 1}}└{hours(self._now, self._bars())}"
        return [*lines, Content.assemble((axis, "$muted"), "  ", legend[-1])]

    @property
    def _mixes(self) -> bool:
        """Return whether two colours may meet in a cell: without colours that would look like a gap."""
        return getattr(self.app, "depth", None) is not Depth.NONE

    def _legend(self) -> list[Content]:
        """Return the legend line by line, in one column or two."""
        causes = [tally for tally in self._tallies if tally.cause]
        width, height = self._column(), self.height
        columns = [causes[first : first + height] for first in range(0, len(causes), height)]
        shown = columns[: max(1, self._room() // width)]
        return [
            Content("").join(
                self._legend_cell(line + height * index, column[line], width)
                for index, column in enumerate(shown)
                if line < len(column)
            )
            for line in range(height)
        ]

    def _legend_cell(self, place: int, tally: Tally, width: int) -> Content:
        """Return a number to press, a swatch, the cause and its count."""
        cause = tally.cause or LockoutCause.UNKNOWN
        others = self._chosen not in {None, cause}
        count = f"{tally.total:>4}"
        label = truncate((CAUSE if width > BROAD else BRIEF)[cause], max(1, width - cell_len(count) - 7))
        text = f"{label}{' ' * (width - cell_len(label) - cell_len(count) - 6)}{count}"
        return Content.assemble(
            (f"{place + 1}", KEY), " ", ("■", "$muted" if others else _STYLE[cause]), " ",
            (text, "$muted" if others else "bold" if self._chosen else ""), "  ",
        )  # fmt: skip


def hours(now: datetime, bars: int) -> str:
    """Return the axis for so many bars that end now: a line with the hour of day at each third hour."""
    seconds = _DAY * 3600 // bars
    end = int(now.timestamp()) // seconds * seconds
    axis = ["─"] * bars
    for place in range(bars):
        at = datetime.fromtimestamp(end - (bars - 1 - place) * seconds, UTC).astimezone()
        if at.minute == 0 and at.hour % EVERY == 0:
            label = f"{at.hour:02}"
            if place + len(label) <= bars:
                axis[place : place + len(label)] = label
    return "".join(axis)
