"""Following the System Log: what is asked of Okta, what is heard, and what the feed says of itself."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import START
from tests.desk.lockouts.feed_support import Ear, Log, Told, come, event, feeding, run
from tui.desk.lockouts.feed import MOST_STALE, FeedState, Pace
from tui.okta.errors import MissingRole, OktaDown, OktaError, RateLimited

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.conftest import FakeClock
    from tui.okta.log_events import LogEvent


@pytest.fixture
def log(clock: FakeClock) -> Log:
    return Log(clock)


@pytest.fixture
def path(home: Path) -> Path:
    return home / "state" / "feed.sqlite3"


def some(count: int, begin: float = START - 3600, first: int = 0) -> list[Told]:
    return [Told(begin + n, event(first + n, begin + n)) for n in range(count)]


async def test_the_first_look_goes_back_a_day_ascending_and_without_an_end(log: Log, path: Path) -> None:
    async with feeding(log, path) as feed:
        await feed.follow(Ear(), once=True)
    asked = log.sent[0].url.params
    assert asked["since"] == "2026-11-22T06:00:00.000Z"
    assert asked["sortOrder"] == "ASCENDING"
    assert asked["limit"] == "1000"
    assert "until" not in asked


async def test_everything_is_read_and_then_the_same_link_again(log: Log, path: Path) -> None:
    log.tell(*some(2500))
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
        assert sorted(ear.uuids) == sorted(log.uuids)
        assert feed.state == FeedState(Pace.LIVE, read_at=START, reached=START - 3600 + 2499)
        await feed.follow(ear, once=True)
        assert len(ear.uuids) == 2500
    assert log.sent[-1].url == log.sent[-2].url, "the link of an empty page is followed as it is"


async def test_the_cursor_of_an_empty_page_outlives_the_process(log: Log, path: Path) -> None:
    async with feeding(log, path) as feed:
        await feed.follow(Ear(), once=True)
    log.tell(*some(3, START - 1))
    log.clock.now += 10
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
    assert log.sent[1].url.params["after"] == "c0-0"
    assert len(ear.uuids) == 3


async def test_a_new_process_hears_what_was_kept_before_it_asks(log: Log, path: Path) -> None:
    log.tell(*some(5))
    async with feeding(log, path) as feed:
        await feed.follow(Ear(), once=True)
    log.faults = ["cut"] * 4
    ear = Ear()
    async with feeding(log, path) as feed:
        await run(feed, ear, lambda: len(ear.uuids) == 5)
    assert sorted(ear.uuids) == sorted(log.uuids)


async def test_what_another_process_heard_is_heard_here_too(log: Log, path: Path) -> None:
    here = Ear()
    async with feeding(log, path) as mine, feeding(log, path) as other:
        await mine.follow(here, once=True)
        log.tell(*some(7, START - 7))
        await other.follow(Ear(), once=True)
        await mine.follow(here, once=True)
    assert sorted(here.uuids) == sorted(log.uuids)


async def test_a_lost_cursor_is_replaced_without_a_hole(log: Log, path: Path) -> None:
    log.tell(*some(10, START - 10))
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
        log.lose_cursors()
        log.tell(Told(START + 5, event(999, START - 240)))  # late
        log.clock.now += 60
        await feed.follow(ear, once=True)
        assert feed.state.recovered == 1
        assert feed.state.pace is Pace.LIVE
    assert sorted(ear.uuids) == sorted(log.uuids)
    again = next(one for one in reversed(log.sent) if "after" not in one.url.params).url.params
    assert again["since"] == "2026-11-23T04:59:59.000Z", "an hour before the newest event"


async def test_a_lost_cursor_and_an_event_dated_ahead_leave_no_hole(log: Log, path: Path) -> None:
    """An agent's clock may be ahead: the newest date says nothing of when the log was read last."""
    log.tell(*some(10, START - 10))
    log.tell(Told(START - 5, event(998, START + 3 * 3600)))
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
        log.lose_cursors()
        log.tell(*(Told(START + 60 + n, event(1000 + n, START + 50 + n)) for n in range(20)))
        log.clock.now += 4 * 3600
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
    assert set(ear.uuids) == log.uuids


async def test_a_lost_cursor_and_an_event_half_an_hour_late_leave_no_hole(log: Log, path: Path) -> None:
    """Also where `since` were compared with what an event says, rather than with its arrival."""
    log.tell(*some(10, START - 10))
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
        log.lose_cursors()
        log.tell(Told(START + 5, event(999, START - 1800)))
        log.clock.now += 60
        await feed.follow(ear, once=True)
    since = datetime.fromisoformat(next(p for one in reversed(log.sent) if (p := one.url.params.get("since"))))
    assert since.timestamp() < START - 1800
    assert set(ear.uuids) == log.uuids


