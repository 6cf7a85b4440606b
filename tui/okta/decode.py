"""Okta's JSON into frozen values: fast where the answer is as documented, forgiving where it is not."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from tui.okta.errors import Unreadable

T = TypeVar("T")


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def decode(data: bytes, kind: type[T], *, request_id: str = "") -> T:
    """Decode a JSON body into `kind`: a `msgspec.Struct` or a list of them.

    Unknown fields are skipped. A field of an unexpected type becomes its default instead of failing the whole page,
    since one odd profile must not hide 199 other people. A missing required field (an id) is an error.

    Raises:
        Unreadable: Not JSON, not the documented shape, or without an id.
    """
    try:
        value: T = _decoder(kind).decode(data)  # type: ignore[arg-type]  # a type is hashable
    except (msgspec.DecodeError, UnicodeDecodeError):  # its ValidationError is one too
        value = _lenient(_loads(data, request_id), kind, request_id)
    return value


def _loads(data: bytes, request_id: str) -> Any:
    """The standard library's reader: slower, and takes what msgspec refuses, such as half of a surrogate pair."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(detail=f"not JSON: {type(error).__name__}", request_id=request_id) from None


def _lenient(value: Any, kind: Any, request_id: str) -> Any:
    origin = get_origin(kind)
    if origin in {list, tuple}:
        if not isinstance(value, list):
            raise Unreadable(detail=f"expected a list, got {type(value).__name__}", request_id=request_id)
        items = [_lenient(item, get_args(kind)[0], request_id) for item in value]
        return items if origin is list else tuple(items)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(value, kind, request_id)
    return msgspec.convert(value, kind, strict=False)


def _struct(value: Any, kind: type[msgspec.Struct], request_id: str) -> Any:
    if not isinstance(value, dict):
        raise Unreadable(detail=f"expected {kind.__name__}, got {type(value).__name__}", request_id=request_id)
    taken: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.encode_name not in value:
            if field.required:
                raise Unreadable(f"Okta sent a {kind.__name__} without {field.encode_name}", request_id=request_id)
            continue
        try:
            taken[field.name] = _lenient(value[field.encode_name], _plain_type(field.type), request_id)
        except (msgspec.ValidationError, Unreadable):
            if field.required:
                raise Unreadable(
                    f"Okta sent a {kind.__name__} without {field.encode_name}", request_id=request_id
                ) from None
    return kind(**taken)


def _plain_type(kind: Any) -> Any:
    """`Struct | None` as `Struct`, so that its own fields get the lenient reading; everything else as it is."""
    structs = [arg for arg in get_args(kind) if isinstance(arg, type) and issubclass(arg, msgspec.Struct)]
    return structs[0] if structs and get_origin(kind) not in {list, tuple, dict} else kind
