"""What was heard of the System Log, on disk: events once each, the cursor, and who takes care of which case.

It is a cache of Okta's log and holds what the log holds of people: logins, names, addresses. It keeps two days, in a
file that only its owner can read; it holds no secret, and of `debugData` only what keydesk reads, without queries. It
decides nothing about what may be sent, so a damaged one is set aside and begun anew.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from tui.okta.log_events import LogEvent
from tui.trouble import Trouble

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

VERSION: Final = 2
READ: Final = ("requestUri", "url", "threatSuspected")
"""What of `debugData` is kept: it tells software and attacks apart."""
_LONGEST: Final = 500
_DAY: Final = 86_400.0
_DAMAGE: Final = frozenset({11, 26})  # SQLITE_CORRUPT, SQLITE_NOTADB
_PATIENCE: Final = 5.0  # seconds; another keydesk writes for milliseconds
_SCHEMA: Final = """
CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    org TEXT NOT NULL,
    uuid TEXT NOT NULL,
    at REAL,
    body BLOB NOT NULL,
    UNIQUE (org, uuid)
);
CREATE INDEX event_at ON event (at);
CREATE TABLE cursor (org TEXT PRIMARY KEY, url TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE handled (org TEXT NOT NULL, case_id TEXT NOT NULL, agent TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (org, case_id));
"""


class FeedStoreTrouble(Trouble):
    """What was heard of the System Log cannot be kept on this machine."""

    title = "The lockout feed cannot be kept on this machine"
    advice = "Check that the state folder can be written and the disk has room. Nothing at Okta is affected."


@dataclass(frozen=True, slots=True)
class Handled:
    """Somebody takes care of a case.

    Attributes:
        case_id: Which.
        agent: Who.
        at: Since when, seconds since 1970.
    """

    case_id: str
    agent: str
    at: float


class FeedStore:
    """One SQLite file for one user of this machine; several processes and threads may use it at once.

    Args:
        path: The file, made when first needed, readable by its owner only; `None` keeps all in memory.
        org: The org's origin; each org has its own events and cursor in the file.

    Attributes:
        set_aside: Where a damaged file was moved to; `None` while none was.
        begun: How often a file was begun in the place of a damaged one; row numbers start anew then.
    """

    def __init__(self, path: Path | None, org: str) -> None:
        self.path = path
        self.org = org
        self.set_aside: Path | None = None
        self.begun = 0
        self._db: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(LogEvent, strict=False)

    def cursor(self, *, since: float = 0.0) -> str | None:
        """The next link that Okta gave last; `None` before the first, and for one from before a time.

        Args:
            since: Seconds since 1970.

        Raises:
            FeedStoreTrouble: The file cannot be used; so do all of these.
        """
        with self._open(writing=False) as db:
            row = db.execute("SELECT url FROM cursor WHERE org = ? AND at >= ?", (self.org, since)).fetchone()
        return None if row is None else str(row[0])

    def add(self, events: Sequence[LogEvent], cursor: str | None, *, at: float = 0.0) -> int:
        """Keep events and the cursor behind them, in one transaction.

        Args:
            events: Those known already are left as they are.
            cursor: The next link; `None` leaves the one that is kept.
            at: When Okta gave it, seconds since 1970.

        Returns:
            How many of the events were new.
        """
        with self._open() as db:
            # An event without a time gets that of the one before it, so that it is forgotten when its neighbours are.
            last = self._newest(db) or at - _DAY
            rows = []
            for event in events:
                if (when := event.at) is not None:
                    last = when.timestamp()
                rows.append((self.org, event.uuid, last, self._encoder.encode(_slim(event))))
            before = db.total_changes
            db.executemany("INSERT OR IGNORE INTO event (org, uuid, at, body) VALUES (?, ?, ?, ?)", rows)
            new = db.total_changes - before
            if cursor is not None:
                db.execute("INSERT OR REPLACE INTO cursor (org, url, at) VALUES (?, ?, ?)", (self.org, cursor, at))
        return new

    def lose_cursor(self) -> None:
        """Forget the cursor: Okta does not take it any more."""
        with self._open() as db:
            db.execute("DELETE FROM cursor WHERE org = ?", (self.org,))

    def after(self, row: int, *, limit: int = 5000) -> tuple[int, tuple[LogEvent, ...]]:
        """Events that were kept after a row number, in that order, and the number of the last."""
        with self._open(writing=False) as db:
            found = db.execute(  # "+org" keeps SQLite from sorting all of the org's events to take a few
                "SELECT seq, body FROM event WHERE +org = ? AND seq > ? ORDER BY seq LIMIT ?", (self.org, row, limit)
            ).fetchall()
        return (found[-1][0] if found else row), tuple(self._decoder.decode(body) for _, body in found)

    def newest(self) -> float | None:
        """The newest `published` among the events, seconds since 1970."""
        with self._open(writing=False) as db:
            return self._newest(db)

    def _newest(self, db: sqlite3.Connection) -> float | None:
        found = db.execute(
            "SELECT at FROM event WHERE +org = ? ORDER BY at DESC LIMIT 1",  # as above
            (self.org,),
        ).fetchone()
        return None if found is None or found[0] is None else float(found[0])

    def forget(self, before: float) -> None:
        """Delete what was published before a time in seconds since 1970, of every org."""
        with self._open() as db:
            db.execute("DELETE FROM event WHERE at < ?", (before,))
            db.execute("DELETE FROM handled WHERE at < ?", (before,))

    def handle(self, case_id: str, agent: str, at: float) -> None:
        """Note that somebody takes care of a case; the last one counts."""
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO handled VALUES (?, ?, ?, ?)", (self.org, case_id, agent, at))

    def leave(self, case_id: str) -> None:
        """Nobody takes care of it any more."""
        with self._open() as db:
            db.execute("DELETE FROM handled WHERE org = ? AND case_id = ?", (self.org, case_id))

    def handled(self) -> dict[str, Handled]:
        """Who takes care of what, by case."""
        with self._open(writing=False) as db:
            rows = db.execute("SELECT case_id, agent, at FROM handled WHERE org = ?", (self.org,)).fetchall()
        return {row[0]: Handled(*row) for row in rows}

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    @contextmanager
    def _open(self, *, writing: bool = True) -> Iterator[sqlite3.Connection]:
        """Lend the connection for one transaction."""
        import sqlite3  # noqa: PLC0415 - a few milliseconds, and the app starts without it

        with self._lock:
            try:
                db = self._db = self._db or self._connect()
                with _transaction(db, "IMMEDIATE" if writing else "DEFERRED"):
                    yield db
            except (sqlite3.Error, OSError) as error:
                if self._db is not None and _damaged(error):
                    self._db.close()
                    self._db = None
                    self._move_aside()
                raise FeedStoreTrouble(detail=f"{self.path}: {error}") from None

    def _connect(self) -> sqlite3.Connection:
        import sqlite3  # noqa: PLC0415 - as above

        try:
            return self._begin()
        except sqlite3.DatabaseError as error:
            if not _damaged(error):
                raise
        self._move_aside()
        return self._begin()

    def _move_aside(self) -> None:
        if self.path is None:
            return
        self.begun += 1
        self.set_aside = self.path.with_name(f"{self.path.name}.bad")
        for ending in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                self.path.with_name(f"{self.path.name}{ending}").replace(
                    self.set_aside.with_name(f"{self.set_aside.name}{ending}")
                )

    def _begin(self) -> sqlite3.Connection:
        import sqlite3  # noqa: PLC0415 - as above

        if self.path is not None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):  # SQLite gives its side files the mode of the main one
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        where = str(self.path) if self.path else ":memory:"
        db = sqlite3.connect(where, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")  # a lost end is read again from Okta: the cursor is in it too
            db.execute("PRAGMA trusted_schema = OFF")
            _make(db)
        except BaseException:
            db.close()
            raise
        return db


def _make(db: sqlite3.Connection) -> None:
    """Make the tables; an older file is emptied, since Okta can tell all of it again, a newer one is left alone."""
    with _transaction(db):
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version == VERSION:
            return
        if version > VERSION:
            raise FeedStoreTrouble(
                "The lockout feed was kept by a newer keydesk",
                advice="Use the newer keydesk, or delete the file: Okta can tell all of it again.",
            )
        names = db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        )
        for (name,) in names.fetchall():
            quoted = str(name).replace('"', '""')
            db.execute(f'DROP TABLE "{quoted}"')
        for statement in filter(str.strip, _SCHEMA.split(";")):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")


def _slim(event: LogEvent) -> LogEvent:
    """An event without the parts of `debugData` that nobody reads; an address there may carry a token in its query."""
    kept = {name: text.partition("?")[0][:_LONGEST] for name in READ if (text := event.debug(name))}
    return msgspec.structs.replace(event, debug_context={"debugData": kept} if kept else None)


def _damaged(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


@contextmanager
def _transaction(db: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    db.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        with suppress(Exception):  # SQLite may have ended it already
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
