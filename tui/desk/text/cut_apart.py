"""Texts cut to one width so that those that differ still look different."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Cut = Callable[[str, int], str]
    """Returns a text in at most so many cells."""

_KEPT: Final = 2
"""Characters kept of what texts have in common, in front of where they begin to differ."""
_ELLIPSIS: Final = "…"


def cut_apart(texts: Iterable[str], width: int, cut: Cut) -> dict[str, str]:
    """Return each text with what stands for it in `width` cells.

    A text is cut at its end. Where several would look the same then, what they have in common at their beginning is
    left out, since it does not tell them apart: `…ith.1@acme.ex…` beside `…ith.2@acme.ex…`.

    Args:
        texts: The texts.
        width: The cells that each gets at most.
        cut: Cuts one text at its end.
    """
    cuts: dict[str, str] = {}
    for alike in _groups({text: cut(text, width) for text in texts}):
        cuts |= _apart(alike, width, cut)
    for alike in _groups(cuts):
        if len(alike) > 1:  # of groups that differ only in what was left out
            cuts |= {text: _without_middle(text, width, cut) for text in alike}
    return cuts


def _without_middle(text: str, width: int, cut: Cut) -> str:
    head = width // 2
    return cut(text[:head] + _ELLIPSIS + text[head + 1 - width :], width) if len(text) > width else text


def _shared(texts: list[str]) -> int:
    """Return how many characters the texts have in common at their beginning."""
    first, last = min(texts), max(texts)  # what these have in common, all in between have too
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))


def _groups(cuts: dict[str, str]) -> list[dict[str, str]]:
    """Return the texts in groups of those that are cut to the same."""
    groups: dict[str, dict[str, str]] = {}
    for text, short in cuts.items():
        groups.setdefault(short, {})[text] = short
    return list(groups.values())


def _apart(alike: dict[str, str], width: int, cut: Cut) -> dict[str, str]:
    if len(alike) == 1:
        return alike
    start = max(0, _shared(list(alike)) - _KEPT)
    cuts = {text: cut(_ELLIPSIS + text[start:], width) for text in alike}
    if len(set(cuts.values())) == 1:  # not even a cell is left for the difference
        return cuts
    found: dict[str, str] = {}
    for group in _groups(cuts):
        found |= _apart(group, width, cut)
    return found
