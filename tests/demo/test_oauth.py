"""The token endpoint by Okta's rules, with assertions and proofs signed here and not by keydesk's client."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.demo.signing import READ, App, error
from tests.demo.support import BASE, World, refusal
from tests.each import each
from tui.demo.base import client_keys

ALGORITHMS = ("RS256", "RS384", "ES256", "ES384", "ES512")


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("name", ["keydesk-bearer", "keydesk-p384", "service", "service-readonly"])
async def test_an_app_signs_in_with_its_key(world: World, name: str) -> None:
    app = App(world, name)
    answer = await app.ask()
    assert answer.json() | {"access_token": ""} == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "access_token": "",
        "scope": READ,
    }
    token = answer.json()["access_token"]
    assert (await world.get("/api/v1/users?limit=1", who=None, headers={"authorization": f"Bearer {token}"})).is_success


def test_keys_follow_from_the_seed_and_are_of_all_kinds() -> None:
    first, again, other = World(), World(), World(seed=8)
    kinds = {app.algorithm for app in first.org.principals if app.kind == "OAUTH"}
    assert kinds == set(ALGORITHMS)
    for name in ("keydesk", "keydesk-bearer"):
        algorithm = first.org.principal(name).algorithm
        keys = [client_keys.private_pem(one.org.seed, name, algorithm) for one in (first, again, other)]
        assert keys[0] == keys[1] != keys[2]
        assert client_keys.public_jwk(7, name, algorithm).keys() <= {
            "kty",
            "use",
            "alg",
            "kid",
            "n",
            "e",
            "crv",
            "x",
            "y",
        }


@each(
    ("changed", "says"),
    [
        ({"aud": "https://another.okta.com/oauth2/v1/token"}, "audience"),
        ({"aud": f"{BASE}/oauth2/default/v1/token"}, "audience"),
        ({"exp": 1_790_000_000 - 1}, "expired"),
        ({"exp": 1_790_000_000 + 3601}, "too far into the future"),
        ({"iat": 1_790_000_000 + 60}, "issued in the future"),
        ({"exp": None}, "'exp' claim"),
        ({"iss": "0oaNOBODY"}, "client_id"),
        ({"sub": "0oaNOBODY"}, "client_id"),
        ({"exp": float("nan")}, "'exp' claim"),
        ({"kid": "unknown"}, "kid"),
        ({"key": ec.generate_private_key(ec.SECP256R1())}, "signature"),
    ],
)
async def test_a_bad_assertion_is_refused_by_name(world: World, changed: dict[str, Any], says: str) -> None:
    app = App(world, "service")
    answer = await app.ask(assertion=app.assertion(**changed))
    assert error(answer) == (401, "invalid_client")
    assert says in answer.json()["error_description"]


async def test_an_assertion_is_good_once_if_it_has_a_jti(world: World) -> None:
    app = App(world, "service")
    assertion, free = app.assertion(), app.assertion(jti=None)
    assert (await app.ask(assertion=assertion)).is_success
    assert "already been used" in (await app.ask(assertion=assertion)).json()["error_description"]
    assert (await app.ask(assertion=free)).is_success
    assert (await app.ask(assertion=free)).is_success


async def test_an_inactive_app_and_other_grants_are_refused(world: World) -> None:
    assert error(await App(world, "keydesk-inactive").ask()) == (401, "invalid_client")
    app = App(world, "service")
    assert error(await app.ask(grant_type="password")) == (400, "unsupported_grant_type")
    assert error(await app.ask(grant_type="")) == (400, "invalid_request")
    assert error(await app.ask(client_secret="s", client_assertion="")) == (401, "invalid_client")
    answer = await world.call("POST", "/oauth2/v1/token", who=None, json={"grant_type": "client_credentials"})
    assert error(answer) == (400, "invalid_request")


async def test_scopes_are_granted_in_part_or_refused_as_a_whole(world: World) -> None:
    some = await App(world, "keydesk-few-scopes").ask("okta.users.read okta.policies.read okta.users.manage")
    assert (some.status_code, some.json()["scope"]) == (200, "okta.users.read")
    whole = App(world, "keydesk-all-or-none")
    whole.nonce = (await whole.ask(proof=True)).headers["dpop-nonce"]
    assert error(await whole.ask("okta.users.read okta.policies.read", proof=True)) == (400, "consent_required")
    assert (await whole.ask("okta.users.read", proof=True)).is_success
    assert error(await App(world, "keydesk-no-scopes").ask()) == (400, "consent_required")
    service = App(world, "service")
    assert error(await service.ask("okta.users.read okta.nothing.read")) == (400, "invalid_scope")
    assert error(await service.ask("")) == (400, "invalid_scope")


async def test_a_token_holds_what_was_granted_with_it_and_lasts_an_hour(world: World) -> None:
    app = App(world, "service")
    headers = {"authorization": f"Bearer {await app.token('okta.users.read')}"}
    assert (await world.get("/api/v1/users?limit=1", who=None, headers=headers)).is_success
    refused = await world.get("/api/v1/groups", who=None, headers=headers)
    assert (refused.status_code, refused.content) == (403, b"")
    assert 'scope="okta.groups.read"' in refused.headers["www-authenticate"]
    world.clock.at += 3600
    gone = await world.get("/api/v1/users?limit=1", who=None, headers=headers)
    assert gone.status_code == 401
    assert "has expired" in gone.headers["www-authenticate"]


async def test_the_role_counts_beside_the_scope(world: World) -> None:
    headers = {"authorization": f"Bearer {await App(world, 'service-norole').token()}"}
    assert refusal(await world.get("/api/v1/groups", who=None, headers=headers)) == (403, "E0000006")


async def test_the_token_endpoint_has_a_limit_of_its_own(world: World) -> None:
    app = App(world, "service")
    for _ in range(150):
        assert (await app.ask()).is_success
    answer = await app.ask()
    assert answer.status_code == 429
    assert answer.headers["x-rate-limit-remaining"] == "0"
