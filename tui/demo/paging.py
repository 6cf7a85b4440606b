"""Pages: the limit, the opaque cursor and the self and next links, as Okta writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote_plus

from tui.demo.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.wire import Call

T = TypeVar("T")

_PAGING = ("after", "limit")


def read_limit(call: Call, default: int, maximum: int) -> int:
    """Return the page size asked for, cut to the maximum.

    Raises:
        ApiError: E0000001 when it is not a positive number.
    """
    text = call.query.get("limit")
    if text is None or not text:
        return default
    try:
        limit = int(text)
    except ValueError:
        limit = 0
    if limit < 1:
        raise ApiError("E0000001", "limit", causes=(f"limit: '{text}' is not a valid page size",))
    return min(limit, maximum)


def read_position(call: Call, kind: str) -> int:
    """Return where the page starts.

    Raises:
        ApiError: E0000029 when the cursor is not one of this list's.
    """
    cursor = call.query.get("after")
    if not cursor:
        return 0
    position = call.org.ids.position(kind, cursor)
    if position is None:
        raise ApiError("E0000029", causes=("Invalid cursor.",))
    return position


def link_headers(call: Call, limit: int | None, after: str | None) -> list[tuple[str, str]]:
    """Return the self link, with the effective limit, and the next link when there is more."""
    if limit is None and call.query.get("limit"):
        # Lists without a page size of their own, such as the System Log, repeat what was asked.
        limit = int(call.query["limit"])
    rest = [(name, value) for name, value in call.query.items() if name not in _PAGING]
    headers = [("link", _link(call, call.query.get("after"), limit, rest, "self"))]
    if after is not None:
        headers.append(("link", _link(call, after, limit, rest, "next")))
    return headers


def _link(call: Call, after: str | None, limit: int | None, rest: list[tuple[str, str]], rel: str) -> str:
    parts = [] if after is None else [("after", after)]
    if limit is not None:
        parts.append(("limit", str(limit)))
    text = "&".join(f"{name}={quote_plus(value)}" for name, value in [*parts, *rest])
    query = f"?{text}" if text else ""
    return f'<{call.base}{call.path}{query}>; rel="{rel}"'


def cut(
    call: Call, items: Sequence[T], kind: str, default: int, maximum: int
) -> tuple[Sequence[T], list[tuple[str, str]]]:
    """Return one page of a list and its link headers."""
    limit = read_limit(call, default, maximum)
    start = read_position(call, kind)
    end = start + limit
    after = call.org.ids.cursor(kind, end) if end < len(items) else None
    return items[start:end], link_headers(call, limit, after)
