"""The steps of the wizard in one line: those that are done, and the one that is shown; a click opens one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from textual import events


class StepsLine(Widget):
    """Draws the titles of the steps with their numbers; a finished step has a tick."""

    DEFAULT_CSS = "StepsLine { height: 1; background: $ground; }"

    shown: reactive[int] = reactive(1)
    done: reactive[frozenset[int]] = reactive(frozenset())

    class Opened(Message):
        """Posted when a step's title was clicked."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, titles: tuple[str, ...]) -> None:
        super().__init__()
        self._titles = titles

    def render(self) -> Content:
        """Return all titles, or only that of the step shown where there is no room."""
        all_titles = self._line(range(1, len(self._titles) + 1))
        if cell_len(all_titles.plain) <= self.size.width:
            return all_titles
        return self._line([self.shown], after=f" · step {self.shown} of {len(self._titles)}")

    def on_click(self, event: events.Click) -> None:
        """Ask for the step under the mouse."""
        whole, end = self.render().plain == self._line(range(1, len(self._titles) + 1)).plain, 1
        for number in range(1, len(self._titles) + 1):
            start, end = end, end + self._line([number]).cell_length - 1
            if whole and start <= event.x < end:
                self.post_message(self.Opened(number))

    def _line(self, numbers: range | list[int], after: str = "") -> Content:
        parts: list[tuple[str, str]] = [(" ", "")]
        for number in numbers:
            mark = "✓" if number in self.done else str(number)
            style = "bold reverse" if number == self.shown else "$good" if number in self.done else "$muted"
            parts += [(f" {mark} {self._titles[number - 1]} ", style)]
        return Content.assemble(*parts, after)
