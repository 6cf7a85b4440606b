"""Convert a TOML table to a value of a type; an error says in words to the file's author what does not fit."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import Struct, inspect

from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

T = TypeVar("T")
LONGEST: Final = 40
"""Characters of a key or a value in a message."""
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_AT: Final = re.compile(r" - at `\$\.?([^`]*)`\Z")
_MISSING: Final = re.compile(r"Object missing required field `(\w+)`")
_SECRET: Final = frozenset({"secret", "passphrase"})
"""Tables that say where a secret is kept. The secret itself may have been written there, so nothing of it is shown."""


class Misfit(Exception):
    """A table does not fit its type. The reader of the file adds the file's name and raises a `Trouble`.

    Attributes:
        keys: The path to the value, the outermost key first.
        problem: The fault, as the rest of a sentence that begins with the path.
    """

    def __init__(self, keys: tuple[str, ...], problem: str) -> None:
        self.keys = keys
        self.problem = problem
        super().__init__(problem)

    @property
    def where(self) -> str:
        """The path as TOML writes it: `connectors.acme.org`, `connectors."Acme East".org`."""
        shown = (plain(key, limit=LONGEST) for key in self.keys)
        return ".".join(key if _BARE.fullmatch(key) else f'"{key}"' for key in shown)

    def under(self, *keys: str) -> Misfit:
        """Return this error with the keys of outer tables in front of its path."""
        return Misfit((*keys, *self.keys), self.problem)


def shape(value: object, kind: type[T], *keys: str) -> T:
    """Convert a value to a type, strictly: no text becomes a number. Unknown keys are ignored.

    Args:
        value: The value that `tomllib` read.
        kind: The type; `msgspec.Meta(description=…)` on a field says in words what the field must be.
        keys: The path to the value in the file, for the message.

    Raises:
        Misfit: The value does not fit.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _misfit(str(error), value, kind).under(*keys) from None


def table(tables: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Return the table that the last key names; an empty one where the key is missing.

    Raises:
        Misfit: The value is not a table.
    """
    return shape(tables.get(keys[-1], {}), dict[str, Any], *keys)


def unknown_keys(written: Mapping[str, Any], made: object) -> dict[str, Any]:
    """Return the keys, with values, that a table and its inner tables hold beside the fields of a struct.

    Args:
        written: The table.
        made: The struct that was made of the table.
    """
    known = set(made.__struct_fields__) if isinstance(made, Struct) else set[str]()
    rest = {key: value for key, value in written.items() if key not in known}
    for key in known & written.keys():
        value = getattr(made, key)  # a table with keys of its author's own choice knows them all
        if (
            isinstance(written[key], dict)
            and isinstance(value, Struct)
            and (inside := unknown_keys(written[key], value))
        ):
            rest[key] = inside
    return rest


def suggestion(key: str, known: Collection[str]) -> str:
    """Return `Did you mean …? ` for a key that resembles a known one, then all known keys."""
    close = difflib.get_close_matches(key, known, 1)
    return f"{f'Did you mean {close[0]}? ' if close else ''}Known: {', '.join(sorted(known))}."


_KINDS: Final = {
    bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table",
}  # fmt: skip
_READABLE: Final = 1e15


def _misfit(message: str, value: object, kind: Any) -> Misfit:  # noqa: ANN401 - a type, or what stands for one
    """Return the error of msgspec about a value as a `Misfit`."""
    place = _AT.search(message)
    steps = re.findall(r"\w+", place[1]) if place else []
    missing = _MISSING.match(message)
    if missing:
        steps.append(missing[1])
    actual = value
    for step in steps if not missing else ():
        actual = actual[int(step) if isinstance(actual, list | tuple) else step]  # type: ignore[index]
    keys = tuple(step for step in steps if not step.isdigit())  # the path to an item of a list ends at the list's key
    wanted = _type_at(keys, kind)
    if missing:
        return Misfit(keys, f"is missing; it must be {_type_words(wanted)}.")
    return Misfit(keys, f"must be {_type_words(wanted)}, not {_actual_words(actual, wanted, keys)}.")


def _type_at(keys: tuple[str, ...], kind: Any) -> Any:  # noqa: ANN401 - as above
    """Return the type at a path within a type, as `msgspec.inspect` describes types."""
    node = inspect.type_info(kind)
    for key in keys:
        inside = _without_null(node)
        node = next(field.type for field in inside.fields if field.encode_name == key)
    return _without_null(node)


def _without_null(node: Any) -> Any:  # noqa: ANN401 - as above
    """Return the type itself in the place of its union with `None`: TOML has no null."""
    if not isinstance(node, inspect.UnionType):
        return node
    return next(member for member in node.types if not isinstance(member, inspect.NoneType))


def _type_words(node: Any) -> str:  # noqa: ANN401 - as above; one case for each type
    """Return in words what a value of a type must be."""
    match node:
        case inspect.Metadata(extra_json_schema={"description": str(words)}):
            return words
        case inspect.StrType():
            return "text in quotes"
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=int(least), le=int(most)):
            return f"a whole number from {least} to {most}"
        case inspect.IntType():
            return "a whole number"
        case inspect.EnumType(cls=choices):
            return f"one of {', '.join(map(str, choices))}"
        case inspect.LiteralType(values=choices):
            return f"one of {', '.join(map(str, choices))}"
        case inspect.VarTupleType(item_type=item) | inspect.FrozenSetType(item_type=item):
            return f"a list of items, each {_type_words(item)}"
        case inspect.DictType() | inspect.StructType():
            return "a table"
    raise TypeError(f"no words for {type(node).__name__}")


def _actual_words(value: object, wanted: Any, keys: tuple[str, ...]) -> str:  # noqa: ANN401 - as above
    """Return the actual value in words, and nothing of a text that may be a secret."""
    if not _SECRET.isdisjoint(keys):
        return _KINDS.get(type(value), "a date or a time")
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}" if abs(value) < _READABLE else "a number out of range"
        case str() if isinstance(wanted, inspect.EnumType | inspect.LiteralType):
            return f'"{plain(value, limit=LONGEST)}"'
    return _KINDS.get(type(value), "a date or a time")
