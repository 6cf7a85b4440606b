"""Run one search: send its requests side by side, merge the answers, and read further pages on demand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec import Struct

from tui.desk.people.query import rank, understand
from tui.okta.errors import BadToken, NotFound, OktaError, asks_too_much

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tui.desk.people.query import Ask, Query
    from tui.okta.client import OktaClient, Page
    from tui.okta.models import User

FIRST_PAGE = 50


class AskedSimpler(OktaError):
    """Okta found a search too complex, or too slow, and answered a simpler one, which may find fewer people."""

    title = "Okta did not answer the whole search, so keydesk asked in a simpler form: some people may be missing"
    advice = "A whole login, address or number finds them more surely."


class PeopleFound(Struct, frozen=True):
    """The results of a search so far.

    Attributes:
        query: The interpretation of the typed text.
        users: The people, best match first.
        more: Whether Okta has further pages.
        done: Whether every request of the first round has ended.
        trouble: The error of a request, where others were answered; `AskedSimpler` where some people may be missing.
    """

    query: Query
    users: tuple[User, ...] = ()
    more: bool = False
    done: bool = False
    trouble: OktaError | None = None


class Search:
    """One search for one text; cancelling the task that runs it cancels its requests.

    Args:
        client: The connection to the org.
        text: What was typed.
        region: The two-letter region whose phone numbers are meant where no country code is given.
        on_read: Called with a person who was read by the typed login or id, which is as current as any read of them,
            and with the time when that read began, in seconds of the monotonic clock.
    """

    def __init__(
        self,
        client: OktaClient,
        text: str,
        *,
        region: str = "US",
        on_read: Callable[[User, float], object] = lambda *_: None,
    ) -> None:
        self._on_read = on_read
        self.query = understand(text, region=region)
        self._client = client
        self._users: dict[str, User] = {}
        self._rest: dict[Ask, AsyncIterator[Page[User]]] = {}
        self._trouble: OktaError | None = None

    async def run(self) -> AsyncIterator[PeopleFound]:
        """Send the first round of requests; yield the results after each answer, at the end with `done`.

        Raises:
            OktaError: Every request failed, or the credentials are bad.
        """
        tasks = {asyncio.create_task(self._ask(ask)) for ask in self.query.asks}
        for task in tasks:
            task.add_done_callback(_retrieve_error)
        failed = 0
        waiting = set(tasks)
        try:
            while waiting:
                ready, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in ready:
                    error = task.exception()
                    if isinstance(error, BadToken) or (error and not isinstance(error, OktaError)):
                        raise error
                    if isinstance(error, OktaError):
                        failed += 1
                        self._trouble = error
                if failed == len(tasks) and self._trouble is not None:
                    raise self._trouble
                if waiting and self._users:
                    yield self._results(done=False)
        finally:
            for task in waiting:
                task.cancel()
        yield self._results(done=True)

    async def near(self) -> tuple[User, ...]:
        """Return people with nearly the typed name, the likest first; for a search that found nobody.

        Raises:
            OktaError: A request failed.
        """
        from tui.desk.people.near import near_people  # noqa: PLC0415 - brings difflib, where nobody was found

        return await near_people(self._client, self.query)

    async def more(self) -> PeopleFound:
        """Read the next page of a request that has one.

        Raises:
            OktaError: The page could not be read.
        """
        while self._rest:
            ask, pages = next(iter(self._rest.items()))
            before = len(self._users)
            try:
                await self._page(ask, pages)
            except (OktaError, asyncio.CancelledError):
                # A page iterator cannot go on after an error. Read again from the start, known people add nothing.
                self._rest[ask] = self._pages(ask)
                raise
            if len(self._users) > before:
                break
        return self._results(done=True, settled=True)

    async def _ask(self, ask: Ask) -> None:
        if ask.direct:
            began = self._client.clock.monotonic()
            try:
                user = await self._client.user(ask.direct)
            except NotFound:
                return
            self._on_read(user, began)
            self._users[user.id] = user  # fresher than the search index
            return
        asked: Ask | None = ask
        while asked is not None:
            try:
                await self._page(asked, self._pages(asked))
            except OktaError as error:
                simpler = asked.simpler if asks_too_much(error) else None
                if simpler is None:
                    raise
                asked = simpler
            else:
                if asked is not ask and self._trouble is None:
                    self._trouble = AskedSimpler()
                return

    def _pages(self, ask: Ask) -> AsyncIterator[Page[User]]:
        return self._client.users(ask.search, limit=FIRST_PAGE)

    async def _page(self, ask: Ask, pages: AsyncIterator[Page[User]]) -> None:
        page = await anext(pages, None)
        if page is not None:
            self._add(page.items)
        if page is None or page.next_url is None:
            self._rest.pop(ask, None)
        else:
            self._rest[ask] = pages

    def _add(self, users: tuple[User, ...]) -> None:
        for user in users:
            self._users.setdefault(user.id, user)

    def _results(self, *, done: bool, settled: bool = False) -> PeopleFound:
        users = tuple(self._users.values())
        if not settled:  # later pages are appended, so that no row moves under the cursor
            users = tuple(sorted(users, key=lambda user: rank(self.query, user)))
            self._users = {user.id: user for user in users}
        return PeopleFound(self.query, users, bool(self._rest), done, self._trouble)


def _retrieve_error(task: asyncio.Task[None]) -> None:
    """Retrieve a request's error: only one of several is raised, and asyncio would log the others."""
    if not task.cancelled():
        task.exception()
