"""The ids of key bindings, by which the settings change keys: made of the screen's and the action's names alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType

FIXED: Final = frozenset({"act"})
"""Actions without an id: the letters for a person are the same on every screen, and bars and dialogs show them."""


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
        if binding.id or not parts or parts[0] in FIXED:
            named.append(binding)
        else:
            named.append(replace(binding, id=".".join((prefix, *parts))))
    return named
