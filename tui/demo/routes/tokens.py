"""API tokens, whose end slides with their use, and the share of the rate limits that each principal gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights, scim
from tui.demo.errors import ApiError, not_found
from tui.demo.gate import IDLE
from tui.demo.named_query import parse
from tui.demo.record import write_event
from tui.demo.times import DAY, iso, short_iso
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.principals import Principal
    from tui.demo.wire import Call, Json, Reply

_KINDS = {"SSWS_TOKEN": "SSWS", "OAUTH_CLIENT": "OAUTH"}
_SHARE = 50


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
        "name": principal.name,
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


def get_token(call: Call) -> Reply:
    """GET /api/v1/api-tokens/{apiTokenId}."""
    for principal in _tokens(call):
        if principal.identity == call.params["apiTokenId"]:
            rights.require(call.principal, "tokens.view")
            return ok(_show_token(call, principal))
    raise not_found(call.params["apiTokenId"], "Token")


def _asked_kind(call: Call) -> str:
    node = parse(call.query.get("filter", ""))
    if not isinstance(node, scim.Compare) or (node.attribute, node.operator) != ("principalType", "eq"):
        raise ApiError("E0000031", causes=("The filter must be on principalType.",))
    kind = _KINDS.get(str(node.value))
    if kind is None:
        raise ApiError("E0000031", causes=(f"'{node.value}' is not a principal type.",))
    return kind


def list_principal_limits(call: Call) -> Reply:
    """GET /api/v1/principal-rate-limits: the filter on principalType is required; dates have no milliseconds."""
    rights.require(call.principal, "tokens.view")
    kind = _asked_kind(call)
    admin = call.org.people.named("maria.silva").id
    since = short_iso(call.org.origin - 60 * DAY)
    return ok(
        [
            {
                "id": call.org.ids.make("prl", number),
                "orgId": call.org.org_id,
                "principalId": principal.identity,
                "principalType": "SSWS_TOKEN" if kind == "SSWS" else "OAUTH_CLIENT",
                "defaultPercentage": _SHARE,
                "defaultConcurrencyPercentage": _SHARE,
                "createdDate": since,
                "createdBy": admin,
                "lastUpdate": since,
                "lastUpdatedBy": admin,
            }
            for number, principal in enumerate(call.org.principals)
            if principal.kind == kind
        ]
    )


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
    Route("GET", "/api/v1/principal-rate-limits", "okta.principalRateLimits.read", "other", list_principal_limits),
)
