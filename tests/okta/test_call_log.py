"""The session's calls as they are noted: every one, also what was refused; bounded; nothing secret."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import msgspec
import pytest

from tests.conftest import FakeClock
from tests.each import each
from tests.okta.support import ORG, REQUEST_ID, TOKEN, approved, client_of, line
from tui.okta.call_log import KEPT, NOT_SHOWN, CallLog
from tui.okta.calls import Call
from tui.okta.errors import NotReached, OktaError, RateLimited, Refused

if TYPE_CHECKING:
    from tests.okta.support import Line
    from tui.okta.call_log import CallRecord
    from tui.okta.client import OktaClient

API_TOKEN = "00" + "aB3_-xYz9q" * 4
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIwMHUxIn0.c2lnbmF0dXJl"
OK = httpx.Response(200, json={"id": "00u1"}, headers={"x-okta-request-id": REQUEST_ID})
SECRETS = (TOKEN, API_TOKEN, JWT)


def newest(client: OktaClient) -> CallRecord:
    return next(iter(client.calls))


def everything(log: CallLog) -> str:
    """All that the log holds, as text."""
    return repr([msgspec.structs.astuple(record) for record in log]) + repr(vars(log))


async def test_a_call_is_noted_with_its_outcome_and_okta_s_id() -> None:
    client = client_of(line(OK), FakeClock())
    await client.send(Call("GET", "/api/v1/users/00u1?expand=blocks"))
    record = newest(client)
    assert (record.method, record.target, record.path) == (
        "GET",
        "/api/v1/users/00u1?expand=blocks",
        "/api/v1/users/00u1",
    )
    assert (record.status, record.request_id, record.tries) == (200, REQUEST_ID, 1)
    assert record.milliseconds == 0
    assert not record.refused
    assert not record.trouble


async def test_what_the_guard_refuses_is_noted_and_was_not_sent() -> None:
    wire = line(OK)
    client = client_of(wire, FakeClock())
    with pytest.raises(Refused):
        await client.send(Call("DELETE", "/api/v1/users/00u1"))
    assert newest(client).refused
    assert (newest(client).tries, newest(client).status, wire.sent) == (0, 0, [])
    http = await client.http()
    with pytest.raises(Refused):
        await http.get(f"https://user:{API_TOKEN}@evil.example/api/v1/users/me")
    assert newest(client).elsewhere == "https://evil.example"
    assert API_TOKEN not in everything(client.calls)


async def test_why_it_waited_and_how_often_it_was_sent() -> None:
    clock = FakeClock()
    limited = httpx.Response(429, headers={"x-rate-limit-limit": "0", "x-okta-request-id": REQUEST_ID})
    client = client_of(line(limited, httpx.Response(503), OK), clock)
    await client.send(Call("GET", "/api/v1/users/me"))
    record = newest(client)
    assert [why for why, _ in record.waits] == ["too many calls at the same time", "sent again: Okta answered 503"]
    assert record.tries == 3
    assert record.milliseconds == 0, "the waits are told apart from how long it took"


async def test_a_call_that_nobody_waits_for_is_given_up() -> None:
    def ends(_: httpx.Request) -> httpx.Response:
        raise asyncio.CancelledError

    client = client_of(line(ends), FakeClock())
    with pytest.raises(asyncio.CancelledError):
        await client.send(Call("GET", "/api/v1/users/me"))
    assert newest(client).given_up


async def test_a_limit_that_lasts_too_long_and_a_broken_line_are_noted() -> None:
    client = client_of(line(httpx.ConnectError("no route")), FakeClock())
    with pytest.raises(NotReached):
        await client.send(Call("GET", "/api/v1/users/me"))
    assert newest(client).trouble == "Okta cannot be reached"
    full = {"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "9999999999"}
    client = client_of(
        line(httpx.Response(429, headers={**full, "date": "Mon, 23 Nov 2026 06:00:00 GMT"})), FakeClock()
    )
    with pytest.raises(RateLimited):
        await client.send(Call("GET", "/api/v1/users/me"), patience=0.5)
    assert newest(client).trouble


@each("secret", SECRETS, ids=str)
async def test_no_secret_gets_into_the_log_wherever_it_stands(secret: str) -> None:
    encoded = "".join(f"%{ord(character):02X}" for character in secret)
    answer = httpx.Response(
        401,
        json={"errorCode": "E0000011", "errorSummary": f"bad {secret}"},
        headers={"x-okta-request-id": secret, "set-cookie": f"sid={secret}", "link": f"<{ORG}/x?{secret}>"},
    )
    client = client_of(line(answer), FakeClock())
    for target in (
        f"/api/v1/users/{secret}",
        f"/api/v1/users/{encoded}",
        f"/api/v1/users?search=profile.login+eq+%22{secret}%22&limit=200",
        f"/api/v1/users?{secret}={secret}",
        f"/api/v1/users?q={encoded}",
        f"/api/v1/logs?after={'x' * 1980}{secret}",
    ):
        for method, body in (("GET", b""), ("POST", f'{{"password": "{secret}"}}'.encode())):
            call = Call(method, target, body)
            with pytest.raises(OktaError):
                await client.send(call, approval=approved(call))
    held = everything(client.calls)
    assert secret not in held
    assert encoded not in held
    assert secret[:30] not in held
    assert "password" not in held


def test_a_parameter_that_is_a_secret_by_its_name_is_not_kept() -> None:
    log = CallLog(str, origin=ORG)
    record = log.begin("GET", ORG, "/x?activationToken=abc&client%5Fsecret=d&state=&limit=5", at=0.0)
    assert record.target == f"/x?activationToken={NOT_SHOWN}&client%5Fsecret={NOT_SHOWN}&state=&limit=5"


def test_the_newest_are_kept_and_each_is_short() -> None:
    log = CallLog(str, origin=ORG, prefix="/okta")
    for number in range(KEPT + 7):
        log.begin("GET", ORG, f"/okta/api/v1/users/{number}", at=0.0)
    assert (len(log), log.count) == (KEPT, KEPT + 7)
    assert [record.number for record in log][:2] == [KEPT + 7, KEPT + 6]
    assert newest_target(log) == f"/api/v1/users/{KEPT + 6}"
    log.begin("X" * 500, ORG, "/okta/" + "y/" * 9000, at=0.0)
    assert len(newest_target(log)) < 2100
    assert len(next(iter(log)).method) == 20


def newest_target(log: CallLog) -> str:
    return next(iter(log)).target


async def test_an_ordinary_target_is_noted_as_it_is() -> None:
    log = CallLog(str, origin=ORG)
    for target in (
        "/api/v1/users?search=profile.lastName+sw+%22Lee%22&limit=200&after=00u1%3A7",
        "/api/v1/users/00uabc123DEF456ghi78/lifecycle/unlock",
        "/api/v1/groups/00g1/users/ann.lee@acme.example",
    ):
        assert log.begin("GET", ORG, target, at=0.0).target == target


async def test_the_wire_gets_no_record() -> None:
    wire: Line = line(OK)
    await client_of(wire, FakeClock()).send(Call("GET", "/api/v1/users/me"))
    assert "record" not in wire.sent[0].extensions
