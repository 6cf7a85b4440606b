"""Makes a team's schema, and lets roles in; run by the owner of the database. The SQL stands in `migrations/`."""

from __future__ import annotations

from contextlib import closing
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.connectors.store_address import StoreAddress
from tui.desk.ledger.errors import LedgerTooNew
from tui.desk.team.database import SCHEMA, Database
from tui.desk.team.trouble import store_errors

if TYPE_CHECKING:
    from collections.abc import Collection

    import psycopg

_LOCK: Final = 0x4B44534B  # "KDSK"; one process at a time changes the schema
SEARCH: Final = """
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA keydesk;
CREATE INDEX IF NOT EXISTS record_words ON keydesk.record USING gin (words keydesk.gin_trgm_ops);
"""


class Admission(Struct, frozen=True):
    """A role that is let in.

    Attributes:
        role: The database role; it is made, without a password, where there is none.
        machine: Whether it belongs to a machine, as in `StoreAddress`.
        leads: Whether it may change the desk's rules.
    """

    role: str
    machine: bool = False
    leads: bool = False


def migrations() -> dict[int, str]:
    """Return the SQL of all migrations by their number."""
    folder = files("tui.desk.team") / "migrations"
    found = (path for path in folder.iterdir() if path.name.endswith(".sql"))
    return {int(path.name.partition("_")[0]): path.read_text("utf-8") for path in found}


def version_of(db: psycopg.Connection[tuple[object, ...]]) -> int:
    """Return the number of the newest migration that a database has; 0 for none."""
    with store_errors():
        if db.execute("SELECT to_regclass('keydesk.version')").fetchone() == (None,):
            return 0
        row = db.execute("SELECT max(number) FROM keydesk.version").fetchone()
    return int(str(row[0])) if row and row[0] is not None else 0


def bring_up_to_date(db: psycopg.Connection[tuple[object, ...]]) -> list[int]:
    """Run the migrations that a database lacks, each in one transaction and under a lock; return their numbers.

    Raises:
        LedgerTooNew: A newer keydesk has made the schema.
        LedgerError: The role may not, or the database is away; a migration that failed left nothing.
    """
    done = []
    for number, text in sorted(migrations().items()):
        with store_errors(), db.transaction():
            db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            have = version_of(db)
            if have > SCHEMA:
                raise LedgerTooNew(
                    "A newer keydesk made this team's record",
                    advice="Upgrade keydesk. Nothing was changed.",
                    detail=f"schema {have}, known here: {SCHEMA}",
                )
            if number > have:
                db.execute(text.encode())
                db.execute("INSERT INTO keydesk.version (number) VALUES (%s)", (number,))
                done.append(number)
    return done


def add_trigrams(db: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Make the index by which a large ledger is searched quickly; `False` where the server has no pg_trgm."""
    with store_errors():
        if not db.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'").fetchone():
            return False
        with db.transaction():
            db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            db.execute(SEARCH.encode())
    return True


def add_digests(db: psycopg.Connection[tuple[object, ...]], at_once: int = 64) -> int:
    """Make what short texts are looked for by, where records were there before; returns for how many blocks.

    Agents go on recording meanwhile: each of many transactions holds the chain for some tenths of a second.
    """
    made = 0
    with store_errors():
        for (org,) in db.execute("SELECT org FROM keydesk.chain ORDER BY org").fetchall():
            done = at_once
            while done == at_once:
                with db.transaction():
                    db.execute("SELECT 1 FROM keydesk.chain WHERE org = %s FOR UPDATE", (org,))
                    row = db.execute("SELECT keydesk.digest_next(%s, %s)", (org, at_once)).fetchone()
                done = int(str(row[0])) if row else 0
                made += done
    return made


def admit(db: psycopg.Connection[tuple[object, ...]], origin: str, admissions: Collection[Admission]) -> list[str]:
    """Let roles work for an org, and make the org's chain where there is none; returns the roles that were made."""
    from psycopg import sql  # noqa: PLC0415 - imported by now

    made = []
    with store_errors(), db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        db.execute("INSERT INTO keydesk.chain (origin) VALUES (%s) ON CONFLICT DO NOTHING", (origin,))
        for one in admissions:
            if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (one.role,)).fetchone():
                db.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(one.role)))
                made.append(one.role)
            db.execute(sql.SQL("GRANT keydesk_agent TO {}").format(sql.Identifier(one.role)))
            db.execute(
                "INSERT INTO keydesk.member (role, org, machine, leads) "
                "SELECT %s, org, %s, %s FROM keydesk.chain WHERE origin = %s "
                "ON CONFLICT (role, org) DO UPDATE SET machine = EXCLUDED.machine, leads = EXCLUDED.leads",
                (one.role, one.machine, one.leads, origin),
            )
    return made


def owner_connection(dsn: str) -> closing[psycopg.Connection[tuple[object, ...]]]:
    """Return a connection for the owner, by an address whose password libpq finds (PGPASSWORD, a password file)."""
    return closing(Database(StoreAddress(dsn)).open(write=True))
