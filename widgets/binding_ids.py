"""The ids of key bindings, by which the settings change keys: made of the screen's and the action's names alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingsMap, BindingType
    from textual.dom import DOMNode

FIXED: Final = frozenset({"act", "want_shift", "legend", "way", "open_step", "unmark_all"})
"""Actions without an id: the letters for a person are the same on every screen, and bars and dialogs show them; a digit
is the place of what it chooses; `-` is the list's own key."""
FIXED_KEYS: Final = frozenset(
    {"enter", "escape", "tab", "shift+tab", "space", "up", "down", "left", "right", "pageup", "pagedown"}
)
"""Keys without an id: they mean the same in every program, and what is typed ahead is kept or dropped by them."""


def with_ids(owner: str, bindings: Iterable[BindingType]) -> list[BindingType]:
    """Return bindings that have ids, for Textual's keymap; one that has an id keeps it.

    `search` of `LookupScreen` becomes `lookup.search`, and `go('lockouts')` of the app `app.go.lockouts`.

    Args:
        owner: The name of the class that declares them.
        bindings: Its bindings.
    """
    prefix = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", owner.removesuffix("Screen")).lower()
    named: list[BindingType] = []
    for entry in bindings:
        binding = entry if isinstance(entry, Binding) else Binding(*entry)
        parts = re.findall(r"[\w-]+", binding.action)
        keys = {key.strip() for key in binding.key.split(",")}
        if binding.id or not parts or parts[0] in FIXED or keys <= FIXED_KEYS:
            named.append(binding)
        else:
            named.append(replace(binding, id=".".join((prefix, *parts))))
    return named


def bindings_now(node: DOMNode) -> BindingsMap:
    """Return the bindings of a screen, a widget or the app with the agent's own keys in the place of keydesk's."""
    bindings = node._bindings.copy()  # noqa: SLF001 - Textual applies a keymap to copies, too
    bindings.apply_keymap(node.app._keymap)  # noqa: SLF001 - as above
    return bindings
