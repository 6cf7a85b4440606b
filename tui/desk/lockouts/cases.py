"""All known lockouts, one case each, made from events of the System Log, the status and the password policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.case import Case, Ended, Shut
from tui.desk.lockouts.ends import End
from tui.desk.lockouts.marks import Read, mark_of
from tui.desk.lockouts.person_cases import PersonHistory
from tui.desk.lockouts.steps import REPORT, Stage, step_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.now import Lockout
    from tui.desk.lockouts.steps import Step
    from tui.desk.people.password_policies import Applied
    from tui.okta.log_events import Actor, LogEvent

__all__ = ["Case", "Cases", "Ended", "Shut"]

MOST_STRAYS: Final = 200
"""The most steps kept that name nobody, until an event of the same sign-in names the person."""
_NOBODY: Final = frozenset({"", "unknown", "null"})
_LOCKED: Final = frozenset({Shut.LOCKED, Shut.LIMIT})


class Cases:
    """All cases that have not been forgotten.

    Events may arrive late, twice and out of order: the same set of events always gives the same cases.
    """

    def __init__(self) -> None:
        self._people: dict[str, PersonHistory] = {}
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
            at = event.at
            if at is None or (self._forgot is not None and at < self._forgot):
                continue
            mark = mark_of(event, at)
            step = step_of(event) if mark is None else None
            reported = event.event_type == REPORT
            if mark is None and step is None and not reported:
                continue
            person = event.person
            user_id = (person.id if person else None) or ""
            if step is not None and user_id in _NOBODY:
                user_id = self._neighbour(step)
            if user_id in _NOBODY:
                continue
            history = self._people.get(user_id)
            if history is None:
                history = self._people[user_id] = PersonHistory(user_id, forgot=self._forgot)
            news = self._name(history, person, at, event.uuid)
            if mark is not None and event.uuid not in history.marks:
                history.marks[event.uuid] = mark
            elif step is not None and event.uuid not in history.steps:
                history.steps[event.uuid] = step
                self._tie_strays(step, history)
            elif reported and event.uuid not in history.reports:
                history.reports[event.uuid] = at
            elif not news:
                continue
            self._mark_changed(user_id)

    @staticmethod
    def _name(history: PersonHistory, person: Actor | None, at: datetime, uuid: str) -> bool:
        """Take the login and the name of an event; return whether they are new."""
        if person is None or person.id != history.user_id:
            return False
        news = history.note("login", person.alternate_id, at, uuid)
        return history.note("name", person.display_name, at, uuid) or news

    # -- events that name nobody

    def _neighbour(self, step: Step) -> str:
        """Return whose sign-in a step belongs to that names nobody; empty for nobody known yet.

        FastPass refuses a phishing site as `system@okta.com`; only the ids tell whose sign-in it was. ThreatInsight
        refuses an address, whoever tries.
        """
        if step.stage is Stage.END and step.threat:
            self._threats[step.ip] = max(step.at, self._threats.get(step.ip, step.at))
            return ""
        if step.end is not End.PHISHING:
            return ""
        for history in self._people.values():
            if any(set(step.keys) & set(known.keys) for known in history.steps.values()):
                return history.user_id
        if len(self._strays) < MOST_STRAYS:
            self._strays.append(step)
        return ""

    def _tie_strays(self, step: Step, history: PersonHistory) -> None:
        for stray in [stray for stray in self._strays if set(stray.keys) & set(step.keys)]:
            self._strays.remove(stray)
            history.steps[stray.uuid] = stray

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
            history = self._people.setdefault(user_id, PersonHistory(user_id, forgot=self._forgot))
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

    def checked(self, row: Lockout | None, user_id: str, *, at: datetime) -> None:
        """Add the own status of one person, which the search can be behind of.

        Args:
            row: The lock or block; `None` where the person is neither locked nor blocked.
            user_id: The id of the person.
            at: When the person was read.
        """
        self._rebuild()
        history = self._people.setdefault(user_id, PersonHistory(user_id, forgot=self._forgot))
        changed = row is not None and history.note_status(row.since, at, blocked=row.blocked)
        if row is None or row.blocked:
            changed = history.note_free(at, blocked=row is not None) or changed
        if changed:
            self._mark_changed(user_id)

    def policies(self, by_user: Mapping[str, Applied]) -> None:
        """Set which password policy applies to whom; it says when a lock heals by itself."""
        for user_id, policy in by_user.items():
            if user_id in self._people and self._people[user_id].policy != policy:
                self._people[user_id].policy = policy
                self._mark_changed(user_id)

    def shared(self, addresses: Iterable[str]) -> None:
        """Set the addresses from which many people are tried: an attempt from there is more likely an attack."""
        new = frozenset(addresses)
        if new != self._shared:
            changed, self._shared = new ^ self._shared, new
            for user_id, history in self._people.items():
                if any(attempt.ip in changed for attempt in history.attempts):
                    self._mark_changed(user_id)

    def forget(self, before: datetime) -> None:
        """Forget cases that ended, and attempts, before a time; `add` ignores events from before it from now on."""
        self._rebuild()
        before = self._forgot = before if self._forgot is None else max(before, self._forgot)
        # Each case that stays lasted until `before`, so no earlier read ended it.
        self._reads = [read for read in self._reads if read.at >= before]
        self._strays = [stray for stray in self._strays if stray.at >= before]
        self._threats = {ip: at for ip, at in self._threats.items() if at >= before}
        for user_id, history in list(self._people.items()):
            history.forget(before)
            self._mark_changed(user_id)
            if not (history.marks or history.steps or history.stays or history.reports):
                del self._people[user_id]
                self._changed.discard(user_id)

    def all(self) -> tuple[Case, ...]:
        """Return all cases, the newest first."""
        self._rebuild()
        if self._all is None:
            cases = [case for history in self._people.values() for case in history.cases]
            self._all = tuple(sorted(cases, key=lambda case: (case.began, case.id), reverse=True))
        return self._all

    def open(self) -> tuple[Case, ...]:
        """Return the cases that last, the newest first."""
        return tuple(case for case in self.all() if case.open)

    def attempts(self, since: datetime) -> tuple[Attempt, ...]:
        """Return everybody's attempts since a time, in no order; for `tui.desk.lockouts.spray`."""
        self._rebuild()
        return tuple(
            attempt for history in self._people.values() for attempt in history.attempts if attempt.at >= since
        )

    def _mark_changed(self, user_id: str) -> None:
        self._changed.add(user_id)
        self._all = None

    def _rebuild(self) -> None:
        for user_id in self._changed:
            self._people[user_id].rebuild(self._reads, self._shared)
        self._changed.clear()
