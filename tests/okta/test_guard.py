"""In read-only mode nothing but reads of the org itself reaches the wire, whatever door of httpx is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import httpx
import pytest

from tests.conftest import FakeClock
from tests.each import each
from tests.okta.support import ORG, READS, USER, WRITES, approved, client_of, line, named
from tui.okta.calls import Call
from tui.okta.errors import Refused
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    Door: TypeAlias = Callable[[httpx.AsyncClient, str, str], Awaitable[object]]


async def request(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await http.request(method, url)


async def verb(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await getattr(http, method.lower())(url)


async def built_and_sent(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await http.send(http.build_request(method, url))


async def own_request(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await http.send(httpx.Request(method, url))


async def stream(http: httpx.AsyncClient, method: str, url: str) -> object:
    async with http.stream(method, url) as response:
        return await response.aread()


async def sent_as_stream(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await http.send(http.build_request(method, url), stream=True)


async def lower_case(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await http.request(method.lower(), url)


async def mixed_case(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await http.request(method.capitalize(), url)


async def padded(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await http.request(f" {method} ", url)


async def with_a_line_end(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await http.request(f"GET / HTTP/1.1\r\n\r\n{method}", url)


async def renamed_afterwards(http: httpx.AsyncClient, method: str, url: str) -> object:
    made = http.build_request("GET", url)
    made.method = method.lower()
    return await http.send(made)


async def by_a_hook(http: httpx.AsyncClient, method: str, url: str) -> object:
    async def change(made: httpx.Request) -> None:
        made.method = method

    http.event_hooks = {"request": [change]}
    return await http.get(url)


async def by_an_auth_flow(http: httpx.AsyncClient, method: str, url: str) -> object:
    class Flow(httpx.Auth):
        async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
            yield httpx.Request(method, url)

    return await http.get(ORG + USER.target, auth=Flow())


async def with_streamed_content(http: httpx.AsyncClient, method: str, url: str) -> object:
    async def parts() -> AsyncIterator[bytes]:
        yield b"{}"

    return await http.request(method, url, content=parts())


async def by_another_path(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await http.request(method, url.replace("/users/", "/users/x/../"))


async def with_a_base_url(http: httpx.AsyncClient, method: str, url: str) -> object:
    http.base_url = ORG
    return await http.request(method, url.removeprefix(ORG))


async def to_the_default_port(http: httpx.AsyncClient, method: str, url: str) -> object:
    return await http.request(method, url.replace(ORG, f"{ORG}:443"))


DOORS = [
    request,
    verb,
    built_and_sent,
    own_request,
    stream,
    sent_as_stream,
    lower_case,
    mixed_case,
    padded,
    with_a_line_end,
    renamed_afterwards,
    by_a_hook,
    by_an_auth_flow,
    with_streamed_content,
    by_another_path,
    with_a_base_url,
    to_the_default_port,
]


def test_there_are_changes_to_hold_back() -> None:
    assert {"POST", "DELETE"} <= {call.method for call in WRITES}


@each("mode", Mode)
@each("door", DOORS, ids=named)
@each("call", WRITES, ids=named)
async def test_no_door_lets_a_change_out_unapproved(call: Call, door: Door, mode: Mode) -> None:
    clock = FakeClock()
    wire = line()
    http = await client_of(wire, clock, mode=mode).http()
    with pytest.raises(Refused):
        await door(http, call.method, ORG + call.target)
    assert wire.sent == []


@each("call", WRITES, ids=named)
async def test_not_even_an_approval_opens_a_read_only_connector(call: Call) -> None:
    clock = FakeClock()
    wire = line()
    client = client_of(wire, clock, mode=Mode.READ_ONLY)
    with pytest.raises(Refused, match="read-only"):
        await client.send(call, approval=approved(call))
    assert wire.sent == []


@each("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY", ""])
@each("mode", Mode)
async def test_any_other_method_stays_here(method: str, mode: Mode) -> None:
    clock = FakeClock()
    wire = line()
    http = await client_of(wire, clock, mode=mode).http()
    for call in READS:
        with pytest.raises(Refused):
            await http.request(method, ORG + call.target)
    assert wire.sent == []


@each("door", [request, verb, built_and_sent, own_request, stream], ids=named)
@each("method", ["GET", "HEAD"])
async def test_a_read_goes_out_unchanged(method: str, door: Door) -> None:
    clock = FakeClock()
    wire = line()
    http = await client_of(wire, clock, mode=Mode.READ_ONLY).http()
    await door(http, method, ORG + USER.target)
    assert [(sent.call, sent.origin) for sent in wire.sent] == [(Call(method, USER.target), ORG)]


@pytest.mark.parametrize(
    "header",
    [
        "X-HTTP-Method-Override",
        "x-http-method",
        "X_HTTP_Method_Override",
        "X-Method-Override",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Forwarded-Host",
        "X-Override-Method",
        "X-HTTP-Verb",
        "X-Method",
        "_method",
        "Upgrade",
        "Cookie",
        "X-Okta-User-Agent-Extended",
    ],
)
async def test_a_read_cannot_ask_to_be_taken_for_a_change(header: str, clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock).http()
    with pytest.raises(Refused, match="odd header"):
        await http.get(ORG + USER.target, headers={header: "DELETE"})
    assert wire.sent == []


@pytest.mark.parametrize("value", ["Upgrade, HTTP2-Settings", "close, x-okta-retry-for", "upgrade"])
async def test_a_connection_cannot_become_another(value: str, clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock).http()
    with pytest.raises(Refused, match="odd header"):
        await http.get(ORG + USER.target, headers={"Connection": value})
    assert wire.sent == []


class Feigning(str):
    """Text that compares and reads as something harmless."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return other in {"GET", str.__str__(self)}

    def __hash__(self) -> int:
        return hash("GET")

    def __str__(self) -> str:
        return self

    def upper(self) -> Feigning:
        return self


