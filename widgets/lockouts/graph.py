"""A graph of the lockouts of the last 24 hours by cause, in rows of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from tui.desk.lockouts.causes import LockoutCause
from tui.desk.lockouts.words import CAUSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from tui.desk.lockouts.view import Tally

BLOCKS: Final = " ▁▂▃▄▅▆▇█"
HALF_HOURS: Final = 48
_LABEL: Final = 22
_MOST: Final = 4
"""Most lines: one for all lockouts, and one each for the three commonest causes."""
_WIDE: Final = 100
_TALL: Final = 30
_STYLE: Final = {LockoutCause.ATTACK: "$bad", LockoutCause.MISTYPED: "$good", None: "$accent"}


def blocks(counts: Sequence[int], most: int) -> str:
    """Return counts as a row of blocks, one cell each, scaled to `most`; only 0 is blank."""
    top = len(BLOCKS) - 1
    return "".join(BLOCKS[0 if count <= 0 else max(1, round(top * min(count, most) / most))] for count in counts)


class LockoutGraph(Static):
    """A line for all lockouts and one for each common cause; on small terminals one line with numbers.

    It is drawn again only when it would look different.
    """

    DEFAULT_CSS = """
    LockoutGraph {
        height: auto; padding: 0 1; background: $ground; color: $text;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    tallies: var[tuple[Tally, ...]] = var[tuple["Tally", ...]]((), init=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)

    def watch_tallies(self) -> None:
        """Draw the new numbers."""
        self.update(self.graph())

    def on_resize(self, event: events.Resize) -> None:
        """Draw again if the new size has room for another number of lines."""
        if event.size.width and self.graph() != self.content:
            self.update(self.graph())

    def graph(self) -> Content:
        """Return the graph for the terminal's size."""
        if not self.tallies:
            return Content("")
        size = self.app.size
        if size.width < _WIDE or size.height < _TALL:
            return self._line()
        most = max(1, *self.tallies[0].counts)
        lines = []
        for tally in self.tallies[:_MOST]:
            label = "Last 24 h" if tally.cause is None else CAUSE[tally.cause]
            style = _STYLE.get(tally.cause, "$warn")
            lines.append(
                Content.assemble(
                    (f"{label:<{_LABEL}} ", "bold" if tally.cause is None else "$muted"),
                    (blocks(tally.counts, most), style),
                    f" {tally.total:>4}",
                )
            )
        return Content("\n").join(lines)

    def _line(self) -> Content:
        whole, *parts = self.tallies
        hours = [sum(pair) for pair in zip(whole.counts[::2], whole.counts[1::2], strict=False)]
        numbers = "".join(f" · {tally.total} {CAUSE[tally.cause]}" for tally in parts if tally.cause)
        return Content.assemble(
            ("24 h ", "bold"),
            (blocks(hours, max(1, *hours)), _STYLE[None]),
            f" {whole.total}",
            (numbers, "$muted"),
        )
