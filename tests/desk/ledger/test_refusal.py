"""What keydesk did not leave as it is takes no record: a damaged file, a changed anchor, another program's database."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.ledger.one_intent import INTENT
from tests.desk.ledger.test_tampering import EDIT, anchor_of, behind_its_back, copy, fill, records, verify
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerCorrupt, LedgerError, LedgerForked, LedgerTooNew
from tui.desk.ledger.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "ledger.sqlite3"
    fill(path)
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    return copy(template, tmp_path)


def refuses(path: Path, trouble: type[LedgerError]) -> None:
    """Neither intents nor outcomes are taken, the reason is given beforehand, and the files stay as they were."""
    before = {file.name: file.read_bytes() for file in (path, anchor_of(path)) if file.is_file()}
    with contextlib.closing(Ledger(path, patience=0.0)) as ledger:
        assert type(ledger.writable()) is trouble
        with pytest.raises(trouble) as raised:
            ledger.intend(INTENT)
        assert raised.value.title
        assert raised.value.advice
        with pytest.raises(trouble):
            ledger.outcome(6, Outcome.DONE)
    assert {file.name: file.read_bytes() for file in (path, anchor_of(path)) if file.is_file()} == before


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER record_kept",
        "DROP TRIGGER record_unchanged",
        "DROP TRIGGER record_in_order",
        "DROP INDEX record_once",
        "CREATE TABLE extra (a)",
        "CREATE TRIGGER eats AFTER INSERT ON record BEGIN DELETE FROM record; END",
        "CREATE VIEW v AS SELECT 1",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 3",
        "PRAGMA application_id = 7",
        "ALTER TABLE record ADD COLUMN more TEXT",
    ],
)
def test_a_change_to_the_file_around_the_records_is_found(path: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(statement)
        db.commit()
    assert not verify(path).ok


def test_a_table_without_its_key_is_found(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE r AS SELECT * FROM record; DROP TABLE record; ALTER TABLE r RENAME TO record;")
        db.execute("INSERT INTO record SELECT * FROM record WHERE seq = 6")
        db.commit()
    found = [problem.what for problem in verify(path).problems]
    assert any("not as keydesk made it" in what for what in found)
    assert any("Its records were not read" in what for what in found)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\n",
        b"\xff" * 80,
        b"keydesk-ledger-head 1 6 " + b"0" * 64 + b"\n",
        b"keydesk-ledger-head 1 0 " + b"1" * 64 + b"\n",
        b"keydesk-ledger-head 1 99 " + b"a" * 64 + b"\n",
        b"keydesk-ledger-head 2 0 " + b"0" * 64 + b"\n",
        b"keydesk-ledger-head 1 " + b"9" * 5000,
    ],
)
def test_an_anchor_that_is_gone_or_edited_is_found_and_nothing_is_recorded(path: Path, content: bytes | None) -> None:
    if content is None:
        anchor_of(path).unlink()
    else:
        anchor_of(path).write_bytes(content)
    assert not verify(path).ok
    refuses(path, LedgerForked)


def test_a_folder_in_the_place_of_the_anchor_is_found(path: Path) -> None:
    anchor_of(path).unlink()
    anchor_of(path).mkdir()
    assert not verify(path).ok
    refuses(path, LedgerForked)


def test_an_anchor_left_behind_by_a_crash_is_fine_and_catches_up(path: Path) -> None:
    anchor_of(path).write_text(f"{records(path)[4].head}\n")
    verdict = verify(path)
    assert (verdict.ok, verdict.anchored) == (True, 5)
    with contextlib.closing(Ledger(path)) as ledger:
        ledger.intend(INTENT)
    assert verify(path).anchored == 7


@pytest.mark.parametrize(
    "statement", ["DELETE FROM record WHERE seq = 6", "DELETE FROM record", EDIT.format("body = '{}'", 6)]
)
def test_nothing_is_recorded_on_top_of_a_tampered_end(path: Path, statement: str) -> None:
    with behind_its_back(path) as db:
        db.execute(statement)
    refuses(path, LedgerForked)


def test_nothing_is_recorded_when_the_ledger_is_gone_and_its_anchor_is_not(path: Path) -> None:
    path.unlink()
    assert not verify(path).ok
    refuses(path, LedgerForked)
    assert not path.exists()


def test_nothing_is_recorded_without_the_triggers(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER record_kept")
    refuses(path, LedgerCorrupt)


def test_a_newer_ledger_is_left_untouched(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 3")
    refuses(path, LedgerTooNew)
    with contextlib.closing(Ledger(path)) as ledger, pytest.raises(LedgerTooNew, match="Upgrade"):
        ledger.entries()


def test_a_file_moved_away_under_a_running_keydesk_takes_no_more_records(path: Path) -> None:
    with contextlib.closing(Ledger(path)) as ledger:
        ledger.intend(INTENT)
        path.rename(path.with_name("elsewhere"))
        with pytest.raises(LedgerForked):
            ledger.intend(INTENT)
        assert not path.exists()


def test_a_write_ahead_log_removed_under_a_running_keydesk_is_found(path: Path) -> None:
    with contextlib.closing(Ledger(path)) as ledger:
        ledger.intend(INTENT)
        path.with_name("ledger.sqlite3-wal").unlink()
        with pytest.raises(LedgerForked):
            ledger.intend(INTENT)
    assert not verify(path).ok
    refuses(path, LedgerForked)


def test_a_lost_write_ahead_log_is_found(path: Path) -> None:
    with contextlib.closing(Ledger(path)) as ledger:
        ledger.intend(INTENT)
        kept = [path.read_bytes(), anchor_of(path).read_bytes()]
    path.write_bytes(kept[0])
    anchor_of(path).write_bytes(kept[1])
    assert not verify(path).ok
    refuses(path, LedgerForked)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_byte_of_the_file_either_does_not_matter_or_is_found(
    template: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(template.read_bytes())
    used = [index for index, byte in enumerate(content) if byte] if data.draw(st.booleans()) else range(len(content))
    place = data.draw(st.sampled_from(used))
    content[place] ^= data.draw(st.integers(1, 255))
    path = copy(template, tmp_path_factory.mktemp("bytes"))
    path.write_bytes(content)
    if verify(path).ok:
        assert records(path) == records(template)
    with contextlib.closing(Ledger(path)) as ledger, contextlib.suppress(LedgerError):
        ledger.intend(INTENT)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"",
        lambda content: b"\x00" * len(content),
        lambda content: b"not a database" * 1000,
        lambda content: content[: len(content) // 2],
        lambda content: content[:100],
        lambda content: content[:7],
        lambda content: content[:4096] + b"\xaa" * (len(content) - 4096),
    ],
)
def test_a_file_that_is_no_ledger_is_found_and_left_alone(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))
    assert not verify(path).ok
    refuses(path, LedgerCorrupt)


@pytest.mark.parametrize("statement", ["CREATE TABLE theirs (a)", "PRAGMA user_version = 1"])
def test_another_programs_database_is_left_alone(path: Path, statement: str) -> None:
    path.unlink()
    anchor_of(path).unlink()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(statement)
    assert not verify(path).ok
    refuses(path, LedgerCorrupt)
    with contextlib.closing(Ledger(path)) as ledger, pytest.raises(LedgerCorrupt):
        ledger.entries()


def test_a_folder_in_the_place_of_the_ledger_is_left_alone(path: Path) -> None:
    path.unlink()
    path.mkdir()
    assert not verify(path).ok
    refuses(path, LedgerCorrupt)
    with contextlib.closing(Ledger(path)) as ledger, pytest.raises(LedgerCorrupt):
        ledger.open_entries()


def test_an_anchor_that_stays_far_behind_is_found(path: Path) -> None:
    old = anchor_of(path).read_bytes()
    with contextlib.closing(Ledger(path)) as ledger:
        for _ in range(17):
            ledger.intend(INTENT)
    anchor_of(path).write_bytes(old)
    assert [problem.what for problem in verify(path).problems] == [
        "The anchor stayed behind at record 6 of 23: it was set back, or is held fast."
    ]
