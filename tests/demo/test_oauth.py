"""The token endpoint by Okta's rules, with assertions and proofs signed here and not by keydesk's client."""

# ruff: noqa: ANN401 - JSON is what it is

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.demo.support import BASE, World, refusal
from tui.demo import client_keys
from tui.demo.possession import OLD, ROTATES, thumbprint

URL = f"{BASE}/oauth2/v1/token"
READ = "okta.users.read okta.groups.read"
ALGORITHMS = ("RS256", "ES256", "ES384", "ES512")


@pytest.fixture
def world() -> World:
    return World()


class App:
    """A service app's owner, who holds its private key and one for proofs."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.app = world.org.principal(name)
        self.key = client_keys.private_key(world.org.seed, name, self.app.algorithm)
        self.kid = client_keys.key_id(world.org.seed, name)
        self.own = ec.generate_private_key(ec.SECP256R1())
        self.nonce = ""

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(self.world.clock.at)
        plain = {"iss": self.app.identity, "sub": self.app.identity, "aud": URL, "iat": now, "exp": now + 300}
        return {
            name: value for name, value in {**plain, "jti": uuid.uuid4().hex, **changed}.items() if value is not None
        }

    def assertion(self, *, kid: str | None = None, key: Any = None, alg: str = "", **changed: Any) -> str:
        return jwt.encode(
            self.claims(**changed),
            key or self.key,
            algorithm=alg or self.app.algorithm,
            headers={"kid": kid or self.kid},
        )

    def proof(self, method: str, url: str, *, token: str = "", key: Any = None, **changed: Any) -> str:
        own = key or self.own
        public = jwt.algorithms.ECAlgorithm.to_jwk(own.public_key(), as_dict=True)
        claims = {"htm": method, "htu": url, "iat": int(self.world.clock.at), "jti": uuid.uuid4().hex}
        if token:
            claims["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
        if self.nonce:
            claims["nonce"] = self.nonce
        claims = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        return jwt.encode(claims, own, algorithm="ES256", headers={"typ": "dpop+jwt", "jwk": public})

    async def ask(self, scope: str = READ, *, proof: str | bool = False, assertion: str = "", **form: str) -> Any:
        fields = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion or self.assertion(),
            **form,
        }
        headers = {"dpop": proof if isinstance(proof, str) else self.proof("POST", URL)} if proof else {}
        return await self.world.call("POST", "/oauth2/v1/token", who=None, data=fields, headers=headers)

    async def token(self, scope: str = READ) -> str:
        if self.app.dpop:
            self.nonce = (await self.ask(scope, proof=True)).headers["dpop-nonce"]
        answer = await self.ask(scope, proof=self.app.dpop)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


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


@pytest.mark.parametrize(
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


# -- proof of possession


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
