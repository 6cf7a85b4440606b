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
DAY: Final = 24
EVERY: Final = (1, 2, 3, 6)
"""Hours that may lie between two labels of the scale."""
ROOM: Final = 10
"""The least cells between two labels."""
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
        lines.append(Content.styled(f"{'':<{LABEL}}{_axis(now, span, since, width)}", "$muted"))
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


def _axis(now: datetime, span: timedelta, since: str, width: int) -> str:
    """Return the scale: how long ago it begins, up to a day the full hours for which there is room, and `now`."""
    line = list(f"{since}{'now':>{max(4, width - len(since))}}")
    hours = round(span.total_seconds() / 3600)
    every = next((step for step in EVERY if step * width / hours >= ROOM), hours)
    at = now.astimezone().replace(minute=0, second=0, microsecond=0)
    while hours <= DAY and now - at < span:
        label = f" {at:%H:%M} "
        place = int((at - (now - span)) / span * width) - 1
        if at.hour % every == 0 and place >= 0 and "".join(line[place : place + len(label)]) == " " * len(label):
            line[place : place + len(label)] = label
        at -= timedelta(hours=1)
    return "".join(line)
