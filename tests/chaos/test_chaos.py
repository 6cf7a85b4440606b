"""A bounded few runs of the checker, and that the checker itself finds what is wrong."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
from msgspec.structs import replace

from tests.chaos.run import FAULTS, RunReport, check, run
from tests.desk.ledger.one_intent import INTENT
from tests.desk.team.test_faults import team
from tests.postgres import shared_database
from tui.desk.ledger.entry import Outcome

if TYPE_CHECKING:
    from pathlib import Path


def test_a_few_runs_leave_a_whole_history(tmp_path: Path) -> None:
    server, database = team()
    for seed, agents in ((3, 2), (5, 2)):  # crash, restart, a silent line; a silent line, cut connections, a lock
        folder = tmp_path / str(seed)
        folder.mkdir()
        report = run(server, database, folder, seed, agents=agents, steps=20)
        assert report.problems == []
        assert len(report.faults) == 3
        assert set(report.faults) <= set(FAULTS)
        assert report.records > 0


def test_the_checker_finds_what_was_lost_doubled_or_forged(tmp_path: Path) -> None:
    database = shared_database()
    origin, file = database.new_org(), tmp_path / "told"
    told = [
        {"kind": "intend", "name": "grace 1", "told": "done", "answer": 1},
        {"kind": "outcome", "name": "grace 2", "told": "done", "answer": None, "seq": 1},
        {"kind": "intend", "name": "grace 3", "told": "done", "answer": 7},
        {"kind": "claim", "name": "ann 1", "told": "done", "answer": None, "key": "k"},
    ]
    file.write_text("".join(json.dumps(one) + "\n" for one in told) + '{"half')
    with closing(database.ledger(origin)) as ledger:
        intent = replace(INTENT, org=origin, reason="grace 1")
        ledger.outcome(ledger.intend(intent).entry, Outcome.DONE, detail="something else")
        ledger.intend(intent)
        ledger.intend(replace(intent, reason="nobody's"))
    with closing(psycopg.connect(database.owner, autocommit=True)) as db:
        db.execute("UPDATE keydesk.record SET role = 'ann' WHERE seq = 1 AND body LIKE %s", (f"%{origin}%",))
    report = RunReport(0)
    check(database, origin, [file], report)
    assert report.problems == [
        "record 1: It stands in the name grace, and was recorded by ann.",
        "grace 1 is there 2 times",
        "nobody asked for nobody's",
        "outcome of grace 2 is not in entry 1",
        "entry 7 of grace 3 is lost",
    ]
