"""The people whom another list opens on the lookup screen: one after the other, and back to their row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from textual.widgets import Input

from screens.asks import LeavePerson
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from screens.asks import Visit
    from screens.base import DeskScreen
    from screens.people.beginning import Beginning
    from screens.people.search import PeopleSearch


class ShowsVisit(Protocol):
    """The callback that shows the person of a row."""

    def __call__(self, user_id: str, text: str) -> None:
        """Read a person and show them; nobody else is shown until they are read.

        Args:
            user_id: Okta's id of the person.
            text: Who that is, as the box says it.
        """


class Visits:
    """The rows of the list from which a person was opened, and the place of the person shown in them.

    They stay as they were when the person was opened, so that whoever was unlocked meanwhile does not move the others.

    Args:
        screen: The lookup screen.
        search: Its search, which rests while somebody of another list is shown.
        beginning: What it shows while nothing is typed, the people of late among it.
        show: Called with each person to show.
        show_nobody: Called when nobody is shown any more.
    """

    def __init__(
        self,
        screen: DeskScreen,
        search: PeopleSearch,
        beginning: Beginning,
        *,
        show: ShowsVisit,
        show_nobody: Callable[[], None],
    ) -> None:
        self._screen = screen
        self._search = search
        self._beginning = beginning
        self._show = show
        self._show_nobody = show_nobody
        self._visits: Sequence[Visit] = ()
        self._at = 0
        self._back: Callable[[str], None] = self._leave

    @property
    def current(self) -> Visit | None:
        """Return the row of the person shown; `None` where the person was not opened from another list."""
        return self._visits[self._at] if self._visits else None

    @property
    def next_one(self) -> str:
        """Return the key that leads on once a call has ended: to the next case of the list, or to the box."""
        return "J the next case" if self._at + 1 < len(self._visits) else "/ the next caller"

    @property
    def place(self) -> str:
        """Return where in the list the person stands, and the keys that lead on; empty without a list."""
        if not self._visits:
            return ""
        keys = "J K · esc back" if len(self._visits) > 1 else "esc back"
        return f"{self._at + 1}/{len(self._visits)} · {keys}"

    def begin(self, visits: Sequence[Visit], at: int) -> None:
        """Show the person of a row of another screen, to which escape goes back.

        Args:
            visits: All rows of the list.
            at: The row's place in them.
        """
        self._visits, self._at, self._back = visits, at, self._leave
        self._visit(visits[at])

    def begin_of_late(self) -> None:
        """Show the person under the cursor of the people of late, to whom escape goes back."""
        self._visits, self._at = self._beginning.visits, self._beginning.recent.cursor
        self._back = self._back_to_recent
        self._visit(self._visits[self._at])

    def end(self) -> None:
        """Forget the list, as once the agent looks for somebody else."""
        self._visits, self._at = (), 0

    def step(self, rows: int) -> None:
        """Show the person of the row so many rows further down, or up if negative."""
        at = self._at + rows
        if 0 <= at < len(self._visits):
            self._at = at
            self._visit(self._visits[at])
        else:
            end = "last" if rows > 0 else "first"
            self._screen.notice.show(
                f"This is the {end} of {len(self._visits)}", "Esc goes back to the list.", Tone.PLAIN
            )

    def go_back(self) -> None:
        """Return to the row of the person shown."""
        if (visit := self.current) is not None:
            self._back(visit.key)

    def _visit(self, visit: Visit) -> None:
        """Show a person of another list: the box says who, and searches for nothing."""
        self._screen.notice.clear(passing_only=True)
        text = box_text(visit)
        self._search.hold(text, self.place)
        self._beginning.show(shown=False)
        self._put(text)
        self._show(visit.user_id, text)

    def _leave(self, key: str) -> None:
        self._screen.post_message(LeavePerson(key))

    def _back_to_recent(self, user_id: str) -> None:
        """Return to the people of late, from whom a person was opened."""
        self.end()
        self._search.hold("", "")
        self._search.people.rows = ()
        self._show_nobody()
        self._put("")
        self._beginning.show(shown=True)
        self._beginning.recent.go_to(user_id)
        self._screen.set_focus(self._beginning.recent)

    def _put(self, text: str) -> None:
        box = self._screen.query_one("#query", Input)
        with box.prevent(Input.Changed):
            box.value = text


def box_text(visit: Visit) -> str:
    """Return what stands in the search box for somebody who was opened from a list: the login, else Okta's id."""
    return plain(visit.login, limit=120) or visit.user_id
