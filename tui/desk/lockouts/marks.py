"""What a lock's story is made of: the turns that events tell of, and the stays that the status shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.case import Ended

if TYPE_CHECKING:
    from datetime import datetime

    from tui.okta.log_events import LogEvent

SAME: Final = timedelta(seconds=60)
"""Two lock events so close are one lock that two places told of."""
LAG: Final = timedelta(seconds=10)
"""How far the time in the status and that of the event may lie apart, and how far the status search is behind."""


class Happened(IntEnum):
    """What an event means for a lock; the order in which those of one moment count."""

    LOCK = 0
    LIMIT = 1
    STATUS = 2
    DIRECTORY_LOCK = 3
    UNLOCK = 4
    DIRECTORY_UNLOCK = 5
    RESET = 6


LOCKS: Final = frozenset({Happened.LOCK, Happened.LIMIT, Happened.STATUS})
DIRECTORY: Final = frozenset({Happened.DIRECTORY_LOCK, Happened.DIRECTORY_UNLOCK})


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A turn in the story of a lock.

    Attributes:
        at: When.
        what: What.
        uuid: Of the event; empty for the status.
        ended: How it ended, for an unlock.
        by: The admin's name, for an unlock by an admin.
        told: The time as the status gave it, for `STATUS`.
    """

    at: datetime
    what: Happened
    uuid: str
    ended: Ended = Ended.TIMER
    by: str = ""
    told: datetime | None = None


@dataclass(slots=True)
class Stay:
    """A time in which every read of the status showed somebody locked, or blocked.

    Attributes:
        blocked: Blocked by device, rather than LOCKED_OUT.
        since: Since when, as Okta told at first; when it was first read, if Okta did not tell.
        first: When it was first read.
        until: The first read that does not show it any more.
    """

    blocked: bool
    since: datetime
    first: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A complete read of who is locked.

    Attributes:
        at: When.
        locked: The ids of all who were; nobody else was.
    """

    at: datetime
    locked: frozenset[str]


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
_ADMINS: Final = frozenset({"User", "PublicClientApp"})
_WORKED: Final = frozenset({"", "SUCCESS", "ALLOW"})


def mark_of(event: LogEvent, at: datetime) -> Mark | None:
    """What an event means for the lock of the person it is about; a reset or unlock that failed means nothing."""
    kind = event.event_type or ""
    what = _MARKS.get(kind)
    if what is None or (what >= Happened.UNLOCK and event.result not in _WORKED):
        return None
    actor, person = event.actor, event.person
    by_admin = kind == "user.account.unlock_by_admin"
    if actor is not None and actor.id and person is not None and actor.id == person.id:
        if by_admin:  # names no target: whom the admin unlocked is not told, and it was not the admin
            return None
        return Mark(at, what, event.uuid, Ended.SELF)
    if by_admin or (actor is not None and actor.type in _ADMINS):
        return Mark(
            at, what, event.uuid, Ended.ADMIN, (actor.display_name or actor.alternate_id or "") if actor else ""
        )
    return Mark(at, what, event.uuid)
