"""The ledger's file: SQLite for the chain and an anchor beside it, checked before each record and never repaired.

The file is made whole and moved into place in one step, so an empty or incomplete file is damage. keydesk writes only
to a ledger that is as keydesk left it: before each record, inside the transaction, it checks the file's version, its
tables, its newest record and the anchor.

The main file is never opened here other than by SQLite: closing a second handle would drop SQLite's locks on it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tui.desk.files.private import sync_folder
from tui.desk.ledger.anchor import Anchor, clear_drafts
from tui.desk.ledger.chain import COLUMNS, START, Record
from tui.desk.ledger.errors import LedgerCorrupt, LedgerForked, LedgerFull, LedgerReadOnly, LedgerTooNew, ledger_errors
from tui.desk.ledger.sqlite import (
    APPLICATION,
    SCHEMA,
    SCHEMAS,
    VERSION,
    connect,
    open_to_read,
    pragma,
    roll_back,
    schema,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tui.desk.ledger.chain import Head
    from tui.desk.ledger.finding import Interest

_ROOM: Final = 64 * 1024  # bytes on the disk; an entry takes a few pages
_ALL: Final = f"SELECT {', '.join(COLUMNS)} FROM record"  # noqa: S608 - constants
_INSERT: Final = f"INSERT INTO record ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants

# Which files a connection holds: device and inode of the ledger and of its write-ahead log.
Held: TypeAlias = tuple[tuple[int, int] | None, ...]


class LedgerFile:
    """One ledger on disk. Not thread-safe: `Ledger` holds a lock around it.

    Args:
        path: The SQLite file. The anchor stands beside it, with `.head` at the end of its name.
        patience: Seconds to wait for another process that is writing.
    """

    def __init__(self, path: Path, *, patience: float) -> None:
        self.path = path
        self.anchor = Anchor(path.with_name(f"{path.name}.head"))
        self._patience = patience
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._read_from: Held = ()
        self._written_to: Held = ()

    @contextmanager
    def reading(self, *, fresh: bool = False, strict: bool = True) -> Iterator[sqlite3.Connection | None]:
        """Yield a connection that can only read, on one state of the file; `None` where there is no ledger yet.

        Args:
            fresh: Whether to open the file anew, even where a connection is open already.
            strict: Whether to raise for a file of another version or without the ledger's table.
        """
        with ledger_errors(self.path):
            db = self._open_reader(fresh=fresh)
            if db is None:
                yield None
                return
            db.execute("BEGIN")
            try:
                if strict:
                    self._recognise(db)
                yield db
            finally:
                roll_back(db)

    @contextmanager
    def reading_apart(self, interest: Interest, *, strict: bool = True) -> Iterator[sqlite3.Connection | None]:
        """Yield a reading connection as `reading` does, opened for this call alone, so that any thread may call.

        Whatever takes long reads so, since a record can be appended meanwhile.

        Args:
            interest: Whoever waits; once they do not, SQLite raises.
            strict: As for `reading`.
        """
        with ledger_errors(self.path):
            if self._identity("") == (None,):
                yield None
                return
            self._check_kind()
            db, _ = open_to_read(self.path, self._patience)
            try:
                with interest.on(db):
                    db.execute("BEGIN")
                    if strict:
                        self._recognise(db)
                    yield db
            finally:
                db.close()

    def append(
        self, at: str, kind: str, ref: int | None, body: str, *, allow: Callable[[sqlite3.Connection], None]
    ) -> int:
        """Append one record; it is on disk when this returns, and where this raises nothing was recorded.

        Args:
            at: The time, as the ledger writes it.
            kind: The kind of record: `intent`, `outcome` or `settled`.
            ref: The number of the intent that the record belongs to; `None` for an intent.
            body: The content as canonical JSON.
            allow: Raises where the record may not be appended; called while no other process can append.

        Returns:
            The record's number.
        """
        with ledger_errors(self.path):
            db = self._open_writer()
            db.execute("BEGIN IMMEDIATE")
            try:
                self._written_to = self._identity("", "-wal")
                head = self._accept(db)
                _upgrade(db)
                allow(db)
                record = Record.after(head, at, kind, ref, body)
                db.execute(_INSERT, record.row)
                self.anchor.draft(record.head)
                db.execute("COMMIT")
            except BaseException:
                roll_back(db)
                self.anchor.discard()
                raise
            self.anchor.place(record.head)
            return record.seq

    def check_writable(self) -> None:
        """Raise what an append would most likely raise now. Changes nothing."""
        with ledger_errors(self.path):
            if self._identity("") == (None,):
                self._expect_nothing()
                folder = self.path.absolute().parent
                while not folder.exists():
                    folder = folder.parent
            else:
                folder = self.path.parent
                with self.reading() as db:
                    if db is not None:
                        self._accept(db)
                if not os.access(self.path, os.W_OK):
                    raise LedgerReadOnly(detail=str(self.path))
            if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
                raise LedgerReadOnly(detail=str(folder))
            room = os.statvfs(folder)
            if room.f_blocks and room.f_bavail * room.f_frsize < _ROOM:  # some network drives say 0 of 0
                raise LedgerFull(detail=str(folder))

    def findings(self, db: sqlite3.Connection) -> Iterator[str]:
        """Yield what is wrong with the file, its records aside."""
        if (version := pragma(db, "user_version")) not in SCHEMAS:
            yield f"The file says version {version}; this keydesk writes version {VERSION}."
        if pragma(db, "application_id") != APPLICATION:
            yield "The file does not say that it is keydesk's."
        current, expected = schema(db), SCHEMAS.get(version, SCHEMA)
        for name in sorted(expected.keys() | current.keys()):
            if name not in current:
                yield f"Its {name} is missing, which keydesk made to protect the records."
            elif name not in expected:
                yield f"It holds {name}, which keydesk did not make."
            elif current[name] != expected[name]:
                yield f"Its {name} is not as keydesk made it."
        if not self.is_ours(db):
            yield "Its records were not read, since it defines what keydesk does not."
            return
        for (words,) in db.execute("PRAGMA integrity_check"):
            if words != "ok":
                yield f"SQLite finds damage: {words}."

    def is_ours(self, db: sqlite3.Connection) -> bool:
        """Whether all that the file defines is as keydesk defines it; something may be missing.

        A table, view, trigger or index of somebody else can run what it likes as soon as a row is read.
        """
        known = SCHEMAS.get(pragma(db, "user_version"), SCHEMA)
        return all(known.get(name) == statement for name, statement in schema(db).items())

    def rows(self, db: sqlite3.Connection, *, after: int | None = None, limit: int = -1) -> Iterator[tuple[Any, ...]]:
        """Return the rows of the records in order, those after a number where one is given."""
        if after is None:
            return db.execute(f"{_ALL} ORDER BY seq LIMIT ?", (limit,))
        return db.execute(f"{_ALL} WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))

    def close(self) -> None:
        """Close the file; the writer last, since it then moves the write-ahead log into the file."""
        with ledger_errors(self.path):
            for db in (self._reader, self._writer):
                if db is not None:
                    db.close()
            self._reader = self._writer = None

    def _accept(self, db: sqlite3.Connection) -> Head:
        """Return the head to append to, where the version, tables, newest record and anchor are as keydesk left them.

        A record on top of a tampered ledger would move the anchor, and so make the tampered state the valid one.
        """
        self._recognise(db)
        if schema(db) != SCHEMAS[pragma(db, "user_version")]:
            raise LedgerCorrupt(detail=f"{self.path}: its tables or triggers were changed")
        row = db.execute(f"{_ALL} ORDER BY seq DESC LIMIT 1").fetchone()
        newest = None if row is None else Record.read(row)
        if row is not None and (newest is None or not newest.sound):
            raise LedgerForked(detail=f"{self.path}: its newest record was changed")
        head = START if newest is None else newest.head
        anchor = self.anchor.read()
        if anchor is None:
            if newest is None:
                return head
            raise LedgerForked(detail=f"{self.anchor.path} is missing")
        row = db.execute("SELECT hash FROM record WHERE seq = ?", (anchor.seq,)).fetchone()
        if anchor != START and row != (anchor.hash,):
            raise LedgerForked(detail=f"{self.path} and {self.anchor.path} disagree about record {anchor.seq}")
        return head

    def _recognise(self, db: sqlite3.Connection) -> None:
        version = pragma(db, "user_version")
        if version > VERSION:
            raise LedgerTooNew(detail=f"{self.path}: version {version}, known here: {VERSION}")
        if version not in SCHEMAS or "record" not in schema(db):
            raise LedgerCorrupt("This file is not a ledger", detail=str(self.path))
        if not self.is_ours(db):
            raise LedgerCorrupt(detail=f"{self.path}: its tables or triggers were changed")

    def _identity(self, *endings: str) -> Held:
        """Return device and inode of the ledger's files as they are now; `None` for a file that is not there."""
        files: list[tuple[int, int] | None] = []
        for ending in endings:
            try:
                status = self.path.with_name(f"{self.path.name}{ending}").stat()
            except FileNotFoundError:
                files.append(None)
            else:
                files.append((status.st_dev, status.st_ino))
        return tuple(files)

    def _expect_nothing(self) -> None:
        """Raise where there is an anchor but no ledger: then somebody removed the ledger."""
        anchor = self.anchor.read()
        # Checked in this order: another process may make the ledger, and move the anchor, at any moment.
        if anchor is not None and anchor != START and not self.path.exists():
            raise LedgerForked("The ledger is gone", detail=f"{self.anchor.path} remembers {anchor.seq} records")

    def _open_reader(self, *, fresh: bool) -> sqlite3.Connection | None:
        held = self._identity("")
        if self._reader is not None and (fresh or held != self._read_from):
            self._reader.close()
            self._reader = None
        if self._reader is None and held != (None,):
            self._check_kind()
            self._reader, lasting = open_to_read(self.path, self._patience)
            self._read_from = held if lasting else ()
        return self._reader

    def _open_writer(self) -> sqlite3.Connection:
        held = self._identity("", "-wal")
        if self._writer is not None and held != self._written_to:
            # Somebody has moved or replaced the file: what keydesk wrote to the old one would be lost.
            self._writer.close()
            self._writer = None
        if self._writer is None:
            if held[0] is None:
                self._expect_nothing()
                self._create()
            with self.reading(fresh=True):  # raises for a file that is no ledger, before anything is written
                pass
            self._clear_drafts()
            self._writer = connect(self.path, "rw", self._patience)
            self._writer.execute("PRAGMA synchronous = FULL")
            self._writer.execute("PRAGMA fullfsync = ON")  # macOS: without it "on disk" means in the disk's memory
        return self._writer

    def _check_kind(self) -> None:
        """Raise for what SQLite cannot open safely: a folder, a pipe, a device, or an empty file."""
        if not self.path.is_file():
            raise LedgerCorrupt("Something else stands in the ledger's place", detail=str(self.path))
        if self.path.stat().st_size == 0:
            raise LedgerCorrupt("The ledger's file is empty", detail=str(self.path))

    def _clear_drafts(self) -> None:
        """Remove what killed processes left: drafts of the anchor and of a new ledger, with SQLite's side files."""
        for start in (f"{self.anchor.path.name}.", f"{self.path.name}.new-"):
            clear_drafts(self.path.parent, start)

    def _create(self) -> None:
        """Make an empty ledger under another name, then link it into place, so that no incomplete file is ever seen."""
        for folder in reversed([self.path.parent, *self.path.parent.parents]):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
        self.anchor.begin()
        draft = self.path.with_name(f"{self.path.name}.new-{os.getpid()}-{id(self):x}")
        with suppress(FileNotFoundError):
            draft.unlink()
        try:
            # SQLite gives its side files the mode of the main one.
            os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            db = connect(draft, "rw", self._patience)
            try:
                db.execute("PRAGMA synchronous = FULL")
                db.execute(f"PRAGMA application_id = {APPLICATION}")
                db.execute(f"PRAGMA user_version = {VERSION}")
                for statement in SCHEMA.values():
                    db.execute(statement)
                db.execute("PRAGMA journal_mode = WAL")
            finally:
                db.close()
            with suppress(FileExistsError):  # another process was quicker: its ledger is as good
                os.link(draft, self.path)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
        sync_folder(self.path.parent)


def _upgrade(db: sqlite3.Connection) -> None:
    """Add what an older file lacks of this version's schema, within the transaction of the next record."""
    version = pragma(db, "user_version")
    if version != VERSION:
        for name, statement in SCHEMA.items():
            if name not in SCHEMAS[version]:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
