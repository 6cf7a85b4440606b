"""Scan a whole org for password expiry: read pages of people and the groups of the policies, no call per person."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, deque
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import replace

from tui.desk.expiry.expiry import Age, Expiry, expiry_of  # noqa: TC001 - msgspec reads the annotations
from tui.desk.people.password_policies import password_policies
from tui.okta import endpoints as ep
from tui.okta.errors import BadRequest, FeatureOff, MissingRole, MissingScope, NotFound
from tui.okta.links import PageBounds
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
MOST_LISTED: Final = 100_000
"""The most people who are listed; further ones are counted, which is said."""
LISTED: Final = frozenset({Age.OVERDUE, Age.EXPIRED})


class ScanProgress(Struct, frozen=True):
    """The progress of a scan.

    Attributes:
        people: The number of people who were read.
        of: The approximate number of all people; `None` where that is not known.
        pages: The number of list calls that were made.
        left: The estimated seconds left; `None` where that is not known.
        note: The current step, in a few words.
        done: Whether the scan is complete.
    """

    people: int = 0
    of: int | None = None
    pages: int = 0
    left: float | None = None
    note: str = ""
    done: bool = False


class ScanPlace(Struct, frozen=True):
    """Where a scan was interrupted, so that another one can resume there.

    Attributes:
        days: The scan lists people whose password expires within so many days.
        started: When the scan began, seconds since 1970.
        url: Okta's own URL of the next page of people; `None` before the first.
        pages: The number of list calls that were made.
        people: The number of people who were read.
        counts: The number of people of each kind, by the kind's word.
        rows: The listed people.
    """

    days: int
    started: Annotated[float, Meta(ge=0, le=LATEST)]
    url: str | None
    pages: int
    people: int
    counts: dict[str, int]
    rows: tuple[Expiry, ...]


def expiry_scan(session: Session, days: int = 14) -> ExpiryScan:
    """Return a scan of a session's whole org; nothing is read before `run`.

    Raises:
        SwitchedOff: Password expiry is switched off.
    """
    session.require(Capability.EXPIRY)
    return ExpiryScan(session.client, days)


class ExpiryScan:
    """One scan. It holds only the people whom it lists, and the members of the policies' groups in a compact form.

    Args:
        client: The connection; all requests are background ones.
        days: People whose password expires within so many days are listed, and those overdue or expired.
        place: Where an earlier scan was interrupted.

    Attributes:
        counts: The number of people of each kind, listed or not.
        started: When the scan began; days left are counted from then.
        done: Whether the scan is complete.
        progress: The progress.
        missing: What could not be read and makes the result less sure, in a harmless sentence each.
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
        self._bounds = PageBounds()
        self._pace: deque[tuple[float, int]] = deque(maxlen=PACE_OVER)
        self._on_progress: Callable[[ScanProgress], None] = lambda _: None
        if place is not None:
            self._resume(place)

    @property
    def rows(self) -> tuple[Expiry, ...]:
        """The listed people: the soonest expiry first, then the overdue, then the expired."""
        if self._sorted is None:
            self._rows.sort(key=_order)
            self._sorted = tuple(self._rows)
        return self._sorted

    @property
    def histogram(self) -> tuple[tuple[date, int], ...]:
        """The number of expiries on each local day within `days`, also where it is 0."""
        if self.started is None:
            return ()
        first = self.started.astimezone().date()
        days = Counter(row.expires.astimezone().date() for row in self._rows if row.age is Age.EXPIRES and row.expires)
        return tuple((day, days[day]) for day in (first + timedelta(days=n) for n in range(self.days + 1)))

    @property
    def place(self) -> ScanPlace | None:
        """Where another scan can resume; `None` before the scan began and once it is complete."""
        if self.started is None or self.done:
            return None
        counts = {age.value: number for age, number in self.counts.items()}
        at = self.started.timestamp()
        now = self.progress
        return ScanPlace(self.days, at, self._url, now.pages, now.people, counts, tuple(self._rows))

    async def run(self, progress: Callable[[ScanProgress], None]) -> None:
        """Run or resume the scan. Cancelling loses at most the page that is under way.

        Raises:
            SwitchedOff: Password expiry is switched off for this connector.
            OktaError: Something could not be read; calling `run` again resumes the scan. `TooMuch` for a list of people
                that does not end.
        """
        if self.done:
            return
        self._on_progress = progress
        self._pace.clear()
        self._advance(note="Reading the password policies")
        policies = await password_policies(self.client)
        if self.started is None:  # only now: the first answer tells Okta's time
            self.started = datetime.fromtimestamp(self.client.clock.time(), UTC)
        await self._read_groups(policies)
        self._advance(note="Reading people")
        while not self.done:
            await self._read_page(policies)

    # -- reading

    async def _read_groups(self, policies: PasswordPolicies) -> None:
        """Read the number of people, and the members of the groups that decide between policies."""
        self.missing = ()
        self._members.everyone = policies.everyone
        await self._count()
        for group in policies.deciding:
            if group in self._members.everyone:
                continue
            self._advance(note="Reading who is in the groups of the policies")
            try:
                async for _ in self._members.read(self.client, group):
                    self._advance(pages=1)
            except (MissingScope, MissingRole, NotFound):
                self._note_missing("keydesk may not read the members of all groups that password policies are for")

    async def _count(self) -> None:
        """Read about how many people there are: the members of Everyone. Without it the progress has no total."""
        query = {"search": 'type eq "BUILT_IN"', "expand": "stats", "limit": PAGE}
        try:
            built_in = await self.client.all(ep.GROUPS, Group, None, query, background=True)
        except (MissingScope, MissingRole, FeatureOff):
            return
        self._advance(pages=1, of=next((group.members for group in built_in if group.name == "Everyone"), None))

    async def _read_page(self, policies: PasswordPolicies) -> None:
        """Read one page of people and count them; a page that fails counts nobody."""
        assert self.started is not None  # noqa: S101 - run() has set it
        try:
            page = await self.client.page(ep.USERS, User, {"limit": PAGE}, url=self._url, background=True)
        except BadRequest:
            if self._url is None:
                raise
            # Okta does not accept the URL of the page any more: start again, so that nobody is counted twice.
            self._restart()
            return
        for user in page.items:
            expiry = expiry_of(user, policies.applies(user, self._members.of(user.id)), self.started)
            self.counts[expiry.age] += 1
            if expiry.age in LISTED or (expiry.age is Age.EXPIRES and _within(expiry, self.started, self.days)):
                self._list(expiry)
        self._sorted = None
        at, self._url, self.done = self._url, page.next_url, page.next_url is None
        if self._url is not None:
            self._bounds.check(at or "", page.items)
            self._bounds.check_next(self._url)
        self._advance(pages=1, people=len(page.items))

    def _list(self, expiry: Expiry) -> None:
        if len(self._rows) < MOST_LISTED:
            self._rows.append(expiry)
            return
        sentence = f"Only the first {MOST_LISTED:,} people are listed; the others are counted."
        if sentence not in self.missing:
            self.missing = (*self.missing, sentence)

    def _restart(self) -> None:
        self._url = None
        self._bounds = PageBounds()
        self.counts.clear()
        self._rows.clear()
        self._sorted = ()
        self.progress = replace(self.progress, people=0)

    def _resume(self, place: ScanPlace) -> None:
        self.days = place.days
        self.started = datetime.fromtimestamp(place.started, UTC)
        self._url = place.url
        self.counts.update({age: place.counts.get(age.value, 0) for age in Age})
        self._rows.extend(place.rows)
        self._sorted = None
        self.progress = ScanProgress(place.people, None, place.pages)

    def _note_missing(self, what: str) -> None:
        sentence = f"{what}: whom a group's own policy applies to is counted by the policy for everybody."
        if sentence not in self.missing:
            self.missing = (*self.missing, sentence)

    def _advance(self, *, pages: int = 0, people: int = 0, of: int | None = None, note: str = "") -> None:
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
        self._on_progress(self.progress)


