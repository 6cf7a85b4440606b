"""All known lockouts, one case each, made from events of the System Log, the status and the password policies."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol

from msgspec.structs import replace

from tui.desk.lockouts.case import Case, Ended, Shut
from tui.desk.lockouts.causes import RUN
from tui.desk.lockouts.ends import End
from tui.desk.lockouts.feed_store import FeedStoreTrouble
from tui.desk.lockouts.marks import LAG, SAME, Read
from tui.desk.lockouts.person_cases import RELOCK, PersonHistory, heard_in
from tui.desk.lockouts.steps import Stage, person_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.folded import Folded
    from tui.desk.lockouts.now import Lockout
    from tui.desk.lockouts.steps import Step
    from tui.desk.people.password_policies import Applied
    from tui.okta.log_events import LogEvent

__all__ = ["Case", "Cases", "Ended", "Shut"]

MOST_STRAYS: Final = 200
"""The most steps kept that name nobody, until an event of the same sign-in names the person."""
NEAR: Final = timedelta(hours=2)
"""How far apart two events of one sign-in are at most; the ids tie for half an hour after its last step."""
AHEAD: Final = timedelta(minutes=20)
"""So long before an open case is as old as what is forgotten, its events are read, while they are there."""
_LOCKED: Final = frozenset({Shut.LOCKED, Shut.LIMIT})


class PersonEvents(Protocol):
    """Stored events, to be asked person by person; each call may raise `FeedStoreTrouble`."""

    def of_person(self, person: str) -> tuple[int, tuple[LogEvent, ...]]:
        """Return the number of a person's last row (0 for none) and the events."""
        ...

    def sharing(self, ids: Sequence[str], since: float, until: float) -> tuple[str, ...]:
        """Return the ids of the people whose events may hold one of some ids, between two times."""
        ...

    def tie(self, uuid: str, person: str) -> None:
        """Note whose an event is that names nobody."""
        ...


