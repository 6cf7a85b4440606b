"""Claims of notices in the ledger: which tries there were, and what else counts as the same notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.desk.ledger.sqlite import NOTICE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from tui.desk.ledger.entry import Entry

    Read = Callable[[sqlite3.Connection, int], Entry]

# `record` is not named `i` in the index, and SQLite compares expressions by their columns, not by their spelling.
_IS_NOTICE: Final = NOTICE.replace("kind", "i.kind").replace("body", "i.body")
_TRIES: Final = f"SELECT i.seq FROM record AS i WHERE {_IS_NOTICE} >= ? AND {_IS_NOTICE} < ? ORDER BY {_IS_NOTICE}"  # noqa: S608


class Overtaken(Exception):
    """Another process has recorded a try of the same notice meanwhile."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Notices under other keys that tell of the same thing, such as of a lock whose time became known better.

    Attributes:
        prefix: What their keys begin with.
        same: Whether one of those tells of the same thing.
    """

    prefix: str
    same: Callable[[Entry], bool]


def with_prefix(db: sqlite3.Connection, prefix: str) -> list[int]:
    """The numbers of all notices whose key begins so, the newest first."""
    found = db.execute(_TRIES, (prefix or "!", f"{prefix}\U0010ffff"))
    return sorted((seq for (seq,) in found), reverse=True)


def tries(db: sqlite3.Connection, key: str, read: Read) -> list[Entry]:
    """All tries of one notice, in order; `#` ends the key, and `$` comes right after it."""
    return [read(db, seq) for (seq,) in db.execute(_TRIES, (f"{key}#", f"{key}$")).fetchall()]


def taken(db: sqlite3.Connection, before: list[Entry], twins: Twins | None, read: Read) -> bool:
    """Whether a notice, or one that tells the same, was sent, was refused, or may have been sent."""
    if before and not before[-1].unsent:
        return True
    others = (read(db, seq) for seq in with_prefix(db, twins.prefix)) if twins else ()
    return any(not entry.unsent and twins is not None and twins.same(entry) for entry in others)
