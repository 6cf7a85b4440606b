"""A wire with a token endpoint and an API behind it, by RFC 7523, RFC 9449 and Okta's rules; it checks everything."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import jwt

from tests.okta.support import ORG, REQUEST_ID, trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import FakeClock
    from tui.okta.keys import ClientKey

CLIENT = "0oa1serviceapp000001"
KEY_ID = "key-1"
URL = f"{ORG}/oauth2/v1/token"


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class TokenServer(httpx.AsyncBaseTransport):
    """Issues tokens to one client; `ahead` seconds before the local clock."""

    clock: FakeClock
    key: ClientKey
    granted: tuple[str, ...] = ("okta.users.read", "okta.logs.read")
    whole: bool = False
    dpop: bool = False
    ahead: float = 0.0
    lives: int = 3600
    faults: list[httpx.Response | Exception] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    api: list[httpx.Request] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)
    nonce: str = "nonce-1"
    answers: list[Callable[[httpx.Request], httpx.Response]] = field(default_factory=list)

    @property
    def now(self) -> float:
        return self.clock.now + self.ahead

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/oauth2/v1/token":
            return self.resource(request)
        form = {name: values[0] for name, values in parse_qs((await request.aread()).decode()).items()}
        self.asked.append(form | {"dpop": request.headers.get("dpop", "")})
        self.urls.append(str(request.url))
        if self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, Exception):
                raise fault
            fault.headers.setdefault("date", formatdate(self.now, usegmt=True))
            return fault
        assert "authorization" not in request.headers
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        return self.issue(request, form)

    def say(self, status: int, body: dict[str, Any], **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Response(
            status,
            json=body,
            headers={"x-okta-request-id": REQUEST_ID, "date": formatdate(self.now, usegmt=True), **named},
        )

    def no(self, error: str, why: str, status: int = 400, **headers: str) -> httpx.Response:
        return self.say(status, {"error": error, "error_description": why}, **headers)

    def issue(self, request: httpx.Request, form: dict[str, str]) -> httpx.Response:
        if why := self.bad_assertion(form["client_assertion"]):
            return self.no("invalid_client", why, 401)
        proof = request.headers.get("dpop", "")
        if self.dpop and not proof:
            return self.no("invalid_dpop_proof", "The DPoP proof JWT header is missing.")
        thumbprint = ""
        if proof:
            claims, thumbprint, why = self.read_proof(proof, "POST", URL)
            if why:
                return self.no("invalid_dpop_proof", why)
            if claims.get("nonce") != self.nonce:
                why = "Authorization server requires nonce in DPoP proof."
                return self.no("use_dpop_nonce", why, dpop_nonce=self.nonce)
        asked = form["scope"].split()
        scopes = [scope for scope in asked if scope in self.granted]
        if not scopes or (self.whole and len(scopes) < len(asked)):
            return self.no("consent_required", "You are not allowed any of the requested scopes.")
        token = f"eyJhbGciOiJub25lIn0.token-{len(self.tokens) + 1}.sig"
        self.tokens[token] = {"until": self.now + self.lives, "jkt": thumbprint, "scopes": scopes}
        kind = "DPoP" if thumbprint else "Bearer"
        body = {"token_type": kind, "expires_in": self.lives, "access_token": token, "scope": " ".join(scopes)}
        return self.say(200, body, **({"dpop_nonce": self.nonce} if thumbprint else {}))

    def bad_assertion(self, assertion: str) -> str:
        head = jwt.get_unverified_header(assertion)
        if head["kid"] != KEY_ID:
            return "The client_assertion JWT kid is invalid."
        public = jwt.PyJWK({**self.key.public_jwk(), "alg": self.key.algorithm}).key
        try:
            claims = jwt.decode(
                assertion,
                public,
                algorithms=[self.key.algorithm],
                audience=URL,
                options={"verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidAudienceError:
            return "The audience claim for client_assertion must be the endpoint invoked for the request."
        except jwt.InvalidSignatureError:
            return "The client_assertion signature is invalid."
        if claims["iss"] != CLIENT or claims["sub"] != CLIENT:
            return "Invalid value for 'client_id' parameter."
        if claims["iat"] > self.now:
            return "The client_assertion was issued in the future."
        if claims["exp"] < self.now:
            return "The client_assertion token is expired."
        if claims["exp"] > self.now + 3600:
            return "The client_assertion has an expiration too far into the future."
        return self.used(claims["jti"])

    def used(self, jti: str) -> str:
        if jti in self.seen:
            return "The jti has already been used."
        self.seen.add(jti)
        return ""

    def read_proof(self, proof: str, method: str, url: str) -> tuple[dict[str, Any], str, str]:
        head = jwt.get_unverified_header(proof)
        assert head["typ"] == "dpop+jwt"
        assert "d" not in head["jwk"]
        claims = jwt.decode(
            proof,
            jwt.PyJWK({**head["jwk"], "alg": head["alg"]}).key,
            algorithms=[head["alg"]],
            options={"verify_iat": False},
        )
        assert (claims["htm"], claims["htu"]) == (method, url)
        thumbprint = unpadded(
            hashlib.sha256(json.dumps(dict(sorted(head["jwk"].items())), separators=(",", ":")).encode()).digest()
        )
        if not 0 <= int(self.now) - claims["iat"] <= 300:  # Okta takes none from the future
            return claims, thumbprint, "The DPoP proof was issued too long ago or in the future."
        return claims, thumbprint, self.used(claims["jti"])

    def resource(self, request: httpx.Request) -> httpx.Response:
        self.api.append(httpx.Request(request.method, request.url, headers=request.headers))  # it is signed anew
        scheme, _, token = request.headers["authorization"].partition(" ")
        known = self.tokens.get(token)
        if known is None or known["until"] < self.now:
            return self.refuse(401, "Bearer", "invalid_token")
        if known["jkt"]:
            assert scheme == "DPoP"
            url = str(request.url).partition("?")[0]
            claims, thumbprint, why = self.read_proof(request.headers["dpop"], request.method, url)
            if why:
                return self.refuse(401, "DPoP", "invalid_dpop_proof")
            assert thumbprint == known["jkt"]
            assert claims["ath"] == unpadded(hashlib.sha256(token.encode()).digest())
        else:
            assert scheme == "Bearer"
        if self.answers:
            return self.answers.pop(0)(request)
        return self.say(200, {"id": "00u1"})

    def refuse(self, status: int, scheme: str, error: str) -> httpx.Response:
        return httpx.Response(
            status,
            headers={
                "x-okta-request-id": REQUEST_ID,
                "www-authenticate": f'{scheme} error="{error}"',
                "date": formatdate(self.now, usegmt=True),
            },
        )


__all__ = ["CLIENT", "KEY_ID", "TokenServer", "trouble"]