class Cases:
    """All cases that have not been forgotten.

    Events may arrive late, twice and out of order: the same set of events always gives the same cases.

    Somebody of whom nothing is new since the feed was opened is known by the fold on disk alone. Once something is, the
    person's stored events are read, and all follows from them as if they had been handed over.
    """

    def __init__(self) -> None:
        self._people: dict[str, PersonHistory] = {}
        self._folded: dict[str, Folded] = {}
        self._store: PersonEvents | None = None
        self._news: set[str] = set()
        self._stay: set[str] = set()
        self._unread: set[str] = set()
        self._changed: set[str] = set()
        self._shared: frozenset[str] = frozenset()
        self._reads: list[Read] = []
        self._read_at: datetime | None = None
        self._forgot: datetime | None = None
        self._all: tuple[Case, ...] | None = ()
        self._strays: list[Step] = []
        self._threats: dict[str, datetime] = {}

    def add(self, events: Iterable[LogEvent]) -> None:
        """Add events; an event that is known by its uuid is ignored."""
        for event in events:
            heard = heard_in(event)
            if heard is None or (self._forgot is not None and heard.at < self._forgot):
                continue
            user_id = person_of(event)
            if not user_id and heard.step is not None:
                user_id = self._neighbour(heard.step)
            if not user_id:
                continue
            self._news.add(user_id)
            history = self._whole(user_id)
            known = event.uuid in history.steps
            if history.take(heard):
                self._mark_changed(user_id)
            if heard.step is not None and not known:
                self._tie_strays(heard.step, history)

    # -- people, whole or folded

    def _whole(self, user_id: str) -> PersonHistory:
        """Return all that is known of a person, from the stored events where only the fold was known."""
        history = self._people.get(user_id)
        if history is None:
            history = self._people[user_id] = PersonHistory(user_id, forgot=self._forgot)
            folded = self._folded.pop(user_id, None)
            if folded is not None:
                history.keep_ids(folded.cases)
            self._read_events(history)
        return history

    def _read_events(self, history: PersonHistory) -> None:
        """Read a person's stored events. Where that fails, `read_again` tries again and tells."""
        if self._store is None:
            return
        try:
            _, events = self._store.of_person(history.user_id)
        except FeedStoreTrouble:
            self._unread.add(history.user_id)
            return
        if events:
            history.take_all(events)
            self._settle(history)
            self._mark_changed(history.user_id)

    def read_again(self) -> None:
        """Read the stored events of those of whom they could not be read.

        Raises:
            FeedStoreTrouble: The store cannot be used.
        """
        for user_id in [user_id for user_id in self._unread if user_id in self._people]:
            if self._store is not None:
                self._store.of_person(user_id)
            self._read_events(self._people[user_id])
        self._unread.clear()

    def _settle(self, history: PersonHistory) -> None:
        """Build a person's cases, but for what has been forgotten."""
        history.rebuild(self._reads, self._shared)
        if self._forgot is not None:
            history.forget(self._forgot)
            history.rebuild(self._reads, self._shared)

    @property
    def whole(self) -> frozenset[str]:
        """The ids of the people who are in memory with all their events, rather than by their fold."""
        return frozenset(self._people)

    def open_store(
        self, store: PersonEvents, folded: Iterable[Folded], strays: Iterable[LogEvent], oldest: float
    ) -> None:
        """Begin with what is stored.

        Args:
            store: Where the events of a person are asked for.
            folded: The folds of everybody of whom anything is stored.
            strays: The stored events that name nobody.
            oldest: From when the oldest stored event is, seconds since 1970; cases that ended before are left out.
        """
        self._store = store
        self._all = None
        for one in folded:
            if (history := self._people.get(one.user_id)) is not None:  # the status was read first
                self._read_events(history)
                continue
            one.cases = tuple(case for case in one.cases if not case.ended_at or case.ended_at.timestamp() >= oldest)
            self._put(one)
        self.add(strays)

    def close_store(self) -> None:
        """Forget the folds, since the store cannot be used any more: Okta tells the events again."""
        self._store, self._all = None, None
        self._folded.clear()

    def _put(self, folded: Folded) -> None:
        """Keep a person by the fold; where more than the fold is known of the person, whole."""
        self._folded[folded.user_id] = folded
        if self._shared & folded.ips:
            self._whole(folded.user_id)
        for read in self._reads:
            self._end_by(read, folded)

    def _end_by(self, read: Read, folded: Folded) -> None:
        """End the locks of a folded person whom a complete read does not show, as `PersonHistory` would."""
        if folded.user_id in read.locked or folded.user_id not in self._folded:
            return
        if not any(
            case.shut in _LOCKED and read.at > case.began + LAG and (case.ended_at is None or read.at < case.ended_at)
            for case in folded.cases
        ):
            return
        if read.at <= folded.last + SAME:  # more happened since
            self._whole(folded.user_id)
            return
        folded.cases = tuple(
            replace(case, ended=Ended.GONE, ended_at=read.at, heals=None)
            if case.open and case.shut in _LOCKED
            else case
            for case in folded.cases
        )
        self._all = None

    def take_unfolded(self, quiet_since: datetime) -> tuple[str, ...]:
        """Return whose events are to be folded: people of whom something is new, or who are quiet since a time."""
        quiet = {
            user_id
            for user_id, history in self._people.items()
            if user_id not in self._stay and history.newest < quiet_since
        }
        news, self._news = self._news, set()
        return tuple(sorted(news | quiet))

    def fold_away(self, told: PersonHistory, folded: Folded, quiet_since: datetime) -> None:
        """Keep a person by the fold that was stored just now, where that changes nothing, now or later.

        Args:
            told: What the stored events tell by themselves.
            folded: The same as it stands on disk.
            quiet_since: Whoever has newer events stays whole, since the next event is likely to come soon.
        """
        user_id = folded.user_id
        known = self._people.get(user_id)
        if known is None or user_id in self._news or folded.last >= quiet_since:
            return
        self._rebuild()
        shown = {case.id for case in told.cases if self._is_kept(case)}
        told.rebuild(self._reads, ())
        if [case for case in told.cases if self._is_kept(case)] != [*known.cases] or not self._is_made_again(
            known, told
        ):
            self._stay.add(user_id)
            return
        del self._people[user_id]
        folded.cases = tuple(case for case in folded.cases if case.id in shown)
        self._put(folded)

    def _is_kept(self, case: Case) -> bool:
        return self._forgot is None or case.ended_at is None or case.ended_at >= self._forgot

    def _is_made_again(self, known: PersonHistory, told: PersonHistory) -> bool:
        """Whether the stored events make a person's history again as it is; the status and the policy are not in it."""
        if known.stays or known.free or known.policy:
            return False
        again = PersonHistory(known.user_id, told.login, told.name, forgot=self._forgot)
        again.marks, again.steps, again.reports = dict(told.marks), dict(told.steps), dict(told.reports)
        again.keep_ids(known.cases)
        self._settle(again)
        return (again.login, again.name, again.marks, again.steps.keys(), again.reports, again.cases) == (
            known.login, known.name, known.marks, known.steps.keys(), known.reports, known.cases,
        )  # fmt: skip

    # -- events that name nobody

    def _neighbour(self, step: Step) -> str:
        """Return whose sign-in a step belongs to that names nobody; empty for nobody known yet."""
        if step.stage is Stage.END and step.threat:
            self._threats[step.ip] = max(step.at, self._threats.get(step.ip, step.at))
            return ""
        if step.end is not End.PHISHING:
            return ""
        if self._store is not None:
            ids = [key[2:] for key in step.keys]
            for user_id in self._store.sharing(ids, (step.at - NEAR).timestamp(), (step.at + NEAR).timestamp()):
                self._whole(user_id)
        found = min(
            (one.user_id for one in self._people.values() if any(_tied(step, known) for known in one.steps.values())),
            default="",
        )
        if found:
            self._tie(step, found)
        elif len(self._strays) < MOST_STRAYS:
            self._strays.append(step)
        return found

    def _tie_strays(self, step: Step, history: PersonHistory) -> None:
        for stray in [stray for stray in self._strays if _tied(stray, step)]:
            self._strays.remove(stray)
            history.steps[stray.uuid] = stray
            self._mark_changed(history.user_id)
            self._tie(stray, history.user_id)

    def _tie(self, stray: Step, user_id: str) -> None:
        if self._store is not None:
            self._store.tie(stray.uuid, user_id)

    def threats(self, since: datetime) -> frozenset[str]:
        """Return the addresses that Okta's ThreatInsight has refused or flagged since a time."""
        return frozenset(ip for ip, at in self._threats.items() if at >= since and ip)

    def now_locked(self, rows: Iterable[Lockout], *, at: datetime, complete: bool) -> None:
        """Add who is locked or blocked now, as `tui.desk.lockouts.now` read it.

        Args:
            rows: The people who are locked or blocked.
            at: When they were read.
            complete: Whether nobody else is locked, so that open cases of other people have ended by then.
        """
        if self._read_at is not None and at < self._read_at:
            return
        self._read_at = at
        self._rebuild()
        by_id = {row.user.id: row for row in rows}
        for user_id, row in by_id.items():
            history = self._whole(user_id)
            news = history.note("login", row.user.login, at, "~")
            news = history.note("name", row.user.name, at, "~") or news
            if history.note_status(row.since, at, blocked=row.blocked) or news:
                self._mark_changed(user_id)
        if not complete:
            return
        locked = frozenset(user_id for user_id, row in by_id.items() if not row.blocked)
        if self._reads and self._reads[-1].locked == locked:
            locked = self._reads[-1].locked  # one copy is enough for a day of reads
        self._reads.append(Read(at, locked))
        for user_id, history in self._people.items():
            if user_id not in by_id and (stay := history.stay) is not None:
                stay.until = at
                self._mark_changed(user_id)
            elif user_id not in locked and any(case.open and case.shut in _LOCKED for case in history.cases):
                self._mark_changed(user_id)
        for folded in list(self._folded.values()):
            self._end_by(self._reads[-1], folded)

    def checked(self, row: Lockout | None, user_id: str, *, at: datetime) -> None:
        """Add the own status of one person, which the search can be behind of.

        Args:
            row: The lock or block; `None` where the person is neither locked nor blocked.
            user_id: The id of the person.
            at: When the person was read.
        """
        self._rebuild()
        history = self._whole(user_id)
        changed = row is not None and history.note_status(row.since, at, blocked=row.blocked)
        if row is None or row.blocked:
            changed = history.note_free(at, blocked=row is not None) or changed
        if changed:
            self._mark_changed(user_id)

    def policies(self, by_user: Mapping[str, Applied]) -> None:
        """Set which password policy applies to whom; it says when a lock heals by itself."""
        for user_id, policy in by_user.items():
            if user_id not in self._people and user_id not in self._folded:
                continue
            if (history := self._whole(user_id)).policy != policy:
                history.policy = policy
                self._mark_changed(user_id)

    def shared(self, addresses: Iterable[str]) -> None:
        """Set the addresses from which many people are tried: an attempt from there is more likely an attack."""
        new = frozenset(addresses)
        if new != self._shared:
            changed, self._shared = new ^ self._shared, new
            for user_id, history in self._people.items():
                if any(attempt.ip in changed for attempt in history.attempts):
                    self._mark_changed(user_id)
            for folded in [folded for folded in self._folded.values() if changed & folded.ips]:
                self._whole(folded.user_id)

    def forget(self, before: datetime) -> None:
        """Forget cases that ended, and attempts, before a time; `add` ignores events from before it from now on."""
        self._rebuild()
        before = self._forgot = before if self._forgot is None else max(before, self._forgot)
        # Each case that stays lasted until `before`, so no earlier read ended it. But a lock that an admin ended up to
        # `RELOCK` earlier is kept behind the scenes, and with it later locks that only a read shows to have ended.
        self._reads = [read for read in self._reads if read.at >= before - RELOCK]
        self._strays = [stray for stray in self._strays if stray.at >= before]
        self._threats = {ip: at for ip, at in self._threats.items() if at >= before}
        self._forget_folded(before)
        for user_id, history in list(self._people.items()):
            history.forget(before)
            self._mark_changed(user_id)
            if not (history.marks or history.steps or history.stays or history.reports):
                del self._people[user_id]
                self._changed.discard(user_id)
                self._stay.discard(user_id)

    def _forget_folded(self, before: datetime) -> None:
        """Let go of what ended, and read the events that an open case needs, while they are stored."""
        for folded in list(self._folded.values()):
            if any(case.open and case.began - RUN < before + AHEAD for case in folded.cases):
                self._whole(folded.user_id)
                continue
            folded.cases = tuple(case for case in folded.cases if not case.ended_at or case.ended_at >= before)
            folded.recent = tuple(attempt for attempt in folded.recent if attempt.at >= before)
            if not (folded.cases or folded.recent):
                del self._folded[folded.user_id]
        self._rebuild()

    def all(self) -> tuple[Case, ...]:
        """Return all cases, the newest first."""
        self._rebuild()
        if self._all is None:
            known: Iterator[PersonHistory | Folded] = chain(self._people.values(), self._folded.values())
            cases = [case for one in known for case in one.cases]
            self._all = tuple(sorted(cases, key=lambda case: (case.began.timestamp(), case.id), reverse=True))
        return self._all

    def open(self) -> tuple[Case, ...]:
        """Return the cases that last, the newest first."""
        return tuple(case for case in self.all() if case.open)

    def attempts(self, since: datetime) -> tuple[Attempt, ...]:
        """Return everybody's attempts since a time, in no order; for `tui.desk.lockouts.spray`.

        Of people of whom nothing is new, those that failed long before a wave may begin are left out.
        """
        self._rebuild()
        whole = (attempt for history in self._people.values() for attempt in history.attempts)
        folded = (attempt for one in self._folded.values() for attempt in one.recent)
        return tuple(attempt for attempt in chain(whole, folded) if attempt.at >= since)

    def _mark_changed(self, user_id: str) -> None:
        self._changed.add(user_id)
        self._stay.discard(user_id)
        self._all = None

    def _rebuild(self) -> None:
        for user_id in self._changed:
            self._people[user_id].rebuild(self._reads, self._shared)
        self._changed.clear()


def _tied(stray: Step, step: Step) -> bool:
    """Whether two steps are of one sign-in, by Okta's ids."""
    return bool(set(stray.keys) & set(step.keys)) and abs(stray.at - step.at) <= NEAR
