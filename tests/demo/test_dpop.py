"""Proof of possession, step by step and with everything that can be wrong with a proof."""

# ruff: noqa: ANN401 - JSON is what it is

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.demo.signing import URL, App, error
from tests.demo.support import BASE, World
from tui.demo.admins.possession import OLD, ROTATES, thumbprint


@pytest.fixture
def world() -> World:
    return World()


async def test_an_app_that_requires_proof_leads_to_it_step_by_step(world: World) -> None:
    app = App(world, "keydesk")
    assert error(await app.ask()) == (400, "invalid_dpop_proof")
    asked = await app.ask(proof=True)
    assert error(asked) == (400, "use_dpop_nonce")
    app.nonce = asked.headers["dpop-nonce"]
    answer = await app.ask(proof=True)
    assert (answer.json()["token_type"], answer.headers["dpop-nonce"]) == ("DPoP", app.nonce)


async def test_a_nonce_turns_with_the_days_and_lasts_a_while(world: World) -> None:
    app = App(world, "keydesk")
    await app.token()
    first = app.nonce
    world.clock.at += ROTATES
    answer = await app.ask(proof=True)
    assert answer.is_success
    assert answer.headers["dpop-nonce"] != first
    world.clock.at += OLD
    assert error(await app.ask(proof=True)) == (400, "use_dpop_nonce")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"htm": "GET"}, "htm"),
        ({"htu": f"{URL}?x=1"}, "htu"),
        ({"iat": 1_790_000_000 - 301}, "iat"),
        ({"iat": 1_790_000_000 + 301}, "iat"),
        ({"jti": None}, "invalid"),
    ],
)
async def test_a_bad_proof_is_refused(world: World, changed: dict[str, Any], says: str) -> None:
    app = App(world, "keydesk")
    await app.token()
    answer = await app.ask(proof=app.proof("POST", URL, **changed))
    assert error(answer) == (400, "invalid_dpop_proof")
    assert says in answer.json()["error_description"]


async def test_a_proof_is_good_once(world: World) -> None:
    app = App(world, "keydesk")
    await app.token()
    proof = app.proof("POST", URL)
    assert (await app.ask(proof=proof)).is_success
    assert error(await app.ask(proof=proof)) == (400, "invalid_dpop_proof")


async def test_a_bound_token_works_with_a_fresh_proof_of_its_own_key_only(world: World) -> None:
    app = App(world, "keydesk")
    token = await app.token()
    url = f"{BASE}/api/v1/users"
    good = {"authorization": f"DPoP {token}", "dpop": app.proof("GET", url, token=token)}
    assert (await world.get("/api/v1/users?limit=1", who=None, headers=good)).is_success
    replayed = await world.get("/api/v1/users?limit=1", who=None, headers=good)
    assert error(replayed) == (401, "invalid_dpop_proof")
    bearer = await world.get("/api/v1/users", who=None, headers={"authorization": f"Bearer {token}"})
    assert error(bearer) == (400, "invalid_request")
    assert "DPoP" in bearer.headers["www-authenticate"]
    bare = await world.get("/api/v1/users", who=None, headers={"authorization": f"DPoP {token}"})
    assert "requires a DPoP proof" in bare.text
    other = ec.generate_private_key(ec.SECP256R1())
    for proof in (
        app.proof("GET", url, token=token, key=other),
        app.proof("GET", url, token="another"),
        app.proof("POST", url, token=token),
    ):
        headers = {"authorization": f"DPoP {token}", "dpop": proof}
        assert error(await world.get("/api/v1/users", who=None, headers=headers)) == (401, "invalid_dpop_proof")


async def test_a_missing_scope_is_told_in_the_form_of_dpop(world: World) -> None:
    app = App(world, "keydesk")
    token = await app.token("okta.users.read")
    headers = {"authorization": f"DPoP {token}", "dpop": app.proof("GET", f"{BASE}/api/v1/groups", token=token)}
    answer = await world.get("/api/v1/groups", who=None, headers=headers)
    assert (answer.status_code, answer.content) == (403, b"")
    assert answer.headers["www-authenticate"].startswith('DPoP algs="RS256 ')


def test_a_thumbprint_is_that_of_rfc_7638() -> None:
    key = {"kty": "EC", "crv": "P-256", "x": "a", "y": "b", "kid": "not part of it"}
    digest = hashlib.sha256(b'{"crv":"P-256","kty":"EC","x":"a","y":"b"}').digest()
    assert thumbprint(key) == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.mark.parametrize("name", ["keydesk", "keydesk-p521", "keydesk-rsa-3072"])
