"""Authenticators of the org and their methods, on Identity Engine only; read, since nobody's client has changed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import not_found
from tui.demo.factors.methods import METHODS
from tui.demo.http.request import Route, ok

if TYPE_CHECKING:
    from tui.demo.factors.methods import ListedAuthenticator
    from tui.demo.http.request import Request, Response

_PATH = "/api/v1/authenticators"
_READ = "okta.authenticators.read"


def list_authenticators(request: Request) -> Response:
    """GET /api/v1/authenticators: all on one page, without a link, as recorded."""
    request.check_identity_engine()
    rights.require(request.principal, "security.view")
    return ok([request.org.methods.show(method, request.base) for method in METHODS if method.listed])


def _find(request: Request) -> ListedAuthenticator:
    """Return the authenticator that the path names.

    Raises:
        ApiError: E0000015 on Classic, E0000007 or E0000006.
    """
    request.check_identity_engine()
    wanted = request.params["authenticatorId"]
    method = request.org.methods.find(wanted)
    if method is None:
        raise not_found(wanted, "Authenticator")
    rights.require(request.principal, "security.view")
    return method


def get_authenticator(request: Request) -> Response:
    """GET /api/v1/authenticators/{authenticatorId}."""
    return ok(request.org.methods.show(_find(request), request.base))


def list_methods(request: Request) -> Response:
    """GET /api/v1/authenticators/{authenticatorId}/methods: such as push and passcode of Okta Verify."""
    return ok(request.org.methods.show_ways(_find(request), request.base))


def get_method(request: Request) -> Response:
    """GET /api/v1/authenticators/{authenticatorId}/methods/{methodType}."""
    for way in request.org.methods.show_ways(_find(request), request.base):
        if way["type"] == request.params["methodType"]:
            return ok(way)
    raise not_found(request.params["methodType"], "AuthenticatorMethod")


ROUTES = (
    Route("GET", _PATH, _READ, "other", list_authenticators),
    Route("GET", f"{_PATH}/{{authenticatorId}}", _READ, "other", get_authenticator),
    Route("GET", f"{_PATH}/{{authenticatorId}}/methods", _READ, "other", list_methods),
    Route("GET", f"{_PATH}/{{authenticatorId}}/methods/{{methodType}}", _READ, "other", get_method),
)
