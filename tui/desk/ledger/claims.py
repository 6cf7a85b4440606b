"""Claims of notices in the ledger: the tries of a notice, and which other notices say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.ledger.sqlite import NOTICE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from tui.desk.ledger.entry import Entry

    Read = Callable[[sqlite3.Connection, int], Entry]

# `record` is not named `i` in the index, and SQLite compares expressions by their columns, not by their spelling.
_IS_NOTICE: Final = NOTICE.replace("kind", "i.kind").replace("body", "i.body")
_TRIES: Final = f"SELECT i.seq FROM record AS i WHERE {_IS_NOTICE} >= ? AND {_IS_NOTICE} < ? ORDER BY {_IS_NOTICE}"  # noqa: S608


class Overtaken(Exception):
    """Another process has recorded a try of the same notice in the meantime."""


class Twins(Struct, frozen=True):
    """Notices under other keys that say the same, such as of one lock whose time keydesk now knows more exactly.

    Attributes:
        prefix: The beginning of their keys.
        same: A function that returns whether an entry with such a key says the same.
    """

    prefix: str
    same: Callable[[Entry], bool]


def with_prefix(db: sqlite3.Connection, prefix: str) -> list[int]:
    """Return the numbers of all notices whose key has a prefix, newest first."""
    rows = db.execute(_TRIES, (prefix or "!", f"{prefix}\U0010ffff"))
    return sorted((seq for (seq,) in rows), reverse=True)


def tries(db: sqlite3.Connection, key: str, read: Read) -> list[Entry]:
    """Return all tries of one notice, in order; `#` ends the key, and `$` is the character after `#`."""
    return [read(db, seq) for (seq,) in db.execute(_TRIES, (f"{key}#", f"{key}$")).fetchall()]


def is_claimed(db: sqlite3.Connection, before: list[Entry], twins: Twins | None, read: Read) -> bool:
    """Whether a notice, or one that says the same, was sent, was refused, or may have been sent."""
    return is_said(before, (read(db, seq) for seq in with_prefix(db, twins.prefix)) if twins else (), twins)


def is_said(before: list[Entry], others: Iterable[Entry], twins: Twins | None) -> bool:
    """Whether the tries of a notice, or other notices that say the same, were sent, refused, or may have been sent."""
    if before and not before[-1].unsent:
        return True
    return any(not entry.unsent and twins is not None and twins.same(entry) for entry in others)
