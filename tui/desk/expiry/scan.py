"""The whole org's password expiry: pages of people and the groups of the policies, no call per person."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta

from tui.desk.expiry.expiry import Age, Expiry, expiry_of  # noqa: TC001 - msgspec reads the annotations
from tui.desk.people.password_policies import password_policies
from tui.okta import endpoints as ep
from tui.okta.errors import BadRequest, FeatureOff, MissingRole, MissingScope, NotFound
from tui.okta.models import Group, User
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import date

    from tui.desk.people.password_policies import PasswordPolicies
    from tui.desk.session import Session
    from tui.okta.client import OktaClient

PAGE: Final = "200"
PACE_OVER: Final = 12
"""Pages over which the pace is measured."""
MOST_DAYS: Final = 3650
LATEST: Final = 1e11
"""Seconds since 1970 that are a date in every part of Python."""
LISTED: Final = frozenset({Age.OVERDUE, Age.EXPIRED})


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan is.

    Attributes:
        people: How many were read.
        of: About how many there are; `None` where that is not known.
        pages: How many list calls were made.
        left: Seconds left, estimated; `None` where that is not known.
        note: What it does now, in a few words.
        done: Whether it is through.
    """

    people: int = 0
    of: int | None = None
    pages: int = 0
    left: float | None = None
    note: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class ScanPlace:
    """Where a scan was left, to be taken up there by another one.

    Attributes:
        days: Who expires within so many days is listed.
        started: When it began, seconds since 1970.
        url: Okta's own URL of the next page of people; `None` before the first.
        pages: How many list calls were made.
        people: How many people were read.
        counts: How many of each kind, by the kind's word.
        rows: Who is listed.
    """

    days: int
    started: Annotated[float, Meta(ge=0, le=LATEST)]
    url: str | None
    pages: int
    people: int
    counts: dict[str, int]
    rows: tuple[Expiry, ...]


def expiry_scan(session: Session, days: int = 14) -> ExpiryScan:
    """A scan of a session's whole org; nothing is asked before it is run.

    Raises:
        SwitchedOff: Password expiry is switched off.
    """
    session.require(Capability.EXPIRY)
    return ExpiryScan(session.client, days)


