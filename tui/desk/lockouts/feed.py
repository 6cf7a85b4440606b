"""Following the System Log: ascending, without end, by the cursor that Okta gave; nothing twice, nothing left out.

Okta's rules for it ("System Log", polling): no `until`, so that events come in the order of their arrival and late ones
are not missed; the next link is there even on an empty page, is followed untouched, and is kept for the next time.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from tui.desk.lockouts.feed_state import FeedState, Pace
from tui.desk.lockouts.feed_store import FeedStore, FeedStoreTrouble
from tui.okta import endpoints as ep
from tui.okta.clock import stamp
from tui.okta.errors import (
    BadClient,
    BadRequest,
    BadToken,
    FeatureOff,
    MissingRole,
    MissingScope,
    NoScopes,
    NotFound,
    OktaDown,
    OktaError,
    RateLimited,
    Unreadable,
)
from tui.okta.links import target_on
from tui.okta.log_events import LogEvent
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.desk.session import Session
    from tui.okta.client import OktaClient, Page

__all__ = ["Feed", "FeedState", "Pace", "open_feed"]

T = TypeVar("T")

LOCKS: Final = ("user.account.lock", "user.account.lock.limit", "app.ad.api.user_import.account_locked")
UNLOCKS: Final = (
    "user.account.unlock",
    "user.account.unlock_by_admin",
    "user.account.unlock_token",
    "user.account.unlock_failure",
    "system.agent.ad.unlock_user_account",
)
PASSWORDS: Final = ("user.account.reset_password", "user.account.update_password")
SIGN_INS: Final = ("user.session.start",)
"""Good ones too: they tell an office from an attacker, and a mistake that is over from one that is not."""
FAILING: Final = (
    "user.authentication.auth_via_mfa",
    "user.authentication.auth_via_radius",
    "user.authentication.auth_via_AD_agent",
    "user.authentication.auth_via_LDAP_agent",
    "policy.evaluate_sign_on",
)
"""Heard only where they failed or were denied."""
THREATS: Final = ("security.threat.detected",)


def _any(names: tuple[str, ...]) -> str:
    return " or ".join(f'eventType eq "{name}"' for name in names)


FILTER: Final = (
    f"{_any(LOCKS + UNLOCKS + PASSWORDS + SIGN_INS + THREATS)} or "
    f'(({_any(FAILING)}) and (outcome.result eq "FAILURE" or outcome.result eq "DENY"))'
)

LOOK_BACK: Final = 24 * 3600.0
"""Seconds before now where the first look begins."""
KEEP: Final = 48 * 3600.0
"""Seconds for which events are kept; an older cursor is not followed either."""
FORGET_EVERY: Final = 600.0
OVERLAPS: Final = (300.0, 60.0, 5.0, 0.0)
"""Seconds read again in the place of a lost cursor: events come late, and those known already are known by uuid.
Less of them where a whole page held nothing else."""
BATCH: Final = 500
"""Events handed over at once; a key press is heard between two batches."""
LIMITS: Final = (1000, 200, 50)
"""Events a page; fewer where Okta takes too long over them."""
SHORTEST: Final = 10.0
"""Seconds between two looks at least, as Okta asks."""
SHARE: Final = 3.0
"""Of so many requests that the bucket allows, the feed takes one."""
BACK_OFF: Final = (5.0, 120.0)
"""Seconds after a fault: the first time, and at most."""
SHORT: Final = 5.0
"""Seconds of waiting for the rate limit that are not worth telling."""
KEPT_BACK: Final = "The rest of it is kept for your own requests. The feed goes on by itself."
MOST_TURNS: Final = 2000
"""Pages that one catch-up reads at most; the next goes on from there. A server that never ends is left in between."""
RENEWALS: Final = 3
"""So often a damaged file is begun anew while keydesk runs; then the disk is to blame."""
LASTING: Final = (MissingScope, MissingRole, BadToken, BadClient, NoScopes, FeatureOff)
"""What will be the same next time."""


def _nobody(_: FeedState) -> None:
    """Tell nobody."""


def open_feed(session: Session, *, every: float = 15.0) -> Feed:
    """The lockout events of a session's org, to be followed; whoever takes it closes its store.

    Args:
        session: Where; its folder holds what was heard.
        every: As for `Feed`.

    Raises:
        SwitchedOff: The lockouts are switched off.
    """
    session.require(Capability.LOCKOUTS)
    path = session.folder / "feed.sqlite3" if session.folder else None
    return Feed(session.client, FeedStore(path, session.client.policy.origin), every=every)


class Feed:
    """One org's lockout events, from a store that several processes may share.

    Args:
        client: The connection; all requests are background ones.
        store: Where events and the cursor are kept.
        every: Seconds between two looks when nothing is new, at least `SHORTEST`.

    Attributes:
        state: How it goes now.
        changed: Called with each new state.
    """

    def __init__(self, client: OktaClient, store: FeedStore, *, every: float = 15.0) -> None:
        self.client = client
        self.store = store
        self.state = FeedState()
        self.changed: Callable[[FeedState], None] = _nobody
        self._every = max(every, SHORTEST)
        self._row = 0
        self._begun = 0
        self._limit = 0
        self._overlap = 0
        self._followed: set[str] = set()
        self._faults = 0
        self._calls = 0
        self._forgot_at = 0.0
        self._woken = asyncio.Event()
        self._running = asyncio.Event()
        self._running.set()
        self._looking = asyncio.Lock()
        self._handing = asyncio.Lock()

    async def follow(self, heard: Callable[[Sequence[LogEvent]], None], *, once: bool = False) -> None:
        """Hand over what the store holds, then what comes, each event once, until cancelled.

        An event is on the disk, with the cursor that goes with it, before it is handed over. What was handed over
        before, by an earlier call, is not handed over again.

        Args:
            heard: Called with each batch, in the order of arrival, possibly empty at the end of a catch-up.
            once: Return when all that Okta has is read; a fault is then raised.

        Raises:
            OktaError: With `once` only; otherwise `state` tells.
            FeedStoreTrouble: The store cannot be used.
        """
        begun = self.store.begun
        while True:
            try:
                await self._hand_over(heard)
                turns = 0
                while await self._turn(heard, once=once) and not (once and turns >= MOST_TURNS):
                    turns += 1
            except FeedStoreTrouble as trouble:
                if self.store.begun == begun or begun >= RENEWALS:
                    self._tell(replace(self.state, pace=Pace.STOPPED, until=None, trouble=trouble))
                    raise
                begun = self.store.begun  # a damaged file was set aside, and Okta tells all of it again
            else:
                return

    async def _turn(self, heard: Callable[[Sequence[LogEvent]], None], *, once: bool) -> bool:
        """One look and the pause behind it; whether to go on."""
        if once and not self._running.is_set():
            if isinstance(self.state.trouble, OktaError):
                raise self.state.trouble
            return False
        await self._running.wait()
        held = self.client.budget.pause(ep.LOGS.bucket, background=True)
        if held > SHORT and not once:
            self._wait(held, OktaError("Okta's rate limit is nearly used up", advice=KEPT_BACK))
            await self._sleep(held)
            return True
        try:
            behind = await self._look(heard)
        except OktaError as error:
            self._stumble(error)
            if once:
                raise
            await self._sleep(None if self.state.pace is Pace.STOPPED else self.rest)
            return True
        if not behind and not once:
            await self._sleep(self.rest)
        return behind or not once

    @property
    def rest(self) -> float:
        """Seconds until the next look is due: the pause between two, or what is left of a wait."""
        if self.state.pace is Pace.WAITING and self.state.until is not None:
            return max(0.0, self.state.until - self.client.clock.time())
        bucket = self.client.budget.buckets.get(ep.LOGS.bucket)
        one = 60.0 * SHARE / bucket.limit if bucket else 0.0
        return max(self._every, min(one * max(1, self._calls), max(one, 60.0)))  # a window lasts a minute

    @property
    def due(self) -> bool:
        """Whether a look makes sense now, for whoever calls `follow(once=True)` by a timer of their own."""
        if self.state.pace in {Pace.PAUSED, Pace.STOPPED}:
            return False
        return self.state.pace is not Pace.WAITING or self.rest <= 0

    def pause(self) -> None:
        """Ask Okta nothing until `resume`."""
        self._running.clear()
        self._tell(replace(self.state, pace=Pace.PAUSED, until=None))

    def resume(self) -> None:
        """Go on, also after a stop; what happened meanwhile is caught up."""
        pace = Pace.BEHIND if self.state.read_at else Pace.STARTING
        self._tell(replace(self.state, pace=pace, until=None, trouble=None))
        self._running.set()
        self.hurry()

    def hurry(self) -> None:
        """Look now instead of at the end of the pause between two looks."""
        self._woken.set()

    # -- one look

    async def _look(self, heard: Callable[[Sequence[LogEvent]], None]) -> bool:
        """Read a page and keep it; whether there may be more."""
        async with self._looking:
            url = await self._cursor()
            live = self.state.pace is Pace.LIVE
            self._calls = 1 if live else self._calls + 1
            self._followed = {url or ""} if live else self._followed | {url or ""}
            page = await self._page(url)
            if page is None:
                return True
            page = self._sound(page)
            # A cancelled look still finishes its transaction; nobody waits for it then.
            new = await asyncio.shield(asyncio.ensure_future(self._in_thread(lambda: self._keep(page))))
            self._faults = 0
            # Without a next link the same page could come again and again: it goes on while that brings news.
            behind = bool(page.items) and (page.next_url is not None or new > 0)
            if page.next_url is None and page.items:
                full = len(page.items) >= LIMITS[self._limit]
                behind = behind or (full and self._overlap + 1 < len(OVERLAPS))
                self._overlap = 1 if new else min(self._overlap + 1, len(OVERLAPS) - 1)
                self._followed = set()
        await self._hand_over(heard)
        if self.state.pace is not Pace.PAUSED:
            pace = Pace.BEHIND if behind else Pace.LIVE
            now = self.client.clock.time()
            newest = await self._in_thread(self.store.newest)
            self._tell(replace(self.state, pace=pace, read_at=now, until=None, reached=newest, trouble=None))
        return behind

    async def _page(self, url: str | None) -> Page[LogEvent] | None:
        """The next page; `None` where the cursor or the size of the page had to be given up."""
        lost = True
        try:
            query = None if url else await self._query()
            return await self.client.page(ep.LOGS, LogEvent, query, url=url, background=True)
        except (BadRequest, NotFound):
            if url is None:
                raise
        except OktaDown as error:
            if error.code != "E0000009" or self._limit + 1 >= len(LIMITS):  # not "the query takes too long"
                raise
            self._limit += 1
            lost = False
        await self._in_thread(self.store.lose_cursor)
        self._overlap = 0
        self._followed = set()
        self._tell(replace(self.state, recovered=self.state.recovered + lost))
        return None

    def _sound(self, page: Page[LogEvent]) -> Page[LogEvent]:
        """A page without a next link that leads elsewhere, or back to where this catch-up has been."""
        url = page.next_url
        if url is not None and not self._leads_on(url, again=not page.items):
            return replace(page, next_url=None)
        return page

    def _leads_on(self, url: str, *, again: bool = True) -> bool:
        try:
            target_on(self.client.policy.origin, self.client.policy.prefix, url)
        except Unreadable:
            return False
        return again or url not in self._followed

    async def _cursor(self) -> str | None:
        """The cursor as it stands in the store now: another process may have moved it on."""
        now = self.client.clock.time()
        url = await self._in_thread(lambda: self.store.cursor(since=now - KEEP))
        return url if url and self._leads_on(url) else None

    async def _query(self) -> dict[str, str]:
        """A first page: from the newest event kept, or from a day ago."""
        now = self.client.clock.time()
        newest = await self._in_thread(self.store.newest)
        since = now - LOOK_BACK
        if newest is not None:  # all that is kept is without a hole
            since = max(min(newest, now) - OVERLAPS[self._overlap], now - KEEP)
        return {
            "since": stamp(datetime.fromtimestamp(since, UTC)),
            "filter": FILTER,
            "limit": str(LIMITS[self._limit]),
            "sortOrder": "ASCENDING",
        }

    def _keep(self, page: Page[LogEvent]) -> int:
        now = self.client.clock.time()
        new = self.store.add(page.items, page.next_url, at=now)
        if page.next_url is None:
            self.store.lose_cursor()
        if not self._forgot_at <= now < self._forgot_at + FORGET_EVERY:
            self._forgot_at = now
            self.store.forget(now - KEEP)
        return new

    async def _hand_over(self, heard: Callable[[Sequence[LogEvent]], None]) -> None:
        """Everything in the store that was not handed over yet, also what another process has heard."""
        async with self._handing:
            while True:
                row, events = await self._in_thread(lambda: self.store.after(self._row, limit=BATCH))
                if self.store.begun != self._begun:  # another file, with row numbers of its own
                    self._begun, self._row = self.store.begun, 0
                    continue
                if events or self._row == 0:
                    self._row = row
                    heard(events)
                if not events:
                    return
                await asyncio.sleep(0)

    def _stumble(self, error: OktaError) -> None:
        """Take in a fault: wait, or stop where it will be the same next time."""
        if isinstance(error, (*LASTING, BadRequest)):
            self._running.clear()
            self._tell(replace(self.state, pace=Pace.STOPPED, trouble=error, until=None))
            return
        first, most = BACK_OFF
        pause = min(most, first * 2**self._faults) * (0.5 + self.client.clock.jitter())
        self._faults = min(self._faults + 1, 10)
        if isinstance(error, RateLimited) and error.lifts_in:
            pause = error.lifts_in
        self._wait(pause, error)

    def _wait(self, seconds: float, trouble: OktaError) -> None:
        if self.state.pace is not Pace.PAUSED:
            until = self.client.clock.time() + seconds
            self._tell(replace(self.state, pace=Pace.WAITING, trouble=trouble, until=until))

    def _tell(self, state: FeedState) -> None:
        self.state = state
        self.changed(state)

    async def _sleep(self, seconds: float | None) -> None:
        """Sleep so long, or until somebody hurries; without a number only until then."""
        waits: list[asyncio.Future[object]] = [asyncio.ensure_future(self._woken.wait())]
        if seconds is not None:
            waits.append(asyncio.ensure_future(self.client.clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._woken.clear()
            for wait in waits:
                wait.cancel()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)
