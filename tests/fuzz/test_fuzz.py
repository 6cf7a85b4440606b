"""The bounded part of the fuzz, for every run of the tests; `python -m tests.fuzz` is the whole of it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.fuzz.conversations import READS, Fuzz
from tests.fuzz.mutation import mutated, written

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ROUNDS = 2
PERSON = {"id": "00u1", "profile": {"login": "a@x.test", "tags": ["a", "b"]}, "type": {"id": "oty1"}}


async def test_mutated_answers_crash_no_read_verdict_or_card(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fuzz = Fuzz(home)
    names = [await fuzz.converse(number) for number in range(ROUNDS * len(READS))]
    assert set(names) == {read.__name__ for read in READS}
    assert capsys.readouterr().out, "a verdict was reached and printed"


def test_a_mutation_changes_something_and_leaves_the_given_alone() -> None:
    before = str(PERSON)
    dice = random.Random(1)  # noqa: S311 - the same each time
    changed = [mutated(PERSON, dice) for _ in range(100)]
    assert sum(one != PERSON for one in changed) > 90
    assert str(PERSON) == before
    assert any(isinstance(one, dict) and one.get("id") == "00u1" for one in changed), "most of it stays"
    assert len({written(PERSON, dice) for _ in range(200)}) > 5
