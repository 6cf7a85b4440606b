"""All known lockouts, one case each, made from events of the System Log, the status and the password policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.attempts import attempt_of
from tui.desk.lockouts.case import Case, Ended, Shut
from tui.desk.lockouts.marks import Read, mark_of
from tui.desk.lockouts.person_cases import PersonHistory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.now import Lockout
    from tui.desk.people.password_policies import Applied
    from tui.okta.log_events import LogEvent

__all__ = ["Case", "Cases", "Ended", "Shut"]

_NOBODY: Final = frozenset({"unknown", "null"})
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

    def add(self, events: Iterable[LogEvent]) -> None:
        """Add events; an event that is known by its uuid is ignored."""
        for event in events:
            person, at = event.person, event.at
            if person is None or not person.id or person.id in _NOBODY or at is None:
                continue
            if self._forgot is not None and at < self._forgot:
                continue
            mark = mark_of(event, at)
            attempt = attempt_of(event) if mark is None else None
            if mark is None and attempt is None:
                continue
            history = self._people.get(person.id)
            if history is None:
                history = self._people[person.id] = PersonHistory(person.id, forgot=self._forgot)
            news = history.note("login", person.alternate_id, at, event.uuid)
            news = history.note("name", person.display_name, at, event.uuid) or news
            if mark is not None and event.uuid not in history.marks:
                history.marks[event.uuid] = mark
            elif attempt is not None and event.uuid not in history.attempts:
                history.attempts[event.uuid] = attempt
            elif not news:
                continue
            self._mark_changed(person.id)

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
                if any(attempt.ip in changed for attempt in history.attempts.values()):
                    self._mark_changed(user_id)

    def forget(self, before: datetime) -> None:
        """Forget cases that ended, and attempts, before a time; `add` ignores events from before it from now on."""
        self._rebuild()
        before = self._forgot = before if self._forgot is None else max(before, self._forgot)
        # Each case that stays lasted until `before`, so no earlier read ended it.
        self._reads = [read for read in self._reads if read.at >= before]
        for user_id, history in list(self._people.items()):
            history.forget(before)
            self._mark_changed(user_id)
            if not history.marks and not history.attempts and not history.stays:
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
        return tuple(
            attempt for history in self._people.values() for attempt in history.attempts.values() if attempt.at >= since
        )

    def _mark_changed(self, user_id: str) -> None:
        self._changed.add(user_id)
        self._all = None

    def _rebuild(self) -> None:
        for user_id in self._changed:
            self._people[user_id].rebuild(self._reads, self._shared)
        self._changed.clear()