@pytest.mark.parametrize("linkless", [1, 2, 50])
async def test_full_pages_without_a_next_link_of_late_events_lose_nothing(log: Log, path: Path, linkless: int) -> None:
    """The newest date of the first page leads back to the same page."""
    log.linkless = linkless
    log.tell(Told(START - 900, event(1, START - 900)))
    log.tell(*(Told(START - 899 + n / 50, event(2 + n, START - 5000 - n / 50)) for n in range(3000)))
    ear = Ear()
    async with feeding(log, path) as feed:
        for _ in range(8):
            await feed.follow(ear, once=True)
    assert set(ear.uuids) == log.uuids
    assert len(ear.uuids) == len(log.uuids)
    assert len(log.sent) < 120


async def test_the_same_page_for_ever_is_left_in_between(log: Log, path: Path) -> None:
    """A new cursor each time, and never a new event: the feed rests instead of asking without end."""
    page = [event(1, START)]

    def answer(request: httpx.Request) -> httpx.Response:
        url = request.url.copy_set_param("after", f"c{len(log.sent)}")
        return httpx.Response(200, headers=log._headers() | {"link": f'<{url}>; rel="next"'}, json=page)

    log._answer = answer  # type: ignore[method-assign]
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
        assert feed.state.pace is Pace.LIVE
    assert len(log.sent) == MOST_STALE + 1
    assert len(ear.uuids) == 1


@pytest.mark.parametrize("pages", [1, 2, 5])
async def test_full_pages_without_a_next_link_lose_nothing(log: Log, path: Path, pages: int) -> None:
    log.linkless = pages
    log.tell(*(Told(START - 3600 + n / 50, event(n, START - 3600 + n / 50)) for n in range(6000)))  # 1000 in 20 s
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
    assert len(ear.uuids) == len(set(ear.uuids)) == 6000
    assert len(log.sent) < 25


async def test_a_link_that_leads_elsewhere_is_not_followed(log: Log, path: Path) -> None:
    log.tell(*some(3))
    async with feeding(log, path) as feed:
        feed.store.add((), "https://evil.example/api/v1/logs?after=1", at=START)
        ear = Ear()
        await feed.follow(ear, once=True)
    assert len(ear.uuids) == 3
    assert {one.url.host for one in log.sent} == {"127.0.0.1"}


