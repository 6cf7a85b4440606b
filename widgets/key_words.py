"""What a binding says: its keys as people write them, and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.keys import format_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import Binding

NAMED: Final = {"⏎": "enter"}
"""Keys by a name that can be looked for and typed, where Textual shows a sign."""


def key_names(binding: Binding) -> tuple[str, ...]:
    """Return the keys of a binding as they are written for people: `esc`, `ctrl+a`, `/`."""
    keys = [key.strip() for key in binding.key.split(",")]
    if binding.key_display and len(keys) == 1:
        return (NAMED.get(binding.key_display, binding.key_display),)
    return _written(keys)


def said(keys: str) -> str:
    """Return keys as a sentence names them: `f10`, `ctrl+k or /`.

    Args:
        keys: One key, or several with commas between, as Textual names them.
    """
    return " or ".join(_written(keys.split(",")))


def _written(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(NAMED.get(shown, shown) for shown in map(format_key, keys))


def key_does(kind: type[Any], binding: Binding) -> str:
    """Return what a binding does: its tooltip or description, else the first line on its action's method.

    Args:
        kind: The class of the screen or widget that has the binding.
        binding: The binding.
    """
    if binding.tooltip or binding.description:
        return str(binding.tooltip or binding.description)
    name, _, value = binding.action.rpartition(".")[2].rstrip(")").partition("(")
    text = (getattr(kind, f"action_{name}", None).__doc__ or "").partition("\n")[0].rstrip(".")
    return (text or name.replace("_", " ").capitalize()) + (f" ({value})" if value else "")
