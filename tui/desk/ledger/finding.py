"""Find entries by their words: a prepared index in a file of its own beside the chain.

The chain knows no index: `verify` finds whatever else stands in its file. So the words stand in `ledger.sqlite3.words`,
which holds nothing that the ledger does not hold, may be deleted at any time, and is made again. It only proposes
entries; each one is read from the ledger before it is shown, so that a wrong index can hide an entry and never invent
or change one.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Protocol

from tui.desk.ledger import entry as ledger_entry
from tui.desk.ledger.sqlite import connect, pragma, roll_back

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from tui.desk.ledger.entry import Entry

_VERSION: Final = 2
FEW: Final = 2000
"""Records up to which a ledger needs no index: reading all of them takes some milliseconds."""
_FAR: Final = 2000
"""Records that a start of keydesk takes over at most before it says which entries are open."""
_PATIENCE: Final = 1.0
"""Seconds to wait for another thread or process that writes the index; each of them writes for milliseconds."""
_AT_ONCE: Final = 1000
_TRIGRAMS_AT_ONCE: Final = 250
"""Records taken over in one transaction, so that nobody waits long for the next one."""
_TRIGRAM: Final = 3
_MOST_TERMS: Final = 500
"""Trigrams that begin with a short text, beyond which all words are read instead: the text is anything but rare."""
_DAMAGE: Final = frozenset({1, 11, 26})  # no such table, malformed, not a database
_SCHEMA: Final = (
    "CREATE TABLE entry (seq INTEGER PRIMARY KEY, open INTEGER NOT NULL, words TEXT NOT NULL)",
    "CREATE INDEX entry_open ON entry (seq) WHERE open",
    "CREATE TABLE reached (what TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL)",
)
_VOCABULARY: Final = "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'trigram', 'row')"
_TRIGRAMS: Final = (
    "CREATE VIRTUAL TABLE trigram USING fts5"
    "(words, content='entry', content_rowid='seq', tokenize='trigram case_sensitive 1')"
)


class NotPrepared(Exception):
    """The ledger has few records, or far more than the index: read the ledger itself."""


class Interruptible(Protocol):
    """A reading that another thread may end: a connection of SQLite's, or of a team's database."""

    def interrupt(self) -> None:
        """End what is being read, without waiting for that."""
        ...


class Interest:
    """Somebody who waits for an answer, and may stop to do so from another thread.

    Attributes:
        lost: Whether nobody waits any more.
    """

    def __init__(self) -> None:
        self.lost = False
        self._lock = threading.Lock()
        self._reading: list[Interruptible] = []

    @contextmanager
    def on(self, db: Interruptible) -> Iterator[None]:
        """Interrupt what a connection reads once the interest is lost."""
        with self._lock:
            self._reading.append(db)
        try:
            yield
        finally:
            with self._lock:
                self._reading.remove(db)

    def lose(self) -> None:
        """Let go of the reading; it ends within milliseconds."""
        with self._lock:
            self.lost = True
            for db in self._reading:
                db.interrupt()


class Words:
    """The index of one ledger; each call opens the file for itself, so any thread may call.

    Args:
        path: The index's file.
        few: Records up to which there is no index.

    Attributes:
        recent: The newest records, in whose words a text of one or two letters is looked for first. Nearly each is
            found there often enough to fill a screen, and reading those words takes some milliseconds.
    """

    def __init__(self, path: Path, *, few: int = FEW) -> None:
        self.path = path
        self.recent = 5 * few
        self._few = few

    @contextmanager
    def opened(
        self, ledger: sqlite3.Connection, interest: Interest, *, far: bool = True
    ) -> Iterator[sqlite3.Connection]:
        """Yield the index's connection, brought up to date with the ledger.

        Args:
            ledger: A connection that reads the ledger, in a transaction.
            interest: Whoever waits.
            far: Whether to take over any number of records that the index lacks, which takes seconds for 100,000.

        Raises:
            NotPrepared: Reading the ledger itself is quicker.
            sqlite3.Error: The index cannot be used, or the interest was lost.
            OSError: The index's file cannot be made.
        """
        newest = ledger.execute("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone() or (0, "")
        if newest[0] <= self._few or (not far and not self.path.exists()):
            raise NotPrepared
        db = self._open()
        try:
            if not far and newest[0] - _reached(db, "entry")[0] > _FAR:
                raise NotPrepared
            with interest.on(db):
                _follow(db, ledger, newest, interest)
                yield db
        finally:
            db.close()

    def prepare(self, ledger: sqlite3.Connection, interest: Interest) -> None:
        """Prepare the trigrams of all entries, a few at a time; until that is done, `find` reads all words.

        Raises:
            NotPrepared: As for `opened`.
            sqlite3.Error: As for `opened`; also where this SQLite has no trigrams.
            OSError: As for `opened`.
        """
        with self.opened(ledger, interest) as db:
            more = True
            while more and not interest.lost:
                db.execute("BEGIN IMMEDIATE")
                try:
                    more = _add_trigrams(db)
                    db.execute("COMMIT")
                except BaseException:
                    roll_back(db)
                    raise

    def give_up(self, error: sqlite3.Error) -> None:
        """Remove the index if an error says that it is damaged; the next search makes it again."""
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
            return
        for ending in ("", "-wal", "-shm"):
            with suppress(OSError):
                self.path.with_name(f"{self.path.name}{ending}").unlink()

    def _open(self) -> sqlite3.Connection:
        if not self.path.exists():
            # SQLite gives its side files the mode of the main one.
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        db = connect(self.path, "rw", _PATIENCE)
        try:
            if pragma(db, "user_version") != _VERSION:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("BEGIN IMMEDIATE")
                if pragma(db, "user_version") != _VERSION:
                    for table in ("trigram", "entry", "reached"):  # of an older keydesk
                        db.execute(f"DROP TABLE IF EXISTS {table}")
                    for statement in _SCHEMA:
                        db.execute(statement)
                    db.execute(f"PRAGMA user_version = {_VERSION}")
                db.execute("COMMIT")
            db.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            db.close()
            raise
        return db


ENTRIES: Final = """
SELECT i.seq, i.at, i.body, o.at, o.body, s.at, s.body
FROM record AS i
LEFT JOIN record AS o ON o.ref = i.seq AND o.kind = 'outcome'
LEFT JOIN record AS s ON s.ref = i.seq AND s.kind = 'settled'
WHERE i.kind = 'intent'
"""


def ledger_rows(ledger: sqlite3.Connection, seqs: Iterable[int]) -> Iterator[Entry]:
    """Return entries of the ledger by their numbers, in the order given; what is no intent is left out."""
    for seq in seqs:
        row = ledger.execute(f"{ENTRIES} AND i.seq = ?", (seq,)).fetchone()
        if row is not None:
            yield ledger_entry.read_entry(row)


def find(db: sqlite3.Connection, *, text: str, only_open: bool, below: int, recent: int) -> Iterator[int]:
    """Yield the numbers of the entries that may fit, newest first.

    Args:
        db: The index, up to date.
        text: What the entries must mention; empty for anything.
        only_open: Whether only open entries fit.
        below: The number that all are below.
        recent: As for `Words`.
    """
    wanted = storable(text.casefold())
    db.execute("BEGIN")  # the trigrams and how far they reach are of one moment; closing the connection ends it
    upto = 0 if only_open or not wanted else _reached(db, "trigram")[0]
    if len(wanted) < _TRIGRAM:
        upto = min(upto, max(0, min(below, _reached(db, "entry")[0]) - recent))
    yield from _by_words(db, wanted, upto, below, only_open=only_open)
    if not upto:
        return
    below = min(below, upto + 1)
    terms = [wanted] if len(wanted) >= _TRIGRAM else _terms(db, wanted)
    if terms is None:
        yield from _by_words(db, wanted, 0, below, only_open=only_open)
    elif terms:
        any_of = " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)
        query = "SELECT rowid FROM trigram WHERE rowid < ? AND trigram MATCH ? ORDER BY rowid DESC"
        for (seq,) in db.execute(query, (below, any_of)):
            yield seq


def _by_words(db: sqlite3.Connection, wanted: str, above: int, below: int, *, only_open: bool) -> Iterator[int]:
    """Yield the numbers of the entries between two numbers whose words hold a text, newest first."""
    only = "open AND" if only_open else ""
    query = f"SELECT seq FROM entry WHERE {only} seq > ? AND seq < ? AND instr(words, ?) ORDER BY seq DESC"  # noqa: S608 - a constant
    for (seq,) in db.execute(query, (above, below, wanted)):
        yield seq


def _terms(db: sqlite3.Connection, start: str) -> list[str] | None:
    """Return the trigrams that begin with one or two letters; `None` where there are too many to look for each.

    Whatever holds the letters holds one of these, since two more characters stand behind all words of an entry.
    """
    db.execute(_VOCABULARY)
    query = "SELECT term FROM temp.vocabulary WHERE term >= ? AND term < ? LIMIT ?"
    found = db.execute(query, (start, f"{start}\U0010ffff", _MOST_TERMS + 1)).fetchall()
    return None if len(found) > _MOST_TERMS else [term for (term,) in found]


def _follow(db: sqlite3.Connection, ledger: sqlite3.Connection, newest: tuple[int, str], interest: Interest) -> None:
    """Take over the records that the index does not have yet."""
    while not interest.lost and _reached(db, "entry") != newest:
        db.execute("BEGIN IMMEDIATE")
        try:
            seq, known = _reached(db, "entry")  # another process may have been here
            if seq and ledger.execute("SELECT hash FROM record WHERE seq = ?", (seq,)).fetchone() != (known,):
                _empty(db)
                seq = 0
            records = ledger.execute(
                "SELECT seq, ref, hash FROM record WHERE seq > ? ORDER BY seq LIMIT ?", (seq, _AT_ONCE)
            ).fetchall()
            if records:
                older = sorted({ref for _, ref, _ in records if ref is not None and ref <= seq})
                _take_new(db, ledger.execute(f"{ENTRIES} AND i.seq > ? AND i.seq <= ?", (seq, records[-1][0])))
                for entry in ledger_rows(ledger, older):
                    _take_again(db, entry)
                _reach(db, "entry", records[-1][0], records[-1][2])
            db.execute("COMMIT")
        except BaseException:
            roll_back(db)
            raise


def _take_new(db: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Put entries into the index that it does not have."""
    entries = map(ledger_entry.read_entry, rows)
    db.executemany("INSERT INTO entry VALUES (?, ?, ?)", ((one.seq, one.open, _all_words(one)) for one in entries))


