"""Rate limits: 60-second windows for each principal and bucket, not aligned to the clock's minute.

The limits are the documented ones of an org type, halved, because a principal gets half of a bucket by default; its
share can be changed through the principal rate limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Profile = Literal["off", "integrator", "workforce"]
PROFILES: tuple[Profile, ...] = ("off", "integrator", "workforce")
WINDOW = 60
UNLIMITED = 1_000_000
SHARE = 50
"""The percentage of a bucket that a principal gets unless somebody has changed it."""

_LIMITS: dict[str, dict[str, int]] = {
    "workforce": {
        "users": 300,
        "user": 1000,
        "user-write": 300,
        "groups": 250,
        "group": 500,
        "apps": 50,
        "app": 250,
        "logs": 60,
        "token": 150,
        "other": 600,
    },
    "integrator": {
        "users": 50,
        "user": 50,
        "user-write": 50,
        "groups": 50,
        "group": 50,
        "apps": 10,
        "app": 50,
        "logs": 10,
        "token": 150,
        "other": 50,
    },
}


@dataclass(slots=True)
class Window:
    """One running window: the limit, what is left of it, when it ends in whole seconds since 1970."""

    limit: int
    remaining: int
    reset: int


class RateLimits:
    """Counts calls; an org type of ``off`` counts too, but never refuses.

    Attributes:
        shares: By principal, the percentage of each bucket that it gets, where that was changed.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.shares: dict[str, int] = {}
        self._windows: dict[tuple[str, str], Window] = {}

    def spend(self, principal: str, bucket: str, now: float) -> tuple[Window, bool]:
        """Count one call; returns the window and whether the call may pass."""
        key = (principal, bucket)
        window = self._windows.get(key)
        if window is None or now >= window.reset:
            limit = UNLIMITED
            if self.profile != "off":
                limit = max(1, _LIMITS[self.profile][bucket] * self.shares.get(principal, SHARE) // SHARE)
            window = self._windows[key] = Window(limit, limit, math.ceil(now + WINDOW))
        if window.remaining <= 0:
            return window, False
        window.remaining -= 1
        return window, True
