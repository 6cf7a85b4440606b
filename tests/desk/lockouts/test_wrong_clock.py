"""A feed on a machine whose clock is wrong hears all that Okta tells, at once and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import ORIGIN, START
from tests.desk.lockouts.feed_support import Ear, Log, Told, event
from tests.desk.support import OFF, WrongClock, with_wrong_clock, world
from tui.desk.actions.needs import ENDPOINT_MAP
from tui.desk.lockouts.feed import Feed, Pace
from tui.desk.lockouts.feed_store import FeedStore
from tui.desk.lockouts.monitor import LockoutMonitor
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.errors import AnswerLost
from tui.okta.policy import Policy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk, FakeClock


def feed_of(log: Log, path: Path, clock: WrongClock) -> Feed:
    client = OktaClient(Policy(ORIGIN, endpoints=ENDPOINT_MAP), ApiToken("00abc"), clock=clock, transport=log)
    return Feed(client, FeedStore(path, ORIGIN))


def some(*at: float) -> list[Told]:
    return [Told(moment, event(int(moment) % 1_000_000, moment)) for moment in at]


@pytest.mark.parametrize("off", OFF.values(), ids=OFF)
async def test_it_hears_everything_and_keeps_it(clock: FakeClock, home: Path, off: float) -> None:
    log, ear, path = Log(clock), Ear(), home / "feed.sqlite3"
    log.tell(*some(START - 80_000, START - 3600, START - 10))
    feed = feed_of(log, path, WrongClock(clock, off))
    await feed.follow(ear, once=True)
    clock.now += 700.0  # by now a wrong clock would have thrown away what it holds for old
    log.tell(*some(START + 650))
    await feed.follow(ear, once=True)
    assert sorted(ear.uuids) == sorted(log.uuids)
    assert feed.state.pace is Pace.LIVE
    assert feed.state.read_at is not None
    assert abs(feed.state.read_at - clock.now) <= 1.0
    feed.store.close()
    again = Ear()
    feed = feed_of(log, path, WrongClock(clock, off))
    await feed.follow(again, once=True)
    assert sorted(again.uuids) == sorted(log.uuids), "what was kept is there after a restart"
    assert len(log.sent) <= 8
    feed.store.close()


async def test_a_wait_is_as_long_when_the_time_becomes_known_in_it(clock: FakeClock, home: Path) -> None:
    log = Log(clock)
    log.faults = ["cut"] * 4
    feed = feed_of(log, home / "feed.sqlite3", WrongClock(clock, OFF["3 days ahead"]))
    with pytest.raises(AnswerLost):
        await feed.follow(Ear(), once=True)
    before = feed.rest
    feed.client.clock.note({"date": "Mon, 23 Nov 2026 06:00:00 GMT"}, sent_at=feed.client.clock.local.time())
    assert feed.rest == before <= 10.0
    feed.store.close()


async def test_the_picture_is_that_of_a_right_clock(desk: Desk, clock: FakeClock) -> None:
    world(desk.org, lock="bob.martin")
    clock.now += 60.0
    seen = {}
    for name, off in {"right": 0.0, **OFF}.items():
        monitor = LockoutMonitor(with_wrong_clock(desk, off) if off else desk.session())
        await monitor.read_log()
        await monitor.read_status()
        seen[name] = [(case.user_id, case.open, case.heals, case.diagnosis.cause) for case in monitor.picture.cases]
        assert monitor.picture.read_at is not None, name
        assert abs(monitor.picture.read_at - clock.now) <= 1.0, name
        monitor.close()
    assert seen == dict.fromkeys(seen, seen["right"])
    assert any(is_open for _, is_open, *_ in seen["right"])
