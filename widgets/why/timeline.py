"""Attempts on a timeline: one row for each way they ended, time from left to right, denser signs for more of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.desk.lockouts.attempts import End
from tui.desk.text.tone import Tone
from widgets.tones import STYLE

if TYPE_CHECKING:
    from datetime import datetime

    from textual.geometry import Size

    from tui.desk.lockouts.attempts import Attempt

LABEL: Final = 15
ROWS: Final = (
    ("Signed in", frozenset({End.OK}), Tone.GOOD),
    ("Wrong password", frozenset({End.WRONG_PASSWORD, End.EXPIRED, End.OTHER}), Tone.BAD),
    ("While locked", frozenset({End.WHILE_LOCKED}), Tone.WARN),
    ("Second factor", frozenset({End.FACTOR}), Tone.BAD),
    ("Denied", frozenset({End.DENIED}), Tone.BAD),
)
SPANS: Final = (
    (timedelta(hours=1), "1 h ago"),
    (timedelta(hours=6), "6 h ago"),
    (timedelta(hours=24), "24 h ago"),
    (timedelta(days=7), "7 days ago"),
)
SIGNS: Final = ((10, "█"), (4, "▆"), (2, "▄"), (1, "▂"))


class Timeline(Widget):
    """Draws the shortest of a few spans that holds all failures; nothing at all without attempts."""

    DEFAULT_CSS = "Timeline { height: auto; }"

    attempts: reactive[tuple[Attempt, ...]] = reactive((), layout=True)
    now: reactive[datetime | None] = reactive(None)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """A row for each way that occurs, and the scale."""
        shown = len(self._rows())
        return shown + 1 if shown else 0

    def render(self) -> Content:
        """The rows and the scale."""
        rows, now, width = self._rows(), self.now, self.size.width - LABEL
        if not rows or now is None or width < LABEL:
            return Content("")
        span, since = self._span(now)
        lines = [
            Content.assemble(
                (f"{label:<{LABEL}}", "$foreground-muted"), (self._marks(ends, now, span, width), STYLE[tone])
            )
            for label, ends, tone in rows
        ]
        gap = " " * max(1, width - len(since) - len("now"))
        lines.append(Content.styled(f"{'':<{LABEL}}{since}{gap}now", "$foreground-muted"))
        return Content("\n").join(lines)

    def _rows(self) -> list[tuple[str, frozenset[End], Tone]]:
        ends = {one.end for one in self.attempts}
        return [row for row in ROWS if row[1] & ends]

    def _span(self, now: datetime) -> tuple[timedelta, str]:
        failed = [one.at for one in self.attempts if one.failed] or [one.at for one in self.attempts]
        oldest = now - min(failed)
        return next((pair for pair in SPANS if oldest <= pair[0]), SPANS[-1])

    def _marks(self, ends: frozenset[End], now: datetime, span: timedelta, width: int) -> str:
        counts = [0] * width
        for one in self.attempts:
            place = int((one.at - (now - span)) / span * width)
            if one.end in ends and -1 < place <= width:
                counts[min(place, width - 1)] += 1
        return "".join(next((sign for least, sign in SIGNS if count >= least), "·") for count in counts)
