"""The ledger's rules: what it records, when, what it gives back, and what survives."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerError
from tui.desk.ledger.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.desk.ledger.protocol import LedgerStore

START = 1_750_000_000.0


class Clock:
    """A second passes at every look."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with contextlib.closing(Ledger(path, clock=Clock(), patience=0.0)) as opened:
        yield opened


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def test_it_is_what_the_code_above_asks_for(ledger: Ledger) -> None:
    store: LedgerStore = ledger
    assert store.open_entries() == []


def test_everything_survives_reopening(path: Path, ledger: Ledger) -> None:
    ledger.intend(INTENT)
    ledger.outcome(1, Outcome.UNKNOWN, detail="lost")
    ledger.settle(1, "ACTIVE")
    ledger.intend(INTENT)
    before, head = ledger.entries(), ledger.verify().head
    ledger.close()
    with contextlib.closing(Ledger(path)) as again:
        assert again.entries() == before
        assert again.verify(expect=head).ok
        assert again.intend(INTENT).entry == 5


def test_a_closed_ledger_opens_again_when_needed(ledger: Ledger) -> None:
    ledger.close()
    ledger.intend(INTENT)
    ledger.close()
    ledger.close()
    assert ledger.entry(1).open
    assert ledger.intend(INTENT).entry == 2


def test_reading_what_is_not_there_yet_yields_nothing_and_makes_nothing(path: Path, ledger: Ledger) -> None:
    assert ledger.entries() == ledger.open_entries() == []
    assert list(ledger.export()) == []
    assert ledger.writable() is None
    verdict = ledger.verify()
    assert (verdict.ok, verdict.count, verdict.head) == (True, 0, "0" * 64)
    with pytest.raises(LedgerError, match="no such entry"):
        ledger.entry(1)
    assert not path.parent.exists()


def test_only_this_user_can_look_in(path: Path, ledger: Ledger) -> None:
    old = os.umask(0)
    try:
        ledger.intend(INTENT)
        assert ledger.entries()
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert modes == dict.fromkeys(
        ("ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm", "ledger.sqlite3.head"), 0o600
    )
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_folder_that_was_there_keeps_its_mode(path: Path, ledger: Ledger) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o750)
    ledger.intend(INTENT)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750


def test_nothing_is_left_lying_around(path: Path, ledger: Ledger) -> None:
    ledger.outcome(ledger.intend(INTENT).entry, Outcome.DONE)
    ledger.close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["ledger.sqlite3", "ledger.sqlite3.head"]


def test_writable_and_verify_leave_the_file_as_it_is(path: Path, ledger: Ledger) -> None:
    ledger.intend(INTENT)
    ledger.close()
    before = path.read_bytes(), path.with_name("ledger.sqlite3.head").read_bytes()
    assert ledger.writable() is None
    assert ledger.verify().ok
    ledger.close()
    assert (path.read_bytes(), path.with_name("ledger.sqlite3.head").read_bytes()) == before


@pytest.mark.parametrize("statement", ["UPDATE record SET body = '{}'", "DELETE FROM record"])
def test_the_file_itself_refuses_change(path: Path, ledger: Ledger, statement: str) -> None:
    ledger.intend(INTENT)
    with contextlib.closing(sqlite3.connect(path)) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute(statement)


def test_half_characters_become_visible_and_print_anywhere(ledger: Ledger) -> None:
    ledger.intend(replace(INTENT, agent="gr\udc80ce", reason="\ud83d\ude00"))
    ledger.outcome(1, Outcome.DONE, detail="\udfff")
    entry = ledger.entry(1)
    assert (entry.intent.agent, entry.intent.reason, entry.detail) == ("gr\\udc80ce", "\\ud83d\\ude00", "\\udfff")
    assert ledger.verify().ok


def test_importing_it_loads_no_database() -> None:
    heavy = "{'sqlite3', 'hashlib', 'httpx', 'textual'}"
    script = f"import sys, tui.desk.ledger.ledger; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout.strip() == b"[]"
