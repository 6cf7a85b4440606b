"""Following the System Log: ascending, without end, by the cursor that Okta gave; nothing twice, nothing left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.desk.feed_store import FeedStore
    from tui.okta.client import OktaClient
    from tui.okta.log_events import LogEvent
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
        recovered: How often a lost cursor was replaced by reading again from the newest event kept.
    """

    pace: Pace = Pace.STARTING
    read_at: float | None = None
    until: float | None = None
    reached: float | None = None
    trouble: Trouble | None = None
    recovered: int = 0


class Feed:
    """One org's lockout events, from a store that several processes may share.

    Args:
        client: The connection; all requests are background ones.
        store: Where events and the cursor are kept.
        every: Seconds between two looks when nothing is new, at least 10.

    Attributes:
        state: How it goes now.
        changed: Called with each new state.
    """

    state: FeedState

    def __init__(self, client: OktaClient, store: FeedStore, *, every: float = 15.0) -> None:
        raise NotImplementedError

    async def follow(self, heard: Callable[[Sequence[LogEvent]], None], *, once: bool = False) -> None:
        """Hand over what the store holds, then what comes, each event once, until cancelled.

        An event is on the disk, with the cursor that goes with it, before it is handed over.

        Args:
            heard: Called with each batch, in the order of arrival, possibly empty at the end of a catch-up.
            once: Return when all that Okta has is read; a fault is then raised.

        Raises:
            OktaError: With `once` only; otherwise `state` tells.
        """
        raise NotImplementedError

    def pause(self) -> None:
        """Ask Okta nothing until `resume`."""
        raise NotImplementedError

    def resume(self) -> None:
        """Go on; what happened meanwhile is caught up."""
        raise NotImplementedError

    def hurry(self) -> None:
        """Look now instead of at the end of the pause between two looks."""
        raise NotImplementedError
