"""Request bodies as objects, and the refusals that every body can meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tui.demo import rights
from tui.demo.errors import CODES, ApiError

if TYPE_CHECKING:
    from tui.demo.wire import Call, Json

_SUPER, _ORG, _APP, _GROUP = "SUPER_ADMIN", "ORG_ADMIN", "APP_ADMIN", "USER_ADMIN"
# Rights and codes that only these operations need; whoever has said more about one of them is right.
for _right, _roles in {
    "groups.manage": frozenset({_SUPER, _ORG, _GROUP}),
    "rules.manage": frozenset({_SUPER, _ORG, _GROUP}),
    "apps.manage": frozenset({_SUPER, _APP}),
    "apps.assign.groups": frozenset({_SUPER, _APP}),
}.items():
    rights.RIGHTS.setdefault(_right, _roles)
for _right, _permissions in {
    "groups.manage": frozenset({"okta.groups.manage"}),
    "apps.manage": frozenset({"okta.apps.manage"}),
    "apps.assign.groups": frozenset({"okta.apps.assignment.manage", "okta.groups.appAssignment.manage"}),
}.items():
    rights.PERMISSIONS.setdefault(_right, _permissions)
# From Okta's error code reference.
for _code, _row in {
    "E0000041": (400, "Credentials should not be set on this resource based on the scheme."),
    "E0000056": (403, "Delete application forbidden."),
    "E0000075": (
        403,
        "Cannot modify the {0} attribute because it has a field mapping and profile push is enabled.",
    ),
    "E0000112": (
        409,
        "Cannot update this user because they are still being activated. Please try again in a few minutes.",
    ),
    "E0000117": (403, "Cannot assign apps or update app profiles for an inactive user."),
}.items():
    CODES.setdefault(_code, _row)


def read_object(call: Call, *, needed: bool = True) -> Json:
    """Return the body as an object; an absent one is empty where none is needed.

    Raises:
        ApiError: E0000003 when it is not JSON, or JSON of another kind.
    """
    if not call.content.strip() and not needed:
        return {}
    try:
        body = msgspec.json.decode(call.content)
    except msgspec.DecodeError:
        raise ApiError("E0000003") from None
    if not isinstance(body, dict):
        raise ApiError("E0000003")
    return body


def read_part(body: Json, name: str) -> Json:
    """Return an object within a body; empty when it is absent or null.

    Raises:
        ApiError: E0000001 when it is there and something else.
    """
    part = body.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise ApiError("E0000001", name, causes=(f"{name}: The field must be an object",))
    return part
