"""Read a local file without surprises: no pipe or device that never ends, no more than so many bytes."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from tui.desk.files.private import FileTrouble

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

LARGEST: Final = 4 << 20
"""Bytes that a file of keydesk may have where nothing else is said; real ones are a thousandth of it."""
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_FOR_ALL: Final = stat.S_IWOTH | stat.S_ISVTX


class UnfitFile(OSError):
    """What has the file's name is no regular file, or too long; `strerror` says which."""

    def __init__(self, why: str) -> None:
        super().__init__(0, why)


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading; a named pipe without a writer does not block.

    Raises:
        OSError: The file is missing, may not be read, or is a folder, pipe, socket or device (`UnfitFile`).
    """
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(number).st_mode
    if not stat.S_ISREG(mode):
        os.close(number)
        raise UnfitFile("it is a folder" if stat.S_ISDIR(mode) else "it is not a regular file")
    return os.fdopen(number, "rb")


def read_limited(path: Path, limit: int = LARGEST) -> bytes:
    """Read a regular file.

    Args:
        path: The file.
        limit: The most bytes that it may have.

    Raises:
        OSError: As of `open_regular`, or the file is longer (`UnfitFile`).
    """
    with open_regular(path) as file:
        return _limited(file, limit)


def read_own(path: Path, limit: int = LARGEST) -> bytes:
    """Read a file that can name a command to run; refuse one that others could have changed.

    Others are everybody but the user and root. Looked at are the file's owner, its mode, and whether its folder lets
    everybody replace it.

    Raises:
        FileTrouble: Somebody else can change the file; the advice says how to end that.
        OSError: As of `read_limited`.
    """
    with open_regular(path) as file:
        if os.name == "posix":
            _refuse_others(path, os.fstat(file.fileno()))
        return _limited(file, limit)


def _limited(file: BinaryIO, limit: int) -> bytes:
    content = file.read(limit + 1)
    if len(content) > limit:
        raise UnfitFile(f"it has more than {limit:,} bytes")
    return content


def _refuse_others(path: Path, status: os.stat_result) -> None:
    """Refuse a file that somebody else can change.

    Raises:
        FileTrouble: It is so.
    """
    why = "It can name a command that keydesk runs: look at what it says, then run:"
    if status.st_uid not in {os.geteuid(), 0}:
        raise FileTrouble(
            f"{path} belongs to somebody else",
            advice=f"{why} chown $USER '{path}'",
        )
    if status.st_mode & _OTHERS_WRITE:
        raise FileTrouble(f"Others can change {path}", advice=f"{why} chmod go-w '{path}'")
    folder = path.resolve().parent
    if folder.stat().st_mode & _FOR_ALL == stat.S_IWOTH:  # with the sticky bit nobody replaces another's file
        raise FileTrouble(f"Others can replace {path}", advice=f"{why} chmod o-w '{folder}'")
