"""A ledger of one machine in a team's: nothing is lost on the way, nothing damaged is taken over."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.desk.ledger.one_intent import INTENT
from tests.postgres import shared_database
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerCorrupt
from tui.desk.ledger.ledger import Ledger
from tui.desk.team.carry import Carried, carry_over

if TYPE_CHECKING:
    from pathlib import Path


def test_two_agents_ledgers_become_one(tmp_path: Path) -> None:
    team = shared_database()
    origin = team.new_org()
    mine, theirs = replace(INTENT, org=origin, agent="tess at home"), replace(INTENT, org="https://other.okta.com")
    with (
        closing(Ledger(tmp_path / "a" / "ledger.sqlite3")) as first,
        closing(Ledger(tmp_path / "b" / "ledger.sqlite3")) as second,
        closing(team.ledger(origin)) as target,
        closing(psycopg.connect(team.owner, autocommit=True)) as db,
    ):
        first.outcome(first.intend(mine).entry, Outcome.UNKNOWN, detail="lost\0")
        first.intend(mine)
        head = first.verify().head
        for intent in (theirs, mine):
            second.outcome(second.intend(intent).entry, Outcome.UNKNOWN)
        second.settle(3, "seen")
        assert carry_over(db, first, target, origin) == Carried(3, 3, 0, same_chain=True)
        assert target.verify(expect=head).ok  # a head that was noted before is found
        assert target.entries() == first.entries()
        assert [entry.seq for entry in target.open_entries()] == [3, 1]
        assert carry_over(db, second, target, origin) == Carried(3, 3, 2, same_chain=False)
        assert carry_over(db, first, target, origin) == Carried(3, 0, 0, same_chain=True)
        newest = target.entries(text="tess at home", limit=1)[0]
        assert (newest.seq, newest.settled) == (4, "seen")
        assert target.intend(replace(mine, agent="grace")).entry == 7  # what was left open long ago is in nobody's way
        assert target.verify().ok


def test_a_damaged_ledger_is_carried_nowhere(tmp_path: Path) -> None:
    team = shared_database()
    origin, path = team.new_org(), tmp_path / "ledger.sqlite3"
    with (
        closing(Ledger(path)) as source,
        closing(team.ledger(origin)) as target,
        closing(psycopg.connect(team.owner, autocommit=True)) as db,
    ):
        source.intend(replace(INTENT, org=origin))
        source.close()
        with closing(sqlite3.connect(path)) as file:
            file.execute("DROP TRIGGER record_unchanged")
            file.execute("UPDATE record SET body = replace(body, 'Ada', 'Eve')")
            file.commit()
        with pytest.raises(LedgerCorrupt, match="nothing was carried over"):
            carry_over(db, source, target, origin)
        assert target.newest() == 0
