"""Private files: mode 0600, written atomically, read only when nobody else can read them."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.local_file import LARGEST, limited, open_regular
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_FOR_ALL: Final = stat.S_IWOTH | stat.S_ISVTX
_PREFIX: Final = 50
"""The most characters of a file's name in the name of its draft: a name may have 255 bytes."""


class FileTrouble(Trouble):
    """A file cannot be read or written."""

    title = "A file of keydesk cannot be used"
    advice = "Look at the rights of the file and its folder, and at the free space."


def write_private(path: Path, text: str, *, through_link: bool = False) -> None:
    """Replace a file whole or not at all, mode 0600.

    Args:
        path: The file; its folder is made where it is missing, mode 0700.
        text: The whole content.
        through_link: Whether to replace the target of a link in the file's place, as for a file that people store
            elsewhere. Otherwise the file replaces the link, and the target stays as it is.

    Raises:
        FileTrouble: The user may not write there, or the disk is full.
    """
    with _file_errors(path):
        target = path.resolve() if through_link else path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _draft(target, text) as draft:
            draft.replace(target)
        sync_folder(target.parent)


def create_private(path: Path, text: str) -> None:
    """Write a new file whole or not at all, mode 0600; its folder is made where it is missing, mode 0700.

    Raises:
        FileExistsError: Something has that name, which may be a link that leads nowhere.
        FileTrouble: The user may not write there, or the disk is full.
    """
    with _file_errors(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _draft(path, text) as draft:
            _place_new(draft, path)
        sync_folder(path.parent)


@contextlib.contextmanager
def _draft(target: Path, text: str) -> Iterator[Path]:
    """Yield a file beside the target with the content on the disk, and remove it afterwards in any case."""
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}"[:_PREFIX])  # O_EXCL, 0600
    draft = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _place_new(draft: Path, path: Path) -> None:
    """Give a draft its name without replacing anything: a hard link fails where the name is taken."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # not every file system has hard links: take the name with an empty file, then replace that
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            draft.replace(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def sync_folder(folder: Path) -> None:
    """Write a folder's new names to the disk, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    """Turn every error of the file system into a `FileTrouble` that names the file."""
    try:
        yield
    except FileExistsError:
        if path.parent.is_dir():
            raise
        raise FileTrouble(f"{path} cannot be written", detail="its folder is not a folder") from None
    except (OSError, RuntimeError, UnicodeError) as error:
        raise FileTrouble(f"{path} cannot be written", detail=_why(error)) from None


def read_private(path: Path, limit: int) -> str:
    """Read a file that holds a secret; refuse a link, and a file that others own or can read.

    Args:
        path: The file.
        limit: The most bytes that the file may have.

    Raises:
        FileTrouble: The file is missing, a link, another user's, readable by others, too long, or not UTF-8.
    """
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(number, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise FileTrouble(f"{path} is not a regular file", advice="Name the file that holds the secret.")
            if os.name == "posix" and status.st_uid != os.geteuid():
                raise FileTrouble(
                    f"{path} belongs to somebody else",
                    advice=f"Whoever owns it can read and replace it. Run: chown $USER '{path}', or store it anew.",
                )
            if os.name == "posix" and status.st_mode & 0o077:
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
        return limited(file, limit)


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


def _why(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else type(error).__name__
