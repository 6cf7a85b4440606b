"""Devices and who uses them, on Identity Engine only, and the changes of their status."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError, not_found
from tui.demo.base.times import iso
from tui.demo.http.audit import log_event
from tui.demo.http.paging import link_headers, read_limit
from tui.demo.http.request import Route, no_content, ok
from tui.demo.log.events import Party
from tui.demo.query.named_query import listed_test
from tui.demo.routes.users import readable, user_body

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.demo.base.json import Json
    from tui.demo.factors.devices import Device
    from tui.demo.http.request import Request, Response

_PATH = "/api/v1/devices"
_READ, _MANAGE = "okta.devices.read", "okta.devices.manage"
# Okta: "List all devices": 200 unless less is asked for, and 20 when the users come along whole.
_MOST, _EMBEDDED = 200, 20
_CURSOR = "guo"
_OPERATORS = frozenset({"eq", "ne", "co", "sw", "pr", "gt", "ge", "lt", "le"})
_TEXTS: Mapping[str, Callable[[Device], str | None]] = {
    "id": lambda device: device.id,
    "status": lambda device: device.status,
    "lastUpdated": lambda device: iso(device.changed),
    "profile.displayName": lambda device: device.name,
    "profile.platform": lambda device: device.platform,
}


def _find(request: Request, right: str = "devices.view") -> Device:
    request.check_identity_engine()
    wanted = request.params["deviceId"]
    device = request.org.devices.find(wanted)
    if device is None:
        raise not_found(wanted, "Device")
    rights.require(request.principal, right)
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
            answer["_embedded"] = {"users": _users(request, device)}
        elif expand == "userSummary":
            answer["_embedded"] = {"users": [_usage(device, _summary(request, device))] if device.linked else []}
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
    return ok(_users(request, _find(request)))


def _users(request: Request, device: Device) -> list[Json]:
    """Return who is enrolled on a device, each whole: nobody once it is deactivated."""
    return [_usage(device, user_body(request, device.person))] if device.linked else []


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


def change_status(name: str, request: Request) -> Response:
    """POST /api/v1/devices/{deviceId}/lifecycle/{name}: 204, also where the device has that status already."""
    device = _find(request, f"devices.{name}")
    had = device.status
    request.org.devices.move(device, name, float(int(request.now)))
    if (request.org.devices.find(device.id) or device).status != had:
        log_event(request, f"device.lifecycle.{name}", _party(device))
    return no_content()


def delete_device(request: Request) -> Response:
    """DELETE /api/v1/devices/{deviceId}: only a deactivated one."""
    device = _find(request, "devices.delete")
    request.org.devices.delete(device)
    log_event(request, "device.lifecycle.delete", _party(device))
    return no_content()


def _party(device: Device) -> Party:
    """Return a device as the log names the one of an enrolment; a change of its status is not recorded anywhere."""
    return Party(device.id, "UDDevice", "unknown", device.name)


ROUTES = (
    *(
        Route("POST", f"{_PATH}/{{deviceId}}/lifecycle/{name}", _MANAGE, "other", partial(change_status, name))
        for name in ("suspend", "unsuspend", "deactivate", "activate")
    ),
    Route("DELETE", f"{_PATH}/{{deviceId}}", _MANAGE, "other", delete_device),
    Route("GET", _PATH, _READ, "other", list_devices),
    Route("GET", f"{_PATH}/{{deviceId}}", _READ, "other", get_device),
    Route("GET", f"{_PATH}/{{deviceId}}/users", _READ, "other", list_device_users),
    Route("GET", "/api/v1/users/{id}/devices", "okta.users.read", "user", list_user_devices),
)
