"""One person's lockouts, built from their events and status: the same events in any order give the same cases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from tui.desk.lockouts.attempts import fold
from tui.desk.lockouts.case import Case, Ended, Shut
from tui.desk.lockouts.causes import AFTER, RUN, diagnose, directory_diagnosis, reported_diagnosis
from tui.desk.lockouts.ends import FACTOR_ENDS
from tui.desk.lockouts.marks import DIRECTORY, LAG, LOCKS, SAME, Happened, Mark, Stay, mark_of
from tui.desk.lockouts.steps import REPORT, step_of
from tui.okta.clock import stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.marks import Read
    from tui.desk.lockouts.steps import Step
    from tui.desk.people.password_policies import Applied
    from tui.okta.log_events import LogEvent

RELOCK: Final = timedelta(hours=24)
"""So long an admin's unlock may decide when a later lock heals; policies lift locks sooner."""
MOST: Final = 50
"""The most attempts that a case holds."""
LONG_AGO: Final = datetime.fromtimestamp(0, UTC)
_SUFFIX: Final = {Shut.DIRECTORY: "/ad", Shut.BLOCKED: "/blocked"}
_NOTHING: Final = diagnose(())


class Heard(Struct, frozen=True):
    """What one event tells of its person.

    Attributes:
        event: The event.
        at: When it happened.
        mark: What it means for a lock; `None` for nothing.
        step: Its step of a sign-in, where it is no mark; `None` for none.
    """

    event: LogEvent
    at: datetime
    mark: Mark | None
    step: Step | None

    @property
    def reported(self) -> bool:
        """Whether the person reports suspicious activity."""
        return self.event.event_type == REPORT


def heard_in(event: LogEvent) -> Heard | None:
    """Return what an event tells; `None` for an event that tells nothing of a lockout, or has no time."""
    at = event.at
    if at is None:
        return None
    mark = mark_of(event, at)
    heard = Heard(event, at, mark, step_of(event) if mark is None else None)
    return heard if mark is not None or heard.step is not None or heard.reported else None