class ExpiryScan:
    """One scan. It holds only whom it lists, and the memberships of the policies' groups in a compact form.

    Args:
        client: The connection; all requests are background ones.
        days: Who expires within so many days is listed, and who is overdue or expired.
        place: Where an earlier scan was left.

    Attributes:
        counts: How many people of each kind, listed or not.
        started: When it began; ages are counted from then.
        done: Whether it is through.
        progress: How far it is.
        missing: What could not be read and makes it less sure, in a sentence each; harmless.
    """

    def __init__(self, client: OktaClient, days: int = 14, *, place: ScanPlace | None = None) -> None:
        self.client = client
        self.days = max(0, min(days, MOST_DAYS))
        self.counts: Counter[Age] = Counter()
        self.started: datetime | None = None
        self.done = False
        self.progress = ScanProgress()
        self.missing: tuple[str, ...] = ()
        self._members = Members()
        self._rows: list[Expiry] = []
        self._sorted: tuple[Expiry, ...] | None = ()
        self._url: str | None = None
        self._pace: deque[tuple[float, int]] = deque(maxlen=PACE_OVER)
        self._tell: Callable[[ScanProgress], None] = lambda _: None
        if place is not None:
            self._take_up(place)

    @property
    def rows(self) -> tuple[Expiry, ...]:
        """Who is listed: the soonest first, then the overdue, then the expired."""
        if self._sorted is None:
            self._rows.sort(key=_order)
            self._sorted = tuple(self._rows)
        return self._sorted

    @property
    def histogram(self) -> tuple[tuple[date, int], ...]:
        """How many expire on each local day within `days`, days without anybody included."""
        if self.started is None:
            return ()
        first = self.started.astimezone().date()
        days = Counter(row.expires.astimezone().date() for row in self._rows if row.age is Age.EXPIRES and row.expires)
        return tuple((day, days[day]) for day in (first + timedelta(days=n) for n in range(self.days + 1)))

    @property
    def place(self) -> ScanPlace | None:
        """Where it stands; `None` before it began and once it is through."""
        if self.started is None or self.done:
            return None
        counts = {age.value: number for age, number in self.counts.items()}
        at = self.started.timestamp()
        now = self.progress
        return ScanPlace(self.days, at, self._url, now.pages, now.people, counts, tuple(self._rows))

    async def run(self, progress: Callable[[ScanProgress], None]) -> None:
        """Read on from where it was left: cancelling loses at most the page that was under way.

        Raises:
            SwitchedOff: Password expiry is switched off for this connector.
            OktaError: Something could not be read; calling it again goes on.
        """
        if self.done:
            return
        self._tell = progress
        self._pace.clear()
        if self.started is None:
            self.started = datetime.fromtimestamp(self.client.clock.time(), UTC)
        self._say(note="Reading the password policies")
        policies = await password_policies(self.client)
        await self._read_groups(policies)
        self._say(note="Reading people")
        while not self.done:
            await self._page(policies)

    # -- reading

    async def _read_groups(self, policies: PasswordPolicies) -> None:
        """How many people there are, and who is in the groups that make a difference."""
        self.missing = ()
        self._members.everyone = policies.everyone
        await self._count()
        for group in policies.deciding:
            if group in self._members.everyone:
                continue
            self._say(note="Reading who is in the groups of the policies")
            try:
                async for _ in self._members.read(self.client, group):
                    self._say(pages=1)
            except (MissingScope, MissingRole, NotFound):
                self._miss("keydesk may not read the members of all groups that password policies are for")

    async def _count(self) -> None:
        """About how many people there are: everybody is in Everyone. Without it the scan says no share."""
        query = {"search": 'type eq "BUILT_IN"', "expand": "stats", "limit": PAGE}
        try:
            built_in = await self.client.all(ep.GROUPS, Group, None, query, background=True)
        except (MissingScope, MissingRole, FeatureOff):
            return
        self._say(pages=1, of=next((group.members for group in built_in if group.name == "Everyone"), None))

    async def _page(self, policies: PasswordPolicies) -> None:
        """Read one page of people and count them; nothing of it counts before all of it does."""
        assert self.started is not None  # noqa: S101 - run() has set it
        try:
            page = await self.client.page(ep.USERS, User, {"limit": PAGE}, url=self._url, background=True)
        except BadRequest:
            if self._url is None:
                raise
            # Okta forgot the place: from the start again, and nobody is counted twice.
            self._forget()
            return
        for user in page.items:
            found = expiry_of(user, policies.applies(user, self._members.of(user.id)), self.started)
            self.counts[found.age] += 1
            if found.age in LISTED or (found.age is Age.EXPIRES and _within(found, self.started, self.days)):
                self._rows.append(found)
        self._sorted = None
        self._url, self.done = page.next_url, page.next_url is None
        self._say(pages=1, people=len(page.items))

    def _forget(self) -> None:
        self._url = None
        self.counts.clear()
        self._rows.clear()
        self._sorted = ()
        self.progress = replace(self.progress, people=0)

    def _take_up(self, place: ScanPlace) -> None:
        self.days = place.days
        self.started = datetime.fromtimestamp(place.started, UTC)
        self._url = place.url
        self.counts.update({age: place.counts.get(age.value, 0) for age in Age})
        self._rows.extend(place.rows)
        self._sorted = None
        self.progress = ScanProgress(place.people, None, place.pages)

    def _miss(self, what: str) -> None:
        told = f"{what}: whom a group's own policy applies to is counted by the policy for everybody."
        if told not in self.missing:
            self.missing = (*self.missing, told)

    def _say(self, *, pages: int = 0, people: int = 0, of: int | None = None, note: str = "") -> None:
        now = self.client.clock.monotonic()
        before = self.progress
        read = before.people + people
        total = max(of or before.of or 0, read) or None
        if people:
            self._pace.append((now, read))
        left = None
        if total and len(self._pace) > 1:
            (then, had), seconds = self._pace[0], now - self._pace[0][0]
            left = (total - read) * seconds / (read - had) if read > had and now > then else None
        self.progress = ScanProgress(
            read,
            of=total,
            pages=before.pages + pages,
            left=0.0 if self.done else left,
            note="Done" if self.done else note or before.note,
            done=self.done,
        )
        self._tell(self.progress)


def _within(found: Expiry, started: datetime, days: int) -> bool:
    return found.expires is not None and found.expires <= started + timedelta(days=days)


_NEVER: Final = datetime.max.replace(tzinfo=UTC)


_RANK: Final = {Age.EXPIRES: 0, Age.OVERDUE: 1}


def _order(row: Expiry) -> tuple[int, datetime, str]:
    return _RANK.get(row.age, len(_RANK)), row.expires or _NEVER, row.user.id


def _short(user_id: str) -> int:
    """Eight bytes of an id; that two people share them is as likely as one in a billion billion."""
    return int.from_bytes(blake2b(user_id.encode("utf-8", "replace"), digest_size=8).digest(), "big")


class Members:
    """Who is in which of the groups that decide between password policies, in eight bytes a membership.

    Attributes:
        whole: Groups whose members have all been read.
        everyone: Groups that everybody is in; they are not read.
    """

    def __init__(self) -> None:
        self.whole: dict[str, array[int]] = {}
        self.everyone: frozenset[str] = frozenset()

    async def read(self, client: OktaClient, group: str) -> AsyncIterator[int]:
        """Read who is in a group, unless that was done before; yields how many members came with each list call.

        Raises:
            OktaError: The group could not be read whole, and counts as not read.
        """
        if group in self.whole:
            return
        found: array[int] = array("Q")
        async for page in client.pages(ep.GROUP_USERS, User, {"group": group}, {"limit": PAGE}, background=True):
            found.extend(_short(user.id) for user in page.items)
            yield len(page.items)
        self.whole[group] = array("Q", sorted(found))

    def of(self, user_id: str) -> frozenset[str]:
        """The groups that somebody is in, of those that were read."""
        if not self.whole:
            return self.everyone
        short = _short(user_id)
        return self.everyone | {group for group, members in self.whole.items() if _holds(members, short)}


def _holds(members: array[int], short: int) -> bool:
    at = bisect_left(members, short)
    return at < len(members) and members[at] == short
