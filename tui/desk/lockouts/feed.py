"""Follow the System Log, ascending and without end, by Okta's cursor; no event is handed over twice or left out.

Okta's rules for polling ("System Log"): a request without `until` returns events in the order of their arrival, so that
late ones are not missed. Each page, also an empty one, has a next link, which is followed unchanged and stored.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

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
    from collections.abc import Awaitable, Callable, Sequence

    from tui.desk.session import Session
    from tui.okta.client import OktaClient, Page
    from tui.trouble import Trouble

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
SIGN_INS: Final = ("user.session.start", "user.authentication.auth_via_mfa", "user.authentication.verify")
"""Good sign-ins too: they tell an office from an attacker, and a mistake that is over from one that goes on. On
Identity Engine a session starts after the first method, so only what comes later tells a finished sign-in."""
FAILING: Final = (
    "user.authentication.auth_via_radius",
    "user.authentication.auth_via_AD_agent",
    "user.authentication.auth_via_LDAP_agent",
    "user.authentication.auth_via_inbound_delauth",
    "user.authentication.auth_via_richclient",
    "system.operation.rate_limit.violation",
    "policy.evaluate_sign_on",
)
"""Event types that are read only where the outcome is FAILURE or DENY: what succeeds is too much, or tells nothing."""
THREATS: Final = (
    "security.threat.detected",
    "user.mfa.okta_verify.deny_push",
    "user.account.report_suspicious_activity_by_enduser",
)


def _any(names: tuple[str, ...]) -> str:
    return " or ".join(f'eventType eq "{name}"' for name in names)


FILTER: Final = (
    f"{_any(LOCKS + UNLOCKS + PASSWORDS + SIGN_INS + THREATS)} or "
    f'(({_any(FAILING)}) and (outcome.result eq "FAILURE" or outcome.result eq "DENY"))'
)

LOOK_BACK: Final = 24 * 3600.0
"""Seconds before now at which the first page begins."""
KEEP: Final = 48 * 3600.0
"""Seconds for which events are stored; an older cursor is not followed either."""
FORGET_EVERY: Final = 600.0
OVERLAPS: Final = (3600.0, 300.0, 60.0, 5.0, 0.0)
"""Seconds that are read again without a cursor, since events arrive late; known events are known by uuid. The first is
for a cursor that was lost; the next, smaller one is used where a whole page held only known events."""
BATCH: Final = 500
"""Events handed over at once; the app handles key presses between two batches."""
LIMITS: Final = (1000, 200, 50)
"""Events a page; fewer where Okta takes too long over them."""
MOVED: Final = 5.0
"""Seconds; where Okta's first answer moves the clock further, the query was made by a wrong one and is made again."""
SHORTEST: Final = 10.0
"""The least seconds between two requests, as Okta asks."""
SHARE: Final = 3.0
"""The feed takes one of so many requests that the rate limit's bucket allows."""
BACK_OFF: Final = (5.0, 120.0)
"""Seconds of waiting after a fault: after the first one, and at most."""
SHORT: Final = 5.0
"""Waits for the rate limit up to so many seconds do not change the state."""
KEPT_BACK: Final = "The rest of it is kept for your own requests. The feed goes on by itself."
MOST_STEPS: Final = 2000
"""The most pages of one catch-up; the next one goes on from there, so that even an endless log is left in between."""
MOST_STALE: Final = 20
"""The most pages in a row that hold nothing new and still name a next one; then the feed rests before it goes on.
Twice the pages of an hour's overlap in a busy org."""
RENEWALS: Final = 3
"""How often a damaged file is replaced while keydesk runs; after that the disk is to blame."""
PERMANENT: Final = (MissingScope, MissingRole, BadToken, BadClient, NoScopes, FeatureOff)
"""Errors that the next request would raise too."""


class Pace(StrEnum):
    """The state in which the feed is."""

    STARTING = "starting"
    LIVE = "live"
    BEHIND = "behind"  # reads page after page to catch up
    WAITING = "waiting"  # until a rate limit lifts, or after a fault
    PAUSED = "paused"
    STOPPED = "stopped"  # because of `trouble`, until `resume`


