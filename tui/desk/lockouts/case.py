"""A case, as a value: one person's lockout, with the attempts before it and the unlock after it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.causes import Diagnosis


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
    """One row of the feed. Texts from Okta are untrusted: `tui.desk.text.plain` before they are shown.

    Attributes:
        id: `user_id@` and when it began, ISO 8601 with milliseconds. It does not change while a `Cases` lives, also
            where the status was seen first and its event told of another second. After a restart the other of the
            two may be the id: whoever keeps ids over restarts asks for `id` and all of `also`.
        user_id: Whose.
        login: As events or the person tell it.
        name: As events or the person tell it.
        shut: In which way.
        began: When.
        reading: What led to it.
        attempts: The person's attempts within the hour before it began and until it ended, oldest first, the newest 50.
        ended: How it ended; `None` while it lasts.
        ended_at: When it ended.
        ended_by: The admin's name, for `Ended.ADMIN`; empty otherwise.
        heals_at: When it heals by itself, by the policy that applies; `None` where it does not or that is not known.
        heals: Whether it heals by itself; `None` where that is not known.
        again: It will lock again: some software keeps trying an old password.
        seen: The lock event was seen; without it the status alone, or failures, tell of it.
        also: Other ids that this case could have been given, had its events come in another order.
    """

    id: str
    user_id: str
    login: str
    name: str
    shut: Shut
    began: datetime
    reading: Diagnosis
    attempts: tuple[Attempt, ...] = ()
    ended: Ended | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    heals_at: datetime | None = None
    heals: bool | None = None
    again: bool = False
    seen: bool = True
    also: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it lasts."""
        return self.ended is None
