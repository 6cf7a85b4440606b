"""The whole org's password expiry: pages of people and the groups of the policies, no call per person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable
    from datetime import date, datetime

    from tui.desk.expiry import Age, Expiry
    from tui.okta.client import OktaClient


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan is.

    Attributes:
        people: How many were read.
        of: About how many there are; `None` where that is not known.
        pages: How many list calls were made.
        left: Seconds left, estimated; `None` where that is not known.
        waits_until: Seconds since 1970, while a rate limit holds it back; else `None`.
        note: What it does now, in a few words.
        done: Whether it is through.
    """

    people: int
    of: int | None
    pages: int
    left: float | None
    waits_until: float | None
    note: str
    done: bool = False


class ExpiryScan:
    """One scan. It holds only whom it lists, and the memberships of the policies' groups in a compact form.

    Args:
        client: The connection; all requests are background ones.
        days: Who expires within so many days is listed, and who is overdue or expired.

    Attributes:
        rows: Who is listed, soonest first.
        counts: How many people of each kind, listed or not.
        histogram: How many expire on each local day within `days`, days without anybody included.
        started: When it began; ages are counted from then.
        done: Whether it is through.
    """

    rows: tuple[Expiry, ...]
    counts: Counter[Age]
    histogram: tuple[tuple[date, int], ...]
    started: datetime | None
    done: bool

    def __init__(self, client: OktaClient, days: int = 14) -> None:
        raise NotImplementedError

    async def run(self, progress: Callable[[ScanProgress], None]) -> None:
        """Read on from where it was left: cancelling loses at most the page that was under way.

        Raises:
            SwitchedOff: Password expiry is switched off for this connector.
            OktaError: Something could not be read; calling it again goes on.
        """
        raise NotImplementedError
