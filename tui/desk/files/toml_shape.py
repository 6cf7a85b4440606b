"""A TOML table turned into a value of a type; what does not fit is told in words for the person who wrote the file."""

from __future__ import annotations

import difflib
import re
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import inspect

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
        problem: What is wrong with it, as the rest of a sentence that begins with the path.
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
        """The same, in a table inside other tables."""
        return Misfit((*keys, *self.keys), self.problem)


def shape(value: object, kind: type[T], *keys: str) -> T:
    """A value of a type, converted strictly: no text is taken for a number. Unknown keys are ignored.

    Args:
        value: What `tomllib` read.
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
    """The table that the last key names; an empty one where the key is missing.

    Raises:
        Misfit: It is not a table.
    """
    return shape(tables.get(keys[-1], {}), dict[str, Any], *keys)


def unknown(written: Mapping[str, Any], made: object) -> dict[str, Any]:
    """What a table and the tables in it hold beside the fields of the dataclass that was made of it."""
    known = {one.name for one in fields(made)} if is_dataclass(made) else set()
    rest = {key: value for key, value in written.items() if key not in known}
    for key in known & written.keys():
        if isinstance(written[key], dict) and (inside := unknown(written[key], getattr(made, key))):
            rest[key] = inside
    return rest


def suggestion(key: str, known: Collection[str]) -> str:
    """`Did you mean …? ` for a key that is nearly a known one, else nothing; then all known ones."""
    close = difflib.get_close_matches(key, known, 1)
    return f"{f'Did you mean {close[0]}? ' if close else ''}Known: {', '.join(sorted(known))}."


_KINDS: Final = {
    bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table",
}  # fmt: skip
_READABLE: Final = 1e15


def _misfit(message: str, value: object, kind: Any) -> Misfit:  # noqa: ANN401 - a type, or what stands for one
    """What msgspec says of a value, in words."""
    place = _AT.search(message)
    steps = re.findall(r"\w+", place[1]) if place else []
    missing = _MISSING.match(message)
    if missing:
        steps.append(missing[1])
    found = value
    for step in steps if not missing else ():
        found = found[int(step) if isinstance(found, list | tuple) else step]  # type: ignore[index]
    keys = tuple(step for step in steps if not step.isdigit())  # an item of a list is told by the list's key
    wanted = _type_at(keys, kind)
    if missing:
        return Misfit(keys, f"is missing; it must be {_words(wanted)}.")
    return Misfit(keys, f"must be {_words(wanted)}, not {_found(found, wanted, keys)}.")


def _type_at(keys: tuple[str, ...], kind: Any) -> Any:  # noqa: ANN401 - as above
    """The type of what is at a path in a type, as `msgspec.inspect` describes types."""
    node = inspect.type_info(kind)
    for key in keys:
        inside = _without_null(node)
        node = next(one.type for one in inside.fields if one.encode_name == key)
    return _without_null(node)


def _without_null(node: Any) -> Any:  # noqa: ANN401 - as above
    """The type itself in the place of "that or nothing": TOML has no null."""
    if not isinstance(node, inspect.UnionType):
        return node
    return next(one for one in node.types if not isinstance(one, inspect.NoneType))


def _words(node: Any) -> str:  # noqa: ANN401 - as above; one line for each type
    """What a value of a type must be, in words."""
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
            return f"one of {', '.join(str(one) for one in choices)}"
        case inspect.LiteralType(values=choices):
            return f"one of {', '.join(map(str, choices))}"
        case inspect.VarTupleType(item_type=item) | inspect.FrozenSetType(item_type=item):
            return f"a list of items, each {_words(item)}"
        case inspect.DictType() | inspect.DataclassType():
            return "a table"
    raise TypeError(f"no words for {type(node).__name__}")


def _found(value: object, wanted: Any, keys: tuple[str, ...]) -> str:  # noqa: ANN401 - as above
    """What was found instead, as TOML writes it; nothing of a text in whose place a secret may stand."""
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
