"""The reserve that is kept for the agent's own actions, and what is said about waiting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import FakeClock
from tests.okta.support import USER, client_of, limited, limits, line, okta
from tui.okta.budget import Budget
from tui.okta.clock import server_date

if TYPE_CHECKING:
    from tests.okta.support import Line
    from tui.okta.client import OktaClient


class Gate(FakeClock):
    """Waiting lasts until the test opens the gate."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: list[asyncio.Event] = []

    async def sleep(self, seconds: float) -> None:
        gate = asyncio.Event()
        self.gates.append(gate)
        self.slept.append(seconds)
        await gate.wait()
        self.now += seconds


async def settled() -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


async def told(remaining: int, clock: FakeClock, *, limit: int = 100, left: int = 30) -> tuple[OktaClient, Line]:
    """A client that was just told what is left of the bucket."""
    wire = line(okta({}, headers=limits(limit, remaining, resets_in=left - 1)), okta({}))
    client = client_of(wire, clock)
    await client.send(USER, bucket="user")
    return client, wire


@pytest.mark.parametrize(
    ("remaining", "wait"),
    [
        (100, []),
        (50, []),  # twice the reserve: as fast as it likes
        (49, [30 / 24]),
        (40, [2.0]),
        (26, [30.0]),
        (25, [30.0]),  # the reserve is the agent's
        (3, [30.0]),
        (0, [30.0]),
    ],
)
async def test_background_work_slows_down_and_stops_at_the_reserve(
    remaining: int, wait: list[float], clock: FakeClock
) -> None:
    client, _ = await told(remaining, clock)
    await client.send(USER, bucket="user", background=True)
    assert clock.slept == pytest.approx(wait)


@pytest.mark.parametrize("remaining", [100, 49, 25, 1])
async def test_the_agents_own_requests_do_not_wait_for_it(remaining: int, clock: FakeClock) -> None:
    client, _ = await told(remaining, clock)
    await client.send(USER, bucket="user")
    assert clock.slept == []


async def test_the_reserve_can_be_chosen(clock: FakeClock) -> None:
    client, _ = await told(40, clock)
    client.budget.reserve = 0.1
    await client.send(USER, bucket="user", background=True)
    assert clock.slept == []


@pytest.mark.parametrize("bucket", ["users", "logs", "other"])
async def test_another_bucket_is_another_matter(bucket: str, clock: FakeClock) -> None:
    client, _ = await told(0, clock)
    await client.send(USER, bucket=bucket, background=True)
    assert clock.slept == []


async def test_a_new_minute_starts_afresh(clock: FakeClock) -> None:
    client, _ = await told(0, clock)
    clock.now += 30
    await client.send(USER, bucket="user", background=True)
    assert clock.slept == []


async def test_background_work_looks_again_after_it_waited() -> None:
    clock = Gate()
    client, wire = await told(40, clock)
    behind = asyncio.create_task(client.send(USER, bucket="user", background=True))
    await settled()
    assert clock.slept == [2.0]
    wire.script.append(okta({}, headers=limits(100, 20, resets_in=27)))  # the agent was busy meanwhile
    await client.send(USER, bucket="user")
    assert len(wire.sent) == 2
    client.budget.note("user", limits(100, 20, resets_in=27))
    clock.gates[0].set()
    await settled()
    assert len(wire.sent) == 2
    assert clock.slept == [2.0, 26.0]
    clock.gates[1].set()
    await behind
    assert len(wire.sent) == 3


async def test_waiting_is_shown_and_ends() -> None:
    clock = Gate()
    client = client_of(line(limited(), okta({})), clock)
    changes: list[bool] = []
    client.budget.on_change = lambda: changes.append(client.budget.waiting is not None)
    task = asyncio.create_task(client.send(USER, bucket="user"))
    await settled()
    waiting = client.budget.waiting
    assert waiting is not None
    assert (waiting.bucket, waiting.until) == ("user", clock.monotonic() + 49)
    clock.gates[0].set()
    await task
    assert client.budget.waiting is None
    assert changes == [False, True, False]


