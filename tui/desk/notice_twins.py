"""Which notices tell the same thing under another key, so that it is told once."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from tui.desk.ledger_claims import Twins
from tui.desk.notices import Topic
from tui.okta.clock import instant

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.ledger_entry import Entry
    from tui.desk.notices import Occasion

SAME_LOCK: Final = timedelta(minutes=2)
"""Two lockouts of one person so close are one, whose time is known better by now."""


def twins_of(occasion: Occasion, key: str) -> Twins | None:
    """Notices by whatever way that tell the same; `None` where there can be none.

    An expiry may have been told by another way; a lockout also under a time that is known better now.
    """
    if occasion.user is None or occasion.topic not in {Topic.LOCKOUT, Topic.EXPIRY}:
        return None
    if occasion.topic is Topic.EXPIRY:
        before, _, _ = key.rpartition("/")
        return Twins(f"{before}/", lambda _: True)
    before, _, _ = key.partition("@")
    times = (occasion.at, *occasion.also)
    return Twins(f"{before}@", lambda entry: any(_is_near(entry, at) for at in times))


def _is_near(entry: Entry, at: datetime) -> bool:
    """Whether a lockout that was told is the same as one at a time; the key holds when that one was."""
    found = re.search(r"@([0-9T:.Z-]+)/", entry.intent.notice)
    when = instant(found[1]) if found else None
    return when is not None and abs(when - at.astimezone(UTC)) <= SAME_LOCK
