"""Request bodies as objects, and the refusals that every body can meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tui.demo.base.errors import ApiError

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request


def read_object(request: Request, *, needed: bool = True) -> Json:
    """Return the body as an object; an absent one is empty where none is needed.

    Raises:
        ApiError: E0000003 when it is not JSON, or JSON of another kind.
    """
    if not request.content.strip() and not needed:
        return {}
    try:
        body = msgspec.json.decode(request.content)
    except msgspec.DecodeError:
        raise ApiError("E0000003") from None
    if not isinstance(body, dict):
        raise ApiError("E0000003")
    return body
