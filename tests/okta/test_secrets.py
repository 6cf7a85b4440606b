"""The token shows itself nowhere: not in a repr, an error, a traceback with its variables, a log or a dump."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.okta.support import ORG, TOKEN, UNLOCK, USER, approved, client_of, cut, limited, line, named, okta, trouble
from tui.desk.connectors.connector import Connector, OrgAddress
from tui.okta.auth import ApiToken
from tui.okta.errors import BadToken, OktaError
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from tests.conftest import FakeClock
    from tests.okta.support import Line, Scripted


def shown(error: BaseException) -> str:
    """A crash report as generous as any: the whole chain, with every variable of every frame."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(report.format()) + repr(error) + str(error) + repr(vars(error))


def echo(request: httpx.Request) -> httpx.Response:
    """A server that sends back what it was sent, headers and all."""
    return httpx.Response(400, json={"errorCode": "E1", "errorSummary": "x"}, headers=request.headers)


FAILURES = [
    trouble(401, "E0000011"),
    trouble(500, "E0000009"),
    limited(),
    okta(None, 302),
    okta([]),
    cut(),
    echo,
    httpx.ConnectError("refused"),
    httpx.ReadError("reset"),
    httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] x"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=named)
async def test_no_expected_failure_shows_the_token(failure: Scripted, clock: FakeClock) -> None:
    wire = line(failure)
    client = client_of(wire, clock)
    with pytest.raises(OktaError) as caught:
        await client.user("00u1")
    assert TOKEN in wire.sent[0].headers["authorization"]
    assert TOKEN not in shown(caught.value)


@pytest.mark.parametrize("mode", Mode)
async def test_no_refusal_shows_the_token(mode: Mode, clock: FakeClock) -> None:
    with pytest.raises(OktaError) as caught:
        await client_of(line(), clock, mode=mode).send(UNLOCK)
    assert TOKEN not in shown(caught.value)


class Broken(httpx.AsyncBaseTransport):
    """A fault of our own, at the deepest place that a request reaches."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.headers["authorization"].encode())
        raise ZeroDivisionError


@pytest.mark.parametrize("call", [USER, UNLOCK], ids=["read", "change"])
async def test_no_crash_shows_the_token(call: object, clock: FakeClock) -> None:
    wire = Broken()
    client = client_of(wire, clock)
    chosen = UNLOCK if call == UNLOCK else USER
    with pytest.raises(ZeroDivisionError) as caught:
        await client.send(chosen, approval=approved(chosen))
    assert wire.seen == [f"SSWS {TOKEN}".encode()]
    wire.seen.clear()
    assert TOKEN not in shown(caught.value)


async def test_nothing_that_holds_the_token_shows_it(clock: FakeClock) -> None:
    credentials = ApiToken(TOKEN)
    wire: Line = line(okta({"id": "00u1"}))
    client = client_of(wire, clock, credentials=credentials)
    http = await client.http()
    answer = await client.send(USER)
    response = await http.get(ORG + USER.target)
    connector = Connector("acme", OrgAddress(ORG), credentials)
    things = [credentials, client, http, client.policy, client.budget, answer, response, response.request, connector]
    for thing in [*things, response.request.headers, response.headers, str(credentials), f"{credentials}"]:
        assert TOKEN not in repr(thing)
    assert not hasattr(credentials, "__dict__")
    assert "authorization" not in response.request.headers  # the caller's own request was never signed


def test_a_token_is_not_dumped() -> None:
    for dump in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not serialised"):
            dump(ApiToken(TOKEN))


@pytest.mark.parametrize("around", ["{} {}", "{}\n{}", "{}\t{}", "{}é{}", "{}\x00{}"])
def test_what_is_no_token_is_not_quoted(around: str) -> None:
    with pytest.raises(BadToken) as caught:
        ApiToken(around.format(TOKEN, TOKEN))
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    ours = [frame for frame in frames if frame.filename.endswith("auth.py")]
    assert len(ours) == 1
    assert TOKEN not in str(ours[0].locals)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("token", [f" {TOKEN}\n", TOKEN])
async def test_a_pasted_token_is_trimmed(token: str, clock: FakeClock) -> None:
    wire = line()
    await client_of(wire, clock, credentials=ApiToken(token)).send(USER)
    assert wire.sent[0].headers["authorization"] == f"SSWS {TOKEN}"


@pytest.mark.parametrize("token", ["", " ", "\n"])
def test_no_token_is_no_token(token: str) -> None:
    with pytest.raises(BadToken):
        ApiToken(token)


async def test_the_log_of_httpx_does_not_hold_it(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await client_of(line(limited(), okta({})), clock).send(USER)
    assert "HTTP Request" in caplog.text
    assert TOKEN not in caplog.text


async def test_a_callers_authorization_does_not_replace_ours(clock: FakeClock) -> None:
    wire = line()
    http = await client_of(wire, clock).http()
    await http.get(ORG + USER.target, headers={"authorization": "SSWS another"}, auth=("tess", "secret"))
    assert wire.sent[0].headers["authorization"] == f"SSWS {TOKEN}"
