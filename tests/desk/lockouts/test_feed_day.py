"""A day of System Log with faults, restarts and kills in the middle: every event once, every case once."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import START, FakeClock
from tests.desk.lockouts.feed_support import DAY, Ear, Log, Told, day, event, feeding
from tests.each import each
from tui.desk.lockouts import feed as lockouts_feed
from tui.desk.lockouts.cases import Cases
from tui.okta.errors import OktaError

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

COUNT = 4_000
"""How often a process asks and dies depends on the hours of the day, not on how much happens in it."""
FAULTS = ["429", "500", "503", "cut", "cut-after", "lost"]


async def a_life(log: Log, path: Path, dice: random.Random, ear: Ear) -> None:
    """One process, from its start until it is killed at a moment that nobody chose, or until the day is over."""
    async with feeding(log, path, every=300.0) as feed:
        task = asyncio.create_task(feed.follow(ear))
        dies = len(log.sent) + dice.randint(1, 60)

        def before(number: int) -> str | None:
            if log.clock.now > START + DAY + 7200 or (number >= dies and dice.random() < 0.5):
                task.cancel()
            return dice.choice(FAULTS) if dice.random() < 0.05 else None

        def after() -> None:
            if len(log.sent) >= dies:  # between Okta's answer and the record of it
                task.cancel()

        log.before, log.after = before, after
        with suppress(asyncio.CancelledError):
            await task


async def the_day(log: Log, path: Path, seed: int) -> tuple[list[Ear], Ear]:
    """Process after process on one store; what each heard, and what the last one finds when all is over."""
    dice = random.Random(seed)  # noqa: S311 - misfortune that is the same each time
    ears: list[Ear] = []
    while log.clock.now <= START + DAY + 7200:
        ears.append(Ear())
        await a_life(log, path, dice, ears[-1])
        log.clock.now += dice.choice([0, 1, 30, 900])
    last = Ear()
    log.before, log.after = lambda _: None, lambda: None
    async with feeding(log, path) as feed:
        await feed.follow(last, once=True)
    return ears, last


async def test_thousands_of_events_with_restarts_and_faults_are_each_heard_once_and_give_the_cases_of_a_calm_day(
    clock: FakeClock, home: Path
) -> None:
    log = Log(clock)
    log.tell(*day(COUNT, seed=4))
    ears, last = await the_day(log, home / "pieces.sqlite3", 4)
    assert len(ears) > 5
    for ear in [*ears, last]:
        assert len(ear.uuids) == len(set(ear.uuids)), "heard twice by one process"
    assert len(log.told) > COUNT
    assert set(last.uuids) == log.uuids
    assert len(log.uuids) == COUNT
    log.clock.now = START + DAY
    whole = Ear()
    calm = Log(log.clock, told=log.told)
    calm.clock.now += 1
    async with feeding(calm, None) as feed:
        await feed.follow(whole, once=True)
        calm.clock.now += 7200
        await feed.follow(whole, once=True)
    ids = []
    for one in (whole, last):
        cases = Cases()
        for batch in one.batches:
            cases.add(batch)
        ids.append([case.id for case in cases.all()])
    assert len(ids[0]) > 100
    assert len(set(ids[1])) == len(ids[1])
    assert ids[0] == ids[1]


TWO_PAGES = [Told(START - 5000 + n, event(n, START - 5000 + n)) for n in range(55)]


@each("steps", [*range(40), *range(40, 400, 20)])
async def test_cancelled_anywhere_nothing_is_lost_or_heard_twice(
    home: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(lockouts_feed, "BATCH", 20)  # so that a page is handed over in several
    log = Log(FakeClock(), told=TWO_PAGES, short=50)
    path = home / f"{steps}.sqlite3"
    ear = Ear()
    async with feeding(log, path) as feed:
        task = asyncio.create_task(feed.follow(ear, once=True))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await feed.follow(ear, once=True)
        assert len(ear.uuids) == len(TWO_PAGES)
    again = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(again, once=True)
    assert sorted(again.uuids) == sorted(ear.uuids) == sorted(log.uuids)


STEP = st.one_of(
    st.tuples(st.just("tell"), st.integers(0, 400)),
    st.tuples(st.just("again"), st.integers(0, 400)),
    st.tuples(st.just("look"), st.integers(0, 1)),
    st.tuples(st.just("fault"), st.sampled_from(FAULTS)),
    st.tuples(st.just("restart"), st.integers(0, 1)),
    st.tuples(st.just("sleep"), st.integers(1, 7200)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=25))
async def test_in_any_order_of_events_faults_and_restarts_two_processes_hear_all_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int | str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "feed.sqlite3"
    log = Log(FakeClock())
    ears = [Ear(), Ear()]
    made = [feeding(log, path), feeding(log, path)]
    feeds = [await one.__aenter__() for one in made]
    for what, number in steps:
        if isinstance(number, str):
            log.faults.append(number)
        elif what == "tell":  # so many seconds late
            log.tell(Told(log.clock.now, event(len(log.told), log.clock.now - number)))
        elif what == "again" and log.told:
            log.tell(Told(log.clock.now, log.told[number % len(log.told)].event))
        elif what == "look":
            with suppress(OktaError):
                await feeds[number].follow(ears[number], once=True)
        elif what == "restart":
            await made[number].__aexit__(None, None, None)
            ears[number], made[number] = Ear(), feeding(log, path)
            feeds[number] = await made[number].__aenter__()
        elif what == "sleep":
            log.clock.now += number
    log.faults.clear()
    for which in (0, 1, 0):
        await feeds[which].follow(ears[which], once=True)
    for ear in ears:
        assert sorted(ear.uuids) == sorted(log.uuids)
    for one in made:
        await one.__aexit__(None, None, None)
