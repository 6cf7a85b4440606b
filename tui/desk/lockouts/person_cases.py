"""One person's lockouts, folded from their events: the same events in any order give the same cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.attempts import End
from tui.desk.lockouts.case import Case, Ended, Shut
from tui.desk.lockouts.causes import AFTER, RUN, diagnose, directory_reading
from tui.desk.lockouts.marks import DIRECTORY, LAG, LOCKS, SAME, Happened, Mark, Stay
from tui.okta.clock import stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.marks import Read
    from tui.desk.people.password_policies import Applied

MOST: Final = 50
"""Attempts that a case holds."""
_SUFFIX: Final = {Shut.DIRECTORY: "/ad", Shut.BLOCKED: "/blocked"}
_NOTHING: Final = diagnose(())


@dataclass(slots=True)
class PersonHistory:
    """One person's marks, stays and attempts, and the cases they make.

    Attributes:
        named: By which event, or read, login and name are known: the newest counts, whenever it comes.
        stays: What the status showed, in the order in which it was read.
        ids: The ids given so far, each with the way and the beginning of the case that has it.
        cut: Since when marks of locks count, and of directory locks.
        forgot: Cases that ended before are not told any more.
    """

    user_id: str
    login: str = ""
    name: str = ""
    named: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    stays: list[Stay] = field(default_factory=list)
    policy: Applied | None = None
    ids: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    cut: tuple[datetime, datetime] | None = None
    forgot: datetime | None = None
    cases: tuple[Case, ...] = ()

    @property
    def stay(self) -> Stay | None:
        """What the status shows now, as far as it was read."""
        return self.stays[-1] if self.stays and self.stays[-1].until is None else None

    def call(self, what: str, text: str | None, at: datetime, uuid: str) -> bool:
        """Take in a `login` or a `name`; whether it is news. Okta writes `unknown` for want of one."""
        if not text or text == "unknown" or (what in self.named and (at, uuid) < self.named[what]):
            return False
        self.named[what] = (at, uuid)
        known: str = getattr(self, what)
        setattr(self, what, text)
        return known != text

    def shown(self, since: datetime | None, at: datetime, *, blocked: bool) -> bool:
        """Take in that the status shows a lock or a block; whether it is news."""
        stay = self.stay
        if stay is not None:
            # A time that goes back comes from a place that is behind: a new lock is never older than the last.
            if stay.blocked == blocked and (blocked or since is None or since <= stay.since + LAG):
                return False
            stay.until = at
        self.stays.append(Stay(blocked, since or at, at))
        return True

    def fold(self, reads: Sequence[Read], shared: Collection[str]) -> None:
        """Make the cases anew."""
        ordered = sorted(self.attempts.values(), key=lambda one: (one.at, one.uuid))
        found = [*self._locks(reads), *self._directory_locks(ordered), *self._blocks(ordered)]
        if self.forgot is not None:
            forgot = self.forgot
            found = [case for case in found if case.ended_at is None or case.ended_at >= forgot]
        self.cases = tuple(self._whole(case, ordered, shared) for case in self._named(found))

    def forget(self, before: datetime) -> None:
        """Let go of what ended before a time; what other cases stand on stays."""
        kept = [case for case in self.cases if case.ended_at is None or case.ended_at >= before]
        began = {shut: min([before, *(case.began for case in kept if case.shut is shut)]) for shut in Shut}
        self.cut = (min(began[Shut.LOCKED], began[Shut.LIMIT]), began[Shut.DIRECTORY])
        self.forgot = before
        self.marks = {uuid: mark for uuid, mark in self.marks.items() if not self._is_past(mark)}
        oldest = min(began.values()) - RUN
        self.attempts = {uuid: one for uuid, one in self.attempts.items() if one.at >= oldest}
        first = next((n for n, one in enumerate(self.stays) if one.until is None or one.until >= oldest), None)
        self.stays = [] if first is None else self.stays[max(0, first - 1) :]  # a block begins after the stay before it
        ids = {case.id for case in kept}
        self.ids = {known: at for known, at in self.ids.items() if known in ids}

    def _is_past(self, mark: Mark) -> bool:
        return self.cut is not None and mark.at < self.cut[mark.what in DIRECTORY]

    # -- the three ways of being shut out

    def _turns(self) -> Iterable[Mark]:
        """The marks of locks in Okta in order; a status takes the time of the event that it belongs to."""
        marks = [mark for mark in self.marks.values() if mark.what not in DIRECTORY]
        locked = [mark.at for mark in marks if mark.what in LOCKS]
        for number, stay in enumerate(stay for stay in self.stays if not stay.blocked):
            near = min(locked, key=lambda at: (abs(at - stay.since), at), default=stay.since)
            at = near if abs(near - stay.since) <= LAG else stay.since
            mark = Mark(at, Happened.STATUS, f"{number:04}", told=stay.since)
            if not self._is_past(mark):
                marks.append(mark)
        return sorted(marks)

    def _locks(self, reads: Sequence[Read]) -> Iterator[Case]:
        """Locks in Okta, from their events and from the status."""
        case: Case | None = None
        last: datetime | None = None
        for mark in self._turns():
            if mark.what in LOCKS:
                if case is not None and last is not None and mark.at - last <= SAME:
                    case, last = self._joined(case, mark), mark.at
                    continue
                if case is not None:  # whoever is locked again was free in between
                    yield self._gone(case, self._free(case, reads, mark.at) or mark.at)
                case, last = self._joined(self._case(mark.at, Shut.LOCKED), mark), mark.at
            elif case is not None:
                free = self._free(case, reads, mark.at - SAME)
                how = Ended.RESET if mark.what is Happened.RESET else mark.ended
                told = replace(case, ended=how, ended_at=mark.at, ended_by=mark.by if how is Ended.ADMIN else "")
                yield self._gone(case, free) if free else told
                case = None
        if case is not None:
            free = self._free(case, reads)
            yield self._gone(case, free) if free else case

    def _joined(self, case: Case, mark: Mark) -> Case:
        """A case with one more mark that tells of the same lock."""
        return replace(
            case,
            shut=Shut.LIMIT if mark.what is Happened.LIMIT else case.shut,
            seen=case.seen or mark.what is not Happened.STATUS,
            also=(*case.also, f"{self.user_id}@{stamp(mark.told or mark.at)}"),
        )

    def _free(self, case: Case, reads: Sequence[Read], before: datetime | None = None) -> datetime | None:
        """The first complete read after a lock that does not show it."""
        for read in reads:
            if before is not None and read.at >= before:
                break
            if read.at > case.began + LAG and self.user_id not in read.locked:
                return read.at
        return None

    def _gone(self, case: Case, at: datetime) -> Case:
        """A case that was over at a time: by the timer, if that was due by then."""
        heals_at = self._heals(case)[1]
        if heals_at is not None and heals_at <= at:
            return replace(case, ended=Ended.TIMER, ended_at=heals_at)
        return replace(case, ended=Ended.GONE, ended_at=at)

    def _directory_locks(self, ordered: list[Attempt]) -> Iterator[Case]:
        """Locks that Active Directory made; who signs in well afterwards is free, for often no event tells."""
        case: Case | None = None
        for mark in sorted(mark for mark in self.marks.values() if mark.what in DIRECTORY):
            good = _first_good(ordered, case.began, mark.at) if case is not None else None
            if case is not None and good is not None:
                yield replace(case, ended=Ended.GONE, ended_at=good)
                case = None
            if mark.what is Happened.DIRECTORY_LOCK and case is None:
                case = self._case(mark.at, Shut.DIRECTORY)
            elif mark.what is Happened.DIRECTORY_UNLOCK and case is not None:
                yield replace(case, ended=mark.ended, ended_at=mark.at, ended_by=mark.by)
                case = None
        if case is not None:
            good = _first_good(ordered, case.began, None)
            yield replace(case, ended=Ended.GONE, ended_at=good) if good is not None else case

    def _blocks(self, ordered: list[Attempt]) -> Iterator[Case]:
        """Blocks by device: no event names one, so it began with the first failure of the run that led to it."""
        free: datetime | None = None
        for stay in self.stays:
            if stay.blocked:
                led = [one for one in ordered if one.at <= stay.first and (free is None or one.at > free)]
                began = _first_of_run(led) or min(stay.since, stay.first)
                began = began if free is None else max(began, free)
                case = replace(self._case(began, Shut.BLOCKED), seen=False)
                yield case if stay.until is None else replace(case, ended=Ended.GONE, ended_at=stay.until)
            free = stay.until

    # -- their parts

    def _case(self, began: datetime, shut: Shut) -> Case:
        return Case("", self.user_id, "", "", shut, began, _NOTHING, seen=shut is Shut.DIRECTORY)

    def _named(self, cases: list[Case]) -> Iterator[Case]:
        """The cases with their ids: one that is known keeps its id, also when its beginning becomes known better."""
        made = [f"{self.user_id}@{stamp(case.began)}{_SUFFIX.get(case.shut, '')}" for case in cases]
        given: dict[int, str] = {}
        free = dict(self.ids)
        for find in (self._same, self._own, self._near):
            for number, case in enumerate(cases):
                known = "" if number in given else find(case, made[number], free)
                if known:
                    given[number] = known
                    del free[known]
        for number, case in enumerate(cases):
            if number not in given:
                given[number] = made[number]
                while given[number] in self.ids:  # a case that had it has begun earlier since
                    given[number] += "+"
            self.ids[given[number]] = (_SUFFIX.get(case.shut, ""), case.began)
        for number, case in enumerate(cases):
            others = dict.fromkeys(sorted({*case.also, made[number]} - {given[number]}))
            yield replace(case, id=given[number], also=tuple(others))

    @staticmethod
    def _same(case: Case, _: str, free: Mapping[str, tuple[str, datetime]]) -> str:
        """The id of the case that began so."""
        kind = (_SUFFIX.get(case.shut, ""), case.began)
        return next((known for known, one in free.items() if one == kind), "")

    @staticmethod
    def _own(_: Case, made: str, free: Mapping[str, tuple[str, datetime]]) -> str:
        """The id that its beginning gives, if it had it before."""
        return made if made in free else ""

    @staticmethod
    def _near(case: Case, _: str, free: Mapping[str, tuple[str, datetime]]) -> str:
        """The id of a case that began about then; an open block is the only one, whenever it began."""
        suffix = _SUFFIX.get(case.shut, "")
        near = ((abs(at - case.began), known) for known, (kind, at) in free.items() if kind == suffix)
        apart, known = min(near, default=(timedelta.max, ""))
        return known if apart <= SAME or (case.shut is Shut.BLOCKED and case.open) else ""

    def _heals(self, case: Case) -> tuple[bool | None, datetime | None]:
        if case.shut is Shut.LIMIT:
            return False, None
        if case.shut is not Shut.LOCKED or self.policy is None:
            return None, None
        minutes = self.policy.unlock_after
        return (True, case.began + timedelta(minutes=minutes)) if minutes else (False, None)

    def _whole(self, case: Case, ordered: list[Attempt], shared: Collection[str]) -> Case:
        """A case with everything that goes with it."""
        first, end = case.began - RUN, case.ended_at
        last = None if end is None else max(end, case.began) + AFTER
        near = [one for one in ordered if first <= one.at and (last is None or one.at <= last)]
        good = [one for one in ordered if not one.failed and one.at < first]
        if case.shut is Shut.DIRECTORY:
            told = directory_reading()
        else:
            told = diagnose([*good, *near], None if case.shut is Shut.BLOCKED else case.began, shared=shared)
        heals, heals_at = self._heals(case) if case.open else (None, None)
        again = told.stale and (told.keeps_trying or _goes_on(case, near, told.client))
        return replace(
            case,
            login=self.login,
            name=self.name,
            reading=told,
            attempts=tuple(near[-MOST:]),
            heals=heals,
            heals_at=heals_at,
            again=again,
        )


def _goes_on(case: Case, near: list[Attempt], client: str) -> bool:
    """Whether the software that locked it failed again after the unlock."""
    end = case.ended_at
    names = Counter(one.client for one in near if one.failed and one.at <= case.began)
    usual = names.most_common(1)[0][0] if names else client
    return end is not None and any(
        one.failed and one.client == usual and one.at > end and one.end is not End.FACTOR for one in near
    )


def _first_good(ordered: list[Attempt], after: datetime, before: datetime | None) -> datetime | None:
    """The first good sign-in between two times."""
    good = (one.at for one in ordered if not one.failed and one.at > after + LAG)
    found = next(good, None)
    return found if found is None or before is None or found < before else None


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
