"""Proof of possession: found out by itself, fresh on every try and page, with the server's nonce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest

from tests.okta.support import ORG, USER, limited, okta
from tests.okta.test_oauth import KEY, app_of, client_of
from tests.okta.token_server import TokenServer
from tui.okta import endpoints as ep
from tui.okta.models import User

if TYPE_CHECKING:
    from tests.conftest import FakeClock


@pytest.fixture
def server(clock: FakeClock) -> TokenServer:
    return TokenServer(clock, KEY, dpop=True)


def proofs(server: TokenServer) -> list[dict[str, object]]:
    return [jwt.decode(one.headers["dpop"], options={"verify_signature": False}) for one in server.api]


async def test_it_is_switched_on_by_itself(server: TokenServer) -> None:
    client = client_of(server)
    await client.send(USER)
    await client.send(USER)
    assert [bool(form["dpop"]) for form in server.asked] == [False, True, True]
    assert server.api[0].headers["authorization"].startswith("DPoP ")


async def test_known_from_before_it_costs_one_token_request(server: TokenServer) -> None:
    app = app_of(nonce="nonce-1")
    client = client_of(server, app)
    await client.send(USER)
    assert len(server.asked) == 1


async def test_a_nonce_is_told_to_whoever_keeps_it_and_a_rotated_one_is_followed(server: TokenServer) -> None:
    kept: list[str] = []
    app = app_of(nonce="from long ago")
    app.on_nonce = kept.append
    client = client_of(server, app)
    await client.send(USER)
    server.nonce = "nonce-2"
    await app.token()
    await client.send(USER)
    assert kept == ["nonce-1", "nonce-2"]


async def test_each_request_retry_and_page_has_a_proof_of_its_own(server: TokenServer) -> None:
    link = f'<{ORG}/api/v1/users?after=x&limit=2>; rel="next"'
    server.answers = [
        lambda _: limited(server=server.now),
        lambda _: okta([{"id": "00u1"}], links=(link,)),
        lambda _: okta([{"id": "00u2"}]),
    ]
    client = client_of(server)
    found = [user.id async for page in client.pages(ep.USERS, User, query={"limit": "2"}) for user in page.items]
    assert found == ["00u1", "00u2"]
    made = proofs(server)
    assert len({proof["jti"] for proof in made}) == 3
    assert {proof["htu"] for proof in made} == {f"{ORG}/api/v1/users"}
    assert all(proof["ath"] for proof in made)


async def test_its_key_is_not_the_clients(server: TokenServer) -> None:
    await client_of(server).send(USER)
    own = jwt.get_unverified_header(server.api[0].headers["dpop"])["jwk"]
    assert own["x"] != KEY.public_jwk()["x"]
    assert set(own) == {"kty", "crv", "x", "y"}


async def test_a_nonce_that_the_api_wants_is_given(server: TokenServer) -> None:
    def wants(_: object) -> object:
        answer = server.refuse(401, "DPoP", "use_dpop_nonce")
        answer.headers["dpop-nonce"] = "of the api"
        return answer

    server.answers = [wants]  # type: ignore[list-item]
    await client_of(server).send(USER)
    assert [proof.get("nonce") for proof in proofs(server)] == [None, "of the api"]
    assert len(server.tokens) == 1


async def test_a_clock_set_right_in_between_is_noticed(server: TokenServer, clock: FakeClock) -> None:
    server.ahead = 3600.0
    client = client_of(server)
    await client.send(USER)
    clock.now += 3600.0  # somebody sets the local clock
    server.ahead = 0.0
    server.lives = 10**6
    for token in server.tokens.values():
        token["until"] += 10**6
    client._credentials._token = client._credentials._token.__class__(  # type: ignore[attr-defined]
        next(iter(server.tokens)), clock.monotonic() + 10**5, dpop=True
    )
    await client.send(USER)
    assert len(server.asked) == 4
