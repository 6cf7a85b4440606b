"""How far a longer piece of work is: one line, drawn anew only when something has happened."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.widgets import Static

from tui.desk.text.plain import plain

CELLS: Final = 16
"""Of the bar; what goes on has to fit a narrow terminal beside it."""


class ProgressLine(Static):
    """A bar of cells, a count, and what is going on. Nothing in it moves by itself."""

    DEFAULT_CSS = "ProgressLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    _shown: tuple[int, int, str] | None = None

    def show(self, done: int, total: int, note: str) -> None:
        """Show how far it is; `note` is made harmless here."""
        if (done, total, note) == self._shown:
            return
        self._shown = (done, total, note)
        full = CELLS * done // total if total else CELLS
        bar = ("━" * full, "$text-success"), ("─" * (CELLS - full), "$foreground-muted")
        self.update(Content.assemble(*bar, (f" {done} of {total}", "bold"), f"  {plain(note)}"))
