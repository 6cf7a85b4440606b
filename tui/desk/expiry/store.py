"""Store where a scan was interrupted, for an hour, with the people whom it lists, in a file only its owner can read."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

import msgspec

from tui.desk.expiry.scan import ExpiryScan, ScanPlace  # noqa: TC001 - msgspec reads the annotations
from tui.desk.files.private import write_private
from tui.local_file import read_limited
from tui.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from tui.desk.session import Session

VERSION: Final = 2
LARGEST: Final = 64 << 20
"""Bytes of the file that are read: some hundreds for each person listed."""
LASTS: Final = 3600.0
"""Seconds in which a scan can be resumed: Okta's cursors do not last long, and people change."""


class _StoredScan(msgspec.Struct, frozen=True):
    """The file.

    Attributes:
        version: The version of this layout.
        org: The org's origin.
        at: When the file was written, seconds since 1970.
        place: Where the scan was interrupted.
    """

    version: int
    org: str
    at: float
    place: ScanPlace


def save_scan(session: Session, scan: ExpiryScan) -> None:
    """Store where a scan was interrupted; if that fails, the next scan starts again."""
    path, place = _path(session), scan.place
    if path is None or place is None or place.url is None:
        return
    stored = _StoredScan(VERSION, session.client.policy.origin, session.client.clock.time(), place)
    with contextlib.suppress(Trouble, OSError):
        write_private(path, msgspec.json.encode(stored).decode())


def load_scan(session: Session, days: int) -> ExpiryScan | None:
    """Return a scan to resume; `None` where no recent one of this org and these days is stored."""
    path = _path(session)
    if path is None:
        return None
    try:
        stored = msgspec.json.decode(read_limited(path, LARGEST), type=_StoredScan, strict=False)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    fits = (stored.version, stored.org, stored.place.days) == (VERSION, session.client.policy.origin, days)
    young = 0 <= session.client.clock.time() - stored.at < LASTS
    return ExpiryScan(session.client, days, place=stored.place) if fits and young else None


def forget_scan(session: Session) -> None:
    """Delete the stored scan."""
    path = _path(session)
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink()


def _path(session: Session) -> Path | None:
    return session.folder / "expiry-scan.json" if session.folder else None
