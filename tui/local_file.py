"""Read a local file without surprises: no pipe or device that never ends, no more than so many bytes."""

from __future__ import annotations

import os
import re
import selectors
import stat
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

LARGEST: Final = 4 << 20
"""Bytes that a file of keydesk may have where nothing else is said; real ones are a thousandth of it."""
_DESCRIPTOR: Final = re.compile(r"/dev/fd/\d+|/proc/self/fd/\d+|/dev/stdin")
_PIECE: Final = 65_536


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
        return limited(file, limit)


def read_given(path: Path, limit: int, seconds: float) -> bytes:
    """Read a regular file, or a pipe that a shell has opened for keydesk: `<(pass okta)` arrives as `/dev/fd/63`.

    Args:
        path: What the user named on the command line. A named pipe is refused: nobody may ever write to it.
        limit: The most bytes.
        seconds: How long a pipe may take until its end, such as a password manager that asks its user first.

    Raises:
        OSError: As of `read_limited`, or the pipe did not end in time (`UnfitFile`).
    """
    if not _DESCRIPTOR.fullmatch(str(path)) or not stat.S_ISFIFO(os.stat(path).st_mode):  # noqa: PTH116 - a descriptor
        return read_limited(path, limit)
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return _to_the_end(number, limit, time.monotonic() + seconds)
    finally:
        os.close(number)


def _to_the_end(number: int, limit: int, deadline: float) -> bytes:
    """Read a pipe to its end.

    Raises:
        UnfitFile: It is too long, or takes too long.
    """
    content = b""
    with selectors.DefaultSelector() as selector:
        selector.register(number, selectors.EVENT_READ)
        while len(content) <= limit:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise UnfitFile("what should have written it has not ended")
            piece = os.read(number, _PIECE)
            if not piece:
                return content
            content += piece
    raise UnfitFile(f"it has more than {limit:,} bytes")


def limited(file: BinaryIO, limit: int) -> bytes:
    """Return the rest of an open file.

    Raises:
        UnfitFile: It has more bytes than the limit.
    """
    content = file.read(limit + 1)
    if len(content) > limit:
        raise UnfitFile(f"it has more than {limit:,} bytes")
    return content
