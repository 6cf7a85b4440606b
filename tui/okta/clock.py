"""The one source of time and of waiting, so that tests can replace it."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 9000


class Clock:
    """The wall clock, the monotonic clock, sleep and jitter."""

    def time(self) -> float:
        """Return the seconds since the epoch by the local wall clock, which may be wrong."""
        return time.time()

    def monotonic(self) -> float:
        """Return the seconds of a clock that never goes back, for waits and ages."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking the event loop."""
        await asyncio.sleep(seconds)

    def deadline(self, seconds: float) -> AbstractAsyncContextManager[object]:
        """Return a context whose body is cancelled after so many seconds; it then raises `TimeoutError`."""
        return asyncio.timeout(seconds)

    def jitter(self) -> float:
        """Return a random number from 0 to 1, by which waits are spread, so that clients do not retry all at once."""
        return random.random()  # noqa: S311 - spreads load, guards nothing


def instant(value: object) -> datetime | None:
    """Parse one of Okta's times, such as `2026-08-27T18:14:07.000Z`; return `None` where it cannot be parsed."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not FIRST_YEAR <= parsed.year <= LAST_YEAR:  # other years have no meaning, and overflow in some time zones
        return None
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def stamp(moment: datetime) -> str:
    """Format a time as Okta does: UTC, with milliseconds and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
