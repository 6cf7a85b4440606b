"""The progress of a longer job in one line, drawn again only when the progress has changed."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from tui.desk.text.plain import plain
from widgets.steady_text import SteadyText

CELLS: Final = 16
"""Width of the bar; it leaves room for the note on a narrow terminal."""


class ProgressLine(SteadyText):
    """A bar, a count and a note. It has no animation, so an idle screen sends no bytes."""

    DEFAULT_CSS = "ProgressLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"

    _shown: tuple[int, int, str] | None = None

    def show(self, done: int, total: int, note: str) -> None:
        """Show `done` of `total` and a note, which is made harmless here."""
        if (done, total, note) == self._shown:
            return
        self._shown = (done, total, note)
        full = CELLS * done // total if total else CELLS
        bar = ("━" * full, "$good"), ("─" * (CELLS - full), "$muted")
        self.update(Content.assemble(*bar, (f" {done} of {total}", "bold"), f"  {plain(note)}"))
