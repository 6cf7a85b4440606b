"""The store of the lockout feed on disk: each event once, the cursor, and who takes care of which case.

The file is a cache of Okta's log and holds the log's data about people: logins, names, addresses. It holds two days and
only its owner can read it. It holds no secret, and of `debugData` only what keydesk reads, without queries. No decision
about a request depends on it, so a damaged file is set aside and replaced.

Beside the events stands each person's fold: their cases as `folding` made them, so that nobody's events have to be read
again to show them. A fold says up to which event it goes; with a newer event of the person it counts no more, so a
process may be killed at any moment between the writing of an event and that of its fold.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from tui.desk.lockouts.steps import is_stray, person_of
from tui.okta.log_events import LogEvent
from tui.trouble import Trouble

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tui.okta.log_events import Actor

VERSION: Final = 4
_WITHOUT_PERSON: Final = 3  # the version before, whose events do not say whose they are
READ: Final = (
    "requestUri", "url", "threatSuspected", "factor", "factorIntent", "factorType", "authType", "loginResult",
    "errorCode", "pushOnlyResponseType", "pushWithNumberChallengeResponseType", "authnRequestId", "requestId",
    "operationRateLimitType", "operationRateLimitSecondsToReset",
)  # fmt: skip
"""The values of `debugData` that are stored: they show which software tried, with which method, what ties the events
of one sign-in, and attacks."""
DETAILS: Final = ("methodTypeUsed", "policyName")
"""The values of a target's `detailEntry` that are stored."""
_LONGEST: Final = 500
_MOST_STRAYS: Final = 2000  # the newest count: of refused addresses those of an hour are asked for
_DAY: Final = 86_400.0
_DAMAGE: Final = frozenset({11, 26})  # SQLITE_CORRUPT, SQLITE_NOTADB
_PATIENCE: Final = 5.0  # seconds; another keydesk writes for milliseconds
_SCHEMA: Final = """
CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    org TEXT NOT NULL,
    uuid TEXT NOT NULL,
    at REAL,
    person TEXT NOT NULL DEFAULT '',
    stray INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL,
    UNIQUE (org, uuid)
);
CREATE INDEX event_at ON event (at);
CREATE TABLE cursor (org TEXT PRIMARY KEY, url TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE handled (org TEXT NOT NULL, case_id TEXT NOT NULL, agent TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (org, case_id));
"""
_FOLDS: Final = """
CREATE INDEX event_person ON event (org, person);
CREATE INDEX event_stray ON event (at) WHERE stray;
CREATE TABLE fold (org TEXT NOT NULL, person TEXT NOT NULL, upto INTEGER NOT NULL, events INTEGER NOT NULL,
    made_by TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (org, person));
"""


class FeedStoreTrouble(Trouble):
    """The events of the System Log cannot be stored on this machine."""

    title = "The lockout feed cannot be kept on this machine"
    advice = "Check that the state folder can be written and the disk has room. Nothing at Okta is affected."


class Handled(Struct, frozen=True):
    """The note that an agent takes care of a case.

    Attributes:
        case_id: The id of the case.
        agent: The name of the agent.
        at: When the note was made, seconds since 1970.
    """

    case_id: str
    agent: str
    at: float


class FoldRow(Struct, frozen=True):
    """The fold of one person as it is stored.

    Attributes:
        person: The id of the person.
        upto: The row number of the person's newest event that is folded.
        events: How many events are folded.
        body: The cases, as `folding` encodes them.
    """

    person: str
    upto: int
    events: int
    body: bytes


class Stored(Struct, frozen=True):
    """What is stored at one moment, but for the events of people who need not be read again.

    Attributes:
        upto: The newest row number; later events are handed over one after the other.
        oldest: The `published` of the oldest event, seconds since 1970.
        folds: The folds that hold all events of their person.
        stale: The ids of the people whose events have to be folded.
        strays: The events that name nobody and tell something all the same.
    """

    upto: int
    oldest: float
    folds: tuple[FoldRow, ...]
    stale: tuple[str, ...]
    strays: tuple[LogEvent, ...]


