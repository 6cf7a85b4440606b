"""What killed processes left is cleared; what the file may define; what a verified ledger proves, and no more."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.desk.ledger.one_intent import INTENT
from tests.desk.ledger.test_ledger import Clock
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerCorrupt
from tui.desk.ledger.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from tui.desk.ledger.chain import ChainReport

ENDED = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True).stdout


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite3"
    with closing(Ledger(path, clock=Clock())) as ledger:
        ledger.intend(INTENT)
        ledger.outcome(1, Outcome.DONE)
    return path


def record(path: Path) -> None:
    with closing(Ledger(path, clock=Clock())) as ledger:
        ledger.intend(INTENT)


def test_drafts_of_a_killed_process_are_cleared_and_nothing_else(path: Path) -> None:
    ended, running = int(ENDED), os.getppid()
    left = [
        f"ledger.sqlite3.head.{ended}-7f00",
        f"ledger.sqlite3.new-{ended}-7f00",
        f"ledger.sqlite3.new-{ended}-7f00-wal",
    ]
    kept = [
        f"ledger.sqlite3.head.{running}-7f00",
        "ledger.sqlite3.head.bak",
        "ledger.sqlite3.head.old-7f00",
        "notes.txt",
    ]
    for name in (*left, *kept):
        path.with_name(name).write_text("half")
    record(path)
    names = {one.name for one in path.parent.iterdir()}
    assert not names & set(left)
    assert names >= {*kept, "ledger.sqlite3", "ledger.sqlite3.head"}


def test_an_abandoned_draft_goes_although_its_number_is_in_use_again(path: Path) -> None:
    draft = path.with_name(f"ledger.sqlite3.head.{os.getppid()}-7f00")
    draft.write_text("half")
    os.utime(draft, (0, 0))
    record(path)
    assert not draft.exists()


FOREIGN = {
    "a view in the place of the table": "ALTER TABLE record RENAME TO kept; CREATE VIEW record AS SELECT * FROM kept",
    "another table": "CREATE TABLE more (x)",
    "another trigger": "CREATE TRIGGER more AFTER INSERT ON record BEGIN SELECT 1; END",
    "another index": "CREATE INDEX more ON record (abs(seq))",
}


@pytest.mark.parametrize("statement", FOREIGN.values(), ids=FOREIGN)
def test_what_is_not_ours_is_refused_before_a_row_is_read(
    path: Path, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(statement)
    monkeypatch.setattr("tui.desk.ledger.entry.read_entry", lambda _: pytest.fail("a row was read"))
    monkeypatch.setattr("tui.desk.ledger.chain.Record.read", lambda _: pytest.fail("a row was read"))
    with closing(Ledger(path, clock=Clock())) as ledger:
        for look in (ledger.entries, ledger.open_entries, ledger.notices, lambda: list(ledger.export())):
            with pytest.raises(LedgerCorrupt):
                look()
        with pytest.raises(LedgerCorrupt):
            ledger.intend(INTENT)
        report = ledger.verify()
    assert not report.ok
    assert report.count == 0
    assert any("Its records were not read" in problem.what for problem in report.problems)


def verified(path: Path, expect: str | None = None) -> ChainReport:
    with closing(Ledger(path)) as ledger:
        return ledger.verify(expect=expect)


def test_a_verified_ledger_claims_what_is_proven(path: Path) -> None:
    before = verified(path)
    assert "Who may write both files can still have rewritten them" in before.claim
    assert "behind" not in before.claim
    anchor = path.with_name("ledger.sqlite3.head")
    held = anchor.read_bytes()
    record(path)
    anchor.write_bytes(held)  # as after a kill between the record and its anchor
    assert "The anchor is 1 behind, so records cut off after it would not show." in verified(path).claim
    noted = verified(path, before.head)
    assert noted.ok
    assert noted.claim.startswith("Nothing up to record 2 was rewritten since its hash was noted.")
