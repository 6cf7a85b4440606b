"""API tokens, whose end slides with their use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.bodies import read_object, read_part
from tui.demo.errors import ApiError, not_found
from tui.demo.events import Party
from tui.demo.gate import IDLE
from tui.demo.record import write_event
from tui.demo.times import DAY, iso
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.principals import Principal
    from tui.demo.wire import Call, Json, Reply


def _tokens(call: Call) -> list[Principal]:
    return [p for p in call.org.principals if p.kind == "SSWS" and p.state in {"valid", "zoned"}]


def _show_token(call: Call, principal: Principal) -> Json:
    owner = call.org.owner(principal)
    user_id = owner.id if owner is not None else ""
    created = float(int(call.org.origin)) - 60 * DAY
    used = float(int(call.org.last_used(principal)))
    network: Json = {"connection": "ANYWHERE"}
    if principal.state == "zoned":
        network = {"connection": "ZONE", "include": [call.org.ids.make("nzo", 1)]}
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
                "href": call.href(f"/api/v1/api-tokens/{principal.identity}"),
                "hints": {"allow": ["GET", "DELETE"]},
            },
            "user": {"href": call.href(f"/api/v1/users/{user_id}"), "hints": {"allow": ["GET"]}},
        },
    }


def list_tokens(call: Call) -> Reply:
    """GET /api/v1/api-tokens."""
    rights.require(call.principal, "tokens.view")
    return ok([_show_token(call, principal) for principal in _tokens(call)])


def _find(call: Call, right: str) -> Principal:
    for principal in _tokens(call):
        if principal.identity == call.params["apiTokenId"]:
            rights.require(call.principal, right)
            return principal
    raise not_found(call.params["apiTokenId"], "Token")


def get_token(call: Call) -> Reply:
    """GET /api/v1/api-tokens/{apiTokenId}."""
    return ok(_show_token(call, _find(call, "tokens.view")))


def _party(principal: Principal) -> Party:
    return Party(principal.identity, "Token", principal.label, principal.label)


def update_token(call: Call) -> Reply:
    """PUT /api/v1/api-tokens/{apiTokenId}: name and network; bound to a zone, it is refused from anywhere else."""
    principal = _find(call, "tokens.manage")
    body = read_object(call)
    name, connection = body.get("name"), read_part(body, "network").get("connection", "ANYWHERE")
    if not isinstance(name, str) or not name.strip():
        raise ApiError("E0000001", "name", causes=("name: The field cannot be left blank",))
    if connection not in {"ANYWHERE", "ZONE"}:
        raise ApiError("E0000001", "network", causes=(f"network: '{connection}' is not a kind of connection",))
    state = "zoned" if connection == "ZONE" else "valid"
    changed = call.org.replace(principal, state=state, label=name)
    write_event(call, "system.api_token.update", _party(changed))
    return ok(_show_token(call, changed))


def revoke_token(call: Call) -> Reply:
    """DELETE /api/v1/api-tokens/{apiTokenId}: 204."""
    principal = _find(call, "tokens.manage")
    call.org.revoke(principal)
    write_event(call, "system.api_token.revoke", _party(principal))
    return no_content()


def revoke_current(call: Call) -> Reply:
    """DELETE /api/v1/api-tokens/current: the token revokes itself; for API tokens only."""
    if call.principal.kind != "SSWS":
        raise ApiError("E0000006")
    call.org.revoke(call.principal)
    write_event(call, "system.api_token.revoke")
    return no_content()


ROUTES = (
    Route("GET", "/api/v1/api-tokens", "okta.apiTokens.read", "token", list_tokens),
    Route("DELETE", "/api/v1/api-tokens/current", "okta.apiTokens.manage", "token", revoke_current),
    Route("GET", "/api/v1/api-tokens/{apiTokenId}", "okta.apiTokens.read", "token", get_token),
    Route("PUT", "/api/v1/api-tokens/{apiTokenId}", "okta.apiTokens.manage", "token", update_token),
    Route("DELETE", "/api/v1/api-tokens/{apiTokenId}", "okta.apiTokens.manage", "token", revoke_token),
)
