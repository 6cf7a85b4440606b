"""The anchor: the newest record's number and hash in a file of its own, so that a removed end of the chain shows.

The anchor is written beside the ledger after each record. A crash in between leaves the anchor one record behind, and
never ahead; so an anchor is in order where it fits the record of its own number.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from tui.desk.ledger.chain import START, Head
from tui.desk.ledger.errors import LedgerForked, ledger_errors

if TYPE_CHECKING:
    from pathlib import Path

_LIMIT: Final = 4096
_LEFT: Final = re.compile(r"(\d{1,10})-[0-9a-f]+(?:-journal|-wal|-shm)?")
_ABANDONED: Final = 3600.0
"""Seconds after which a draft is nobody's any more; its process needs it for a moment."""
_DRAFT_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)


class Anchor:
    """The anchor file of one ledger.

    Args:
        path: The anchor's file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # One draft per process and ledger: two writers must never put each other's draft in place.
        self._draft_path = path.with_name(f"{path.name}.{os.getpid()}-{id(self):x}")

    def read(self) -> Head | None:
        """Read the head that the anchor holds; `None` where there is no anchor.

        Raises:
            LedgerForked: The file does not hold an anchor.
            LedgerError: The file cannot be read.
        """
        with ledger_errors(self.path):
            if not self.path.exists():
                return None
            if not self.path.is_file():
                raise LedgerForked(detail=f"{self.path} is not a file")
            with self.path.open("rb") as stream:
                content = stream.read(_LIMIT)
        try:
            return Head.read(content.decode("ascii"))
        except ValueError as error:
            raise LedgerForked(detail=f"{self.path} cannot be understood") from error

    def draft(self, head: Head) -> None:
        """Write a new anchor to the disk, not yet in place, so that a full disk shows before the commit."""
        handle = os.open(self._draft_path, _DRAFT_FLAGS, 0o600)
        try:
            os.write(handle, f"{head}\n".encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)

    def place(self, head: Head) -> None:
        """Move the draft into place, unless another process has placed a newer anchor.

        Nothing is raised: the record is on disk by now, and the next record moves an anchor forward that is behind.
        """
        with suppress(OSError, LedgerForked):
            placed = self.read()
            if placed is None or placed.seq < head.seq:
                self._draft_path.replace(self.path)
                return
        self.discard()

    def begin(self) -> None:
        """Place the anchor of an empty ledger, where there is no anchor yet."""
        self.draft(START)
        try:
            # A link never replaces: another process may have placed one, for a record of its own, just now.
            with suppress(FileExistsError):
                os.link(self._draft_path, self.path)
        finally:
            self.discard()

    def discard(self) -> None:
        """Remove the draft, where there is one."""
        with suppress(OSError):
            self._draft_path.unlink()


def clear_drafts(folder: Path, start: str) -> None:
    """Remove the drafts that killed processes left in a folder; those of running processes stay, and nothing is raised.

    Args:
        folder: The folder.
        start: The beginning of the drafts' names; the number of the process and an id follow it.
    """
    with suppress(OSError):
        for path in folder.iterdir():
            left = _LEFT.fullmatch(path.name.removeprefix(start)) if path.name.startswith(start) else None
            if left is None or int(left[1]) == os.getpid():
                continue
            with suppress(OSError):
                # On a shared folder the number may be of another machine: a draft too many is only an anchor behind.
                old = time.time() - path.lstat().st_mtime > _ABANDONED
                if old or not _is_running(int(left[1])):
                    path.unlink()


def _is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it is somebody else's
        return True
    return True
