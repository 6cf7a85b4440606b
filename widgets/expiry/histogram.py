"""A histogram of the passwords that expire on each day: a bar per day, its number above, its weekday below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from widgets.bars import Segment, stacked

if TYPE_CHECKING:
    from datetime import date

    from textual import events
    from textual.geometry import Size

TALL: Final = 30
"""Least height of a terminal, in lines, in which the bars are four lines high instead of two."""
MOST_CELLS: Final = 6
"""The most cells of a day, its gap included: broader bars say no more."""
NAMED: Final = 3
"""The least cells of a day that has its number above and its weekday below; else a line has the dates of Mondays."""
DATED: Final = 5
"""The least cells for a weekday with its day of the month."""
WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONDAY: Final = 0
SATURDAY: Final = 5
MANY: Final = 1000
"""A number that takes too much room; it is shown in thousands."""


class Histogram(Widget):
    """Draws the number of passwords of each day; a day can be chosen by keys or by a click.

    It is drawn again only when it would look different.
    """

    DEFAULT_CSS = "Histogram { height: auto; }"

    class DayChosen(Message):
        """Posted when a day was clicked."""

        def __init__(self, day: date) -> None:
            super().__init__()
            self.day = day

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._days: tuple[tuple[date, int], ...] = ()
        self._chosen: date | None = None
        self._drawn: list[Content] = []

    def show(self, days: tuple[tuple[date, int], ...], chosen: date | None = None) -> None:
        """Show each day with its number of passwords.

        Args:
            days: All days without a gap, with the number of passwords of each.
            chosen: The day that is chosen; `None` for none.
        """
        height = self.height
        self._days, self._chosen = days, chosen
        drawn = self._lines()
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh(layout=height != self.height)

    @property
    def height(self) -> int:
        """Return the number of lines: the numbers, the bars, the days; none where no password expires."""
        if not any(count for _, count in self._days):
            return 0
        return 2 + (4 if self.app.size.height >= TALL else 2)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """Return the number of lines."""
        return self.height

    def on_resize(self, _: events.Resize) -> None:
        """Draw for the new size."""
        self._drawn = self._lines()

    def render(self) -> Content:
        """Return the chart."""
        return Content("\n").join(self._drawn)

    def on_click(self, event: events.Click) -> None:
        """Choose the day that was clicked."""
        offset = event.get_content_offset(self)
        place = offset.x // self._cells() if offset is not None else len(self._days)
        if place < len(self._days):
            self.post_message(self.DayChosen(self._days[place][0]))

    def _cells(self) -> int:
        """Return the cells of a day."""
        room = self.app.size.width - 4
        return max(1, min(MOST_CELLS, room // max(1, len(self._days))))

    def _lines(self) -> list[Content]:
        if not self.is_attached or not self.height:
            return []
        cells = self._cells()
        bar = max(1, cells - 1)
        most = max(count for _, count in self._days)
        columns: list[list[Segment]] = []
        for day, count in self._days:
            part = [Segment(count, self._ink(day))]
            columns += [part] * bar + [[]] * (cells - bar)
        plot = stacked(columns, most, self.height - 2)
        return [self._numbers(cells), *plot, self._names(cells)]

    def _ink(self, day: date) -> str:
        if day == self._chosen:
            return "$focus"
        return "$muted" if day.weekday() >= SATURDAY else "$accent"

    def _numbers(self, cells: int) -> Content:
        """Return the numbers above the bars; where bars are too narrow, those of the largest and the chosen day."""
        if cells >= NAMED:
            return Content.assemble(
                *(
                    (f"{_brief(count):^{cells - 1}} "[:cells], "bold" if day == self._chosen else "$muted")
                    for day, count in self._days
                )
            )
        largest = max(self._days, key=lambda pair: pair[1])
        chosen = next((pair for pair in self._days if pair[0] == self._chosen), largest)
        return Content.styled(f"most {largest[1]:,} on {largest[0]:%a %d %b}", "$muted") + (
            Content.styled(f" · {chosen[1]:,} on {chosen[0]:%a %d %b}", "bold")
            if chosen is not largest
            else Content("")
        )

    def _names(self, cells: int) -> Content:
        """Return the weekdays, or the dates of Mondays where days are too narrow for a weekday each."""
        if cells >= NAMED:
            return Content.assemble(
                *(
                    (f"{_name(day, cells - 1):^{cells - 1}} ", "bold $focus" if day == self._chosen else "$muted")
                    for day, _ in self._days
                )
            )
        line = [" "] * (len(self._days) * cells)
        free = 0
        for place, (day, _) in enumerate(self._days):
            text = f"{day:%d %b}"
            at = place * cells
            if (place == 0 or day.weekday() == MONDAY) and at >= free and at + len(text) <= len(line):
                line[at : at + len(text)] = text
                free = at + len(text) + 1
        return Content.styled("".join(line), "$muted")


def _name(day: date, cells: int) -> str:
    """Return the weekday, where there is room with the day of the month."""
    return f"{WEEKDAYS[day.weekday()]} {day.day}" if cells >= DATED else WEEKDAYS[day.weekday()]


def _brief(count: int) -> str:
    """Return a number in few characters; nothing for none."""
    if not count:
        return ""
    return f"{count}" if count < MANY else f"{count / MANY:.0f}k"
