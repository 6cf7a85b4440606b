"""The one source of time and of waiting, so that tests can replace it; and Okta's clock, learned from its answers."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 9000
TOLERATED: Final = 120.0
"""Seconds by which this machine's clock may differ from Okta's before keydesk says so."""


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


class OktaClock(Clock):
    """Okta's clock: the local clock, corrected by the `Date` of each answer (HTTP: a time of the server, to a second).

    Before the first answer it is the local clock. Everything that compares a time with one of Okta's asks this clock,
    so that a wrong local clock neither hides an event nor makes one up.

    Args:
        local: The clock of this machine, by which waits are measured too.

    Attributes:
        local: The clock of this machine.
        ahead: The seconds by which Okta's clock is ahead of the local one; 0 before the first answer.
        answered_at: The newest `Date` that Okta sent, in seconds since the epoch; `None` before the first answer.
    """

    def __init__(self, local: Clock) -> None:
        self.local = local
        self.ahead = 0.0
        self.answered_at: float | None = None

    def time(self) -> float:
        """Return the seconds since the epoch by Okta's clock, as far as it is known."""
        return self.local.time() + self.ahead

    def monotonic(self) -> float:
        """Return the seconds of the local clock that never goes back."""
        return self.local.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking the event loop."""
        await self.local.sleep(seconds)

    def deadline(self, seconds: float) -> AbstractAsyncContextManager[object]:
        """Return a context whose body is cancelled after so many seconds; it then raises `TimeoutError`."""
        return self.local.deadline(seconds)

    def jitter(self) -> float:
        """Return a random number from 0 to 1."""
        return self.local.jitter()

    def note(self, headers: Mapping[str, str], sent_at: float) -> None:
        """Learn from an answer's `Date`, which was true at some moment between sending and receiving.

        A difference that the second and the way may explain changes nothing, so that the clock does not tremble.

        Args:
            headers: The headers of an answer that has just been received, with names in lower case.
            sent_at: When its request was sent, by the local clock, in seconds since the epoch.
        """
        date = server_date(headers)
        if date is None or headers.get("age", "0") != "0":  # an answer from a cache has the time at which it was made
            return
        least, most = date - self.local.time(), date + 1.0 - sent_at
        if not least <= self.ahead <= most:
            self.ahead = least  # rather late than early: a proof dated in the future is refused
        self.answered_at = date

    @property
    def off(self) -> float:
        """The seconds by which the local clock is ahead of Okta's, negative behind it; 0 up to two minutes."""
        return -self.ahead if abs(self.ahead) > TOLERATED else 0.0


def server_date(headers: Mapping[str, str]) -> float | None:
    """Read the server's clock from the `Date` header: seconds since the epoch; `None` where it cannot be read."""
    try:
        date = parsedate_to_datetime(headers["date"])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()  # HTTP's dates are UTC
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


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
