"""Where a scan was left, on disk for an hour: no more of people than what it lists, in a file only its owner reads."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tui.desk.expiry import Age, Expiry
from tui.desk.expiry_scan import ExpiryScan, Place
from tui.desk.secrets_file import write_private
from tui.okta.clock import instant
from tui.okta.models import User
from tui.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from tui.desk.session import Session

VERSION: Final = 1
LASTS: Final = 3600.0
"""Seconds for which a place is taken up again: Okta's cursors do not live long, and people change."""


def keep(session: Session, scan: ExpiryScan) -> None:
    """Keep where a scan stands; what cannot be kept is read again later."""
    path, place = _path(session), scan.place
    if path is None or place is None or place.url is None:
        return
    value = {
        "version": VERSION,
        "org": session.client.policy.origin,
        "at": session.client.clock.time(),
        "days": place.days,
        "started": place.started,
        "url": place.url,
        "pages": place.pages,
        "people": place.people,
        "counts": place.counts,
        "rows": [_row(row) for row in place.rows],
    }
    with contextlib.suppress(Trouble, OSError):
        write_private(path, msgspec.json.encode(value).decode())


def recall(session: Session, days: int) -> ExpiryScan | None:
    """A scan to go on with; `None` where there is none of this org, for these days, young enough."""
    path = _path(session)
    if path is None:
        return None
    try:
        data: dict[str, Any] = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        age = session.client.clock.time() - float(data["at"])
        fits = (data["version"], data["org"], data["days"]) == (VERSION, session.client.policy.origin, days)
        if not fits or not 0 <= age < LASTS:
            return None
        place = Place(
            days,
            float(data["started"]),
            str(data["url"]),
            int(data["pages"]),
            int(data["people"]),
            {str(name): int(count) for name, count in data["counts"].items()},
            tuple(_expiry(row) for row in data["rows"]),
        )
    except (OSError, msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return ExpiryScan(session.client, days, place=place)


def forget(session: Session) -> None:
    """There is nothing to go on with any more."""
    path = _path(session)
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink()


def _path(session: Session) -> Path | None:
    return session.folder / "expiry-scan.json" if session.folder else None


def _row(row: Expiry) -> dict[str, Any]:
    return {
        "user": row.user,
        "age": row.age.value,
        "expires": row.expires.isoformat() if row.expires else None,
        "policy": row.policy,
        "warn": row.warn,
    }


def _expiry(data: dict[str, Any]) -> Expiry:
    user = msgspec.convert(data["user"], User, strict=False)
    return Expiry(user, Age(data["age"]), instant(data["expires"]), str(data["policy"]), int(data["warn"]))
