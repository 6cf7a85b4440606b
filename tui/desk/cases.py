"""All lockouts of the time that is kept, one case each; made of events, the status and the policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.attempts import attempt_of
from tui.desk.case import Case, Ended, Shut
from tui.desk.cases_person import Happened, Mark, Now, Whose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tui.desk.attempts import Attempt
    from tui.desk.lockouts import Lockout
    from tui.desk.password_policies import Applied
    from tui.okta.log_events import LogEvent

__all__ = ["Case", "Cases", "Ended", "Shut"]

_MARKS: Final = {
    "user.account.lock": Happened.LOCK,
    "user.account.lock.limit": Happened.LIMIT,
    "user.account.unlock": Happened.UNLOCK,
    "user.account.unlock_by_admin": Happened.UNLOCK,
    "user.account.unlock_token": Happened.UNLOCK,
    "app.ad.api.user_import.account_locked": Happened.DIRECTORY_LOCK,
    "system.agent.ad.unlock_user_account": Happened.DIRECTORY_UNLOCK,
    "user.account.reset_password": Happened.RESET,
    "user.account.update_password": Happened.RESET,
}
_PEOPLE: Final = frozenset({"User"})


class Cases:
    """All cases of the time that is kept.

    Events may come late, twice and out of order: the same set of events always gives the same cases.
    """

    def __init__(self) -> None:
        self._people: dict[str, Whose] = {}
        self._dirty: set[str] = set()
        self._shared: frozenset[str] = frozenset()
        self._forgot: datetime | None = None
        self._all: tuple[Case, ...] | None = ()

    def add(self, events: Iterable[LogEvent]) -> None:
        """Take in events, each uuid once."""
        for event in events:
            person, at = event.person, event.at
            if person is None or not person.id or at is None or (self._forgot is not None and at < self._forgot):
                continue
            whose = self._whose(person.id)
            if whose.named_at is None or at >= whose.named_at:  # the newest event knows best, whenever it comes
                whose.named_at = at
                whose.login, whose.name = _told(person.alternate_id), _told(person.display_name)
            if (mark := _mark(event, at)) is not None:
                whose.marks[event.uuid] = mark
            elif (attempt := attempt_of(event)) is not None:
                whose.attempts[event.uuid] = attempt

    def now_locked(self, rows: Iterable[Lockout], *, at: datetime, complete: bool) -> None:
        """Take in who is locked or blocked now, as `tui.desk.lockouts` read it.

        Args:
            rows: Who is.
            at: When that was read.
            complete: Whether nobody else is locked, so that an open case of anybody else that began before has ended.
        """
        locked = {row.user.id: row for row in rows}
        for user_id, row in locked.items():
            whose = self._whose(user_id)
            whose.login, whose.name, whose.named_at = row.user.login, row.user.name, at
            whose.now = Now(row.since, row.blocked, at)
        for user_id, whose in self._people.items() if complete else ():
            if user_id not in locked and (whose.now is not None or any(case.open for case in whose.cases)):
                whose.now, whose.free_at = None, at
                self._touch(user_id)

    def policies(self, by_user: Mapping[str, Applied]) -> None:
        """Take in which password policy applies to whom, for the countdowns."""
        for user_id, policy in by_user.items():
            if user_id in self._people and self._people[user_id].policy != policy:
                self._whose(user_id).policy = policy

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
        self._forgot = before if self._forgot is None else max(before, self._forgot)
        for user_id, whose in list(self._people.items()):
            whose.forget(before)
            self._touch(user_id)
            if not whose.marks and not whose.attempts and whose.now is None:
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
        """Everybody's attempts since a time, in no order; for `tui.desk.spray`."""
        return tuple(one for whose in self._people.values() for one in whose.attempts.values() if one.at >= since)

    def _whose(self, user_id: str) -> Whose:
        self._touch(user_id)
        return self._people.setdefault(user_id, Whose(user_id))

    def _touch(self, user_id: str) -> None:
        self._dirty.add(user_id)
        self._all = None

    def _fold(self) -> None:
        for user_id in self._dirty:
            self._people[user_id].fold(self._shared)
        self._dirty.clear()


def _told(text: str | None) -> str:
    return "" if text is None or text == "unknown" else text


def _mark(event: LogEvent, at: datetime) -> Mark | None:
    """What an event means for a lock; a reset or unlock that failed means nothing."""
    what = _MARKS.get(event.event_type or "")
    if what is None or (what >= Happened.UNLOCK and event.result not in {"", "SUCCESS", "ALLOW"}):
        return None
    actor, person = event.actor, event.person
    ended, by = Ended.TIMER, ""
    if actor is not None and actor.id and person is not None and actor.id == person.id:
        ended = Ended.SELF
    elif event.event_type == "user.account.unlock_by_admin" or (actor is not None and actor.type in _BY_ADMIN):
        ended = Ended.ADMIN
        by = (actor.display_name or actor.alternate_id or "") if actor else ""
    return Mark(at, what, event.uuid, ended, by)


_BY_ADMIN: Final = _PEOPLE | {"PublicClientApp"}
