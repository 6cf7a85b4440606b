"""Monitor the lockouts: status search, System Log and password policies, brought together in one picture."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.case import Shut
from tui.desk.lockouts.cases import Cases
from tui.desk.lockouts.feed import KEEP, Feed, FeedState, Pace, open_feed
from tui.desk.lockouts.feed_store import FeedStore, FeedStoreTrouble
from tui.desk.lockouts.folding import QUIET, Folding
from tui.desk.lockouts.healing import AT_ONCE, Healing
from tui.desk.lockouts.now import Lockout, lockouts
from tui.desk.lockouts.picture import BLOCKS, LOG, POLICIES, STORE, Lack, Picture
from tui.desk.lockouts.spray import HOME_WINDOW, WINDOW, sprays
from tui.okta.errors import FeatureOff, OktaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.desk.lockouts.feed_store import Handled
    from tui.desk.lockouts.now import Lockouts
    from tui.desk.lockouts.spray import Spray
    from tui.desk.session import Session
    from tui.okta.log_events import LogEvent
    from tui.okta.models import User
    from tui.trouble import Trouble

PAUSE: Final = 0.3
"""The least seconds between two pictures, while events arrive."""
BATCH: Final = 50
"""Events added at a time; the app handles key presses in between. Each may call for the stored events of its person."""
BLOCKS_EVERY: Final = 120.0
"""Seconds between two background searches for blocked people: each costs a request per suspect."""
MANY: Final = 100
"""People whose policy is read at once where no screen waits."""
CHECKED: Final = 20.0
"""Seconds for which the own status of one person counts as just read."""
SPRAYS_EVERY: Final = 60.0
MOST_WAITING: Final = 2000
"""Events that wait to be added, before the feed waits too."""
FORGET_EVERY: Final = 600.0
FOLD_EVERY: Final = 60.0
FOLD_AFTER: Final = 10_000
"""Events of a long catch-up after which those who are quiet leave the memory."""


def _no_listener(_: Picture) -> None:
    """Ignore the picture."""


class LockoutMonitor:
    """The lockouts of one org, for a screen or a command. Each call is one round; the caller decides when.

    Args:
        session: The session of the org.
        on_picture: Called with each new picture: at the end of a round, and in it at most every `PAUSE` seconds.

    Attributes:
        picture: The newest picture.
    """

    def __init__(self, session: Session, on_picture: Callable[[Picture], None] = _no_listener) -> None:
        self.session = session
        self.picture = Picture()
        self._on_picture = on_picture
        self._cases = Cases()
        self._feed: Feed | None = None
        self._folding: Folding | None = None
        self._users: dict[str, User] = {}
        self._blocked: tuple[Lockout, ...] = ()
        self._sprays: tuple[Spray, ...] = ()
        self._strange: set[str] = set()
        self._tried: Mapping[str, str] = {}
        self._handled: Mapping[str, Handled] = {}
        self._checked: dict[str, float] = {}
        self._healing = Healing(session.client)
        self._lacks: dict[str, Trouble] = {}
        self._waiting: deque[LogEvent] = deque()
        self._news = False
        self._arrived = asyncio.Event()
        self._read_at: float | None = None
        self._more = False
        self._log_read_at = self._sprayed_at = self._published_at = self._blocks_at = self._folded_at = float("-inf")
        self._unfolded = 0
        self._forgot_at = session.client.clock.monotonic()

    # -- the status

    async def read_status(self, *, background: bool = False, younger: float = 0.0) -> None:
        """Read who is locked or blocked now, then which policy applies to the locked people.

        Args:
            background: Whether a timer asks: blocks, which cost a request for each person, are read now and then only.
            younger: Blocks that were read within so many seconds are taken as they are.

        Raises:
            SwitchedOff: The lockouts are switched off.
            OktaError: The status search failed.
        """
        if not background and BLOCKS in self._lacks:
            younger = 0.0
        shared = BLOCKS_EVERY if background else younger
        blocks = not shared or self._now - self._blocks_at >= shared
        async for read in lockouts(self.session, background=background, blocks=blocks):
            self._add_status(read, blocks=blocks)
            first = self._read_at is None
            if read.done:
                self._read_at = read.read_at
            if read.done or first:
                self._publish()
        await self._read_policies()
        self._publish()

    def _add_status(self, read: Lockouts, *, blocks: bool) -> None:
        rows: Sequence[Lockout] = read.rows
        self._users |= {row.user.id: row.user for row in rows}
        if read.done:
            if blocks:
                self._set_lack(BLOCKS, read.trouble)
                self._blocks_at = read.read_at
            if read.trouble is not None or not blocks:  # people stay blocked until a read shows otherwise
                known = {row.user.id for row in rows}
                rows = (*rows, *(row for row in self._blocked if row.user.id not in known))
            self._blocked = tuple(row for row in rows if row.blocked)
            self._more = read.more
        at = datetime.fromtimestamp(read.read_at, UTC)
        self._cases.now_locked(rows, at=at, complete=read.done and not read.more)

    async def check(self, user_id: str) -> None:
        """Read the own status of one person, unless it was read within `CHECKED`; the search lags behind it.

        Where that fails, what search and log tell stays, with its age.
        """
        if self._now - self._checked.get(user_id, float("-inf")) < CHECKED:
            return
        try:
            person = await self.session.person_with_blocks(user_id)
        except OktaError:
            return
        user = person.user
        row = None
        if person.locked or person.blocked:
            row = Lockout(user, user.when("status_changed") if person.locked else None, blocked=not person.locked)
        no_blocks = person.blocks.trouble is None or isinstance(person.blocks.trouble, FeatureOff)
        if row is not None or no_blocks:  # a block that could not be read may still be there
            self._cases.checked(row, user_id, at=datetime.fromtimestamp(person.read_at, UTC))
        if person.locked:
            self._users[user_id] = user
        self._checked[user_id] = person.read_at
        self._publish()

    @property
    def lacks_countdown(self) -> bool:
        """Whether a countdown is missing that `read_countdowns` may find."""
        if POLICIES in self._lacks or self.paused:
            return False
        return bool(self._unlooked())

    async def read_countdowns(self, at_once: int = MANY) -> None:
        """Read the policies for the countdowns that a round leaves to the next rounds.

        Args:
            at_once: The most people whose groups are read.
        """
        await self._read_policies(at_once)
        self._publish()

    async def _read_policies(self, at_once: int = AT_ONCE) -> None:
        """Find out when locks heal by themselves."""
        locked = dict.fromkeys(case.user_id for case in self._cases.open() if case.shut is Shut.LOCKED)
        policies = await self._healing.ask(
            [self._users[user_id] for user_id in locked if user_id in self._users], at_once=at_once
        )
        self._set_lack(POLICIES, self._healing.trouble)
        self._cases.policies(policies)

    # -- the log

    @property
    def due(self) -> bool:
        """Whether reading the log makes sense now."""
        if self._feed is None:
            return True
        return self._feed.due and self._since_log >= self._feed.rest

    async def read_log(self, *, again: bool = False) -> None:
        """Catch up with the log; the picture shows faults. Does nothing while paused.

        Args:
            again: Resume a stopped feed: an admin may have granted the missing scope meanwhile.

        Raises:
            SwitchedOff: The lockouts are switched off.
        """
        feed = self._open_feed()
        if again and feed.state.pace is Pace.STOPPED:
            feed.resume()
        if not feed.due:
            return
        self._log_read_at = self.session.client.clock.monotonic()
        try:
            with suppress(OktaError):  # the feed's state shows the fault
                await self._catch_up(feed)
            self._log_read_at = self.session.client.clock.monotonic()
            await self._finish_round()
            await self._fold()
        except FeedStoreTrouble as trouble:
            if feed.store.path is None:
                raise
            self._set_lack(STORE, trouble)
            self._cases.close_store()
            self._replace_feed(Feed(self.session.client, FeedStore(None, feed.store.org)))
            await self.read_log()

    async def _fold(self) -> None:
        """Fold on disk what is new, so that it need not be read again, and let those go from memory who are quiet."""
        monotonic = self.session.client.clock.monotonic()
        if self._folding is None or (monotonic - self._folded_at < FOLD_EVERY and self._unfolded < FOLD_AFTER):
            return
        self._folded_at, self._unfolded = monotonic, 0
        store = self._folding.store
        begun = store.begun
        try:
            await self._folding.fold(self.session.now() - QUIET)
        except FeedStoreTrouble:
            if store.begun == begun:
                raise  # else a damaged file was set aside, and the next round begins anew

    def _open_feed(self) -> Feed:
        return self._feed or self._replace_feed(open_feed(self.session))

    def _replace_feed(self, feed: Feed) -> Feed:
        if self._feed is not None:
            self._feed.store.close()
        feed.changed = self._feed_changed
        self._folding = Folding(feed.store, self._cases, self.session.now)
        feed.begin = self._folding.open
        self._feed = feed
        return feed

    def _feed_changed(self, state: FeedState) -> None:
        self._set_lack(LOG, state.trouble if state.pace is Pace.STOPPED else None)
        self._publish_soon()

    def _queue(self, events: Sequence[LogEvent]) -> None:
        self._waiting.extend(events)
        if self._feed is not None and len(self._waiting) >= MOST_WAITING:
            self._feed.room.clear()
        self._arrived.set()

    async def _catch_up(self, feed: Feed) -> None:
        """Follow the feed to its end, and add the events meanwhile, a few at a time."""
        await self._add_events()  # of a round that was cancelled
        following = asyncio.ensure_future(feed.follow(self._queue, once=True))
        try:
            while not following.done():
                arrived = asyncio.ensure_future(self._arrived.wait())
                await asyncio.wait({following, arrived}, return_when=asyncio.FIRST_COMPLETED)
                arrived.cancel()
                self._arrived.clear()
                await self._add_events()
                if self._unfolded >= FOLD_AFTER:
                    await self._fold()
            await self._add_events()
            await following
        finally:
            following.cancel()

    async def _add_events(self) -> None:
        while self._waiting:
            batch = list(islice(self._waiting, BATCH))
            self._cases.add(batch)
            self._news = True
            self._unfolded += len(batch)
            for _ in batch:
                self._waiting.popleft()
            if self._feed is None or self._feed.state.pace is not Pace.STARTING:
                # Else these are the stored events: one picture of all of them comes at the end, since each picture
                # folds and sorts what has come so far.
                self._publish_soon()
            await asyncio.sleep(0)
        if self._feed is not None:
            self._feed.room.set()

    async def _finish_round(self) -> None:
        """End a round: look for sprays, forget old cases, read who takes care of which case."""
        now = self._now
        if now - self._sprayed_at >= SPRAYS_EVERY or self._news:
            self._sprayed_at, self._news = now, False
            await self._look_for_sprays(datetime.fromtimestamp(now, UTC))
        monotonic = self.session.client.clock.monotonic()
        if monotonic - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = monotonic
            self._cases.forget(datetime.fromtimestamp(now - KEEP, UTC))
            kept = {case.user_id for case in self._cases.open()}
            self._users = {user_id: user for user_id, user in self._users.items() if user_id in kept}
            self._healing.keep(kept)
            self._checked = {user_id: at for user_id, at in self._checked.items() if user_id in kept}
        await self._read_policies()
        await self._read_handled()
        self._note_blocks()
        attacks = {case.user_id: case.diagnosis.attack for case in self._cases.open()}
        self.session.attack_signs.update(self._strange, attacks)
        self._publish()

    def _note_blocks(self) -> None:
        """Have every list of the session say which people the feed knows as blocked, and whose block has ended."""
        for case in self._cases.all():
            if case.shut is Shut.BLOCKED:
                at = case.began if case.open else case.ended_at or case.began
                self.session.blocked.note(case.user_id, at.timestamp(), blocked=case.open)

    async def _look_for_sprays(self, now: datetime) -> None:
        """Look for sprays, in a thread: a day of a large org is some ten thousand attempts."""
        since = now - WINDOW
        attempts = self._cases.attempts(now - HOME_WINDOW)
        locked = {case.user_id for case in self._cases.all() if case.began >= since}
        self._sprays = await asyncio.to_thread(sprays, attempts, locked, now=now)
        tried = {user_id for spray in self._sprays for user_id in spray.people}
        self._tried = {attempt.user_id: attempt.login for attempt in attempts if attempt.user_id in tried}
        self._strange = {ip for spray in self._sprays if not spray.internal for ip in spray.addresses}
        self._cases.shared(self._strange | self._cases.threats(since))

    def pause(self) -> None:
        """Send no request of the feed until `resume`."""
        self._open_feed().pause()
        self._publish()

    def resume(self) -> None:
        """Go on; the next `read_log` catches up with what happened meanwhile."""
        self._open_feed().resume()
        self._publish()

    @property
    def paused(self) -> bool:
        """Whether an agent has paused the feed."""
        return self.picture.feed.pace is Pace.PAUSED

    @property
    def _since_log(self) -> float:
        """Seconds since the log was read, by the clock that no correction of the time moves."""
        return self.session.client.clock.monotonic() - self._log_read_at

    @property
    def rest(self) -> float:
        """Seconds until reading the log is due again."""
        return 0.0 if self._feed is None else max(0.0, self._feed.rest - self._since_log)

    # -- who takes care of which case

    async def handle(self, case_id: str) -> None:
        """Note that this agent takes care of a case.

        Raises:
            FeedStoreTrouble: The note cannot be stored.
        """
        store, agent, now = self._open_feed().store, str(self.session.agent), self._now
        await asyncio.to_thread(store.handle, case_id, agent, now)
        await self._read_handled()
        self._publish()

    async def leave(self, case_id: str) -> None:
        """Note that nobody takes care of a case any more.

        Raises:
            FeedStoreTrouble: The note cannot be stored.
        """
        await asyncio.to_thread(self._open_feed().store.leave, case_id)
        await self._read_handled()
        self._publish()

    async def _read_handled(self) -> None:
        self._handled = await asyncio.to_thread(self._open_feed().store.handled)

    def close(self) -> None:
        """Close the store of the feed; no round may be under way."""
        if self._feed is not None:
            self._feed.store.close()

    # -- the picture

    @property
    def _now(self) -> float:
        return self.session.client.clock.time()

    def _set_lack(self, what: str, trouble: Trouble | None) -> None:
        if trouble is None:
            self._lacks.pop(what, None)
        else:
            self._lacks[what] = trouble

    def _unlooked(self) -> frozenset[str]:
        """Return the locked people of whom nobody has looked yet which policy applies, and of whom somebody will."""
        if POLICIES in self._lacks:
            return frozenset()
        ids = {case.user_id for case in self._cases.open() if case.shut is Shut.LOCKED}
        return frozenset(one for one in ids if one in self._users and not self._healing.knows(one))

    def _publish_soon(self) -> None:
        """Publish a picture, unless one was published just now; the end of the round publishes one in any case."""
        if self.session.client.clock.monotonic() - self._published_at >= PAUSE:
            self._publish()

    def _publish(self) -> None:
        self._published_at = self.session.client.clock.monotonic()
        self.picture = Picture(
            cases=self._cases.all(),
            sprays=self._sprays,
            tried=self._tried,
            feed=self._feed.state if self._feed else FeedState(),
            lacks=tuple(Lack(what, trouble) for what, trouble in self._lacks.items()),
            handled=self._handled,
            checked=dict(self._checked),
            users=dict(self._users),
            read_at=self._read_at,
            more=self._more,
            unlooked=self._unlooked(),
            blocks_known=BLOCKS not in self._lacks,
        )
        self._on_picture(self.picture)
