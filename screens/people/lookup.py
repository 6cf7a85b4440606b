"""The lookup screen: the search box, the people that match, and the card of the person under the cursor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.reactive import var
from textual.widgets import Input, Static

from screens.act.flow import ActionFlow
from screens.base import Command, DeskScreen
from screens.people.answers import PersonAnswers, ledger_pane, why_pane
from screens.people.choices import choices, commands, of_key
from screens.people.search import START, PeopleSearch
from screens.start import HINT
from screens.typed_ahead import TypedAhead
from tui.desk.actions.catalogue import ACTIONS, ON_THE_CARD
from tui.desk.people.card import card, card_lines
from tui.desk.people.person import Person
from tui.desk.text import okta_terms
from tui.desk.text.tone import Tone
from tui.okta.policy import Capability
from widgets.field import Field
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows
from widgets.pane import Pane
from widgets.people.action_bar import ActionBar
from widgets.people.columns import people_columns
from widgets.people.person_card import PersonCard
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.bulk.job import Job
    from tui.desk.notes.notes import Note
    from tui.desk.perform.result import Performed
    from tui.desk.session import Session
    from tui.okta.models import User
    from widgets.key_queue import Taking, Typed

LIKE_IT = "Nobody is called that. Enter goes to the names like it, and enter there opens one."
MARKED_KEYS = "b does one thing for all · - unmarks all"


class LookupScreen(DeskScreen):
    """Shows a search for people; keydesk starts with it."""

    CSS_PATH = "lookup.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, so that the letters typed right after it go to the box and are not read as keys.
        Binding("slash", "search", "Search", key_display="/", priority=True),
        Binding("down", "take", "List", show=False),
        # The list has its own binding of space, which also moves to the next row; this one is for the card.
        Binding("space", "mark_shown", "Mark", show=False),
        Binding("minus", "unmark_all", "Unmark all", show=False),
        Binding("b", "several", "Several", show=False),  # the line of the marked people names the key
        Binding("escape", "back", "Back", show=False),
        Binding("r", "reload", "Refresh"),
        # The bar beneath the card shows these keys, with the reason for each action that is not possible.
        *(Binding(action.key, f"act('{action.id}')", action.title, show=False) for action in ON_THE_CARD),
        Binding("g", "software", "Software", show=False),
        Binding("w", "why", "Why?"),
        Binding("n", "notice", "Notice", show=False),
        Binding("full_stop", "unfold", "What is not possible now", key_display=".", show=False),
    ]

    person: var[Person | None] = var(None)
    stale: var[bool] = var(False)
    """Whether the person shown is of the search before, while there is no answer yet to the text in the box."""

    def __init__(
        self, session: Session, changed: Signal[Person], *, typing_pause: float = 0.12, dwell: float = 0.3
    ) -> None:
        """Create the screen.

        Args:
            session: The session.
            changed: The signal that publishes each person who was read again.
            typing_pause: Seconds without a key before a search is sent.
            dwell: Seconds that the cursor stays on a row before the person is read in full.
        """
        super().__init__(session, changed)
        self.flow = ActionFlow(self, acted=self._acted, cancelled=self._cancelled, namesakes=self._namesakes)
        self.search = PeopleSearch(
            self,
            on_empty=self.show_nobody,
            on_end=self._searched,
            on_answer=self.action_take,
            typing_pause=typing_pause,
        )
        self.ahead = TypedAhead(self, on_turned_back=self.search.forget_enter)
        self._dwell = dwell
        self._opened = ""
        self._key_at = 0.0
        self._badges_drawn = session.badges.version
        self.answers = PersonAnswers(self, self._draw_person)

    def body(self) -> Iterable[Widget]:
        """Yield the search box, the line of marked people, the list and the card."""
        with Horizontal(id="ask"):
            yield Static("Find", id="find")
            yield Field(placeholder=HINT, id="query", slash=True)
            yield Static(id="understood", markup=False)
        yield MarkedLine(id="marked-line", markup=False)
        with Horizontal(id="found"):
            with Pane("People", id="list"):
                yield MarkRows(people_columns(self.session.badges), key=lambda user: user.id, empty=START, id="people")
            with Vertical(id="side"):
                with Pane("Person", id="person"):
                    yield PersonCard(id="card")
                    yield ActionBar(id="actions")
                yield ledger_pane()
            yield why_pane()

    def on_mount(self) -> None:
        """Move the focus to the search box, and keep the shown age of the data true."""
        self.set_interval(20.0, self._show_age)
        self.set_focus(self.box)

    @property
    def box(self) -> Input:
        """Return the search box."""
        return self.query_one("#query", Input)

    @property
    def people(self) -> MarkRows[User]:
        """Return the table of people."""
        return self.query_one("#people", MarkRows)

    # -- the search box

    def typed_before(self, text: str) -> None:
        """Put text that was typed on the start screen in front of the search box's text."""
        self.box.value = text + self.box.value
        self.box.cursor_position = len(self.box.value)

    @on(Input.Changed, "#query")
    def typed(self, event: Input.Changed) -> None:
        """Search for the typed text; until the answer is there, the person on the card is of the search before."""
        self.stale = self.person is not None and event.value != self._opened
        self._opened = ""
        self.search.typed(event.value)
        self.ahead.typed(self.box.value)  # by now it can hold more than when the message was posted

    def _searched(self, *, answered: bool) -> None:
        """Show the best match before any key can be for the person of the search before."""
        self.query_one(PersonCard).hint = LIKE_IT if self.search.suggests else ""
        user = None if self.search.suggests else self.people.current
        if user is not None and (self.person is None or self.person.user.id != user.id):
            self._show_listed(user)
        self.stale = False
        if not answered:
            self.ahead.drop("the search was not answered")

    def watch_stale(self, stale: bool) -> None:  # noqa: FBT001 - Textual's signature
        """Dim the card of the search before; the keys are off at once."""
        self.query_one("#side").set_class(stale, "-stale")
        self._show_age()
        self.refresh_bindings()

    def taking(self, typed: Typed) -> Taking:
        """Have keys behind enter in the box wait for the person whom it opens."""
        self._key_at = typed.time
        return self.ahead.taking(typed, self.box.value if self.focused is self.box else "")

    def action_search(self) -> None:
        """Return to the search box, with its text selected so that typing replaces it."""
        self.remove_class("-card")
        self.set_focus(self.box)
        self.box.select_all()

    @on(Input.Submitted, "#query")
    def action_take(self) -> None:
        """Move from the search box to the list; a single match opens at once."""
        if not self.search.ready(self.box.value):
            return
        if self.search.suggests:
            self._take_suggestions()
        elif len(self.people.rows) == 1:
            self._open_only(self.people.rows[0])
        elif self.people.rows:
            self.set_focus(self.people)
            self.ahead.drop("several people match: choose one first")
        elif self.search.asked:
            self.ahead.drop("nobody matches")
        else:
            self.ahead.hand_on()

    def _take_suggestions(self) -> None:
        """Move to the near names by a key that was typed once they were seen; another enter opens one of them."""
        self.ahead.drop("nobody matches: choose one of the names like it")
        if self.search.suggested_before(self._key_at) and (user := self.people.current) is not None:
            self.set_focus(self.people)
            self._show_listed(user)

    def _open_only(self, user: User) -> None:
        """Open the only match; keys typed ahead wait until it is known what can be done for them."""
        self.open_card()
        person = self.person
        if person is None or person.user.id != user.id:
            person = Person(user, self.search.found_at)
            self._show(person)
        if not person.blocks.pending:
            self.ahead.hand_on()
        elif self.ahead.waiting:
            self.ahead.wait_for(user.id)
            self.load(user.id)

    @on(Rows.NearEnd, "#people")
    def near_end(self) -> None:
        """Read the next page before the agent reaches the end of the list."""
        self.search.near_end()

    # -- one person

    @on(Rows.Highlighted, "#people")
    def highlighted(self, event: Rows.Highlighted[User]) -> None:
        """Show the person from the list at once, and read the rest if the cursor stays."""
        user = event.row
        if user is None or (self.search.suggests and self.focused is not self.people):
            self.show_nobody()
        elif self.person is None or self.person.user.id != user.id:  # otherwise it is a new value of the person shown
            self._show_listed(user)

    def _show_listed(self, user: User) -> None:
        self._show(Person(user, self.search.found_at))
        self.load(user.id, pause=self._dwell)

    def _show_current(self) -> None:
        """Show the person under the cursor before an action: a key can be handled before the `Highlighted` message."""
        user = self.people.current
        if self.focused is self.people and user and (self.person is None or self.person.user.id != user.id):
            self._show_listed(user)

    @on(Rows.Selected, "#people")
    def selected(self, event: Rows.Selected[User]) -> None:
        """Move the focus to the card; in a narrow terminal it takes the place of the list."""
        if event.row is not None:
            self.open_card()

    def open_card(self) -> None:
        """Show the card, and move the focus to it."""
        self.add_class("-card")
        self.set_focus(self.query_one(PersonCard))

    def open_person(self, user_id: str) -> None:
        """Show a person for another screen; nobody is shown until the person is read."""
        if self.person is None or self.person.user.id != user_id:
            self.people.rows = ()
            self.show_nobody()
        self._opened = user_id
        if self.box.value != user_id:
            self.box.value = user_id
        else:
            self.search.search_for(user_id)
        self.load(user_id)
        self.open_card()

    @work(exclusive=True, group="person")
    async def load(self, user_id: str, *, pause: float = 0.0) -> None:
        """Read a person in full, and show each part as it arrives."""
        await asyncio.sleep(pause)
        read = False
        with self.guarded():
            async for person in self.session.load(user_id):
                self._show(person)
                self._update_row(person)
                self.redraw_badges()
                if not person.blocks.pending:
                    self.ahead.has_read(user_id)
            read = True
        if not read:
            self.ahead.not_read(user_id)

    def _update_row(self, person: Person) -> None:
        """Replace the person's row in the list by the new value."""
        rows = self.people.rows
        for index, user in enumerate(rows):
            if user.id == person.user.id:
                if user != person.user:
                    self.people.rows = (*rows[:index], person.user, *rows[index + 1 :])
                return

    def on_screen_resume(self) -> None:
        """Show what other screens have read meanwhile of the people in the list."""
        self.redraw_badges()

    def redraw_badges(self) -> None:
        """Draw the list again where the session knows more about people than when it was drawn."""
        if self.session.badges.version != self._badges_drawn:
            self._badges_drawn = self.session.badges.version
            self.people.rows = self.people.rows

    def on_person_changed(self, person: Person) -> None:
        """Update the person's row, and read the person again if the card shows them."""
        self._update_row(person)
        if self.person is not None and self.person.user.id == person.user.id:
            self.load(person.user.id)

    def _show(self, person: Person) -> None:
        self.person = person

    def show_nobody(self) -> None:
        """Show nobody on the card."""
        self.workers.cancel_group(self, "person")  # a late answer would show the person again
        self.person = None

    def watch_person(self, person: Person | None) -> None:
        """Draw the card and the bar of actions."""
        if not self.is_mounted:
            return
        self.answers.follow(person)
        self._draw_person()
        bar = self.query_one(ActionBar)
        bar.display = person is not None
        bar.choices = choices(self.session, person) if person else ()
        if person is None:
            self.remove_class("-card")
        self._show_age()
        self.refresh_bindings()

    def _draw_person(self) -> None:
        """Draw the card, with the verdict once there is one."""
        pane, person, session = self.query_one(PersonCard), self.person, self.session
        pane.card = card(person, session.now(), session.own_changes, self.answers.of(person)) if person else None

    def on_resize(self, event: events.Resize) -> None:
        """Use the room of a large terminal: the verdict beside the card, and the ledger beneath it."""
        self.answers.resized(event.size)

    def _show_age(self) -> None:
        """Show how old the shown data is."""
        bar = self.query_one(ActionBar)
        if self.stale:
            bar.footnote = "of the search before: its keys are off"
        elif self.person is not None:
            age = okta_terms.span(self.session.client.clock.time() - self.person.read_at)
            bar.footnote = f"read {age} ago · r reads again" if age else "read just now"

    def on_descendant_focus(self) -> None:
        """Show that the keys of the bar work only outside of the search box, which takes letters as text."""
        self.query_one(ActionBar).border_title = "enter, then" if isinstance(self.focused, Input) else ""

    @on(ActionBar.Pressed)
    async def pressed(self, event: ActionBar.Pressed) -> None:
        """Do what a click on a key of the bar asks for, as the key does outside of the search box."""
        self.open_card()
        if not self.stale and (action := of_key(event.key)):
            await self.run_action(action)

    def action_unfold(self) -> None:
        """Show the actions that are not possible now with their reasons, or fold them away again."""
        self.query_one(ActionBar).unfolded ^= True

    # -- marks

    @on(MarkRows.Marked, "#people")
    def marked(self) -> None:
        """Show the marked people, whichever search found them."""
        self.query_one(MarkedLine).show([user.name for user in self.people.marked], MARKED_KEYS)
        self.refresh_bindings()

    def action_mark_shown(self) -> None:
        """Mark or unmark the person on the card."""
        if (user := self.people.current) is not None:
            self.people.toggle(user)

    def action_mark_listed(self) -> None:
        """Mark all people in the list."""
        self.people.action_mark_all()

    def action_unmark_all(self) -> None:
        """Remove all marks."""
        self.people.action_unmark_all()

    def action_several(self) -> None:
        """Open the dialog of one action for all marked people."""
        from screens.bulk.bulk import BulkScreen

        people = self.people.marked
        if not people:
            self.notice.show("Nobody is marked", "Space in the list marks a person, * all of them.", Tone.WARN)
            return
        self.app.push_screen(BulkScreen(self.session, self.changed, people), self.bulk_closed)

    def bulk_closed(self, job: Job | None) -> None:
        """Show the result, and remove the marks of the people for whom the action was done."""
        if job is not None:
            self.people.unmark(job.done_ids)
            self.notice.show(job.sentence, "", Tone.GOOD if job.clean else Tone.WARN)

    # -- acting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works; an action that is not possible has a key too, which explains why."""
        if action in {"search", "take"}:  # in the box `/` is a letter, and outside of it the list handles down
            return isinstance(self.focused, Input) is (action == "take")
        if self.stale and action in {"act", "software", "why", "notice", "reload"}:
            return False
        if action in {"act", "software"}:
            return self.person is not None and not isinstance(self.focused, Input)
        return self.person is not None if action == "reload" else super().check_action(action, parameters)

    def action_act(self, action_id: str) -> None:
        """Confirm an action for the person under the cursor, or show the obstacle."""
        self._show_current()
        if self.person is not None:
            self.flow.start(ACTIONS[action_id], self.person)

    def action_software(self) -> None:
        """Open the person's software."""
        self._show_current()
        if self.person is None:
            return
        with self.guarded():
            self.session.require(Capability.PROVISIONING)
            from screens.software.software import SoftwareScreen

            self.app.push_screen(SoftwareScreen(self.session, self.changed, self.person))

    def action_why(self) -> None:
        """Open the verdict on why the person cannot sign in."""
        self._show_current()
        if self.person is not None:
            from screens.why.why import WhyScreen

            self.app.push_screen(WhyScreen(self.session, self.changed, self.person.user.id))

    def action_notice(self) -> None:
        """Open the dialog that sends the person a notice."""
        self._show_current()
        if self.person is not None:
            from screens.notices.notice import NoticeScreen

            topic = self.flow.topic(self.person)
            self.app.push_screen(NoticeScreen(self.session, self.person.user, topic))

    def _namesakes(self, person: Person) -> tuple[str, ...]:
        """Return the logins of other people in the list with the same name."""
        name = person.user.name.casefold()
        rows = self.people.rows
        return tuple(user.login for user in rows if user.name.casefold() == name and user.id != person.user.id)

    def _cancelled(self, person: Person, *, stale: bool) -> None:
        """Read the person again if the card does not show the obstacle yet."""
        if stale and self.person is not None and self.person.user.id == person.user.id:
            self.action_reload()

    def _acted(self, performed: Performed) -> None:
        """Read the person again if that failed after the action, since the card is from before the change."""
        if performed.after is None:
            self.load(performed.plan.person.user.id)

    def action_reload(self) -> None:
        """Read the person again."""
        if self.person is not None:
            self.notice.clear()
            self.load(self.person.user.id)

    def action_back(self) -> None:
        """Go one step back: from the card to the list, or from the list to the search box."""
        self.notice.clear()
        if self.has_class("-card") and isinstance(self.focused, PersonCard):
            self.remove_class("-card")
            self.people.focus()
        else:
            self.action_search()

    async def notes(self) -> tuple[Note, ...]:
        """Return the ticket text of the last action for the person shown, then the parts of their card."""
        self._show_current()
        person = self.person
        if person is None or self.stale:
            return ()
        from tui.desk.notes.notes import person_notes

        now = self.session.now()
        lines = card_lines(person, now, self.answers.of(person))
        return (*await self.flow.notes(person), *person_notes(person, now, lines))

    def palette_commands(self) -> Iterable[Command]:
        """Yield the actions for the person shown, and for the marked people."""
        if self.person is not None and not self.stale:
            yield from commands(self.person, self.query_one(ActionBar).choices)
        if self.people.rows:
            yield Command("Mark all who are listed", "* does the same in the list", "mark_listed")
        if count := len(self.people.marked):
            people = f"the {count} marked people" if count > 1 else "the marked person"
            yield Command(f"Several at once: {people}", "Unlock them, or add them to a group", "several")
            yield Command("Unmark all", "- does the same", "unmark_all")
