"""One request, one response, and the route that connects them: what every resource file is written in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from tui.demo.base.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.demo.admins.principals import Principal
    from tui.demo.org import Org


@dataclass(slots=True)
class Response:
    """The answer to a request: a status, a body already encoded (None for no body) and extra headers."""

    status: int = 200
    body: bytes | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Request:
    """One authenticated request, with its path already matched.

    Attributes:
        base: ``http://host:port`` as the client wrote it, for every link in the answer.
        params: What the braces of the route's path template matched, percent-decoded.
        query: The query parameters; of repeated ones the last.
    """

    org: Org
    principal: Principal
    method: str
    path: str
    base: str
    now: float
    params: Mapping[str, str]
    query: Mapping[str, str]
    content: bytes
    request_id: str
    user_agent: str
    client_ip: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def href(self, path: str) -> str:
        """Return an absolute link to a path of this org."""
        return self.base + path

    def check_identity_engine(self) -> None:
        """Refuse what a Classic org does not have.

        Raises:
            ApiError: E0000015.
        """
        if self.org.pipeline != "idx":
            raise ApiError("E0000015")

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a boolean query parameter."""
        return self.query.get(name, "true" if default else "false").lower() == "true"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the org.

    Attributes:
        scope: The OAuth scope that it needs; None when it needs no authentication at all.
        bucket: The rate-limit bucket that it is counted in.
    """

    method: str
    template: str
    scope: str | None
    bucket: str
    handler: Callable[[Request], Response]


def ok(body: object) -> Response:
    """Return a 200 with a JSON body."""
    return Response(200, msgspec.json.encode(body))


def created(body: object) -> Response:
    """Return a 201 with a JSON body."""
    return Response(201, msgspec.json.encode(body))


def done() -> Response:
    """Return a 200 with ``{}``, the answer of lifecycle operations that give nothing back."""
    return Response(200, b"{}")


def no_content() -> Response:
    """Return a 204."""
    return Response(204)