@pytest.mark.parametrize("background", [True, False])
async def test_who_is_cancelled_waits_no_more(background: bool) -> None:
    clock = Gate()
    client, wire = await told(0, clock)
    changes: list[bool] = []
    client.budget.on_change = lambda: changes.append(client.budget.waiting is not None)
    task = asyncio.create_task(client.send(USER, bucket="user", background=background))
    await settled()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert client.budget.waiting is None
    assert changes == [True, False]
    assert len(wire.sent) == 1


async def test_of_several_that_wait_the_longest_is_shown_until_none_is_left() -> None:
    clock = Gate()
    client, wire = await told(0, clock)
    client.budget.note("logs", limits(100, 0, resets_in=9))
    tasks = [asyncio.create_task(client.send(USER, bucket=bucket)) for bucket in ("user", "logs", "user")]
    await settled()
    assert len(wire.sent) == 1
    shown = []
    for place in (0, 1, 2):
        assert client.budget.waiting is not None
        shown.append(client.budget.waiting.bucket)
        clock.gates[place].set()
        await tasks[place]
    assert shown == ["user", "user", "user"]
    assert client.budget.waiting is None
    assert len(wire.sent) == 4


async def test_all_that_waited_go_on_together(clock: FakeClock) -> None:
    client, wire = await told(0, clock)
    await asyncio.gather(*(client.send(USER, bucket="user") for _ in range(5)))
    assert len(wire.sent) == 6
    assert client.budget.waiting is None


async def test_the_tightest_bucket_is_the_one_to_show(clock: FakeClock) -> None:
    budget = Budget(clock)
    assert budget.tightest() is None
    budget.note("users", limits(600, 300))
    budget.note("logs", limits(10, 4))
    budget.note("user", limits(2000, 1990))
    tightest = budget.tightest()
    assert tightest is not None
    assert (tightest.name, tightest.share) == ("logs", 0.4)
    clock.now += 50
    assert budget.tightest() is None


@pytest.mark.parametrize("missing", ["x-rate-limit-limit", "x-rate-limit-remaining"])
def test_headers_that_are_missing_say_nothing(missing: str, clock: FakeClock) -> None:
    budget = Budget(clock)
    headers = limits(10, 0)
    del headers[missing]
    budget.note("user", headers)
    assert budget.buckets == {}


@pytest.mark.parametrize("missing", ["x-rate-limit-reset", "date"])
def test_a_bucket_whose_end_is_not_known_holds_nobody_back(missing: str, clock: FakeClock) -> None:
    budget = Budget(clock)
    headers = limits(10, 0)
    del headers[missing]
    budget.note("user", headers)
    assert budget.pause("user", background=True) == 0


def test_repeated_headers_count_as_the_smallest(clock: FakeClock) -> None:
    budget = Budget(clock)
    budget.note("user", limits("600, 100", "599, 7"))
    assert (budget.buckets["user"].limit, budget.buckets["user"].remaining) == (100, 7)


def test_a_reset_that_is_past_lifts_in_a_second(clock: FakeClock) -> None:
    assert Budget.reset_in(limits(10, 0, resets_in=-500)) == 1.0


NUMBERS = (
    st.integers().map(str) | st.text(max_size=8) | st.sampled_from(["", "0", "-1", "1,2", "1e9", "9" * 400, "9" * 5000])
)


@given(NUMBERS, NUMBERS, NUMBERS, st.text() | st.just(limits(1, 1)["date"]), st.booleans())
def test_no_header_upsets_the_budget(limit: str, remaining: str, reset: str, date: str, background: bool) -> None:
    clock = FakeClock()
    budget = Budget(clock)
    headers = {
        "x-rate-limit-limit": limit,
        "x-rate-limit-remaining": remaining,
        "x-rate-limit-reset": reset,
        "date": date,
    }
    budget.note("user", headers)
    assert budget.pause("user", background=background) >= 0
    assert budget.tightest() is None or budget.buckets


@given(st.text(alphabet="MonTue, 0123456789:+-GMTNovDec\x00é"))
def test_no_date_upsets_the_clock(date: str) -> None:
    assert server_date({"date": date}) is None or isinstance(server_date({"date": date}), float)
