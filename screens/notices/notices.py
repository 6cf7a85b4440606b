"""The screen with the history of notices; those with an unknown outcome come first until they are settled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.reactive import var
from textual.widgets import Input

from screens.act.person_keys import ABOUT_A_PERSON, PersonKeys, person_bindings
from screens.asks import Visit
from tui.desk.connectors import settings
from tui.desk.notices.history import history, outcome_tone, outcome_words, settle, way_and_address
from tui.desk.notices.outbox import find
from tui.desk.notices.rules import load_for
from tui.desk.perform.perform import is_of_this_org
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.columns import Column
from widgets.drawn import Drawn
from widgets.filter_box import FilterBox
from widgets.key_queue import Taking
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows
from widgets.pane import Pane
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from screens.marked_choice import MarkedChoice
    from screens.save_as import ExportOffer
    from tui.desk.ledger.entry import Entry
    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from widgets.key_queue import Typed

_STYLE = {Tone.GOOD: "rows--good", Tone.WARN: "rows--warning", Tone.BAD: "rows--danger"}
COLUMNS: tuple[Column[Entry], ...] = (
    Column("When", lambda entry: f"{entry.at.astimezone():%m-%d %H:%M}", 11, order=lambda entry: entry.at),
    Column("About", lambda entry: plain(entry.intent.title.removeprefix("Notice: ")), 14, grow=1, drop=2),
    Column("Person", lambda entry: plain(entry.intent.person_login or "the help desk"), 18, grow=3, whole=True),
    Column("Outcome", outcome_words, 12, grow=1, style=lambda entry: _STYLE.get(outcome_tone(entry), "")),
    Column("Way", lambda entry: way_and_address(entry)[0], 8, drop=3),
    Column("To", lambda entry: way_and_address(entry)[1], 18, grow=3, drop=1),
    Column("Answer", lambda entry: plain(entry.detail), 12, grow=2, drop=4),
)
NO_MATCH: Final = "No notice is like that. esc clears the filter."


def nothing_sent() -> str:
    """Return what stands where no notice was sent yet."""
    sends = f"{key_of('person.notice')} on a person sends one notice"
    return f"Nothing was sent yet: {sends}, keydesk notify all that are due."


class NoticesScreen(PersonKeys):
    """Shows the notices in this machine's ledger."""

    CSS_PATH = "notices.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "show", "Text"),
        Binding("slash", "filter", "Filter", key_display="/"),
        *person_bindings("w"),
        Binding("plus", "settle(True)", "It arrived", key_display="+"),
        Binding("minus", "settle(False)", "It did not", key_display="-"),
        Binding("d", "only_open", "Unknown only"),
        Binding("ctrl+l", "person", "Look up"),
        Binding("r", "reload", "Refresh"),
        Binding("escape", "back", "Back", show=False),
    ]

    tells_marked = True
    only_open: var[bool] = var(False)

    def __init__(self, session: Session, changed: Signal[Person]) -> None:
        super().__init__(session, changed)
        self._drawn = Drawn(self, (), actions={"settle", *ABOUT_A_PERSON}, tell=self.tell_dropped)

    def body(self) -> Iterable[Widget]:
        """Yield the filter and the list."""
        yield FilterBox("sent", placeholder="Filter: a login, an address, a way", reads=True)
        with Pane("Told", id="list"):
            sent: MarkRows[Entry] = MarkRows(COLUMNS, key=lambda entry: str(entry.seq), empty=nothing_sent(), id="sent")
            sent.minus_unmarks = False
            yield sent
        yield MarkedLine(id="marked-line", markup=False)

    @property
    def sent(self) -> MarkRows[Entry]:
        """Return the table of notices."""
        return self.query_one("#sent", MarkRows)

    def on_mount(self) -> None:
        """Move the focus to the list."""
        self.sent.focus()

    def on_screen_resume(self) -> None:
        """Read the notices again."""
        self.read()

    def taking(self, typed: Typed) -> Taking:
        """Drop a key that could settle a notice and was typed before the list was on the screen."""
        taking = super().taking(typed)
        seen = isinstance(self.focused, Input) or taking is not Taking.NOW
        return taking if seen else self._drawn.taking(typed)

    @work(exclusive=True, group="notices")
    async def read(self) -> None:
        """Read the notices from disk, in a thread."""
        text = self.query_one("#filter", Input).value.strip()
        with self.guarded():
            entries = await asyncio.to_thread(history, self.session.ledger, text=text, only_open=self.only_open)
            self.sent.empty = NO_MATCH if text else "Every outcome is known." if self.only_open else nothing_sent()
            self.sent.rows = tuple(entries)
            self._drawn.changed()
            self.refresh_bindings()

    def view_kept(self) -> dict[str, str]:
        """Return the filters."""
        return {"text": self.query_one("#filter", Input).value, "open": "only" if self.only_open else ""}

    def restore_view(self, view: Mapping[str, str]) -> None:
        """Choose the filters again."""
        self.only_open = view.get("open") == "only"
        self.query_one("#filter", Input).value = view.get("text", "")

    @on(Input.Changed, "#filter")
    def filtered(self) -> None:
        """Read the notices that match the filter."""
        self.read()

    @on(Rows.Highlighted, "#sent")
    def highlighted(self) -> None:
        """Update the keys, which depend on the row."""
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works: only a notice with an unknown outcome can be settled."""
        entry = self.sent.current if self.is_mounted else None
        if action == "settle":
            return True if self._to_settle else None
        if action == "show":
            return True if entry is not None else None
        if action == "person":
            return True if entry is not None and entry.intent.person_id else None
        return super().check_action(action, parameters)

    @on(Rows.Selected, "#sent")
    def action_show(self) -> None:
        """Show the text of a notice that went to an outbox; other ways leave none on this machine."""
        entry = self.sent.current
        if entry is None:
            return
        with self.guarded():
            connector = self.session.connector
            rules = load_for(settings.places().notices, connector.name, made_up=connector.made_up)
            way = rules.ways.get(way_and_address(entry)[0])
            found = find(way, entry.intent.notice) if way is not None and way.kind == "outbox" else None
            if found is not None:
                from screens.notices.outbox import OutboxScreen

                self.app.push_screen(OutboxScreen(*found))
                return
            self.notice.show(
                "Its text is not kept here", "The ledger says who was told what and when; only an outbox keeps texts."
            )

    @property
    def _to_settle(self) -> tuple[Entry, ...]:
        """Return the marked notices of unknown outcome; without marks, the one under the cursor if it is such."""
        if not self.is_mounted:
            return ()
        here = self.sent.current
        rows = self.sent.marked or (() if here is None else (here,))
        return tuple(entry for entry in rows if entry.open)

    @work(exclusive=True, group="settle")
    async def action_settle(self, arrived: bool) -> None:  # noqa: FBT001 - Textual's actions are positional
        """Record whether notices arrived: the marked ones, or the one under the cursor; others may be sent again."""
        entries = self._to_settle
        if not entries:
            return
        with self.guarded():
            for entry in entries:
                await asyncio.to_thread(settle, self.session.ledger, entry, arrived=arrived)
            several = f"{len(entries)} entries are settled"
            advice = "" if arrived else "It goes out again with the next round, if it is still due."
            told = f"Entry {entries[0].seq} is settled" if len(entries) == 1 else several
            self.notice.show(told, advice, Tone.GOOD)
            self.read()

    def name_of(self, row: Entry) -> str:
        """Return whom a notice went to."""
        return row.intent.person_login or "the help desk"

    def marked_choices(self) -> Iterable[MarkedChoice]:
        """Yield settling, and what can be done for the people."""
        from screens.marked_choice import MarkedChoice

        if count := len(self._to_settle):
            about = f"{count} of {len(self.sent.marked)}, of which nobody knows"
            yield MarkedChoice("+", "They arrived", about, "settle(True)")
            yield MarkedChoice("-", "They did not arrive", f"{about}: may go out again", "settle(False)")
        yield from super().marked_choices()

    def marks(self) -> tuple[str, ...]:
        """Say that only some are shown."""
        return ("unknown only",) if self.only_open else ()

    def action_only_open(self) -> None:
        """Show only notices with an unknown outcome, or all notices again."""
        self.only_open = not self.only_open
        self.refresh_status()
        self.read()

    @property
    def person_id(self) -> str:
        """Okta's id of the notice's person, if it was to one, and they are of this org."""
        entry = self.sent.current
        return entry.intent.person_id if entry is not None and is_of_this_org(self.session, entry) else ""

    def notes_of(self, row: Entry) -> tuple[Note, ...]:
        """Return a notice as a text for a ticket, and its parts."""
        from tui.desk.notes.notes import entry_notes
        from tui.desk.notes.template import own_template

        return entry_notes(row, own_template(self.session.ticket_text))

    def action_person(self) -> None:
        """Show the notice's person on the lookup screen, or the people of all marked notices."""
        entry = self.sent.current
        if entry is None or self.sent.marked:
            self.action_look_at_marked()
            return
        if not is_of_this_org(self.session, entry):
            self.notice.show("This person belongs to another org", f"Connect to {plain(entry.intent.org)}.", Tone.WARN)
            return
        self.open_from(self.sent)

    def visit_of(self, row: Entry) -> Visit | None:
        """Return the notice's person, if it was to one, and they are of this org."""
        intent = row.intent
        if not intent.person_id or not is_of_this_org(self.session, row):
            return None
        return Visit(str(row.seq), intent.person_id, intent.person_login)

    def action_reload(self) -> None:
        """Read the notices now."""
        self.notice.clear()
        self.read()

    def export_offer(self) -> ExportOffer | None:
        """Return the marked notices, or else those that the filter leaves, as the ledger has them."""
        from screens.save_as import ExportOffer
        from tui.desk.ledger.export import as_json, csv_lines

        marked = len(self.sent.marked)
        rows = tuple(self.sent.marked or self.sent.rows)
        if not rows:
            return None
        filtered = bool(self.only_open or self.query_one("#filter", Input).value.strip())
        return ExportOffer(
            "notices", "notices", lambda: rows, lambda shown: "".join(csv_lines(shown)), as_json,
            filtered=filtered, marked=marked,
        )  # fmt: skip

    def action_back(self) -> None:
        """Show all notices again, and return to the list."""
        self.notice.clear()
        self.leave_part()
        self.sent.focus()
