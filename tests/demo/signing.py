"""A service app's owner, who signs with PyJWT and cryptography directly: independent of keydesk's own client."""

# ruff: noqa: ANN401 - JSON is what it is

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tests.demo.support import BASE
from tui.demo.base import client_keys

if TYPE_CHECKING:
    from tests.demo.support import World

URL = f"{BASE}/oauth2/v1/token"
READ = "okta.users.read okta.groups.read"


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
