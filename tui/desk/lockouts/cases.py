"""All lockouts of the time that is kept, one case each; made of events, the status and the policies."""

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
    """All cases of the time that is kept.

    Events may come late, twice and out of order: the same set of events always gives the same cases.
    """

    def __init__(self) -> None:
        self._people: dict[str, PersonHistory] = {}
        self._dirty: set[str] = set()
        self._shared: frozenset[str] = frozenset()
        self._reads: list[Read] = []
        self._read_at: datetime | None = None
        self._forgot: datetime | None = None
        self._all: tuple[Case, ...] | None = ()

    def add(self, events: Iterable[LogEvent]) -> None:
        """Take in events, each uuid once."""
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
            whose = self._people.get(person.id)
            if whose is None:
                whose = self._people[person.id] = PersonHistory(person.id, forgot=self._forgot)
            news = whose.call("login", person.alternate_id, at, event.uuid)
            news = whose.call("name", person.display_name, at, event.uuid) or news
            if mark is not None and event.uuid not in whose.marks:
                whose.marks[event.uuid] = mark
            elif attempt is not None and event.uuid not in whose.attempts:
                whose.attempts[event.uuid] = attempt
            elif not news:
                continue
            self._touch(person.id)

    def now_locked(self, rows: Iterable[Lockout], *, at: datetime, complete: bool) -> None:
        """Take in who is locked or blocked now, as `tui.desk.lockouts.now` read it.

        Args:
            rows: Who is.
            at: When that was read.
            complete: Whether nobody else is locked, so that an open case of anybody else that began before has ended.
        """
        if self._read_at is not None and at < self._read_at:
            return
        self._read_at = at
        self._fold()
        found = {row.user.id: row for row in rows}
        for user_id, row in found.items():
            whose = self._people.setdefault(user_id, PersonHistory(user_id, forgot=self._forgot))
            news = whose.call("login", row.user.login, at, "~")
            news = whose.call("name", row.user.name, at, "~") or news
            if whose.shown(row.since, at, blocked=row.blocked) or news:
                self._touch(user_id)
        if not complete:
            return
        locked = frozenset(user_id for user_id, row in found.items() if not row.blocked)
        if self._reads and self._reads[-1].locked == locked:
            locked = self._reads[-1].locked  # one copy is enough for a day of reads
        self._reads.append(Read(at, locked))
        for user_id, whose in self._people.items():
            if user_id not in found and (stay := whose.stay) is not None:
                stay.until = at
                self._touch(user_id)
            elif user_id not in locked and any(case.open and case.shut in _LOCKED for case in whose.cases):
                self._touch(user_id)

    def policies(self, by_user: Mapping[str, Applied]) -> None:
        """Take in which password policy applies to whom, for the countdowns."""
        for user_id, policy in by_user.items():
            if user_id in self._people and self._people[user_id].policy != policy:
                self._people[user_id].policy = policy
                self._touch(user_id)

    def shared(self, addresses: Iterable[str]) -> None:
        """Take in from which addresses many people are tried: what comes from there is more likely an attack."""
        found = frozenset(addresses)
        if found != self._shared:
            changed, self._shared = found ^ self._shared, found
            for user_id, whose in self._people.items():
                if any(one.ip in changed for one in whose.attempts.values()):
                    self._touch(user_id)

    def forget(self, before: datetime) -> None:
        """Let go of what ended, and of attempts, before a time; events from before are not taken in any more."""
        self._fold()
        before = self._forgot = before if self._forgot is None else max(before, self._forgot)
        # What is kept lasted until `before`, so no read from before then ended it.
        self._reads = [read for read in self._reads if read.at >= before]
        for user_id, whose in list(self._people.items()):
            whose.forget(before)
            self._touch(user_id)
            if not whose.marks and not whose.attempts and not whose.stays:
                del self._people[user_id]
                self._dirty.discard(user_id)

    def all(self) -> tuple[Case, ...]:
        """All cases, the newest first."""
        self._fold()
        if self._all is None:
            cases = [case for whose in self._people.values() for case in whose.cases]
            self._all = tuple(sorted(cases, key=lambda case: (case.began, case.id), reverse=True))
        return self._all

    def open(self) -> tuple[Case, ...]:
        """The cases that last, the newest first."""
        return tuple(case for case in self.all() if case.open)

    def attempts(self, since: datetime) -> tuple[Attempt, ...]:
        """Everybody's attempts since a time, in no order; for `tui.desk.lockouts.spray`."""
        return tuple(one for whose in self._people.values() for one in whose.attempts.values() if one.at >= since)

    def _touch(self, user_id: str) -> None:
        self._dirty.add(user_id)
        self._all = None

    def _fold(self) -> None:
        for user_id in self._dirty:
            self._people[user_id].fold(self._reads, self._shared)
        self._dirty.clear()
