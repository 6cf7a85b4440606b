"""API tokens, whose end slides with their use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError, not_found
from tui.demo.base.json import read_part
from tui.demo.base.times import DAY, iso
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.gate import IDLE
from tui.demo.http.request import Route, no_content, ok
from tui.demo.log.events import Party

if TYPE_CHECKING:
    from tui.demo.admins.principals import Principal
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response


def _tokens(request: Request) -> list[Principal]:
    return [p for p in request.org.principals if p.kind == "SSWS" and p.state in {"valid", "zoned"}]


def _show_token(request: Request, principal: Principal) -> Json:
    owner = request.org.owner(principal)
    user_id = owner.id if owner is not None else ""
    created = float(int(request.org.origin)) - 60 * DAY
    used = float(int(request.org.last_used(principal)))
    network: Json = {"connection": "ANYWHERE"}
    if principal.state == "zoned":
        network = {"connection": "ZONE", "include": [request.org.ids.make("nzo", 1)]}
    return {
        "id": principal.identity,
        "name": principal.label,
        "userId": user_id,
        "clientName": "Okta API",
        "tokenWindow": "P30D",
        "network": network,
        "expiresAt": iso(used + IDLE),
        "created": iso(created),
        "lastUpdated": iso(used),
        "_links": {
            "self": {
                "href": request.href(f"/api/v1/api-tokens/{principal.identity}"),
                "hints": {"allow": ["GET", "DELETE"]},
            },
            "user": {"href": request.href(f"/api/v1/users/{user_id}"), "hints": {"allow": ["GET"]}},
        },
    }


def list_tokens(request: Request) -> Response:
    """GET /api/v1/api-tokens."""
    rights.require(request.principal, "tokens.view")
    return ok([_show_token(request, principal) for principal in _tokens(request)])


def _find(request: Request, right: str) -> Principal:
    for principal in _tokens(request):
        if principal.identity == request.params["apiTokenId"]:
            rights.require(request.principal, right)
            return principal
    raise not_found(request.params["apiTokenId"], "Token")


def get_token(request: Request) -> Response:
    """GET /api/v1/api-tokens/{apiTokenId}."""
    return ok(_show_token(request, _find(request, "tokens.view")))


def _party(principal: Principal) -> Party:
    return Party(principal.identity, "Token", principal.label, principal.label)


def update_token(request: Request) -> Response:
    """PUT /api/v1/api-tokens/{apiTokenId}: name and network; bound to a zone, it is refused from anywhere else."""
    principal = _find(request, "tokens.manage")
    body = read_object(request)
    name, connection = body.get("name"), read_part(body, "network").get("connection", "ANYWHERE")
    if not isinstance(name, str) or not name.strip():
        raise ApiError("E0000001", "name", causes=("name: The field cannot be left blank",))
    if connection not in {"ANYWHERE", "ZONE"}:
        raise ApiError("E0000001", "network", causes=(f"network: '{connection}' is not a kind of connection",))
    state = "zoned" if connection == "ZONE" else "valid"
    changed = request.org.replace(principal, state=state, label=name)
    log_event(request, "system.api_token.update", _party(changed))
    return ok(_show_token(request, changed))


def revoke_token(request: Request) -> Response:
    """DELETE /api/v1/api-tokens/{apiTokenId}: 204."""
    principal = _find(request, "tokens.manage")
    request.org.revoke(principal)
    log_event(request, "system.api_token.revoke", _party(principal))
    return no_content()


def revoke_current(request: Request) -> Response:
    """DELETE /api/v1/api-tokens/current: the token revokes itself; for API tokens only."""
    if request.principal.kind != "SSWS":
        raise ApiError("E0000006")
    request.org.revoke(request.principal)
    log_event(request, "system.api_token.revoke")
    return no_content()


ROUTES = (
    Route("GET", "/api/v1/api-tokens", "okta.apiTokens.read", "token", list_tokens),
    Route("DELETE", "/api/v1/api-tokens/current", "okta.apiTokens.manage", "token", revoke_current),
    Route("GET", "/api/v1/api-tokens/{apiTokenId}", "okta.apiTokens.read", "token", get_token),
    Route("PUT", "/api/v1/api-tokens/{apiTokenId}", "okta.apiTokens.manage", "token", update_token),
    Route("DELETE", "/api/v1/api-tokens/{apiTokenId}", "okta.apiTokens.manage", "token", revoke_token),
)
