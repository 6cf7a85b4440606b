"""The share of the rate limits that each principal gets: half of every bucket, unless changed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights, scim
from tui.demo.bodies import read_object
from tui.demo.errors import ApiError, not_found
from tui.demo.limits import SHARE
from tui.demo.named_query import parse
from tui.demo.times import DAY, short_iso
from tui.demo.wire import Route, ok

if TYPE_CHECKING:
    from tui.demo.principals import Principal
    from tui.demo.wire import Call, Json, Reply

_KINDS = {"SSWS_TOKEN": "SSWS", "OAUTH_CLIENT": "OAUTH"}
_ALL = 100


def _asked_kind(call: Call) -> str:
    node = parse(call.query.get("filter", ""))
    if not isinstance(node, scim.Compare) or (node.attribute, node.operator) != ("principalType", "eq"):
        raise ApiError("E0000031", causes=("The filter must be on principalType.",))
    kind = _KINDS.get(str(node.value))
    if kind is None:
        raise ApiError("E0000031", causes=(f"'{node.value}' is not a principal type.",))
    return kind


def _show(call: Call, number: int, principal: Principal) -> Json:
    admin = call.org.people.named("maria.silva").id
    since = short_iso(call.org.origin - 60 * DAY)
    return {
        "id": call.org.ids.make("prl", number),
        "orgId": call.org.org_id,
        "principalId": principal.identity,
        "principalType": "SSWS_TOKEN" if principal.kind == "SSWS" else "OAUTH_CLIENT",
        "defaultPercentage": call.org.limits.shares.get(principal.name, SHARE),
        "defaultConcurrencyPercentage": SHARE,
        "createdDate": since,
        "createdBy": admin,
        "lastUpdate": since,
        "lastUpdatedBy": admin,
    }


def list_limits(call: Call) -> Reply:
    """GET /api/v1/principal-rate-limits: the filter on principalType is required; dates have no milliseconds."""
    rights.require(call.principal, "tokens.view")
    kind = _asked_kind(call)
    numbered = enumerate(call.org.principals)
    return ok([_show(call, number, principal) for number, principal in numbered if principal.kind == kind])


def _find(call: Call, right: str) -> tuple[int, Principal]:
    number = call.org.ids.read("prl", call.params["limitId"])
    if number is None or number >= len(call.org.principals):
        raise not_found(call.params["limitId"], "PrincipalRateLimitEntity")
    rights.require(call.principal, right)
    return number, call.org.principals[number]


def get_limit(call: Call) -> Reply:
    """GET /api/v1/principal-rate-limits/{principalRateLimitId}."""
    return ok(_show(call, *_find(call, "tokens.view")))


def replace_limit(call: Call) -> Reply:
    """PUT /api/v1/principal-rate-limits/{principalRateLimitId}: the share holds from the next window on."""
    number, principal = _find(call, "tokens.manage")
    share = read_object(call).get("defaultPercentage", SHARE)
    if not isinstance(share, int) or isinstance(share, bool) or not 0 <= share <= _ALL:
        raise ApiError("E0000001", "defaultPercentage", causes=("defaultPercentage: must be between 0 and 100",))
    call.org.limits.shares[principal.name] = share
    return ok(_show(call, number, principal))


_READ, _MANAGE = "okta.principalRateLimits.read", "okta.principalRateLimits.manage"
_ONE = "/api/v1/principal-rate-limits/{limitId}"
ROUTES = (
    Route("GET", "/api/v1/principal-rate-limits", _READ, "other", list_limits),
    Route("GET", _ONE, _READ, "other", get_limit),
    Route("PUT", _ONE, _MANAGE, "other", replace_limit),
)
