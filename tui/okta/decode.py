"""Okta's JSON into frozen values: fast where the answer is as documented, forgiving where it is not."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import msgspec

from tui.okta.errors import Unreadable

T = TypeVar("T")
_MAYBE_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\x00")  # in JSON, in UTF-8, in UTF-16
_HALF: Final = re.compile("[\ud800-\udfff]")


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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # its ValidationError is one too
        try:
            read = json.loads(data)
            value = _lenient(_whole(read) if _MAYBE_HALF.search(data) else read, kind, request_id)
        except (ValueError, RecursionError, msgspec.ValidationError) as error:
            raise Unreadable(detail=f"not JSON: {type(error).__name__}", request_id=request_id) from None
    return value


def _whole(value: Any) -> Any:
    """What the standard library read, without halves of surrogate pairs: no file, URL or terminal takes those."""
    if isinstance(value, str):
        return value if value.isascii() else _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
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
    taken: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.encode_name not in value:
            if field.required:
                raise Unreadable(f"Okta sent a {kind.__name__} without {field.encode_name}", request_id=request_id)
            continue
        kind_of, given = _plain_type(field.type), value[field.encode_name]
        try:
            if get_origin(kind_of) is list and isinstance(given, list):
                taken[field.name] = _readable(given, get_args(kind_of)[0], request_id)
            else:
                taken[field.name] = _lenient(given, kind_of, request_id)
        except (msgspec.ValidationError, Unreadable):
            if field.required:
                raise Unreadable(
                    f"Okta sent a {kind.__name__} without {field.encode_name}", request_id=request_id
                ) from None
    return kind(**taken)


def _readable(values: list[Any], kind: Any, request_id: str) -> list[Any]:
    """The readable items of a list inside a value: one odd target of an event must not hide the person beside it."""
    found: list[Any] = []
    for value in values:
        with suppress(msgspec.ValidationError, Unreadable):
            found.append(_lenient(value, kind, request_id))
    return found


def _plain_type(kind: Any) -> Any:
    """`Thing | None` as `Thing`, so that it gets the lenient reading; its default takes the place of null."""
    rest = [arg for arg in get_args(kind) if arg is not NoneType]
    return rest[0] if get_origin(kind) in {Union, UnionType} and len(rest) == 1 else kind
