"""The keys of a person, for every screen whose rows are people or that shows one: the same letters as on the card."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding

from screens.act.flow import ActionFlow
from screens.asks import OpenAbout, PersonScreen
from screens.base import DeskScreen
from screens.key_table import PERSON, WANTS_SHIFT
from screens.typed_ahead import TypedAhead
from tui.desk.actions.catalogue import ACTIONS, ON_THE_CARD
from tui.desk.notices.notice import Topic
from tui.desk.people.parts import SHARED_FOR
from tui.desk.text.tone import Tone
from tui.okta.policy import Capability
from widgets.marks import MarkRows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from textual.signal import Signal

    from screens.marked_choice import MarkedChoice
    from tui.desk.actions.grammar import Action
    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from widgets.key_queue import Taking, Typed

ABOUT_A_PERSON = frozenset({"act", "software", "notice", "why", "prove", "devices"})
"""The actions that need a person."""
SHARED = ABOUT_A_PERSON - {"act"}
"""Those whose keys can be changed: with one id, so that they stay the same on every screen."""


def person_bindings(*shown: str) -> list[Binding]:
    """Return the bindings of a person's letters, for a screen that is a `PersonKeys`.

    Args:
        shown: The letters that the line of keys shows.
    """
    words = {"g": "Software", "n": "Tell them", "w": "Why?", "equals_sign": "Prove the caller", "D": "Devices"}
    words |= {action.key: action.title for action in ON_THE_CARD}
    return [
        *(
            Binding(
                key,
                action,
                words[key],
                show=key in shown,
                key_display="=" if key == "equals_sign" else None,
                id=f"person.{action}" if action in SHARED else None,
            )
            for key, action in PERSON.items()
        ),
        *(
            Binding(small, f"want_shift('{key}')", f"{words[key]}: says that it wants Shift", show=False)
            for small, key in WANTS_SHIFT.items()
        ),
    ]


class PersonKeys(DeskScreen):
    """A screen with the letters of a person; its `person_id` says whom they are for now.

    Attributes:
        flow: Leads an action from its key to its outcome.
        ahead: Has keys wait while a person is read, for the dialog that opens then.
        tells_marked: Whether `n` tells all who are marked.
    """

    tells_marked: ClassVar[bool] = False

    def __init__(self, session: Session, changed: Signal[Person]) -> None:
        super().__init__(session, changed)
        self.flow = ActionFlow(self)
        self.ahead = TypedAhead(self, on_turned_back=lambda: self.workers.cancel_group(self, "open"))

    @property
    def person_id(self) -> str:
        """Okta's id of the person whom the letters are for now; empty for nobody. Screens replace this."""
        return ""

    @property
    def known_person(self) -> Person | None:
        """The person, where the screen has just read them; else they are read before an action is confirmed."""
        return None

    def taking(self, typed: Typed) -> Taking:
        """Have keys wait for the dialog that opens once a person is read."""
        return self.ahead.taking(typed, "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works: a person's letter needs a person."""
        if action in ABOUT_A_PERSON:
            return (
                True if self.is_mounted and (self.person_id or (action == "notice" and self.marked_people())) else None
            )
        return super().check_action(action, parameters)

    def tell_dropped(self, text: str) -> None:
        """Say that a key came too early and did nothing."""
        self.notice.show(text, "", Tone.WARN)

    # -- acting

    def action_act(self, action_id: str) -> None:
        """Confirm an action for the person, or show the obstacle."""
        if self.known_person is not None:
            self.flow.start(ACTIONS[action_id], self.known_person)
        elif user_id := self.person_id:
            self.notice.clear()
            self.ahead.wait()
            self.read_and_act(ACTIONS[action_id], user_id)

    @work(exclusive=True, group="open")
    async def read_and_act(self, action: Action, user_id: str) -> None:
        """Read the person, since a list may be old, unless that was a moment ago, and start an action for them."""
        with self.guarded():
            self.flow.start(action, await self.session.person_with_blocks(user_id, younger=SHARED_FOR))
            self.ahead.hand_on()
        self.ahead.drop("the person could not be read")

    def action_prove(self) -> None:
        """Ask what the caller wants, and prove them for it."""
        if self.known_person is not None:
            self.flow.prove(self.known_person)
        elif user_id := self.person_id:
            self.notice.clear()
            self.ahead.wait()
            self.read_and_prove(user_id)

    @work(exclusive=True, group="open")
    async def read_and_prove(self, user_id: str) -> None:
        """Read the person, and ask what the caller wants."""
        with self.guarded():
            self.flow.prove(await self.session.person_with_blocks(user_id))
            self.ahead.hand_on()
        self.ahead.drop("the person could not be read")

    def action_devices(self) -> None:
        """Show the person's devices, and what can be done with each."""
        with self.guarded():
            self.session.require(Capability.DEVICES)
            if self.known_person is not None:
                self.flow.choose_device(self.known_person)
            elif user_id := self.person_id:
                self.notice.clear()
                self.ahead.wait()
                self.read_and_show_devices(user_id)

    @work(exclusive=True, group="open")
    async def read_and_show_devices(self, user_id: str) -> None:
        """Read the person, and show their devices."""
        with self.guarded():
            self.flow.choose_device(await self.session.person_with_blocks(user_id, younger=SHARED_FOR))
            self.ahead.hand_on()
        self.ahead.drop("the person could not be read")

    def action_want_shift(self, key: str) -> None:
        """Say that an action which cannot be undone wants Shift."""
        action = next(action for action in ON_THE_CARD if action.key == key)
        self.notice.show(
            f"{action.title}: press {key}, with Shift",
            "It cannot be undone, so the small letter does not do it.",
            Tone.WARN,
        )

    def action_why(self) -> None:
        """Open the verdict on why the person cannot sign in."""
        if user_id := self.person_id:
            self.post_message(OpenAbout(PersonScreen.WHY, user_id))

    def action_notice(self) -> None:
        """Open the dialog that sends the person a notice, or one to all who are marked.

        While the notice line offers to tell somebody of what was just done for them, it is they who are told.
        """
        people = () if self.flow.offers else self.marked_people()
        if people:
            topic = self.marked_topic()
            self.post_message(OpenAbout(PersonScreen.NOTICE, "", topic=topic, several=people, told=self._unmark_told))
        else:
            self._open_about(PersonScreen.NOTICE)

    def marked_people(self) -> tuple[str, ...]:
        """Return Okta's ids of the people of the marked rows, each once, where a notice can go to all of them."""
        table = self.list_shown() if self.is_mounted and self.tells_marked else None
        rows = table.marked if table is not None else ()
        return tuple(dict.fromkeys(visit.user_id for row in rows if (visit := self.visit_of(row)) is not None))

    def _unmark_told(self, ids: Collection[str]) -> None:
        """Remove the marks of the rows whose people were told."""
        if isinstance(table := self.list_shown(), MarkRows):
            table.unmark_rows([row for row in table.marked if (visit := self.visit_of(row)) and visit.user_id in ids])

    def marked_topic(self) -> str:
        """Return what all who are marked are told about first; screens about one matter replace this."""
        return Topic.LOCKOUT.value

    def marked_choices(self) -> Iterable[MarkedChoice]:
        """Yield what can be done with the people of the marked rows."""
        from screens.marked_choice import MarkedChoice

        if count := len(self.marked_people()):
            whom = "1 person" if count == 1 else f"{count} people"
            yield MarkedChoice("n", "Tell them", f"{whom}, after a preview of each", "notice")
            yield MarkedChoice("ctrl+l", "Look at them", f"{whom}, one after the other: J K", "look_at_marked")

    def action_software(self) -> None:
        """Open the person's software."""
        with self.guarded():
            self.session.require(Capability.PROVISIONING)
            self._open_about(PersonScreen.SOFTWARE)

    def notice_topic(self, person: Person) -> str:
        """Return what a person is told about first; screens about one matter replace this."""
        return self.flow.topic(person)

    def _open_about(self, screen: PersonScreen) -> None:
        if self.known_person is not None:
            self._ask_for(screen, self.known_person)
        elif user_id := self.person_id:
            self.notice.clear()
            self.ahead.wait()
            self.read_and_open(screen, user_id)

    @work(exclusive=True, group="open")
    async def read_and_open(self, screen: PersonScreen, user_id: str) -> None:
        """Read the person, and open a screen about them in front of this one."""
        with self.guarded():
            self._ask_for(screen, await self.session.person_with_blocks(user_id, younger=SHARED_FOR))
            self.ahead.hand_on()
        self.ahead.drop("the person could not be read")

    def _ask_for(self, screen: PersonScreen, person: Person) -> None:
        self.post_message(OpenAbout(screen, person.user.id, person, self.notice_topic(person)))

    # -- copying

    async def notes(self) -> tuple[Note, ...]:
        """Return the ticket text that the notice line offers, then the parts of what the list has."""
        return (*await self.flow.offered_notes(), *self.list_notes())