async def test_a_server_that_never_ends_is_left_in_between(
    log: Log, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.desk.lockouts.feed.MOST_STEPS", 10)
    page = [event(1, START)]

    def answer(request: httpx.Request) -> httpx.Response:
        url = request.url.copy_set_param("after", f"c{len(log.sent)}")
        headers = log._headers() | {"link": f'<{url}>; rel="next"'}
        return httpx.Response(200, headers=headers, json=page)

    log._answer = answer  # type: ignore[method-assign]
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
        assert feed.state.pace is Pace.BEHIND
    assert (len(log.sent), len(ear.uuids)) == (11, 1)


async def test_after_a_weekend_all_that_is_kept_is_without_a_hole(log: Log, path: Path) -> None:
    log.tell(*some(3))
    async with feeding(log, path) as feed:
        await feed.follow(Ear(), once=True)
        asked = len(log.sent)
        log.clock.now += 60 * 3600
        await feed.follow(Ear(), once=True)
    assert log.sent[asked].url.params["since"] == "2026-11-23T18:00:00.000Z"


async def test_a_rate_limit_is_waited_for_and_said(log: Log, path: Path) -> None:
    told: list[FeedState] = []
    log.tell(*some(4))
    ear = Ear()
    async with feeding(log, path) as feed:
        feed.changed = told.append
        log.faults = ["429", "429"]  # a minute each: more than one request waits for
        await run(feed, ear, lambda: feed.state.pace is Pace.LIVE)
    waited = next(one for one in told if one.pace is Pace.WAITING)
    assert isinstance(waited.trouble, RateLimited)
    assert waited.until is not None
    assert waited.until - START > 60
    assert len(ear.uuids) == 4


async def test_it_backs_off_while_okta_is_down_and_comes_back(log: Log, path: Path) -> None:
    told: list[FeedState] = []
    async with feeding(log, path) as feed:
        feed.changed = told.append
        log.faults = ["503"] * 4 * 8
        log.tell(*some(1, START + 10))
        ear = Ear()
        await run(feed, ear, lambda: feed.state.pace is Pace.LIVE)
    waits = [one for one in told if one.pace is Pace.WAITING]
    assert all(isinstance(one.trouble, OktaDown) for one in waits)
    pauses = [pause for pause in log.clock.slept if pause >= 5]
    assert [round(pause) for pause in pauses[:8]] == [5, 10, 20, 40, 80, 120, 120, 120]
    assert feed.state.trouble is None


async def test_a_query_that_takes_okta_too_long_is_asked_in_smaller_pages(log: Log, path: Path) -> None:
    log.tell(*some(400))
    log.faults = ["500", "500"]
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
        assert feed.state.recovered == 0
    assert [one.url.params["limit"] for one in log.sent[:3]] == ["1000", "200", "50"]
    assert len(ear.uuids) == 400


async def test_a_missing_role_stops_it_until_somebody_resumes(log: Log, path: Path) -> None:
    async with feeding(log, path) as feed:
        log.faults = ["403"]
        log.tell(*some(1))
        ear = Ear()
        task = asyncio.create_task(feed.follow(ear))
        await come(lambda: feed.state.pace is Pace.STOPPED)
        assert isinstance(feed.state.trouble, MissingRole)
        assert not feed.due
        feed.hurry()
        await asyncio.sleep(0.05)
        assert len(log.sent) == 1
        feed.resume()
        await come(lambda: bool(ear.uuids))
        task.cancel()


async def test_a_stopped_feed_says_so_again_instead_of_waiting_for_ever(log: Log, path: Path) -> None:
    async with feeding(log, path) as feed:
        log.faults = ["403"]
        for _ in range(2):
            with pytest.raises(MissingRole):
                await feed.follow(Ear(), once=True)
    assert len(log.sent) == 1


async def test_while_paused_okta_is_not_asked_and_what_happened_is_caught_up(log: Log, path: Path) -> None:
    async with feeding(log, path) as feed:
        feed.pause()
        ear = Ear()
        task = asyncio.create_task(feed.follow(ear))
        await asyncio.sleep(0.05)
        assert log.sent == []
        assert feed.state.pace is Pace.PAUSED
        log.tell(*some(2))
        feed.resume()
        await come(lambda: bool(ear.uuids))
        task.cancel()
    assert len(ear.uuids) == 2


async def test_hurry_ends_the_pause(log: Log, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def for_ever(_: float) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(log.clock, "sleep", for_ever)
    async with feeding(log, path) as feed:
        task = asyncio.create_task(feed.follow(Ear()))
        await come(lambda: feed.state.pace is Pace.LIVE)
        await asyncio.sleep(0.02)
        assert len(log.sent) == 1
        feed.hurry()
        await come(lambda: len(log.sent) == 2)
        task.cancel()


@pytest.mark.parametrize("limit", [2, 10, 120])
async def test_live_it_takes_at_most_a_third_of_the_logs_bucket(log: Log, path: Path, limit: int) -> None:
    log.limit = log._left = limit
    async with feeding(log, path) as feed:
        await run(feed, Ear(), lambda: log.clock.now > START + 1800)
    sent = sum(at <= START + 1800 for at in log.sent_at)
    most = 30 * min(limit / 3, 60 / 15)
    assert most - 2 < sent <= most + 1


async def test_it_leaves_the_reserve_to_the_agent_and_says_until_when(log: Log, path: Path) -> None:
    told: list[FeedState] = []
    log.limit = log._left = 10
    log.tell(*some(20_000, START - 30_000))
    async with feeding(log, path) as feed:
        feed.changed = told.append
        ear = Ear()
        await run(feed, ear, lambda: feed.state.pace is Pace.LIVE)
    assert len(ear.uuids) == 20_000
    held = [one for one in told if one.pace is Pace.WAITING]
    assert held
    assert all(one.until and one.trouble and "your own requests" in one.trouble.advice for one in held)


async def test_two_followers_of_one_feed_hear_each_event_once_together(log: Log, path: Path) -> None:
    log.tell(*some(3000))
    ear = Ear()
    async with feeding(log, path) as feed:
        await asyncio.gather(feed.follow(ear, once=True), feed.follow(ear, once=True))
    assert len(ear.uuids) == len(set(ear.uuids)) == 3000


async def test_a_key_press_is_heard_between_two_batches(log: Log, path: Path) -> None:
    log.tell(*some(3000))
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
    assert max(len(batch) for batch in ear.batches) <= 500


async def test_what_other_credentials_could_read_is_not_handed_to_refused_ones(log: Log, path: Path) -> None:
    log.tell(*some(10))
    async with feeding(log, path) as feed:
        await feed.follow(Ear(), once=True)
    for refusal, heard in (("401", 0), ("403", 0), ("cut", 10)):
        ear = Ear()
        log.before = lambda _, refusal=refusal: refusal  # type: ignore[misc]
        async with feeding(log, path) as feed:
            with pytest.raises(OktaError):
                await feed.follow(ear, once=True)
        assert len(ear.uuids) == heard, refusal


async def test_a_listener_who_has_enough_to_do_is_handed_nothing_more(log: Log) -> None:
    log.tell(*(Told(START - 900 + n / 10, event(n, START - 900 + n / 10)) for n in range(2200)))
    had_room, heard = list[bool](), list[str]()
    async with feeding(log, None) as feed:

        def listen(events: Sequence[LogEvent]) -> None:
            had_room.append(feed.room.is_set())
            heard.extend(one.uuid for one in events)
            feed.room.clear()

        task = asyncio.create_task(feed.follow(listen, once=True))
        while not task.done():
            for _ in range(5):  # as many turns as the feed would need to hand over more
                await asyncio.to_thread(list)
            feed.room.set()
        await task
    assert len(had_room) > 4
    assert all(had_room)
    assert set(heard) == log.uuids
