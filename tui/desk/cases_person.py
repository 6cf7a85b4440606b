"""One person's lockouts, folded from their events: the same events in any order give the same cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from tui.desk.attempts import End
from tui.desk.case import Case, Ended, Shut
from tui.desk.triggers import AFTER, RUN, directory_reading, reading
from tui.okta.clock import stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from tui.desk.attempts import Attempt
    from tui.desk.password_policies import Applied

SAME: Final = timedelta(seconds=60)
"""Two lock events so close are one lock that two places told of."""
STATUS_LAG: Final = timedelta(seconds=10)
"""How far the time in the status and that of the event may lie apart."""
MOST: Final = 50
"""Attempts that a case holds."""


class Happened(IntEnum):
    """What an event means for a lock; the order in which those of one moment count."""

    LOCK = 0
    LIMIT = 1
    DIRECTORY_LOCK = 2
    UNLOCK = 3
    DIRECTORY_UNLOCK = 4
    RESET = 5


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A turn in the story of a lock.

    Attributes:
        at: When.
        what: What.
        uuid: Of the event.
        ended: How it ended, for an unlock.
        by: The admin's name, for an unlock by an admin.
    """

    at: datetime
    what: Happened
    uuid: str
    ended: Ended = Ended.TIMER
    by: str = ""


@dataclass(frozen=True, slots=True)
class Now:
    """What the status says.

    Attributes:
        since: Since when, if Okta tells.
        blocked: Blocked by device, rather than LOCKED_OUT.
        at: When that was read.
    """

    since: datetime | None
    blocked: bool
    at: datetime


