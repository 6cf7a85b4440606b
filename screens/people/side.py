"""The side of the person shown on the lookup screen: the card, the bar of what can be done, and how fresh both are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from screens.people.answers import PersonAnswers
from screens.people.choices import choices
from tui.desk.people.card import card, card_lines
from tui.desk.text import okta_terms
from widgets.people.action_bar import ActionBar
from widgets.people.person_card import PersonCard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.geometry import Size
    from textual.timer import Timer

    from screens.base import DeskScreen
    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person

DIM_AFTER: Final = 0.5
"""Seconds without an answer to the text in the box after which the card of the search before is dimmed."""


class PersonSide:
    """Draws the person shown, and the answers that are found for them behind the agent's back.

    Args:
        screen: The screen, which has the parts.
    """

    def __init__(self, screen: DeskScreen) -> None:
        self._screen = screen
        self._answers = PersonAnswers(screen, self._draw)
        self._person: Person | None = None
        self._stale = False
        self._dimming: Timer | None = None

    @property
    def _bar(self) -> ActionBar:
        return self._screen.query_one(ActionBar)

    def show(self, person: Person | None) -> None:
        """Draw a person and what can be done for them; `None` draws nobody."""
        self._person = person
        self._answers.follow(person)
        self._bar.display = person is not None
        self._draw()
        self.show_age()

    def refused(self, person: Person) -> Mapping[str, str]:
        """Return why the desk's rules refuse actions for the person shown, by their ids, as far as is known now."""
        standing = self._answers.standing(person)
        if standing is None:
            return {}
        from tui.desk.verification.refused import refused_now  # loaded behind the first screen, as what it rests on

        return refused_now(self._screen.session, person, standing)

    def _draw(self) -> None:
        """Draw the card, and the keys as they stand by what is known now."""
        person, session = self._person, self._screen.session
        drawn = card(person, session.now(), session.own_changes, self._answers.of(person)) if person else None
        if drawn is not None and person is not None and (standing := self._answers.badges(person)):
            drawn = replace(drawn, badges=(*drawn.badges, *standing))
        self._screen.query_one(PersonCard).card = drawn
        self._bar.choices = choices(session, person, self.refused(person)) if person else ()

    def hint(self, text: str) -> None:
        """Say in the place of the card what is awaited."""
        self._screen.query_one(PersonCard).hint = text

    @property
    def stale(self) -> bool:
        """Whether the person shown is of the search before, while there is no answer yet to the text in the box."""
        return self._stale

    @stale.setter
    def stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            if self._dimming is not None:
                self._dimming.stop()
            # The line of the keys says at once that they are off. To dim all of it and to undo that for each letter
            # typed would send the card twice, so it is done only where the answer takes its time.
            self._dimming = self._screen.set_timer(DIM_AFTER, self._dim) if stale else None
            self._screen.query_one("#side").remove_class("-stale")
            self.show_age()
            self._screen.refresh_bindings()

    def _dim(self) -> None:
        self._screen.query_one("#side").add_class("-stale")

    def show_age(self) -> None:
        """Show how old the shown data is."""
        bar = self._bar
        bar.off = self._stale
        if self._stale:
            bar.footnote = "of the search before: its keys are off"
        elif self._person is not None:
            age = okta_terms.span(self._screen.session.client.clock.time() - self._person.read_at)
            bar.footnote = f"read {age} ago" if age else "read just now"

    def resized(self, size: Size) -> None:
        """Use the room of a large terminal: the verdict beside the card, and the ledger beneath it."""
        self._answers.resized(size)

    def say_how(self, *, typing: bool) -> None:
        """Show that the keys of the bar work only outside of the search box, which takes letters as text."""
        self._bar.border_title = "after enter" if typing else ""

    def unfold(self) -> None:
        """Show the actions that are not possible now with their reasons, or fold them away again."""
        self._bar.unfolded ^= True

    def notes(self) -> tuple[Note, ...]:
        """Return the parts of the card that can be copied."""
        from tui.desk.notes.notes import person_notes

        person, now = self._person, self._screen.session.now()
        return person_notes(person, now, card_lines(person, now, self._answers.of(person))) if person else ()
