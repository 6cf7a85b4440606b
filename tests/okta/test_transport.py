"""The edges of the transport: framing, what goes by default, the text of an error, how long it waits."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from tests.okta.support import ORG, REQUEST_ID, UNLOCK, USER, approved, client_of, limited, limits, line, okta, trouble
from tui.okta.answers import unsent
from tui.okta.calls import Call
from tui.okta.credentials import Unsigned
from tui.okta.errors import Answered, AnswerLost, NotReached, RateLimited, Refused, TlsFailed
from tui.okta.network_errors import ProxyRefused
from tui.okta.transport import Guard, Lane, answer_of, request_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.conftest import FakeClock
    from tui.okta.policy import Policy

LONG = "x" * 300


class Anything:
    """Stands for a policy that allows every call."""

    def check(self, origin: str, call: Call, approval: object) -> None:
        """Let it through."""


ANYTHING = cast("Policy", Anything())


@pytest.mark.parametrize(
    ("method", "length"), [("POST", "0"), ("PUT", "0"), ("PATCH", "0"), ("DELETE", None), ("GET", None), ("HEAD", None)]
)
async def test_a_change_without_a_body_says_that_there_is_none(method: str, length: str | None) -> None:
    wire = line()
    await Guard(ANYTHING, wire).handle_async_request(httpx.Request(method, ORG + "/x", headers={"content-length": "9"}))
    assert wire.sent[0].headers.get("content-length") == length


async def test_a_body_that_comes_in_parts_is_sent_as_a_whole_and_can_be_sent_again() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b'{"a":'
        yield b"1}"

    wire = line()
    request = httpx.Request("POST", ORG + "/x", content=parts())
    guard = Guard(ANYTHING, wire)
    await guard.handle_async_request(request)
    await guard.handle_async_request(request)
    assert [sent.body for sent in wire.sent] == [b'{"a":1}'] * 2
    assert [sent.headers["content-length"] for sent in wire.sent] == ["7"] * 2
    assert "transfer-encoding" not in wire.sent[0].headers


async def test_a_body_that_only_a_blocking_client_could_send_is_refused() -> None:
    def parts() -> Iterator[bytes]:
        yield b"{}"

    wire = line()
    with pytest.raises(Refused, match="odd request") as caught:
        await Guard(ANYTHING, wire).handle_async_request(httpx.Request("POST", ORG + "/x", content=parts()))
    assert caught.value.detail == "POST"
    assert wire.sent == []


async def test_the_limits_of_time_and_the_lane_are_handed_down_and_nothing_else() -> None:
    wire = line()
    given: dict[str, Any] = {"timeout": {"read": 3.0}, "lane": Lane("user"), "approval": approved(), "target": b"/y"}
    await Guard(ANYTHING, wire).handle_async_request(httpx.Request("GET", ORG + "/x", extensions=given))
    assert wire.sent[0].extensions == {"timeout": {"read": 3.0}, "lane": Lane("user")}


@pytest.mark.parametrize(
    "header", ["x-http-method", "x-method-override", "x-original-url", "x-rewrite-url", "x-forwarded-host"]
)
async def test_the_name_of_the_odd_header_is_told(header: str) -> None:
    wire = line()
    with pytest.raises(Refused, match="odd header") as caught:
        await Guard(ANYTHING, wire).handle_async_request(httpx.Request("GET", ORG + "/x", headers={header: "DELETE"}))
    assert caught.value.detail == header
    assert wire.sent == []


@pytest.mark.parametrize("url", ["https://eve@acme.okta.com/x", "https://eve:pass@acme.okta.com/x"])
async def test_a_name_in_the_url_is_refused(url: str) -> None:
    wire = line()
    with pytest.raises(Refused, match="odd request") as caught:
        await Guard(ANYTHING, wire).handle_async_request(httpx.Request("GET", url))
    assert caught.value.detail == "GET /x"
    assert wire.sent == []


async def test_a_request_without_a_lane_is_the_agents_own_and_waits_a_good_minute(clock: FakeClock) -> None:
    wire = line(okta({}, headers=limits(100, 1)), okta({}), limited(resets_in=69), okta({}), limited(resets_in=70))
    client = client_of(wire, clock)
    http = await client.http()
    await http.get(ORG + USER.target)
    assert set(client.budget.buckets) == {"other"}
    await http.get(ORG + USER.target)  # in the background, it would wait for the rest of the window
    assert clock.slept == []
    await http.get(ORG + USER.target)
    assert clock.slept == [70.0]
    with pytest.raises(RateLimited) as caught:
        await http.get(ORG + USER.target)
    assert caught.value.lifts_in == 71.0
    assert clock.slept == [70.0]


async def test_what_was_waited_before_counts_against_the_patience(clock: FakeClock) -> None:
    wire = line(okta({}, headers=limits(10, 0, resets_in=29)), limited(resets_in=29), okta({}))
    client = client_of(wire, clock)
    await client.send(USER, bucket="user")
    await client.send(USER, bucket="user", patience=60)
    assert clock.slept == [30.0, 30.0]
    again = client_of(line(*wire.script), clock)
    await again.send(USER, bucket="user")
    with pytest.raises(RateLimited):
        await again.send(USER, bucket="user", patience=59)


async def test_an_unknown_limit_is_waited_for_longer_each_time(clock: FakeClock) -> None:
    silent = trouble(429, "E0000047")
    await client_of(line(silent, silent, silent, okta({})), clock).send(UNLOCK, approval=approved(UNLOCK))
    assert clock.slept == pytest.approx([1.6, 3.2, 6.4])


@pytest.mark.parametrize(
    ("error", "kind", "detail"),
    [
        (httpx.ConnectError(LONG), NotReached, LONG[:200]),
        (httpx.ConnectError(""), NotReached, "ConnectError"),
        (httpx.ConnectTimeout(""), NotReached, "ConnectTimeout"),
        (httpx.ConnectError(f"CERTIFICATE_VERIFY_FAILED {LONG}"), TlsFailed, f"CERTIFICATE_VERIFY_FAILED {LONG}"[:200]),
        (httpx.ConnectError("SSL: no common version"), TlsFailed, "SSL: no common version"),
        (httpx.UnsupportedProtocol("ftp"), NotReached, "UnsupportedProtocol"),
        (httpx.PoolTimeout("all in use"), NotReached, ""),
    ],
)
async def test_why_no_connection_came_about_is_told_shortly(
    error: Exception, kind: type[NotReached], detail: str, clock: FakeClock
) -> None:
    with pytest.raises(NotReached) as caught:
        await client_of(line(error), clock).send(UNLOCK, approval=approved(UNLOCK))
    assert (type(caught.value), caught.value.detail) == (kind, detail)


async def test_an_answer_is_told_by_lower_case_names_and_all_its_links(clock: FakeClock) -> None:
    links = ('<https://acme.okta.com/a>; rel="self"', '<https://acme.okta.com/b>; rel="next"')
    headers = [("X-Okta-Request-Id", REQUEST_ID), *(("Link", link) for link in links), ("X-Odd", "Value")]
    answer = answer_of(httpx.Response(201, headers=headers, json=[1]), "mine")
    assert (answer.status, answer.body, answer.links, answer.request_id) == (201, b"[1]", links, REQUEST_ID)
    assert answer.headers["x-odd"] == "Value"
    assert answer_of(httpx.Response(204), "mine").request_id == "mine"


async def test_a_call_becomes_a_request_with_its_lane_and_its_approval(clock: FakeClock) -> None:
    http = await client_of(line(), clock).http()
    lane, approval = Lane("user"), approved(UNLOCK)
    with_body = request_of(http, ORG + "/x", Call("POST", "/x", b"{}"), lane, approval)
    assert (with_body.content, with_body.headers["content-type"]) == (b"{}", "application/json")
    assert (with_body.extensions["lane"], with_body.extensions["approval"]) == (lane, approval)
    bare = request_of(http, ORG + "/x", Call("POST", "/x"), lane, approval)
    assert bare.content == b""
    assert "content-type" not in bare.headers


async def test_a_url_that_cannot_be_is_refused_shortly(clock: FakeClock) -> None:
    http = await client_of(line(), clock).http()
    with pytest.raises(Refused, match="odd path") as caught:
        request_of(http, f"https://acme.okta.com:{LONG}/", USER, Lane(), None)
    assert 0 < len(caught.value.detail) <= 200


@pytest.mark.parametrize("error", [httpx.StreamClosed(), httpx.StreamConsumed(), httpx.TooManyRedirects("x")])
async def test_only_what_may_come_of_a_broken_answer_is_taken_for_one(error: Exception, clock: FakeClock) -> None:
    lost = isinstance(error, httpx.StreamError)
    with pytest.raises(AnswerLost if lost else type(error)) as caught:
        await client_of(line(error), clock).send(UNLOCK, approval=approved(UNLOCK))
    assert not lost or caught.value.detail == type(error).__name__  # type: ignore[attr-defined]


async def test_a_proxy_that_refused_is_not_asked_again(clock: FakeClock) -> None:
    wire = line(ProxyRefused("The proxy refuses", status=407, advice="Sign in to it."), okta({}))
    with pytest.raises(ProxyRefused):
        await client_of(wire, clock).send(USER)
    assert (len(wire.sent), clock.slept) == (1, [])


async def test_a_limit_told_without_an_id_is_retried_without_one(clock: FakeClock) -> None:
    crowded = okta({}, 429, request_id=None, headers=limits(0, 0))
    wire = line(crowded, okta({}))
    await client_of(wire, clock).send(USER)
    assert len(wire.sent) == 2
    assert not {"x-okta-retry-for", "x-okta-retry-count"} & set(wire.sent[1].headers)


class Renewing(Unsigned):
    """Credentials that are renewed after a refusal, once somebody lets them."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.allowed = asyncio.Event()

    async def renew(self, request: httpx.Request, response: httpx.Response) -> bool:
        self.asked.set()
        await self.allowed.wait()
        return True


