"""One box and the people that match: typing, asking side by side, reading on, marking."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Static

from screens.base import Command, DeskScreen
from screens.start import HINT
from tui.desk.plain import plain
from tui.desk.tone import Tone
from tui.okta.policy import SwitchedOff
from widgets.field import Field
from widgets.marks import MarkRows
from widgets.people_columns import PEOPLE
from widgets.rows import Rows
from widgets.tray import Tray

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.person import Person
    from tui.desk.search import Search
    from tui.desk.session import Session
    from tui.desk.several import Job
    from tui.okta.models import User

START = "Type what you know of the person."
NOBODY = "Nobody matches. A deactivated person would be found too; check the spelling."
FAILED = "This search was not answered. Enter tries again."
MARKS = "b does one thing for all · - unmarks all"


class SearchScreen(DeskScreen):
    """A screen with the box and the list; what it does with a person is its subclass's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, so that what is typed right behind it is in the box and not taken for keys.
        Binding("slash", "search", "Search", key_display="/", priority=True),
        Binding("down", "take", "List", show=False),
        # The list has a space of its own, which goes on to the next row; this one is for the card.
        Binding("space", "mark_shown", "Mark", show=False),
        Binding("minus", "unmark_all", "Unmark all", show=False),
        Binding("b", "several", "Several", show=False),  # the tray says it
    ]

    def __init__(self, session: Session, changed: Signal[Person], *, typing_pause: float = 0.12) -> None:
        """Build the screen.

        Args:
            session: The session.
            changed: Tells of people read anew.
            typing_pause: Seconds without a key before Okta is asked.
        """
        super().__init__(session, changed)
        self._typing_pause = typing_pause
        self._search: Search | None = None
        self._reading_on: Search | None = None
        self._answered: str | None = ""
        self._taking: str | None = None
        self._failed = False
        self._found_at = 0.0

    def ask(self) -> Iterable[Widget]:
        """The line with the box."""
        with Horizontal(id="ask"):
            yield Static("Find", id="find")
            yield Field(placeholder=HINT, id="query")
            yield Static(id="understood", markup=False)
        yield Tray(id="tray", markup=False)

    def list(self) -> MarkRows[User]:
        """The list, to be put where the screen wants it."""
        return MarkRows(PEOPLE, key=lambda user: user.id, empty=START, id="people")

    @property
    def box(self) -> Input:
        """The box."""
        return self.query_one("#query", Input)

    @property
    def people(self) -> MarkRows[User]:
        """The list."""
        return self.query_one("#people", MarkRows)

    def on_mount(self) -> None:
        """Ready for typing."""
        self.set_focus(self.box)

    def nobody(self) -> None:
        """The list became empty."""

    def open_card(self) -> None:
        """The agent chose a person."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Inside the box `/` is a letter, and outside of it down is the list's own."""
        if action in {"search", "take"}:
            return isinstance(self.focused, Input) is (action == "take")
        return super().check_action(action, parameters)

    def action_search(self) -> None:
        """Back to the box, with its text selected so that typing replaces it."""
        self.remove_class("-card")
        self.set_focus(self.box)
        self.box.select_all()

    @on(Input.Submitted, "#query")
    def action_take(self) -> None:
        """From the box to the list, a single match opens at once; never to what an older text had found."""
        if self._failed and self._answered == self.box.value:
            self.look_for(self.box.value)  # once more
        elif self._answered != self.box.value:
            self._taking = self.box.value  # as soon as that is answered
        elif len(self.people.rows) == 1:
            self.open_card()
        elif self.people.rows:
            self.set_focus(self.people)

    def typed_before(self, text: str) -> None:
        """Take over what was typed while this screen was being loaded."""
        self.box.value = text + self.box.value
        self.box.cursor_position = len(self.box.value)

    @on(Input.Changed, "#query")
    def typed(self, event: Input.Changed) -> None:
        """A keystroke: the old request is cancelled, a new one starts after a short pause."""
        self._answered = None
        self.look_for(event.value)

    @work(exclusive=True, group="search")
    async def look_for(self, text: str) -> None:
        """Search; late answers of an older text never arrive, since their worker is cancelled."""
        await asyncio.sleep(self._typing_pause)
        table = self.people
        try:
            search = self.session.search(text)
        except SwitchedOff as off:
            self.report(off)
            return
        self._search = search
        self._understood(search.query.hint or (f"searching {search.query.label} …" if search.query.asks else ""))
        table.empty = START
        if not search.query.asks:
            table.rows = ()
            self.nobody()
            self._answered, self._failed = text, False
            return
        self.notice.clear(passing_only=True)
        answered = False
        with self.guarded():
            async for found in search.run():
                self._found_at = self.session.client.clock.time()
                told = _end(table.rows) == _end(found.users)  # of this end, in an older search
                table.rows = found.users
                if not answered:
                    table.cursor = 0  # the best match, not whoever is at the old place now
                answered = True
                count = f"{len(found.users)}{'+' if found.more else ''}"
                self._understood(f"{search.query.label}: {count if found.users else 'nobody'}")
                if found.done and found.trouble:
                    self.report(found.trouble)
                if found.done and found.more and told:
                    self.near_end()  # the table does not tell it again
        if not answered:
            self._understood("")
            table.rows = ()  # they are not what is in the box now
        if not table.rows:
            table.empty = NOBODY if answered else FAILED
            self.nobody()
        self._answered, self._failed = text, not answered
        if self._taking == text and answered:
            self._taking = None
            self.action_take()

    # -- marks

    @on(MarkRows.Marked, "#people")
    def marked(self) -> None:
        """Say how many are marked, wherever they were found."""
        self.query_one(Tray).show([user.name for user in self.people.marked], MARKS)
        self.refresh_bindings()

    def action_mark_shown(self) -> None:
        """Mark whom the card shows, or unmark them."""
        if (user := self.people.current) is not None:
            self.people.toggle(user)

    def action_unmark_all(self) -> None:
        """Take all marks away."""
        self.people.action_unmark_all()

    def action_several(self) -> None:
        """One thing for all who are marked; who has got it is not marked any more."""
        from screens.several import SeveralScreen  # noqa: PLC0415 - rarely needed

        people = self.people.marked
        if not people:
            self.notice.show("Nobody is marked", "Space in the list marks a person, * all of them.", Tone.WARN)
            return
        self.app.push_screen(SeveralScreen(self.session, self.changed, people), self.several_done)

    def several_done(self, job: Job | None) -> None:
        """Back from there."""
        if job is not None:
            self.people.unmark(job.done_ids)
            self.notice.show(job.sentence, "", Tone.GOOD if job.clean else Tone.WARN)

    def palette_commands(self) -> Iterable[Command]:
        """What can be done with marks."""
        if self.people.rows:
            yield Command("Mark all who are listed", "* does the same in the list", "mark_listed")
        if count := len(self.people.marked):
            people = f"the {count} marked people" if count > 1 else "the marked person"
            yield Command(f"Several at once: {people}", "Unlock them, or add them to a group", "several")
            yield Command("Unmark all", "- does the same", "unmark_all")

    def action_mark_listed(self) -> None:
        """Mark everybody in the list."""
        self.people.action_mark_all()

    def _understood(self, text: str) -> None:
        self.query_one("#understood", Static).update(plain(text))

    @on(Rows.NearEnd, "#people")
    def near_end(self) -> None:
        """Read the next page before the agent gets to the end."""
        if self._search is not None and self._reading_on is not self._search:
            self._reading_on = self._search
            self.read_on(self._search)

    @work(exclusive=True, group="more")
    async def read_on(self, search: Search) -> None:
        """Read one more page of this search, unless another has begun meanwhile."""
        try:
            with self.guarded():
                found = await search.more()
                if search is self._search and len(found.users) > len(self.people.rows):
                    self.people.extend(found.users[len(self.people.rows) :])
                    self._understood(f"{search.query.label}: {len(found.users)}{'+' if found.more else ''}")
        finally:
            if self._reading_on is search:
                self._reading_on = None


def _end(users: Sequence[User]) -> tuple[int, str]:
    """What tells one end of a list from another."""
    return len(users), users[-1].id if users else ""
