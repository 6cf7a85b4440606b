"""Decode Okta's JSON into frozen values: fast where the answer is as documented, lenient where it is not."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import msgspec

from tui.okta.errors import TooMuch, Unreadable

T = TypeVar("T")
_LARGE: Final = 1024 * 1024
MOST_OBJECTS: Final = 300_000
"""Objects and arrays of one answer; a page of 1,000 events of the System Log has about 30,000."""
MOST_VALUES: Final = 1_500_000
"""Values of one answer, by its commas."""
_MAYBE_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\x00")  # in JSON, in UTF-8, in UTF-16
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Return the fields of a type; msgspec evaluates their annotations anew each time, a millisecond for each value."""
    return msgspec.structs.fields(kind)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def decode(data: bytes, kind: type[T], *, request_id: str = "") -> T:
    """Decode a JSON body into `kind`: a `msgspec.Struct` or a list of them.

    Unknown fields are skipped. A field of an unexpected type becomes its default instead of failing the whole page,
    since one odd profile must not hide 199 other people. A missing required field (an id) is an error.

    Raises:
        Unreadable: Not JSON, not the documented shape, or without an id.
        TooMuch: So many small values that they would fill the memory.
    """
    if len(data) > _LARGE:
        _check_size(data, request_id)
    try:
        value: T = _decoder(kind).decode(data)  # type: ignore[arg-type]  # a type is hashable
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # its ValidationError is one too
        try:
            parsed = json.loads(data)
            if _MAYBE_SURROGATE.search(data):
                parsed = _without_surrogates(parsed)
            value = _lenient(parsed, kind, request_id)
        except (ValueError, RecursionError, msgspec.ValidationError) as error:
            raise Unreadable(detail=f"not JSON: {type(error).__name__}", request_id=request_id) from None
    return value


def _check_size(data: bytes, request_id: str) -> None:
    """Count what would become a value: `{}` takes thirty times as much in memory as in JSON."""
    if data.count(b"{") + data.count(b"[") > MOST_OBJECTS or data.count(b",") > MOST_VALUES:
        raise TooMuch(detail="too many values", request_id=request_id)


def _without_surrogates(value: Any) -> Any:
    """Return JSON without lone surrogates, which `json` accepts but no file, URL or terminal does."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    return value


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
    fields: dict[str, Any] = {}
    for field in _fields(kind):
        if field.encode_name not in value:
            if field.required:
                raise Unreadable(f"Okta sent a {kind.__name__} without {field.encode_name}", request_id=request_id)
            continue
        field_kind, item = _plain_type(field.type), value[field.encode_name]
        if item is None and NoneType in get_args(field.type):
            fields[field.name] = None  # for some fields null says more than a missing one
            continue
        try:
            if get_origin(field_kind) is list and isinstance(item, list):
                fields[field.name] = _readable_items(item, get_args(field_kind)[0], request_id)
            else:
                fields[field.name] = _lenient(item, field_kind, request_id)
        except (msgspec.ValidationError, Unreadable):
            if field.required:
                raise Unreadable(
                    f"Okta sent a {kind.__name__} without {field.encode_name}", request_id=request_id
                ) from None
    return kind(**fields)


def _readable_items(values: list[Any], kind: Any, request_id: str) -> list[Any]:
    """Return the items of an inner list that can be decoded: one bad target must not hide an event's other targets."""
    items: list[Any] = []
    for value in values:
        with suppress(msgspec.ValidationError, Unreadable):
            items.append(_lenient(value, kind, request_id))
    return items


def _plain_type(kind: Any) -> Any:
    """Return `Thing` for `Thing | None`, so that it is decoded leniently."""
    rest = [arg for arg in get_args(kind) if arg is not NoneType]
    return rest[0] if get_origin(kind) in {Union, UnionType} and len(rest) == 1 else kind