class FeedStore:
    """One SQLite file for one user of this machine; several processes and threads may use it at once.

    Args:
        path: The file, created when first needed, readable by its owner only; `None` for memory only.
        org: The org's origin; each org has its own events and cursor in the file.

    Attributes:
        set_aside: Where a damaged file was moved to; `None` while none was.
        begun: How often a new file replaced a damaged one; row numbers start anew then.
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
        """Return the next link that Okta gave last; `None` before the first one, and for one that is too old.

        Args:
            since: A link that was stored before this time is too old; seconds since 1970.

        Raises:
            FeedStoreTrouble: The file cannot be used. All other methods raise this, too.
        """
        with self._open(writing=False) as db:
            row = db.execute("SELECT url FROM cursor WHERE org = ? AND at >= ?", (self.org, since)).fetchone()
            return msgspec.convert(row[0], str) if row is not None and row[0] else None

    def read_at(self) -> float | None:
        """Return when Okta last gave a page, seconds since 1970, also where the cursor is lost; `None` before that."""
        with self._open(writing=False) as db:
            row = db.execute("SELECT at FROM cursor WHERE org = ?", (self.org,)).fetchone()
        return None if row is None else float(row[0])

    def add(self, events: Sequence[LogEvent], cursor: str | None, *, at: float = 0.0) -> int:
        """Store events and the cursor behind them, in one transaction.

        Args:
            events: The events; known ones are left as they are.
            cursor: The next link; empty where the page had none, `None` leaves the stored one.
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
                person = person_of(event)
                stray = not person and is_stray(event)
                rows.append((self.org, event.uuid, last, person, stray, self._encoder.encode(_slimmed(event))))
            before = db.total_changes
            db.executemany(
                "INSERT OR IGNORE INTO event (org, uuid, at, person, stray, body) VALUES (?, ?, ?, ?, ?, ?)", rows
            )
            new = db.total_changes - before
            if cursor is not None:
                db.execute("INSERT OR REPLACE INTO cursor (org, url, at) VALUES (?, ?, ?)", (self.org, cursor, at))
        return new

    def lose_cursor(self) -> None:
        """Delete the cursor, since Okta does not accept it any more; when it was given stays known."""
        with self._open() as db:
            db.execute("UPDATE cursor SET url = '' WHERE org = ?", (self.org,))

    def after(self, row: int, *, limit: int = 5000) -> tuple[int, tuple[LogEvent, ...]]:
        """Return the number of the last row, and the events after a row number, in the order of storing."""
        with self._open(writing=False) as db:
            rows = db.execute(  # "+org" keeps SQLite from sorting all of the org's events to take a few
                "SELECT seq, COALESCE(CAST(body AS BLOB), '') FROM event WHERE +org = ? AND seq > ? ORDER BY seq"
                " LIMIT ?",
                (self.org, row, limit),
            ).fetchall()
            events = tuple(self._decoder.decode(body) for _, body in rows)
        return (rows[-1][0] if rows else row), events

    # -- people, one by one

    def stored(self, made_by: str) -> Stored:
        """Return the folds, and whose events have to be folded anew.

        Args:
            made_by: What makes folds today; one that was made otherwise counts no more.
        """
        with self._open(writing=False) as db:
            (upto,) = db.execute("SELECT COALESCE(MAX(seq), 0) FROM event WHERE +org = ?", (self.org,)).fetchone()
            (oldest,) = db.execute("SELECT COALESCE(MIN(at), 0.0) FROM event").fetchone()
            rows = db.execute(
                "SELECT known.person, known.upto, COALESCE(fold.events, 0), COALESCE(CAST(fold.body AS BLOB), ''),"
                " fold.upto IS known.upto AND fold.events >= known.events AND fold.made_by = ? FROM"
                " (SELECT person, MAX(seq) AS upto, COUNT(*) AS events FROM event WHERE org = ? GROUP BY person)"
                " AS known LEFT JOIN fold ON fold.org = ? AND fold.person = known.person WHERE known.person <> ''",
                (made_by, self.org, self.org),
            ).fetchall()
            strays = db.execute(
                "SELECT COALESCE(CAST(body AS BLOB), '') FROM event WHERE stray AND +org = ? ORDER BY at DESC LIMIT ?",
                (self.org, _MOST_STRAYS),
            ).fetchall()
            people = msgspec.convert(rows, list[tuple[str, int, int, bytes, int | None]])
            return Stored(
                int(upto),
                msgspec.convert(oldest, float),
                tuple(FoldRow(person, last, events, body) for person, last, events, body, good in people if good),
                tuple(person for person, _, _, _, good in people if not good),
                tuple(self._decoder.decode(body) for (body,) in strays),
            )

    def of_person(self, person: str) -> tuple[int, tuple[LogEvent, ...]]:
        """Return the number of a person's last row (0 for none) and the events, in the order of storing."""
        with self._open(writing=False) as db:
            rows = db.execute(
                "SELECT seq, COALESCE(CAST(body AS BLOB), '') FROM event WHERE org = ? AND person = ? ORDER BY seq",
                (self.org, person),
            ).fetchall()
            return (rows[-1][0] if rows else 0), tuple(self._decoder.decode(body) for _, body in rows)

    def fold(self, rows: Sequence[FoldRow], made_by: str) -> None:
        """Store the folds of some people. One that is behind by now does no harm: it says itself how far it goes."""
        with self._open() as db:
            db.executemany(
                "INSERT OR REPLACE INTO fold (org, person, upto, events, made_by, body) VALUES (?, ?, ?, ?, ?, ?)",
                [(self.org, row.person, row.upto, row.events, made_by, row.body) for row in rows],
            )

    def sharing(self, ids: Sequence[str], since: float, until: float) -> tuple[str, ...]:
        """Return the ids of the people whose events may hold one of some ids, between two times.

        Args:
            ids: The ids of transactions, requests or sessions. Another text of the event may equal one, too.
            since: The first time, seconds since 1970.
            until: The last time.
        """
        if not ids:
            return ()
        parts = [self._encoder.encode(one).strip(b'"') for one in ids]
        wanted = " OR ".join(["instr(body, ?)"] * len(parts))
        with self._open(writing=False) as db:
            rows = db.execute(
                f"SELECT DISTINCT person FROM event WHERE at BETWEEN ? AND ? AND +org = ? AND ({wanted})",  # noqa: S608 - question marks alone
                (since, until, self.org, *parts),
            ).fetchall()
        return tuple(sorted(person for (person,) in rows if person))

    def tie(self, uuid: str, person: str) -> None:
        """Note whose an event is that names nobody."""
        with self._open() as db:
            db.execute(
                "UPDATE event SET person = ?, stray = 0 WHERE org = ? AND uuid = ? AND person = ''",
                (person, self.org, uuid),
            )
            db.execute("DELETE FROM fold WHERE org = ? AND person = ?", (self.org, person))

    def newest(self) -> float | None:
        """Return the newest `published` among the events, seconds since 1970; `None` without events."""
        with self._open(writing=False) as db:
            return self._newest(db)

    def _newest(self, db: sqlite3.Connection) -> float | None:
        row = db.execute(
            "SELECT at FROM event WHERE +org = ? ORDER BY at DESC LIMIT 1",  # as above
            (self.org,),
        ).fetchone()
        return None if row is None or row[0] is None else msgspec.convert(row[0], float)

    def forget(self, before: float) -> None:
        """Delete events and notes from before a time in seconds since 1970, of every org."""
        with self._open() as db:
            db.execute("DELETE FROM event WHERE at < ?", (before,))
            db.execute(
                "DELETE FROM fold WHERE NOT EXISTS"
                " (SELECT 1 FROM event WHERE event.org = fold.org AND event.person = fold.person)"
            )
            db.execute("DELETE FROM handled WHERE at < ?", (before,))

    def handle(self, case_id: str, agent: str, at: float) -> None:
        """Note that an agent takes care of a case; the last note counts."""
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO handled VALUES (?, ?, ?, ?)", (self.org, case_id, agent, at))

    def leave(self, case_id: str) -> None:
        """Delete the note that somebody takes care of a case."""
        with self._open() as db:
            db.execute("DELETE FROM handled WHERE org = ? AND case_id = ?", (self.org, case_id))

    def handled(self) -> dict[str, Handled]:
        """Return who takes care of which case, by the id of the case."""
        with self._open(writing=False) as db:
            rows = db.execute("SELECT case_id, agent, at FROM handled WHERE org = ?", (self.org,)).fetchall()
            notes = [Handled(*msgspec.convert(row, tuple[str, str, float])) for row in rows]
        return {note.case_id: note for note in notes}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    @contextmanager
    def _open(self, *, writing: bool = True) -> Iterator[sqlite3.Connection]:
        """Open a transaction and yield its connection."""
        import sqlite3  # noqa: PLC0415 - a few milliseconds, and the app starts without it

        with self._lock:
            try:
                db = self._db = self._db or self._connect()
                with _transaction(db, "IMMEDIATE" if writing else "DEFERRED"):
                    yield db
            except (sqlite3.Error, OSError, msgspec.DecodeError, RecursionError) as error:
                if self._db is not None and _damaged(error):
                    self._db.close()
                    self._db = None
                    self._move_aside()
                raise FeedStoreTrouble(detail=f"{self.path}: {error}") from None

    def _connect(self) -> sqlite3.Connection:
        import sqlite3  # noqa: PLC0415 - as above

        try:
            return self._open_file()
        except sqlite3.DatabaseError as error:
            if not _damaged(error):
                raise
        self._move_aside()
        return self._open_file()

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

    def _open_file(self) -> sqlite3.Connection:
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
            _create_tables(db)
        except BaseException:
            db.close()
            raise
        return db


