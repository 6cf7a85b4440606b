"""The names that somebody may have meant who mistyped one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALIKE: Final = 0.6
"""How alike two words must be, from 0 to 1, as Python's `difflib` measures it."""
_BEHIND: Final = 0.12
"""How much less alike than the likeliest another name may be, to be named beside it."""


def nearest(typed: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the known names that are most like what was typed, the likeliest first; none where none is alike.

    Upper and lower case are the same. Where what was typed begins some names, these alone are returned.

    Args:
        typed: What was typed.
        known: The names that there are.
        most: At most so many names.
    """
    by_fold = {name.casefold(): name for name in known}
    text = typed.casefold()
    if text and (begun := [name for fold, name in by_fold.items() if fold.startswith(text)]):
        return begun[:most]
    from difflib import SequenceMatcher  # noqa: PLC0415 - only for what was mistyped

    # Dashes in front of options would make all of them alike.
    scores = {name: SequenceMatcher(None, fold.lstrip("-"), text.lstrip("-")).ratio() for fold, name in by_fold.items()}
    best = max(scores.values(), default=0.0)
    alike = [name for name, score in scores.items() if score >= max(_ALIKE, best - _BEHIND)]
    return sorted(alike, key=lambda name: -scores[name])[:most]


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """Return the question after the likely names: `Did you mean unlock?`; empty where nothing is alike."""
    names = nearest(typed, known)
    if not names:
        return ""
    *first, last = names
    return f"Did you mean {', '.join(first)} or {last}?" if first else f"Did you mean {last}?"
