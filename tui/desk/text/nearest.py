"""The names that somebody may have meant who mistyped one."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALIKE: Final = 0.6
"""How alike two words must be, from 0 to 1, as Python's `difflib` measures it."""


def nearest(typed: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the known names that are most like what was typed, the likeliest first; none where none is alike.

    Upper and lower case are the same. Where what was typed begins exactly one name, that name alone is returned.

    Args:
        typed: What was typed.
        known: The names that there are.
        most: At most so many names.
    """
    by_fold = {name.casefold(): name for name in known}
    text = typed.casefold()
    begun = [name for fold, name in by_fold.items() if text and fold.startswith(text)]
    if len(begun) == 1:
        return begun
    alike = get_close_matches(text, by_fold, most, _ALIKE)
    return [by_fold[fold] for fold in alike] or begun[:most]


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """Return the question after the likely names: `Did you mean unlock?`; empty where nothing is alike."""
    names = nearest(typed, known)
    if not names:
        return ""
    *first, last = names
    return f"Did you mean {', '.join(first)} or {last}?" if first else f"Did you mean {last}?"
