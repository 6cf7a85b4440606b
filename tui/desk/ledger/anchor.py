"""The anchor: the newest record's number and hash in a file of its own, so that a chain cut short shows.

It is written beside the ledger after each record. A crash in between leaves it behind by that record, never ahead: an
anchor that fits the record of its own number is fine.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from tui.desk.ledger.chain import START, Head
from tui.desk.ledger.errors import LedgerForked, plain_words

if TYPE_CHECKING:
    from pathlib import Path

_LIMIT: Final = 4096
_DRAFT_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)


class Anchor:
    """The sidecar of one ledger.

    Args:
        path: Where it stands.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # One draft per process and ledger: two writers must never put each other's draft in place.
        self._draft_path = path.with_name(f"{path.name}.{os.getpid()}-{id(self):x}")

    def read(self) -> Head | None:
        """What it holds; `None` if there is none.

        Raises:
            LedgerForked: It is there and cannot be understood.
            LedgerError: It is there and cannot be read.
        """
        with plain_words(self.path):
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
        """Bring a new anchor to the disk, not yet in place: whatever can fail fails here, before the commit."""
        handle = os.open(self._draft_path, _DRAFT_FLAGS, 0o600)
        try:
            os.write(handle, f"{head}\n".encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)

    def place(self, head: Head) -> None:
        """Put the draft in place, unless another process was here with a newer one.

        Nothing is raised: the record is on disk by now, and an anchor that is behind is made good by the next record.
        """
        with suppress(OSError, LedgerForked):
            placed = self.read()
            if placed is None or placed.seq < head.seq:
                self._draft_path.replace(self.path)
                return
        self.discard()

    def begin(self) -> None:
        """Place the anchor of an empty ledger, if there is none at all."""
        self.draft(START)
        try:
            # A link never replaces: another process may have placed one, for a record of its own, just now.
            with suppress(FileExistsError):
                os.link(self._draft_path, self.path)
        finally:
            self.discard()

    def discard(self) -> None:
        """Remove the draft, if any."""
        with suppress(OSError):
            self._draft_path.unlink()
