"""Whatever is done to a ledger behind keydesk's back is found, and nothing is recorded on top of it."""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.desk.ledger.one_intent import INTENT
from tests.desk.ledger.test_ledger import Clock
from tui.desk.ledger.chain import START, Record
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.export import verify_lines
from tui.desk.ledger.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.desk.ledger.chain import ChainReport

EDIT = "UPDATE record SET {} WHERE seq = {}"
TEXT_COLUMNS = ("at", "kind", "body", "prev", "hash")


def fill(path: Path) -> None:
    """Six records: an intent and its outcome, one with an unknown outcome that was settled, one open."""
    with contextlib.closing(Ledger(path, clock=Clock())) as ledger:
        ledger.intend(INTENT)
        ledger.outcome(1, Outcome.DONE, detail="Unlocked", request_id="req1")
        ledger.intend(INTENT)
        ledger.outcome(3, Outcome.UNKNOWN)
        ledger.settle(3, "ACTIVE")
        ledger.intend(INTENT)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "ledger.sqlite3"
    fill(path)
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    return copy(template, tmp_path)


def copy(template: Path, folder: Path) -> Path:
    for name in ("ledger.sqlite3", "ledger.sqlite3.head"):
        shutil.copy(template.with_name(name), folder / name)
    return folder / "ledger.sqlite3"


