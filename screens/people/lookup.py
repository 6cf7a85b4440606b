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
from screens.act.person_commands import person_commands
from screens.act.person_keys import PersonKeys, person_bindings
from screens.base import Command
from screens.people.answers import PersonAnswers, ledger_pane, why_pane
from screens.people.beginning import Beginning
from screens.people.choices import choices, of_key
from screens.people.listed import ListedPeople
from screens.people.search import START, PeopleSearch
from screens.people.visits import Visits
from screens.start import HINT
from screens.typed_ahead import TypedAhead
from tui.desk.left_off.left_off import LeftOff
from tui.desk.people.card import card, card_lines
from tui.desk.people.person import Person
from tui.desk.text import okta_terms
from widgets.field import Field
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows
from widgets.pane import Pane
from widgets.people.action_bar import ActionBar
from widgets.people.columns import people_columns
from widgets.people.person_card import PersonCard
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textual import events
    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from screens.save_as import ExportOffer
    from tui.desk.lockouts.glance import Glance
    from tui.desk.notes.notes import Note
    from tui.desk.perform.result import Performed
    from tui.desk.session import Session
    from tui.okta.models import User
    from widgets.key_queue import Taking, Typed

LIKE_IT = "Nobody is called that. Enter goes to the names like it, and enter there opens one."


