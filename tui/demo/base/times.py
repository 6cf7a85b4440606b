"""Okta's times: ISO 8601 in UTC with milliseconds, to and from seconds since 1970."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache

MINUTE = 60.0
HOUR = 3600.0
DAY = 86_400.0


@lru_cache(maxsize=4096)
def _stamp(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def iso(seconds: float) -> str:
    """Return the time as Okta writes it, such as ``2026-08-27T18:14:07.000Z``."""
    milliseconds = round(seconds * 1000)
    return f"{_stamp(milliseconds // 1000)}.{milliseconds % 1000:03d}Z"


def iso_or_none(seconds: float | None) -> str | None:
    """Return the time as Okta writes it, or null for what never happened."""
    return None if seconds is None else iso(seconds)


def short_iso(seconds: float) -> str:
    """Return the time without milliseconds, as principal rate limits carry it."""
    return _stamp(int(seconds)) + "Z"


def parse_iso(text: str) -> float | None:
    """Return seconds since 1970, or None when the text is not a date-time; without a zone it means UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()
