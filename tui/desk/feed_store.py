"""What was heard of the System Log, on disk: events once each, the cursor, and who takes care of which case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.okta.log_events import LogEvent


@dataclass(frozen=True, slots=True)
class Handled:
    """Somebody takes care of a case.

    Attributes:
        case_id: Which.
        agent: Who.
        at: Since when, seconds since 1970.
    """

    case_id: str
    agent: str
    at: float


class FeedStore:
    """One SQLite file for one user of this machine; several processes may use it at once.

    Args:
        path: The file, made when first needed, readable by its owner only; `None` keeps all in memory.
        org: The org's origin; each org has its own events and cursor in the file.
    """

    def __init__(self, path: Path | None, org: str) -> None:
        raise NotImplementedError

    def cursor(self) -> str | None:
        """The next link that Okta gave last; `None` before the first."""
        raise NotImplementedError

    def add(self, events: Sequence[LogEvent], cursor: str | None) -> int:
        """Keep events and the cursor behind them, in one transaction; how many of the events were new."""
        raise NotImplementedError

    def after(self, row: int, *, limit: int = 5000) -> tuple[int, tuple[LogEvent, ...]]:
        """Events that were kept after a row number, in that order, and the number of the last."""
        raise NotImplementedError

    def newest(self) -> float | None:
        """The newest `published` among the events, seconds since 1970."""
        raise NotImplementedError

    def forget(self, before: float) -> None:
        """Delete what was published before a time in seconds since 1970."""
        raise NotImplementedError

    def handle(self, case_id: str, agent: str, at: float) -> None:
        """Note that somebody takes care of a case; the last one counts."""
        raise NotImplementedError

    def leave(self, case_id: str) -> None:
        """Nobody takes care of it any more."""
        raise NotImplementedError

    def handled(self) -> dict[str, Handled]:
        """Who takes care of what, by case."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the file."""
        raise NotImplementedError
