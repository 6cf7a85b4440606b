"""The ledger's rules: what it records, when, what it gives back, and what survives."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.ledger.one_intent import INTENT, UNLOCK
from tui.desk.ledger.entry import Intent, Outcome
from tui.desk.ledger.errors import LedgerError
from tui.desk.ledger.ledger import Ledger
from tui.okta.calls import Call

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


def test_an_intent_lends_an_approval_for_exactly_its_calls(ledger: Ledger) -> None:
    approval = ledger.intend(INTENT)
    assert (approval.entry, approval.calls) == (1, (UNLOCK,))
    entry = ledger.entry(1)
    assert (entry.intent, entry.at, entry.outcome, entry.open) == (INTENT, moment(1), None, True)


def test_an_outcome_closes_the_entry(ledger: Ledger) -> None:
    ledger.intend(INTENT)
    ledger.outcome(1, Outcome.REFUSED, detail="Wrong state", request_id="req9")
    entry = ledger.entry(1)
    assert (entry.outcome, entry.outcome_at, entry.detail, entry.request_id, entry.open) == (
        Outcome.REFUSED,
        moment(2),
        "Wrong state",
        "req9",
        False,
    )


def test_an_unknown_outcome_stays_open_until_settled(ledger: Ledger) -> None:
    ledger.intend(INTENT)
    ledger.outcome(1, Outcome.UNKNOWN, detail="the answer was lost")
    assert [entry.seq for entry in ledger.open_entries()] == [1]
    ledger.settle(1, "ACTIVE at 12:03")
    entry = ledger.entry(1)
    assert (entry.outcome, entry.settled, entry.settled_at, entry.open) == (
        Outcome.UNKNOWN,
        "ACTIVE at 12:03",
        moment(3),
        False,
    )
    assert ledger.open_entries() == []


def test_an_entry_without_an_outcome_can_be_settled_and_still_get_its_outcome(ledger: Ledger) -> None:
    ledger.intend(INTENT)
    ledger.settle(1, "another keydesk thought it had crashed")
    ledger.outcome(1, Outcome.DONE)
    entry = ledger.entry(1)
    assert (entry.outcome, entry.open, bool(entry.settled)) == (Outcome.DONE, False, True)
    assert ledger.verify().ok


def test_a_second_outcome_is_refused(ledger: Ledger) -> None:
    ledger.intend(INTENT)
    ledger.outcome(1, Outcome.UNKNOWN)
    with pytest.raises(LedgerError, match="outcome already"):
        ledger.outcome(1, Outcome.DONE)
    assert ledger.entry(1).outcome is Outcome.UNKNOWN
    assert ledger.verify().count == 2


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.REFUSED, Outcome.NOT_SENT])
def test_only_open_entries_can_be_settled(ledger: Ledger, outcome: Outcome) -> None:
    ledger.intend(INTENT)
    ledger.outcome(1, outcome)
    with pytest.raises(LedgerError, match="not open"):
        ledger.settle(1, "seen")
    ledger.intend(INTENT)
    ledger.settle(3, "seen")
    with pytest.raises(LedgerError, match="not open"):
        ledger.settle(3, "seen again")
    assert ledger.verify().count == 4


@pytest.mark.parametrize("seq", [0, -1, 2, 3, 2**63, 10**30])
def test_only_an_intent_is_an_entry(ledger: Ledger, seq: int) -> None:
    ledger.intend(INTENT)
    ledger.outcome(1, Outcome.UNKNOWN)
    with pytest.raises(LedgerError, match="no such entry"):
        ledger.entry(seq)
    with pytest.raises(LedgerError, match="no such entry"):
        ledger.outcome(seq, Outcome.DONE)
    with pytest.raises(LedgerError, match="no such entry"):
        ledger.settle(seq, "seen")
    assert ledger.verify().count == 2


def test_entries_come_newest_first_and_in_pages(ledger: Ledger) -> None:
    for _ in range(5):
        ledger.outcome(ledger.intend(INTENT).entry, Outcome.DONE)
    assert [entry.seq for entry in ledger.entries()] == [9, 7, 5, 3, 1]
    assert [entry.seq for entry in ledger.entries(limit=2)] == [9, 7]
    assert [entry.seq for entry in ledger.entries(limit=2, before=7)] == [5, 3]
    assert ledger.entries(before=1) == ledger.entries(before=-5) == ledger.entries(limit=0) == []
    assert len(ledger.entries(before=10**30)) == 5


def test_entries_can_be_searched_and_narrowed_to_open_ones(ledger: Ledger) -> None:
    for name in ("Ada", "Alan", "Grace"):
        ledger.intend(replace(INTENT, person_name=name))
    ledger.outcome(1, Outcome.DONE, request_id="reqABC")
    ledger.outcome(2, Outcome.UNKNOWN, detail='"outcome":"done" is what they typed')
    assert [entry.seq for entry in ledger.entries(text="ALAN")] == [2]
    assert [entry.seq for entry in ledger.entries(text="reqabc")] == [1]
    assert [entry.seq for entry in ledger.entries(text="lifecycle/unlock", limit=1)] == [3]
    assert [entry.seq for entry in ledger.entries(only_open=True)] == [3, 2]
    assert [entry.seq for entry in ledger.entries(only_open=True, text="typed")] == [2]
    assert ledger.entries(text="nobody") == []


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("detail", ["", '","outcome":"unknown","request_id":"', "{*[?]}\\", "\x00\n"])
def test_what_somebody_types_never_decides_what_is_open(ledger: Ledger, outcome: Outcome, detail: str) -> None:
    ledger.intend(INTENT)
    ledger.outcome(1, outcome, detail=detail, request_id=detail)
    assert bool(ledger.open_entries()) is ledger.entry(1).open is (outcome is Outcome.UNKNOWN)
    assert ledger.entry(1).detail == detail


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


def test_calls_come_back_byte_for_byte(ledger: Ledger) -> None:
    calls = (UNLOCK, Call("POST", "/api/v1/x?y=1", b'{"a":"\xc3\xa9"}'), Call("PUT", "/api/v1/z", b"\xff\x00"))
    ledger.intend(replace(INTENT, calls=calls))
    assert ledger.entry(1).intent.calls == calls


def test_half_characters_become_visible_and_print_anywhere(ledger: Ledger) -> None:
    ledger.intend(replace(INTENT, agent="gr\udc80ce", reason="\ud83d\ude00"))
    ledger.outcome(1, Outcome.DONE, detail="\udfff")
    entry = ledger.entry(1)
    assert (entry.intent.agent, entry.intent.reason, entry.detail) == ("gr\\udc80ce", "\\ud83d\\ude00", "\\udfff")
    assert ledger.verify().ok


def test_any_thread_may_call(ledger: Ledger) -> None:
    troubles: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                ledger.outcome(ledger.intend(INTENT).entry, Outcome.DONE)
                ledger.entries(limit=1)
                ledger.writable()
        except BaseException as error:  # noqa: BLE001 - what a thread raises is otherwise lost
            troubles.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    verdict = ledger.verify()
    assert (verdict.problems, verdict.count, verdict.anchored) == ((), 40, 40)


def test_importing_it_loads_no_database() -> None:
    heavy = "{'sqlite3', 'hashlib', 'httpx', 'textual'}"
    script = f"import sys, tui.desk.ledger.ledger; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout.strip() == b"[]"


_text = st.text(st.characters(exclude_categories=()), max_size=20)
_calls = st.lists(st.builds(Call, st.just("POST"), st.just("/api/v1/x"), st.binary(max_size=20)), max_size=3).map(tuple)
_intents = st.builds(Intent, *[_text] * 8, _calls, *[_text] * 4)
_steps = st.lists(st.tuples(_intents, st.sampled_from([None, *Outcome]), _text, st.booleans()), max_size=5)


@settings(max_examples=30, deadline=None)
@given(steps=_steps)
def test_whatever_is_recorded_verifies_and_reads_back(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Intent, Outcome | None, str, bool]]
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite3"
    with contextlib.closing(Ledger(path)) as ledger:
        for intent, outcome, detail, settle in steps:
            seq = ledger.intend(intent).entry
            if outcome is not None:
                ledger.outcome(seq, outcome, detail=detail)
            if settle and ledger.entry(seq).open:
                ledger.settle(seq, detail)
            entry = ledger.entry(seq)
            assert (entry.outcome, entry.intent.calls, entry.readable) == (outcome, intent.calls, True)
            assert entry.open is (outcome in {None, Outcome.UNKNOWN} and not settle)
            repr(entry).encode("utf-8")
        assert ledger.verify().problems == ()
        assert [e.seq for e in ledger.open_entries()] == [e.seq for e in ledger.entries() if e.open]