@each("mode", Mode)
@each("call", WRITES, ids=named)
async def test_a_method_that_feigns_to_be_a_read_is_seen(call: Call, mode: Mode) -> None:
    wire = line()
    http = await client_of(wire, FakeClock(), mode=mode).http()
    made = http.build_request("GET", ORG + call.target)
    made.method = Feigning(call.method)
    with pytest.raises(Refused):
        await http.send(made)
    assert wire.sent == []


async def test_what_is_sent_is_of_plain_values(clock: FakeClock) -> None:
    seen: list[httpx.Request] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    http = await client_of(line(look), clock).http()
    made = http.build_request("GET", ORG + USER.target)
    made.method = Feigning("GET")
    await http.send(made)
    assert type(seen[0].method) is str
    assert type(seen[0].url) is httpx.URL


@pytest.mark.parametrize("host", ["evil.example", "acme.okta.com:8443", "acme.okta.com, evil.example", ""])
async def test_the_host_header_is_the_orgs(host: str, clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock).http()
    with pytest.raises(Refused):
        await http.get(ORG + USER.target, headers={"Host": host})
    assert wire.sent == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_read_has_no_body(method: str, clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock).http()
    with pytest.raises(Refused, match="odd request"):
        await http.request(method, ORG + USER.target, content=b"POST /api/v1 HTTP/1.1\r\n\r\n")
    assert wire.sent == []


async def test_a_body_slipped_in_behind_a_read_is_seen(clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock).http()
    made = http.build_request("GET", ORG + USER.target)
    made.stream = httpx.ByteStream(b"POST /api/v1/users HTTP/1.1\r\n\r\n")
    with pytest.raises(Refused, match="odd request"):
        await http.send(made)
    assert wire.sent == []


@pytest.mark.parametrize("headers", [{"content-length": "50"}, {"transfer-encoding": "chunked"}], ids=str)
async def test_a_read_cannot_promise_a_body(headers: dict[str, str], clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock).http()
    await http.get(ORG + USER.target, headers=headers)
    assert not {"content-length", "transfer-encoding"} & set(wire.sent[0].headers)


async def test_nothing_for_the_core_of_httpx_passes(clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock).http()
    odd: dict[str, Any] = {"target": WRITES[0].target.encode(), "sni_hostname": "evil.example", "trace": print}
    await http.get(ORG + USER.target, extensions=odd)
    assert wire.sent[0].target == USER.target
    assert set(wire.sent[0].extensions) <= {"timeout", "lane"}


async def test_an_answer_does_not_hand_out_its_socket(clock: FakeClock) -> None:
    def with_a_socket(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={}, extensions={"http_version": b"HTTP/1.1", "network_stream": object()})

    http = await client_of(line(with_a_socket), clock).http()
    answer = await http.get(ORG + USER.target)
    assert "network_stream" not in answer.extensions
    assert answer.http_version == "HTTP/1.1"


async def test_an_auth_flow_cannot_answer_an_answer_with_a_change(clock: FakeClock) -> None:
    class Flow(httpx.Auth):
        async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
            yield request
            yield httpx.Request(WRITES[0].method, ORG + WRITES[0].target)

    wire = line()
    http = await client_of(wire, clock).http()
    with pytest.raises(Refused):
        await http.get(ORG + USER.target, auth=Flow())
    assert [sent.call for sent in wire.sent] == [USER]
