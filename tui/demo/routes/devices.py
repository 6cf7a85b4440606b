"""Devices and who uses them, on Identity Engine only; read. Suspending and the like is not built here."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError, not_found
from tui.demo.base.times import iso
from tui.demo.http.paging import link_headers, read_limit
from tui.demo.http.request import Route, ok
from tui.demo.query.named_query import listed_test
from tui.demo.routes.users import readable, user_body

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.demo.base.json import Json
    from tui.demo.factors.devices import Device
    from tui.demo.http.request import Request, Response

_PATH = "/api/v1/devices"
_READ = "okta.devices.read"
# Okta: "List all devices": 200 unless less is asked for, and 20 when the users come along whole.
_MOST, _EMBEDDED = 200, 20
_CURSOR = "guo"
_OPERATORS = frozenset({"eq", "ne", "co", "sw", "pr", "gt", "ge", "lt", "le"})
_TEXTS: Mapping[str, Callable[[Device], str | None]] = {
    "id": lambda device: device.id,
    "status": lambda device: device.status,
    "lastUpdated": lambda device: iso(device.since),
    "profile.displayName": lambda device: device.name,
    "profile.platform": lambda device: device.platform,
}


def _find(request: Request) -> Device:
    request.check_identity_engine()
    wanted = request.params["deviceId"]
    device = request.org.devices.find(wanted)
    if device is None:
        raise not_found(wanted, "Device")
    rights.require(request.principal, "devices.view")
    return device


def _usage(device: Device, user: Json) -> Json:
    return {"created": iso(device.since), "managementStatus": "NOT_MANAGED", "user": user}


def _start(request: Request) -> int:
    cursor = request.query.get("after")
    if not cursor:
        return 0
    position = request.org.ids.position(_CURSOR, cursor)
    if position is None:
        # Another code than the other lists answer with, as recorded.
        raise ApiError("E0000031", causes=("Invalid cursor.",))
    return position


def list_devices(request: Request) -> Response:
    """GET /api/v1/devices: ``search``; ``expand=user`` or ``userSummary`` brings who uses each."""
    request.check_identity_engine()
    rights.require(request.principal, "devices.view")
    expand = request.query.get("expand", "")
    limit = read_limit(request, _EMBEDDED if expand == "user" else _MOST, _MOST)
    start = _start(request)
    wanted = request.query.get("search")
    test = listed_test(wanted, _TEXTS, _OPERATORS) if wanted else None
    # Not all of them: what a person has enrolled is made when somebody first looks.
    passing = (device for device in request.org.devices if test is None or test(device))
    found = list(islice(passing, start, start + limit + 1))
    shown = []
    for device in found[:limit]:
        answer = request.org.devices.show(device, request.base)
        if expand == "user":
            answer["_embedded"] = {"users": [_usage(device, user_body(request, device.person))]}
        elif expand == "userSummary":
            answer["_embedded"] = {"users": [_usage(device, _summary(request, device))]}
        shown.append(answer)
    response = ok(shown)
    after = request.org.ids.cursor(_CURSOR, start + limit) if len(found) > limit else None
    response.headers = link_headers(request, limit, after)
    return response


def _summary(request: Request, device: Device) -> Json:
    """Return the few fields of a user that ``expand=userSummary`` brings."""
    whole = user_body(request, device.person)
    return {
        "id": whole["id"],
        "status": whole["status"],
        "profile": whole["profile"],
        "_links": {"self": {"href": request.href(f"/api/v1/users/{device.person.id}")}},
    }


def get_device(request: Request) -> Response:
    """GET /api/v1/devices/{deviceId}."""
    return ok(request.org.devices.show(_find(request), request.base))


def list_device_users(request: Request) -> Response:
    """GET /api/v1/devices/{deviceId}/users: each whole."""
    device = _find(request)
    return ok([_usage(device, user_body(request, device.person))])


def list_user_devices(request: Request) -> Response:
    """GET /api/v1/users/{id}/devices: only those that are registered, and not paged."""
    request.check_identity_engine()
    person = readable(request)
    devices = request.org.devices
    return ok(
        [
            {
                "created": iso(device.since),
                "deviceUserId": request.org.ids.make("dvu", number),
                "device": devices.show(device, request.base),
            }
            for number, device in enumerate(devices.of(person), person.index * 100)
        ]
    )


ROUTES = (
    Route("GET", _PATH, _READ, "other", list_devices),
    Route("GET", f"{_PATH}/{{deviceId}}", _READ, "other", get_device),
    Route("GET", f"{_PATH}/{{deviceId}}/users", _READ, "other", list_device_users),
    Route("GET", "/api/v1/users/{id}/devices", "okta.users.read", "user", list_user_devices),
)
