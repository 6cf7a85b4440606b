"""The people whom another list opens on the lookup screen: one after the other, and back to their row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.base import LeavePerson
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from screens.base import DeskScreen, Visit


class Visits:
    """The rows of the list from which a person was opened, and the place of the person shown in them.

    They stay as they were when the person was opened, so that whoever was unlocked meanwhile does not move the others.

    Args:
        screen: The lookup screen.
        show: Called with each person to show.
    """

    def __init__(self, screen: DeskScreen, show: Callable[[Visit], None]) -> None:
        self._screen = screen
        self._show = show
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

    def begin(self, visits: Sequence[Visit], at: int, back: Callable[[str], None] | None = None) -> None:
        """Show the person of a row.

        Args:
            visits: All rows of the list.
            at: The row's place in them.
            back: Called with a row's key to go back to it; `None` asks the app for the screen before.
        """
        self._visits, self._at, self._back = visits, at, back or self._leave
        self._show(visits[at])

    def end(self) -> None:
        """Forget the list, as once the agent looks for somebody else."""
        self._visits, self._at = (), 0

    def step(self, rows: int) -> None:
        """Show the person of the row so many rows further down, or up if negative."""
        at = self._at + rows
        if 0 <= at < len(self._visits):
            self._at = at
            self._show(self._visits[at])
        else:
            end = "last" if rows > 0 else "first"
            self._screen.notice.show(
                f"This is the {end} of {len(self._visits)}", "Esc goes back to the list.", Tone.PLAIN
            )

    def go_back(self) -> None:
        """Return to the row of the person shown."""
        if (visit := self.current) is not None:
            self._back(visit.key)

    def _leave(self, key: str) -> None:
        self._screen.post_message(LeavePerson(key))


def box_text(visit: Visit) -> str:
    """Return what stands in the search box for somebody who was opened from a list: the login, else Okta's id."""
    return plain(visit.login, limit=120) or visit.user_id
