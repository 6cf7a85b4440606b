"""The share of the rate limits that each principal gets: half of every bucket, unless changed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError, not_found
from tui.demo.base.limits import SHARE
from tui.demo.base.times import DAY, short_iso
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, ok
from tui.demo.query import scim
from tui.demo.query.named_query import parse

if TYPE_CHECKING:
    from tui.demo.admins.principals import Principal
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response

_KINDS = {"SSWS_TOKEN": "SSWS", "OAUTH_CLIENT": "OAUTH"}
_ALL = 100


def _asked_kind(request: Request) -> str:
    node = parse(request.query.get("filter", ""))
    if not isinstance(node, scim.Compare) or (node.attribute, node.operator) != ("principalType", "eq"):
        raise ApiError("E0000031", causes=("The filter must be on principalType.",))
    kind = _KINDS.get(str(node.value))
    if kind is None:
        raise ApiError("E0000031", causes=(f"'{node.value}' is not a principal type.",))
    return kind


def _show(request: Request, number: int, principal: Principal) -> Json:
    admin = request.org.people.named("maria.silva").id
    since = short_iso(request.org.origin - 60 * DAY)
    return {
        "id": request.org.ids.make("prl", number),
        "orgId": request.org.org_id,
        "principalId": principal.identity,
        "principalType": "SSWS_TOKEN" if principal.kind == "SSWS" else "OAUTH_CLIENT",
        "defaultPercentage": request.org.limits.shares.get(principal.name, SHARE),
        "defaultConcurrencyPercentage": SHARE,
        "createdDate": since,
        "createdBy": admin,
        "lastUpdate": since,
        "lastUpdatedBy": admin,
    }


def list_limits(request: Request) -> Response:
    """GET /api/v1/principal-rate-limits: the filter on principalType is required; dates have no milliseconds."""
    rights.require(request.principal, "tokens.view")
    kind = _asked_kind(request)
    numbered = enumerate(request.org.principals)
    return ok([_show(request, number, principal) for number, principal in numbered if principal.kind == kind])


def _find(request: Request, right: str) -> tuple[int, Principal]:
    number = request.org.ids.read("prl", request.params["limitId"])
    if number is None or number >= len(request.org.principals):
        raise not_found(request.params["limitId"], "PrincipalRateLimitEntity")
    rights.require(request.principal, right)
    return number, request.org.principals[number]


def get_limit(request: Request) -> Response:
    """GET /api/v1/principal-rate-limits/{principalRateLimitId}."""
    return ok(_show(request, *_find(request, "tokens.view")))


def replace_limit(request: Request) -> Response:
    """PUT /api/v1/principal-rate-limits/{principalRateLimitId}: the share holds from the next window on."""
    number, principal = _find(request, "tokens.manage")
    share = read_object(request).get("defaultPercentage", SHARE)
    if not isinstance(share, int) or isinstance(share, bool) or not 0 <= share <= _ALL:
        raise ApiError("E0000001", "defaultPercentage", causes=("defaultPercentage: must be between 0 and 100",))
    request.org.limits.shares[principal.name] = share
    return ok(_show(request, number, principal))


_READ, _MANAGE = "okta.principalRateLimits.read", "okta.principalRateLimits.manage"
_ONE = "/api/v1/principal-rate-limits/{limitId}"
ROUTES = (
    Route("GET", "/api/v1/principal-rate-limits", _READ, "other", list_limits),
    Route("GET", _ONE, _READ, "other", get_limit),
    Route("PUT", _ONE, _MANAGE, "other", replace_limit),
)
