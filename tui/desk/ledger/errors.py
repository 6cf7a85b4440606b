"""The errors of the ledger, each with a title and advice; errors of SQLite and of the file system become these."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tui.trouble import Trouble

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

# SQLite's result codes (https://sqlite.org/rescode.html); the sqlite3 module names them, but importing it costs time.
_PRIMARY: Final = 0xFF
_HELD: Final = frozenset({5, 6})  # busy, locked
_NOT_ALLOWED: Final = frozenset({3, 8, 14, 23})  # no permission, read-only, cannot open, not authorised
_OUT_OF_ROOM: Final = frozenset({10, 13})  # input/output error, full
_SHORT_READ: Final = 522  # an I/O error by number, but what it means is a file that ends too early

_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ELOOP})
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class LedgerError(Trouble):
    """The ledger could not be read or written. Where `intend` raises it, nothing was recorded."""

    title = "The ledger could not be used"
    advice = "No change can be made without it. Looking people up still works."


class LedgerReadOnly(LedgerError):
    """The file, its folder or its file system does not let this user in, or only to read."""

    title = "The ledger cannot be written"
    advice = "No change can be made until this user may write the ledger and its folder. Looking people up still works."


class LedgerFull(LedgerError):
    """No room on the disk, a quota or a size limit reached, or a disk that fails."""

    title = "The disk under the ledger is full or failing"
    advice = "No change can be made until there is room. Looking people up still works."


class LedgerCorrupt(LedgerError):
    """The file in the ledger's place is no ledger, or a damaged one."""

    title = "The ledger is damaged"
    advice = (
        "keydesk leaves it as it is and makes no change. "
        "Run `keydesk ledger verify`, keep a copy of the file, and tell who looks after keydesk."
    )


class LedgerForked(LedgerCorrupt):
    """The ledger and its anchor disagree: entries were removed, replaced or rewritten."""

    title = "The ledger is not as keydesk left it"


class LedgerTooNew(LedgerError):
    """A newer keydesk wrote the file."""

    title = "A newer keydesk wrote this ledger"
    advice = "Upgrade keydesk. The ledger was left untouched, and no change can be made with this version."


class OutcomeNotRecorded(LedgerError):
    """What was sent had an outcome, which could not be recorded; the entry stays open."""

    title = "The outcome could not be recorded in the ledger"
    advice = "The ledger has the entry without an outcome. Put the ledger right before anything else is sent."


class LedgerBusy(LedgerError):
    """Another process held the file for longer than keydesk waits."""

    title = "Another program holds the ledger"
    advice = "Nothing was recorded. Try again; if it stays like this, look for a hanging keydesk or a backup program."


class PersonBusy(LedgerError):
    """Another agent is acting on the same person at this moment."""

    title = "Another agent is acting on this person"
    advice = "Nothing was recorded and nothing was sent. Ask them, or try again in a moment."


@contextmanager
def ledger_errors(path: Path) -> Iterator[None]:
    """Turn every error of SQLite and of the file system into a `LedgerError` that names the file."""
    try:
        yield
    except Trouble:
        raise
    except OSError as error:
        raise _from_system(error, path) from error
    except UnicodeDecodeError as error:
        # SQLite quotes a damaged table's definition in its complaint, and the sqlite3 module fails on the quote.
        raise LedgerCorrupt(detail=str(path)) from error
    except Exception as error:
        import sqlite3  # noqa: PLC0415 - loaded already, if the error came from there

        if isinstance(error, sqlite3.Error):
            raise _from_sqlite(error, path) from error
        raise


def _from_system(error: OSError, path: Path) -> LedgerError:
    detail = f"{error.filename or path}: {error.strerror or error}"
    if error.errno in _FORBIDDEN:
        return LedgerReadOnly(detail=detail)
    if error.errno in _NO_ROOM:
        return LedgerFull(detail=detail)
    return LedgerError(detail=detail)


def _from_sqlite(error: sqlite3.Error, path: Path) -> LedgerError:
    code = getattr(error, "sqlite_errorcode", None)  # absent when the module itself, not SQLite, complains
    detail = f"{path}: {error}"
    if code is None:
        return LedgerError(detail=detail)
    if code == _SHORT_READ:
        return LedgerCorrupt(detail=detail)
    primary = code & _PRIMARY
    if primary in _HELD:
        return LedgerBusy(detail=detail)
    if primary in _NOT_ALLOWED:
        return LedgerReadOnly(detail=detail)
    if primary in _OUT_OF_ROOM:
        return LedgerFull(detail=detail)
    # Malformed, not a database, no such table, a broken constraint: not the file that keydesk wrote.
    return LedgerCorrupt(detail=detail)
