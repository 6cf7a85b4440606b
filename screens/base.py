"""The base of all screens of the desk: the top line, the notice line, and the one place that shows failures."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from textual import events, on, work
from textual.binding import Binding
from textual.screen import Screen

from screens.asks import Command, OpenPerson
from screens.clipboard import copy
from screens.long_reading import LongReadings
from tui.desk.text.named_keys import also, key_of
from tui.desk.text.tone import Tone
from tui.trouble import Trouble
from widgets.binding_ids import with_ids
from widgets.filter_box import FilterBox
from widgets.key_line import KeyLine
from widgets.long_line import LongLine
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows
from widgets.notice import Notice
from widgets.once import take_size
from widgets.rows import Rows
from widgets.status_bar import Status, StatusBar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.timer import Timer
    from textual.widget import Widget

    from screens.asks import Visit
    from screens.marked_choice import MarkedChoice
    from screens.save_as import Exported, ExportOffer
    from tui.desk.connectors.console import ConsolePage
    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person
    from tui.desk.session import Session

T = TypeVar("T")
ALERT_FIRST: Final = 3.0
"""Seconds after which a screen looks first whether the alert is raised: its start must not wait for the ledger."""
ALERT_EVERY: Final = 30.0
"""Seconds between two such looks; whoever is about to act is judged by the ledger itself, not by the top line."""


class DeskScreen(Screen[None]):
    """A screen of one session, which its constructor gets; it never imports the app."""

    BINDINGS: ClassVar[list[BindingType]] = with_ids(
        "DeskScreen",
        [
            Binding("c", "copy_note", "Copy", show=False),
            Binding("y", "choose_note", "Copy a part", show=False),
            Binding("slash", "filter", "Filter", key_display="/", show=False),
            Binding("o", "sort", "Sort", show=False),
            Binding("x", "export", "Export", show=False),
            Binding("space", "mark", "Mark", key_display="space", show=False),
            Binding("minus", "unmark_marked", "Unmark all", show=False),
            Binding("b", "several", "Several at once", show=False),
            Binding("ctrl+o", "open_console", "Admin Console", show=False),
        ],
    )

    begins_with: Mapping[str, str] = {}
    """What `view_kept` returned when keydesk was closed; empty for a screen that begins as always."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it as an instance's
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 - as above

    def __init_subclass__(cls, **options: bool) -> None:
        """Give the keys of a screen their ids, before Textual reads them."""
        if "BINDINGS" in vars(cls):
            cls.BINDINGS = with_ids(cls.__name__, cls.BINDINGS)
        super().__init_subclass__(**options)

    def __init__(self, session: Session, changed: Signal[Person]) -> None:
        super().__init__()
        self.session = session
        self.changed = changed
        self._ticker: Timer | None = None
        self._was_drawn = False
        self._left_from: Rows[Any] | None = None
        self.long = LongReadings(self, session.client.clock, self._show_long)

    def compose(self) -> ComposeResult:
        """Yield the top line, the screen's own body, the notice line and the keys."""
        take_size(self)
        yield StatusBar()
        yield from self.body()
        yield LongLine(markup=False)
        yield Notice()
        yield KeyLine()

    def body(self) -> Iterable[Widget]:
        """Yield the widgets between the top line and the notice line; screens replace this."""
        return ()

    def on_mount(self) -> None:
        """Subscribe to changed people, and start to show the rate limits."""
        self.call_after_refresh(setattr, self, "_was_drawn", True)
        self.changed.subscribe(self, self.on_person_changed)
        self._ticker = self.set_interval(1.0, self._show_status, pause=True)
        if self.session.ruled:
            self.set_timer(ALERT_FIRST, self.look_for_alert)
            self.set_interval(ALERT_EVERY, self.look_for_alert)
        self.refresh_status()
        if self.begins_with:
            self.restore_view(self.begins_with)

    @on(events.ScreenResume)
    def came_styled(self, event: events.ScreenResume) -> None:
        """Style nothing anew before the first frame: the widgets have just been styled; Textual would twice more."""
        event.refresh_styles &= self._was_drawn

    def on_screen_resume(self) -> None:
        """Show changes of the rate limits while this screen is the one in front."""
        self.session.client.budget.on_change = self.refresh_status
        if self.session.connector.store is not None:
            loop = asyncio.get_running_loop()
            self.session.ledger.follow(partial(loop.call_soon_threadsafe, self.record_changed))
        self.refresh_status()

    def record_changed(self) -> None:
        """React to what others recorded in the team's ledger, or to its being away; screens that show it do more."""
        if self.is_mounted and self.is_current:
            self.refresh_status()
            self.refresh_bindings()
            if self.session.ruled:
                self.look_for_alert()

    def on_person_changed(self, person: Person) -> None:
        """React to a person that was read again; screens that show the person replace this."""

    def refresh_status(self) -> None:
        """Update the top line now, and each second while a request is held back."""
        waiting = self.session.client.budget.waiting
        if self._ticker is not None:
            if waiting:
                self._ticker.resume()
            else:
                self._ticker.pause()
        self._show_status()

    def _show_status(self) -> None:
        for bar in self.query(StatusBar):
            alert = self.session.attack_signs.alert
            bar.status = Status.of(self.session, (*((alert,) if alert else ()), *self.marks()))

    @work(exclusive=True, group="alert")
    async def look_for_alert(self) -> None:
        """Look whether somebody has raised the alert or ended it, and which rules a team has set.

        A ledger that cannot be read tells it elsewhere; rules that cannot be read stand in the top line.
        """
        from tui.desk.verification.alerts import read_alert

        if self.app.screen is self:
            unread = self.session.team_rules.trouble
            if self.session.connector.store is not None:
                from tui.desk.verification.facts import rules_now

                with suppress(Trouble):
                    await rules_now(self.session)
            with suppress(Trouble):
                await read_alert(self.session)
            self.refresh_status()
            if self.session.team_rules.trouble is not unread:
                self.refresh_bindings()

    def marks(self) -> tuple[str, ...]:
        """Return what is not as usual here, for the top line, such as a filter; screens replace this."""
        return ()

    @property
    def notice(self) -> Notice:
        """Return the notice line."""
        return self.query_one(Notice)

    def report(self, trouble: Trouble) -> None:
        """Show an expected failure in the notice line."""
        detail = " ".join(filter(None, (trouble.advice, f"({trouble.detail})" if trouble.detail else "")))
        request_id = getattr(trouble, "request_id", "")
        self.notice.show(trouble.title, f"{detail} [request {request_id}]" if request_id else detail, Tone.BAD)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Show expected failures of the code inside; any other exception crashes keydesk, as a bug should."""
        try:
            yield
        except Trouble as trouble:
            if self.is_mounted:
                self.report(trouble)

    # -- the view that comes back with the next start

    def view_kept(self) -> dict[str, str]:
        """Return what the agent has chosen to see here: filter, order, text; screens with a choice replace this."""
        return {}

    def restore_view(self, view: Mapping[str, str]) -> None:
        """Choose again what `view_kept` returned; what cannot be chosen any more is left out."""

    # -- readings that take long

    def _show_long(self, text: str) -> None:
        for line in self.query(LongLine):
            line.tell(text)

    def gave_up(self) -> bool:
        """Give up what takes long, and say so; return whether there was anything, so that escape means no more."""
        what = self.long.give_up()
        if what:
            self.notice.show(f"{what}: given up", "Nothing was changed.", Tone.WARN)
        return bool(what)

    # -- opening a person, and coming back

    def visit_of(self, row: Any) -> Visit | None:  # noqa: ANN401, ARG002 - what the screen's own list has
        """Return the person whom a row is about; screens whose rows are about people replace this."""
        return None

    def open_from(self, table: Rows[Any]) -> None:
        """Show the person under a table's cursor on the lookup screen."""
        if (message := OpenPerson.of(table, self.visit_of)) is not None:
            self._left_from = table
            self.post_message(message)

    def action_look_at_marked(self) -> None:
        """Show the people of the marked rows on the lookup screen, one after the other."""
        table = self.list_shown()
        visits = tuple(visit for row in table.marked if (visit := self.visit_of(row))) if table else ()
        if visits:
            self._left_from = table
            self.post_message(OpenPerson(visits, 0))

    def came_back(self, key: str) -> None:
        """Put the cursor on the row of the person who was shown last, when the agent comes back from the person."""
        if self._left_from is not None:
            self._left_from.go_to(key)

    # -- copying

    async def notes(self) -> tuple[Note, ...]:
        """Return what can be copied of what is shown; `c` copies the first. Screens about one thing replace this."""
        return self.list_notes()

    def list_notes(self) -> tuple[Note, ...]:
        """Return what can be copied of the marked rows together, or else of the row under the cursor."""
        from tui.desk.notes.notes import together

        table = self.list_shown()
        if table is None:
            return ()
        rows = table.marked or (() if table.current is None else (table.current,))
        return together([self.notes_of(row) for row in rows])

    def notes_of(self, row: Any) -> tuple[Note, ...]:  # noqa: ANN401, ARG002 - what the screen's own list has
        """Return what can be copied of a row; screens with a list replace this."""
        return ()

    @work(exclusive=True, group="notes")
    async def action_copy_note(self) -> None:
        """Copy the note of what is shown."""
        with self.guarded():
            self._copy((await self.notes() or (None,))[0])

    @work(exclusive=True, group="notes")
    async def action_choose_note(self) -> None:
        """Ask which part of what is shown is to be copied."""
        from screens.note_choice import NoteChoiceScreen

        with self.guarded():
            if notes := await self.notes():
                self.app.push_screen(NoteChoiceScreen(notes), lambda note: self._copy(note) if note else None)
            else:
                self._copy(None)

    # -- lists

    def list_shown(self) -> Rows[Any] | None:
        """Return the list that the letters of lists are for: that in front, or none."""
        return next((table for table in self.query(Rows) if table.display), None)

    def export_offer(self) -> ExportOffer | None:
        """Return what `x` exports; `None` where there is nothing. Screens with a list replace this."""
        return None

    @property
    def filter_box(self) -> FilterBox | None:
        """Return the box that filters the list in front; `None` where there is none."""
        return next(iter(self.query(FilterBox)), None)

    def action_filter(self) -> None:
        """Go to the box that filters the list."""
        if (box := self.filter_box) is not None:
            box.open()
        else:
            self.notice.show("There is no list to filter here", "", Tone.WARN)

    def leave_part(self, name: str = "") -> None:
        """Go one step back from a part of the screen that a class stands for; without it, show all rows again."""
        if name and self.has_class(name):
            self.remove_class(name)
        elif (box := self.filter_box) is not None:
            box.clear_text()

    # -- marks

    several: ClassVar[tuple[str, str]] = ("desk.several", "says what can be done with them")
    """The id of the binding for all marked rows, and what it does, in words."""

    def name_of(self, row: Any) -> str:  # noqa: ANN401, ARG002 - what the screen's own list has
        """Return what a marked row is called; screens whose rows can be marked replace this."""
        return ""

    @on(MarkRows.Marked)
    def marked(self, event: MarkRows.Marked) -> None:
        """Show the marked rows, also those that the list does not show now."""
        binding, does = self.several
        unmarks = isinstance(event.table, MarkRows) and event.table.minus_unmarks
        keys = f"{key_of(binding)} {does}{' · - unmarks all' if unmarks else ''}"
        for line in self.query(MarkedLine):
            line.show([self.name_of(row) for row in event.table.marked], keys)
        self.refresh_bindings()

    def action_mark(self) -> None:
        """Mark the row under the cursor or unmark it, or say that a mark has no use.

        A table has its own binding of the key, which moves to the next row too; this one is for the parts beside it.
        """
        table = self.list_shown()
        if isinstance(table, MarkRows):
            if table.current is not None:
                table.toggle(table.current)
        else:
            self.notice.show("Nothing is marked here", "No key of this screen does a thing for several rows.")

    def marked_choices(self) -> Iterable[MarkedChoice]:
        """Yield what can be done with the marked rows beside copying and exporting them; screens replace this."""
        return ()

    def action_several(self) -> None:
        """Ask what is to be done with all marked rows."""
        from screens.marked_choice import UNMARK, MarkedChoiceScreen, taken_along

        table = self.list_shown()
        if not isinstance(table, MarkRows):
            self.action_mark()
        elif not table.marked:
            self.notice.show("Nothing is marked", "Space marks a row, * all of them.", Tone.WARN)
        else:
            copies = taken_along(exports=self.export_offer() is not None)
            choices = (*self.marked_choices(), *copies, UNMARK)
            self.app.push_screen(MarkedChoiceScreen(len(table.marked), choices), self._do_for_marked)

    async def _do_for_marked(self, action: str | None) -> None:
        if action:
            await self.run_action(action)

    def action_unmark_marked(self) -> None:
        """Remove all marks."""
        if isinstance(table := self.list_shown(), MarkRows):
            table.action_unmark_all()

    def action_sort(self) -> None:
        """Ask by which column the list is sorted."""
        from screens.sort_choice import SortChoiceScreen

        table = self.list_shown()
        if table is None:
            self.notice.show("There is no list to sort here", "", Tone.WARN)
        else:
            self.app.push_screen(SortChoiceScreen(table))

    def action_export(self) -> None:
        """Ask into which file what the list shows is written, and write it."""
        from screens.save_as import SaveAsScreen

        def written(exported: Exported | None) -> None:
            if exported is not None:
                self.notice.show(exported.words, str(exported.path), Tone.GOOD)

        offer = self.export_offer()
        if offer is None:
            self.notice.show("There is nothing to export here", "", Tone.WARN)
        else:
            self.app.push_screen(SaveAsScreen(offer, self.session.now()), written)

    def _copy(self, note: Note | None) -> None:
        if note is None:
            self.notice.show("There is nothing to copy here", "", Tone.WARN)
            return
        copy(self, note.text, lambda arrival: self.notice.show(f"{note.title}: {arrival.value}"))

    # -- Okta's Admin Console

    def whom(self) -> tuple[str, str] | None:
        """Return Okta's id and the name of the person who is shown; screens with people replace this."""
        return None

    def console_pages(self) -> tuple[ConsolePage, ...]:
        """Return the Admin Console's pages on what is shown, the one that `ctrl+o` opens first."""
        from tui.desk.connectors.console import person_pages

        who = self.whom()
        return person_pages(*who) if who else ()

    @work(exclusive=True, group="console")
    async def action_open_console(self, number: int = 0) -> None:
        """Open the page of the Admin Console in a browser; where there is none, show its address and copy it."""
        from screens.open_link import why_no_browser
        from tui.desk.connectors.console import console_of

        pages = self.console_pages()
        if number >= len(pages):
            self.notice.show("There is no page of the Admin Console on what is shown here", "", Tone.WARN)
            return
        page = pages[number]
        with self.guarded():
            link = page.link(await console_of(self.session.connector.org, self.session.client))
            if not link:
                self.notice.show(
                    "This org has no Admin Console"
                    if self.session.connector.made_up
                    else "The Admin Console's address is not known",
                    f"The page in it is {page.path}" if page.path else "",
                    Tone.WARN,
                )
                return
            if reason := await asyncio.to_thread(why_no_browser, dict(os.environ)):
                told = f"No browser can be opened: {reason}. The address is"
                copy(self, link, lambda arrival: self.notice.show(f"{page.title}: {arrival.value}", f"{told} {link}"))
                return
            self.app.open_url(link)
            self.notice.show(f"{page.title}: given to your browser", link)

    def palette_commands(self) -> Iterable[Command]:
        """Yield the entries that the command palette has on this screen."""
        return ()

    def console_commands(self) -> Iterable[Command]:
        """Yield the palette's entries for the pages of the Admin Console."""
        for number, page in enumerate(self.console_pages()):
            key = also("desk.open_console") if number == 0 else "In your browser, or copied"
            yield Command(f"Admin Console: {page.title}", key, f"open_console({number})")