@contextlib.contextmanager
def behind_its_back(path: Path) -> Iterator[sqlite3.Connection]:
    """Change the file as somebody would who knows it: triggers and index aside, and back again as they were."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        made = db.execute("SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index')").fetchall()
        db.execute("PRAGMA ignore_check_constraints = ON")
        for kind, name, _ in made:
            db.execute(f"DROP {kind} {name}")
        yield db
        for _, _, sql in made:
            with contextlib.suppress(sqlite3.IntegrityError):  # two outcomes: the index cannot come back
                db.execute(sql)


def verify(path: Path, expect: str | None = None) -> ChainReport:
    with contextlib.closing(Ledger(path)) as ledger:
        return ledger.verify(expect=expect)


def anchor_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.head")


def records(path: Path) -> list[Record]:
    with contextlib.closing(Ledger(path)) as ledger:
        rows = [json.loads(line) for line in ledger.export()]
    return [Record(**row) for row in rows]


def rewrite(path: Path, made: list[Record]) -> None:
    with behind_its_back(path) as db:
        db.execute("DELETE FROM record")
        db.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)", [record.row for record in made])


def rechain(made: list[Record]) -> list[Record]:
    """The same records numbered and hashed afresh, as a forger would."""
    head, chained = START, []
    for record in made:
        fresh = Record.after(head, record.at, record.kind, record.ref, record.body)
        chained.append(fresh)
        head = fresh.head
    return chained


def test_an_untouched_ledger_verifies(path: Path) -> None:
    verdict = verify(path)
    assert (verdict.ok, verdict.problems, verdict.count, verdict.anchored) == (True, (), 6, 6)
    assert verdict.head == records(path)[-1].hash


@pytest.mark.parametrize(
    "statement",
    [
        *(EDIT.format(f"{column} = {column} || ' '", seq) for column in TEXT_COLUMNS for seq in (1, 3, 6)),
        EDIT.format("at = '2020-01-01T00:00:00.000Z'", 1),
        EDIT.format("at = CAST(at AS BLOB)", 1),
        EDIT.format("body = CAST(X'80FF' AS TEXT)", 3),
        EDIT.format("body = CAST(body AS BLOB)", 3),
        EDIT.format("body = replace(body, 'grace', 'heidi')", 1),
        EDIT.format("""body = '{"detail":"","outcome":"refused","request_id":""}'""", 2),
        EDIT.format("kind = 'intent', ref = NULL", 2),
        EDIT.format("kind = 'settled'", 4),
        EDIT.format("ref = 3", 2),
        EDIT.format("ref = 5", 2),
        EDIT.format("ref = 1.5", 2),
        EDIT.format("ref = NULL", 2),
        EDIT.format("ref = 1", 3),
        EDIT.format("seq = 7", 6),
        EDIT.format("seq = 0", 1),
        EDIT.format("seq = -1", 1),
        "UPDATE record SET seq = seq + 1 WHERE seq = 6",
        "DELETE FROM record WHERE seq = 1",
        "DELETE FROM record WHERE seq = 3",
        "DELETE FROM record WHERE seq = 6",
        "DELETE FROM record WHERE seq > 2",
        "DELETE FROM record",
        "INSERT INTO record SELECT 7, at, kind, ref, body, prev, hash FROM record WHERE seq = 6",
        "INSERT INTO record SELECT 7, at, 'outcome', 1, body, hash, hash FROM record WHERE seq = 6",
        "INSERT INTO record SELECT 0, at, kind, ref, body, prev, hash FROM record WHERE seq = 1",
        "DROP TABLE record",
    ],
)
def test_a_change_to_the_records_is_found(path: Path, statement: str) -> None:
    try:
        with behind_its_back(path) as db:
            db.execute(statement)
            changed = db.total_changes or "DROP" in statement
    except sqlite3.OperationalError:  # without the table, the triggers cannot come back
        changed = True
    assert changed
    verdict = verify(path)
    assert not verdict.ok
    assert all(problem.what.endswith(".") for problem in verdict.problems)


@pytest.mark.parametrize(("first", "second"), [(1, 3), (2, 4), (5, 6)])
@pytest.mark.parametrize(
    "columns", [{"at", "kind", "ref", "body"}, {"at", "kind", "ref", "body", "prev", "hash"}, {"at"}]
)
def test_swapped_records_are_found(path: Path, first: int, second: int, columns: set[str]) -> None:
    made = [_fields(record) for record in records(path)]
    for column in columns:
        made[first - 1][column], made[second - 1][column] = made[second - 1][column], made[first - 1][column]
    rewrite(path, [Record(**fields) for fields in made])
    assert not verify(path).ok


@pytest.mark.parametrize("start", range(6))
def test_a_chain_rewritten_with_fresh_hashes_is_found_by_the_anchor(path: Path, start: int) -> None:
    made = records(path)
    made[start] = Record(**{**_fields(made[start]), "at": "2020-01-01T00:00:00.000Z"})
    rewrite(path, rechain(made))
    verdict = verify(path)
    assert [problem.seq for problem in verdict.problems] == [6]
    assert "rewritten" in verdict.problems[0].what


def test_a_ledger_and_anchor_rewritten_together_are_found_by_a_hash_noted_elsewhere(path: Path) -> None:
    noted = verify(path).head
    forged = rechain(records(path)[:2])
    rewrite(path, forged)
    anchor_of(path).write_text(f"{forged[-1].head}\n")
    assert verify(path).ok  # this is what no file on one machine can tell
    assert not verify(path, expect=noted).ok


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (("outcome", 3, '{"detail":"","outcome":"done","request_id":""}'), "second outcome"),
        (("outcome", 2, '{"detail":"","outcome":"done","request_id":""}'), "not in the ledger"),
        (("outcome", 99, '{"detail":"","outcome":"done","request_id":""}'), "not in the ledger"),
        (("settled", 1, '{"what":"x"}'), "not open"),
        (("settled", 3, '{"what":"x"}'), "not open"),
        (("outcome", 6, '{"outcome":"perhaps"}'), "cannot be read"),
        (("outcome", 6, "[" * 100_000), "cannot be read"),
        (("intent", None, "{}"), "cannot be read"),
        (("intent", 1, "{}"), "refers"),
        (("blessed", 1, "{}"), "kind"),
    ],
)
def test_a_well_hashed_record_that_keydesk_never_writes_is_found(
    path: Path, extra: tuple[str, int | None, str], words: str
) -> None:
    made = records(path)
    made.append(Record.after(made[-1].head, "2026-01-01T00:00:00.000Z", *extra))
    rewrite(path, made)
    anchor_of(path).write_text(f"{made[-1].head}\n")
    assert any(words in problem.what for problem in verify(path).problems if problem.seq == 7)


def test_a_well_hashed_time_that_cannot_be_read_is_found(path: Path) -> None:
    made = rechain([Record(**{**_fields(record), "at": "yesterday"}) for record in records(path)])
    rewrite(path, made)
    anchor_of(path).write_text(f"{made[-1].head}\n")
    assert {problem.what for problem in verify(path).problems} == {"Its time cannot be read."}


def test_one_damaged_body_does_not_hide_the_others(path: Path) -> None:
    with behind_its_back(path) as db:
        db.execute("UPDATE record SET body = substr(body, 1, 20) WHERE seq IN (1, 4, 5)")
        db.execute("UPDATE record SET at = 'never' WHERE seq IN (1, 4, 5)")
    with contextlib.closing(Ledger(path)) as ledger:
        third, second, first = ledger.entries()[0], ledger.entries()[1], ledger.entries()[2]
    assert (third.intent, third.readable) == (INTENT, True)
    assert (second.intent, second.outcome, second.open, second.readable) == (INTENT, None, False, False)
    assert (first.intent.title, first.outcome, first.readable) == ("This entry cannot be read", Outcome.DONE, False)


def test_a_damaged_outcome_is_not_an_outcome(path: Path) -> None:
    with behind_its_back(path) as db:
        db.execute("UPDATE record SET body = substr(body, 1, length(body) - 1) WHERE seq = 2")
    with contextlib.closing(Ledger(path)) as ledger:
        assert [entry.seq for entry in ledger.open_entries()] == [6, 1]


@pytest.mark.parametrize("noted", range(6))
def test_a_hash_noted_earlier_is_looked_for(path: Path, noted: int) -> None:
    kept = records(path)[noted].hash
    assert verify(path, expect=f" {kept.upper()}\n").ok
    assert not verify(path, expect=kept[:-1]).ok
    assert not verify(path, expect="").ok


def _fields(record: Record) -> dict[str, Any]:
    return dict(zip(("seq", "at", "kind", "ref", "body", "prev", "hash"), record.row, strict=True))


def _lines(template: Path) -> list[str]:
    with contextlib.closing(Ledger(template)) as ledger:
        return list(ledger.export())


_values = st.one_of(st.none(), st.booleans(), st.integers(-3, 9), st.floats(allow_nan=False), st.text(max_size=5))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_change_to_any_stored_value_is_found(template: Path, data: st.DataObject) -> None:
    lines = _lines(template)
    index = data.draw(st.integers(0, len(lines) - 1))
    row = json.loads(lines[index])
    column = data.draw(st.sampled_from(sorted(row)))
    old = row[column]
    if isinstance(old, str) and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(old)))
        cut = data.draw(st.integers(0, 1))
        row[column] = old[:place] + data.draw(st.text(max_size=1)) + old[place + cut :]
    else:
        row[column] = data.draw(_values)
    assume((row[column], type(row[column])) != (old, type(old)))
    lines[index] = json.dumps(row)
    assert not verify_lines(lines).ok


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_other_order_or_number_of_records_is_found(template: Path, data: st.DataObject) -> None:
    lines = _lines(template)
    head = json.loads(lines[-1])["hash"]
    chosen = data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=8))
    changed = [lines[index] for index in chosen]
    assert verify_lines(changed, expect=head).ok is (changed == lines)


@pytest.mark.parametrize("kept", [kept for size in range(6) for kept in itertools.combinations(range(6), size)])
def test_any_set_of_deleted_rows_is_found(path: Path, kept: tuple[int, ...]) -> None:
    rewrite(path, [record for index, record in enumerate(records(path)) if index in kept])
    assert not verify(path).ok
