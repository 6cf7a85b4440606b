"""The ledger's SQLite schema, and how a database file is opened."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

VERSION: Final = 2
APPLICATION: Final = 0x4B44534B  # "KDSK", which names the file's owner to `file` and the like

# The triggers guard against accidents; what proves the records is the chain.
SCHEMA_1: Final = {
    "record": """CREATE TABLE record (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('intent', 'outcome', 'settled')),
    ref INTEGER CHECK ((ref IS NULL) = (kind = 'intent')),
    body TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
)""",
    "record_once": "CREATE UNIQUE INDEX record_once ON record (ref, kind) WHERE ref IS NOT NULL",
    "record_in_order": """CREATE TRIGGER record_in_order BEFORE INSERT ON record
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM record)
BEGIN SELECT RAISE(ABORT, 'records are appended one after the other'); END""",
    "record_kept": """CREATE TRIGGER record_kept BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'the ledger keeps every record'); END""",
    "record_unchanged": """CREATE TRIGGER record_unchanged BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'the ledger changes no record'); END""",
}
# What an intent says of a notice: its key and the number of the try; NULL for everything else. By the spelling of the
# canonical JSON, in which a quote inside a text carries a backslash: SQLite trusts no JSON function in an index.
_BEHIND: Final = """substr(body, instr(body, '"notice":"') + 10)"""
NOTICE: Final = (
    f"""CASE WHEN kind = 'intent' AND instr(body, '"notice":"') > 0 """
    f"""THEN nullif(substr({_BEHIND}, 1, instr({_BEHIND}, '"') - 1), '') END"""
)
SCHEMA: Final = SCHEMA_1 | {"notice_once": f"CREATE UNIQUE INDEX notice_once ON record ({NOTICE})"}
SCHEMAS: Final = {1: SCHEMA_1, VERSION: SCHEMA}
"""The schemas by version; an older file gets the additions of the newest version with its next record."""


def connect(path: Path, mode: str, patience: float) -> sqlite3.Connection:
    """Open an existing database file; `mode` is `rw` or `ro`, with further parameters of SQLite's file URIs."""
    import sqlite3  # noqa: PLC0415 - a few milliseconds, and the app starts without it

    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        # A tampered row may hold bytes that are no text; `verify` has to report that, and not crash.
        db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        db.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        db.close()
        raise
    return db


def open_to_read(path: Path, patience: float) -> tuple[sqlite3.Connection, bool]:
    """Return a connection that reads, and whether it may stay open.

    SQLite wants to write its side files even to read. Where it may not (a copy on read-only media), a file without a
    write-ahead log can be read as it is; but then SQLite would not notice later changes.
    """
    import sqlite3  # noqa: PLC0415 - see connect

    db = connect(path, "ro", patience)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        db.close()
        log = path.with_name(f"{path.name}-wal")
        unwritable = getattr(error, "sqlite_errorcode", 0) & 0xFF in {8, 14}  # read-only, cannot open
        if not unwritable or (log.exists() and log.stat().st_size):
            raise
        return connect(path, "ro&immutable=1", patience), False
    except BaseException:
        db.close()
        raise
    return db, True


def pragma(db: sqlite3.Connection, name: str) -> int:
    """Return the value of a numeric pragma of the file."""
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


def schema(db: sqlite3.Connection) -> dict[str, str]:
    """Return the statements that define tables, indexes and triggers, by name, without SQLite's own."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'")
    return {str(name): str(sql) for name, sql in rows}


def roll_back(db: sqlite3.Connection) -> None:
    """End the transaction; SQLite may have ended it already, and a failing disk may refuse even this."""
    with suppress(Exception):
        if db.in_transaction:
            db.execute("ROLLBACK")
