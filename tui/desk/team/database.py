"""Connections to a team's database: opened when they are needed, kept for the next use, replaced when they break.

A connection is used by one thread at a time. Reading takes whichever host of the address answers, so it goes on at a
replica; writing takes the one that can be written to. A server that is away is said to be away, and is asked again with
the next use: nothing here sleeps longer than its `Terms` say, and nothing is ever called on the event loop.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct

from tui.desk.connectors.store_address import BadStore
from tui.desk.ledger.errors import LedgerError, LedgerTooNew
from tui.desk.team.trouble import DriverMissing, NotSetUp, StoreAway, store_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import psycopg

    from tui.desk.connectors.secrets import Secret
    from tui.desk.connectors.store_address import StoreAddress
    from tui.desk.ledger.finding import Interest

    Connection = psycopg.Connection[tuple[object, ...]]

_T = TypeVar("_T")
SCHEMA: Final = 3
"""The number of the newest migration that this keydesk knows."""
_OPTIONS_REFUSED: Final = ("startup parameter", "command-line options")
"""How PgBouncer and Amazon's RDS Proxy refuse what a connection says of its session, in words, since without a code."""
_READ_ONLY: Final = "session is read-only"
"""How libpq refuses a replica; wrong of a server behind PgBouncer, which goes on saying what that was at first."""
_SPARE: Final = 4
"""Connections that are kept for the next use."""
_RESTED: Final = 60.0
"""Seconds after which a connection is not used again: a laptop may have slept, and nothing answers on it."""


class Terms(Struct, frozen=True):
    """How long keydesk waits for a team's database, in seconds.

    Attributes:
        connect: For one host to answer; libpq waits two at least.
        statement: For a statement, and for a transaction that stands still.
        lock: For another transaction.
        answer: For the answer to a record; longer than `lock`, which the server itself keeps to.
        patience: For a record to be made, with all its tries.
        pause: Between two tries.
        look: Between two looks at what the others wrote; a notification only makes it sooner.
    """

    connect: float = 5.0
    statement: float = 30.0
    lock: float = 5.0
    answer: float = 10.0
    patience: float = 8.0
    pause: float = 0.5
    look: float = 8.0


TERMS: Final = Terms()


