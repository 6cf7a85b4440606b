"""The router: finds the route for a method and a path; an unknown path and a wrong method are different errors."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from tui.demo.base.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.demo.http.request import Route

Match = tuple["Route", dict[str, str]]


class _Node:
    """One path segment: what may follow it, by name or by any value."""

    __slots__ = ("any", "named", "routes")

    def __init__(self) -> None:
        self.named: dict[str, _Node] = {}
        self.any: _Node | None = None
        self.routes: dict[str, Route] = {}


class Router:
    """All routes, as a tree of path segments; a named segment wins over a parameter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in route.template.strip("/").split("/"):
                if segment.startswith("{"):
                    node.any = node.any or _Node()
                    node = node.any
                else:
                    node = node.named.setdefault(segment, _Node())
            if route.method in node.routes:
                raise ValueError(f"two routes for {route.method} {route.template}")
            node.routes[route.method] = route

    def find(self, method: str, path: str) -> Match:
        """Return the route and its parameters, percent-decoded.

        Raises:
            ApiError: E0000008 for an unknown path, E0000022 for a wrong method.
        """
        segments = path.strip("/").split("/")
        node = _walk(self._root, segments, 0)
        if node is None:
            raise ApiError("E0000008")
        route = node.routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise ApiError("E0000022")
        pairs = zip(route.template.strip("/").split("/"), segments, strict=True)
        return route, {name[1:-1]: unquote(value) for name, value in pairs if name.startswith("{")}

    def find_open(self, method: str, path: str) -> Match | None:
        """Return the route if it needs no authentication, else None."""
        try:
            match = self.find(method, path)
        except ApiError:
            return None
        return match if match[0].scope is None else None


def _walk(node: _Node, segments: list[str], at: int) -> _Node | None:
    if at == len(segments):
        return node if node.routes else None
    named = node.named.get(segments[at])
    found = _walk(named, segments, at + 1) if named is not None else None
    if found is None and node.any is not None and segments[at]:
        found = _walk(node.any, segments, at + 1)
    return found
