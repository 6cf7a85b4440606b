"""Signing in as a service app: what is really sent to the token endpoint, how often, and what its refusals mean."""

from __future__ import annotations

import asyncio
import pickle
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import pytest

from tests.okta.support import ALL_ENDPOINTS, ORG, UNLOCK, USER, approved, trouble
from tests.okta.token_server import CLIENT, KEY_ID, TokenServer
from tui.okta.client import OktaClient
from tui.okta.errors import AnswerLost, BadClient, BadToken, FeatureOff, NoScopes, NotAnOrg, OktaDown, RateLimited
from tui.okta.keys import ClientKey
from tui.okta.oauth import TOKEN_PATH, ServiceApp
from tui.okta.policy import Mode, Policy
from tui.trouble import BadInput

if TYPE_CHECKING:
    from tests.conftest import FakeClock

SCOPES = ("okta.users.read", "okta.logs.read")
KEY = ClientKey.make("EC")


@pytest.fixture
def server(clock: FakeClock) -> TokenServer:
    return TokenServer(clock, KEY)


def app_of(scopes: tuple[str, ...] = SCOPES, *, client: str = CLIENT, key_id: str = KEY_ID, **more: Any) -> ServiceApp:  # noqa: ANN401
    return ServiceApp(client, key_id, more.pop("key", KEY), scopes, **more)


def client_of(server: TokenServer, app: ServiceApp | None = None) -> OktaClient:
    policy = Policy(ORG, Mode.READ_WRITE, token_path=TOKEN_PATH, endpoints=ALL_ENDPOINTS)
    return OktaClient(policy, app or app_of(), clock=server.clock, transport=server)


async def test_one_token_serves_all_requests(server: TokenServer) -> None:
    client = client_of(server)
    for _ in range(3):
        await client.send(USER)
    assert len(server.asked) == 1
    form = server.asked[0]
    assert form["grant_type"] == "client_credentials"
    assert form["scope"] == "okta.users.read okta.logs.read"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    claims = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 300
    assert {request.headers["authorization"] for request in server.api} == {f"Bearer {next(iter(server.tokens))}"}


async def test_fifty_requests_at_once_wait_for_one_token(server: TokenServer) -> None:
    client = client_of(server)
    await asyncio.gather(*(client.send(USER) for _ in range(50)))
    assert len(server.asked) == 1
    assert len(server.api) == 50


async def test_who_leaves_does_not_take_the_token_from_the_others(server: TokenServer) -> None:
    client = client_of(server)
    await client.http()
    first, second = (asyncio.ensure_future(client.send(USER)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert len(server.asked) == 1


async def test_it_is_renewed_ahead_of_its_end(server: TokenServer, clock: FakeClock) -> None:
    client = client_of(server)
    await client.send(USER)
    clock.now += 3600 - 301
    await client.send(USER)
    assert len(server.asked) == 1
    clock.now += 2
    await client.send(USER)
    assert len(server.asked) == 2
    assert all(request.headers["authorization"] != "" for request in server.api)


async def test_while_the_old_one_lasts_a_failed_renewal_hurts_nobody(server: TokenServer, clock: FakeClock) -> None:
    client = client_of(server)
    await client.send(USER)
    clock.now += 3500
    server.faults = [httpx.ConnectError("down")] * 3
    await client.send(USER)
    assert server.api[-1].headers["authorization"] == server.api[0].headers["authorization"]


@pytest.mark.parametrize("write", [False, True])
async def test_after_a_401_it_is_renewed_once_and_the_request_sent_again(server: TokenServer, *, write: bool) -> None:
    client = client_of(server)
    await client.send(USER)
    server.tokens.clear()  # revoked
    if write:
        await client.send(UNLOCK, approval=approved(UNLOCK))
    else:
        await client.send(USER)
    assert len(server.asked) == 2
    assert len(server.api) == 3


async def test_a_second_401_is_told(server: TokenServer) -> None:
    client = client_of(server)
    server.answers = [lambda _: server.refuse(401, "Bearer", "invalid_token")] * 2
    with pytest.raises(BadToken):
        await client.send(USER)
    assert len(server.asked) == 2


async def test_a_feature_that_is_off_costs_no_token(server: TokenServer) -> None:
    client = client_of(server)
    server.answers = [lambda _: trouble(401, "E0000015")]
    with pytest.raises(FeatureOff):
        await client.send(USER)
    assert len(server.asked) == 1


@pytest.mark.parametrize("hours", [5.5, -5.5])
@pytest.mark.parametrize("dpop", [False, True])
async def test_a_wrong_local_clock_does_not_break_it(server: TokenServer, hours: float, *, dpop: bool) -> None:
    server.ahead, server.dpop = hours * 3600, dpop
    client = client_of(server)
    await client.send(USER)
    await client.send(USER)
    assert len(server.asked) == (4 if dpop else 2)
    assert len(server.api) == 2


async def test_each_try_has_an_assertion_of_its_own(server: TokenServer) -> None:
    server.dpop = True
    server.faults = [httpx.ReadError("reset"), httpx.Response(503), trouble(429, "E0000047")]
    await client_of(server).send(USER)
    assertions = [form["client_assertion"] for form in server.asked]
    assert len(assertions) == len(set(assertions)) == 6


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ReadError("reset"), AnswerLost),
        (httpx.Response(503, headers={"x-okta-request-id": "1"}), OktaDown),
        (trouble(429, "E0000047"), RateLimited),
    ],
)
async def test_a_token_endpoint_that_stays_away_is_told(
    server: TokenServer, fault: httpx.Response | Exception, kind: type[Exception]
) -> None:
    server.faults = [fault] * 200
    with pytest.raises(kind):
        await client_of(server).send(USER)
    assert len(server.asked) < 80


