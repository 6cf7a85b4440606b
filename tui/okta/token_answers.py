"""The answers of the token endpoint: a token, or an error that names the input to blame and what to do.

Okta: "OAuth 2.0 and OpenID Connect API", error codes of /token. Only the name of an error is documented; its sentence
is searched for the part of the assertion that was refused, and shown as Okta wrote it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from tui.discreet import Discreet
from tui.okta.answers import failure_of
from tui.okta.decode import decode
from tui.okta.error_body import ApiError
from tui.okta.errors import (
    SIGN_IN_FIRST,
    Answered,
    BadClient,
    NoScopes,
    NotAnOrg,
    OktaDown,
    RateLimited,
    Unreadable,
    clipped,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.okta.answers import Answer
    from tui.okta.errors import OktaError

SCOPES_REFUSED: Final = frozenset({"invalid_scope", "consent_required"})
_SCOPE: Final = re.compile(r"okta(?:\.\w+)+")
_LONGEST: Final = 20_000
_OWN_FEATURE: Final = "E0000015"
_KIND_ADVICE: Final = "Make an “API Services” app with the client authentication “Public key / Private key”."
# A pattern for Okta's sentence, the field to blame, the title and the advice; the first pattern that matches counts.
# The sentences are those of Okta's catalogue of OAuth errors.
_BLAME: Final = (
    (
        r"application_type|grant.?type",
        "client_id",
        "This app may not sign in by itself",
        _KIND_ADVICE,
    ),
    (
        r"auth_method|client secret|no client credentials",
        "client_id",
        "This app does not sign in by key",
        "On the app's “General” tab, under Client Credentials, choose Edit, then “Public key / Private key”.",
    ),
    (
        r"algorithm",
        "private_key",
        "Okta expects a key of another kind under this key id",
        "Give the private key whose public half Okta shows under this KID, or add its public half to the app.",
    ),
    (
        r"signature",
        "private_key",
        "The private key does not belong to this key id",
        "Give the private key whose public half Okta shows under this KID, or add its public half to the app.",
    ),
    (
        r"jwks_uri|jwks?(?:et)? is invalid|unique kid",
        "key_id",
        "Okta cannot read the app's public keys",
        "On the app's “General” tab, have Okta keep the public keys (“Save keys in Okta”), and add keydesk's there.",
    ),
    (
        r"not have a jwks",
        "key_id",
        "The app has no public key",
        "Add the public half of keydesk's key on the app's “General” tab, under Public Keys.",
    ),
    (
        r"'use'|signing key",
        "key_id",
        "The key under this key id is not one for signing",
        'Add the public half of keydesk\'s key once more, with "use": "sig", and give the KID that it gets.',
    ),
    (
        r"\bkid\b|key.?id|public key",
        "key_id",
        "Okta does not know this key id",
        "Copy the KID beside the public key on the app's “General” tab; the key must be active there.",
    ),
    (
        r"audience|\baud\b",
        "org",
        "Okta expects another address in the assertion",
        "Give the org's address as Okta knows it: its own domain or its custom domain, not another name for it.",
    ),
    (
        r"expir|future|issued|\biat\b|\bexp\b",
        "clock",
        "Okta does not accept the time in the assertion",
        "Set this machine's clock right, then try again.",
    ),
    (
        r"already|\bjti\b|replay",
        "client_id",
        "Okta says that this sign-in was used before",
        "Try again; keydesk makes a new one each time.",
    ),
    (
        r"inactive|not active|disabled|deactivated",
        "client_id",
        "The service app is not active",
        "Activate it in the Admin Console: Applications, the app, the status beside its name.",
    ),
    (
        r"client_id|unknown client|no such client|not found",
        "client_id",
        "Okta does not know this client id",
        "Copy the client id from the app's “General” tab; the app must be active and of this org.",
    ),
)


class Token(Discreet, frozen=True):
    """A token, as the endpoint sends it.

    Attributes:
        access_token: The access token, a secret.
        token_type: `Bearer` or `DPoP`.
        expires_in: The seconds for which the token is valid.
        scope: The granted scopes, separated by spaces.
    """

    hidden: ClassVar = frozenset({"access_token"})
    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - a kind
    expires_in: float = 3600.0
    scope: str = ""


def error_of(answer: Answer) -> str:
    """Return OAuth's name of the error; empty for a success, `?` for an answer without such a name."""
    if 200 <= answer.status < 300 and not answer.is_page:  # noqa: PLR2004 - HTTP's success range
        return ""
    return _body(answer).error or "?"


