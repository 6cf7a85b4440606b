"""A case: one person's lockout, with the attempts before it and the unlock after it; made of events in any order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tui.desk.attempts import Attempt
    from tui.desk.lockouts import Lockout
    from tui.desk.password_policies import Applied
    from tui.desk.triggers import Reading
    from tui.okta.log_events import LogEvent


class Shut(StrEnum):
    """In which way somebody is shut out."""

    LOCKED = "locked"
    LIMIT = "limit"  # user.account.lock.limit: does not heal by itself
    BLOCKED = "blocked"  # ACTIVE, but blocked from unknown devices
    DIRECTORY = "directory"  # locked in Active Directory


class Ended(StrEnum):
    """How it ended."""

    TIMER = "timer"
    SELF = "self"
    ADMIN = "admin"
    RESET = "reset"  # a password reset or change released it
    GONE = "gone"  # no event tells, but the person is not locked any more


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the feed. Texts from Okta are untrusted: `tui.desk.plain` before they are shown.

    Attributes:
        id: Stable over restarts, late events and duplicates: `user_id@` and when it began, ISO 8601 with milliseconds.
        user_id: Whose.
        login: As events or the person tell it.
        name: As events or the person tell it.
        shut: In which way.
        began: When.
        attempts: The person's attempts within the hour before it began and until it ended, oldest first, the newest 50.
        reading: What led to it.
        ended: How it ended; `None` while it lasts.
        ended_at: When it ended.
        ended_by: The admin's name, for `Ended.ADMIN`; empty otherwise.
        heals_at: When it heals by itself, by the policy that applies; `None` where it does not or that is not known.
        heals: Whether it heals by itself; `None` where that is not known.
        again: It will lock again: some software keeps trying an old password.
        seen: The lock event or the status itself was seen; without it only failures hint at it.
    """

    id: str
    user_id: str
    login: str
    name: str
    shut: Shut
    began: datetime
    reading: Reading
    attempts: tuple[Attempt, ...] = ()
    ended: Ended | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    heals_at: datetime | None = None
    heals: bool | None = None
    again: bool = False
    seen: bool = True

    @property
    def open(self) -> bool:
        """Whether it lasts."""
        return self.ended is None


class Cases:
    """All cases of the time that is kept.

    Events may come late, twice and out of order: the same set of events always gives the same cases.
    """

    def add(self, events: Iterable[LogEvent]) -> None:
        """Take in events, each uuid once."""
        raise NotImplementedError

    def now_locked(self, rows: Iterable[Lockout], *, at: datetime, complete: bool) -> None:
        """Take in who is locked or blocked now, as `tui.desk.lockouts` read it.

        Args:
            rows: Who is.
            at: When that was read.
            complete: Whether nobody else is locked, so that an open case of anybody else that began before has ended.
        """
        raise NotImplementedError

    def policies(self, by_user: Mapping[str, Applied]) -> None:
        """Take in which password policy applies to whom, for the countdowns."""
        raise NotImplementedError

    def forget(self, before: datetime) -> None:
        """Let go of what ended, and of attempts, before a time."""
        raise NotImplementedError

    def all(self) -> tuple[Case, ...]:
        """All cases, the newest first."""
        raise NotImplementedError

    def open(self) -> tuple[Case, ...]:
        """The cases that last, the newest first."""
        return tuple(case for case in self.all() if case.open)
