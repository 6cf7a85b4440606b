"""A desk's record in both of its places, each as an agent opens it: SQLite on this machine, PostgreSQL for a team."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tests.postgres import shared_database
from tui.desk.ledger.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import TeamDatabase
    from tui.desk.ledger.entry import Intent
    from tui.desk.ledger.protocol import LedgerStore


@dataclass
class DeskRecord:
    """One record of one org, new and empty.

    Attributes:
        path: The folder of the SQLite file; `None` for PostgreSQL.
        origin: The org's origin.
        team: The way to the database; that of the tests by default.
    """

    path: Path | None
    origin: str
    team: TeamDatabase | None = None

    def open(self, agent: str = "grace") -> LedgerStore:
        """Open it as an agent; each call stands for a keydesk of its own."""
        if self.path is not None:
            return Ledger(self.path / "ledger.sqlite3")
        return (self.team or shared_database()).ledger(self.origin, agent)

    def intent(self, **changes: Any) -> Intent:  # noqa: ANN401 - the fields of an intent
        return replace(INTENT, **{"org": self.origin, **changes})

    def tamper(self, statement: str) -> None:
        """Change the database as its owner could, with all that protects it out of the way."""
        if self.path is not None:
            with closing(Ledger(self.path / "ledger.sqlite3")) as ledger, ledger._file.reading():
                pass
            import sqlite3  # noqa: PLC0415 - tests of a team's record do without it

            with closing(sqlite3.connect(self.path / "ledger.sqlite3", isolation_level=None)) as db:
                for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                    db.execute(f"DROP TRIGGER {name}")
                db.execute(statement)
            return
        with closing(psycopg.connect(shared_database().owner, autocommit=True)) as db:
            number = db.execute("SELECT org FROM keydesk.chain WHERE origin = %s", (self.origin,)).fetchone()
            assert number is not None
            where = "AND" if "WHERE" in statement else "WHERE"
            db.execute(f"{statement.replace(' record', ' keydesk.record')} {where} org = {number[0]}".encode())


def desk_record(kind: str, path: Path) -> DeskRecord:
    """A new record, `sqlite` or `postgresql`."""
    if kind == "sqlite":
        return DeskRecord(path, INTENT.org)
    return DeskRecord(None, shared_database().new_org())
