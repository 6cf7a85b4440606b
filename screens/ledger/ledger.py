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

from screens.act.person_keys import PersonKeys, person_bindings
from screens.base import Visit
from tui.desk.ledger import words
from tui.desk.ledger.finding import Interest
from tui.desk.perform.perform import is_of_this_org, settle
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.columns import Column
from widgets.field import Field
from widgets.hanging_text import MARK, LabelledValues
from widgets.pane import Pane
from widgets.rows import Rows
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual.binding import BindingType
    from textual.widget import Widget

    from screens.save_as import ExportOffer
    from tui.desk.ledger.entry import Entry
    from tui.desk.notes.notes import Note

T = TypeVar("T")

PAGE = 200
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

    only_open: var[bool] = var(False)

    def body(self) -> Iterable[Widget]:
        """Yield the filter, the list, and the entry under the cursor."""
        whose = " the demo org's own ledger" if self.session.connector.made_up else ""
        yield Field(placeholder=f"Filter{whose}: a login, a name, a reason, a ticket", id="filter", slash=True)
        with Horizontal(id="both"):
            with Pane("Done", id="list"):
                yield Rows(COLUMNS, key=lambda entry: str(entry.seq), empty="Nothing was done yet.", id="entries")
            with Pane("Entry", id="side"), VerticalScroll(id="scroll"):
                yield LabelledValues(id="entry")

    @property
    def entries(self) -> Rows[Entry]:
        """Return the table of entries."""
        return self.query_one("#entries", Rows)

    def on_mount(self) -> None:
        """Move the focus to the list."""
        self.entries.focus()

    def on_screen_resume(self) -> None:
        """Read the ledger again, as many entries as were read before, and prepare for the filter."""
        self.read(at_least=len(self.entries.rows))
        self.prepare()

    @property
    def _wanted(self) -> tuple[bool, str]:
        """Return whether only open entries are wanted, and the filter's text."""
        return self.only_open, self.query_one("#filter", Input).value.strip()

    @work(exclusive=True, group="ledger")
    async def read(self, *, at_least: int = 0) -> None:
        """Read the newest entries from disk, in a thread: a page, or `at_least` entries."""
        only_open, text = self._wanted
        with self.guarded():
            entries = await _while_wanted(
                self.session.ledger.entries, limit=max(PAGE, at_least), only_open=only_open, text=text
            )
            nothing = "Every outcome is known." if only_open else "Nothing was done yet."
            unlike = "No entry is like that. / changes the filter"
            self.entries.empty = f"{unlike}{', d shows all' if only_open else ''}." if text else nothing
            self.entries.rows = tuple(entries)
            if not entries:
                self._draw(None)

    @work(exclusive=True, group="older")
    async def read_older(self, before: int) -> None:
        """Read the next page; it is dropped if other entries are wanted meanwhile."""
        only_open, text = wanted = self._wanted
        with self.guarded():
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

    @on(Input.Submitted, "#filter")
    def to_list(self) -> None:
        """Move the focus to the list."""
        self.entries.focus()

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
        entry = self.entries.current if self.is_mounted else None
        if action == "settle":
            return True if entry is not None and entry.open else None
        if action == "person":
            return True if entry is not None else None
        return super().check_action(action, parameters)

    def action_settle(self) -> None:
        """Settle the entry under the cursor."""
        entry = self.entries.current
        if entry is not None and entry.open:
            self.settle(entry)

    @work(exclusive=True, group="settle")
    async def settle(self, entry: Entry) -> None:
        """Read the person, record the outcome in the ledger, and show it."""
        with self.guarded():
            outcome = await settle(self.session, entry)
            self.notice.show(f"Entry {entry.seq} is settled", outcome, Tone.GOOD)
            self.read()

    @property
    def person_id(self) -> str:
        """Okta's id of the entry's person, if they are of this org."""
        entry = self.entries.current
        return entry.intent.person_id if entry is not None and is_of_this_org(self.session, entry) else ""

    def action_person(self) -> None:
        """Show the entry's person on the lookup screen."""
        entry = self.entries.current
        if entry is None:
            return
        if not is_of_this_org(self.session, entry):
            self.notice.show("This person belongs to another org", f"Connect to {plain(entry.intent.org)}.", Tone.WARN)
            return
        self.open_from(self.entries, self._visit)

    def _visit(self, entry: Entry) -> Visit | None:
        intent = entry.intent
        if not intent.person_id or not is_of_this_org(self.session, entry):
            return None
        return Visit(str(entry.seq), intent.person_id, intent.person_login)

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

    def action_filter(self) -> None:
        """Move the focus to the filter."""
        self.query_one("#filter", Input).focus()

    async def row_notes(self) -> tuple[Note, ...]:
        """Return the ticket text of the entry under the cursor, and its parts."""
        from tui.desk.notes.notes import entry_notes
        from tui.desk.notes.template import own_template

        entry = self.entries.current
        return entry_notes(entry, own_template(self.session.ticket_text)) if entry else ()

    def whom(self) -> tuple[str, str] | None:
        """Return the person of the entry under the cursor, if they are of this org."""
        entry = self.entries.current
        if entry is None or not is_of_this_org(self.session, entry):
            return None
        return entry.intent.person_id, entry.intent.person_name or entry.intent.person_login

    def export_offer(self) -> ExportOffer | None:
        """Return all entries that the filter leaves, also those that are not read yet."""
        from screens.save_as import ExportOffer
        from tui.desk.ledger.export import as_json, csv_lines

        if not self.entries.rows:
            return None
        only_open, text = self._wanted

        def all_of_them() -> Sequence[Entry]:
            return self.entries.put_in_order(self.session.ledger.entries(only_open=only_open, text=text))

        return ExportOffer(
            "ledger", "entries", all_of_them, lambda rows: "".join(csv_lines(rows)), as_json,
            filtered=bool(only_open or text),
        )  # fmt: skip

    def action_back(self) -> None:
        """Return from the entry or the filter to the list."""
        self.notice.clear()
        self.remove_class("-card")
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
