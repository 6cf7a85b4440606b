"""The org authorization server's token endpoint: client credentials with a private-key JWT, and nothing else.

Okta: "Implement OAuth for Okta with a service app"; the errors are OAuth's own, not those of the Management API.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import msgspec

from tui.demo.admins.issued import LIVES
from tui.demo.admins.possession import ALGORITHMS, BadProof
from tui.demo.admins.principals import KNOWN_SCOPES
from tui.demo.base import client_keys
from tui.demo.http.request import Response, Route

if TYPE_CHECKING:
    from tui.demo.admins.principals import Principal
    from tui.demo.http.request import Request

PATH = "/oauth2/v1/token"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FURTHEST = 3600.0


class Refused(Exception):
    """A refusal in OAuth's words."""

    def __init__(self, error: str, why: str, status: int = 400, nonce: str = "") -> None:
        self.error = error
        self.why = why
        self.status = status
        self.nonce = nonce
        super().__init__(error)


def token(request: Request) -> Response:
    """POST /oauth2/v1/token."""
    try:
        return _token(request)
    except Refused as refused:
        body = msgspec.json.encode({"error": refused.error, "error_description": refused.why})
        return Response(refused.status, body, [("dpop-nonce", refused.nonce)] if refused.nonce else [])


def _token(request: Request) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused("invalid_request", "The request body must be form-encoded.")
    form = dict(parse_qsl(request.content.decode("utf-8", "replace"), keep_blank_values=True))
    grant = form.get("grant_type", "")
    if not grant:
        raise Refused("invalid_request", "The token request must specify a 'grant_type'.")
    if grant != "client_credentials":
        raise Refused("unsupported_grant_type", "The authorization grant type is not supported by this server.")
    if form.get("client_secret") or request.headers.get("authorization", "").lower().startswith("basic"):
        raise Refused("invalid_client", "Client authentication by private_key_jwt is required for these scopes.", 401)
    if form.get("client_assertion_type") != _ASSERTION or not form.get("client_assertion"):
        raise Refused("invalid_client", "The client_assertion is missing or its type is not supported.", 401)
    app = _client(request, form["client_assertion"])
    window, passes = request.org.limits.spend(app.name, "token", request.now)
    limits = [
        ("x-rate-limit-limit", str(window.limit)),
        ("x-rate-limit-remaining", str(window.remaining)),
        ("x-rate-limit-reset", str(window.reset)),
    ]
    if not passes:
        body = {"errorCode": "E0000047", "errorSummary": "API call exceeded rate limit due to too many requests."}
        return Response(429, msgspec.json.encode(body), limits)
    bound = _bound(request, app)
    scopes = _granted(app, form.get("scope", "").split())
    text = request.org.tokens.issue(app, scopes, request.now, request.base, bound)
    answer = {
        "token_type": "DPoP" if bound else "Bearer",
        "expires_in": LIVES,
        "access_token": text,
        "scope": " ".join(scopes),
    }
    nonce = [("dpop-nonce", request.org.proofs.nonce(request.now))] if bound else []
    return Response(200, msgspec.json.encode(answer), [*limits, *nonce, ("cache-control", "no-cache, no-store")])


def _bad(why: str) -> Refused:
    return Refused("invalid_client", why, 401)


def _client(request: Request, assertion: str) -> Principal:
    """Return the app that an assertion is of.

    Raises:
        Refused: It is not accepted.
    """
    import jwt  # noqa: PLC0415 - slow to import, rarely needed

    try:
        head = jwt.get_unverified_header(assertion)
        claimed = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise _bad("The client_assertion is not a valid JWT.") from None
    apps = {known.identity: known for known in request.org.principals if known.kind == "OAUTH"}
    app = apps.get(str(claimed.get("iss")))
    if app is None or claimed.get("sub") != claimed.get("iss"):
        raise _bad("Invalid value for 'client_id' parameter.")
    if app.state == "revoked":
        raise _bad("The client is inactive.")
    if "kid" in head and head["kid"] != client_keys.key_id(request.org.seed, app.name):
        raise _bad("The client_assertion JWT kid is invalid.")
    if head.get("alg") not in ALGORITHMS:
        raise _bad("The client_assertion signing algorithm is not supported.")
    key = client_keys.private_key(request.org.seed, app.name, app.algorithm).public_key()
    family = [name for name in ALGORITHMS if name[:2] == app.algorithm[:2] and name[0] == "R"] or [app.algorithm]
    try:
        jwt.decode(
            assertion,
            key,
            algorithms=family,
            options={"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except jwt.PyJWTError:
        raise _bad("The client_assertion signature is invalid.") from None
    _check_claims(request, claimed)
    return app


def _check_claims(request: Request, claims: dict[str, object]) -> None:
    if claims.get("aud") not in (request.href(PATH), [request.href(PATH)]):
        raise _bad("The audience claim for client_assertion must be the endpoint invoked for the request.")
    end, made = claims.get("exp"), claims.get("iat", request.now)
    if not isinstance(end, int | float) or not isinstance(made, int | float) or not math.isfinite(end + made):
        raise _bad("The client_assertion token must have an 'exp' claim.")
    if end < request.now:
        raise _bad("The client_assertion token is expired.")
    if end > request.now + _FURTHEST:
        raise _bad("The client_assertion token has an expiration too far into the future.")
    if made > request.now + 1:  # the clock counts in fractions, a claim in seconds
        raise _bad("The client_assertion token was issued in the future.")
    if "jti" in claims and not request.org.proofs.spend(f"assertion {claims['jti']}", request.now, end):
        raise _bad("The client_assertion token has a 'jti' that has already been used.")


def _bound(request: Request, app: Principal) -> str:
    """Return the thumbprint of the key to bind the token to; empty for a bearer token."""
    proof = request.headers.get("dpop", "")
    if not proof:
        if app.dpop:
            raise Refused("invalid_dpop_proof", "The DPoP proof JWT header is missing.")
        return ""
    try:
        bound, nonce = request.org.proofs.read(proof, "POST", request.href(PATH), request.now)
    except BadProof as bad:
        raise Refused("invalid_dpop_proof", str(bad)) from None
    if not nonce or not request.org.proofs.knows(nonce, request.now):
        why = "Authorization server requires nonce in DPoP proof."
        raise Refused("use_dpop_nonce", why, nonce=request.org.proofs.nonce(request.now))
    return bound


def _granted(app: Principal, asked: list[str]) -> list[str]:
    if not asked:
        raise Refused("invalid_scope", "No scopes were requested.")
    if any(scope not in KNOWN_SCOPES for scope in asked):
        why = "One or more scopes are not configured for the authorization server resource."
        raise Refused("invalid_scope", why)
    granted = [scope for scope in dict.fromkeys(asked) if app.has_scope(scope)]
    if not granted or (app.whole and len(granted) < len(set(asked))):
        raise Refused("consent_required", "You are not allowed any of the requested scopes.")
    return granted


ROUTES = (Route("POST", PATH, None, "token", token),)