class FeedState(Struct, frozen=True):
    """The state of the feed, with its times.

    Attributes:
        pace: The state.
        read_at: When Okta last answered, by its clock, seconds since 1970; `None` before the first answer.
        until: When the feed goes on, by Okta's clock, seconds since 1970; for WAITING.
        reached: The newest `published` that was read, seconds since 1970.
        trouble: Why the feed waits or has stopped.
        recovered: How often a lost cursor was replaced by reading again from shortly before the newest event kept.
    """

    pace: Pace = Pace.STARTING
    read_at: float | None = None
    until: float | None = None
    reached: float | None = None
    trouble: Trouble | None = None
    recovered: int = 0


def _no_listener(_: FeedState) -> None:
    """Ignore the state."""


def open_feed(session: Session, *, every: float = 15.0) -> Feed:
    """Open the feed of a session's org; the caller closes its store.

    Args:
        session: The session; the events are stored in its folder.
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
        store: Where events and the cursor are stored.
        every: Seconds between two requests when nothing is new, at least `SHORTEST`.

    Attributes:
        state: The current state.
        changed: Called with each new state.
        begin: Called in the place of handing over what is stored at first; returns up to which row number of the store
            nothing is left to hand over. `None` where all is handed over.
        room: Cleared by a listener who has enough to do: nothing is handed over until it is set again.
    """

    def __init__(self, client: OktaClient, store: FeedStore, *, every: float = 15.0) -> None:
        self.client = client
        self.store = store
        self.state = FeedState()
        self.changed: Callable[[FeedState], None] = _no_listener
        self.begin: Callable[[], Awaitable[int]] | None = None
        self._every = max(every, SHORTEST)
        self._row = 0
        self._opened = False
        self._begun = 0
        self._limit = 0
        self._overlap = 0
        self._stride = 0.0
        self._newest: float | None = None
        self._stale = 0
        self._followed: set[str] = set()
        self._faults = 0
        self._calls = 0
        self._forgot_at = 0.0
        self._goes_on_at = 0.0  # when a wait ends, on the clock that no correction of the time moves
        self.room = asyncio.Event()
        self.room.set()
        self._hurried = asyncio.Event()
        self._running = asyncio.Event()
        self._running.set()
        self._reading = asyncio.Lock()
        self._handing_over = asyncio.Lock()

    async def follow(self, on_events: Callable[[Sequence[LogEvent]], None], *, once: bool = False) -> None:
        """Hand over the stored events, then the new ones, each event once, until cancelled.

        The stored ones may have been read with other credentials. They are handed over only once Okta has let these
        read the log too, or has not answered at all; where it refuses them, nothing is.

        An event is on the disk, with its cursor, before it is handed over. An event that an earlier call handed over
        is not handed over again.

        Args:
            on_events: Called with each batch, in the order of arrival, possibly empty at the end of a catch-up.
            once: Return when all that Okta has is read; a fault is then raised.

        Raises:
            OktaError: With `once` only; otherwise `state` shows the fault.
            FeedStoreTrouble: The store cannot be used.
        """
        begun = self.store.begun
        while True:
            try:
                if self.state.read_at is not None:
                    await self._hand_over(on_events)
                steps = 0
                while await self._step(on_events, once=once) and not (once and steps >= MOST_STEPS):
                    steps += 1
            except FeedStoreTrouble as trouble:
                if self.store.begun == begun or begun >= RENEWALS:
                    self._set_state(replace(self.state, pace=Pace.STOPPED, until=None, trouble=trouble))
                    raise
                begun = self.store.begun  # a damaged file was set aside, and all is read from Okta again
            else:
                return

    async def _step(self, on_events: Callable[[Sequence[LogEvent]], None], *, once: bool) -> bool:
        """Read one page and pause; return whether to go on."""
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
            behind = await self._read_page(on_events)
        except OktaError as error:
            self._handle_fault(error)
            if not isinstance(error, PERMANENT):
                await self._hand_over(on_events)
            if once:
                raise
            await self._sleep(None if self.state.pace is Pace.STOPPED else self.rest)
            return True
        # An endless log is left in between, so that it does not take all of the rate limit and the disk at once.
        if not once and (not behind or self._calls % MOST_STEPS == 0):
            await self._sleep(self.rest)
        return behind or not once

    @property
    def rest(self) -> float:
        """Seconds until the next request is due: the pause between two, or the rest of a wait."""
        if self.state.pace is Pace.WAITING and self.state.until is not None:
            return max(0.0, self._goes_on_at - self.client.clock.monotonic())
        bucket = self.client.budget.buckets.get(ep.LOGS.bucket)
        seconds_a_request = 60.0 * SHARE / bucket.limit if bucket else 0.0
        window = max(seconds_a_request, 60.0)  # a rate limit's window lasts a minute
        return max(self._every, min(seconds_a_request * max(1, self._calls), window))

    @property
    def due(self) -> bool:
        """Whether a request makes sense now, for callers of `follow(once=True)` with a timer of their own."""
        if self.state.pace in {Pace.PAUSED, Pace.STOPPED}:
            return False
        return self.state.pace is not Pace.WAITING or self.rest <= 0

    def pause(self) -> None:
        """Send no request until `resume`."""
        self._running.clear()
        self._set_state(replace(self.state, pace=Pace.PAUSED, until=None))

    def resume(self) -> None:
        """Go on, also after a stop, and catch up with what happened meanwhile."""
        pace = Pace.BEHIND if self.state.read_at else Pace.STARTING
        self._set_state(replace(self.state, pace=pace, until=None, trouble=None))
        self._running.set()
        self.hurry()

    def hurry(self) -> None:
        """Send the next request now, without the rest of the pause."""
        self._hurried.set()

    # -- one page

    async def _read_page(self, on_events: Callable[[Sequence[LogEvent]], None]) -> bool:
        """Read a page, store it and hand it over; return whether there may be more."""
        async with self._reading:
            url = await self._cursor()
            live = self.state.pace is Pace.LIVE
            self._calls = 1 if live else self._calls + 1
            self._followed = {url or ""} if live else self._followed | {url or ""}
            ahead = self.client.clock.ahead
            page = await self._fetch(url)
            if page is None or (url is None and abs(self.client.clock.ahead - ahead) > MOVED):
                return True  # also where a time of a wrong local clock was asked for: Okta's is known now
            page = self._checked(page)
            # Also when this is cancelled, the transaction is finished.
            new = await asyncio.shield(asyncio.ensure_future(self._in_thread(lambda: self._store_page(page))))
            self._faults = 0
            # Without a next link, the same page could be read for ever: go on only while it has new events.
            behind = bool(page.items) and (page.next_url is not None or new > 0)
            if page.next_url is None and page.items:
                behind = self._go_on_without_link(full=len(page.items) >= LIMITS[self._limit], new=new > 0)
            self._stale = 0 if new or not behind else self._stale + 1
            if self._stale >= MOST_STALE:
                self._stale, behind = 0, False
        await self._hand_over(on_events)
        if self.state.pace is not Pace.PAUSED:
            pace = Pace.BEHIND if behind else Pace.LIVE
            now = self.client.clock.time()
            newest = await self._in_thread(self.store.newest)
            self._set_state(replace(self.state, pace=pace, read_at=now, until=None, reached=newest, trouble=None))
        return behind

    async def _fetch(self, url: str | None) -> Page[LogEvent] | None:
        """Fetch the next page; `None` where the cursor or the page size had to be given up."""
        lost, ahead = True, self.client.clock.ahead
        try:
            query = None if url else await self._query()
            return await self.client.page(ep.LOGS, LogEvent, query, url=url, background=True)
        except (BadRequest, NotFound):
            if url is None and abs(self.client.clock.ahead - ahead) <= MOVED:
                raise
            if url is None:
                return None
        except OktaDown as error:
            if error.code != "E0000009" or self._limit + 1 >= len(LIMITS):  # not "the query takes too long"
                raise
            self._limit += 1
            lost = False
        await self._in_thread(self.store.lose_cursor)
        self._overlap = 0
        self._followed = set()
        self._set_state(replace(self.state, recovered=self.state.recovered + lost))
        return None

    def _go_on_without_link(self, *, full: bool, new: bool) -> bool:
        """Choose where the next page without a cursor begins; return whether there may be more.

        Okta takes the time for that of arrival, while an event tells when it happened. Where a full page of events that
        came late holds none that is new, the newest event known does not lead on: the time goes on second by second.
        """
        self._followed = set()
        last = len(OVERLAPS) - 1
        if not full:
            self._stride = 0.0
        if new and not self._stride:
            self._overlap = 1
        elif self._overlap < last:
            self._overlap += 1
        elif full:
            self._stride += 1.0
        return new or full

    def _checked(self, page: Page[LogEvent]) -> Page[LogEvent]:
        """Return the page, without its next link if that leads to another server or to a page that was read before."""
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
        """Return the stored cursor; another process may have moved it on."""
        now = self.client.clock.time()
        url = await self._in_thread(lambda: self.store.cursor(since=now - KEEP))
        return url if url and self._leads_on(url) else None

    async def _query(self) -> dict[str, str]:
        """Return the query of a first page: from the newest stored event, or from a day ago."""
        now = self.client.clock.time()
        newest = await self._in_thread(self.store.newest)
        since = now - LOOK_BACK
        if newest is not None:  # the stored events have no gap
            if newest != self._newest:
                self._newest, self._stride = newest, 0.0
            # An event may be dated after its arrival; what was not read arrived after the last answer.
            read_at = await self._in_thread(self.store.read_at)
            reached = min(newest, now, now if read_at is None else read_at)
            since = max(reached - OVERLAPS[self._overlap] + self._stride, now - KEEP)
        return {
            "since": stamp(datetime.fromtimestamp(since, UTC)),
            "filter": FILTER,
            "limit": str(LIMITS[self._limit]),
            "sortOrder": "ASCENDING",
        }

    def _store_page(self, page: Page[LogEvent]) -> int:
        now = self.client.clock.time()
        new = self.store.add(page.items, page.next_url or "", at=now)
        if not self._forgot_at <= now < self._forgot_at + FORGET_EVERY:
            self._forgot_at = now
            self.store.forget(now - KEEP)
        return new

    async def _hand_over(self, on_events: Callable[[Sequence[LogEvent]], None]) -> None:
        """Hand over all stored events that were not handed over yet, also those that another process has read."""
        async with self._handing_over:
            if not self._opened and self.begin is not None:
                self._begun = self.store.begun
                self._row = await self.begin()
            self._opened = True
            while True:
                row, events = await self._in_thread(lambda: self.store.after(self._row, limit=BATCH))
                if self.store.begun != self._begun:  # another file, with row numbers of its own
                    self._begun, self._row = self.store.begun, 0
                    continue
                if events or self._row == 0:
                    self._row = row
                    on_events(events)
                if not events:
                    return
                await asyncio.sleep(0)
                await self.room.wait()

    def _handle_fault(self, error: OktaError) -> None:
        """Wait after a fault, or stop where the next request would raise it too."""
        if isinstance(error, (*PERMANENT, BadRequest)):
            self._running.clear()
            self._set_state(replace(self.state, pace=Pace.STOPPED, trouble=error, until=None))
            return
        shortest, longest = BACK_OFF
        pause = min(longest, shortest * 2**self._faults) * (0.5 + self.client.clock.jitter())
        self._faults = min(self._faults + 1, 10)
        if isinstance(error, RateLimited) and error.lifts_in:
            pause = error.lifts_in
        self._wait(pause, error)

    def _wait(self, seconds: float, trouble: OktaError) -> None:
        if self.state.pace is not Pace.PAUSED:
            self._goes_on_at = self.client.clock.monotonic() + seconds
            until = self.client.clock.time() + seconds
            self._set_state(replace(self.state, pace=Pace.WAITING, trouble=trouble, until=until))

    def _set_state(self, state: FeedState) -> None:
        self.state = state
        self.changed(state)

    async def _sleep(self, seconds: float | None) -> None:
        """Sleep so many seconds, or until `hurry`; with `None`, only until `hurry`."""
        waits: list[asyncio.Future[object]] = [asyncio.ensure_future(self._hurried.wait())]
        if seconds is not None:
            waits.append(asyncio.ensure_future(self.client.clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hurried.clear()
            for wait in waits:
                wait.cancel()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)
