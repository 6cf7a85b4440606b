"""`keydesk keys`: the keys of every screen, from the tables that the screens themselves go by."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tui.commands.codes import Code
from tui.commands.output import print_json, print_line, print_to_stderr
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

_WIDTH: Final = 20
_ID_WIDTH: Final = 26


class BoundKey(NamedTuple):
    """One binding of a screen or of a part of it.

    Attributes:
        keys: The keys, each of which does it, as they are written for people: `esc`, `ctrl+a`, `/`.
        does: What they do, in a few words.
        action: Textual's action string, such as `go('lockouts')`.
        id: The binding's id in Textual's keymap; empty where it has none.
    """

    keys: tuple[str, ...]
    does: str
    action: str
    id: str


class KeyTable(NamedTuple):
    """The bindings of one screen, of the app, or of a widget that several screens have.

    Attributes:
        name: The screen's name in the palette, or that of its class in words.
        about: What it is for, in a sentence.
        also: Its short name in the app, by which it is found too; may be empty.
        opens: The key that opens the screen from anywhere; empty where none does.
        bindings: Its bindings, in the order of the code.
    """

    name: str
    about: str
    also: str
    opens: str
    bindings: tuple[BoundKey, ...]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    del common  # the keys are the same for every org
    sub = commands.add_parser(
        "keys",
        help="the keys of every screen",
        description="Prints the keys of every screen and dialog, and of the lists and boxes in them, from the tables "
        "that the app itself goes by.",
    )
    sub.add_argument("screen", nargs="?", default="", help="only those whose name holds this, such as `lockouts`")
    sub.add_argument("--ids", action="store_true", help="print the ids by which [keys] in settings.toml changes keys")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the keys as text or JSON.

    Raises:
        BadSettings: The settings change keys to what cannot be used.
    """
    wanted = arguments.screen.casefold()
    from tui.commands.own_keys import own_keymap

    tables = [table for table in key_tables(own_keymap()) if wanted in f"{table.name} {table.also}".casefold()]
    if not tables:
        print_to_stderr(f"keydesk: no screen is called {plain(arguments.screen, limit=60)}")
        print_to_stderr("  `keydesk keys` prints those of all.")
    if arguments.json:
        print_json([_as_json(table) for table in tables])
    else:
        _print_tables(tables, ids=arguments.ids)
    return Code.OK if tables else Code.NOT_FOUND


def key_tables(own: Mapping[str, str] | None = None) -> list[KeyTable]:
    """Return the app's own keys, those of the screens in the order of their keys, the dialogs', and the widgets'.

    Args:
        own: The keys that the settings change, by the ids of their bindings.
    """
    from textual.screen import Screen
    from textual.widget import Widget

    from tui.app import Keydesk
    from tui.screen_table import SCREENS

    palette = BoundKey((Keydesk.COMMAND_PALETTE_BINDING,), "Everything by name", "command_palette", "")
    app = _table(Keydesk, "Everywhere")
    tables = [app._replace(bindings=(*app.bindings, palette))]  # Textual binds that one when the app is made
    in_table = {entry.load(): entry for entry in SCREENS}
    tables += [
        _table(screen, entry.title, f"{entry.name} {entry.label}", entry.key) for screen, entry in in_table.items()
    ]
    _import_all()
    others = sorted(_heirs(Screen) - set(in_table), key=lambda screen: screen.__name__)
    widgets = sorted(_heirs(Widget) - _heirs(Screen), key=lambda widget: widget.__name__)
    tables += [_table(kind) for kind in (*others, *widgets)]
    return [_with_own(table, own or {}) for table in tables if table.bindings]


def _with_own(table: KeyTable, own: Mapping[str, str]) -> KeyTable:
    """Return a table with the agent's own keys in the place of keydesk's."""
    from widgets.key_words import said

    bindings = (bound._replace(keys=(said(own[bound.id]),)) if bound.id in own else bound for bound in table.bindings)
    return table._replace(bindings=tuple(bindings))


def _import_all() -> None:
    """Import every screen and widget, so that Python knows them as subclasses."""
    from importlib import import_module
    from pkgutil import walk_packages

    import screens
    import widgets

    for package in (screens, widgets):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)


def _heirs(kind: type[Any]) -> set[type[Any]]:
    """Return all of keydesk's own classes that are of a kind."""
    found = {heir for below in kind.__subclasses__() for heir in {below, *_heirs(below)}}
    return {heir for heir in found if heir.__module__.partition(".")[0] in {"screens", "widgets"}}


def _table(kind: type[Any], name: str = "", also: str = "", opens: str = "") -> KeyTable:
    """Return the bindings that a class and its bases in keydesk declare."""
    from widgets.key_words import key_does, key_names

    bindings = [
        BoundKey(key_names(binding), key_does(kind, binding), binding.action, binding.id or "")
        for base in reversed(kind.__mro__)
        if base.__module__.partition(".")[0] in {"screens", "widgets", "tui"}
        for binding in _declared(base)
    ]
    about = (kind.__doc__ or "").partition("\n")[0]
    return KeyTable(name or _class_words(kind), about, also, opens.upper(), tuple(bindings))


def _declared(kind: type[Any]) -> Iterator[Any]:
    """Yield the bindings in a class's own table, as Textual's `Binding`."""
    from textual.binding import Binding

    for entry in vars(kind).get("BINDINGS", ()):
        yield entry if isinstance(entry, Binding) else Binding(*entry)


def _class_words(kind: type[Any]) -> str:
    """Return a class's name in words: `Confirm` for `ConfirmScreen`, `Tick box` for `TickBox`."""
    words = re.findall(r"[A-Z][a-z0-9]*", kind.__name__.removesuffix("Screen"))
    return " ".join(words).capitalize()


def _as_json(table: KeyTable) -> dict[str, Any]:
    return {
        "screen": table.name,
        "about": table.about,
        "opens": table.opens or None,
        "keys": [
            {"keys": list(bound.keys), "does": bound.does, "action": bound.action, "id": bound.id or None}
            for bound in table.bindings
        ],
    }


def _print_tables(tables: list[KeyTable], *, ids: bool) -> None:
    from tui.commands.colour import painted_title, wants_colour

    colour = wants_colour(sys.stdout)
    for number, table in enumerate(tables):
        title = f"{table.name} ({table.opens})" if table.opens else table.name
        print_line(("\n" if number else "") + (painted_title(title) if colour else title))
        for bound in table.bindings:
            name = f"{bound.id or 'fixed':<{_ID_WIDTH}} " if ids else ""
            print_line(f"  {name}{' or '.join(bound.keys):<{_WIDTH}} {bound.does}")
