"""What is set up around signing in: network zones, trusted origins, log streams, a person's risk, the Admin Console.

That super admins alone see log streams is from Okta's comparison of standard roles. For the rest nobody could verify
which roles see it: here those do who see policies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from tui.demo.admins import rights
from tui.demo.base.errors import invalid, not_found
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.paging import cut
from tui.demo.http.request import Route, ok
from tui.demo.log.events import Party
from tui.demo.query.named_query import listed_test
from tui.demo.routes.users import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response
    from tui.demo.security.log_streams import LogStream
    from tui.demo.security.origins import Origin
    from tui.demo.security.zones import Zone

T = TypeVar("T")
_DEFAULT, _MOST = 20, 200
_EQ = frozenset({"eq"})
_CONSOLE, _CONSOLE_NUMBER = "admin-console", 7_000_000
# Of the levels only HIGH and its reason are recorded.
_SHIFT, _PARTS = 30, 40
_RISKS = {
    0: ("HIGH", "Admin override risk"),
    1: ("MEDIUM", "Sign-in from a network that was not seen before"),
    2: ("LOW", "Sign-in from a known device"),
}
# Okta: "Replace the Okta application settings": at most 12 hours of idleness, 7 days in all; at least 5 minutes.
_IDLE, _LONGEST, _SHORTEST = 720, 10_080, 5

_ZONES: Mapping[str, Callable[[Zone], str | None]] = {
    "id": lambda zone: zone.id,
    "usage": lambda zone: zone.usage,
    "system": lambda zone: str(zone.system).lower(),
}
_STREAMS: Mapping[str, Callable[[LogStream], str | None]] = {
    "type": lambda stream: stream.kind,
    "status": lambda stream: stream.status,
}
_ORIGINS: Mapping[str, Callable[[Origin], str | None]] = {
    "id": lambda origin: origin.id,
    "name": lambda origin: origin.name,
    "origin": lambda origin: origin.origin,
    "status": lambda origin: origin.status,
}


def _page(
    request: Request, items: Sequence[T], texts: Mapping[str, Callable[[T], str | None]], kind: str
) -> tuple[Sequence[T], list[tuple[str, str]]]:
    wanted = request.query.get("filter")
    if wanted:
        test = listed_test(wanted, texts, _EQ, fold=True)
        items = [item for item in items if test(item)]
    return cut(request, items, kind, _DEFAULT, _MOST)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _find(request: Request, items: Sequence[N], name: str, kind: str, right: str) -> N:
    """Return the one that the path names.

    Raises:
        ApiError: E0000007 or E0000006.
    """
    wanted = request.params[name]
    for item in items:
        if item.id == wanted:
            rights.require(request.principal, right)
            return item
    raise not_found(wanted, kind)


def _listed(shown: list[Json], headers: list[tuple[str, str]]) -> Response:
    response = ok(shown)
    response.headers = headers
    return response


def list_zones(request: Request) -> Response:
    """GET /api/v1/zones: ``filter`` by id, usage or system."""
    rights.require(request.principal, "security.view")
    zones = request.org.zones
    page, headers = _page(request, zones.all, _ZONES, "nzo")
    return _listed([zones.show(zone, request.base) for zone in page], headers)


def get_zone(request: Request) -> Response:
    """GET /api/v1/zones/{zoneId}."""
    zone = _find(request, request.org.zones.all, "zoneId", "NetworkZone", "security.view")
    return ok(request.org.zones.show(zone, request.base))


def list_origins(request: Request) -> Response:
    """GET /api/v1/trustedOrigins: ``filter`` by id, name, origin or status; ``q`` by the beginning of either."""
    rights.require(request.principal, "security.view")
    origins, start = request.org.origins, request.query.get("q", "").lower()
    found = [one for one in origins.all if one.name.lower().startswith(start) or one.origin.startswith(start)]
    page, headers = _page(request, found, _ORIGINS, "tos")
    return _listed([origins.show(origin, request.base) for origin in page], headers)


def get_origin(request: Request) -> Response:
    """GET /api/v1/trustedOrigins/{trustedOriginId}."""
    origin = _find(request, request.org.origins.all, "trustedOriginId", "TrustedOrigin", "security.view")
    return ok(request.org.origins.show(origin, request.base))


def list_streams(request: Request) -> Response:
    """GET /api/v1/logStreams: ``filter`` by type or status."""
    rights.require(request.principal, "streams.view")
    streams = request.org.log_streams
    page, headers = _page(request, streams.all, _STREAMS, "0ls")
    return _listed([streams.show(stream, request.base) for stream in page], headers)


def get_stream(request: Request) -> Response:
    """GET /api/v1/logStreams/{logStreamId}."""
    stream = _find(request, request.org.log_streams.all, "logStreamId", "LogStream", "streams.view")
    return ok(request.org.log_streams.show(stream, request.base))


def get_risk(request: Request) -> Response:
    """GET /api/v1/users/{id}/risk: on Identity Engine only; a level of NONE has no reason."""
    request.check_identity_engine()
    person = readable(request, "users.risk")
    user = request.href(f"/api/v1/users/{person.id}")
    level, reason = _RISKS.get((person.salt >> _SHIFT) % _PARTS, ("NONE", ""))
    links: Json = {
        "user": {"href": user, "hints": {"allow": ["GET"]}},
        "self": {"href": f"{user}/risk", "hints": {"allow": ["GET", "PUT"]}},
    }
    return ok({"riskLevel": level, **({"reason": reason} if reason else {}), "_links": links})


def _console(request: Request, right: str) -> Json:
    """Return the settings of the app that the path names: the Admin Console is the only one that has any.

    Raises:
        ApiError: E0000007, also on Classic, or E0000006.
    """
    # Of Classic only cartography says anything: that it is refused there, as not found or as not permitted.
    if request.params["appName"] != _CONSOLE or request.org.pipeline != "idx":
        raise not_found(request.params["appName"], "OktaApplicationSettings")
    rights.require(request.principal, right)
    return request.org.console_sessions


def get_console(request: Request) -> Response:
    """GET /api/v1/first-party-app-settings/{appName}: how long sessions of the Admin Console last, in minutes."""
    return ok(_console(request, "security.view"))


def replace_console(request: Request) -> Response:
    """PUT /api/v1/first-party-app-settings/{appName}: super admins only; what is left out stays."""
    settings, body = _console(request, "roles.manage"), read_object(request)
    read: Json = {}
    for name, most in (("sessionIdleTimeoutMinutes", _IDLE), ("sessionMaxLifetimeMinutes", _LONGEST)):
        minutes = body.get(name, settings[name])
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not _SHORTEST <= minutes <= most:
            raise invalid(name, f"The field must be between {_SHORTEST} and {most}")
        read[name] = minutes
    settings.update(read)
    console = Party(request.org.ids.make("0oa", _CONSOLE_NUMBER), "AppInstance", _CONSOLE, "Okta Admin Console")
    log_event(request, "application.lifecycle.update", console)
    return ok(settings)


_APP_SETTINGS = "/api/v1/first-party-app-settings/{appName}"
ROUTES = (
    Route("GET", "/api/v1/zones", "okta.networkZones.read", "other", list_zones),
    Route("GET", "/api/v1/zones/{zoneId}", "okta.networkZones.read", "other", get_zone),
    Route("GET", "/api/v1/trustedOrigins", "okta.trustedOrigins.read", "other", list_origins),
    Route("GET", "/api/v1/trustedOrigins/{trustedOriginId}", "okta.trustedOrigins.read", "other", get_origin),
    Route("GET", "/api/v1/logStreams", "okta.logStreams.read", "other", list_streams),
    Route("GET", "/api/v1/logStreams/{logStreamId}", "okta.logStreams.read", "other", get_stream),
    Route("GET", "/api/v1/users/{id}/risk", "okta.userRisk.read", "user", get_risk),
    Route("GET", _APP_SETTINGS, "okta.apps.read", "other", get_console),
    Route("PUT", _APP_SETTINGS, "okta.apps.manage", "other", replace_console),
)
