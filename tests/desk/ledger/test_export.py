"""The ledger taken elsewhere: it verifies there, and a spreadsheet shows it without running any of it."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tests.desk.ledger.test_ledger import Clock
from tests.each import each
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.export import CSV_COLUMNS, verify_lines
from tui.desk.ledger.ledger import Ledger
from tui.desk.text.plain import csv_cell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with contextlib.closing(Ledger(tmp_path / "ledger.sqlite3", clock=Clock())) as opened:
        opened.intend(INTENT)
        opened.outcome(1, Outcome.UNKNOWN, detail="lost\nagain", request_id="req1")
        opened.settle(1, "ACTIVE")
        opened.intend(replace(INTENT, reason="=HYPERLINK(1)"))
        yield opened


def test_an_export_verifies_elsewhere(ledger: Ledger) -> None:
    lines = list(ledger.export())
    assert verify_lines(lines) == replace(ledger.verify(), anchored=None)
    assert verify_lines(lines, expect=ledger.verify().head).ok
    assert not verify_lines(lines[:-1], expect=ledger.verify().head).ok


def test_an_export_verifies_without_keydesk(ledger: Ledger) -> None:
    prev = "0" * 64
    for line in ledger.export():
        row = json.loads(line)
        text = json.dumps([row[name] for name in ("seq", "at", "kind", "ref", "body", "prev")], separators=(",", ":"))
        assert row["hash"] == hashlib.sha256(text.encode()).hexdigest()
        assert row["prev"] == prev
        prev = row["hash"]


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", "null", "[" * 100_000, '{"seq":1}'])
def test_a_line_that_is_no_record_is_found(ledger: Ledger, line: str) -> None:
    lines = [*ledger.export(), line]
    assert [problem.what for problem in verify_lines(lines).problems] == ["Line 5 is not a record."]


def test_an_export_of_many_records_holds_them_all(tmp_path: Path) -> None:
    with contextlib.closing(Ledger(tmp_path / "ledger.sqlite3")) as ledger:
        for _ in range(510):
            ledger.intend(INTENT)
        assert verify_lines(ledger.export()).count == 510
        assert len(list(ledger.export_csv())) == 511


def test_the_table_holds_every_entry_oldest_first(ledger: Ledger) -> None:
    first, second = csv.DictReader(ledger.export_csv())
    assert tuple(first) == CSV_COLUMNS
    assert (first["entry"], first["outcome"], first["detail"], first["settled"]) == (
        "1",
        "unknown",
        r"lost\nagain",
        "ACTIVE",
    )
    assert first["calls"] == "POST /api/v1/users/00u1/lifecycle/unlock"
    assert (second["entry"], second["outcome"], second["outcome_at"]) == ("4", "", "")
    assert second["reason"] == "'=HYPERLINK(1)"


@each(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", r"'\t=1"),
        ("\r=1", r"'\r=1"),
        ("\n=1", r"'\n=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\u202eb", r"a\u202eb"),
        ("a\u2028b\x85", r"a\u2028b\x85"),
        ("Zoë 日本", "Zoë 日本"),
        ("", ""),
    ],
)
def test_a_cell_is_text_and_nothing_in_it_is_unseen(text: str, shown: str) -> None:
    assert csv_cell(text, exact=True) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_no_cell_starts_a_formula(text: str) -> None:
    shown = csv_cell(text, exact=True)
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    assert shown == "" or " " in shown or shown.isprintable() or not text.isprintable()
    shown.encode("utf-8")
