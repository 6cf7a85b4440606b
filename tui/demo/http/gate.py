"""The gate before every operation: faults that need no operation, who calls, how often, and with which scope."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.admins import rights
from tui.demo.admins.possession import ALGORITHMS, BadProof
from tui.demo.admins.principals import Principal
from tui.demo.base.errors import ApiError
from tui.demo.base.limits import WINDOW, Window
from tui.demo.base.times import DAY
from tui.demo.log.events import party

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette import requests

    from tui.demo.admins.issued import Issued
    from tui.demo.base.faults import Fault
    from tui.demo.http.request import Request, Response, Route
    from tui.demo.org import Org

# For operations that need no authentication.
NOBODY = Principal("", "SSWS", "", "", "", None, None, (), "valid")
_EARLY = {"401": "E0000011", "500": "E0000009", "503": "E0000010"}
_COUNTED = {"401-feature": "E0000015", "403-role": "E0000006"}
_ORDINARY_LIMIT = 600
_APP = "/api/v1/apps/{appId}"
IDLE = 30 * DAY
"""Seconds without use that end an API token."""


class LimitedError(ApiError):
    """Too many calls; the window goes into the headers."""

    def __init__(self, window: Window) -> None:
        super().__init__("E0000047")
        self.window = window


class Shown(NamedTuple):
    """What a request shows beside its token: method and URL, and the proof of possession if there is one."""

    method: str = "GET"
    url: str = ""
    proof: str = ""


class BearerError(Exception):
    """A refusal of an access token: no body or OAuth's, and all of it in www-authenticate."""

    def __init__(self, status: int, challenge: str, error: dict[str, str] | None = None) -> None:
        self.status = status
        self.challenge = challenge
        self.error = error
        super().__init__(challenge)


def check_faults(faults: Mapping[str, Fault], now: float) -> None:
    """Refuse what a fault asks to refuse, before anything happens.

    Raises:
        ApiError: The fault's error.
    """
    if "429" in faults:
        raise LimitedError(Window(_ORDINARY_LIMIT, 0, math.ceil(now + faults["429"].value)))
    if "429-concurrency" in faults:
        raise LimitedError(Window(0, 0, math.ceil(now + WINDOW)))
    for name, code in _EARLY.items():
        if name in faults:
            raise ApiError(code)


def check_cursor_fault(faults: Mapping[str, Fault], query: Mapping[str, str]) -> None:
    """Refuse a later page, as when Okta has lost its cursor.

    Raises:
        ApiError: The fault is on.
    """
    if "lost-cursor" in faults and "after" in query:
        raise ApiError("E0000029", causes=("Invalid cursor.",))


def check_counted_faults(faults: Mapping[str, Fault]) -> None:
    """Refuse what a fault asks to refuse once the call has been counted, so with the rate-limit headers.

    Raises:
        ApiError: The fault's error.
    """
    for name, code in _COUNTED.items():
        if name in faults:
            raise ApiError(code)


def authenticate(org: Org, header: str, now: float, shown: Shown = Shown()) -> Principal:  # noqa: B008 - frozen
    """Return the principal that calls.

    The vendor's SDKs write ``SSWS`` and the token with and without a space between them, and its MCP server writes
    ``Bearer`` so too: both are accepted.

    Raises:
        ApiError: E0000011 for anything but a valid API token.
        BearerError: 401 for a bearer token that is unknown or expired.
    """
    if header[:4].upper() == "SSWS":
        return _token_owner(org, header[4:].strip(), now)
    if header[:6].lower() == "bearer" and header[6:].strip():
        return _bearer(org, header[6:].strip(), now)
    if header[:5].lower() == "dpop ":
        return _possessor(org, header[5:].strip(), now, shown)
    raise ApiError("E0000011")


def _token_owner(org: Org, token: str, now: float) -> Principal:
    principal = org.principal_of(token)
    if principal is not None and principal.state == "zoned":  # its status is not documented; the event is
        owner = party(org.people.named(principal.user_key or ""))
        org.journal.write("system.api_token.request_outside_allowed_range", now, owner)
    if principal is None or principal.kind != "SSWS" or principal.state != "valid":
        raise ApiError("E0000011")
    person = org.owner(principal)
    if person is None or person.deleted or person.status == "DEPROVISIONED":
        raise ApiError("E0000011")
    if now >= org.last_used(principal) + IDLE:
        raise ApiError("E0000011")
    org.token_used[principal.identity] = now
    return principal


