"""Look a person up: one box, the people that match, and the card of the one under the cursor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.reactive import var
from textual.widgets import Input

from screens.acting import Acting
from screens.base import Command
from screens.search import SearchScreen
from tui.desk import words
from tui.desk.card import card
from tui.desk.catalogue import ACTIONS, ON_THE_CARD
from tui.desk.person import Person
from tui.desk.plain import plain
from tui.okta.policy import Capability
from widgets.action_bar import ActionBar, Choice, Way
from widgets.person_card import PersonCard
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.actions import Action
    from tui.desk.performed import Performed
    from tui.desk.session import Session
    from tui.okta.models import User


class LookupScreen(Acting, SearchScreen):
    """The screen that keydesk opens with."""

    CSS_PATH = "lookup.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("r", "reload", "Refresh"),
        # The bar beneath the card names these, with the reason where one is not possible.
        *(Binding(action.key, f"act('{action.id}')", action.title, show=False) for action in ON_THE_CARD),
        Binding("g", "software", "Software", show=False),
        Binding("w", "why", "Why?"),
        Binding("n", "notice", "Notice", show=False),
    ]

    person: var[Person | None] = var(None)

    def __init__(
        self, session: Session, changed: Signal[Person], *, typing_pause: float = 0.12, dwell: float = 0.3
    ) -> None:
        """Build the screen.

        Args:
            session: The session.
            changed: Tells of people read anew.
            typing_pause: Seconds without a key before Okta is asked.
            dwell: Seconds on a row before the person's parts are read.
        """
        super().__init__(session, changed, typing_pause=typing_pause)
        self._dwell = dwell

    def body(self) -> Iterable[Widget]:
        """The box, the list, the card."""
        yield from self.ask()
        with Horizontal(id="found"):
            yield self.list()
            with Vertical(id="side"):
                yield PersonCard(id="card")
                yield ActionBar(id="actions")

    def on_mount(self) -> None:
        """Keep the shown age true."""
        self.set_interval(20.0, self._age)

    # -- one person

    @on(Rows.Highlighted, "#people")
    def highlighted(self, event: Rows.Highlighted[User]) -> None:
        """Show at once what the list knows, and read the rest if the cursor stays."""
        user = event.row
        if user is None:
            self.nobody()
        elif self.person is None or self.person.user.id != user.id:  # else another value of the person shown
            self._take_up(user)

    def _take_up(self, user: User) -> None:
        self._show(Person(user, self._found_at))
        self.load(user.id, pause=self._dwell)

    def _aim(self) -> None:
        """Make sure that an action is for the row under the cursor: keys can be faster than the news of it."""
        user = self.people.current
        if self.focused is self.people and user and (self.person is None or self.person.user.id != user.id):
            self._take_up(user)

    @on(Rows.Selected, "#people")
    def selected(self, event: Rows.Selected[User]) -> None:
        """Go to the card; where there is no room beside the list, it takes the list's place."""
        if event.row is not None:
            self.open_card()

    def open_card(self) -> None:
        """Bring the card to the front."""
        self.add_class("-card")
        self.set_focus(self.query_one(PersonCard))

    def open_person(self, user_id: str) -> None:
        """Show one person, asked for by another screen; until they are read, nobody."""
        if self.person is None or self.person.user.id != user_id:
            self.people.rows = ()
            self.nobody()
        if self.box.value != user_id:
            self.box.value = user_id
        else:
            self.look_for(user_id)
        self.load(user_id)
        self.open_card()

    @work(exclusive=True, group="person")
    async def load(self, user_id: str, *, pause: float = 0.0) -> None:
        """Read a person with all parts; each part shows as it comes."""
        await asyncio.sleep(pause)
        with self.guarded():
            async for person in self.session.load(user_id):
                self._show(person)
                self._swap(person)

    def _swap(self, person: Person) -> None:
        """Put the fresh user into the list."""
        rows = self.people.rows
        for index, user in enumerate(rows):
            if user.id == person.user.id:
                if user != person.user:
                    self.people.rows = (*rows[:index], person.user, *rows[index + 1 :])
                return

    def on_person_changed(self, person: Person) -> None:
        """Take the new value."""
        self._swap(person)
        if self.person is not None and self.person.user.id == person.user.id:
            self.load(person.user.id)

    def _show(self, person: Person) -> None:
        self.person = person

    def nobody(self) -> None:
        """Show nobody."""
        self.workers.cancel_group(self, "person")  # or its answer would bring the person back
        self.person = None

    def watch_person(self, person: Person | None) -> None:
        """Draw the card and grey the keys."""
        if not self.is_mounted:
            return
        pane = self.query_one(PersonCard)
        pane.card = card(person, self.session.now()) if person else None
        bar = self.query_one(ActionBar)
        bar.display = person is not None
        if person is None:
            self.remove_class("-card")
        else:
            bar.choices = (*(self._choice(action, person) for action in ON_THE_CARD), self._software(person))
        self._age()
        self.refresh_bindings()

    def _choice(self, action: Action, person: Person) -> Choice:
        found = self.session.obstacle(action, person)
        if found is None:
            return Choice(action.key, action.title)
        way = Way.NOT if found.for_nobody else Way.BY_HAND
        return Choice(action.key, action.title, way, plain(found.foremost.reason))

    def _software(self, person: Person) -> Choice:
        """Software opens for everybody: also who may not change anything looks there."""
        on = Capability.PROVISIONING in self.session.client.policy.capabilities
        if not on:
            return Choice("g", "Software", Way.NOT, "provisioning is switched off")
        if person.user.status == "DEPROVISIONED":
            return Choice("g", "Software", Way.NOT, "deactivated")
        return Choice("g", "Software …")

    def _age(self) -> None:
        """Say how old the shown data is."""
        if self.person is not None:
            age = words.span(self.session.client.clock.time() - self.person.read_at)
            self.query_one(ActionBar).footnote = f"read {age} ago · r reads again" if age else "read just now"

    def on_descendant_focus(self) -> None:
        """Keys are letters, so they wait while the box has them: say how to get there."""
        self.query_one(ActionBar).border_title = "enter, then" if isinstance(self.focused, Input) else ""

    # -- acting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What there is to act on; a key that is not possible now explains itself."""
        if action in {"act", "software"}:
            return self.person is not None and not isinstance(self.focused, Input)
        return self.person is not None if action == "reload" else super().check_action(action, parameters)

    def action_act(self, action_id: str) -> None:
        """Confirm an action for the person under the cursor, or say what is in the way."""
        self._aim()
        if self.person is not None:
            self.begin(ACTIONS[action_id], self.person)

    def action_software(self) -> None:
        """What the person has, and what they could be given."""
        self._aim()
        if self.person is None:
            return
        with self.guarded():
            self.session.require(Capability.PROVISIONING)
            from screens.software import SoftwareScreen  # noqa: PLC0415 - not needed at every start

            self.app.push_screen(SoftwareScreen(self.session, self.changed, self.person))

    def action_why(self) -> None:
        """Why they can't sign in."""
        self._aim()
        if self.person is not None:
            from screens.why import WhyScreen  # noqa: PLC0415 - not needed at every start

            self.app.push_screen(WhyScreen(self.session, self.changed, self.person.user.id))

    def action_notice(self) -> None:
        """Tell them, by one of the ways that the rules describe."""
        self._aim()
        if self.person is not None:
            from screens.notice import NoticeScreen  # noqa: PLC0415 - not needed at every start

            self.app.push_screen(NoticeScreen(self.session, self.person.user))

    def namesakes(self, person: Person) -> tuple[str, ...]:
        """Others in the list who are called the same."""
        name = person.user.name.casefold()
        rows = self.people.rows
        return tuple(user.login for user in rows if user.name.casefold() == name and user.id != person.user.id)

    def turned_back(self, person: Person, *, old: bool) -> None:
        """What stood in the way is not on the card yet."""
        if old and self.person is not None and self.person.user.id == person.user.id:
            self.action_reload()

    def acted(self, performed: Performed) -> None:
        """Where the person could not be read afterwards, the card is from before the change."""
        if performed.after is None:
            self.load(performed.plan.person.user.id)

    def action_reload(self) -> None:
        """Read the person again now."""
        if self.person is not None:
            self.notice.clear()
            self.load(self.person.user.id)

    def action_back(self) -> None:
        """One step back: from the card to the list, from the list to the box."""
        self.notice.clear()
        if self.has_class("-card") and isinstance(self.focused, PersonCard):
            self.remove_class("-card")
            self.people.focus()
        else:
            self.action_search()

    def palette_commands(self) -> Iterable[Command]:
        """What the bar beneath the card offers for the person shown."""
        if self.person is None:
            return
        yield Command("Why can't they sign in?", "The verdict, the evidence, the next step", "why")
        yield Command("Send a notice", "A preview with their data first", "notice")
        name, ways = plain(self.person.user.name), {one.key: one.way for one in self.query_one(ActionBar).choices}
        for action in ON_THE_CARD:
            match ways.get(action.key, Way.NOT):
                case Way.KEYDESK:
                    yield Command(f"{action.title}: {name}", action.effect, f"act('{action.id}')")
                case Way.BY_HAND:
                    yield Command(f"{action.title} by hand: {name}", "Shows the steps", f"act('{action.id}')")
        if ways.get("g") is Way.KEYDESK:
            yield Command(f"Software: {name}", "What they have, and what they could be given", "software")
