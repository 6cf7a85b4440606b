"""What is set up around signing in: network zones, trusted origins, log streams, a person's risk, the Admin Console.

That super admins alone see log streams is from Okta's comparison of standard roles. For the rest nobody could verify
which roles see it: here those do who see policies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

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
    from tui.demo.org import Org
    from tui.demo.security.log_streams import LogStream
    from tui.demo.security.origins import Origin
    from tui.demo.security.zones import Zone

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


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


class _Holder(Protocol[N]):
    @property
    def all(self) -> Sequence[N]: ...

    def show(self, item: N, base: str, /) -> Json: ...


@dataclass(frozen=True)
class _Kept(Generic[N]):
    """One kind of thing that an org keeps, and that can be listed and read.

    Attributes:
        holder: Returns all of them in an org.
        texts: What ``filter`` compares, by its name.
        kind: The kind of id, for the cursor.
        noun: Okta's name of the kind, in errors.
        param: The name of the id in the path.
        right: The right to see them.
    """

    holder: Callable[[Org], _Holder[N]]
    texts: Mapping[str, Callable[[N], str | None]]
    kind: str
    noun: str
    param: str
    right: str

    def page(self, request: Request, fits: Callable[[N], bool] = lambda _: True) -> Response:
        """Return a page of those that fit the call's ``filter`` and a test."""
        rights.require(request.principal, self.right)
        holder = self.holder(request.org)
        items = [item for item in holder.all if fits(item)]
        if wanted := request.query.get("filter"):
            items = [*filter(listed_test(wanted, self.texts, _EQ, fold=True), items)]
        page, headers = cut(request, items, self.kind, _DEFAULT, _MOST)
        response = ok([holder.show(item, request.base) for item in page])
        response.headers = headers
        return response

    def one(self, request: Request) -> Response:
        """Return the one that the path names."""
        holder, wanted = self.holder(request.org), request.params[self.param]
        found = next((item for item in holder.all if item.id == wanted), None)
        if found is None:
            raise not_found(wanted, self.noun)
        rights.require(request.principal, self.right)
        return ok(holder.show(found, request.base))


_ZONES: _Kept[Zone] = _Kept(
    lambda org: org.zones,
    {"id": lambda zone: zone.id, "usage": lambda zone: zone.usage, "system": lambda zone: str(zone.system).lower()},
    "nzo",
    "NetworkZone",
    "zoneId",
    "security.view",
)
_STREAMS: _Kept[LogStream] = _Kept(
    lambda org: org.log_streams,
    {"type": lambda stream: stream.kind, "status": lambda stream: stream.status},
    "0ls",
    "LogStream",
    "logStreamId",
    "streams.view",
)
_ORIGINS: _Kept[Origin] = _Kept(
    lambda org: org.origins,
    {
        "id": lambda origin: origin.id,
        "name": lambda origin: origin.name,
        "origin": lambda origin: origin.origin,
        "status": lambda origin: origin.status,
    },
    "tos",
    "TrustedOrigin",
    "trustedOriginId",
    "security.view",
)


def list_origins(request: Request) -> Response:
    """GET /api/v1/trustedOrigins: ``filter`` by id, name, origin or status; ``q`` by the beginning of either."""
    start = request.query.get("q", "").lower()
    return _ORIGINS.page(request, lambda one: one.name.lower().startswith(start) or one.origin.startswith(start))


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
    Route("GET", "/api/v1/zones", "okta.networkZones.read", "other", _ZONES.page),
    Route("GET", "/api/v1/zones/{zoneId}", "okta.networkZones.read", "other", _ZONES.one),
    Route("GET", "/api/v1/trustedOrigins", "okta.trustedOrigins.read", "other", list_origins),
    Route("GET", "/api/v1/trustedOrigins/{trustedOriginId}", "okta.trustedOrigins.read", "other", _ORIGINS.one),
    Route("GET", "/api/v1/logStreams", "okta.logStreams.read", "other", _STREAMS.page),
    Route("GET", "/api/v1/logStreams/{logStreamId}", "okta.logStreams.read", "other", _STREAMS.one),
    Route("GET", "/api/v1/users/{id}/risk", "okta.userRisk.read", "user", get_risk),
    Route("GET", _APP_SETTINGS, "okta.apps.read", "other", get_console),
    Route("PUT", _APP_SETTINGS, "okta.apps.manage", "other", replace_console),
)
