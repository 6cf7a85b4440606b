"""The one source of time and of waiting, so that tests can replace it."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime
from typing import Final

FIRST: Final = 1900
LAST: Final = 9000


class Clock:
    """Wall clock, monotonic clock, sleep and jitter."""

    def time(self) -> float:
        """Seconds since the epoch, by the local wall clock, which may be wrong."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that only ever grow; for waiting and for ages."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking."""
        await asyncio.sleep(seconds)

    def jitter(self) -> float:
        """A number from 0 to 1, so that many clients do not come back at the same moment."""
        return random.random()  # noqa: S311 - spreads load, guards nothing


def instant(value: object) -> datetime | None:
    """Read one of Okta's times, `2026-08-27T18:14:07.000Z`; anything unreadable is `None`, never an error."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not FIRST <= parsed.year <= LAST:  # such a date means nothing, and overflows in some time zones
        return None
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def stamp(moment: datetime) -> str:
    """A time as Okta writes it: UTC with milliseconds and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
