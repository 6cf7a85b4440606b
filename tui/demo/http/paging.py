"""Pages: the limit, the opaque cursor and the self and next links, as Okta writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote_plus

from tui.demo.base.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.http.request import Request

T = TypeVar("T")

_PAGING = ("after", "limit")


def read_limit(request: Request, default: int, maximum: int) -> int:
    """Return the page size asked for, cut to the maximum.

    Raises:
        ApiError: E0000001 when it is not a positive number.
    """
    text = request.query.get("limit")
    if text is None or not text:
        return default
    try:
        limit = int(text)
    except ValueError:
        limit = 0
    if limit < 1:
        raise ApiError("E0000001", "limit", causes=(f"limit: '{text}' is not a valid page size",))
    return min(limit, maximum)


def read_position(request: Request, kind: str) -> int:
    """Return where the page starts.

    Raises:
        ApiError: E0000029 when the cursor is not one of this list's.
    """
    cursor = request.query.get("after")
    if not cursor:
        return 0
    position = request.org.ids.position(kind, cursor)
    if position is None:
        raise ApiError("E0000029", causes=("Invalid cursor.",))
    return position


def link_headers(request: Request, limit: int | None, after: str | None) -> list[tuple[str, str]]:
    """Return the self link, with the effective limit, and the next link when there is more."""
    if limit is None and request.query.get("limit"):
        # Lists without a page size of their own, such as the System Log, repeat what was asked.
        limit = int(request.query["limit"])
    rest = [(name, value) for name, value in request.query.items() if name not in _PAGING]
    headers = [("link", _link(request, request.query.get("after"), limit, rest, "self"))]
    if after is not None:
        headers.append(("link", _link(request, after, limit, rest, "next")))
    return headers


def _link(request: Request, after: str | None, limit: int | None, rest: list[tuple[str, str]], rel: str) -> str:
    parts = [] if after is None else [("after", after)]
    if limit is not None:
        parts.append(("limit", str(limit)))
    text = "&".join(f"{name}={quote_plus(value)}" for name, value in [*parts, *rest])
    query = f"?{text}" if text else ""
    return f'<{request.base}{request.path}{query}>; rel="{rel}"'


def cut(
    request: Request, items: Sequence[T], kind: str, default: int, maximum: int
) -> tuple[Sequence[T], list[tuple[str, str]]]:
    """Return one page of a list and its link headers."""
    limit = read_limit(request, default, maximum)
    start = read_position(request, kind)
    end = start + limit
    after = request.org.ids.cursor(kind, end) if end < len(items) else None
    return items[start:end], link_headers(request, limit, after)
