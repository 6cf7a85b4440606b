"""How the lockout feed goes: live, behind, waiting until, paused or stopped, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.trouble import Trouble


class Pace(StrEnum):
    """How the feed goes."""

    STARTING = "starting"
    LIVE = "live"
    BEHIND = "behind"  # catching up page by page
    WAITING = "waiting"  # until a rate limit lifts, or after a fault
    PAUSED = "paused"
    STOPPED = "stopped"  # because of `trouble`; nothing will change by itself


@dataclass(frozen=True, slots=True)
class FeedState:
    """How the feed goes.

    Attributes:
        pace: How.
        read_at: When Okta last answered, local clock, seconds since 1970; `None` for not yet.
        until: When it goes on, local clock, seconds since 1970; for WAITING.
        reached: The newest `published` seen, seconds since 1970: while behind, how far it has come.
        trouble: Why it waits or has stopped.
        recovered: How often a lost cursor was replaced by reading again from shortly before the newest event kept.
    """

    pace: Pace = Pace.STARTING
    read_at: float | None = None
    until: float | None = None
    reached: float | None = None
    trouble: Trouble | None = None
    recovered: int = 0
