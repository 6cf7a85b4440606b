"""The screen of expiring passwords: a scan of the whole org, its histogram by day, and the people."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.reactive import var
from textual.widgets import Input, Static

from screens.act.person_keys import PersonKeys, person_bindings
from screens.asks import Command, Visit
from tui.desk.expiry.expiry import WORDS, Age
from tui.desk.expiry.export import as_csv, as_json
from tui.desk.expiry.scan import expiry_scan
from tui.desk.expiry.store import forget_scan, load_scan, save_scan
from tui.desk.notices.notice import Topic
from tui.desk.text.named_keys import key_of
from widgets.expiry.columns import expiry_columns
from widgets.expiry.histogram import Histogram
from widgets.filter_box import FilterBox
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows
from widgets.pane import Pane
from widgets.progress import ProgressLine
from widgets.rows import Rows
from widgets.steady_text import SteadyText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from screens.save_as import ExportOffer
    from tui.desk.expiry.expiry import Expiry
    from tui.desk.expiry.scan import ExpiryScan, ScanProgress
    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person
    from tui.desk.session import Session

DAYS: Final = (7, 14, 30, 90)
COUNT_WORDS: Final = {
    Age.EXPIRES: "expire later or soon",
    Age.OVERDUE: "past their age, not asked yet",
    Age.EXPIRED: "expired",
    Age.NEVER: "never expire",
    Age.DIRECTORY: "Active Directory",
    Age.LDAP: "LDAP",
    Age.OUTSIDE: "other providers",
    Age.NEVER_SET: "no password set",
    Age.UNKNOWN: "not known",
    Age.NO_POLICY: "no policy",
    Age.STATUS: "do not sign in",
}


class ExpiryScreen(PersonKeys):
    """Scans only when the agent starts it, since a scan uses a share of the org's rate limit; it can be continued."""

    CSS_PATH = "expiry.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "Stop"),
        Binding("r", "scan", "Scan"),
        Binding("d", "days", "Days"),
        Binding("left", "next_day(-1)", "Day before", show=False),
        Binding("right", "next_day(1)", "Next day", show=False),
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("enter", "open", "Person", show=False),
        *person_bindings("w", "n"),
        Binding("x", "export", "Export"),
        Binding("escape", "back", "Back", show=False),
    ]

    tells_marked = True
    days: var[int] = var(14)
    day: var[date | None] = var(None)
    """The only day whose passwords are listed; `None` for all days."""
    busy: var[bool] = var(False, toggle_class="-busy")

    def __init__(self, session: Session, changed: Signal[Person]) -> None:
        super().__init__(session, changed)
        self._scan: ExpiryScan | None = None
        self._day_wanted: date | None = None  # the day of the last time, until a scan has it

    def body(self) -> Iterable[Widget]:
        """Yield the summary, the progress, the histogram, the fields and the list."""
        yield SteadyText(id="summary", markup=False)
        yield ProgressLine(id="progress", markup=False)
        yield Histogram(id="histogram")
        yield FilterBox("people", placeholder="Filter: a name, a login, a policy, a department")
        columns = expiry_columns(lambda: self._scan.started if self._scan else None, self.session.badges)
        with Pane("Passwords", id="list"):
            yield MarkRows(columns, key=lambda r: r.user.id, words=lambda r: r.age.value, id="people")
        yield MarkedLine(id="marked-line", markup=False)

    @property
    def people(self) -> MarkRows[Expiry]:
        """Return the table of people."""
        return self.query_one("#people", MarkRows)

    def on_mount(self) -> None:
        """Move the focus to the list, and show a scan that was stopped earlier."""
        self.people.empty = f"{key_of('expiry.scan')} scans the org: 200 people a call, in the background."
        self.people.focus()
        self._scan = load_scan(self.session, self.days)
        self._show()
        if self._scan is not None:
            self.mark_admins()

    def on_screen_resume(self) -> None:
        """Show what other screens have read meanwhile of the people in the list."""
        self._show()

    @work(group="admins")
    async def mark_admins(self) -> None:
        """Have administrators marked in the list; only the first question of a session sends requests."""
        await self.session.admins.ask(self.session.client)
        self._show()

    # -- scanning

    def action_scan(self) -> None:
        """Start a scan, or continue one that was stopped."""
        if self.busy:
            return
        self.notice.clear()
        with self.guarded():
            if self._scan is None or self._scan.done or self._scan.days < self.days:
                self._scan = expiry_scan(self.session, self.days)
            self.scan(self._scan)

    @work(exclusive=True, group="scan")
    async def scan(self, scan: ExpiryScan) -> None:
        """Run a scan page by page; after a stop or a failure, its place is stored."""
        self.busy = True
        self.mark_admins()
        try:
            with self.guarded():
                await scan.run(self._show_progress)
                forget_scan(self.session)
        finally:
            self.busy = False
            if not scan.done:
                save_scan(self.session, scan)
            self._show()

    def _show_progress(self, progress: ScanProgress) -> None:
        left = f", about {_duration_words(progress.left)} left" if progress.left else ""
        self.query_one(ProgressLine).show(progress.people, progress.of or progress.people, f"{progress.note}{left}")
        self._show()

    def action_stop(self) -> None:
        """Stop the scan; r continues it."""
        if self.busy:
            self.workers.cancel_group(self, "scan")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works now."""
        if action == "stop":
            return self.busy and self.focused is self.people  # in a field, escape leaves the field
        if action in {"scan", "days"}:
            return None if self.busy else True
        if action == "export":
            return True if self._scan is not None and self._scan.rows else None
        if action == "open":
            return True if self.is_mounted and self.people.current is not None else None
        return super().check_action(action, parameters)

    def watch_busy(self) -> None:
        """Update the keys, which depend on whether a scan runs."""
        self.refresh_bindings()

    def action_days(self) -> None:
        """Choose the next number of days; only more days than were scanned need another scan."""
        self.days = DAYS[(DAYS.index(self.days) + 1) % len(DAYS)]
        self._show()

    # -- showing

    def _show(self) -> None:
        scan = self._scan
        if not self.is_attached:
            return
        self.query_one("#summary", Static).update(self._summary())
        days = self._days_shown()
        if self._day_wanted is not None and any(day == self._day_wanted and count for day, count in days):
            self.set_reactive(ExpiryScreen.day, self._day_wanted)
            self._day_wanted = None
        if self.day is not None and all(day != self.day for day, _ in days):
            self.set_reactive(ExpiryScreen.day, None)
        self.query_one(Histogram).show(days, self.day)
        self.people.rows = tuple(row for row in scan.rows if self._is_shown(row)) if scan else ()
        if scan is not None and scan.started is not None:
            nobody = f"Nobody's password expires within {scan.days} days."
            self.people.empty = nobody if scan.done else "Nobody so far."
        self.refresh_bindings()

    def _days_shown(self) -> tuple[tuple[date, int], ...]:
        """Return the days of the chart: those chosen, as far as the scan went."""
        scan = self._scan
        return scan.histogram[: min(self.days, scan.days) + 1] if scan else ()

    def _is_shown(self, row: Expiry) -> bool:
        """Return whether a person's password expires on the chosen day, or within the chosen days."""
        scan = self._scan
        if scan is None or scan.started is None:
            return True
        expires = row.expires.astimezone().date() if row.expires is not None else None
        if self.day is not None:
            return expires == self.day
        return (
            self.days >= scan.days or expires is None or (expires - scan.started.astimezone().date()).days <= self.days
        )

    def watch_day(self) -> None:
        """List the passwords of the chosen day."""
        if self.day is not None:
            self._day_wanted = None
        self._show()

    def action_next_day(self, step: int) -> None:
        """Choose the next day with passwords that expire, or the one before; beyond the ends, all days again."""
        days = [day for day, count in self._days_shown() if count]
        if not days:
            return
        place = days.index(self.day) + step if self.day in days else 0 if step > 0 else len(days) - 1
        self.day = days[place] if 0 <= place < len(days) else None

    @on(Histogram.DayChosen)
    def day_chosen(self, event: Histogram.DayChosen) -> None:
        """List the passwords of the day that was clicked, or of all days again."""
        self.day = None if event.day == self.day else event.day

    def _summary(self) -> str:
        scan, again = self._scan, key_of("expiry.scan")
        if scan is None or scan.started is None:
            return f"Not scanned yet. Within {self.days} days; {key_of('expiry.days')} changes that, {again} scans."
        soon = sum(count for _, count in self._days_shown())
        only = f"only {self.day:%A %d %b} is listed, esc lists all · " if self.day else ""
        within = min(self.days, scan.days)
        state = "" if scan.done else " · still scanning, esc stops" if self.busy else f" · stopped, {again} goes on"
        other = f" · {again} scans for {self.days} days" if self.days > scan.days else ""
        parts = [f"{scan.counts[age]:,} {words}" for age, words in COUNT_WORDS.items() if scan.counts[age]]
        as_of = f"estimated · as of {scan.started.astimezone():%H:%M}{state}{other}"
        first_line = f"{only}{soon} expire within {within} days, {as_of}"
        return "\n".join([first_line, " · ".join(parts[1:] if scan.counts[Age.EXPIRES] else parts), *scan.missing])

    def view_kept(self) -> dict[str, str]:
        """Return the days, the chosen day and the filter."""
        day = self.day or self._day_wanted
        return {
            "days": str(self.days),
            "day": day.isoformat() if day else "",
            "text": self.query_one("#filter", Input).value,
        }

    def restore_view(self, view: Mapping[str, str]) -> None:
        """Choose the days, the day and the filter again; the day waits for a scan that has it."""
        self.days = next((days for days in DAYS if str(days) == view.get("days")), self.days)
        with suppress(ValueError):
            self._day_wanted = date.fromisoformat(view.get("day", ""))
        self._show()
        self.query_one("#filter", Input).value = view.get("text", "")

    def action_back(self) -> None:
        """Show all people again whom a filter hides, then those of all days."""
        self.notice.clear()
        box = self.filter_box
        if box is None or not box.clear_text():
            self.day = self._day_wanted = None
        self.people.focus()

    @on(Rows.Highlighted, "#people")
    def highlighted(self, event: Rows.Highlighted[Expiry]) -> None:
        """Explain the age of the person's password in words, and update the keys."""
        if event.row is not None and event.row.age is not Age.EXPIRES:
            self.notice.show(f"{event.row.user.name}: {WORDS[event.row.age]}")
        else:
            self.notice.clear()
        self.refresh_bindings()

    @on(Rows.Selected, "#people")
    def action_open(self) -> None:
        """Open the person under the cursor."""
        self.open_from(self.people)

    def visit_of(self, row: Expiry) -> Visit:
        """Return the person of a row."""
        return Visit(row.user.id, row.user.id, row.user.login)

    def name_of(self, row: Expiry) -> str:
        """Return the person's name."""
        return row.user.name

    def marked_topic(self) -> str:
        """Return what all who are marked are told about first."""
        return Topic.EXPIRY.value

    @property
    def person_id(self) -> str:
        """Okta's id of the person under the cursor."""
        return self.people.current.user.id if self.people.current is not None else ""

    def notice_topic(self, person: Person) -> str:
        """Return what a person is told about first: the last action, if it was for them, else the expiry."""
        topic = self.flow.topic(person)
        return Topic.EXPIRY.value if topic == Topic.LOCKOUT.value else topic

    def notes_of(self, row: Expiry) -> tuple[Note, ...]:
        """Return the parts of a person, with when their password expires."""
        from tui.desk.notes.notes import user_notes

        words = (
            WORDS[row.age]
            if row.expires is None
            else f"password expires {row.expires.astimezone():%Y-%m-%d}, estimated"
        )
        return user_notes(row.user, words)

    # -- exporting

    def export_offer(self) -> ExportOffer | None:
        """Return the marked people, or else those whom the filter and the chosen day leave."""
        from screens.save_as import ExportOffer

        scan, marked = self._scan, len(self.people.marked)
        rows = tuple(self.people.marked or self.people.rows)
        if scan is None or not rows:
            return None
        return ExportOffer(
            "expiry", "people", lambda: rows, lambda shown: as_csv(scan, shown), lambda shown: as_json(scan, shown),
            filtered=len(rows) < len(scan.rows), marked=marked,
        )  # fmt: skip

    def whom(self) -> tuple[str, str] | None:
        """Return the person under the cursor."""
        row = self.people.current
        return (row.user.id, row.user.name) if row else None

    def palette_commands(self) -> Iterable[Command]:
        """Yield the actions of the keys."""
        yield Command("Scan for expiring passwords", f"Within {self.days} days", "scan")
        if self._scan is not None and self._scan.rows:
            yield Command("Export expiring passwords", "CSV or JSON", "export")


def _duration_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - a minute and a half
