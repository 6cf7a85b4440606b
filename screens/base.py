"""The base of all screens of the desk: the top line, the notice line, and the one place that shows failures."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen

from screens.clipboard import copy
from tui.desk.text.okta_terms import clock_off
from tui.desk.text.tone import Tone
from tui.okta.policy import Mode
from tui.trouble import Trouble
from widgets.key_line import KeyLine
from widgets.notice import Notice
from widgets.rows import Rows
from widgets.status_bar import Status, StatusBar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.timer import Timer
    from textual.widget import Widget

    from screens.save_as import Exported, ExportOffer
    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person
    from tui.desk.session import Session


@dataclass
class OpenPerson(Message):
    """Ask the app to show a person on the lookup screen."""

    user_id: str


class PersonScreen(Enum):
    """A screen about one person, which the app opens in front of another."""

    WHY = "why"
    NOTICE = "notice"
    SOFTWARE = "software"


@dataclass
class OpenAbout(Message):
    """Ask the app to open a screen about a person in front of this one.

    Attributes:
        screen: Which screen.
        user_id: Okta's id of the person.
        person: The person as just read; the verdict reads them itself.
        topic: What a notice is about first, as `Topic` names it.
    """

    screen: PersonScreen
    user_id: str
    person: Person | None = None
    topic: str = "lockout"


@dataclass
class SwitchConnector(Message):
    """Ask the app to open another connector, or the present one again after a change.

    Attributes:
        name: The connector's name.
        notice: What was changed about the connector, shown once it is open; empty for a mere switch.
    """

    name: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """An entry of the command palette.

    Attributes:
        title: What it does.
        help: The line beneath: its key, what it shows, or why it is not possible now.
        action: The action as Textual writes it, which runs on the screen.
        off: Whether it is not possible now; then it is grey, and running it explains why.
    """

    title: str
    help: str
    action: str
    off: bool = False


class DeskScreen(Screen[None]):
    """A screen of one session, which its constructor gets; it never imports the app."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy_note", "Copy", show=False),
        Binding("y", "choose_note", "Copy a part", show=False),
        Binding("o", "sort", "Sort", show=False),
        Binding("x", "export", "Export", show=False),
    ]

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it as an instance's
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 - as above

    def __init__(self, session: Session, changed: Signal[Person]) -> None:
        super().__init__()
        self.session = session
        self.changed = changed
        self._ticker: Timer | None = None

    def compose(self) -> ComposeResult:
        """Yield the top line, the screen's own body, the notice line and the keys."""
        yield StatusBar()
        yield from self.body()
        yield Notice()
        yield KeyLine()

    def body(self) -> Iterable[Widget]:
        """Yield the widgets between the top line and the notice line; screens replace this."""
        return ()

    def on_mount(self) -> None:
        """Subscribe to changed people, and start to show the rate limits."""
        self.changed.subscribe(self, self.on_person_changed)
        self._ticker = self.set_interval(1.0, self._show_status, pause=True)
        self.refresh_status()

    def on_screen_resume(self) -> None:
        """Show changes of the rate limits while this screen is the one in front."""
        self.session.client.budget.on_change = self.refresh_status
        self.refresh_status()

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
        budget, connector = self.session.client.budget, self.session.connector
        seconds = None
        if budget.waiting:
            seconds = max(0, round(budget.waiting.until - self.session.client.clock.monotonic()))
        tightest = budget.tightest()
        for bar in self.query(StatusBar):
            bar.status = Status(
                connector=connector.name,
                org="made-up org" if connector.made_up else connector.org.name,
                read_only=self.session.client.policy.mode is Mode.READ_ONLY,
                agent=str(self.session.agent),
                colour=connector.colour,
                production=connector.production,
                # In steps of ten percent, so that the line is not drawn again for each request.
                left=round(tightest.share, 1) if tightest else 1.0,
                waiting=seconds,
                clock=clock_off(self.session.client.clock.off),
            )

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

    # -- copying

    async def notes(self) -> tuple[Note, ...]:
        """Return what can be copied of what is shown, the note that `c` copies first; screens replace this."""
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

    def palette_commands(self) -> Iterable[Command]:
        """Yield the entries that the command palette has on this screen."""
        return ()
