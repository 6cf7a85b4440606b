"""A ledger of one machine in a team's: nothing is lost on the way, nothing damaged is taken over."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tests.postgres import shared_database
from tui.desk.ledger.entry import Outcome, canonical
from tui.desk.ledger.errors import LedgerCorrupt
from tui.desk.ledger.ledger import Ledger
from tui.desk.ledger.verified import ATTESTED, RAISED, proof_lines
from tui.desk.team.carry import Carried, carry_over
from tui.desk.verification.alerts import alert_in
from tui.desk.verification.kept import proofs_in

if TYPE_CHECKING:
    from pathlib import Path


def test_two_agents_ledgers_become_one(tmp_path: Path) -> None:
    team = shared_database()
    origin = team.new_org()
    mine, theirs = replace(INTENT, org=origin, agent="tess at home"), replace(INTENT, org="https://other.okta.com")
    theirs_here = replace(mine, proof=canonical({"tier": 2, "used": [1]}))
    vouched = replace(mine, action=ATTESTED, calls=(), proof=canonical({"purpose": "unlock", "kind": "video"}))
    alert = replace(mine, action=RAISED, calls=(), person_id="", proof=canonical({"until": 4e9}))
    with (
        closing(Ledger(tmp_path / "a" / "ledger.sqlite3")) as first,
        closing(Ledger(tmp_path / "b" / "ledger.sqlite3")) as second,
        closing(team.ledger(origin)) as target,
        closing(psycopg.connect(team.owner, autocommit=True)) as db,
    ):
        first.outcome(first.intend(mine).entry, Outcome.UNKNOWN, detail="lost\0")
        first.intend(mine)
        for intent in (vouched, alert):
            first.outcome(first.intend(intent).entry, Outcome.DONE, detail="passed")
        head = first.verify().head
        for intent in (theirs, theirs_here):
            second.outcome(second.intend(intent).entry, Outcome.UNKNOWN)
        second.settle(3, "seen")
        assert carry_over(db, first, target, origin) == Carried(7, 7, 0, same_chain=True)
        assert target.verify(expect=head).ok  # a head that was noted before is found
        assert target.entries() == first.entries()
        assert [entry.seq for entry in target.open_entries()] == [3, 1]
        assert carry_over(db, second, target, origin) == Carried(3, 3, 2, same_chain=False)
        assert carry_over(db, first, target, origin) == Carried(7, 0, 0, same_chain=True)
        newest = target.entries(text="tess at home", limit=1)[0]
        assert (newest.seq, newest.settled) == (8, "seen")
        told = dict(proof_lines(newest))["Proven by"]
        assert told == "the caller, in entry 1 (numbers of the ledger that was carried over)"
        assert [newest.renumbered, target.entry(1).renumbered] == [True, False]
        # The alert goes on for a day from when it was raised, and the proof belongs to the name of before.
        assert [alert_in(ledger.entries(), time.time()) for ledger in (first, target)].count(None) == 0
        assert [(proof.agent, proof.entries) for proof in proofs_in(target.entries())] == [("tess at home", (4,))]
        assert target.intend(replace(mine, agent="grace")).entry == 11  # what was left open long ago is in nobody's way
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
