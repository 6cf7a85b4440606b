"""Sign-in attempts on a timeline: one row for each kind of result, and higher blocks for more attempts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.desk.lockouts.ends import ALARMS, DIRECTORY_ENDS, FACTOR_ENDS, End
from tui.desk.text.tone import Tone
from widgets.tones import STYLE

if TYPE_CHECKING:
    from datetime import datetime

    from textual.geometry import Size

    from tui.desk.lockouts.attempts import Attempt

LABEL: Final = 15
ROWS: Final = (
    ("Signed in", frozenset({End.OK}), Tone.GOOD),
    ("Begun", frozenset({End.OPEN}), Tone.WARN),
    ("Wrong password", frozenset({End.WRONG_PASSWORD, End.EXPIRED}), Tone.BAD),
    ("While locked", frozenset({End.WHILE_LOCKED}), Tone.WARN),
    ("Second factor", FACTOR_ENDS, Tone.BAD),
    ("Alarm", ALARMS, Tone.BAD),
    ("Directory", DIRECTORY_ENDS, Tone.BAD),
    ("Denied", frozenset({End.DENIED, End.NOT_ASSIGNED}), Tone.BAD),
    ("Failed", frozenset({End.NO_SUCH_NAME, End.UNCLEAR, End.OTHER}), Tone.BAD),
)
SPANS: Final = (
    (timedelta(hours=1), "1 h ago"),
    (timedelta(hours=6), "6 h ago"),
    (timedelta(hours=24), "24 h ago"),
    (timedelta(days=7), "7 days ago"),
)
SIGNS: Final = ((10, "█"), (4, "▆"), (2, "▄"), (1, "▂"))


class Timeline(Widget):
    """Draws the shortest time span that holds all failures; empty without attempts."""

    DEFAULT_CSS = "Timeline { height: auto; }"

    attempts: reactive[tuple[Attempt, ...]] = reactive((), layout=True)
    now: reactive[datetime | None] = reactive(None)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """Return a line for each kind of result that occurs, and one for the scale."""
        shown = len(self._rows())
        return shown + 1 if shown else 0

    def render(self) -> Content:
        """Return the rows and the scale."""
        rows, now, width = self._rows(), self.now, self.size.width - LABEL
        if not rows or now is None or width < LABEL:
            return Content("")
        span, since = self._span(now)
        lines = [
            Content.assemble((f"{label:<{LABEL}}", "$muted"), (self._marks(ends, now, span, width), STYLE[tone]))
            for label, ends, tone in rows
        ]
        gap = " " * max(1, width - len(since) - len("now"))
        lines.append(Content.styled(f"{'':<{LABEL}}{since}{gap}now", "$muted"))
        return Content("\n").join(lines)

    def _rows(self) -> list[tuple[str, frozenset[End], Tone]]:
        ends = {attempt.end for attempt in self.attempts}
        return [row for row in ROWS if row[1] & ends]

    def _span(self, now: datetime) -> tuple[timedelta, str]:
        failed = [attempt.at for attempt in self.attempts if attempt.failed]
        oldest = now - min(failed or [attempt.at for attempt in self.attempts])
        return next((pair for pair in SPANS if oldest <= pair[0]), SPANS[-1])

    def _marks(self, ends: frozenset[End], now: datetime, span: timedelta, width: int) -> str:
        counts = [0] * width
        for attempt in self.attempts:
            place = int((attempt.at - (now - span)) / span * width)
            if attempt.end in ends and -1 < place <= width:
                counts[min(place, width - 1)] += 1
        return "".join(next((sign for least, sign in SIGNS if count >= least), "·") for count in counts)