def _take_again(db: sqlite3.Connection, entry: Entry) -> None:
    """Put what became of an entry into the index, in the place of what it says of it."""
    words = _all_words(entry)
    old = db.execute("SELECT words FROM entry WHERE seq = ?", (entry.seq,)).fetchone()
    if old is not None and old[0] != words and entry.seq <= _reached(db, "trigram")[0]:
        db.execute("INSERT INTO trigram (trigram, rowid, words) VALUES ('delete', ?, ?)", (entry.seq, old[0]))
        db.execute("INSERT INTO trigram (rowid, words) VALUES (?, ?)", (entry.seq, words))
    db.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", (entry.seq, entry.open, words))


def _all_words(entry: Entry) -> str:
    return storable("\n".join(entry.words)) + "\n" * (_TRIGRAM - 1)


def _add_trigrams(db: sqlite3.Connection) -> bool:
    """Add the trigrams of the next entries; return whether there may be more."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'trigram'").fetchone():
        db.execute(_TRIGRAMS)
    rows = db.execute(
        "SELECT seq, words FROM entry WHERE seq > ? ORDER BY seq LIMIT ?",
        (_reached(db, "trigram")[0], _TRIGRAMS_AT_ONCE),
    ).fetchall()
    db.executemany("INSERT INTO trigram (rowid, words) VALUES (?, ?)", rows)
    if rows:
        _reach(db, "trigram", rows[-1][0], "")
    return len(rows) == _TRIGRAMS_AT_ONCE


def _empty(db: sqlite3.Connection) -> None:
    """Forget all: the index is of another ledger."""
    db.execute("DROP TABLE IF EXISTS trigram")
    db.execute("DELETE FROM entry")
    db.execute("DELETE FROM reached")


def _reached(db: sqlite3.Connection, what: str) -> tuple[int, str]:
    """Return the number of the last record, or entry, that the index holds, and the record's hash."""
    return db.execute("SELECT seq, hash FROM reached WHERE what = ?", (what,)).fetchone() or (0, "")


def _reach(db: sqlite3.Connection, what: str, seq: int, digest: str) -> None:
    db.execute("INSERT OR REPLACE INTO reached VALUES (?, ?, ?)", (what, seq, digest))


def storable(text: str) -> str:
    """Return text as a database can hold it and search it: without lone surrogates and without NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
