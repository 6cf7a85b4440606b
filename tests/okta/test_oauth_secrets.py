"""No assertion, proof, access token or key shows itself: not in an error, a traceback with its variables or a log."""

from __future__ import annotations

import copy
import logging
import pickle
import re
import traceback
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.okta.support import UNLOCK, USER, approved, trouble
from tests.okta.test_oauth import KEY, app_of, client_of
from tests.okta.token_server import TokenServer
from tui.okta.errors import Answered, BadClient, OktaError

if TYPE_CHECKING:
    from tests.conftest import FakeClock

JWT = re.compile(r"eyJ[\w-]{10}")


def shown(error: BaseException) -> str:
    """A crash report as generous as any: every variable of every frame but the tests' own, through the whole chain."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    report.stack = traceback.StackSummary.from_list([one for one in report.stack if "/tests/" not in one.filename])
    assert len(report.stack) > 0
    return "".join(report.format()) + repr(error) + str(error) + repr(vars(error))


@pytest.fixture(params=[False, True], ids=["bearer", "dpop"])
def server(request: pytest.FixtureRequest, clock: FakeClock) -> TokenServer:
    return TokenServer(clock, KEY, dpop=request.param)


FAULTS = [
    httpx.ConnectError("refused"),
    httpx.ReadError("reset"),
    httpx.Response(503),
    httpx.Response(200, html="<html>Sign in"),
    httpx.Response(200, json={"token_type": "Bearer"}),
    httpx.Response(200, json={"access_token": "eyJ\n0aaaaaaaaaaaaa"}),
    trouble(429, "E0000047"),
    ZeroDivisionError("a fault of our own"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
async def test_no_failure_of_signing_in_shows_what_was_sent(
    server: TokenServer, fault: httpx.Response | Exception
) -> None:
    app = app_of(nonce=server.nonce if server.dpop else "")
    server.faults = [fault] * 200
    with pytest.raises((OktaError, ZeroDivisionError)) as caught:
        await client_of(server, app).send(USER)
    assert JWT.match(server.asked[0]["client_assertion"])
    assert bool(server.asked[0]["dpop"]) is server.dpop
    assert not JWT.search(shown(caught.value))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
async def test_no_failure_of_the_api_shows_token_or_proof(server: TokenServer, status: int) -> None:
    server.answers = [lambda request: httpx.Response(status, headers=request.headers, content=str(request.headers))] * 4
    client = client_of(server)
    with pytest.raises(OktaError) as caught:
        await client.send(UNLOCK, approval=approved(UNLOCK))
    assert JWT.match(server.api[0].headers["authorization"].partition(" ")[2])
    assert not JWT.search(shown(caught.value))


async def test_what_the_token_endpoint_echoes_is_concealed_wherever_it_is_asked_from(server: TokenServer) -> None:
    app = app_of()
    client = client_of(server, app)
    await client.http()
    echo = "No client_id in eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiIwb2EifQ.c2lnbmF0dXJl"
    server.faults = [server.no("invalid_client", echo, 401)]
    with pytest.raises(BadClient, match="No client_id in …") as caught:
        await app.token()
    assert not JWT.search(shown(caught.value))


async def test_an_opaque_token_is_concealed_also_after_it_was_renewed(clock: FakeClock) -> None:
    server = TokenServer(clock, KEY)
    client = client_of(server)
    server.faults = [server.say(200, {"access_token": "opaque-and-secret", "scope": "okta.users.read"})]
    server.tokens["opaque-and-secret"] = {"until": server.now + 3600, "jkt": "", "scopes": []}
    await client.send(USER)
    server.tokens.clear()
    server.answers = [lambda _: trouble(400, "E0000001", "before it was opaque-and-secret")]
    with pytest.raises(Answered, match="before it was …"):
        await client.send(USER)
    assert len(server.asked) == 2


async def test_the_logs_hold_none(server: TokenServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await client_of(server).send(USER)
    assert "HTTP Request" in caplog.text
    assert not JWT.search(caplog.text)


async def test_nothing_that_holds_them_shows_or_dumps_them(server: TokenServer) -> None:
    app = app_of()
    client = client_of(server, app)
    await client.send(USER)
    things = [
        app,
        KEY,
        client,
        client._credentials,
        app._token,
        app._recent_tokens,
        app._sender,
        app._prover,
        app.granted,
    ]
    assert not any(JWT.search(repr(thing) + str(thing)) for thing in things)
    for secret in (app, KEY):
        for dump in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="serialised"):
                dump(secret)
