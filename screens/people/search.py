"""The search of the lookup screen: it sends what is typed to Okta, and fills the list with the matches."""

from __future__ import annotations

import asyncio
import math
import re
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from textual.message import Message
from textual.widgets import Input, Static

from tui.desk.text.plain import plain
from tui.okta.policy import SwitchedOff
from widgets.marks import MarkRows
from widgets.pane import Pane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from screens.base import DeskScreen
    from tui.desk.people.search import PeopleFound, Search
    from tui.okta.models import User

START = "Type what you know of the person."
KEPT = "Enter looks for this here."
NOBODY = "Nobody matches, deactivated or not. Check the spelling."
FAILED = "This search was not answered. Enter tries again."


_ID: Final = re.compile(r"00u[0-9A-Za-z]{17}")
"""Okta's id of a person, as another screen puts it into the box; it means nothing in another org."""
_SECOND_THOUGHT: Final = 2
"""How many typing pauses more pass before names like the typed one are searched for."""


class OnSearched(Protocol):
    """The callback for a search that has ended."""

    def __call__(self, *, answered: bool) -> None:
        """React to the end of a search, whether it was answered or not."""


class PeopleSearch:
    """Fills the list `#people` of a screen, and shows in `#understood` how keydesk understands the typed text.

    Args:
        screen: The screen with the list.
        on_empty: Called when the list has become empty.
        on_end: Called when a search has ended, with whether it was answered.
        on_answer: Called when the search is answered for whose text enter was pressed before.
        typing_pause: Seconds without a key before a search is sent.

    Attributes:
        text: The text in the box.
        kept: A text from the box of another connector, which is searched for here only once somebody asks for it.
    """

    def __init__(
        self,
        screen: DeskScreen,
        *,
        on_empty: Callable[[], None],
        on_end: OnSearched,
        on_answer: Callable[[], None],
        typing_pause: float,
    ) -> None:
        self._screen = screen
        self._on_empty = on_empty
        self._on_end = on_end
        self._on_answer = on_answer
        self._typing_pause = typing_pause
        self.text = self.kept = ""
        self._search: Search | None = None
        self._reading_more: Search | None = None
        self._answered: str | None = ""
        self._enter_pressed_on: str | None = None
        self._pausing: asyncio.TimerHandle | None = None
        self._failed = False
        self.found_at = 0.0
        self._suggested_at: float | None = None  # when the near names were drawn, by the clock that stamps keys

    @property
    def people(self) -> MarkRows[User]:
        """Return the table of people."""
        return self._screen.query_one("#people", MarkRows)

    def typed(self, text: str, *, at_once: bool = False) -> None:
        """Search for the typed text after a short pause; the search before is cancelled.

        Args:
            text: The text.
            at_once: Whether there is no pause, since the text was typed a while ago.
        """
        self.kept = ""
        self._answered = None
        self.text = "" if _ID.fullmatch(text) else text
        self.search_for(text, pause=0.0 if at_once else self._typing_pause)

    def show_kept(self, box: Input) -> None:
        """Put the text of another connector's box into this one, selected, without sending it anywhere."""
        if self.kept:
            self.text = self.kept
            with box.prevent(Input.Changed):
                box.value = self.kept
            box.select_all()
            self.people.empty = KEPT

    def ready(self, text: str) -> bool:
        """Return whether the list is the answer to this text; if not, search once more or wait for the answer.

        So enter never opens a match of an older text.
        """
        if (self._failed and self._answered == text) or (self.kept and self.kept == text):
            self.kept = ""
            self._enter_pressed_on = text
            self.search_for(text)
            return False
        if self._answered != text:
            self._enter_pressed_on = text  # `_on_answer` is called as soon as the search is answered
            return False
        return True

    @property
    def asked(self) -> bool:
        """Return whether the text was one that can be searched for."""
        return self._search is not None and bool(self._search.query.asks)

    def forget_enter(self) -> None:
        """Open nobody when the answer comes, though enter was pressed."""
        self._enter_pressed_on = None

    def hold(self, text: str, note: str) -> None:
        """Search for nothing: the text stands for somebody who is being read; enter in the box would search for it.

        Args:
            text: The text in the box.
            note: What stands in `#understood`.
        """
        self._stop_pausing()
        for group in ("search", "more"):
            self._screen.workers.cancel_group(self._screen, group)
        self._search, self._suggested_at, self._enter_pressed_on = None, None, None
        self._answered, self._failed = text, True
        self.people.empty = ""
        self._show_understood(note)

    def give_up(self, text: str) -> None:
        """Wait no longer for the answer to a text; enter in the box searches again."""
        if self._answered != text:
            self.hold(text, "")
            self.people.rows = ()
            self.people.empty = FAILED
            self._on_empty()

    def held(self, user: User) -> None:
        """List the person whom the held text stands for, who was read."""
        self._failed = False
        self.found_at = self._screen.session.client.clock.time()
        self.people.rows = (user,)

    def search_for(self, text: str, *, pause: float | None = None) -> None:
        """Search; late answers to an older text never arrive, since their worker is cancelled.

        Args:
            text: The text.
            pause: Seconds to wait first; `None` for the pause after a key.
        """
        self._stop_pausing()
        pause = self._typing_pause if pause is None else pause
        if not pause:
            self._run(partial(self._search_for, text), "search")
            return
        self._screen.workers.cancel_group(self._screen, "search")
        # No worker waits for the next letter: Textual tells each of its states around, which costs more than a letter.
        self._pausing = asyncio.get_running_loop().call_later(pause, self._paused, text)

    def _stop_pausing(self) -> None:
        if self._pausing is not None:
            self._pausing.cancel()
            self._pausing = None

    def _paused(self, text: str) -> None:
        self._pausing = None
        if self._screen.is_running:
            self._run(partial(self._search_for, text), "search")

    def _run(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        self._screen.run_worker(work, group=group, exclusive=True)

    async def _search_for(self, text: str) -> None:
        try:
            search = self._screen.session.search(text)
        except SwitchedOff as off:
            self._screen.report(off)
            self._end(text, answered=False)
            return
        self._search = search
        self._suggested_at = None
        if text.strip():  # else the people of late are listed
            self._screen.query_one("#list", Pane).tell("People")
        hint = search.query.hint if text.strip() else ""  # the empty box says itself what can be typed
        self._show_understood(hint or (f"searching {search.query.label} …" if search.query.asks else ""))
        self.people.empty = START
        if not search.query.asks:
            self._empty()
            self._end(text, answered=True)
            return
        self._screen.notice.clear(passing_only=True)
        with self._screen.long.watch("Searching"):
            answered = await self._ask(search)
        if not answered:
            self._show_understood("")
            self.people.rows = ()  # they match an older text
        if answered and not self.people.rows:
            await self._suggest(search)
        if not self.people.rows:
            self.people.empty = NOBODY if answered else FAILED
            self._on_empty()
        self._end(text, answered=answered)

    def _end(self, text: str, *, answered: bool) -> None:
        self._answered, self._failed = text, not answered
        pressed = self._enter_pressed_on == text
        self._enter_pressed_on = None
        self._on_end(answered=answered)
        if pressed and answered:
            self._on_answer()

    def _empty(self) -> None:
        self.people.rows = ()
        self._on_empty()

    async def _ask(self, search: Search) -> bool:
        """Run a search and show each part of the answer as it arrives; return whether there was an answer."""
        answered = False
        with self._screen.guarded():
            async for result in search.run():
                self._show(search, result, first=not answered)
                answered = True
        return answered

    async def _suggest(self, search: Search) -> None:
        """List the people with nearly such a name; nobody of them is chosen before the agent has seen the list."""
        label = search.query.label
        self._show_understood(f"{label}: nobody; names like it …")
        near: tuple[User, ...] = ()
        await asyncio.sleep(_SECOND_THOUGHT * self._typing_pause)  # whoever types on has no use for these requests
        with self._screen.guarded():
            near = await search.near()
        self._show_understood(f"{label}: nobody. Did you mean" if near else f"{label}: nobody")
        if near:
            self._screen.query_one("#list", Pane).tell("Did you mean?")
            self._suggested_at = math.inf
            self._on_empty()
            self.people.rows = near
            self.people.cursor = 0
            self._screen.call_after_refresh(self._suggestions_drawn, search)

    def _suggestions_drawn(self, search: Search) -> None:
        if self._search is search and self.suggests:
            self._suggested_at = Message().time

    @property
    def suggests(self) -> bool:
        """Return whether the list holds near names, since nobody matches."""
        return self._suggested_at is not None

    def suggested_before(self, typed_at: float) -> bool:
        """Return whether the near names were on the screen already when a key was typed."""
        return self._suggested_at is not None and self._suggested_at < typed_at

    def _show(self, search: Search, result: PeopleFound, *, first: bool) -> None:
        table = self.people
        self.found_at = self._screen.session.client.clock.time()
        same_end = _end_of(table.rows) == _end_of(result.users)  # then the table does not report its end again
        table.rows = result.users
        if first:
            table.cursor = 0  # the best match, not the row that is at the old cursor now
        self._show_count(search, result)
        if result.done and result.trouble:
            self._screen.report(result.trouble)
        if result.done and result.more and same_end:
            self.near_end()

    def near_end(self) -> None:
        """Read the next page before the agent reaches the end of the list."""
        if self._search is not None and self._reading_more is not self._search:
            self._reading_more = self._search
            self._run(partial(self._read_more, self._search), "more")

    async def _read_more(self, search: Search) -> None:
        """Read one more page of this search; it is dropped if another search has started meanwhile."""
        try:
            with self._screen.guarded():
                result = await search.more()
                if search is self._search and len(result.users) > len(self.people.rows):
                    self.people.extend(result.users[len(self.people.rows) :])
                    self._show_count(search, result)
        finally:
            if self._reading_more is search:
                self._reading_more = None

    def _show_count(self, search: Search, result: PeopleFound) -> None:
        count = f"{len(result.users)}{'+' if result.more else ''}"
        self._show_understood(f"{search.query.label}: {count if result.users else 'nobody'}")

    def _show_understood(self, text: str) -> None:
        self._screen.query_one("#understood", Static).update(plain(text))


def _end_of(users: Sequence[User]) -> tuple[int, str]:
    """Return what identifies the end of a list: its length and its last id."""
    return len(users), users[-1].id if users else ""
