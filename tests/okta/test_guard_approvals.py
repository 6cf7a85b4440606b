"""In read-write mode an approval lets exactly its own calls out, each once, and nothing that only looks like one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace

from tests.conftest import FakeClock
from tests.each import each
from tests.okta.support import ORG, UNLOCK, USER, WRITES, approved, call_of, client_of, limited, line, named, okta
from tui.okta.endpoints import ENDPOINTS, endpoint_of
from tui.okta.errors import Refused
from tui.okta.policy import Approval

if TYPE_CHECKING:
    from tui.okta.calls import Call


@each("call", WRITES, ids=named)
async def test_an_approved_change_goes_out_once(call: Call) -> None:
    clock = FakeClock()
    wire, approval = line(), approved(call)
    client = client_of(wire, clock)
    await client.send(call, approval=approval)
    assert [sent.call for sent in wire.sent] == [call]
    with pytest.raises(Refused, match="twice"):
        await client.send(call, approval=approval)
    assert [sent.call for sent in wire.sent] == [call]


async def test_of_many_at_the_same_moment_one_goes_out(clock: FakeClock) -> None:
    wire, approval = line(), approved(UNLOCK)
    client = client_of(wire, clock)
    came = await asyncio.gather(*(client.send(UNLOCK, approval=approval) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(answer, Refused) for answer in came) == 7
    assert wire.writes == [UNLOCK]


async def test_a_plan_of_several_calls_is_let_out_call_by_call(clock: FakeClock) -> None:
    wire, approval = line(), approved(UNLOCK, *WRITES)
    client = client_of(wire, clock)
    for call in (*WRITES, UNLOCK):
        await client.send(call, approval=approval)
    with pytest.raises(Refused, match="twice"):
        await client.send(UNLOCK, approval=approval)
    assert sorted(map(str, wire.writes)) == sorted(map(str, (UNLOCK, *WRITES)))


OTHERS = [
    call_of(ENDPOINTS["unlock"], "00u2another"),
    replace(UNLOCK, method="PUT"),
    replace(UNLOCK, method="DELETE"),
    replace(UNLOCK, target=UNLOCK.target.replace("unlock", "deactivate")),
    replace(UNLOCK, target=UNLOCK.target + "/"),
    replace(UNLOCK, target=UNLOCK.target + "?sendEmail=true"),
    replace(UNLOCK, target=UNLOCK.target.replace("unlock", "Unlock")),
    replace(UNLOCK, target=UNLOCK.target.replace("00u1", "%300u1")),
    replace(UNLOCK, body=b"{}"),
    replace(UNLOCK, body=b" "),
]


@each("other", OTHERS, ids=named)
async def test_an_approval_is_for_nothing_else(other: Call) -> None:
    clock = FakeClock()
    wire, approval = line(), approved(UNLOCK)
    client = client_of(wire, clock)
    with pytest.raises(Refused, match="not confirmed" if endpoint_of(other) else "none of its own"):
        await client.send(other, approval=approval)
    assert wire.sent == []
    await client.send(UNLOCK, approval=approval)  # and is still good for what it names
    assert wire.writes == [UNLOCK]


class Lookalike:
    entry = 1
    calls = (UNLOCK,)

    def spend(self, call: Call) -> None:
        """Let everything through."""


class Subclass(Approval):
    def spend(self, call: Call) -> None:
        """Let everything through."""


@dataclass
class Namesake:
    entry: int
    calls: tuple[Call, ...]


FORGED: list[object] = [
    None,
    True,
    1,
    "approved",
    {"entry": 1, "calls": (UNLOCK,)},
    (1, (UNLOCK,)),
    Lookalike(),
    Subclass(1, (UNLOCK,)),
    Namesake(1, (UNLOCK,)),
    Approval,
]


@each("forged", FORGED, ids=lambda forged: type(forged).__name__)
async def test_a_forged_approval_opens_nothing(forged: object) -> None:
    clock = FakeClock()
    wire = line()
    client = client_of(wire, clock)
    with pytest.raises(Refused, match="without an approval"):
        await client.send(UNLOCK, approval=forged)  # type: ignore[arg-type]
    http = await client.http()
    with pytest.raises(Refused, match="without an approval"):
        await http.request(UNLOCK.method, ORG + UNLOCK.target, extensions={"approval": forged})
    assert wire.sent == []


async def test_an_empty_approval_approves_nothing(clock: FakeClock) -> None:
    wire = line()
    with pytest.raises(Refused, match="not confirmed"):
        await client_of(wire, clock).send(UNLOCK, approval=approved())
    assert wire.sent == []


async def test_what_was_approved_is_the_body_that_is_sent(clock: FakeClock) -> None:
    call = replace(UNLOCK, body=b'{"reason":"call"}')
    wire, approval = line(), approved(call)
    http = await client_of(wire, clock).http()
    request = http.build_request(call.method, ORG + call.target, content=call.body, extensions={"approval": approval})
    request.stream = httpx.ByteStream(b'{"reason":"none"}')
    with pytest.raises(Refused, match="not confirmed"):
        await http.send(request)
    assert wire.sent == []


async def test_a_body_is_framed_by_its_true_length(clock: FakeClock) -> None:
    call = replace(UNLOCK, body=b'{"reason":"call"}')
    wire = line()
    http = await client_of(wire, clock).http()
    headers = {"content-length": "4", "transfer-encoding": "chunked"}
    extensions = {"approval": approved(call)}
    await http.request(call.method, ORG + call.target, content=call.body, headers=headers, extensions=extensions)
    assert wire.writes == [call]
    assert wire.sent[0].headers["content-length"] == "17"
    assert "transfer-encoding" not in wire.sent[0].headers


@each("call", WRITES, ids=named)
async def test_a_change_without_a_body_says_so(call: Call) -> None:
    clock = FakeClock()
    wire = line()
    await client_of(wire, clock).send(call, approval=approved(call))
    assert wire.sent[0].headers.get("content-length", "0") == "0"
    assert ("content-length" in wire.sent[0].headers) == (call.method in {"POST", "PUT"})
    assert "content-type" not in wire.sent[0].headers


async def test_a_request_changed_during_a_wait_goes_out_as_it_was_approved(clock: FakeClock) -> None:
    wire = line(limited(), okta({}))
    http = await client_of(wire, clock).http()
    extensions = {"approval": approved(UNLOCK)}
    request = http.build_request(UNLOCK.method, ORG + UNLOCK.target, extensions=extensions)

    def meddle(_: httpx.Request) -> httpx.Response:
        request.method, request.url = "DELETE", httpx.URL(ORG + USER.target)
        request.stream = httpx.ByteStream(b"{}")
        return limited()

    wire.script[0] = meddle
    await http.send(request)
    assert [sent.call for sent in wire.sent] == [UNLOCK, UNLOCK]


async def test_waiting_for_a_rate_limit_needs_no_second_approval(clock: FakeClock) -> None:
    wire, approval = line(limited(), limited(resets_in=3), okta({})), approved(UNLOCK)
    client = client_of(wire, clock)
    await client.send(UNLOCK, approval=approval)
    assert wire.writes == [UNLOCK] * 3
    with pytest.raises(Refused, match="twice"):
        await client.send(UNLOCK, approval=approval)


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("location", [UNLOCK.target, "/api/v1/users/00u2/lifecycle/unlock", "https://evil.example/"])
async def test_a_change_is_not_redirected(status: int, location: str, clock: FakeClock) -> None:
    wire = line(okta(None, status, headers={"location": location}))
    http = await client_of(wire, clock).http()
    extensions = {"approval": approved(UNLOCK)}
    with pytest.raises(Refused):
        await http.request(UNLOCK.method, ORG + UNLOCK.target, extensions=extensions, follow_redirects=True)
    assert wire.writes == [UNLOCK]


async def test_an_approval_does_not_travel_to_the_wire(clock: FakeClock) -> None:
    wire = line()
    await client_of(wire, clock).send(UNLOCK, approval=approved(UNLOCK))
    assert "approval" not in wire.sent[0].extensions


@pytest.mark.parametrize("path", ["/oauth2/v1/token"])
async def test_the_token_request_alone_needs_no_approval(path: str, clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock, token_path=path).http()
    form = {"grant_type": "client_credentials", "scope": "okta.users.read"}
    await http.post(ORG + path, data=form)
    for odd in ({}, {"grant_type": "password", "x": "client_credentials"}, {"scope": "x", **form}):
        with pytest.raises(Refused):
            await http.post(ORG + path, data=odd)
    for url in (f"{ORG}{path}/", f"{ORG}{path}?a=b", f"{ORG}/oauth2/default/v1/token", f"https://evil.example{path}"):
        with pytest.raises(Refused):
            await http.post(url, data=form)
    with pytest.raises(Refused):
        await http.put(ORG + path, data=form)
    assert [sent.target for sent in wire.sent] == [path]


async def test_without_oauth_there_is_no_token_request(clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock).http()
    with pytest.raises(Refused):
        await http.post(f"{ORG}/oauth2/v1/token")
    assert wire.sent == []
