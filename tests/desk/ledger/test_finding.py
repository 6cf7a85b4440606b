"""Searching a ledger: with an index or without, the same answers; and nothing waits for a search."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
import stat
import threading
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tests.desk.ledger.test_ledger import Clock
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.finding import Interest
from tui.desk.ledger.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.desk.ledger.entry import Entry

WORDS = (
    "ann.lee",
    "ÅSA",
    "Straße",
    'say "hi"',
    "a",
    "İ",
    "50% _off_",
    "na\u0308ive",
    "日本語",
    "x'y",
    "-minus",
    "nul\0",
)
SEARCHES = (*WORDS, "ann", "lee.ann", "STRASSE", "ß", '"', "本", "本語", "%", "_", "a\n", "unlock", "e", "ee", "done",
            "inc-12", "INC-7", "nobody", "* OR a", "ann.lee say", "\ud800", "not sent", "unknown", "zz")  # fmt: skip
NEVER = 10**9


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """A ledger that uses its index from the first record on."""
    with contextlib.closing(Ledger(path, clock=Clock(), few=0)) as opened:
        yield opened


def rolled(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - which entries there are is no secret


def fill(ledger: Ledger, count: int, dice: random.Random) -> None:
    first = len(ledger.entries()) + 1
    for number in range(first, first + count):
        reason = " ".join(dice.sample(WORDS, 3))
        intent = replace(INTENT, reason=reason, ticket=f"INC-{number}", person_login=dice.choice(WORDS))
        seq = ledger.intend(intent).entry
        outcome = dice.choice((None, *Outcome))
        if outcome is not None:
            ledger.outcome(seq, outcome, detail=dice.choice(WORDS))
        if outcome in {None, Outcome.UNKNOWN} and dice.random() < 0.3:
            ledger.settle(seq, f"settled {dice.choice(WORDS)}")


def index(path: Path) -> Path:
    return path.with_name(f"{path.name}.words")


def agree(path: Path, ledger: Ledger) -> None:
    """Compare every answer of a ledger that has an index with one that reads every entry."""
    with contextlib.closing(Ledger(path, few=NEVER)) as plain:
        newest = plain.entries(limit=5)[-1].seq
        assert newest > 1

        def answers(one: Ledger, text: str) -> list[list[Entry]]:
            return [
                one.entries(text=text),
                one.entries(text=text, only_open=True),
                one.entries(text=text, limit=2, before=newest),
                one.open_entries(),
            ]

        for text in SEARCHES:
            assert (text, answers(ledger, text)) == (text, answers(plain, text))


def test_an_index_gives_the_answers_of_the_ledger_itself(path: Path, ledger: Ledger) -> None:
    dice = rolled(7)
    fill(ledger, 20, dice)
    agree(path, ledger)  # words only
    ledger.prepare_search(Interest())
    fill(ledger, 10, dice)
    agree(path, ledger)  # trigrams of some, words of the newest
    ledger.intend(INTENT)
    assert ledger.open_entries()
    for entry in ledger.open_entries()[:2]:
        ledger.settle(entry.seq, "looked at: 日本語 again")
    agree(path, ledger)  # and what has changed since
    assert index(path).exists()
    assert ledger.verify().ok


def test_another_process_finds_what_this_one_recorded(path: Path, ledger: Ledger) -> None:
    with contextlib.closing(Ledger(path, few=0)) as other:
        ledger.intend(INTENT)
        assert [entry.seq for entry in other.entries(text="lovelace")] == [1]
        ledger.outcome(1, Outcome.REFUSED, detail="wrong state")
        assert [entry.detail for entry in other.entries(text="wrong state")] == ["wrong state"]
        assert other.open_entries() == []


@pytest.mark.parametrize("damage", ["no database", "cut short", "no table", "a folder", "of another ledger"])
def test_an_index_that_is_damaged_or_of_another_ledger_changes_no_answer(
    path: Path, ledger: Ledger, tmp_path: Path, damage: str
) -> None:
    fill(ledger, 12, rolled(1))
    ledger.prepare_search(Interest())
    ledger.entries(text="ann")
    file = index(path)
    if damage == "no database":
        file.write_bytes(b"nothing of the kind " * 500)
    elif damage == "cut short":
        file.write_bytes(file.read_bytes()[:5000])
    elif damage == "no table":
        with contextlib.closing(sqlite3.connect(file)) as db:
            db.execute("DROP TABLE entry")
    elif damage == "a folder":
        file.unlink()
        file.mkdir()
    else:
        with contextlib.closing(Ledger(tmp_path / "other.sqlite3", few=0)) as other:
            fill(other, 12, rolled(2))
            other.prepare_search(Interest())
        shutil.copy(index(tmp_path / "other.sqlite3"), file)
    ledger.entries(text="ann")
    agree(path, ledger)  # made anew by now, where it could be


def test_an_index_only_proposes_entries(path: Path, ledger: Ledger) -> None:
    """What the index says is looked up in the ledger, so that it can make nothing up."""
    fill(ledger, 20, rolled(1))
    ledger.entries(text="ann")
    with contextlib.closing(sqlite3.connect(index(path), isolation_level=None)) as db:
        db.execute("UPDATE entry SET words = 'made up', open = 1")
        db.execute("INSERT INTO entry VALUES (4000, 1, 'made up')")
    assert ledger.entries(text="made up") == []
    assert all(entry.open for entry in ledger.open_entries())


@pytest.mark.parametrize("text", ["zq", "é", "♜"])
def test_one_or_two_letters_are_found_without_reading_the_words_of_old_entries(
    path: Path, ledger: Ledger, text: str
) -> None:
    """Reading all words takes a second in a large ledger."""
    ledger.intend(replace(INTENT, reason=f"old{text}"))  # the letters stand at the end of a word
    ledger.intend(INTENT)
    ledger.prepare_search(Interest())
    assert [entry.seq for entry in ledger.entries(text=text)] == [1]
    with contextlib.closing(sqlite3.connect(index(path), isolation_level=None)) as db:
        db.execute("UPDATE entry SET words = ''")
    assert [entry.seq for entry in ledger.entries(text=text)] == [1]
    assert ledger.entries(text="ж") == []


def test_a_letter_of_too_many_words_is_found_as_well(path: Path, ledger: Ledger) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    ledger.intend(replace(INTENT, reason=" ".join(f"ø{one}{two}" for one in letters for two in letters)))
    ledger.prepare_search(Interest())
    assert [entry.seq for entry in ledger.entries(text="ø")] == [1]
    assert [entry.seq for entry in ledger.entries(text="øq")] == [1]


def test_an_index_of_an_older_keydesk_is_made_anew(path: Path, ledger: Ledger) -> None:
    fill(ledger, 12, rolled(1))
    ledger.prepare_search(Interest())
    with contextlib.closing(sqlite3.connect(index(path), isolation_level=None)) as db:
        db.execute("UPDATE entry SET words = rtrim(words, char(10))")
        db.execute("PRAGMA user_version = 1")
    ledger.prepare_search(Interest())
    agree(path, ledger)


def test_only_this_user_can_look_into_the_index(path: Path, ledger: Ledger) -> None:
    ledger.intend(INTENT)
    ledger.entries(text="ada")
    assert stat.S_IMODE(index(path).stat().st_mode) == 0o600


def test_a_small_ledger_needs_no_index(path: Path) -> None:
    with contextlib.closing(Ledger(path)) as small:
        small.intend(INTENT)
        small.prepare_search(Interest())
        assert [entry.seq for entry in small.entries(text="ada")] == [1]
    assert not index(path).exists()


class Held(Interest):
    """Somebody who waits so long that a record can be appended in the middle of the search."""

    def __init__(self) -> None:
        self.searching, self.go_on = threading.Event(), threading.Event()
        super().__init__()

    @property
    def lost(self) -> bool:
        self.searching.set()
        assert self.go_on.wait(10)
        return False

    @lost.setter
    def lost(self, _: bool) -> None:
        """Never."""


@pytest.mark.parametrize("few", [0, NEVER])
def test_an_intent_does_not_wait_for_a_search(path: Path, few: int) -> None:
    with contextlib.closing(Ledger(path, patience=0.0, few=few)) as ledger:
        ledger.intend(INTENT)
        held, found = Held(), list[list[int]]()
        search = threading.Thread(
            target=lambda: found.append([entry.seq for entry in ledger.entries(text="ada", interest=held)])
        )
        search.start()
        assert held.searching.wait(10)
        assert ledger.intend(INTENT).entry == 2
        ledger.outcome(2, Outcome.DONE)
        assert ledger.writable() is None
        held.go_on.set()
        search.join(10)
        assert found == [[1]]


@pytest.mark.parametrize("few", [0, NEVER])
def test_a_search_for_which_nobody_waits_ends_without_an_answer(path: Path, few: int) -> None:
    class Leaving(Interest):
        """Leaves at the third look."""

        looks = 0

        @property
        def lost(self) -> bool:
            self.looks += 1
            if self.looks == 3:
                self._lost = True
                for db in self._reading:
                    db.interrupt()
            return self._lost

        @lost.setter
        def lost(self, value: bool) -> None:
            self._lost = value

    with contextlib.closing(Ledger(path, few=few)) as ledger:
        fill(ledger, 30, rolled(3))
        leaving = Leaving()
        assert ledger.entries(interest=leaving, text="unlock") == []
        assert leaving.looks <= 6
        gone = Interest()
        gone.lose()
        assert ledger.entries(interest=gone, text="unlock") == []
        ledger.prepare_search(gone)
        assert len(ledger.entries(text="unlock")) == 30