class LookupScreen(ListedPeople, PersonKeys):
    """Shows a search for people; keydesk starts with it."""

    CSS_PATH = "lookup.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, so that the letters typed right after it go to the box and are not read as keys.
        Binding("slash", "search", "Search", key_display="/", priority=True),
        Binding("down", "to_list", "List", show=False),
        Binding("escape", "back", "Back", show=False),
        Binding("r", "reload", "Refresh"),
        # The bar beneath the card shows a person's keys, with the reason for each action that is not possible.
        *person_bindings("w"),
        Binding("full_stop", "unfold", "What is not possible now", key_display=".", show=False),
    ]

    person: var[Person | None] = var(None)
    stale: var[bool] = var(False)
    """Whether the person shown is of the search before, while there is no answer yet to the text in the box."""

    def __init__(
        self,
        session: Session,
        changed: Signal[Person],
        *,
        typing_pause: float = 0.12,
        dwell: float = 0.3,
        left_off: LeftOff | None = None,
        seen: Callable[[], Glance | None] = lambda: None,
    ) -> None:
        """Create the screen.

        Args:
            session: The session.
            changed: The signal that publishes each person who was read again.
            typing_pause: Seconds without a key before a search is sent.
            dwell: Seconds that the cursor stays on a row before the person is read in full.
            left_off: What is remembered from one start to the next; `None` remembers nothing.
            seen: Returns what the lockouts have read in this session.
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
        self.ahead = TypedAhead(self, on_turned_back=self._turned_back)
        self._dwell = dwell
        self.visits = Visits(self, self._visit)
        self.beginning = Beginning(self, left_off or LeftOff(), seen)
        self._before_search: Widget | None = None
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
                yield self.beginning.table()
            with Vertical(id="side"):
                with Pane("Person", id="person"):
                    yield Static(id="today")
                    yield PersonCard(id="card")
                    yield ActionBar(id="actions")
                yield ledger_pane()
            yield why_pane()

    def on_mount(self) -> None:
        """Move the focus to the search box, and keep the shown age of the data true."""
        self.set_interval(20.0, self._show_age)
        self.set_focus(self.box)
        self.search.show_kept(self.box)
        self.beginning.recent.empty = START
        self.beginning.show(shown=not self.box.value)

    # -- the search box

    @property
    def person_id(self) -> str:
        """Okta's id of the person under the cursor, or else on the card."""
        user = (self.people.current if self.focused is self.people else None) or (self.person and self.person.user)
        return user.id if user else ""

    @property
    def known_person(self) -> Person | None:
        """The person under the cursor, or else on the card."""
        self._show_current()
        return self.person

    def typed_before(self, text: str) -> None:
        """Put text that was typed on the start screen in front of the search box's text."""
        self.box.value = text + ("" if self._remembered else self.box.value)
        self.box.cursor_position = len(self.box.value)

    @on(Input.Changed, "#query")
    def typed(self, event: Input.Changed) -> None:
        """Search for the typed text; until the answer is there, the person on the card is of the search before."""
        self.stale = self.person is not None
        self._before_search, self._remembered = None, ""
        self.visits.end()
        self.beginning.show(shown=not event.value.strip())
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
        searched = self.focused is self.box and not self._leads_to_recent(getattr(typed, "key", ""))
        return self.ahead.taking(typed, self.box.value if searched else "")

    def action_search(self) -> None:
        """Return to the search box, with its text selected so that typing replaces it."""
        self._before_search = self.focused
        self._to_box()

    def _to_box(self) -> None:
        self.remove_class("-card")
        self.set_focus(self.box)
        self.box.select_all()

    @on(Input.Submitted, "#query")
    def action_take(self) -> None:
        """Move from the search box to the list; a single match opens at once."""
        if self._leads_to_recent("enter"):
            self.action_to_list()
            return
        self.forget_remembered()
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

    def view_kept(self) -> dict[str, str]:
        """Return the text in the box."""
        return {"text": self.box.value}

    def restore_view(self, view: Mapping[str, str]) -> None:
        """Put the text of the last time into the box; nothing is searched before the agent asks for it."""
        if (text := view.get("text", "")) and not self.box.value:
            self.remember(text)

    def open_card(self) -> None:
        """Show the card, and move the focus to it."""
        if self.person is not None:
            self.beginning.note(self.person)
        self.add_class("-card")
        self.set_focus(self.query_one(PersonCard))

    @work(exclusive=True, group="person")
    async def load(self, user_id: str, *, pause: float = 0.0) -> None:
        """Read a person in full, and show each part as it arrives."""
        await asyncio.sleep(pause)
        read = False
        with self.guarded(), self.long.watch("Reading the person"):
            async for person in self.session.load(user_id):
                self._show(person)
                if self.has_class("-card"):
                    self.beginning.note(person)
                if self.visits.current is not None and not self.people.rows:
                    self.search.held(person.user)
                self._update_row(person)
                self.redraw_badges()
                if not person.blocks.pending:
                    self.ahead.has_read(user_id)
            read = True
        self.query_one(PersonCard).hint = ""
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
        """Show what other screens have read meanwhile of the people in the list, and what is open now."""
        self.redraw_badges()
        if self.is_mounted and self.beginning.shown:
            self.beginning.draw()
            self.beginning.read()

    def redraw_badges(self) -> None:
        """Draw the list again where the session knows more about people than when it was drawn."""
        if self.session.badges.version != self._badges_drawn:
            self._badges_drawn = self.session.badges.version
            self.people.rows = self.people.rows

    def on_person_changed(self, person: Person) -> None:
        """Update the person's row, and read the person again if the card shows them."""
        changes, _ = self.session.own_changes.beside(person.user.id, ())
        self.beginning.note(person, changes[0].title if changes else "")
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
            self.set_class(self.visits.current is not None, "-card")  # the next case is only being read
        self._show_age()
        self.refresh_bindings()

    def _draw_person(self) -> None:
        pane, person, session = self.query_one(PersonCard), self.person, self.session
        pane.card = card(person, session.now(), session.own_changes, self.answers.of(person)) if person else None

    def on_resize(self, event: events.Resize) -> None:
        """Use the room of a large terminal: the verdict beside the card, and the ledger beneath it."""
        self.answers.resized(event.size)

    def _show_age(self) -> None:
        """Show how old the shown data is."""
        bar = self.query_one(ActionBar)
        bar.off = self.stale
        if self.stale:
            bar.footnote = "of the search before: its keys are off"
        elif self.person is not None:
            age = okta_terms.span(self.session.client.clock.time() - self.person.read_at)
            bar.footnote = f"read {age} ago" if age else "read just now"

    def on_descendant_focus(self) -> None:
        """Show that the keys of the bar work only outside of the search box, which takes letters as text."""
        self.query_one(ActionBar).border_title = "after enter" if isinstance(self.focused, Input) else ""

    @on(ActionBar.Pressed)
    async def pressed(self, event: ActionBar.Pressed) -> None:
        """Do what a click on a key of the bar asks for, as the key does outside of the search box."""
        self.open_card()
        if not self.stale and (action := of_key(event.key)):
            await self.run_action(action)

    def action_unfold(self) -> None:
        """Show the actions that are not possible now with their reasons, or fold them away again."""
        self.query_one(ActionBar).unfolded ^= True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works; an action that is not possible has a key too, which explains why."""
        if action in {"search", "to_list"}:  # in the box `/` is a letter, and outside of it the list handles down
            return isinstance(self.focused, Input) is (action == "to_list")
        if self.stale and action in {"act", "software", "why", "notice", "reload"}:
            return False
        if action in {"act", "software"}:
            return self.person is not None and not isinstance(self.focused, Input)
        return self.person is not None if action == "reload" else super().check_action(action, parameters)

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
        """Go one step back: to the row that opened the person, from the card to the list, from there to the box."""
        self.notice.clear()
        if self._gave_up():
            return
        before, self._before_search = self._before_search, None
        if self.focused is self.box and before is not None:
            self._leave_box(before)
        elif self.visits.current is not None and self.focused is not self.box:
            self.visits.go_back()
        elif self.has_class("-card") and isinstance(self.focused, PersonCard):
            self.remove_class("-card")
            self.people.focus()
        else:
            self._to_box()

    def _gave_up(self) -> bool:
        gave_up = self.gave_up()
        if gave_up:
            self.query_one(PersonCard).hint = ""
            self.search.give_up(self.box.value)
            self.stale = False
        return gave_up

    def _turned_back(self) -> None:
        """Open nobody though enter was pressed; whatever takes long is given up by the same escape."""
        self.search.forget_enter()
        self._gave_up()

    def _leave_box(self, to: Widget) -> None:
        """Return from the box, in which nothing was typed, to where the agent was before."""
        if isinstance(to, PersonCard) and self.person is not None:
            self.open_card()
        else:
            self.set_focus(to)

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

    def whom(self) -> tuple[str, str] | None:
        """Return the person shown."""
        return (self.person.user.id, self.person.user.name) if self.person and not self.stale else None

    def export_offer(self) -> ExportOffer | None:
        """Return the people whom the search has found, as far as they are read."""
        from screens.save_as import ExportOffer
        from tui.desk.people.export import listing

        return ExportOffer.of("people", self.people.rows, listing, filtered=True)

    def palette_commands(self) -> Iterable[Command]:
        """Yield the actions for the person shown, and for the marked people."""
        if self.person is not None and not self.stale:
            yield from person_commands(self.session, self.person)
            yield Command("What is not possible now", "The other actions, each with its reason", "unfold")
        if self.people.rows:
            yield Command("Mark all who are listed", "* does the same in the list", "mark_listed")
        if count := len(self.people.marked):
            people = f"the {count} marked people" if count > 1 else "the marked person"
            yield Command(f"Several at once: {people}", "Unlock them, or add them to a group", "several")
            yield Command("Unmark all", "- does the same", "unmark_all")