def _bearer(org: Org, token: str, now: float) -> Principal:
    issued = org.tokens.find(token)
    if issued is not None:
        if issued.bound:
            why = "The access token is bound to a key: the request must use the DPoP authentication scheme."
            raise BearerError(400, _dpop("invalid_request", why), _oauth("invalid_request", why))
        return _lasting(issued, now)
    principal = org.principal_of(token)
    if principal is None or principal.kind != "OAUTH":
        raise BearerError(401, _invalid("The access token is invalid."))
    if principal.state != "valid":
        raise BearerError(401, _invalid("The token has expired."))
    return principal


def _lasting(issued: Issued, now: float) -> Principal:
    if issued.until <= now:
        raise BearerError(401, _invalid("The token has expired."))
    return issued.principal


def _possessor(org: Org, token: str, now: float, shown: Shown) -> Principal:
    issued = org.tokens.find(token)
    if issued is None:
        raise BearerError(401, _dpop("invalid_token", "The access token is invalid."))
    if not issued.bound:
        why = "The access token is not bound to a key."
        raise BearerError(400, _dpop("invalid_request", why), _oauth("invalid_request", why))
    if issued.until <= now:
        raise BearerError(401, _dpop("invalid_token", "The token has expired."))
    if not shown.proof:
        why = "The resource request requires a DPoP proof."
        raise BearerError(400, _dpop("invalid_dpop_proof", why), _oauth("invalid_dpop_proof", why))
    try:
        bound, _ = org.proofs.read(shown.proof, shown.method, shown.url, now, token=token)
    except BadProof as bad:
        raise BearerError(401, _dpop("invalid_dpop_proof", str(bad)), _oauth("invalid_dpop_proof", str(bad))) from None
    if bound != issued.bound:
        why = "The DPoP proof is not signed by the key that the token is bound to."
        raise BearerError(401, _dpop("invalid_dpop_proof", why), _oauth("invalid_dpop_proof", why))
    return issued.principal


def _oauth(error: str, why: str) -> dict[str, str]:
    return {"error": error, "error_description": why}


def _dpop(error: str, why: str) -> str:
    return f'DPoP algs="{" ".join(ALGORITHMS)}", error="{error}", error_description="{why}"'


def _invalid(why: str) -> str:
    return f'Bearer error="invalid_token", error_description="{why}"'


def spend(org: Org, principal: Principal, route: Route, now: float) -> Window:
    """Count the call.

    Raises:
        LimitedError: E0000047.
    """
    window, passes = org.limits.spend(principal.name, route.bucket, now)
    if not passes:
        raise LimitedError(window)
    return window


def run(route: Route, request: Request, faults: Mapping[str, Fault]) -> Response:
    """Return the operation's response, with the org brought up to date.

    Raises:
        ApiError: The operation's refusal, or E0000067 when the answer is to time out after the operation has run.
    """
    check_app(route, request)
    response = route.handler(request)
    # What follows at once from a write, such as memberships by rule, has followed before the next request is read.
    request.org.advance()
    if "504" in faults:
        raise ApiError("E0000067")
    return response


def check_app(route: Route, request: Request) -> None:
    """Refuse an operation on an app that none of the caller's roles reaches; one that does not exist is not found.

    Raises:
        ApiError: E0000006.
    """
    app = request.org.apps.find(request.params["appId"]) if route.template.startswith(_APP) else None
    if app is None:
        return
    if route.method == "GET":
        right = "apps.view"
    elif "/users" in route.template:
        right = "apps.assign"
    else:
        right = "apps.assign.groups" if "/groups" in route.template else "apps.manage"
    rights.require_app(request.principal, right, app)


def check_scope(principal: Principal, route: Route, http: requests.Request) -> None:
    """Check the scope of a bearer token.

    Raises:
        BearerError: 403 without a body; the header names what is missing.
    """
    scope = route.scope or ""
    if principal.has_scope(scope):
        return
    realm = f"http://{http.headers.get('host', '127.0.0.1')}"
    scheme = "Bearer"
    if http.headers.get("authorization", "")[:5].lower() == "dpop ":
        scheme = f'DPoP algs="{" ".join(ALGORITHMS)}",'
    raise BearerError(
        403,
        f'{scheme} authorization_uri="{realm}/oauth2/v1/authorize", realm="{realm}", scope="{scope}", '
        'error="insufficient_scope", error_description="The access token provided does not contain the required '
        f'scopes.", resource="{http.url.path}"',
    )