class Database:
    """A team's database, for one role. Any thread may call.

    Args:
        address: The database's address.
        secret: Returns the role's password, `None` for none; called in the thread that connects, and may raise.
        terms: How long to wait; `TERMS` by default.
        clock: Returns seconds since 1970. Not the monotonic clock, which stands still while a laptop sleeps.
    """

    def __init__(
        self,
        address: StoreAddress,
        secret: Callable[[], Secret | None] = lambda: None,
        terms: Terms | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.address = address
        self._clock = clock
        self.terms = terms or TERMS
        self._secret = secret
        self._spare: dict[bool, list[Connection]] = {False: [], True: []}
        self._last_used = 0.0
        self._lock = threading.Lock()
        self._ended = False
        self._no_options = False

    def read(self, work: Callable[[Connection], _T], interest: Interest | None = None) -> _T:
        """Do something that only reads; a connection that broke while it lay idle is replaced.

        Args:
            work: What to do, on a connection on which each statement is a transaction by itself. It may be done twice.
            interest: Whoever waits; once they do not, PostgreSQL is told to stop.

        Raises:
            LedgerError: The database is away, or does not let the role read.
        """
        return self._do(work, False, interest)

    def write(self, work: Callable[[Connection], _T], *, patience: float | None = None) -> _T:
        """Do something where it can be written; what a statement did is on disk when it returns.

        Args:
            work: What to do. Where a connection breaks it is done again, so it has to find out what came of that try.
            patience: Seconds to go on trying; those of the terms by default.

        Raises:
            LedgerError: It was not done, or the connection broke each time, so that it is not known.
            NoticeTaken: As for `store_errors`.
        """
        ends = time.monotonic() + (self.terms.patience if patience is None else patience)
        while True:
            try:
                return self._do(work, True, None)
            except StoreAway:
                if time.monotonic() + self.terms.pause >= ends:
                    raise
                time.sleep(self.terms.pause)

    def connect(self, *, write: bool = False) -> Connection:
        """Return a new connection, to a database whose schema this keydesk knows.

        Raises:
            LedgerTooNew: A newer keydesk has made the schema.
            NotSetUp: There is no schema.
            LedgerError: As for `read`.
        """
        db = self.open(write=write)
        try:
            with store_errors():
                found = db.execute("SELECT max(number) FROM keydesk.version").fetchone()
            _require_version(int(str(found[0])) if found and found[0] is not None else 0)
        except BaseException:
            db.close()
            raise
        return db

    def end(self) -> None:
        """Close the connections that lie idle, and from now on each one after its use: a thread may still read."""
        self._ended = True
        self.close()

    def close(self) -> None:
        """Close the connections that lie idle; the next use opens new ones."""
        with self._lock:
            idle = [db for kind in self._spare.values() for db in kind]
            self._spare = {False: [], True: []}
        for db in idle:
            db.close()

    def _do(self, work: Callable[[Connection], _T], write: bool, interest: Interest | None) -> _T:  # noqa: FBT001 - called just above
        while True:
            db, idle = self._take(write=write)
            try:
                with store_errors(), interest.on(_Reading(db)) if interest else nullcontext():
                    result = work(db)
            except StoreAway:
                db.close()
                self.close()  # a server that went away took the others with it
                if not idle:
                    raise
            except BaseException:
                self._give(db, write=write)
                raise
            else:
                self._give(db, write=write)
                return result

    def _take(self, *, write: bool) -> tuple[Connection, bool]:
        """Return a connection, and whether it had lain idle, so that it may have broken meanwhile."""
        if abs(self._clock() - self._last_used) > _RESTED:
            self.close()
        with self._lock:
            if self._spare[write]:
                return self._spare[write].pop(), True
        return self.connect(write=write), False

    def _give(self, db: Connection, *, write: bool) -> None:
        """Keep a connection for the next use, if it waits for a statement and no more."""
        with self._lock:
            self._last_used = self._clock()
            fit = not self._ended and not db.closed and not db.info.transaction_status
            if fit and len(self._spare[write]) < _SPARE:
                self._spare[write].append(db)
                return
        db.close()

    def open(self, *, write: bool) -> Connection:
        """Return a new connection to whatever the database holds; see `connect`."""
        try:
            return self._opened(write=write)
        except StoreAway as away:
            if not self._no_options and any(words in away.detail for words in _OPTIONS_REFUSED):
                self._no_options = True  # a pooler: each record says how long it waits, the bound of an answer is ours
                return self.open(write=write)
            if not write or _READ_ONLY not in away.detail:
                raise
            if (db := self._truly_writable()) is None:
                raise
            return db

    def _truly_writable(self) -> Connection | None:
        """Return a new connection to a server behind a pooler that says itself that it is no replica; else `None`."""
        db = self._opened(write=True, asks=False)
        with suppress(LedgerError), store_errors():
            if behind_pooler(db) and db.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                return db
        db.close()
        return None

    def _opened(self, *, write: bool, asks: bool = True) -> Connection:
        """Return a new connection; `asks` is whether libpq finds out itself which host can be written to."""
        try:
            from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - as below

            from tui.desk.team.bounded import BoundedConnection  # noqa: PLC0415 - a tenth of a second, and for a team only
        except ImportError:
            raise DriverMissing from None
        secret = self._secret()
        parameters = connection_parameters(self.address.dsn, self.terms, write=write, waits=not self._no_options)
        with store_errors():
            db = BoundedConnection.connect(
                make_conninfo("", **parameters | ({} if asks else {"target_session_attrs": "any"})),
                password=secret.reveal() if secret else None,
                autocommit=True,
                prepare_threshold=None,  # a pooler may hand each transaction to another server process
            )
        db.answer = self.terms.answer if write else self.terms.statement + self.terms.lock
        return db


class _Reading:
    """What a connection reads, for `Interest`."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def interrupt(self) -> None:
        """Ask PostgreSQL to stop, by a connection of its own; in a thread, since that takes a way to the server."""
        threading.Thread(target=self._cancel, daemon=True).start()

    def _cancel(self) -> None:
        with suppress(Exception):  # nobody waits for it any more, whatever comes of this
            self._db.cancel_safe(timeout=2.0)


def _require_version(number: int) -> None:
    """Raise for a schema that this keydesk was not written for."""
    if number > SCHEMA:
        raise LedgerTooNew(
            "A newer keydesk made this team's record",
            advice="Upgrade keydesk. No change can be made with this version.",
            detail=f"schema {number}, known here: {SCHEMA}",
        )
    if number < SCHEMA:
        raise NotSetUp(
            "The team's record is of an older keydesk",
            advice="Its owner brings it up to date with `keydesk team init`. No change can be made until then.",
            detail=f"schema {number}, wanted: {SCHEMA}",
        )


def behind_pooler(db: Connection) -> bool:
    """Whether something stands between keydesk and the server that may give each transaction another server process.

    A pooler invents the number by which its client may cancel a statement; a server gives that of its process.
    """
    return db.execute("SELECT pg_backend_pid()").fetchone() != (db.info.backend_pid,)


def connection_parameters(dsn: str, terms: Terms, *, write: bool, waits: bool = True) -> dict[str, str]:
    """Return the parameters by which libpq connects, as an address and the rules about TLS and waiting give them.

    Args:
        dsn: The address.
        terms: How long to wait.
        write: Whether only a host that can be written to will do.
        waits: Whether to tell the server how long to wait, which some poolers refuse.

    Raises:
        BadStore: The address cannot be read, or allows a connection to another machine without a verified certificate.
    """
    from psycopg import ProgrammingError  # noqa: PLC0415 - imported by now
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - as above

    try:
        given = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    except ProgrammingError:
        raise BadStore(advice="Write it as postgresql://ann@db.acme.example/keydesk.") from None
    if not stays_here(given):
        if given.setdefault("sslmode", "verify-full") != "verify-full":
            raise BadStore(
                f"The team's record would be reached with sslmode={given['sslmode']}",
                advice="Only verify-full proves whose server it is: leave it out. sslrootcert names the certificates.",
            )
        given.setdefault("sslrootcert", "system")
    if "service" in given:
        raise BadStore(
            "The address of the team's record names a service", advice="Name the host and the database here."
        )
    options = [given.get("options", "")]
    if waits:
        options += [f"-c {name}={value * 1000:.0f}" for name, value in session_waits(terms).items()]
    waiting = {
        "connect_timeout": f"{max(2, round(terms.connect))}", "keepalives": "1", "keepalives_idle": "10",
        "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "15000",
    }  # fmt: skip
    return {
        "host": "",
        "hostaddr": "",  # so that no PGHOST of the environment leads elsewhere
        **waiting,
        "application_name": "keydesk",
        **given,
        "client_encoding": "utf8",
        "options": " ".join(filter(None, options)),
        "target_session_attrs": "read-write" if write else given.get("target_session_attrs", "any"),
    }


def session_waits(terms: Terms) -> Mapping[str, float]:
    """Return PostgreSQL's settings about waiting, in seconds, that a session of keydesk's should have."""
    return {
        "statement_timeout": terms.statement, "lock_timeout": terms.lock,
        "idle_in_transaction_session_timeout": terms.statement,
    }  # fmt: skip


def stays_here(parameters: Mapping[str, str]) -> bool:
    """Whether an address leads to this machine alone: a socket or the loopback."""
    hosts = parameters.get("hostaddr") or parameters.get("host", "")
    return all(not host or host[0] in "/@" or _is_loopback(host) for host in hosts.split(","))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
