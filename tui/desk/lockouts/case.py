"""A case: one person's lockout as a value, with the attempts before it and the unlock after it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.causes import Diagnosis


class Shut(StrEnum):
    """How a person is shut out."""

    LOCKED = "locked"
    LIMIT = "limit"  # user.account.lock.limit: does not heal by itself
    BLOCKED = "blocked"  # ACTIVE, but blocked from unknown devices
    DIRECTORY = "directory"  # locked in Active Directory


class Ended(StrEnum):
    """How a lockout ended."""

    TIMER = "timer"
    SELF = "self"
    ADMIN = "admin"
    RESET = "reset"  # a password reset or change released it
    GONE = "gone"  # no event shows the end, but the person is not locked any more


class Case(Struct, frozen=True):
    """One lockout of one person. Texts from Okta are untrusted: pass them through `tui.desk.text.plain` to show them.

    Attributes:
        id: `user_id@` and the beginning, ISO 8601 with milliseconds. It does not change while a `Cases` object lives,
            even if the status was read first and the event names another second. After a restart the id may be made
            from the other of these two times: whoever stores ids has to compare them with `id` and all of `also`.
        user_id: The id of the person.
        login: The login, from the newest event or read.
        name: The name, from the newest event or read.
        shut: How the person is shut out.
        began: When the lockout began.
        diagnosis: What led to the lockout.
        attempts: The person's attempts from an hour before the lockout to its end, oldest first, the newest 50; those
            of a case from the disk are read when they are looked at.
        ended: How the lockout ended; `None` while it lasts.
        ended_at: When the lockout ended.
        ended_by: The admin's name, for `Ended.ADMIN`; empty otherwise.
        heals_at: When Okta lifts the lock, by the policy that applies; `None` if it does not, or if that is not known.
        heals: Whether Okta lifts the lock by itself; `None` where that is not known.
        locks_again: Whether the person will be locked again: some software keeps trying an old password.
        counted_from: From when Okta counts until the lock heals, where that is not the beginning; `None` for none.
        seen: Whether the lock event was read; without it, the case follows from the status or from failures.
        also: Other ids that the case would have, had its events arrived in another order.
    """

    id: str
    user_id: str
    login: str
    name: str
    shut: Shut
    began: datetime
    diagnosis: Diagnosis
    attempts: Sequence[Attempt] = ()
    ended: Ended | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    heals_at: datetime | None = None
    heals: bool | None = None
    locks_again: bool = False
    counted_from: datetime | None = None
    seen: bool = True
    also: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the lockout lasts."""
        return self.ended is None