def check_acted(answer: Answer) -> None:
    """Raise the error of an answer after which the same request may succeed.

    Raises:
        RateLimited: Too many requests were sent.
        OktaDown: Okta has a fault of its own.
    """
    if answer.status == 429:  # noqa: PLR2004
        raise RateLimited(lifts_in=1.0, request_id=answer.request_id)
    if answer.status >= 500:  # noqa: PLR2004
        raise OktaDown(status=answer.status, request_id=answer.request_id)


def token_of(answer: Answer) -> Token:
    """Return the token that an answer holds.

    Raises:
        OktaError: The answer holds no token.
    """
    if error_of(answer):
        raise refusal_of(answer)
    try:
        token = msgspec.json.decode(answer.body, type=Token)
    except (msgspec.MsgspecError, ValueError):
        token = None
    if token is None or not token.access_token.isascii() or not token.access_token.isprintable():
        raise Unreadable("Okta's token could not be read", request_id=answer.request_id) from None
    return token


def refusal_of(answer: Answer, *, ahead: float = 0.0) -> OktaError:
    """Return the error that a refusal stands for.

    Args:
        answer: The answer.
        ahead: The seconds by which the server's clock is ahead of the local one.
    """
    redirects = 300 <= answer.status < 400 and not answer.from_okta  # noqa: PLR2004
    if answer.is_page or redirects:
        return NotAnOrg(
            "Something else than Okta answered the token request",
            advice="A proxy or the sign-in page of a network or VPN is in between, or the org address is another "
            f"site's. {SIGN_IN_FIRST}, and try again.",
            detail=f"{answer.status}, a {'redirect' if redirects else 'web page'}",
            request_id=answer.request_id,
        )
    body = _body(answer)
    error, summary, request_id = body.error or "", clipped(body.oauth_description or ""), answer.request_id
    match error:
        case "invalid_client":
            return _bad_client(summary, request_id, ahead)
        case "unauthorized_client" | "unsupported_grant_type" | "invalid_grant":
            return BadClient(
                "This app may not sign in by itself",
                advice=_KIND_ADVICE,
                summary=f"{error} {summary}".strip(),
                request_id=request_id,
            )
        case "access_denied" if "network zone" in summary.lower():
            return BadClient(
                "This app may not sign in from this network",
                advice="It is limited to a network zone. Connect through the company's network or VPN, "
                "or have this machine's address added to the zone.",
                summary=summary,
                request_id=request_id,
            )
        case "invalid_dpop_proof" | "use_dpop_nonce":
            return Answered(
                "Okta does not accept the proof of possession",
                status=answer.status,
                code=error,
                summary=summary,
                advice="Try again. If it stays, check this machine's clock and give the request id to Okta's support.",
                request_id=request_id,
            )
        case "":
            return failure_of(answer)
        case _:
            return Answered(
                "Okta refused the token request",
                status=answer.status,
                code=error,
                summary=summary,
                request_id=request_id,
            )


def named_in(answer: Answer, scopes: tuple[str, ...]) -> frozenset[str]:
    """Return those of the scopes that a refusal names."""
    return frozenset(scopes) & frozenset(_SCOPE.findall(clipped(_body(answer).oauth_description or "", _LONGEST)))


def no_scopes(answer: Answer, scopes: tuple[str, ...]) -> NoScopes:
    """Return the error that none of the scopes is granted."""
    body = _body(answer)
    return NoScopes(scopes, code=body.error or "", summary=body.oauth_description or "", request_id=answer.request_id)


def refuses_token(headers: Mapping[str, str], content: bytes) -> bool:
    """Whether a 401 of the API refuses the token, rather than a feature that the org does not have."""
    if "invalid_token" in headers.get("www-authenticate", ""):
        return True
    try:
        code = decode(content, ApiError).error_code if content.strip() else ""
    except Unreadable:
        return False
    return code != _OWN_FEATURE


def _bad_client(summary: str, request_id: str, ahead: float) -> BadClient:
    for pattern, field, title, advice in _BLAME:
        if re.search(pattern, summary, re.IGNORECASE):
            difference = f" It differs from Okta's by {round(abs(ahead))} s." if field == "clock" and ahead else ""
            return BadClient(title, field=field, advice=f"{advice}{difference}", summary=summary, request_id=request_id)
    return BadClient(
        advice="Either the client id is wrong, the app is not active, or it does not sign in by "
        "“Public key / Private key”. All three are on the app's “General” tab.",
        summary=summary,
        request_id=request_id,
    )


def _body(answer: Answer) -> ApiError:
    try:
        return decode(answer.body, ApiError) if answer.body.strip() else ApiError()
    except Unreadable:
        return ApiError()
