"""`dataclass` for values, made when it is needed: the standard library's writes and compiles six methods for each class.

keydesk defines some hundred classes of values before its first screen is there, or a command has sent its first request;
writing their methods takes Python a third as long as starting an empty Textual app. Here the methods that are the same
for every class are written once, and `__init__` is written when a class first gets an instance. What differs from
`dataclasses.dataclass` is the time alone; `fields`, `replace` and `asdict` work on these classes too.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:

    def dataclass(*, frozen=False, slots=False, eq=True):
        """Return a decorator that makes a class of values; the options mean what they do for the standard library's.

        A class and those that it inherits from are made either all by this or all by the standard library.

        Args:
            frozen: Whether the fields of an instance cannot be set again.
            slots: Whether instances have the fields alone, and no `__dict__`.
            eq: Whether instances with equal fields are equal.
        """

        def made(cls):
            cls.__doc__ = cls.__doc__ or cls.__name__  # else the standard library writes one, which takes longest
            cls = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
            own = vars(cls)
            methods = {"__init__": _init_later(cls, frozen=frozen), "__repr__": _repr}
            if eq:
                methods |= _comparison(cls, frozen=frozen)
            if frozen:
                methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
            if frozen and slots:  # Python's own way to copy such an instance would set its attributes
                methods |= {"__getstate__": _state, "__setstate__": _set_state}
            for name, method in methods.items():
                if name not in own or (name == "__hash__" and own[name] is None):
                    setattr(cls, name, method)
            return cls

        return made


def _init_later(cls: type[Any], *, frozen: bool) -> Callable[..., None]:
    def __init__(self: object, *arguments: object, **named: object) -> None:  # noqa: N807 - stands in for it
        cls.__init__ = written = _init_of(cls, frozen=frozen)
        written(self, *arguments, **named)

    return __init__


def _init_of(cls: type[Any], *, frozen: bool) -> Callable[..., None]:
    """Write the `__init__` of a class: an argument for each field, its default where none is given."""
    names: dict[str, Any] = {"_set": object.__setattr__, "_missing": dataclasses.MISSING}
    arguments, named, lines = ["self"], [], []
    for one in dataclasses.fields(cls):
        value = one.name
        if one.default is not dataclasses.MISSING:
            names[f"_default_{one.name}"] = one.default
            default = f"_default_{one.name}"
        elif one.default_factory is not dataclasses.MISSING:
            names[f"_make_{one.name}"] = one.default_factory
            default = "_missing"
            value = f"_make_{one.name}() if {one.name} is _missing else {one.name}"
        else:
            default = ""
        if one.init:
            (named if one.kw_only else arguments).append(f"{one.name}={default}" if default else one.name)
        elif default:
            value = f"_make_{one.name}()" if default == "_missing" else default
        else:
            continue
        lines.append(f"_set(self, {one.name!r}, {value})" if frozen else f"self.{one.name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    head = ", ".join([*arguments, *(["*", *named] if named else [])])
    exec("\n ".join([f"def __init__({head}):", *(lines or ["pass"])]), names)  # noqa: S102 - of our own names alone
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _comparison(cls: type[Any], *, frozen: bool) -> dict[str, Any]:
    """Return `__eq__`, and `__hash__` for what is frozen; what can change has none, as by the standard library."""
    compared = [one for one in dataclasses.fields(cls) if one.compare]
    values = _values_of([one.name for one in compared])
    hashed = _values_of([one.name for one in compared if one.hash is not False])

    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - stands in for it
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:  # noqa: N807 - as above
        return hash(hashed(self))

    return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None}


def _values_of(names: list[str]) -> Callable[[object], object]:
    """Return what reads these attributes of an object, all together."""
    return attrgetter(*names) if names else lambda _: ()


@recursive_repr()
def _repr(self: Any) -> str:  # noqa: ANN401 - an instance of any such class
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse_to_set(self: object, name: str, value: object) -> None:  # noqa: ARG001 - as Python calls it
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:  # noqa: ARG001 - as above
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:  # noqa: ANN401 - an instance of any such class
    return [getattr(self, one.name) for one in dataclasses.fields(self)]


def _set_state(self: Any, state: list[object]) -> None:  # noqa: ANN401 - as above
    for one, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