async def test_apps_with_keys_of_all_kinds_get_a_bound_token(world: World, name: str) -> None:
    app = App(world, name)
    token = await app.token()
    headers = {"authorization": f"DPoP {token}", "dpop": app.proof("GET", f"{BASE}/api/v1/users", token=token)}
    assert (await world.get("/api/v1/users?limit=1", who=None, headers=headers)).is_success


async def test_an_app_that_does_not_require_proof_may_give_one(world: World) -> None:
    app = App(world, "service")
    app.nonce = (await app.ask(proof=True)).headers["dpop-nonce"]
    answer = await app.ask(proof=True)
    assert (answer.status_code, answer.json()["token_type"]) == (200, "DPoP")
    bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
    assert error(await world.get("/api/v1/users", who=None, headers=bearer)) == (400, "invalid_request")


async def test_a_token_without_a_key_is_refused_with_the_scheme_of_dpop(world: World) -> None:
    app = App(world, "service")
    token = await app.token()
    proof = app.proof("GET", f"{BASE}/api/v1/users", token=token)
    headers = {"authorization": f"DPoP {token}", "dpop": proof}
    assert error(await world.get("/api/v1/users", who=None, headers=headers)) == (400, "invalid_request")


async def test_the_nonce_can_be_turned_at_once(world: World) -> None:
    app = App(world, "keydesk")
    await app.token()
    turned = await world.call("POST", "/__demo/nonce", who=None)
    refused = await app.ask(proof=True)
    assert error(refused) == (400, "use_dpop_nonce")
    assert app.nonce != refused.headers["dpop-nonce"] == turned.json()["dpop-nonce"]
    app.nonce = refused.headers["dpop-nonce"]
    assert (await app.ask(proof=True)).is_success


async def test_the_assertion_that_met_a_missing_nonce_is_spent(world: World) -> None:
    app = App(world, "keydesk")
    assertion = app.assertion()
    app.nonce = (await app.ask(proof=True, assertion=assertion)).headers["dpop-nonce"]
    answer = await app.ask(proof=True, assertion=assertion)
    assert error(answer) == (401, "invalid_client")
    assert "already been used" in answer.json()["error_description"]


def _odd_proof(app: App, *, private: bool = False, typ: str = "dpop+jwt", signer: Any = None) -> str:
    shown = app.own if private else app.own.public_key()
    claims = {"htm": "POST", "htu": URL, "iat": int(app.world.clock.at), "jti": uuid.uuid4().hex, "nonce": app.nonce}
    head = {"typ": typ, "jwk": jwt.algorithms.ECAlgorithm.to_jwk(shown, as_dict=True)}
    return jwt.encode(claims, signer or app.own, algorithm="ES256", headers=head)


async def test_a_proof_shows_its_type_and_the_public_half_of_the_key_that_signed_it(world: World) -> None:
    app = App(world, "keydesk")
    await app.token()
    assert (await app.ask(proof=_odd_proof(app))).is_success
    for odd in (
        _odd_proof(app, private=True),
        _odd_proof(app, typ="JWT"),
        _odd_proof(app, signer=ec.generate_private_key(ec.SECP256R1())),
        "not.a.proof",
    ):
        assert error(await app.ask(proof=odd)) == (400, "invalid_dpop_proof")


async def test_a_proof_for_a_resource_names_the_token(world: World) -> None:
    app = App(world, "keydesk")
    token = await app.token()
    headers = {"authorization": f"DPoP {token}", "dpop": app.proof("GET", f"{BASE}/api/v1/users")}
    answer = await world.get("/api/v1/users", who=None, headers=headers)
    assert error(answer) == (401, "invalid_dpop_proof")
    assert "ath" in answer.json()["error_description"]


async def test_a_bound_token_ends_after_an_hour_in_the_form_of_dpop(world: World) -> None:
    app = App(world, "keydesk")
    token = await app.token()
    world.clock.at += 3600
    headers = {"authorization": f"DPoP {token}", "dpop": app.proof("GET", f"{BASE}/api/v1/users", token=token)}
    answer = await world.get("/api/v1/users", who=None, headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["www-authenticate"].startswith("DPoP ")