class PersonHistory(Struct):
    """One person's marks, stays and steps, and the cases that follow from them.

    Attributes:
        user_id: The id of the person.
        login: The login, from the newest event or read.
        name: The name, from the newest event or read.
        named: The time and uuid of the event or read that gave the login and the name; the newest counts.
        marks: The marks, by the uuid of their event.
        steps: The steps of sign-ins, by the uuid of their event.
        reports: When the person reported suspicious activity, by the uuid of the event.
        stays: The times in which the status showed a lock or block, in the order of reading.
        free: When a read of this person alone showed no lock, oldest first.
        policy: The password policy that applies; `None` where it is not known.
        ids: The ids given so far, each with the suffix and the beginning of the case that has it.
        cut: The times from which on marks of locks count, and marks of directory locks; `None` for all.
        forgot: Cases that ended before this time are left out.
        attempts: The attempts, oldest first, as last folded from the steps.
        cases: The cases, as last built.
    """

    user_id: str
    login: str = ""
    name: str = ""
    named: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    reports: dict[str, datetime] = field(default_factory=dict)
    stays: list[Stay] = field(default_factory=list)
    free: list[datetime] = field(default_factory=list)
    policy: Applied | None = None
    ids: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    cut: tuple[datetime, datetime] | None = None
    forgot: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    cases: tuple[Case, ...] = ()

    @property
    def stay(self) -> Stay | None:
        """The stay that lasts, by the last read of the status; `None` for none."""
        return self.stays[-1] if self.stays and self.stays[-1].until is None else None

    def take(self, heard: Heard) -> bool:
        """Take in what an event tells, once for each uuid; return whether anything is new."""
        uuid, person = heard.event.uuid, heard.event.person
        news = False
        if person is not None and person.id == self.user_id:
            news = self.note("login", person.alternate_id, heard.at, uuid)
            news = self.note("name", person.display_name, heard.at, uuid) or news
        if heard.mark is not None and uuid not in self.marks:
            self.marks[uuid] = heard.mark
        elif heard.step is not None and uuid not in self.steps:
            self.steps[uuid] = heard.step
        elif heard.reported and uuid not in self.reports:
            self.reports[uuid] = heard.at
        else:
            return news
        return True

    def take_all(self, events: Iterable[LogEvent]) -> None:
        """Take in this person's events, in any order."""
        for event in events:
            if (heard := heard_in(event)) is not None:
                self.take(heard)

    @property
    def newest(self) -> datetime:
        """When the newest event happened; long ago where there is none."""
        marks, steps = (mark.at for mark in self.marks.values()), (step.at for step in self.steps.values())
        return max((*marks, *steps, *self.reports.values()), default=LONG_AGO)

    def note(self, what: str, text: str | None, at: datetime, uuid: str) -> bool:
        """Note a `login` or a `name`; return whether it is new. Okta writes `unknown` where it has none."""
        if not text or text == "unknown" or (what in self.named and (at, uuid) < self.named[what]):
            return False
        self.named[what] = (at, uuid)
        before: str = getattr(self, what)
        setattr(self, what, text)
        return before != text

    def note_status(self, since: datetime | None, at: datetime, *, blocked: bool) -> bool:
        """Note that the status shows a lock or a block; return whether it is new."""
        stay = self.stay
        if stay is not None:
            # An earlier time is from a search index that is behind: a new lock is never older than the last.
            if stay.blocked == blocked and (blocked or since is None or since <= stay.since + LAG):
                return False
            stay.until = at
        self.stays.append(Stay(blocked, since or at, at))
        return True

    def note_free(self, at: datetime, *, blocked: bool) -> bool:
        """Note that a read of this person alone showed no lock; return whether that changes anything.

        Args:
            at: When the person was read.
            blocked: Whether the read showed a block by device instead.
        """
        stay = self.stay
        if stay is not None and not (stay.blocked and blocked):
            stay.until = at
        self.free.append(at)
        return stay is not None or any(case.open for case in self.cases)

    def rebuild(self, reads: Sequence[Read], shared: Collection[str]) -> None:
        """Build the cases anew."""
        ordered = self.attempts = fold(self.steps.values())
        cases = [*self._locks(reads), *self._directory_locks(ordered), *self._blocks(ordered)]
        if self.forgot is not None:
            forgot = self.forgot
            cases = [case for case in cases if case.ended_at is None or case.ended_at >= forgot]
        self.cases = tuple(self._completed(case, ordered, shared) for case in self._with_ids(cases))

    def forget(self, before: datetime) -> None:
        """Forget what ended before a time, except for the marks and steps that other cases need."""
        kept = [case for case in self.cases if case.ended_at is None or case.ended_at >= before]
        # A lock that an admin ended still says when the next one heals, though it is shown no more.
        needed = [case for case in self.cases if case.ended is Ended.ADMIN and case.ended_at]
        needed = [*kept, *(case for case in needed if case.ended_at and case.ended_at >= before - RELOCK)]
        began = {
            shut: min([before, *(case.counted_from or case.began for case in needed if case.shut is shut)])
            for shut in Shut
        }
        self.cut = (min(began[Shut.LOCKED], began[Shut.LIMIT]), began[Shut.DIRECTORY])
        self.forgot = before
        for stay, lock in self._locks_of_stays():  # without its event a stay would begin a lock of its own
            if lock < self.cut[False]:
                stay.lock = lock
        self.marks = {uuid: mark for uuid, mark in self.marks.items() if not self._is_past(mark)}
        oldest = min(began.values()) - RUN
        self.steps = {uuid: step for uuid, step in self.steps.items() if step.at >= oldest}
        self.reports = {uuid: at for uuid, at in self.reports.items() if at >= oldest}
        self.free = [at for at in self.free if at >= oldest]
        first = next((n for n, stay in enumerate(self.stays) if stay.until is None or stay.until >= oldest), None)
        self.stays = [] if first is None else self.stays[max(0, first - 1) :]  # a block begins after the stay before it
        ids = {case.id for case in kept}
        self.ids = {known: at for known, at in self.ids.items() if known in ids}

    def _is_past(self, mark: Mark) -> bool:
        return self.cut is not None and mark.at < self.cut[mark.what in DIRECTORY]

    # -- the three ways in which a person is shut out

    def _lock_marks(self) -> Iterable[Mark]:
        """Return the marks of locks in Okta in order; a status gets the time of the event that it belongs to."""
        marks = [mark for mark in self.marks.values() if mark.what not in DIRECTORY | {Happened.DEVICE_LOCK}]
        for number, (stay, at) in enumerate(self._locks_of_stays()):
            mark = Mark(at, Happened.STATUS, f"{number:04}", stated_at=stay.since)
            if not self._is_past(mark):
                marks.append(mark)
        return sorted(marks)

    def _locks_of_stays(self) -> Iterator[tuple[Stay, datetime]]:
        """Yield each stay of a lock with the time of the event that it belongs to, or with its own."""
        locked = [mark.at for mark in self.marks.values() if mark.what in LOCKS]
        for stay in self.stays:
            if stay.blocked:
                continue
            apart, near = min(((abs(at - stay.since), at) for at in locked), default=(timedelta.max, stay.since))
            yield stay, stay.lock or (near if apart <= LAG else stay.since)

    def _locks(self, reads: Sequence[Read]) -> Iterator[Case]:
        """Build the cases of locks in Okta, from their events and from the status."""
        case: Case | None = None
        freed: Case | None = None
        last: datetime | None = None
        for mark in self._lock_marks():
            if mark.what in LOCKS:
                again = case is not None and self._first_read_without(case, reads, mark.at) is not None
                if case is not None and last is not None and mark.at - last <= SAME and not again:
                    case, last = self._with_mark(case, mark), mark.at
                    continue
                if case is not None:  # a person who is locked again was free in between
                    yield self._ended_unseen(case, self._first_read_without(case, reads, mark.at) or mark.at)
                new = replace(self._new_case(mark.at, Shut.LOCKED), counted_from=self._counted_from(mark.at, freed))
                case, last, freed = self._with_mark(new, mark), mark.at, None
            elif case is not None:
                free = self._first_read_without(case, reads, mark.at - SAME)
                how = Ended.RESET if mark.what is Happened.RESET else mark.ended
                by = mark.by if how is Ended.ADMIN else ""
                ended = replace(case, ended=how, ended_at=mark.at, ended_by=by)
                yield self._ended_unseen(case, free) if free else ended
                freed = case if how is Ended.ADMIN and not free else None
                case = None
        if case is not None:
            free = self._first_read_without(case, reads)
            yield self._ended_unseen(case, free) if free else case

    def _counted_from(self, at: datetime, freed: Case | None) -> datetime:
        """Return from when Okta counts the minutes until a lock heals.

        A lock soon after an admin's unlock heals when the first one would have (Okta help: "Unlock a user").
        """
        minutes = self.policy.unlock_after if self.policy else 0
        if freed is None or not minutes:
            return at
        first = freed.counted_from or freed.began
        return first if at < first + timedelta(minutes=minutes) else at

    def _with_mark(self, case: Case, mark: Mark) -> Case:
        """Return a case with one more mark of the same lock."""
        return replace(
            case,
            shut=Shut.LIMIT if mark.what is Happened.LIMIT else case.shut,
            seen=case.seen or mark.what is not Happened.STATUS,
            also=(*case.also, f"{self.user_id}@{stamp(mark.stated_at or mark.at)}"),
        )

    def _first_read_without(self, case: Case, reads: Sequence[Read], before: datetime | None = None) -> datetime | None:
        """Return the time of the first read after a lock that does not show it: a complete one, or of this person."""
        free = next((at for at in self.free if at > case.began), None)
        for read in reads:
            if (before is not None and read.at >= before) or (free is not None and read.at >= free):
                break
            if read.at > case.began + LAG and self.user_id not in read.locked:
                return read.at
        return None if free is None or (before is not None and free >= before) else free

    def _ended_unseen(self, case: Case, at: datetime) -> Case:
        """Return a case that had ended by a time without an event: by the timer, if that was due by then."""
        heals_at = self._healing(case)[1]
        if heals_at is not None and heals_at <= at:
            return replace(case, ended=Ended.TIMER, ended_at=heals_at)
        return replace(case, ended=Ended.GONE, ended_at=at)

    def _directory_locks(self, ordered: Sequence[Attempt]) -> Iterator[Case]:
        """Build the cases of locks in Active Directory. A good sign-in ends one, since often no event shows its end."""
        case: Case | None = None
        for mark in sorted(mark for mark in self.marks.values() if mark.what in DIRECTORY):
            good = _first_good(ordered, case.began, mark.at) if case is not None else None
            if case is not None and good is not None:
                yield replace(case, ended=Ended.GONE, ended_at=good)
                case = None
            if mark.what is Happened.DIRECTORY_LOCK and case is None:
                case = self._new_case(mark.at, Shut.DIRECTORY)
            elif mark.what is Happened.DIRECTORY_UNLOCK and case is not None:
                yield replace(case, ended=mark.ended, ended_at=mark.at, ended_by=mark.by)
                case = None
        if case is not None:
            good = _first_good(ordered, case.began, None)
            yield replace(case, ended=Ended.GONE, ended_at=good) if good is not None else case

    def _blocks(self, ordered: Sequence[Attempt]) -> Iterator[Case]:
        """Build the cases of device blocks: a block began with its event, else with the first failure of its run."""
        free: datetime | None = None
        locks = sorted(mark.at for mark in self.marks.values() if mark.what is Happened.DEVICE_LOCK)
        for stay in self.stays:
            if stay.blocked:
                lock = next((at for at in locks if at <= stay.first and (free is None or at > free)), None)
                earlier = [
                    attempt for attempt in ordered if attempt.at <= stay.first and (free is None or attempt.at > free)
                ]
                began = lock or _first_of_run(earlier) or min(stay.since, stay.first)
                began = began if free is None else max(began, free)
                case = replace(self._new_case(began, Shut.BLOCKED), seen=lock is not None)
                yield case if stay.until is None else replace(case, ended=Ended.GONE, ended_at=stay.until)
            free = stay.until

    # -- the parts of a case

    def _new_case(self, began: datetime, shut: Shut) -> Case:
        return Case("", self.user_id, "", "", shut, began, _NOTHING, seen=shut is Shut.DIRECTORY)

    def keep_ids(self, cases: Iterable[Case]) -> None:
        """Note the ids under which cases have been shown, so that they keep them."""
        self.ids |= {case.id: (_SUFFIX.get(case.shut, ""), case.began) for case in cases}

    def _with_ids(self, cases: list[Case]) -> Iterator[Case]:
        """Return the cases with ids: a known case keeps its id, also when its beginning becomes known more exactly."""
        ids_by_time = [f"{self.user_id}@{stamp(case.began)}{_SUFFIX.get(case.shut, '')}" for case in cases]
        given: dict[int, str] = {}
        free = dict(self.ids)
        for find_id in (self._id_of_same_beginning, self._own_id, self._nearest_id):
            for number, case in enumerate(cases):
                known = "" if number in given else find_id(case, ids_by_time[number], free)
                if known:
                    given[number] = known
                    del free[known]
        for number, case in enumerate(cases):
            if number not in given:
                given[number] = ids_by_time[number]
                while given[number] in self.ids:  # another case has this id, and began earlier by what is known now
                    given[number] += "+"
            self.ids[given[number]] = (_SUFFIX.get(case.shut, ""), case.began)
        for number, case in enumerate(cases):
            others = dict.fromkeys(sorted({*case.also, ids_by_time[number]} - {given[number]}))
            yield replace(case, id=given[number], also=tuple(others))

    @staticmethod
    def _id_of_same_beginning(case: Case, _: str, free: Mapping[str, tuple[str, datetime]]) -> str:
        """Return the id of a case of the same kind and beginning; empty for none."""
        kind = (_SUFFIX.get(case.shut, ""), case.began)
        return next((known for known, value in free.items() if value == kind), "")

    @staticmethod
    def _own_id(_: Case, id_by_time: str, free: Mapping[str, tuple[str, datetime]]) -> str:
        """Return the id that the beginning gives, if it was given before; else an empty text."""
        return id_by_time if id_by_time in free else ""

    @staticmethod
    def _nearest_id(case: Case, _: str, free: Mapping[str, tuple[str, datetime]]) -> str:
        """Return the id of a case that began at about the same time; for an open block, whenever it began."""
        suffix = _SUFFIX.get(case.shut, "")
        near = ((abs(at - case.began), known) for known, (kind, at) in free.items() if kind == suffix)
        apart, known = min(near, default=(timedelta.max, ""))
        return known if apart <= SAME or (case.shut is Shut.BLOCKED and case.open) else ""

    def _healing(self, case: Case) -> tuple[bool | None, datetime | None]:
        if case.shut is Shut.LIMIT:
            return False, None
        if case.shut is not Shut.LOCKED or self.policy is None:
            return None, None
        minutes = self.policy.unlock_after
        return (True, (case.counted_from or case.began) + timedelta(minutes=minutes)) if minutes else (False, None)

    def _completed(self, case: Case, ordered: Sequence[Attempt], shared: Collection[str]) -> Case:
        """Return a case with its attempts, diagnosis and countdown."""
        first, end = case.began - RUN, case.ended_at
        last = None if end is None else max(end, case.began) + AFTER
        near = [attempt for attempt in ordered if first <= attempt.at and (last is None or attempt.at <= last)]
        good = [attempt for attempt in ordered if attempt.good and attempt.at < first]
        if any(first <= at and (last is None or at <= last) for at in self.reports.values()):
            diagnosis = reported_diagnosis()
        elif case.shut is Shut.DIRECTORY:
            diagnosis = directory_diagnosis()
        else:
            diagnosis = diagnose([*good, *near], None if case.shut is Shut.BLOCKED else case.began, shared=shared)
        heals, heals_at = self._healing(case) if case.open else (None, None)
        locks_again = diagnosis.stale and (diagnosis.keeps_trying or _failed_after_unlock(case, near, diagnosis.client))
        return replace(
            case,
            login=self.login,
            name=self.name,
            diagnosis=diagnosis,
            attempts=tuple(near[-MOST:]),
            heals=heals,
            heals_at=heals_at,
            locks_again=locks_again,
        )


def _failed_after_unlock(case: Case, near: list[Attempt], client: str) -> bool:
    """Whether the software that caused the lock failed again after the unlock."""
    end = case.ended_at
    names = Counter(attempt.client for attempt in near if attempt.failed and attempt.at <= case.began)
    usual = names.most_common(1)[0][0] if names else client
    return end is not None and any(
        attempt.failed and attempt.client == usual and attempt.at > end and attempt.end not in FACTOR_ENDS
        for attempt in near
    )


def _first_good(ordered: Sequence[Attempt], after: datetime, before: datetime | None) -> datetime | None:
    """Return the time of the first good sign-in between two times; `None` for none."""
    good = (attempt.at for attempt in ordered if attempt.good and attempt.fresh and attempt.at > after + LAG)
    first = next(good, None)
    return first if first is None or before is None or first < before else None


def _first_of_run(ordered: Sequence[Attempt]) -> datetime | None:
    """Return when the newest run of failures began, with at most `RUN` between two failures; `None` for none."""
    first: Attempt | None = None
    for attempt in reversed(ordered):
        if not attempt.failed:
            continue
        if first is not None and first.at - attempt.at > RUN:
            break
        first = attempt
    return first.at if first else None
