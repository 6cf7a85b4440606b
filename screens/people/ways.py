"""The ways between the search box, the lists and the card of the lookup screen: forward by enter, back by escape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.widgets import Input

from widgets.people.person_card import PersonCard

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

    from screens.base import DeskScreen
    from screens.people.beginning import Beginning
    from screens.people.search import PeopleSearch
    from screens.people.visits import Visits
    from screens.typed_ahead import TypedAhead
    from tui.okta.models import User

DELETING: Final = frozenset({"delete", "backspace"})
HELD: Final = 1.0
"""Seconds after a deleting key in which another one is the same finger: terminals repeat a key at the latest then."""
_CARD = "-card"
"""The screen's class while the card is open: in a narrow terminal it takes the place of the list."""


class Ways:
    """Moves the focus, and opens the only match once the list is the answer to the text in the box.

    Args:
        screen: The screen with the box `#query`, the lists and the card.
        search: Its search.
        beginning: What it shows while nothing is typed.
        visits: The people of another list.
        ahead: The keys that wait for whom enter opens.
        show: Called with somebody to show, while the list has the focus.
        open_only: Called with the only match.
    """

    def __init__(
        self,
        screen: DeskScreen,
        search: PeopleSearch,
        beginning: Beginning,
        visits: Visits,
        ahead: TypedAhead,
        *,
        show: Callable[[User], None],
        open_only: Callable[[User], None],
    ) -> None:
        self._screen = screen
        self._search = search
        self._beginning = beginning
        self._visits = visits
        self._ahead = ahead
        self._show = show
        self._open_only = open_only
        self._before_box: Widget | None = None
        self._key_at = -HELD
        self._deletes = False
        self.held = False
        """Whether the last key is a deleting one that is being held, as to empty the box."""
        self.remembered = ""
        """The text of the last time: enter searches for it, and whatever is typed replaces it."""

    @property
    def box(self) -> Input:
        """Return the search box."""
        return self._screen.query_one("#query", Input)

    def typed(self) -> None:
        """Forget where the agent was before: something is typed now."""
        self._before_box, self.remembered = None, ""

    def remember(self, text: str) -> None:
        """Put a text into the box that is searched for by enter, and replaced by whatever is typed."""
        self.remembered = text
        self._search.hold(text, "enter searches again")
        with self.box.prevent(Input.Changed):
            self.box.value = text
        self.box.select_all()

    # -- forward

    def pressed(self, key: str, at: float) -> bool:
        """Note when a key was typed, by the clock that stamps keys; return whether one in the box is for the search."""
        if at != self._key_at:  # else it waited for its turn
            deletes = key in DELETING
            self.held = deletes and self._deletes and at - self._key_at < HELD
            self._key_at, self._deletes = at, deletes
        return self._screen.focused is self.box and not self._leads_to_recent(key)

    def _leads_to_recent(self, key: str) -> bool:
        """Return whether a key in the box leads to the people of late: enter only where it has nothing to search."""
        return self._beginning.shown and (key == "down" or (key == "enter" and not self.remembered))

    def to_list(self) -> None:
        """Move from the box to what is listed beneath: the people of late, or those who were found."""
        if not self._beginning.shown:
            self.take()
        elif self._beginning.recent.rows:
            self._screen.set_focus(self._beginning.recent)

    def take(self) -> None:
        """Move from the box to the list; a single match opens at once."""
        if self._leads_to_recent("enter"):
            self.to_list()
            return
        if self.remembered:  # it counts as typed from now on
            self.remembered = ""
            self._beginning.show(shown=False)
        search = self._search
        if not search.ready(self.box.value):
            return
        rows = search.people.rows
        if search.suggests:
            self._take_suggestions()
        elif len(rows) == 1:
            self._open_only(rows[0])
        elif rows:
            self._screen.set_focus(search.people)
            self._ahead.drop("several people match: choose one first")
        elif search.asked:
            self._ahead.drop("nobody matches")
        else:
            self._ahead.hand_on()

    def _take_suggestions(self) -> None:
        """Move to the near names by a key that was typed once they were seen; another enter opens one of them."""
        self._ahead.drop("nobody matches: choose one of the names like it")
        if self._search.suggested_before(self._key_at) and (user := self._search.people.current) is not None:
            self._screen.set_focus(self._search.people)
            self._show(user)

    def to_card(self) -> None:
        """Show the card, and move the focus to it."""
        self._screen.add_class(_CARD)
        self._screen.set_focus(self._screen.query_one(PersonCard))

    # -- back

    def to_box(self) -> None:
        """Return to the box, with its text selected so that typing replaces it."""
        self._screen.remove_class(_CARD)
        self._screen.set_focus(self.box)
        self.box.select_all()

    def search_again(self) -> None:
        """Return to the box, from which escape leads back to where the agent is now."""
        self._before_box = self._screen.focused
        self.to_box()

    def back(self) -> None:
        """Go one step back: to the row that opened the person, from the card to the list, from there to the box."""
        screen = self._screen
        before, self._before_box = self._before_box, None
        if screen.focused is self.box and before is not None:
            if isinstance(before, PersonCard) and before.card is not None:
                self.to_card()
            else:
                screen.set_focus(before)
        elif self._visits.current is not None and screen.focused is not self.box:
            self._visits.go_back()
        elif screen.has_class(_CARD) and isinstance(screen.focused, PersonCard):
            screen.remove_class(_CARD)
            self._search.people.focus()
        else:
            self.to_box()
