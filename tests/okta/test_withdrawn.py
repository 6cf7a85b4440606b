"""A request that is cancelled says whether Okta may have acted on it; and a crowd of background reads stays small."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.okta.support import UNLOCK, USER, Line, approved, client_of, limited, limits, line, okta
from tests.okta.test_budget import Gate, settled
from tests.okta.test_oauth import KEY, app_of
from tests.okta.test_oauth import client_of as app_client_of
from tests.okta.token_server import TokenServer
from tui.okta.answers import acted, unsent
from tui.okta.budget import LONGEST_WINDOW
from tui.okta.errors import NotAnOrg
from tui.okta.transport import BACKGROUND

if TYPE_CHECKING:
    from tests.conftest import FakeClock
    from tui.okta.client import OktaClient


async def cancelled(client: OktaClient) -> asyncio.CancelledError:
    """Begin a change, let it come as far as it can, and cancel it."""
    task = asyncio.ensure_future(client.send(UNLOCK, approval=approved(UNLOCK), bucket="user"))
    await client.http()
    await settled()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert task.cancelled()
    return caught.value


class Stuck(httpx.AsyncBaseTransport):
    """A wire whose answers do not come; `after` requests are answered before."""

    def __init__(self, *first: httpx.Response) -> None:
        self.first = list(first)
        self.sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        if self.first:
            return self.first.pop(0)
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_change_that_waited_for_its_turn_was_not_sent() -> None:
    wire = line(okta({}, headers=limits(10, 0, resets_in=30)))
    client = client_of(wire, Gate())
    await client.send(USER, bucket="user")
    assert unsent(await cancelled(client))
    assert wire.writes == []


async def test_a_change_that_waited_after_a_429_changed_nothing() -> None:
    wire = line(limited())
    assert unsent(await cancelled(client_of(wire, Gate())))
    assert len(wire.writes) == 1


async def test_a_change_that_waited_for_its_token_was_not_sent(clock: FakeClock) -> None:
    class Slow(TokenServer):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            return await super().handle_async_request(request)

    server = Slow(clock, KEY)
    assert unsent(await cancelled(app_client_of(server)))
    assert server.api == []


async def test_a_change_that_is_on_its_way_may_have_been_acted_on(clock: FakeClock) -> None:
    wire = Stuck()
    assert not unsent(await cancelled(client_of(wire, clock)))
    assert wire.sent == 1


async def test_a_change_that_is_on_its_way_once_more_may_have_been_acted_on(clock: FakeClock) -> None:
    wire = Stuck(limited())
    assert not unsent(await cancelled(client_of(wire, clock)))
    assert wire.sent == 2


def test_what_was_cancelled_elsewhere_tells_nothing() -> None:
    assert not unsent(asyncio.CancelledError())
    assert not unsent(asyncio.CancelledError("nothing was sent", "or was it"))
    assert not unsent(ValueError("nothing was sent"))


async def test_a_timeout_around_it_still_is_one(clock: FakeClock) -> None:
    wire = line(okta({}, headers=limits(10, 0, resets_in=30)))
    client = client_of(wire, Gate())
    await client.send(USER, bucket="user")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await client.send(USER, bucket="user")
    assert clock.slept == []


class Crowd(Line):
    """A wire that holds requests back and counts how many are under way."""

    def __init__(self) -> None:
        super().__init__([okta({})])
        self.under_way = 0
        self.most = 0
        self.opened = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.opened.wait()
        self.under_way -= 1
        return await super().handle_async_request(request)


async def test_background_reads_go_out_a_few_at_a_time_and_the_agents_own_pass_them(clock: FakeClock) -> None:
    wire = Crowd()
    client = client_of(wire, clock)
    await client.http()
    behind = [asyncio.ensure_future(client.send(USER, background=True)) for _ in range(20)]
    await settled()
    assert wire.under_way == BACKGROUND
    own = [asyncio.ensure_future(client.send(USER)) for _ in range(10)]
    await settled()
    assert wire.under_way == BACKGROUND + 10
    wire.opened.set()
    await asyncio.gather(*behind, *own)
    assert len(wire.sent) == 30


async def test_a_reset_that_is_hours_away_is_taken_for_two_minutes_at_most(clock: FakeClock) -> None:
    wire = line(okta({}, headers=limits(10, 0, resets_in=7200)), okta({}))
    client = client_of(wire, clock)
    await client.send(USER, bucket="user")
    await client.send(USER, bucket="user", patience=200)
    assert clock.slept == [LONGEST_WINDOW + 1]


@pytest.mark.parametrize("status", [200, 204])
async def test_a_yes_to_a_change_that_is_not_oktas_is_not_believed(status: int, clock: FakeClock) -> None:
    answer = httpx.Response(status, json={}) if status == 200 else httpx.Response(status)
    with pytest.raises(NotAnOrg) as caught:
        await client_of(line(answer), clock).send(UNLOCK, approval=approved(UNLOCK))
    assert acted(caught.value) is None
    assert caught.value.request_id
    assert (await client_of(line(answer), clock).send(USER)).status == status  # a read is judged by what it says


async def test_one_who_gives_up_waiting_for_the_token_does_not_cost_the_others_theirs(clock: FakeClock) -> None:
    server = TokenServer(clock, KEY)
    app = app_of()
    client = app_client_of(server, app)
    await client.http()
    tasks = [asyncio.ensure_future(client.send(USER)) for _ in range(5)]
    await asyncio.sleep(0)
    for task in tasks[:4]:
        task.cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in done[:4]] == [asyncio.CancelledError] * 4
    assert not isinstance(done[4], BaseException)
    assert len(server.asked) == 1
