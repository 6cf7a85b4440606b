"""Lockouts over time, by cause: the numbers of the picture over the feed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tui.desk.case import Case
    from tui.desk.triggers import Trigger


def by_hour(
    cases: Iterable[Case], now: datetime, hours: float = 24, buckets: int = 48
) -> Mapping[Trigger, tuple[int, ...]]:
    """How many lockouts began in each stretch of the last hours, by cause.

    Args:
        cases: In any order.
        now: The end of the last stretch.
        hours: How far back.
        buckets: Into how many stretches of equal length that is cut.

    Returns:
        For each cause that occurs, the most frequent first, `buckets` numbers, the oldest stretch first. A case that
        began after `now`, by Okta's clock, counts in the last stretch.

    Raises:
        ValueError: `hours` or `buckets` is not above zero.
    """
    if hours <= 0 or buckets <= 0:
        raise ValueError("hours and buckets must be above zero")
    span = timedelta(hours=hours)
    counts: dict[Trigger, list[int]] = {}
    for case in cases:
        back = now - case.began
        if back < span:
            place = min(int((span - back) / span * buckets), buckets - 1)
            counts.setdefault(case.reading.trigger, [0] * buckets)[place] += 1
    ordered = sorted(counts.items(), key=lambda pair: (-sum(pair[1]), pair[0]))
    return {trigger: tuple(numbers) for trigger, numbers in ordered}


def total(counts: Mapping[Trigger, tuple[int, ...]]) -> tuple[int, ...]:
    """The lockouts of each stretch whatever their cause; empty where there are none."""
    return tuple(map(sum, zip(*counts.values(), strict=True)))
