"""The keys that the settings change: which ids there are, and whether a change makes one key mean two things."""

from __future__ import annotations

import unicodedata
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any, Final

from textual.binding import Binding
from textual.keys import Keys

import screens
from screens.base import DeskScreen
from screens.setup.wizard import STEPS, SetupScreen
from tui.app import Keydesk
from tui.desk.connectors.settings import BadSettings
from tui.desk.text.nearest import did_you_mean
from tui.desk.text.plain import plain
from tui.setup_app import SetupApp
from widgets.front import FrontApp
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from textual.binding import BindingType

_MODIFIERS: Final = frozenset({"ctrl", "shift", "alt", "meta", "super", "hyper"})
_NAMES: Final = frozenset(str(key.value).rpartition("+")[2] for key in Keys)
RESERVED: Final = {
    "ctrl+c": "says how to quit",
    "ctrl+p": "opens the palette",
    "escape": "goes back",
    "enter": "opens what is chosen",
    "tab": "moves on",
}
"""Keys that every screen needs as they are, with what each does."""


def checked(keys: Mapping[str, str], path: Path, lines: Mapping[str, int]) -> dict[str, str]:
    """Return the keymap for Textual, once each change is known to do what was meant.

    Args:
        keys: The ids with their new keys, several of them with commas between.
        path: The settings' file, for the errors.
        lines: The line of each id in it.

    Raises:
        BadSettings: There is no such id or key, or the key does something else on the same screen already.
    """
    tables = _tables()
    known = {binding.id for table in tables.values() for binding in table if binding.id}
    keymap: dict[str, str] = {}
    for name, value in keys.items():
        where = _where(path, name, lines)
        if name not in known:
            advice = f"{did_you_mean(name, known)} `keydesk keys --ids` lists them.".strip()
            raise BadSettings(f"{where} is no key that can be changed", advice=advice)
        keymap[name] = ",".join(_key(key, where) for key in value.split(","))
    for name, value in keymap.items():
        where = _where(path, name, lines)
        for key in value.split(","):
            if other := _other(name, key, keymap, tables):
                raise BadSettings(f"{where}: {key} {other}", advice="Choose another key, or change that one too.")
    return keymap


def _where(path: Path, name: str, lines: Mapping[str, int]) -> str:
    line = f", line {lines[name]}" if name in lines else ""
    return f"{path}{line}: keys.{plain(name, limit=60)}"


def _key(text: str, where: str) -> str:
    """Return a key as Textual names it."""
    key = text.strip()
    *modifiers, base = key.split("+") if key != "+" else [key]
    if set(modifiers) <= _MODIFIERS and _is_key(base):
        return next(iter(Binding.make_bindings([Binding(key, "")]))).key  # a sign by its name, as Textual has it
    raise BadSettings(f"{where}: there is no key {plain(text, limit=30)!r}", advice="Such as k, K, f10, ctrl+k, slash.")


def _is_key(base: str) -> bool:
    if len(base) == 1:
        return base.isprintable() and not base.isspace()
    if base in _NAMES:
        return True
    try:
        unicodedata.lookup(base.replace("_", " "))
    except KeyError:
        return False
    return True


def _other(name: str, key: str, keymap: Mapping[str, str], tables: Mapping[str, list[Binding]]) -> str:
    """Return what else a key does where a binding is, as the rest of a sentence; empty for nothing."""
    if key in RESERVED:
        return f"{RESERVED[key]} everywhere"
    for place, table in tables.items():
        if all(binding.id != name for binding in table):
            continue
        for binding in table:
            if binding.id == name:
                continue
            now = keymap.get(binding.id or "", binding.key).split(",")
            if key in now:
                does = binding.description or binding.id or binding.action
                return f"does something else already: {does} ({place})"
    return ""


def _tables() -> dict[str, list[Binding]]:
    """Return all bindings that can be in force at the same time, by the name of each screen, and those of the app."""
    for module in walk_packages(screens.__path__, "screens."):
        import_module(module.name)
    of_the_app = [base.BINDINGS for base in Keydesk.__mro__ if issubclass(base, FrontApp) and "BINDINGS" in vars(base)]
    everywhere = [binding for table in (*of_the_app, Rows.BINDINGS) for binding in _unrolled(table)]
    found = {}
    for kind in _heirs(DeskScreen):
        own = [binding for base in kind.__mro__ for binding in _unrolled(vars(base).get("BINDINGS", ()))]
        # What a screen takes for itself on purpose, such as F2 in front of another screen, is no clash of the app's.
        taken = {binding.key for binding in own}
        found[kind.__name__.removesuffix("Screen")] = [
            *own, *(binding for binding in everywhere if binding.key not in taken)
        ]  # fmt: skip
    steps = [binding for step in STEPS.values() for binding in _unrolled(vars(step).get("BINDINGS", ()))]
    found["Setup"] = [*_unrolled(SetupScreen.BINDINGS), *steps, *_unrolled(SetupApp.BINDINGS)]
    return found


def _unrolled(bindings: Iterable[BindingType]) -> list[Binding]:
    return list(Binding.make_bindings(bindings))


def _heirs(kind: type[Any]) -> Iterator[type[Any]]:
    for heir in kind.__subclasses__():
        yield heir
        yield from _heirs(heir)
