"""The search behind the box: what is typed is asked side by side, and the people that match go into the list."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual.widgets import Static

from tui.desk.text.plain import plain
from tui.okta.policy import SwitchedOff
from widgets.marks import MarkRows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from screens.base import DeskScreen
    from tui.desk.people.search import PeopleFound, Search
    from tui.okta.models import User

START = "Type what you know of the person."
NOBODY = "Nobody matches. A deactivated person would be found too; check the spelling."
FAILED = "This search was not answered. Enter tries again."


class PeopleSearch:
    """Fills the list `#people` of a screen, and says in `#understood` how what is typed is understood.

    Args:
        screen: The screen with the list.
        nobody: Called when the list became empty.
        chosen: Called when the answer to which enter was pressed is there.
        typing_pause: Seconds without a key before Okta is asked.
    """

    def __init__(
        self, screen: DeskScreen, *, nobody: Callable[[], None], chosen: Callable[[], None], typing_pause: float
    ) -> None:
        self._screen = screen
        self._nobody = nobody
        self._chosen = chosen
        self._typing_pause = typing_pause
        self._search: Search | None = None
        self._reading_on: Search | None = None
        self._answered: str | None = ""
        self._taking: str | None = None
        self._failed = False
        self.found_at = 0.0

    @property
    def people(self) -> MarkRows[User]:
        """The list."""
        return self._screen.query_one("#people", MarkRows)

    def typed(self, text: str) -> None:
        """A keystroke: the old request is cancelled, a new one starts after a short pause."""
        self._answered = None
        self.look_for(text)

    def ready(self, text: str) -> bool:
        """Whether the list answers this text; else it is asked once more, or waited for.

        What an older text had found is never taken.
        """
        if self._failed and self._answered == text:
            self.look_for(text)  # once more
            return False
        if self._answered != text:
            self._taking = text  # as soon as that is answered
            return False
        return True

    def look_for(self, text: str) -> None:
        """Search; late answers of an older text never arrive, since their worker is cancelled."""
        self._run(partial(self._look_for, text), "search")

    def _run(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        self._screen.run_worker(work, group=group, exclusive=True)

    async def _look_for(self, text: str) -> None:
        await asyncio.sleep(self._typing_pause)
        try:
            search = self._screen.session.search(text)
        except SwitchedOff as off:
            self._screen.report(off)
            return
        self._search = search
        self._understood(search.query.hint or (f"searching {search.query.label} …" if search.query.asks else ""))
        self.people.empty = START
        if not search.query.asks:
            self._empty()
            self._answered, self._failed = text, False
            return
        self._screen.notice.clear(passing_only=True)
        answered = await self._ask(search)
        if not answered:
            self._understood("")
            self.people.rows = ()  # they are not what is in the box now
        if not self.people.rows:
            self.people.empty = NOBODY if answered else FAILED
            self._nobody()
        self._answered, self._failed = text, not answered
        if self._taking == text and answered:
            self._taking = None
            self._chosen()

    def _empty(self) -> None:
        self.people.rows = ()
        self._nobody()

    async def _ask(self, search: Search) -> bool:
        """Show each part of the answer as it comes; whether there was one."""
        answered = False
        with self._screen.guarded():
            async for found in search.run():
                self._show(search, found, first=not answered)
                answered = True
        return answered

    def _show(self, search: Search, found: PeopleFound, *, first: bool) -> None:
        table = self.people
        self.found_at = self._screen.session.client.clock.time()
        end_is_told = _end(table.rows) == _end(found.users)  # by an older search, so that the table is silent now
        table.rows = found.users
        if first:
            table.cursor = 0  # the best match, not whoever is at the old place now
        self._count(search, found)
        if found.done and found.trouble:
            self._screen.report(found.trouble)
        if found.done and found.more and end_is_told:
            self.near_end()

    def near_end(self) -> None:
        """Read the next page before the agent gets to the end."""
        if self._search is not None and self._reading_on is not self._search:
            self._reading_on = self._search
            self._run(partial(self._read_on, self._search), "more")

    async def _read_on(self, search: Search) -> None:
        """Read one more page of this search, unless another has begun meanwhile."""
        try:
            with self._screen.guarded():
                found = await search.more()
                if search is self._search and len(found.users) > len(self.people.rows):
                    self.people.extend(found.users[len(self.people.rows) :])
                    self._count(search, found)
        finally:
            if self._reading_on is search:
                self._reading_on = None

    def _count(self, search: Search, found: PeopleFound) -> None:
        count = f"{len(found.users)}{'+' if found.more else ''}"
        self._understood(f"{search.query.label}: {count if found.users else 'nobody'}")

    def _understood(self, text: str) -> None:
        self._screen.query_one("#understood", Static).update(plain(text))


def _end(users: Sequence[User]) -> tuple[int, str]:
    """What tells one end of a list from another."""
    return len(users), users[-1].id if users else ""
