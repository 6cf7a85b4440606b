"""What the token endpoint's refusals become: each sentence of Okta's catalogue blames the input that is wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.okta.support import ORG, USER, client_of, line, okta, trouble
from tests.okta.test_oauth import KEY, SCOPES, app_of
from tests.okta.test_oauth import client_of as app_client_of
from tests.okta.token_server import TokenServer
from tui.okta.auth import ApiToken
from tui.okta.credentials import Unsigned
from tui.okta.errors import Answered, BadClient, BadToken, MissingScope

if TYPE_CHECKING:
    from tests.conftest import FakeClock
    from tui.okta.credentials import Credentials


@pytest.fixture
def server(clock: FakeClock) -> TokenServer:
    return TokenServer(clock, KEY)


@pytest.mark.parametrize(
    ("sentence", "field", "says"),
    [
        ("Invalid value for 'client_id' parameter.", "client_id", "does not know this client id"),
        ("The issuer claim for client_assertion is not a valid client_id.", "client_id", "does not know this client"),
        ("The subject claim for client_assertion is not a valid client_id.", "client_id", "does not know this client"),
        (
            "Client authentication failed. Either the client or the client credentials are invalid.",
            "client_id",
            "does not accept this service app. Either",
        ),
        ("The client_assertion signature is invalid.", "private_key", "does not belong to this key id"),
        ("The client_assertion JWT signature algorithm is invalid.", "private_key", "a key of another kind"),
        ("The client_assertion JWT kid is invalid.", "key_id", "does not know this key id"),
        ("The client JWKSet is invalid.", "key_id", "cannot read the app's public keys"),
        ("Error retrieving the client JWKSet from jwks_uri.", "key_id", "cannot read the app's public keys"),
        (
            "The client does not have a JWKSet configured, but the client_assertion requires one.",
            "key_id",
            "has no public key",
        ),
        (
            "The public key being used for client assertion has an invalid 'use' parameter. Valid values are [sig].",
            "key_id",
            "not one for signing",
        ),
        ("The client_assertion JWT needs to be signed using a signing key.", "key_id", "not one for signing"),
        (
            "The audience claim for client_assertion must be the endpoint invoked for the request.",
            "org",
            "another address",
        ),
        ("The client_assertion token is expired.", "clock", "the time in the assertion"),
        ("The client_assertion token has an expiration too far into the future.", "clock", "the time in the assertion"),
        ("The client_assertion token must be issued before the current time.", "clock", "the time in the assertion"),
        ("The client_assertion token has already been used.", "client_id", "used before"),
        (
            "Client Credentials requests must use the private_key_jwt token_endpoint_auth_method.",
            "client_id",
            "does not sign in by key",
        ),
        (
            "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type'.",
            "client_id",
            "may not sign in by itself",
        ),
        ("The client is inactive.", "client_id", "not active"),
    ],
)
async def test_each_sentence_blames_the_input_that_is_wrong(
    server: TokenServer, sentence: str, field: str, says: str
) -> None:
    server.faults = [server.no("invalid_client", sentence, 401)]
    with pytest.raises(BadClient, match=says) as caught:
        await app_client_of(server).send(USER)
    assert caught.value.field == field
    assert caught.value.advice
    assert sentence in caught.value.detail
    assert len(server.asked) == 1


async def test_an_app_that_is_limited_to_a_network_zone_says_so(server: TokenServer) -> None:
    why = "The request is made from outside the client's permitted network zones."
    server.faults = [server.no("access_denied", why, 403)]
    with pytest.raises(BadClient, match="may not sign in from this network") as caught:
        await app_client_of(server).send(USER)
    assert "network zone" in caught.value.advice


async def test_any_other_refusal_is_quoted(server: TokenServer) -> None:
    server.faults = [server.no("access_denied", "The Aerial service denied the request.", 403)]
    with pytest.raises(Answered, match="refused the token request") as caught:
        await app_client_of(server).send(USER)
    assert caught.value.code == "access_denied"
    assert caught.value.summary == "The Aerial service denied the request."


async def test_scopes_that_a_refusal_names_are_left_out_at_once(server: TokenServer) -> None:
    why = "The following scopes require user consent: [okta.apps.manage, okta.groups.read]."
    server.faults = [server.no("consent_required", why)]
    app = app_of(("okta.apps.manage", "okta.groups.read", *SCOPES))
    await app_client_of(server, app).send(USER)
    assert app.granted is not None
    assert app.granted.missing == ("okta.apps.manage", "okta.groups.read")
    assert [form["scope"] for form in server.asked][1:] == [" ".join(SCOPES)]


async def test_asking_again_asks_for_all_also_while_a_smaller_request_is_under_way(server: TokenServer) -> None:
    app = app_of()
    app.expect({"okta.users.read"})
    client = app_client_of(server, app)
    await client.http()
    reading = asyncio.ensure_future(client.send(USER))
    await asyncio.sleep(0)
    assert (await app.token()).missing == ()
    await reading
    assert [form["scope"] for form in server.asked] == ["okta.users.read", " ".join(SCOPES)]


@pytest.mark.parametrize(
    ("ahead", "bearer", "dpop"),
    [(-301, 2, 2), (-59, 1, 2), (-20, 1, 2), (-4, 1, 2), (-1, 1, 1), (1, 1, 1), (20, 1, 1), (200, 1, 1), (301, 2, 2)],
)
async def test_a_clock_that_is_a_little_off_costs_a_request_at_most(
    clock: FakeClock, ahead: float, bearer: int, dpop: int
) -> None:
    for proves, requests in ((False, bearer), (True, dpop)):
        server = TokenServer(clock, KEY, ahead=ahead, dpop=proves)
        app = app_of(nonce="nonce-1" if proves else "")  # so that the first request carries a proof by the local clock
        await app_client_of(server, app).send(USER)
        assert (len(server.asked), len(server.api)) == (requests, 1)


# -- refused by the API itself


@pytest.mark.parametrize(
    ("credentials", "field", "says"),
    [
        (ApiToken("00abcdefghijklmnop"), "api_token", "network zone"),
        (Unsigned(), "org", "address"),
    ],
)
async def test_a_refused_credential_is_told_in_its_own_words(
    credentials: Credentials, field: str, says: str, clock: FakeClock
) -> None:
    with pytest.raises(BadToken, match=says) as caught:
        await client_of(line(trouble(401, "E0000011")), clock, credentials=credentials).send(USER)
    assert caught.value.field == field


async def test_a_service_app_is_not_told_of_api_tokens(server: TokenServer) -> None:
    server.answers = [lambda _: server.refuse(401, "Bearer", "invalid_token")] * 2
    with pytest.raises(BadToken) as caught:
        await app_client_of(server).send(USER)
    assert caught.value.field == "client_id"
    assert "service app" in caught.value.advice
    assert "30 days" not in str(caught.value)


@pytest.mark.parametrize(
    "pasted",
    [
        "SSWS 00abcdefghijklmnop",
        "ssws  00abcdefghijklmnop",
        "Authorization: SSWS 00abcdefghijklmnop\n",
        '"00abcdefghijklmnop"',
    ],
)
async def test_a_token_copied_with_its_header_is_taken_out_of_it(pasted: str, clock: FakeClock) -> None:
    wire = line()
    await client_of(wire, clock, credentials=ApiToken(pasted)).send(USER)
    assert wire.sent[0].headers["authorization"] == "SSWS 00abcdefghijklmnop"


async def test_a_title_that_quotes_an_answer_is_concealed_too(clock: FakeClock) -> None:
    token = "00abcdefghijklmnop"
    echo = okta(None, 403, headers={"www-authenticate": f'Bearer scope="{token}", error="insufficient_scope"'})
    with pytest.raises(MissingScope) as caught:
        await client_of(line(echo), clock, credentials=ApiToken(token)).send(USER)
    assert token not in repr(caught.value) + str(caught.value) + repr(vars(caught.value))


async def test_the_token_request_goes_where_the_org_says(server: TokenServer) -> None:
    await app_client_of(server).send(USER)
    assert server.urls == [f"{ORG}/oauth2/v1/token"]