def _create_tables(db: sqlite3.Connection) -> None:
    """Create the tables. An older file is emptied, since all can be read from Okta again; a newer one is left alone."""
    with _transaction(db):
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version == VERSION:
            return
        if version > VERSION:
            raise FeedStoreTrouble(
                "The lockout feed was kept by a newer keydesk",
                advice="Use the newer keydesk, or delete the file: Okta can tell all of it again.",
            )
        if version == _WITHOUT_PERSON:
            _add_people(db)
            return
        names = db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        )
        for (name,) in names.fetchall():
            quoted = str(name).replace('"', '""')
            db.execute(f'DROP TABLE "{quoted}"')
        _execute(db, _SCHEMA + _FOLDS)


def _execute(db: sqlite3.Connection, schema: str) -> None:
    """Create tables and say of which version they are."""
    for statement in filter(str.strip, schema.split(";")):
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {VERSION}")


def _add_people(db: sqlite3.Connection) -> None:
    """Add to the events of the version before whose they are, page by page; who takes care of what stays noted."""
    db.execute("ALTER TABLE event ADD COLUMN person TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE event ADD COLUMN stray INTEGER NOT NULL DEFAULT 0")
    decoder, last = msgspec.json.Decoder(LogEvent, strict=False), 0
    while rows := db.execute(
        "SELECT seq, COALESCE(CAST(body AS BLOB), '') FROM event WHERE seq > ? ORDER BY seq LIMIT 1000", (last,)
    ).fetchall():
        told = [(seq, event, person_of(event)) for seq, event in ((seq, decoder.decode(body)) for seq, body in rows)]
        db.executemany(
            "UPDATE event SET person = ?, stray = ? WHERE seq = ?",
            [(person, not person and is_stray(event), seq) for seq, event, person in told],
        )
        last = rows[-1][0]
    _execute(db, _FOLDS)


def _slimmed(event: LogEvent) -> LogEvent:
    """Return an event without the `debugData` that nobody reads; URLs lose their query, which may hold a token."""
    kept = {name: text.partition("?")[0][:_LONGEST] for name, text in event.debugs(READ).items()}
    targets = event.target
    if targets is not None and any(target.detail_entry for target in targets):
        targets = [_slimmed_target(target) for target in targets]
    return msgspec.structs.replace(event, debug_context={"debugData": kept} if kept else None, target=targets)


def _slimmed_target(target: Actor) -> Actor:
    kept = {name: text[:_LONGEST] for name in DETAILS if (text := target.detail(name))}
    return msgspec.structs.replace(target, detail_entry=kept or None)


def _damaged(error: Exception) -> bool:
    """Return whether an error says that the file is damaged: as a database, or in a row, which SQLite cannot see."""
    if isinstance(error, msgspec.DecodeError | RecursionError) or "Could not decode to UTF-8" in str(
        error
    ):  # which has no code
        return True
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
