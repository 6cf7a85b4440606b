"""JSON objects, and how an object within another one is read."""

from __future__ import annotations

from tui.demo.base.errors import ApiError

Json = dict[str, object]


def read_part(body: Json, name: str) -> Json:
    """Return an object within a body; empty when it is absent or null.

    Raises:
        ApiError: E0000001 when it is there and something else.
    """
    part = body.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise ApiError("E0000001", name, causes=(f"{name}: The field must be an object",))
    return part
