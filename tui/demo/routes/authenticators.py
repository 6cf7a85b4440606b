"""Authenticators of the org: the list and each, on Identity Engine only.

A list of its methods, switching and changing one are not built: nobody's client has asked for them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import not_found
from tui.demo.factors.methods import METHODS
from tui.demo.http.request import Route, ok

if TYPE_CHECKING:
    from tui.demo.http.request import Request, Response

_PATH = "/api/v1/authenticators"
_READ = "okta.authenticators.read"


def list_authenticators(request: Request) -> Response:
    """GET /api/v1/authenticators: all on one page, without a link, as recorded."""
    request.check_identity_engine()
    rights.require(request.principal, "security.view")
    return ok([request.org.methods.show(method, request.base) for method in METHODS if method.listed])


def get_authenticator(request: Request) -> Response:
    """GET /api/v1/authenticators/{authenticatorId}."""
    request.check_identity_engine()
    wanted = request.params["authenticatorId"]
    method = request.org.methods.find(wanted)
    if method is None:
        raise not_found(wanted, "Authenticator")
    rights.require(request.principal, "security.view")
    return ok(request.org.methods.show(method, request.base))


ROUTES = (
    Route("GET", _PATH, _READ, "other", list_authenticators),
    Route("GET", f"{_PATH}/{{authenticatorId}}", _READ, "other", get_authenticator),
)
