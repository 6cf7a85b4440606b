"""The lookup screen: the search box, the people that match, and the card of the person under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.reactive import var
from textual.widgets import Input, Static

from screens.act.flow import ActionFlow
from screens.act.person_commands import person_commands
from screens.act.person_keys import PersonKeys, person_bindings
from screens.asks import Command
from screens.bulk.marked import ForMarked
from screens.people.answers import ledger_pane, why_pane
from screens.people.beginning import Beginning
from screens.people.choices import of_key
from screens.people.found import FoundPeople
from screens.people.reading import PersonReading
from screens.people.search import START, PeopleSearch
from screens.people.side import PersonSide
from screens.people.visits import Visits
from screens.people.ways import Ways
from screens.start import HINT
from screens.typed_ahead import TypedAhead
from tui.desk.left_off.left_off import LeftOff
from tui.desk.people.parts import UNCHANGED
from tui.desk.people.person import Person
from widgets.field import Field
from widgets.marked_line import MarkedLine
from widgets.pane import Pane
from widgets.people.action_bar import ActionBar
from widgets.people.person_card import PersonCard
from widgets.rows import Rows
from widgets.steady_text import SteadyText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual import events
    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from screens.asks import Visit
    from screens.save_as import ExportOffer
    from tui.desk.lockouts.glance import Glance
    from tui.desk.notes.notes import Note
    from tui.desk.perform.result import Performed
    from tui.desk.session import Session
    from tui.okta.models import User
    from widgets.key_queue import Taking, Typed
    from widgets.marks import MarkRows

LIKE_IT = "Nobody is called that. Enter goes to the names like it, and enter there opens one."


class LookupScreen(PersonKeys):
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
        # With priority, since the empty box would take the key.
        Binding("delete", "put_advice_away", "Put the advice away", show=False, priority=True),
        Binding("J", "step(1)", "Next case", show=False),
        Binding("K", "step(-1)", "Case before", show=False),
    ]

    several = ("desk.several", "does one thing for all")

    person: var[Person | None] = var(None)

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
        self.typed_first = ""
        """What was typed before this screen was there: it is searched for as soon as it is."""
        self.found = FoundPeople(self)
        self.flow = ActionFlow(self, acted=self._acted, cancelled=self._cancelled, namesakes=self.found.namesakes)
        self.search = PeopleSearch(
            self,
            on_empty=self.show_nobody,
            on_end=self._searched,
            on_answer=self.action_take,
            typing_pause=typing_pause,
        )
        self.ahead = TypedAhead(self, on_turned_back=self._turned_back)
        self._dwell = dwell
        self.beginning = Beginning(self, left_off or LeftOff(), seen, typing_pause)
        self.visits = Visits(self, self.search, self.beginning, show=self._show_visit, show_nobody=self.show_nobody)
        self.ways = Ways(
            self,
            self.search,
            self.beginning,
            self.visits,
            self.ahead,
            show=self._show_listed,
            open_only=self._open_only,
        )
        self.for_marked = ForMarked(self, lambda: self.people, lambda user: (user.id, user.id))
        self.side = PersonSide(self)
        self.reading = PersonReading(self, self.found, self.side, self.ahead, show=self._read_part)

    def body(self) -> Iterable[Widget]:
        """Yield the search box, the line of marked people, the list and the card."""
        self.beginning.begin(shown=not self.typed_first.strip())
        with Horizontal(id="ask"):
            yield Static("Find", id="find")
            yield Field(placeholder=HINT, id="query", slash=True)
            yield SteadyText(id="understood", markup=False)
        yield MarkedLine(id="marked-line", markup=False)
        with Horizontal(id="found"):
            with Pane("People", id="list"):
                yield self.found.new_table()
                yield self.beginning.table()
            with Vertical(id="side"):
                with Pane("Person", id="person"):
                    yield SteadyText(id="today")
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
        if self.typed_first:
            self.box.value = self.typed_first
            self.box.cursor_position = len(self.typed_first)
        else:
            self.beginning.show(shown=not self.box.value)

    @property
    def people(self) -> MarkRows[User]:
        """Return the table of people."""
        return self.found.table

    @property
    def box(self) -> Input:
        """Return the search box."""
        return self.ways.box

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

    @on(Input.Changed, "#query")
    def typed(self, event: Input.Changed) -> None:
        """Search for the typed text; until the answer is there, the person on the card is of the search before."""
        event.stop()
        self.side.stale = self.person is not None
        self.ways.typed()
        self.visits.end()
        self.beginning.show(shown=not event.value.strip())
        self.search.typed(event.value, at_once=event.value == self.typed_first)
        self.ahead.typed(self.box.value)  # by now it can hold more than when the message was posted

    def _searched(self, *, answered: bool) -> None:
        """Show the best match before any key can be for the person of the search before."""
        self.side.hint(LIKE_IT if self.search.suggests else "")
        user = None if self.search.suggests else self.people.current
        if user is not None and (self.person is None or self.person.user.id != user.id):
            self._show_listed(user)
        self.side.stale = False
        if not answered:
            self.ahead.drop("the search was not answered")

    def taking(self, typed: Typed) -> Taking:
        """Have keys behind enter in the box wait for the person whom it opens."""
        searched = self.ways.pressed(getattr(typed, "key", ""), typed.time)
        return self.ahead.taking(typed, self.box.value if searched else "")

    def action_search(self) -> None:
        """Return to the search box, with its text selected so that typing replaces it."""
        self.ways.search_again()

    @on(Input.Submitted, "#query")
    def action_take(self) -> None:
        """Move from the search box to the list; a single match opens at once."""
        self.ways.take()

    def action_to_list(self) -> None:
        """Move from the search box to what is listed beneath: the people of late, or those who were found."""
        self.ways.to_list()

    def _open_only(self, user: User) -> None:
        """Open the only match; keys typed ahead wait until it is known what can be done for them."""
        self.open_card()
        person = self.person
        if person is None or person.user.id != user.id:
            person = Person(user, self.search.found_at)
            self.person = person
        if not person.blocks.pending:
            self.ahead.hand_on()
        elif self.ahead.waiting:
            self.ahead.wait_for(user.id)
            self.reading.at_once(user.id)

    @on(Rows.NearEnd, "#people")
    def near_end(self) -> None:
        """Read the next page before the agent reaches the end of the list."""
        self.search.near_end()

    # -- one person

    @on(Rows.Highlighted, "#people")
    def highlighted(self, event: Rows.Highlighted[User]) -> None:
        """Show the person from the list at once, and read the rest if the cursor stays."""
        user, current = event.row, self.people.current
        if (user and user.id) != (current and current.id) or (user is None and self.visits.current):
            return  # the list has changed since, or is empty since a person of another list is being read
        if user is None or (self.search.suggests and self.focused is not self.people):
            self.show_nobody()
        elif self.person is None or self.person.user.id != user.id:  # otherwise it is a new value of the person shown
            self._show_listed(user)

    def _show_listed(self, user: User) -> None:
        self.person = Person(user, self.search.found_at)
        only_one = len(self.people.rows) == 1 and self.box.value == self.typed_first  # nobody goes on typing
        self.reading.start(user.id, pause=0.0 if only_one else self._dwell)

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
            self.ways.remember(text)

    def open_card(self) -> None:
        """Show the card, and move the focus to it."""
        if self.person is not None:
            self.beginning.note(self.person)
        self.ways.to_card()

    def _read_part(self, person: Person) -> None:
        """Show a person as far as they are read."""
        self.person = person
        if self.has_class("-card"):
            self.beginning.note(person)
        if self.visits.current is not None and not self.people.rows:
            self.search.held(person.user)

    def on_screen_resume(self) -> None:
        """Show what other screens have read meanwhile of the people in the list, and what is open now."""
        self.found.redraw_badges()
        self.reading.resume(self.person)
        if self.is_mounted and self.beginning.shown:
            self.beginning.draw()
            self.beginning.read()

    def on_person_changed(self, person: Person) -> None:
        """Update the person's row, and read the person again if the card shows them."""
        changes, _ = self.session.own_changes.beside(person.user.id, ())
        self.beginning.note(person, changes[0].title if changes else "")
        self.found.update(person.user)
        if self.person is not None and self.person.user.id == person.user.id:
            self.reading.changed(person.user.id)

    def show_nobody(self) -> None:
        """Show nobody on the card."""
        self.reading.stop()
        self.person = None

    def watch_person(self, person: Person | None) -> None:
        """Draw the person, or nobody."""
        if not self.is_mounted:
            return
        self.side.show(person)
        if person is None:
            self.set_class(self.visits.current is not None, "-card")  # the next case is only being read
        self.refresh_bindings()

    def on_resize(self, event: events.Resize) -> None:
        """Use the room of a large terminal: the verdict beside the card, and the ledger beneath it."""
        self.side.resized(event.size)
        self.call_after_refresh(self.beginning.draw)

    def _show_age(self) -> None:
        """Show how old the shown data is."""
        self.side.show_age()

    def on_descendant_focus(self) -> None:
        """Show that the keys of the bar work only outside of the search box, which takes letters as text."""
        self.side.say_how(typing=isinstance(self.focused, Input))

    @on(ActionBar.Pressed)
    async def pressed(self, event: ActionBar.Pressed) -> None:
        """Do what a click on a key of the bar asks for, as the key does outside of the search box."""
        self.open_card()
        if not self.side.stale and (action := of_key(event.key)):
            await self.run_action(action)

    def action_unfold(self) -> None:
        """Show the actions that are not possible now with their reasons, or fold them away again."""
        self.side.unfold()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works; an action that is not possible has a key too, which explains why."""
        if action in {"search", "to_list"}:  # in the box `/` is a letter, and outside of it the list handles down
            return isinstance(self.focused, Input) is (action == "to_list")
        if action == "put_advice_away":
            return self.is_mounted and self.beginning.advises
        if action == "step":
            return not isinstance(self.focused, Input) and (self.visits.current is not None or bool(self.people.rows))
        if self.side.stale and action in {"act", "software", "devices", "why", "notice", "reload"}:
            return False
        if action in {"act", "software", "devices"}:
            return self.person is not None and not isinstance(self.focused, Input)
        return self.person is not None if action == "reload" else super().check_action(action, parameters)

    def _cancelled(self, person: Person, *, stale: bool) -> None:
        """Read the person again if the card does not show the obstacle yet."""
        if stale and self.person is not None and self.person.user.id == person.user.id:
            self.action_reload()

    def _acted(self, performed: Performed) -> None:
        """Read the person again if that failed after the action, since the card is from before the change."""
        if performed.after is None:
            self.reading.start(performed.plan.person.user.id, younger=UNCHANGED)

    def action_reload(self) -> None:
        """Read the person again."""
        if self.person is not None:
            self.notice.clear()
            self.reading.start(self.person.user.id, younger=0.0)

    def action_back(self) -> None:
        """Give up what takes long, or go one step back."""
        self.notice.clear()
        if not self._gave_up():
            self.ways.back()

    def _gave_up(self) -> bool:
        gave_up = self.gave_up()
        if gave_up:
            self.side.hint("")
            self.search.give_up(self.box.value)
            self.side.stale = False
        return gave_up

    def _turned_back(self) -> None:
        """Open nobody though enter was pressed; whatever takes long is given up by the same escape."""
        self.search.forget_enter()
        self._gave_up()

    # -- people of other lists

    def visit(self, visits: Sequence[Visit], at: int) -> None:
        """Show a person for another screen, from whose rows the person was opened."""
        self.visits.begin(visits, at)

    def _show_visit(self, user_id: str, text: str) -> None:
        """Show a person of another list; nobody is shown until the person is read, and keys wait for that."""
        if self.person is None or self.person.user.id != user_id:
            self.people.rows = ()
            self.show_nobody()
        self.side.stale, self.ways.remembered = False, ""
        self.side.hint(f"Reading {text} …")
        self.ahead.wait()
        self.ahead.wait_for(user_id)
        self.reading.start(user_id)
        self.open_card()

    def action_step(self, rows: int) -> None:
        """Show the next case of the list from which the person was opened, or the next match of the search."""
        if self.visits.current is not None:
            self.visits.step(rows)
        else:
            self.people.cursor += rows

    @on(Rows.Selected, "#recent")
    def recent_chosen(self) -> None:
        """Open somebody of late."""
        self.visits.begin_of_late()

    def action_put_advice_away(self) -> None:
        """Never show the advice for beginners again, unless the key was held to empty the box."""
        if not self.ways.held:
            self.beginning.put_advice_away()

    # -- marks

    def name_of(self, row: User) -> str:
        """Return a person's name."""
        return row.name

    def action_mark_listed(self) -> None:
        """Mark all people in the list."""
        self.people.mark(self.people.rows)

    def action_several(self) -> None:
        """Open the dialog of one action for all marked people."""
        if not self.for_marked.nobody:
            self.for_marked.open(self.people.marked)

    # -- what is taken elsewhere

    async def notes(self) -> tuple[Note, ...]:
        """Return the ticket text of the last action for the person shown, their card's parts, those of the marked."""
        from tui.desk.notes.notes import together, user_notes

        self._show_current()
        marked = together([user_notes(user) for user in self.people.marked])
        if self.person is None or self.side.stale:
            return marked
        return (*await self.flow.notes(self.person), *self.side.notes(), *marked)

    def whom(self) -> tuple[str, str] | None:
        """Return the person shown."""
        return (self.person.user.id, self.person.user.name) if self.person and not self.side.stale else None

    def export_offer(self) -> ExportOffer | None:
        """Return the people whom the search has found, as far as they are read."""
        from screens.save_as import ExportOffer
        from tui.desk.people.export import listing

        return ExportOffer.of("people", self.people, listing, filtered=True)

    def palette_commands(self) -> Iterable[Command]:
        """Yield the actions for the person shown, and for the marked people."""
        if self.person is not None and not self.side.stale:
            yield from person_commands(self.session, self.person, self.side.refused(self.person))
            yield Command("What is not possible now", "The other actions, each with its reason", "unfold")
        yield from self.found.commands()