def _within(expiry: Expiry, started: datetime, days: int) -> bool:
    return expiry.expires is not None and expiry.expires <= started + timedelta(days=days)


_NEVER: Final = datetime.max.replace(tzinfo=UTC)


_RANK: Final = {Age.EXPIRES: 0, Age.OVERDUE: 1}


def _order(row: Expiry) -> tuple[int, datetime, str]:
    return _RANK.get(row.age, len(_RANK)), row.expires or _NEVER, row.user.id


def _hashed(user_id: str) -> int:
    """Return eight bytes of an id's hash; that two people share them is very unlikely (one in 10^19 a pair)."""
    return int.from_bytes(blake2b(user_id.encode("utf-8", "replace"), digest_size=8).digest(), "big")


class Members:
    """The members of the groups that decide between password policies, in eight bytes a membership.

    Attributes:
        whole: The groups whose members have all been read.
        everyone: The groups that everybody is in; their members are not read.
    """

    def __init__(self) -> None:
        self.whole: dict[str, array[int]] = {}
        self.everyone: frozenset[str] = frozenset()

    async def read(self, client: OktaClient, group: str) -> AsyncIterator[int]:
        """Read the members of a group, unless they are known; yield the number of members of each page.

        Raises:
            OktaError: The group could not be read whole, and counts as not read.
        """
        if group in self.whole:
            return
        hashes: array[int] = array("Q")
        async for page in client.pages(ep.GROUP_USERS, User, {"group": group}, {"limit": PAGE}, background=True):
            hashes.extend(_hashed(user.id) for user in page.items)
            yield len(page.items)
        self.whole[group] = array("Q", sorted(hashes))

    def of(self, user_id: str) -> frozenset[str]:
        """Return the groups of a person, of those whose members were read."""
        if not self.whole:
            return self.everyone
        hashed = _hashed(user_id)
        return self.everyone | {group for group, members in self.whole.items() if _contains(members, hashed)}


def _contains(members: array[int], hashed: int) -> bool:
    at = bisect_left(members, hashed)
    return at < len(members) and members[at] == hashed
