"""What is left of each rate-limit bucket, and how long a request has to wait for it.

Okta sends limit, remaining requests and reset time in headers (Okta: "Rate limits"). The reset is a time of the
server's clock, so it is compared with the answer's own `Date` and never with the local clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from tui.okta.clock import server_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.okta.clock import Clock


LONGEST_WINDOW = 120.0
"""Seconds; no rate-limit window of Okta lasts longer."""


class Bucket(Struct, frozen=True):
    """One rate-limit bucket, as the last answer described it.

    Attributes:
        name: keydesk's name of the bucket, from the endpoint.
        limit: The requests that keydesk's account may send in a window.
        remaining: The requests that are left in the window.
        lifts_at: When the window ends, on the monotonic clock, in seconds.
    """

    name: str
    limit: int
    remaining: int
    lifts_at: float

    @property
    def share(self) -> float:
        """The part of the limit that is left, from 0 to 1."""
        return self.remaining / self.limit if self.limit else 1.0


class Waiting(Struct, frozen=True):
    """A request that waits for its bucket.

    Attributes:
        bucket: The name of the bucket.
        until: When the request is sent, on the monotonic clock, in seconds.
    """

    bucket: str
    until: float


class Budget:
    """All rate-limit buckets of one connection.

    A part of each bucket, `reserve`, is left for the agent's own actions: background reads slow down as the remaining
    requests near the reserve, and stop at it.
    """

    def __init__(self, clock: Clock, *, reserve: float = 0.25) -> None:
        self._clock = clock
        self.reserve = reserve
        self.buckets: dict[str, Bucket] = {}
        self._held: list[Waiting] = []
        self.on_change: Callable[[], None] = lambda: None

    def note(self, name: str, headers: Mapping[str, str]) -> None:
        """Update a bucket from the headers of an answer; an answer without rate-limit headers changes nothing."""
        limit, remaining = _number(headers, "x-rate-limit-limit"), _number(headers, "x-rate-limit-remaining")
        if limit is None or remaining is None or limit == 0:  # 0 is the concurrency form, not a bucket
            return
        lifts_at = self._clock.monotonic() + (self.reset_in(headers) or 0.0)
        self.buckets[name] = Bucket(name, limit, remaining, lifts_at)
        self.on_change()

    @staticmethod
    def reset_in(headers: Mapping[str, str]) -> float | None:
        """Return the seconds until the window ends: `reset - Date + 1`, by the server's clock alone."""
        reset, date = _number(headers, "x-rate-limit-reset"), server_date(headers)
        if reset is None or date is None or Budget.is_concurrency_limit(headers):
            return None
        # Windows are a minute long; a cached answer with an old date must not close a bucket for hours.
        return min(max(0.0, reset - date), LONGEST_WINDOW) + 1.0

    @staticmethod
    def is_concurrency_limit(headers: Mapping[str, str]) -> bool:
        """Whether a 429 means too many requests at the same time; its reset time has no meaning then."""
        return _number(headers, "x-rate-limit-limit") == 0

    def pause(self, name: str, *, background: bool, waited: float = 0.0) -> float:
        """Return the seconds that a request has to wait before it is sent; 0 for at once.

        Args:
            name: The bucket's name.
            background: Whether the request yields to the agent's own.
            waited: The seconds that it has waited already; other requests may have used the bucket up meanwhile.
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
        # Below twice the reserve, the requests above the reserve are spread over the rest of the window.
        return max(0.0, left / spare - waited) if bucket.share < 2 * self.reserve else 0.0

    @property
    def waiting(self) -> Waiting | None:
        """The request that waits longest; `None` where none waits."""
        return max(self._held, key=lambda held: held.until, default=None)

    def hold(self, name: str, seconds: float) -> Waiting:
        """Register a request that waits; `release` takes the returned value when the wait is over."""
        held = Waiting(name, self._clock.monotonic() + seconds)
        self._held.append(held)
        self.on_change()
        return held

    def release(self, held: Waiting) -> None:
        """Remove a request whose wait is over."""
        self._held.remove(held)
        self.on_change()

    def tightest(self) -> Bucket | None:
        """Return the bucket with the smallest share left, among the windows that have not ended."""
        now = self._clock.monotonic()
        running = [bucket for bucket in self.buckets.values() if bucket.lifts_at > now]
        return min(running, key=lambda bucket: bucket.share, default=None)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    """Return a header's number, or the smallest of a repeated header; `None` for none, or one of 16 digits or more."""
    try:
        number = min(int(part) for part in headers[name].split(","))
    except (KeyError, ValueError):
        return None
    return number if abs(number) < 10**15 else None