@dataclass(slots=True)
class Whose:
    """One person's marks and attempts, and the cases they make.

    Attributes:
        now: What the status says; `None` for neither locked nor blocked, or not known.
        free_at: When they were last read to be neither locked nor blocked.
    """

    user_id: str
    login: str = ""
    name: str = ""
    named_at: datetime | None = None
    marks: dict[str, Mark] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    now: Now | None = None
    free_at: datetime | None = None
    policy: Applied | None = None
    ids: list[tuple[datetime, str]] = field(default_factory=list)
    gone: dict[str, datetime] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()

    def fold(self, shared: Collection[str]) -> None:
        """Make the cases anew."""
        ordered = sorted(self.attempts.values(), key=lambda one: (one.at, one.uuid))
        found = [*self._locks(), *self._directory_locks(), *self._blocks(ordered)]
        self.cases = tuple(self._whole(case, ordered, shared) for case in found)

    def forget(self, before: datetime) -> None:
        """Let go of what ended before a time; what an open case stands on stays."""
        cut = min([before, *(case.began for case in self.cases if case.open)])
        self.marks = {uuid: mark for uuid, mark in self.marks.items() if mark.at >= cut}
        self.attempts = {uuid: one for uuid, one in self.attempts.items() if one.at >= cut - RUN}
        kept = {case.id for case in self.cases if case.open or (case.ended_at or case.began) >= cut}
        self.ids = [known for known in self.ids if known[1] in kept]
        self.gone = {case_id: at for case_id, at in self.gone.items() if case_id in kept}

    # -- the three ways of being shut out

    def _locks(self) -> Iterator[Case]:
        """Locks in Okta, from their events and from the status."""
        case: Case | None = None
        last: datetime | None = None
        for mark in sorted(self.marks.values()):
            match mark.what:
                case Happened.LOCK | Happened.LIMIT if case is not None and last is not None and mark.at - last <= SAME:
                    last = mark.at
                    if mark.what is Happened.LIMIT:
                        case = replace(case, shut=Shut.LIMIT)
                case Happened.LOCK | Happened.LIMIT:
                    if case is not None:  # whoever is locked again was free in between
                        yield replace(case, ended=Ended.GONE, ended_at=mark.at)
                    case = self._case(mark.at, Shut.LIMIT if mark.what is Happened.LIMIT else Shut.LOCKED)
                    last = mark.at
                case Happened.UNLOCK | Happened.RESET if case is not None:
                    how = Ended.RESET if mark.what is Happened.RESET else mark.ended
                    yield replace(case, ended=how, ended_at=mark.at, ended_by=mark.by)
                    case, last = None, None
        since = self.now.since or self.now.at if self.now and not self.now.blocked else None
        if case is not None and since is not None and since - case.began > SAME:
            yield replace(case, ended=Ended.GONE, ended_at=since)
            case = None
        if case is not None:
            yield self._unless_gone(case)
        elif since is not None and not self._over(since):
            yield replace(self._case(since, Shut.LOCKED, seen=False), seen=False)

    def _over(self, since: datetime) -> bool:
        """Whether an event tells of the end of a lock that the status, read before, still shows."""
        return any(
            mark.what in {Happened.UNLOCK, Happened.RESET} and mark.at >= since - STATUS_LAG
            for mark in self.marks.values()
        )

    def _directory_locks(self) -> Iterator[Case]:
        """Locks that Active Directory made."""
        case: Case | None = None
        for mark in sorted(self.marks.values()):
            if mark.what is Happened.DIRECTORY_LOCK and case is None:
                case = self._case(mark.at, Shut.DIRECTORY)
            elif mark.what is Happened.DIRECTORY_UNLOCK and case is not None:
                yield replace(case, ended=mark.ended, ended_at=mark.at, ended_by=mark.by)
                case = None
        if case is not None:
            yield case

    def _blocks(self, ordered: list[Attempt]) -> Iterator[Case]:
        """A block by device: no event names it, so it began with the first failure of the run that led to it."""
        known = next((case for case in self.cases if case.shut is Shut.BLOCKED and case.open), None)
        if self.now is not None and self.now.blocked:
            began = known.began if known else _first_of_run(ordered) or self.now.since or self.now.at
            yield replace(self._case(began, Shut.BLOCKED, seen=False), seen=False)
        elif known is not None:
            yield self._unless_gone(known)
        yield from (case for case in self.cases if case.shut is Shut.BLOCKED and not case.open)

    # -- their parts

    def _case(self, began: datetime, shut: Shut, *, seen: bool = True) -> Case:
        return Case(self._id(began, shut, seen=seen), self.user_id, "", "", shut, began, _NOTHING)

    def _id(self, began: datetime, shut: Shut, *, seen: bool) -> str:
        """The id of a case; one that the status told of first keeps its id when its event comes."""
        if shut is Shut.DIRECTORY:
            return f"{self.user_id}@{stamp(began)}/ad"
        for at, known in self.ids:
            if abs(at - began) <= STATUS_LAG:
                return known
        made = f"{self.user_id}@{stamp(began)}"
        if not seen:
            self.ids.append((began, made))
        return made

    def _unless_gone(self, case: Case) -> Case:
        """An open case has ended where the status was read since and says so."""
        free_at = self.gone.get(case.id, self.free_at)
        if self.now is not None or free_at is None or free_at - STATUS_LAG <= case.began:
            self.gone.pop(case.id, None)
            return case
        self.gone[case.id] = free_at
        heals_at = self._heals(case)[1]
        if heals_at is not None and heals_at <= free_at:
            return replace(case, ended=Ended.TIMER, ended_at=heals_at)
        return replace(case, ended=Ended.GONE, ended_at=free_at)

    def _heals(self, case: Case) -> tuple[bool | None, datetime | None]:
        if case.shut is Shut.LIMIT:
            return False, None
        if case.shut is not Shut.LOCKED or self.policy is None:
            return None, None
        minutes = self.policy.unlock_after
        return (True, case.began + timedelta(minutes=minutes)) if minutes else (False, None)

    def _whole(self, case: Case, ordered: list[Attempt], shared: Collection[str]) -> Case:
        """A case with everything that goes with it."""
        end = case.ended_at
        near = [
            one
            for one in ordered
            if case.began - RUN <= one.at and (end is None or one.at <= max(end, case.began) + AFTER)
        ]
        good = [one for one in ordered if not one.failed and one.at < case.began - RUN]
        if case.shut is Shut.DIRECTORY:
            told = directory_reading()
        else:
            told = reading([*good, *near], None if case.shut is Shut.BLOCKED else case.began, shared=shared)
        heals, heals_at = self._heals(case)
        return replace(
            case,
            login=self.login,
            name=self.name,
            reading=told,
            attempts=tuple(near[-MOST:]),
            heals=heals if case.open else None,
            heals_at=heals_at if case.open else None,
            again=told.stale and (told.keeps_trying or _goes_on(case, near, told.client)),
        )


_NOTHING: Final = reading(())


def _goes_on(case: Case, near: list[Attempt], client: str) -> bool:
    """Whether the software that locked it failed again after the unlock."""
    end = case.ended_at
    names = Counter(one.client for one in near if one.failed and one.at <= case.began)
    usual = names.most_common(1)[0][0] if names else client
    return end is not None and any(
        one.failed and one.client == usual and one.at > end and one.end is not End.FACTOR for one in near
    )


def _first_of_run(ordered: list[Attempt]) -> datetime | None:
    """When the newest run of failures began: no two of them are further apart than `RUN`."""
    first: Attempt | None = None
    for one in reversed(ordered):
        if not one.failed:
            continue
        if first is not None and first.at - one.at > RUN:
            break
        first = one
    return first.at if first else None
