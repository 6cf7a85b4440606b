"""What is left of each rate-limit bucket, and how long to wait before using it.

Okta tells limit, rest and reset in headers (Okta: "Rate limits"); the reset is an instant of the server's clock, so it
is turned into a distance with the answer's own `Date` and never compared with the local clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.okta.answers import server_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.okta.clock import Clock


LONGEST = 120.0
"""Seconds; no window of Okta's lasts longer."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket as the last answer told it.

    Attributes:
        name: keydesk's name for it, from the endpoint.
        limit: Requests in a window, this principal's share.
        remaining: What is left of them.
        lifts_at: When the window ends, on the monotonic clock, in seconds.
    """

    name: str
    limit: int
    remaining: int
    lifts_at: float

    @property
    def share(self) -> float:
        """The part that is left, 0 to 1."""
        return self.remaining / self.limit if self.limit else 1.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request is being held back.

    Attributes:
        bucket: Which bucket is used up.
        until: When it goes on, on the monotonic clock.
    """

    bucket: str
    until: float


class Budget:
    """All buckets of one connection.

    A reserve is kept for the agent's own actions: background reads slow down as the rest nears it and stop at it.
    """

    def __init__(self, clock: Clock, *, reserve: float = 0.25) -> None:
        self._clock = clock
        self.reserve = reserve
        self.buckets: dict[str, Bucket] = {}
        self._held: list[Waiting] = []
        self.on_change: Callable[[], None] = lambda: None

    def note(self, name: str, headers: Mapping[str, str]) -> None:
        """Take in an answer's headers; answers without them say nothing."""
        limit, remaining = _number(headers, "x-rate-limit-limit"), _number(headers, "x-rate-limit-remaining")
        if limit is None or remaining is None or limit == 0:  # 0 is the concurrency form, not a bucket
            return
        lifts_at = self._clock.monotonic() + (self.reset_in(headers) or 0.0)
        self.buckets[name] = Bucket(name, limit, remaining, lifts_at)
        self.on_change()

    @staticmethod
    def reset_in(headers: Mapping[str, str]) -> float | None:
        """Seconds until the window ends: `reset - Date + 1`, by the server's clock alone."""
        reset, date = _number(headers, "x-rate-limit-reset"), server_date(headers)
        if reset is None or date is None or Budget.crowded(headers):
            return None
        # Windows are a minute long; a cached answer with an old date must not close a bucket for hours.
        return min(max(0.0, reset - date), LONGEST) + 1.0

    @staticmethod
    def crowded(headers: Mapping[str, str]) -> bool:
        """Whether a 429 means too many requests at once; its reset says nothing then."""
        return _number(headers, "x-rate-limit-limit") == 0

    def pause(self, name: str, *, background: bool, waited: float = 0.0) -> float:
        """Seconds to hold a request back before it is sent, 0 for at once.

        Args:
            name: The bucket.
            background: Whether the request yields to the agent's own.
            waited: How long it has been held back already; others may have used the bucket up meanwhile.
        """
        bucket = self.buckets.get(name)
        if bucket is None:
            return 0.0
        left = bucket.lifts_at - self._clock.monotonic()
        if left <= 0:
            return 0.0
        if bucket.remaining <= 0:
            return left
        if not background:
            return 0.0
        spare = bucket.remaining - bucket.limit * self.reserve
        if spare < 1:
            return left
        # Within twice the reserve, what may still be used is spread over the rest of the window.
        return max(0.0, left / spare - waited) if bucket.share < 2 * self.reserve else 0.0

    @property
    def waiting(self) -> Waiting | None:
        """The request that is held back longest; `None` when none is."""
        return max(self._held, key=lambda held: held.until, default=None)

    def hold(self, name: str, seconds: float) -> Waiting:
        """Say that a request waits now; to be given back to `release`."""
        held = Waiting(name, self._clock.monotonic() + seconds)
        self._held.append(held)
        self.on_change()
        return held

    def release(self, held: Waiting) -> None:
        """Say that this request waits no more; others may."""
        self._held.remove(held)
        self.on_change()

    def tightest(self) -> Bucket | None:
        """The bucket with the smallest share left in a window that is still running."""
        now = self._clock.monotonic()
        running = [bucket for bucket in self.buckets.values() if bucket.lifts_at > now]
        return min(running, key=lambda bucket: bucket.share, default=None)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    """A header's number; where it is repeated, the smallest. Longer ones than any time or count are none."""
    try:
        number = min(int(part) for part in headers[name].split(","))
    except (KeyError, ValueError):
        return None
    return number if abs(number) < 10**15 else None