@pytest.mark.parametrize("status", [400, 401])
async def test_a_change_cancelled_while_its_token_is_renewed_was_not_acted_on(status: int, clock: FakeClock) -> None:
    credentials = Renewing()
    wire = line(okta({}, status), okta({}))
    task = asyncio.ensure_future(
        client_of(wire, clock, credentials=credentials).send(UNLOCK, approval=approved(UNLOCK))
    )
    await credentials.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert unsent(caught.value)
    assert len(wire.sent) == 1


@pytest.mark.parametrize("status", [400, 401])
async def test_a_change_refused_for_its_token_is_sent_once_more_and_not_twice(status: int, clock: FakeClock) -> None:
    credentials = Renewing()
    credentials.allowed.set()
    wire = line(okta({}, status))
    with pytest.raises(Answered):
        await client_of(wire, clock, credentials=credentials).send(UNLOCK, approval=approved(UNLOCK))
    assert wire.writes == [UNLOCK, UNLOCK]


async def test_the_id_of_a_limit_known_from_before_is_the_clients_own(clock: FakeClock) -> None:
    client = client_of(line(okta({}, headers=limits(10, 0))), clock)
    await client.send(USER, bucket="user")
    with pytest.raises(RateLimited) as caught:
        await client.send(USER, bucket="user", patience=1)
    assert re.fullmatch(r"keydesk-[0-9a-f]{32}", caught.value.request_id)
