"""The list of who was found on the lookup screen: its rows follow what is read of their people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.asks import Command
from screens.people.search import START
from widgets.marks import MarkRows
from widgets.people.columns import people_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screens.base import DeskScreen
    from tui.desk.people.person import Person
    from tui.okta.models import User


class FoundPeople:
    """Keeps the table `#people` of a screen as new as what was read.

    Args:
        screen: The screen.
    """

    def __init__(self, screen: DeskScreen) -> None:
        self._screen = screen
        self._badges = screen.session.badges
        self._badges_drawn = self._badges.version

    def new_table(self) -> MarkRows[User]:
        """Return a new table of people."""
        return MarkRows(people_columns(self._badges), key=lambda user: user.id, empty=START, id="people")

    @property
    def table(self) -> MarkRows[User]:
        """Return the table of people."""
        return self._screen.query_one("#people", MarkRows)

    def update(self, user: User) -> None:
        """Replace a person's row by the new value, if they are in the list."""
        rows = self.table.rows
        for index, old in enumerate(rows):
            if old.id == user.id:
                if old != user:
                    self.table.rows = (*rows[:index], user, *rows[index + 1 :])
                return

    def redraw_badges(self) -> None:
        """Draw the list again where the session knows more about people than when it was drawn."""
        if self._badges.version != self._badges_drawn:
            self._badges_drawn = self._badges.version
            self.table.rows = self.table.rows

    def namesakes(self, person: Person) -> tuple[str, ...]:
        """Return the logins of other people in the list with the same name."""
        name = person.user.name.casefold()
        rows = self.table.rows
        return tuple(user.login for user in rows if user.name.casefold() == name and user.id != person.user.id)

    def commands(self) -> Iterator[Command]:
        """Yield what the palette offers for the list, and for those who are marked."""
        if self.table.rows:
            yield Command("Mark all who are listed", "* does the same in the list", "mark_listed")
        if count := len(self.table.marked):
            people = f"the {count} marked people" if count > 1 else "the marked person"
            yield Command(f"Several at once: {people}", "Unlock them, or add them to a group", "several")
            yield Command("Unmark all", "- does the same", "unmark_marked")
