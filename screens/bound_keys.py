"""All keys that a screen has now, with those of its parts and of the app: for the overlay of keys and the palette."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from textual.actions import parse
from textual.screen import ModalScreen
from textual.widgets import Input

from screens.key_table import EVERYWHERE, LISTS, PERSON
from widgets.binding_ids import bindings_now
from widgets.key_words import key_does, key_names
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.binding import Binding
    from textual.dom import DOMNode
    from textual.screen import Screen

_OWN: Final = frozenset({"screens", "widgets", "tui"})
_LEFT_OUT: Final = frozenset({"help_quit", "want_shift"})
"""Actions that only say which key to press."""
_MOST_KEYS: Final = 3
"""The most keys of one action that are named; of more, the first and the last."""


class KeyGroup(StrEnum):
    """What keys are for, in the order of the overlay."""

    PERSON = "this person"
    LIST = "this list"
    SCREEN = "this screen"
    EVERYWHERE = "everywhere"


class BoundKeys(Struct, frozen=True):
    """An action of a screen or of its parts, with the keys that run it.

    Attributes:
        keys: The keys as people write them: `esc`, `1 … 9`.
        does: What they do, in a few words.
        group: What they are for.
        node: The screen, widget or app that runs the action.
        action: The action as Textual writes it; where several keys do the same with another value, that of the first.
        works: Whether it does something now.
    """

    keys: str
    does: str
    group: KeyGroup
    node: DOMNode
    action: str
    works: bool

    @property
    def mark(self) -> str:
        """Tells one from the others."""
        return f"{self.group} {self.keys} {self.does}"


def bound_keys(screen: Screen[Any]) -> tuple[BoundKeys, ...]:
    """Return the keys of a screen, of its parts that can have the focus, and of the app, in groups.

    Those of the app do not reach a dialog, but for those that are stronger than a text box.
    """
    found: dict[tuple[int, str, str], list[tuple[DOMNode, Binding]]] = {}
    for node, binding in _bindings(screen):
        does = key_does(type(node), binding)
        found.setdefault((id(node), parse(binding.action)[1], does), []).append((node, binding))
    listed = [_listed(screen, does, bindings) for (_, _, does), bindings in found.items()]
    order = list(KeyGroup)
    return tuple(sorted(listed, key=lambda bound: order.index(bound.group)))


def _listed(screen: Screen[Any], does: str, bindings: list[tuple[DOMNode, Binding]]) -> BoundKeys:
    node, first = bindings[0]
    names = list(dict.fromkeys(name for _, binding in bindings for name in key_names(binding)))
    keys = " ".join(names) if len(names) <= _MOST_KEYS else f"{names[0]} … {names[-1]}"
    works = any(_works(node, binding) for node, binding in bindings)
    return BoundKeys(keys, does, _group(screen, node, first), node, first.action, works)


def _bindings(screen: Screen[Any]) -> Iterator[tuple[DOMNode, Binding]]:
    """Yield each binding once, with what has it; Textual's own, as those of a text box, are known from elsewhere."""
    app = screen.app
    modal = isinstance(screen, ModalScreen)
    parts: Iterable[DOMNode] = [part for part in screen.focus_chain if not isinstance(part, Input)]
    seen: set[tuple[type, str]] = set()
    for node in (screen, *parts, app):
        for key, bindings in bindings_now(node).key_to_bindings.items():
            for binding in bindings:
                name = parse(binding.action)[1]
                theirs = any(
                    f"action_{name}" in vars(kind) and kind.__module__.partition(".")[0] in _OWN
                    for kind in type(node).__mro__
                )
                wanted = theirs or node is app
                reaches = node is not app or not modal or binding.priority
                if wanted and reaches and name not in _LEFT_OUT and (type(node), key + name) not in seen:
                    seen.add((type(node), key + name))
                    yield node, binding


def _works(node: DOMNode, binding: Binding) -> bool:
    _, name, parameters = parse(binding.action)
    return bool(node.check_action(name, parameters))


def _group(screen: Screen[Any], node: DOMNode, binding: Binding) -> KeyGroup:
    key = binding.key
    if node is screen.app:
        return KeyGroup.EVERYWHERE
    if isinstance(screen, ModalScreen):
        return KeyGroup.LIST if isinstance(node, Rows) else KeyGroup.SCREEN
    if binding.action in PERSON.values():
        return KeyGroup.PERSON
    if isinstance(node, Rows) or key in LISTS:
        return KeyGroup.LIST
    return KeyGroup.EVERYWHERE if key in EVERYWHERE else KeyGroup.SCREEN
