"""The lockouts as they are now and as they came about: status search, System Log and policies in one picture."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.case import Shut
from tui.desk.lockouts.cases import Cases
from tui.desk.lockouts.feed import KEEP, Feed, FeedState, Pace, open_feed
from tui.desk.lockouts.feed_store import FeedStore, FeedStoreTrouble
from tui.desk.lockouts.healing import AT_ONCE, Healing
from tui.desk.lockouts.now import lockouts
from tui.desk.lockouts.picture import BLOCKS, LOG, POLICIES, STORE, Lack, Picture
from tui.desk.lockouts.spray import WINDOW, sprays
from tui.okta.errors import OktaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.desk.lockouts.feed_store import Handled
    from tui.desk.lockouts.now import Lockout, Lockouts
    from tui.desk.lockouts.spray import Spray
    from tui.desk.session import Session
    from tui.okta.log_events import LogEvent
    from tui.okta.models import User
    from tui.trouble import Trouble

PAUSE: Final = 0.3
"""Seconds between two pictures at least, while events come in."""
BATCH: Final = 200
"""Events taken in at a time, so that a key is answered in between."""
BLOCKS_EVERY: Final = 120.0
"""Seconds between two searches for blocked people by itself: each costs a question per suspect."""
MANY: Final = 100
"""People whose policy is asked for where nobody waits for a key to be answered."""
SPRAYS_EVERY: Final = 60.0
FORGET_EVERY: Final = 600.0


def _nobody(_: Picture) -> None:
    """Tell nobody."""


class LockoutMonitor:
    """What a screen or a command asks for the lockouts; each call is one round, whoever calls keeps the time.

    Args:
        session: The session.
        told: Called with each new picture: at the end of a round, and within one at most every `PAUSE` seconds.

    Attributes:
        picture: The newest.
    """

    def __init__(self, session: Session, told: Callable[[Picture], None] = _nobody) -> None:
        self.session = session
        self.picture = Picture()
        self._told = told
        self._cases = Cases()
        self._feed: Feed | None = None
        self._users: dict[str, User] = {}
        self._blocked: tuple[Lockout, ...] = ()
        self._sprays: tuple[Spray, ...] = ()
        self._strange: set[str] = set()
        self._tried: Mapping[str, str] = {}
        self._handled: Mapping[str, Handled] = {}
        self._healing = Healing(session.client)
        self._lacks: dict[str, Trouble] = {}
        self._heap: deque[LogEvent] = deque()
        self._news = False
        self._came = asyncio.Event()
        self._read_at: float | None = None
        self._more = False
        self._heard_at = self._sprayed_at = self._told_at = self._blocks_at = float("-inf")
        self._forgot_at = self._now

    # -- the status

    async def read(self, *, background: bool = False) -> None:
        """Read who is locked or blocked now, then which policy applies to those with a countdown.

        Raises:
            SwitchedOff: The lockouts are switched off.
            OktaError: The status search failed.
        """
        blocks = not background or self._now - self._blocks_at >= BLOCKS_EVERY
        async for found in lockouts(self.session, background=background, blocks=blocks):
            self._take_in(found, blocks=blocks)
            first = self._read_at is None
            if found.done:
                self._read_at = found.read_at
            if found.done or first:
                self._tell()
        await self._policies()
        self._tell()

    def _take_in(self, found: Lockouts, *, blocks: bool) -> None:
        rows: Sequence[Lockout] = found.rows
        self._users |= {row.user.id: row.user for row in rows}
        if found.done:
            if blocks:
                self._lack(BLOCKS, found.trouble)
                self._blocks_at = found.read_at
            if found.trouble is not None or not blocks:  # the blocked are so until it is read that they are not
                known = {row.user.id for row in rows}
                rows = (*rows, *(row for row in self._blocked if row.user.id not in known))
            self._blocked = tuple(row for row in rows if row.blocked)
            self._more = found.more
        at = datetime.fromtimestamp(found.read_at, UTC)
        self._cases.now_locked(rows, at=at, complete=found.done and not found.more)

    @property
    def lacking(self) -> bool:
        """Whether a countdown is still missing of which `fill_in` may find out."""
        if POLICIES in self._lacks or self.paused:
            return False
        ids = (case.user_id for case in self._cases.open() if case.shut is Shut.LOCKED)
        return any(one in self._users and not self._healing.knows(one) for one in ids)

    async def fill_in(self, at_once: int = MANY) -> None:
        """Ask for the countdowns that a round leaves for the next ones.

        Args:
            at_once: For how many people; a command, which has one round only, asks for all.
        """
        await self._policies(at_once)
        self._tell()

    async def _policies(self, at_once: int = AT_ONCE) -> None:
        """Find out when locks heal by themselves."""
        open_ones = [case.user_id for case in self._cases.open() if case.shut is Shut.LOCKED]
        found = await self._healing.ask(
            [self._users[one] for one in dict.fromkeys(open_ones) if one in self._users], at_once=at_once
        )
        self._lack(POLICIES, self._healing.trouble)
        self._cases.policies(found)

    # -- the log

    @property
    def due(self) -> bool:
        """Whether a look at the log makes sense now."""
        if self._feed is None:
            return True
        return self._feed.due and self._now - self._heard_at >= self._feed.rest

    async def hear(self, *, again: bool = False) -> None:
        """Catch up with the log; faults are told by the picture. Does nothing while paused.

        Args:
            again: Try also what was given up, as for want of a scope that an admin has granted since.

        Raises:
            SwitchedOff: The lockouts are switched off.
        """
        feed = self._follow()
        if again and feed.state.pace is Pace.STOPPED:
            feed.resume()
        if not feed.due:
            return
        self._heard_at = self._now
        try:
            await self._catch_up(feed)
        except FeedStoreTrouble as trouble:
            if feed.store.path is None:
                raise
            self._lack(STORE, trouble)
            self._use(Feed(self.session.client, FeedStore(None, feed.store.org)))
            await self.hear()
            return
        except OktaError:
            pass  # the feed's state tells
        self._heard_at = self._now
        await self._conclude()

    def _follow(self) -> Feed:
        return self._feed or self._use(open_feed(self.session))

    def _use(self, feed: Feed) -> Feed:
        if self._feed is not None:
            self._feed.store.close()
        feed.changed = self._feed_changed
        self._feed = feed
        return feed

    def _feed_changed(self, state: FeedState) -> None:
        self._lack(LOG, state.trouble if state.pace is Pace.STOPPED else None)
        self._tell_soon()

    def _hear(self, events: Sequence[LogEvent]) -> None:
        self._heap.extend(events)
        self._came.set()

    async def _catch_up(self, feed: Feed) -> None:
        """Follow to the end; what comes is taken in beside that, a few events at a time."""
        following = asyncio.ensure_future(feed.follow(self._hear, once=True))
        try:
            while not following.done():
                came = asyncio.ensure_future(self._came.wait())
                await asyncio.wait({following, came}, return_when=asyncio.FIRST_COMPLETED)
                came.cancel()
                self._came.clear()
                await self._digest()
            await self._digest()
            await following
        finally:
            following.cancel()

    async def _digest(self) -> None:
        while self._heap:
            batch = list(islice(self._heap, BATCH))
            self._cases.add(batch)
            self._news = True
            for _ in batch:
                self._heap.popleft()
            self._tell_soon()
            await asyncio.sleep(0)

    async def _conclude(self) -> None:
        """What is looked at once a round: waves, who takes care of what, what is old."""
        now = self._now
        if now - self._sprayed_at >= SPRAYS_EVERY or self._news:
            self._sprayed_at, self._news = now, False
            await self._look_for_sprays(datetime.fromtimestamp(now, UTC))
        if now - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = now
            self._cases.forget(datetime.fromtimestamp(now - KEEP, UTC))
            kept = {case.user_id for case in self._cases.open()}
            self._users = {user_id: user for user_id, user in self._users.items() if user_id in kept}
            self._healing.keep(kept)
        await self._policies()
        await self._read_handled()
        attacks = {case.user_id: case.reading.attack for case in self._cases.open()}
        self.session.attack_signs.update(self._strange, attacks)
        self._tell()

    async def _look_for_sprays(self, now: datetime) -> None:
        """In a thread: an hour of a large org is some ten thousand attempts."""
        since = now - WINDOW
        attempts = self._cases.attempts(since)
        locked = {case.user_id for case in self._cases.all() if case.began >= since}
        self._sprays = await asyncio.to_thread(sprays, attempts, locked, now=now)
        tried = {user_id for spray in self._sprays for user_id in spray.people}
        self._tried = {one.user_id: one.login for one in attempts if one.user_id in tried}
        self._strange = {ip for spray in self._sprays if not spray.internal for ip in spray.addresses}
        self._cases.shared(self._strange)

    def pause(self) -> None:
        """Ask nothing of Okta by itself until `resume`."""
        self._follow().pause()
        self._tell()

    def resume(self) -> None:
        """Go on; what happened meanwhile is caught up by the next `hear`."""
        self._follow().resume()
        self._tell()

    @property
    def paused(self) -> bool:
        """Whether an agent has paused it."""
        return self.picture.feed.pace is Pace.PAUSED

    @property
    def rest(self) -> float:
        """Seconds until the next look at the log is due."""
        return 0.0 if self._feed is None else max(0.0, self._feed.rest - (self._now - self._heard_at))

    # -- who takes care

    async def handle(self, case_id: str) -> None:
        """Note that this agent takes care of a case.

        Raises:
            FeedStoreTrouble: It cannot be noted.
        """
        store, agent, now = self._follow().store, str(self.session.agent), self._now
        await asyncio.to_thread(store.handle, case_id, agent, now)
        await self._read_handled()
        self._tell()

    async def leave(self, case_id: str) -> None:
        """Nobody takes care of it any more.

        Raises:
            FeedStoreTrouble: It cannot be noted.
        """
        await asyncio.to_thread(self._follow().store.leave, case_id)
        await self._read_handled()
        self._tell()

    async def _read_handled(self) -> None:
        self._handled = await asyncio.to_thread(self._follow().store.handled)

    def close(self) -> None:
        """Let go of the file; the rounds under way have to be over."""
        if self._feed is not None:
            self._feed.store.close()

    # -- telling

    @property
    def _now(self) -> float:
        return self.session.client.clock.time()

    def _lack(self, what: str, trouble: Trouble | None) -> None:
        if trouble is None:
            self._lacks.pop(what, None)
        else:
            self._lacks[what] = trouble

    def _tell_soon(self) -> None:
        """Tell, unless that was done just now; the end of the round tells in any case."""
        if self.session.client.clock.monotonic() - self._told_at >= PAUSE:
            self._tell()

    def _tell(self) -> None:
        self._told_at = self.session.client.clock.monotonic()
        self.picture = Picture(
            cases=self._cases.all(),
            sprays=self._sprays,
            tried=self._tried,
            feed=self._feed.state if self._feed else FeedState(),
            lacks=tuple(Lack(what, trouble) for what, trouble in self._lacks.items()),
            handled=self._handled,
            users=dict(self._users),
            read_at=self._read_at,
            more=self._more,
            blocks_known=BLOCKS not in self._lacks,
        )
        self._told(self.picture)
