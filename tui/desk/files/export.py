"""Write exports to new files that only their owner can read: nothing is overwritten, no incomplete file is left."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tui.desk.files.private import FileTrouble, create_private
from tui.trouble import BadInput

_LONGEST: Final = 1000


class BadPath(BadInput):
    """A file cannot be written to the path that the agent named."""

    title = "The file cannot be written there"
    advice = "Type another name, such as ~/unlocked.csv."
    field = "path"


def typed_path(typed: str) -> Path:
    """Return the absolute path that an agent typed; `~` is the home folder.

    Raises:
        BadPath: The text cannot be a path.
    """
    text = typed.strip()
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise BadPath("Type where to put the file")
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        raise BadPath("There is no such home folder", detail=text) from None


def refuse_existing(path: Path) -> None:
    """Check before long work that its result can be written.

    Raises:
        BadPath: Something has that name already, or there is no such folder.
    """
    if path.exists() or path.is_symlink():
        raise _taken(path)
    if not path.parent.is_dir():
        raise BadPath("There is no such folder", advice=f"Make {path.parent} first, or choose another.")


def write_export(path: Path, text: str) -> None:
    """Write a new file, mode 0600, whole or not at all.

    Raises:
        BadPath: Nothing was written: no such folder, no room on the disk, or something has that name already.
    """
    refuse_existing(path)
    try:
        create_private(path, text)
    except FileExistsError:
        raise _taken(path) from None
    except FileTrouble as trouble:
        raise BadPath(detail=f"{path}: {trouble.detail}") from None


def _taken(path: Path) -> BadPath:
    return BadPath(
        "There is such a file already", advice="Choose another name; keydesk overwrites nothing.", detail=str(path)
    )
