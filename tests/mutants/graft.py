"""Puts a changed source into a module that is in use, so that all who imported from it meet the change.

A fresh import takes seconds, as everything above the module would have to be imported anew. Here functions get new
code and constants new values, in place.
"""

from __future__ import annotations

import sys
from enum import Enum
from types import FunctionType, ModuleType
from typing import Any, Final, cast

from msgspec import Struct, StructMeta, field

_OWN: Final = frozenset({"__name__", "__file__", "__spec__", "__loader__", "__package__", "__builtins__", "__cached__"})


def graft(module: ModuleType, source: str) -> None:
    """Make a module what another source says.

    Raises:
        Exception: Whatever the source raises when it is imported.
    """
    fresh = ModuleType(module.__name__)
    vars(fresh).update({name: value for name, value in vars(module).items() if name in _OWN})
    exec(compile(source, str(module.__file__), "exec"), vars(fresh))  # noqa: S102 - our own source, one thing wrong
    for name, new in vars(fresh).items():
        old = vars(module).get(name)
        if name in _OWN or isinstance(new, ModuleType):
            continue
        if isinstance(new, type) and isinstance(old, type):
            if new.__module__ == module.__name__:
                _graft_class(old, new)
                if issubclass(old, Struct) and (other := _with_defaults_of(new, old)):
                    _replace(name, old, other)
                    vars(module)[name] = other
        elif not _graft_function(old, new) and not _same(old, settled := _translated(new, module)):
            _replace(name, old, settled)
            vars(module)[name] = settled


def _same(old: object, new: object) -> bool:
    return type(old) is type(new) and (old is new or bool(old == new) or repr(old) == repr(new))


def _graft_function(old: object, new: object) -> bool:
    """Give a function the code of another; says whether both are functions."""
    if isinstance(old, classmethod | staticmethod) and isinstance(new, classmethod | staticmethod):
        return _graft_function(old.__func__, new.__func__)
    if isinstance(old, property) and isinstance(new, property):
        return all([_graft_function(old.fget, new.fget), old.fset is None or _graft_function(old.fset, new.fset)])
    if not (isinstance(old, FunctionType) and isinstance(new, FunctionType)):
        return False
    if hasattr(old, "__wrapped__") and hasattr(new, "__wrapped__"):  # as contextmanager does: the one below is ours
        return _graft_function(old.__wrapped__, new.__wrapped__)
    if old is not new:
        old.__code__ = new.__code__
        old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    return True


def _graft_class(old: type, new: type) -> None:
    for name, value in vars(new).items():
        before = vars(old).get(name)
        if _graft_function(before, value) or (name.startswith("__") and name.endswith("__")):
            continue
        if isinstance(value, int | float | str | bytes | tuple | frozenset) and not issubclass(old, Enum):
            setattr(old, name, value)


def _with_defaults_of(new: type[Struct], old: type[Struct]) -> type[Struct] | None:
    """A kind of the old struct with the new one's defaults, which cannot be set; `None` where they are the same."""
    defaults = dict(zip(reversed(new.__struct_fields__), reversed(new.__struct_defaults__), strict=False))
    before = dict(zip(reversed(old.__struct_fields__), reversed(old.__struct_defaults__), strict=False))
    changed = [name for name, value in defaults.items() if not _made(value) and repr(before.get(name)) != repr(value)]
    if not changed or new.__struct_fields__ != old.__struct_fields__:
        return None
    values = {name: field(default_factory=value.factory) if _made(value) else value for name, value in defaults.items()}
    body = {"__annotations__": dict.fromkeys(new.__struct_fields__, Any), "__module__": old.__module__, **values}
    return cast("type[Struct]", StructMeta(old.__name__, (old,), body))


def _made(default: Any) -> bool:  # noqa: ANN401 - of whatever type the field is
    """Whether a default is made anew for each struct."""
    return hasattr(default, "factory")


def _translated(value: object, module: ModuleType) -> Any:  # noqa: ANN401 - of whatever type the value is
    """A value without the classes of the fresh source: those in use stand for them."""
    if isinstance(value, tuple | list | set | frozenset) and type(value) in {tuple, list, set, frozenset}:
        return type(value)(_translated(part, module) for part in value)
    if type(value) is dict:
        return {_translated(name, module): _translated(part, module) for name, part in value.items()}
    used = vars(module).get(type(value).__name__)
    if not isinstance(used, type) or type(value).__module__ != module.__name__:
        return value
    if isinstance(value, Enum):
        return used.__members__[value.name]  # type: ignore[attr-defined]
    if issubclass(used, Struct) and isinstance(value, Struct):
        return used(**{name: getattr(value, name) for name in used.__struct_fields__})
    return value


def _replace(name: str, old: object, new: object) -> None:
    """Where others imported a value by its name, they get the new one."""
    for other in list(sys.modules.values()):
        known = getattr(other, "__dict__", {})
        if name in known and known[name] is old:
            known[name] = new