# -- scopes


async def test_a_smaller_grant_says_what_is_missing_by_name(server: TokenServer) -> None:
    app = app_of((*SCOPES, "okta.policies.read", "okta.groups.read"))
    client = client_of(server, app)
    await client.http()
    granted = await app.token()
    assert granted.missing == ("okta.groups.read", "okta.policies.read")
    assert len(server.asked) == 1


async def test_a_manage_scope_brings_its_read(server: TokenServer) -> None:
    server.granted = ("okta.users.manage",)
    app = app_of(("okta.users.read", "okta.users.manage"))
    await client_of(server, app).http()
    assert (await app.token()).missing == ()


@pytest.mark.parametrize("dpop", [False, True])
async def test_where_all_is_refused_the_missing_ones_are_found(server: TokenServer, *, dpop: bool) -> None:
    server.whole, server.dpop = True, dpop
    app = app_of(("okta.policies.read", *SCOPES))
    client = client_of(server, app)
    await client.send(USER)
    assert app.granted is not None
    assert app.granted.missing == ("okta.policies.read",)
    before = len(server.asked)
    server.tokens.clear()
    await client.send(USER)
    assert len(server.asked) == before + 1  # it is known by now
    server.granted = (*server.granted, "okta.policies.read")
    assert (await app.token()).missing == ()  # asked again after a change in Okta


async def test_no_scope_at_all_names_all(server: TokenServer) -> None:
    server.granted = ()
    with pytest.raises(NoScopes, match=r"okta\.users\.read, okta\.logs\.read") as caught:
        await client_of(server).send(USER)
    assert "Okta API Scopes" in caught.value.advice


# -- what bad input gets


@pytest.mark.parametrize(
    ("app", "field", "says"),
    [
        (app_of(key_id="another"), "key_id", "does not know this key id"),
        (app_of(key=ClientKey.make("EC")), "private_key", "does not belong to this key id"),
        (app_of(client="0oa1another000000001"), "client_id", "does not know this client id"),
    ],
)
async def test_the_field_to_blame_is_named(server: TokenServer, app: ServiceApp, field: str, says: str) -> None:
    with pytest.raises(BadClient, match=says) as caught:
        await client_of(server, app).send(USER)
    assert caught.value.field == field
    assert caught.value.advice
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("client", "key_id", "field", "says"),
    [
        (KEY_ID, CLIENT, "client_id", "swapped"),
        ("", KEY_ID, "client_id", "missing"),
        (CLIENT, " ", "key_id", "missing"),
        ("0oa1 234567", KEY_ID, "client_id", "not a client id"),
        (CLIENT, "kéy", "key_id", "not a key id"),
    ],
)
def test_ids_that_cannot_be_are_refused_before_anything_is_sent(
    client: str, key_id: str, field: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        app_of(client=client, key_id=key_id)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<html>Sign in to the proxy</html>"),
        httpx.Response(302, headers={"location": "https://portal.example/login"}),
    ],
)
async def test_a_proxy_that_answers_with_its_own_sign_in_is_told(server: TokenServer, answer: httpx.Response) -> None:
    server.faults = [answer]
    with pytest.raises(NotAnOrg, match="Something else than Okta"):
        await client_of(server).send(USER)


async def test_another_kind_of_app_is_told(server: TokenServer) -> None:
    server.faults = [server.no("unauthorized_client", "The client is not allowed this grant.")]
    with pytest.raises(BadClient, match="may not sign in by itself"):
        await client_of(server).send(USER)


async def test_no_secret_shows(server: TokenServer) -> None:
    app = app_of()
    client = client_of(server, app)
    await client.send(USER)
    token = next(iter(server.tokens))
    echo = trouble(400, "E0000001", f"you sent {token} and {server.asked[0]['client_assertion']}")
    server.answers = [lambda _: echo]
    with pytest.raises(Exception, match="you sent … and …") as caught:
        await client.send(USER)
    for text in (repr(app), repr(KEY), repr(app._token), str(caught.value), repr(caught.value)):
        assert token not in text
        assert "eyJ" not in text
    for secret in (app, KEY):
        with pytest.raises(TypeError):
            pickle.dumps(secret)
