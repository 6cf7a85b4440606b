"""The screen of the ledger: browse its entries, settle those with an unknown outcome, verify the chain."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.reactive import var
from textual.widgets import Input
from textual.worker import get_current_worker

from screens.act.person_keys import PersonKeys, person_bindings
from screens.asks import Visit
from tui.desk.ledger import words
from tui.desk.ledger.finding import Interest
from tui.desk.perform.perform import is_of_this_org, settle
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.trouble import Trouble
from widgets.columns import Column
from widgets.filter_box import FilterBox
from widgets.hanging_text import MARK, LabelledValues
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows
from widgets.pane import Pane
from widgets.rows import Rows
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual.binding import BindingType
    from textual.widget import Widget
    from textual.worker import Worker

    from screens.marked_choice import MarkedChoice
    from screens.save_as import ExportOffer
    from tui.desk.ledger.entry import Entry
    from tui.desk.notes.notes import Note

T = TypeVar("T")

PAGE = 200
MOST_TOLD = 3
"""Entries that could not be settled of which the line says why."""
OUTCOME_STYLE = {
    Tone.GOOD: "rows--good",
    Tone.WARN: "rows--warning",
    Tone.BAD: "rows--danger",
    Tone.MUTED: "rows--muted",
}


def _outcome(entry: Entry) -> str:
    return MARK.get(words.outcome_tone(entry), "") + words.outcome_words(entry)


COLUMNS: tuple[Column[Entry], ...] = (
    Column("No.", lambda entry: str(entry.seq), 5, right=True),
    Column("When", lambda entry: f"{entry.at.astimezone():%m-%d %H:%M:%S}", 14, drop=1, order=lambda entry: entry.at),
    Column("Action", lambda entry: plain(entry.intent.title), 10, grow=1, fit=True),
    Column("Person", lambda entry: plain(entry.intent.person_login), 18, grow=3, whole=True),
    Column("Connector", lambda entry: plain(entry.intent.connector), 9, grow=1, drop=2),
    Column("By", lambda entry: plain(entry.intent.agent), 8, grow=1, drop=3),
    Column("Outcome", _outcome, 18, fit=True, style=lambda entry: OUTCOME_STYLE[words.outcome_tone(entry)]),
    Column("Reason", lambda entry: plain(entry.intent.reason), 12, grow=3, drop=4),
)


class LedgerScreen(PersonKeys):
    """Shows the ledger of this machine, newest entries first."""

    CSS_PATH = "ledger.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/"),
        *person_bindings("w"),
        Binding("i", "settle", "Settle"),
        Binding("d", "only_open", "Open only"),
        Binding("ctrl+l", "person", "Look up"),
        Binding("v", "verify", "Verify"),
        Binding("r", "reload", "Refresh"),
        Binding("escape", "back", "Back", show=False),
    ]

    tells_marked = True
    only_open: var[bool] = var(False)
    _searching: Worker[None] | None = None

    def body(self) -> Iterable[Widget]:
        """Yield the filter, the list, and the entry under the cursor."""
        connector = self.session.connector
        whose = " the team's ledger" if connector.store else " the demo org's own ledger" if connector.made_up else ""
        yield FilterBox("entries", placeholder=f"Filter{whose}: a login, a reason, a ticket, denied", reads=True)
        with Horizontal(id="both"):
            with Pane("Done", id="list"):
                yield MarkRows(COLUMNS, key=lambda entry: str(entry.seq), empty="Reading …", id="entries")
            with Pane("Entry", id="side"), VerticalScroll(id="scroll"):
                yield LabelledValues(id="entry")
        yield MarkedLine(id="marked-line", markup=False)

    @property
    def entries(self) -> MarkRows[Entry]:
        """Return the table of entries."""
        return self.query_one("#entries", MarkRows)

    def on_mount(self) -> None:
        """Move the focus to the list."""
        self.entries.focus()

    def on_screen_resume(self) -> None:
        """Read the ledger again, as many entries as were read before, and prepare for the filter."""
        self.read(at_least=len(self.entries.rows))
        self.prepare()

    def record_changed(self) -> None:
        """Read again, too: what others did is to be seen."""
        super().record_changed()
        if self.is_mounted and self.is_current and not (self._searching and self._wanted[1]):  # else none would end
            self.read(at_least=len(self.entries.rows))

    @property
    def _wanted(self) -> tuple[bool, str]:
        """Return whether only open entries are wanted, and the filter's text."""
        return self.only_open, self.query_one("#filter", Input).value.strip()

    @work(exclusive=True, group="ledger")
    async def read(self, *, at_least: int = 0) -> None:
        """Read the newest entries from disk, in a thread: a page, or `at_least` entries."""
        only_open, text = wanted = self._wanted
        loop, worker = asyncio.get_running_loop(), get_current_worker()
        self._searching = worker

        def told(found: Sequence[Entry], searched: int) -> None:
            loop.call_soon_threadsafe(partial(show, found, searched))

        def show(found: Sequence[Entry], searched: int) -> None:
            if worker is self._searching and wanted == self._wanted:
                self.entries.empty = f"It is not in the newest {searched:,} records."
                self.entries.rows = tuple(found)
                self.long.come_as_far_as(worker, f"Searching beyond the newest {searched:,} records")

        read = False
        try:
            with self.guarded(), self.long.watch("Searching the ledger" if text else "Reading the ledger"):
                entries = await _while_wanted(
                    self.session.ledger.entries,
                    limit=max(PAGE, at_least), only_open=only_open, text=text,
                    so_far=told,
                )  # fmt: skip
                self._show(entries, only_open=only_open, text=text)
                read = True
            if not read and self.is_mounted:  # that nothing was done would be a guess
                self.entries.empty = "What was done could not be read."
        finally:
            if worker is self._searching:
                self._searching = None

    def _show(self, entries: Sequence[Entry], *, only_open: bool, text: str) -> None:
        """Show what was read, or say why there is nothing."""
        nothing = "Every outcome is known." if only_open else "Nothing was done yet."
        unlike = "No entry is like that. esc clears the filter"
        all_again = f", {key_of('ledger.only_open')} shows all" if only_open else ""
        self.entries.empty = f"{unlike}{all_again}." if text else nothing
        self.entries.rows = tuple(entries)
        if not entries:
            self._draw(None)

    @work(exclusive=True, group="older")
    async def read_older(self, before: int) -> None:
        """Read the next page; it is dropped if other entries are wanted meanwhile."""
        only_open, text = wanted = self._wanted
        with self.guarded(), self.long.watch("Reading older entries"):
            entries = await _while_wanted(
                self.session.ledger.entries, limit=PAGE, before=before, only_open=only_open, text=text
            )
            rows = self.entries.rows
            if wanted == self._wanted and rows and _oldest(rows) == before:
                self.entries.extend(entries)

    @work(exclusive=True, group="prepare")
    async def prepare(self) -> None:
        """Prepare the ledger's index, which a large ledger of an earlier keydesk does not have yet."""
        with self.guarded():
            await _while_wanted(self.session.ledger.prepare_search)

    def view_kept(self) -> dict[str, str]:
        """Return the filters."""
        return {"text": self.query_one("#filter", Input).value, "open": "only" if self.only_open else ""}

    def restore_view(self, view: Mapping[str, str]) -> None:
        """Choose the filters again."""
        self.only_open = view.get("open") == "only"
        self.query_one("#filter", Input).value = view.get("text", "")

    @on(Input.Changed, "#filter")
    def filtered(self) -> None:
        """Read the entries that match the filter."""
        self.read()

    @on(Rows.NearEnd, "#entries")
    def near_end(self) -> None:
        """Read older entries."""
        rows = self.entries.rows
        if rows and len(rows) % PAGE == 0:
            self.read_older(_oldest(rows))

    @on(Rows.Highlighted, "#entries")
    def highlighted(self, event: Rows.Highlighted[Entry]) -> None:
        """Show the entry under the cursor."""
        self._draw(event.row)
        self.refresh_bindings()

    @on(Rows.Selected, "#entries")
    def selected(self) -> None:
        """Move the focus to the entry; in a narrow terminal it takes the place of the list."""
        self.add_class("-card")
        self.query_one("#scroll").focus()

    def _draw(self, entry: Entry | None) -> None:
        lines: list[tuple[str, str, str]] = []
        if entry is not None:
            outcome = f"{entry.intent.title}: {_outcome(entry)}"
            lines += [
                ("", plain(outcome), f"bold {STYLE[words.outcome_tone(entry)].removeprefix('bold ')}"),
                ("", "", ""),
            ]
        for label, text in words.entry_lines(entry) if entry else ():
            style = STYLE[words.outcome_tone(entry)] if entry and label == "Outcome" else ""
            lines.append((label or " ", text, style))
        self.query_one("#entry", LabelledValues).show(lines)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works: only an open entry can be settled."""
        if action == "settle":
            return True if self._to_settle else None
        if action == "person":
            return True if self.is_mounted and self.entries.current is not None else None
        return super().check_action(action, parameters)

    # -- settling

    @property
    def _to_settle(self) -> tuple[Entry, ...]:
        """Return the marked entries of unknown outcome; without marks, the one under the cursor if it is such."""
        if not self.is_mounted:
            return ()
        here = self.entries.current
        rows = self.entries.marked or (() if here is None else (here,))
        return tuple(entry for entry in rows if entry.open)

    def action_settle(self) -> None:
        """Settle the marked entries, or the one under the cursor."""
        if entries := self._to_settle:
            self.settle(entries)

    @work(exclusive=True, group="settle")
    async def settle(self, entries: Sequence[Entry]) -> None:
        """Look at each entry's person, record the outcome in the ledger, and show it; what is in doubt stays open."""
        settled: list[str] = []
        left: list[str] = []
        with self.guarded(), self.long.watch("Looking at what came of it"):
            for entry in entries:
                try:
                    settled.append(await settle(self.session, entry))
                except Trouble as trouble:
                    if len(entries) == 1:
                        raise
                    left.append(f"Entry {entry.seq}: {trouble.title}")
            if len(entries) == 1:
                self.notice.show(f"Entry {entries[0].seq} is settled", settled[0], Tone.GOOD)
            else:
                said = f"{len(settled)} of {len(entries)} entries are settled"
                self.notice.show(said, " ".join(left[:MOST_TOLD]), Tone.WARN if left else Tone.GOOD)
        self.read()

    # -- the person

    @property
    def person_id(self) -> str:
        """Okta's id of the entry's person, if they are of this org."""
        entry = self.entries.current
        return entry.intent.person_id if entry is not None and is_of_this_org(self.session, entry) else ""

    def action_person(self) -> None:
        """Show the entry's person on the lookup screen, or the people of all marked entries."""
        entry = self.entries.current
        if entry is None or self.entries.marked:
            self.action_look_at_marked()
            return
        if not is_of_this_org(self.session, entry):
            self.notice.show("This person belongs to another org", f"Connect to {plain(entry.intent.org)}.", Tone.WARN)
            return
        self.open_from(self.entries)

    def visit_of(self, row: Entry) -> Visit | None:
        """Return the entry's person, if they are of this org."""
        intent = row.intent
        if not intent.person_id or not is_of_this_org(self.session, row):
            return None
        return Visit(str(row.seq), intent.person_id, intent.person_login)

    @work(exclusive=True, group="verify")
    async def action_verify(self) -> None:
        """Verify the whole chain of the ledger."""
        self.notice.show("Checking every record …")
        with self.guarded():
            verdict = await asyncio.to_thread(self.session.ledger.verify)
            if verdict.ok:
                self.notice.show(f"{verdict.count} records, nothing wrong found", f"Head {verdict.head}", Tone.GOOD)
            else:
                first = next((problem for problem in verdict.problems if problem.seq), verdict.problems[0])
                where = f"record {first.seq}: " if first.seq else ""
                findings = f"{len(verdict.problems)} findings" if len(verdict.problems) > 1 else "1 finding"
                self.notice.show(f"The ledger was changed: {findings}", f"{where}{first.what}", Tone.BAD)

    def marks(self) -> tuple[str, ...]:
        """Say that only some are shown."""
        return ("open only",) if self.only_open else ()

    def action_only_open(self) -> None:
        """Show only entries with an unknown outcome, or all entries again."""
        self.only_open = not self.only_open
        self.refresh_status()
        self.read()

    def action_reload(self) -> None:
        """Read the ledger now."""
        self.notice.clear()
        self.read()

    def notes_of(self, row: Entry) -> tuple[Note, ...]:
        """Return the ticket text of an entry, and its parts."""
        from tui.desk.notes.notes import entry_notes
        from tui.desk.notes.template import own_template

        return entry_notes(row, own_template(self.session.ticket_text))

    def name_of(self, row: Entry) -> str:
        """Return an entry's number and person."""
        return f"{row.seq} {row.intent.person_login}"

    def marked_choices(self) -> Iterable[MarkedChoice]:
        """Yield settling, and what can be done for the people."""
        from screens.marked_choice import MarkedChoice

        if count := len(self._to_settle):
            about = f"{count} of {len(self.entries.marked)}, by a look at each"
            yield MarkedChoice("i", "Settle what is not known", about, "settle")
        yield from super().marked_choices()

    def whom(self) -> tuple[str, str] | None:
        """Return the person of the entry under the cursor, if they are of this org."""
        entry = self.entries.current
        if entry is None or not is_of_this_org(self.session, entry):
            return None
        return entry.intent.person_id, entry.intent.person_name or entry.intent.person_login

    def export_offer(self) -> ExportOffer | None:
        """Return the marked entries, or else all that the filter leaves, also those that are not read yet."""
        from screens.save_as import ExportOffer
        from tui.desk.ledger.export import as_json, csv_lines

        if not self.entries.rows and not self.entries.marked:
            return None
        only_open, text = self._wanted
        marked = self.entries.marked

        def all_of_them() -> Sequence[Entry]:
            return self.entries.put_in_order(marked or self.session.ledger.entries(only_open=only_open, text=text))

        return ExportOffer(
            "ledger", "entries", all_of_them, lambda rows: "".join(csv_lines(rows)), as_json,
            filtered=bool(only_open or text), marked=len(marked),
        )  # fmt: skip

    def action_back(self) -> None:
        """Give up a long search, return from the entry to the list, or show all entries again."""
        if self.gave_up():
            return
        self.notice.clear()
        self.leave_part("-card")
        self.entries.focus()


def _oldest(rows: Sequence[Entry]) -> int:
    """Return the number of the oldest entry, wherever the order of the list has it."""
    return min(entry.seq for entry in rows)


async def _while_wanted(call: Callable[..., T], **options: object) -> T:
    """Return what a call of the ledger answers; its thread lets go when the worker that waits is cancelled."""
    interest = Interest()
    try:
        return await asyncio.to_thread(partial(call, interest=interest, **options))
    finally:
        interest.lose()
