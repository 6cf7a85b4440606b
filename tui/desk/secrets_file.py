"""Private files: mode 0600, written atomically, read only when nobody else can read them."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from tui.trouble import Trouble


class FileTrouble(Trouble):
    """A file cannot be read or written."""

    title = "A file of keydesk cannot be used"
    advice = "Look at the rights of the file and its folder, and at the free space."


def write_private(path: Path, text: str) -> None:
    """Replace a file whole or not at all, mode 0600; a link stays and its target is replaced.

    Raises:
        FileTrouble: No rights, no space.
    """
    temporary = ""
    try:
        target = path.resolve()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # O_EXCL, 0600
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except (OSError, RuntimeError, UnicodeError) as error:
        raise FileTrouble(f"{path} cannot be written", detail=_why(error)) from None
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)


def read_private(path: Path, limit: int) -> str:
    """Read a file that holds a secret; a link or a file that others can read is refused.

    Raises:
        FileTrouble: Missing, a link, readable by others, too long, or not UTF-8.
    """
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(number, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise FileTrouble(f"{path} is not a regular file", advice="Name the file that holds the secret.")
            if os.name == "posix" and found.st_mode & 0o077:
                raise FileTrouble(f"Others can read {path}", advice=f"Run: chmod 600 '{path}'")
            content = file.read(limit + 1)
    except OSError as error:
        raise FileTrouble(f"{path} cannot be read", detail=_why(error)) from None
    if len(content) > limit:
        raise FileTrouble(f"{path} is too long for a secret", advice="Name the file that holds the secret.")
    text = content.decode("utf-8", "replace")
    if "\ufffd" in text:
        raise FileTrouble(f"{path} is not text", advice="Name the file that holds the secret.")
    return text


def _why(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else type(error).__name__
