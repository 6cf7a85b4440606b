"""The screen of the API calls: each request of this session to Okta, how it ended, why it waited or was refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input

from screens.base import DeskScreen
from tui.desk.connectors.connector import SignInKind
from tui.desk.notes import curl
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.okta.call_log import KEPT
from widgets.columns import Column
from widgets.filter_box import FilterBox
from widgets.hanging_text import LabelledValues
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows
from widgets.pane import Pane
from widgets.rows import Rows
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.timer import Timer
    from textual.widget import Widget

    from screens.save_as import ExportOffer
    from tui.desk.notes.notes import Note
    from tui.okta.call_log import CallRecord

DRAW: Final = 0.25
"""Seconds for which changes are gathered before the list is drawn again."""
TONE_STYLE = {
    Tone.GOOD: "rows--good",
    Tone.WARN: "rows--warning",
    Tone.BAD: "rows--danger",
    Tone.MUTED: "rows--muted",
}


def _time(record: CallRecord) -> str:
    when = datetime.fromtimestamp(record.at, UTC).astimezone()
    return f"{when:%H:%M:%S}"


def _took(record: CallRecord) -> str:
    return "" if record.milliseconds is None else f"{record.milliseconds:,}"


COLUMNS: tuple[Column[CallRecord], ...] = (
    Column("Time", _time, 8, drop=1, order=lambda record: record.number),
    Column("Method", lambda record: plain(record.method, limit=10), 6),
    Column("Path", lambda record: plain(record.target, limit=300), 24, grow=4),
    Column(
        "Status",
        curl.outcome,
        9,
        fit=True,
        style=lambda record: TONE_STYLE[curl.outcome_tone(record)],
    ),
    Column("ms", _took, 6, right=True, order=lambda record: record.milliseconds),
    Column("Request id", lambda record: plain(record.request_id), 10, drop=3),
    Column("Waited, refused", curl.why, 16, grow=1, drop=2),
)


class CallsScreen(DeskScreen):
    """Shows what keydesk asked of Okta in this session, the newest call first."""

    CSS_PATH = "calls.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("c", "copy_note", "Copy as curl"),
        Binding("y", "choose_note", "Copy a part"),
        Binding("escape", "back", "Back", show=False),
    ]
    _drawing: Timer | None = None

    def body(self) -> Iterable[Widget]:
        """Yield the filter, the list, and the call under the cursor."""
        yield FilterBox("calls", placeholder="Filter: a method, a path, a status, refused, waited")
        with Vertical(id="both"):
            with Pane("API calls", id="list"):
                yield MarkRows(
                    COLUMNS,
                    key=lambda record: str(record.number),
                    empty="Nothing was asked yet.",
                    words=_words,
                    id="calls",
                )
            with Pane("Call", id="side"), VerticalScroll(id="scroll"):
                yield LabelledValues(id="call")
        yield MarkedLine(id="marked-line", markup=False)

    @property
    def calls(self) -> MarkRows[CallRecord]:
        """Return the table of calls."""
        return self.query_one("#calls", MarkRows)

    def on_mount(self) -> None:
        """Move the focus to the list."""
        self.calls.focus()

    def on_screen_resume(self) -> None:
        """Show the calls, and from now on each change."""
        self.session.client.calls.on_change = self._changed
        self._show()

    def on_screen_suspend(self) -> None:
        """Draw nothing while hidden."""
        self.session.client.calls.on_change = lambda: None
        if self._drawing is not None:
            self._drawing.stop()
            self._drawing = None

    def _changed(self) -> None:
        if self._drawing is None:
            self._drawing = self.set_timer(DRAW, self._show)

    def _show(self) -> None:
        self._drawing = None
        if not self.is_mounted:
            return
        self.calls.rows = tuple(self.session.client.calls)
        self._count()
        self._draw(self.calls.current)

    def _count(self) -> None:
        log = self.session.client.calls
        forgotten = f" of {log.count:,}, the newest {KEPT} are kept" if log.count > KEPT else ""
        self.query_one("#list", Pane).tell(note=f"{len(self.calls.rows):,}{forgotten}")

    def _draw(self, record: CallRecord | None) -> None:
        lines: list[tuple[str, str, str]] = []
        for label, text in curl.call_lines(record) if record else ():
            tone = curl.outcome_tone(record) if record and label in {"Outcome", "Refused", "Trouble"} else Tone.PLAIN
            lines.append((label or " ", text, STYLE[tone]))
        self.query_one("#call", LabelledValues).show(lines)

    @on(Input.Changed, "#filter")
    def filtered(self) -> None:
        """Say how many calls are like the text, and show the one under the cursor."""
        self._count()
        self._draw(self.calls.current)

    @on(Rows.Highlighted, "#calls")
    def highlighted(self, event: Rows.Highlighted[CallRecord]) -> None:
        """Show the call under the cursor."""
        self._draw(event.row)

    @on(Rows.Selected, "#calls")
    def selected(self) -> None:
        """Move the focus to the whole call; in a small terminal it takes the place of the list."""
        self.add_class("-card")
        self.query_one("#scroll").focus()

    def notes_of(self, row: CallRecord) -> tuple[Note, ...]:
        """Return a call as a command for curl, and its parts."""
        connector = self.session.connector
        scheme = "SSWS" if connector.kind is SignInKind.API_TOKEN else "Bearer"
        return curl.call_notes(row, connector.org, scheme=scheme)

    def name_of(self, row: CallRecord) -> str:
        """Return a call's time and method."""
        return f"{_time(row)} {row.method}"

    def export_offer(self) -> ExportOffer | None:
        """Return the marked calls, or else those that the filter leaves."""
        from screens.save_as import ExportOffer

        return ExportOffer.of("calls", self.calls, curl.listing)

    def action_back(self) -> None:
        """Return from the call to the list, or clear the filter."""
        self.notice.clear()
        self.leave_part("-card")
        self.calls.focus()


def _words(record: CallRecord) -> str:
    """Return what the filter finds a call by, beside what the columns show."""
    return " ".join(word for word, found in (("waited", record.waits), ("refused", record.refused)) if found)
