"""The user type and its schema: what attributes a profile has, and new ones that administrators add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import permits, profiles, rights
from tui.demo.bodies import read_object, read_part
from tui.demo.errors import ApiError, not_found
from tui.demo.events import SYSTEM
from tui.demo.times import DAY, iso
from tui.demo.wire import Route, ok

if TYPE_CHECKING:
    from tui.demo.wire import Call, Json, Reply

_PATH = "/api/v1/meta/schemas/user/{schemaId}"
_TYPES = "/api/v1/meta/types/user"
_FORMATS = {"email": "email", "secondEmail": "email", "profileUrl": "uri", "countryCode": "country-code"}
_KINDS = frozenset({"string", "boolean", "integer", "number", "array"})


def _schema_id(call: Call) -> str:
    return f"osc{call.org.people.type_id[3:]}"


def _find(call: Call) -> None:
    if call.params["schemaId"] not in {"default", _schema_id(call)}:
        raise not_found(call.params["schemaId"], "SchemaDefinition")


def _base(name: str, title: str) -> Json:
    entry = profiles.attribute(title)
    if name in profiles.REQUIRED:
        entry["required"] = True
    if name in _FORMATS:
        entry["format"] = _FORMATS[name]
    if name in profiles.LONGEST:
        entry["maxLength"] = profiles.LONGEST[name]
    return entry


def _show(call: Call) -> Json:
    href, since = call.href(f"/api/v1/meta/schemas/user/{_schema_id(call)}"), iso(call.org.origin - 900 * DAY)
    type_href = call.href(f"{_TYPES}/{call.org.people.type_id}")
    return {
        "id": href,
        "$schema": "http://json-schema.org/draft-04/schema#",
        "name": "user",
        "title": "User",
        "description": "Okta user profile template with default permission settings",
        "lastUpdated": since,
        "created": since,
        "definitions": {
            "custom": {"id": "#custom", "type": "object", "properties": call.org.people.custom, "required": []},
            "base": {
                "id": "#base",
                "type": "object",
                "properties": {name: _base(name, title) for name, title in profiles.BASE.items()},
                "required": list(profiles.REQUIRED),
            },
        },
        "type": "object",
        "properties": {"profile": {"allOf": [{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"}]}},
        "_links": {
            "self": {"rel": "self", "href": href, "method": "GET"},
            "type": {"rel": "type", "href": type_href, "method": "GET"},
        },
    }


def get_schema(call: Call) -> Reply:
    """GET /api/v1/meta/schemas/user/{schemaId}: by its id or as ``default``."""
    _find(call)
    rights.require(call.principal, "users.view")
    return ok(_show(call))


def update_schema(call: Call) -> Reply:
    """POST /api/v1/meta/schemas/user/{schemaId}: adds custom attributes, changes them, and with null removes them."""
    _find(call)
    rights.require(call.principal, permits.SCHEMA)
    wanted = read_part(read_part(read_part(read_object(call), "definitions"), "custom"), "properties")
    custom = dict(call.org.people.custom)
    for name, entry in wanted.items():
        if entry is None:
            custom.pop(name, None)
            continue
        if name in profiles.BASE or not name.isidentifier():
            raise ApiError("E0000001", name, causes=(f"{name}: The name is taken by a base attribute or is not valid",))
        if not isinstance(entry, dict) or entry.get("type", "string") not in _KINDS:
            raise ApiError("E0000001", name, causes=(f"{name}: The type must be one of {', '.join(sorted(_KINDS))}",))
        custom[name] = {**profiles.attribute(name), **custom.get(name, {}), **entry}
    call.org.people.custom = custom
    return ok(_show(call))


def _show_type(call: Call) -> Json:
    type_id, since = call.org.people.type_id, iso(call.org.origin - 900 * DAY)
    return {
        "id": type_id,
        "displayName": "User",
        "name": "user",
        "description": "Okta user profile template with default permission settings",
        "createdBy": SYSTEM.id,
        "lastUpdatedBy": SYSTEM.id,
        "created": since,
        "lastUpdated": since,
        "default": True,
        "_links": {
            "schema": {
                "rel": "schema",
                "href": call.href(f"/api/v1/meta/schemas/user/{_schema_id(call)}"),
                "method": "GET",
            },
            "self": {"rel": "self", "href": call.href(f"{_TYPES}/{type_id}"), "method": "GET"},
        },
    }


def list_types(call: Call) -> Reply:
    """GET /api/v1/meta/types/user: everybody is of one type here."""
    rights.require(call.principal, "users.view")
    return ok([_show_type(call)])


def get_type(call: Call) -> Reply:
    """GET /api/v1/meta/types/user/{typeId}."""
    if call.params["typeId"] not in {"default", call.org.people.type_id}:
        raise not_found(call.params["typeId"], "UserType")
    rights.require(call.principal, "users.view")
    return ok(_show_type(call))


ROUTES = (
    Route("GET", _PATH, "okta.schemas.read", "other", get_schema),
    Route("POST", _PATH, "okta.schemas.manage", "other", update_schema),
    Route("GET", _TYPES, "okta.userTypes.read", "other", list_types),
    Route("GET", f"{_TYPES}/{{typeId}}", "okta.userTypes.read", "other", get_type),
)
