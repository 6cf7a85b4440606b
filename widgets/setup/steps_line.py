"""The steps of the wizard in one line: those that are done, and the one that is shown."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class StepsLine(Widget):
    """Draws the titles of the steps with their numbers; a finished step has a tick."""

    DEFAULT_CSS = "StepsLine { height: 1; background: $ground; }"

    shown: reactive[int] = reactive(1)
    done: reactive[frozenset[int]] = reactive(frozenset())

    def __init__(self, titles: tuple[str, ...]) -> None:
        super().__init__()
        self._titles = titles

    def render(self) -> Content:
        """Return all titles, or only that of the step shown where there is no room."""
        all_titles = self._line(range(1, len(self._titles) + 1))
        if cell_len(all_titles.plain) <= self.size.width:
            return all_titles
        return self._line([self.shown], after=f" · step {self.shown} of {len(self._titles)}")

    def _line(self, numbers: range | list[int], after: str = "") -> Content:
        parts: list[tuple[str, str]] = [(" ", "")]
        for number in numbers:
            mark = "✓" if number in self.done else str(number)
            style = "bold reverse" if number == self.shown else "$good" if number in self.done else "$muted"
            parts += [(f" {mark} {self._titles[number - 1]} ", style)]
        return Content.assemble(*parts, after)
