"""Checks a team's database from an agent's place: rights, TLS, poolers, clock, replicas; each lack with its cure."""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.ledger.errors import LedgerError
from tui.desk.team.database import behind_pooler, connection_parameters, session_waits, stays_here
from tui.desk.team.trouble import store_errors
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.desk.team.database import Connection, Database

_SLOW: Final = 0.15
_OFF: Final = 2.0
_BEHIND: Final = 10.0
_ROUNDS: Final = 5


class StoreFinding(Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        what: What was looked at, in a word or two.
        fine: Whether it is as it should be.
        said: What was found.
        cure: What to do about a lack, or to have it better; empty where there is nothing to do.
    """

    what: str
    fine: bool
    said: str
    cure: str = ""


def check_store(database: Database, origin: str, clock: Callable[[], float] = time.time) -> Iterator[StoreFinding]:
    """Yield what was found, one after the other; it waits for the database, and changes nothing.

    Args:
        database: The database, as an agent reaches it.
        origin: The origin of the agent's org.
        clock: The clock of this machine, in seconds since 1970.

    Raises:
        LedgerError: The database cannot be reached, or holds no record of keydesk's; there is nothing more to look at.
    """
    db = database.connect(write=True)
    try:
        with store_errors():
            pooled = behind_pooler(db)
            yield _server(db, database)
            yield _pooler(database, pooled=pooled)
            yield _tls(db, database, pooled=pooled)
            yield _membership(db, database, origin)
            yield _rights(db)
            yield _latency(db)
            yield _clock(db, clock)
            yield _safety(db)
            yield _waits(db, database)
            yield _search(db)
            yield _notifications(db, database, pooled=pooled)
    finally:
        db.close()
    yield _replica(database)


def _one(db: Connection, query: str, *values: object) -> tuple[object, ...]:
    return db.execute(query.encode(), values).fetchone() or ()


def _server(db: Connection, database: Database) -> StoreFinding:
    version, role = _one(db, "SELECT current_setting('server_version'), session_user::text")
    said, mine = f"PostgreSQL {plain(version)}, as {plain(role)}", database.address.role
    if role != mine:
        return StoreFinding(
            "Server", False, f"{said}, and not as {plain(mine)}, whom the address names",
            "A pooler that logs in with one name for all makes one agent of them: take `user=` out of the line of this "
            "database in pgbouncer.ini.",
        )  # fmt: skip
    return StoreFinding("Server", True, said)


def _pooler(database: Database, *, pooled: bool) -> StoreFinding:
    if not pooled:
        return StoreFinding("Pooler", True, "none: this is the server itself")
    with closing(database.connect(write=True)) as db:  # one of its own, since the pooler may end it over this
        try:
            with store_errors(), db.transaction():
                _one(db, "SELECT 1")
        except LedgerError as error:
            return StoreFinding(
                "Pooler", False, f"lets no transaction through: {plain(error.detail, limit=120)}",
                "Set pool_mode = transaction for this database in pgbouncer.ini; notices cannot be claimed otherwise.",
            )  # fmt: skip
    return StoreFinding("Pooler", True, "one is in between, and lets transactions through")


def _tls(db: Connection, database: Database, *, pooled: bool) -> StoreFinding:
    here = stays_here(connection_parameters(database.address.dsn, database.terms, write=True))
    if not db.pgconn.ssl_in_use:
        if here:
            return StoreFinding("TLS", True, f"not used: the {'pooler' if pooled else 'database'} is on this machine")
        return StoreFinding(
            "TLS", False, "not used", "Leave sslmode out of the address, and have the server offer TLS."
        )
    ssl, version, local = _one(
        db, "SELECT ssl, version, inet_client_addr() IS NULL OR inet_client_addr() = inet_server_addr() "
        "FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    ) or (False, "", False)  # fmt: skip
    if not pooled:
        return StoreFinding("TLS", True, f"{plain(version)}, the server's certificate verified")
    if not ssl and not local:
        return StoreFinding(
            "TLS", False, "as far as the pooler, and not from there to the server",
            "Set server_tls_sslmode = verify-full and server_tls_ca_file in pgbouncer.ini.",
        )  # fmt: skip
    return StoreFinding("TLS", True, "the pooler's certificate verified; what the pooler verifies is its own matter")


def _membership(db: Connection, database: Database, origin: str) -> StoreFinding:
    machine, leads = _one(db, "SELECT machine, leads FROM keydesk.membership(%s)", origin)
    if bool(machine) is not database.address.machine:
        side = "a machine" if machine else "one agent"
        return StoreFinding(
            "Membership", False, f"the record knows this role as that of {side}",
            f"Set machine = {str(bool(machine)).lower()} in the connector's store.",
        )  # fmt: skip
    return StoreFinding("Membership", True, f"works for {plain(origin)}{', leads the desk' if leads else ''}")


def _rights(db: Connection) -> StoreFinding:
    may = _one(
        db,
        "SELECT rolsuper, pg_has_role(session_user, relowner, 'MEMBER'), "
        "has_table_privilege(session_user, 'keydesk.record', 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') "
        "FROM pg_roles, pg_class WHERE rolname = session_user AND pg_class.oid = 'keydesk.record'::regclass",
    )
    if any(may):
        return StoreFinding(
            "Rights", False, "this role could change history",
            "Connect as a role that is only a member of keydesk_agent, and not as the owner or a superuser.",
        )  # fmt: skip
    return StoreFinding("Rights", True, "adds records in its own name, and can change none")


def _latency(db: Connection) -> StoreFinding:
    times = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        _one(db, "SELECT 1")
        times.append(time.perf_counter() - start)
    took = statistics.median(times)
    cure = "" if took < _SLOW else "Put the database nearer, or keydesk: each record waits for one way there and back."
    return StoreFinding("Latency", took < _SLOW, f"{took * 1000:.1f} ms", cure)


def _clock(db: Connection, clock: Callable[[], float]) -> StoreFinding:
    before = clock()
    (theirs,) = _one(db, "SELECT extract(epoch FROM clock_timestamp())")
    off = float(str(theirs)) - (before + clock()) / 2
    fine = abs(off) <= _OFF
    cure = "" if fine else "Have both machines set their clocks by NTP. Records carry the database's time."
    return StoreFinding("Clock", fine, f"the database's is {abs(off):.1f} s {'ahead' if off > 0 else 'behind'}", cure)


def _safety(db: Connection) -> StoreFinding:
    fsync, commit = _one(db, "SELECT current_setting('fsync'), current_setting('synchronous_commit')")
    if fsync != "on":
        return StoreFinding(
            "Safety", False, "a crash of the server could lose records", "Set fsync = on at the server."
        )
    used = "on" if commit == "off" else commit  # each record sees to that itself
    return StoreFinding("Safety", True, f"a record is on disk before it is said to be (synchronous_commit {used})")


def _waits(db: Connection, database: Database) -> StoreFinding:
    wanted = session_waits(database.terms)
    lacking = [name for name in wanted if _one(db, "SELECT current_setting(%s)", name) == ("0",)]
    if lacking:
        name = plain(db.info.dbname)
        settings = " ".join(f"ALTER DATABASE {name} SET {one} = '{wanted[one]:g}s';" for one in lacking)
        return StoreFinding(
            "Waits", False, f"a pooler keeps back how long to wait, and the server ends nothing: {', '.join(lacking)}",
            f"As the database's owner: {settings}",
        )  # fmt: skip
    return StoreFinding("Waits", True, "the server ends what hangs")


def _search(db: Connection) -> StoreFinding:
    if _one(db, "SELECT to_regclass('keydesk.record_words')") == (None,):
        return StoreFinding(
            "Search", False, "without an index: a ledger of many years is searched slowly",
            "Install PostgreSQL's contrib package, which has pg_trgm; then the owner runs `keydesk team init` again.",
        )  # fmt: skip
    return StoreFinding("Search", True, "by trigrams")


def _notifications(db: Connection, database: Database, *, pooled: bool) -> StoreFinding:
    if pooled:
        within = f"{database.terms.look:g} s"
        return StoreFinding(
            "Notifications", True, f"not used through a pooler: what others record shows within {within}",
            "To see it at once, let keydesk connect to the server itself.",
        )  # fmt: skip
    db.execute("LISTEN keydesk_check")
    with closing(database.connect(write=True)) as another:
        another.execute("SELECT pg_notify('keydesk_check', '')")
    heard = list(db.notifies(timeout=2.0, stop_after=1))
    if not heard:
        return StoreFinding(
            "Notifications", False, "do not arrive, so what others record shows some seconds later",
            "Something between keydesk and the server keeps them back; let keydesk connect to the server itself.",
        )  # fmt: skip
    return StoreFinding("Notifications", True, "arrive")


def _replica(database: Database) -> StoreFinding:
    def lag(db: Connection) -> tuple[object, ...]:
        return _one(
            db,
            "SELECT pg_is_in_recovery(), extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), "
            "pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()",
        )

    replica, seconds, all_of_it = database.read(lag)
    if not replica:
        return StoreFinding("Replica", True, "none is read: the address leads to the primary")
    behind = 0.0 if all_of_it or seconds is None else float(str(seconds))
    cure = (
        "" if behind < _BEHIND else "Look at the replication; what others recorded is missing on the screens so long."
    )
    return StoreFinding("Replica", behind < _BEHIND, f"the ledger is read from a replica, {behind:.0f} s behind", cure)
