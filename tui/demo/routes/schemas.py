"""The user type and its schema: the attributes of a profile, and new ones that administrators add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError, not_found
from tui.demo.base.json import read_part
from tui.demo.base.times import DAY, iso
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, ok
from tui.demo.log.events import SYSTEM
from tui.demo.people import schema

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response

_PATH = "/api/v1/meta/schemas/user/{schemaId}"
_TYPES = "/api/v1/meta/types/user"
_FORMATS = {"email": "email", "secondEmail": "email", "profileUrl": "uri", "countryCode": "country-code"}
_KINDS = frozenset({"string", "boolean", "integer", "number", "array"})


def _schema_id(request: Request) -> str:
    return f"osc{request.org.people.type_id[3:]}"


def _find(request: Request) -> None:
    if request.params["schemaId"] not in {"default", _schema_id(request)}:
        raise not_found(request.params["schemaId"], "SchemaDefinition")


def _base(name: str, title: str) -> Json:
    entry = schema.attribute(title)
    if name in schema.REQUIRED:
        entry["required"] = True
    if name in _FORMATS:
        entry["format"] = _FORMATS[name]
    if name in schema.LONGEST:
        entry["maxLength"] = schema.LONGEST[name]
    return entry


def _show(request: Request) -> Json:
    href, since = request.href(f"/api/v1/meta/schemas/user/{_schema_id(request)}"), iso(request.org.origin - 900 * DAY)
    type_href = request.href(f"{_TYPES}/{request.org.people.type_id}")
    return {
        "id": href,
        "$schema": "http://json-schema.org/draft-04/schema#",
        "name": "user",
        "title": "User",
        "description": "Okta user profile template with default permission settings",
        "lastUpdated": since,
        "created": since,
        "definitions": {
            "custom": {"id": "#custom", "type": "object", "properties": request.org.people.custom, "required": []},
            "base": {
                "id": "#base",
                "type": "object",
                "properties": {name: _base(name, title) for name, title in schema.BASE.items()},
                "required": list(schema.REQUIRED),
            },
        },
        "type": "object",
        "properties": {"profile": {"allOf": [{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"}]}},
        "_links": {
            "self": {"rel": "self", "href": href, "method": "GET"},
            "type": {"rel": "type", "href": type_href, "method": "GET"},
        },
    }


def get_schema(request: Request) -> Response:
    """GET /api/v1/meta/schemas/user/{schemaId}: by its id or as ``default``."""
    _find(request)
    rights.require(request.principal, "users.view")
    return ok(_show(request))


def update_schema(request: Request) -> Response:
    """POST /api/v1/meta/schemas/user/{schemaId}: adds custom attributes, changes them, and with null removes them."""
    _find(request)
    rights.require(request.principal, "schemas.manage")
    wanted = read_part(read_part(read_part(read_object(request), "definitions"), "custom"), "properties")
    custom = dict(request.org.people.custom)
    for name, entry in wanted.items():
        if entry is None:
            custom.pop(name, None)
            continue
        if name in schema.BASE or not name.isidentifier():
            raise ApiError("E0000001", name, causes=(f"{name}: The name is taken by a base attribute or is not valid",))
        if not isinstance(entry, dict) or entry.get("type", "string") not in _KINDS:
            raise ApiError("E0000001", name, causes=(f"{name}: The type must be one of {', '.join(sorted(_KINDS))}",))
        custom[name] = {**schema.attribute(name), **custom.get(name, {}), **entry}
    request.org.people.custom = custom
    return ok(_show(request))


def _show_type(request: Request) -> Json:
    type_id, since = request.org.people.type_id, iso(request.org.origin - 900 * DAY)
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
                "href": request.href(f"/api/v1/meta/schemas/user/{_schema_id(request)}"),
                "method": "GET",
            },
            "self": {"rel": "self", "href": request.href(f"{_TYPES}/{type_id}"), "method": "GET"},
        },
    }


def list_types(request: Request) -> Response:
    """GET /api/v1/meta/types/user: everybody is of one type here."""
    rights.require(request.principal, "users.view")
    return ok([_show_type(request)])


def get_type(request: Request) -> Response:
    """GET /api/v1/meta/types/user/{typeId}."""
    if request.params["typeId"] not in {"default", request.org.people.type_id}:
        raise not_found(request.params["typeId"], "UserType")
    rights.require(request.principal, "users.view")
    return ok(_show_type(request))


ROUTES = (
    Route("GET", _PATH, "okta.schemas.read", "other", get_schema),
    Route("POST", _PATH, "okta.schemas.manage", "other", update_schema),
    Route("GET", _TYPES, "okta.userTypes.read", "other", list_types),
    Route("GET", f"{_TYPES}/{{typeId}}", "okta.userTypes.read", "other", get_type),
)
