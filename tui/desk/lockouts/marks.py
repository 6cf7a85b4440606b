"""The parts of a lock's history: the marks that events leave, and the stays that the status shows."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.lockouts.case import Ended

if TYPE_CHECKING:
    from datetime import datetime

    from tui.okta.log_events import LogEvent

SAME: Final = timedelta(seconds=60)
"""Two lock events this close together are one lock that two sources reported."""
LAG: Final = timedelta(seconds=10)
"""How far the times of status and event may differ, and how far the status search may be behind."""


class Happened(IntEnum):
    """What an event means for a lock; the values give the order of events at the same moment."""

    LOCK = 0
    LIMIT = 1
    STATUS = 2
    DIRECTORY_LOCK = 3
    UNLOCK = 4
    DIRECTORY_UNLOCK = 5
    RESET = 6
    DEVICE_LOCK = 7


LOCKS: Final = frozenset({Happened.LOCK, Happened.LIMIT, Happened.STATUS})
NEW_DEVICES: Final = "new devices"
"""In the message of a `user.account.lock` that shuts out only devices that Okta does not know; the type is the same."""
DIRECTORY: Final = frozenset({Happened.DIRECTORY_LOCK, Happened.DIRECTORY_UNLOCK})


class Mark(Struct, frozen=True, order=True):
    """One event in the history of a lock, or one lock that the status shows.

    Attributes:
        at: When it happened.
        what: What it means for the lock.
        uuid: The uuid of the event; a number for the status.
        ended: How the lock ended, for an unlock.
        by: The admin's name, for an unlock by an admin.
        stated_at: The time in the status, for `STATUS`.
    """

    at: datetime
    what: Happened
    uuid: str
    ended: Ended = Ended.TIMER
    by: str = ""
    stated_at: datetime | None = None


class Stay(Struct):
    """A time in which every read of the status showed a person locked, or blocked.

    Attributes:
        blocked: Whether the person is blocked by device, rather than LOCKED_OUT.
        since: The beginning in Okta's first answer; the time of the first read, if Okta gave none.
        first: When the stay was first read.
        until: When a read first did not show it any more; `None` while it lasts.
        lock: When the lock event happened that it belongs to, once that event is forgotten; `None` before.
    """

    blocked: bool
    since: datetime
    first: datetime
    until: datetime | None = None
    lock: datetime | None = None


class Read(Struct, frozen=True):
    """A complete read of who is locked.

    Attributes:
        at: When it was read.
        locked: The ids of all people who were locked.
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
_ENDS: Final = frozenset({Happened.UNLOCK, Happened.DIRECTORY_UNLOCK, Happened.RESET})
_ADMINS: Final = frozenset({"User", "PublicClientApp", "PublicClientAppEntity"})
_WORKED: Final = frozenset({"", "SUCCESS", "ALLOW"})


def locks_new_devices(event: LogEvent) -> bool:
    """Whether a lock shuts the person out only from devices that Okta does not know; the message alone tells."""
    return event.event_type == "user.account.lock" and NEW_DEVICES in (event.display_message or "").casefold()


def mark_of(event: LogEvent, at: datetime) -> Mark | None:
    """Return the mark of an event; `None` for an event that means nothing for a lock, such as a failed unlock."""
    kind = event.event_type or ""
    what = _MARKS.get(kind)
    if what is Happened.LOCK and locks_new_devices(event):
        what = Happened.DEVICE_LOCK
    if what is None or (what in _ENDS and event.result.upper() not in _WORKED):
        return None
    actor, person = event.actor, event.person
    by_admin = kind == "user.account.unlock_by_admin"
    if actor is not None and actor.id and person is not None and actor.id == person.id:
        if by_admin:  # the event names no target, so whom the admin unlocked is not known
            return None
        return Mark(at, what, event.uuid, Ended.SELF)
    if by_admin or (actor is not None and actor.type in _ADMINS):
        return Mark(
            at, what, event.uuid, Ended.ADMIN, (actor.display_name or actor.alternate_id or "") if actor else ""
        )
    return Mark(at, what, event.uuid)
