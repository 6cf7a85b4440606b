"""Text as what stands in the cells of a terminal: glyphs of one or two cells, and those of doubtful width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from rich.cells import split_graphemes

_FRAMES: Final = range(0x2500, 0x25A0)
"""Lines and blocks. Unicode calls their width ambiguous; where they are wide, no frame of any program fits."""
_PICTURES: Final = range(0x1F000, 0x1FC00)
"""Emoji: how many there are, and whether they are wide, depends on the year of the terminal."""
_WIDENED: Final = "\ufe0f"
_SOUND_MARKS: Final = "\uff9e\uff9f"
"""Marks of half-width kana. They take a cell, and yet some terminals join them to what stands before."""
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)
"""Two of them make a flag."""


_WIDEST: Final = 2
"""Cells that a glyph can take."""


class Unshowable(Exception):
    """A text cannot be told apart into cells: it begins within a glyph, or steers the terminal."""


class Glyph(NamedTuple):
    """What one cell shows, or two.

    Attributes:
        text: One character, with all that is drawn over it or joined to it.
        width: How many cells Textual leaves for it, 1 or 2; 0 for what belongs to the glyph before this text.
        is_doubtful: Whether terminals differ in how many cells it takes.
    """

    text: str
    width: int
    is_doubtful: bool


def glyphs(text: str) -> list[Glyph]:
    """Return the glyphs of a text, which take as many cells as Rich counts for it.

    Args:
        text: Text of one style, as in a segment. Only its first glyph can have a width of 0.

    Raises:
        Unshowable: There are control characters in it.
    """
    if text.isascii() and text.isprintable():
        return [Glyph(character, 1, False) for character in text]
    found: list[Glyph] = []
    for start, end, width in split_graphemes(text)[0]:
        glyph = text[start:end]
        if any(unicodedata.category(character) == "Cc" for character in glyph):
            raise Unshowable(text)
        if found and found[-1].width + width <= _WIDEST and _may_join(found[-1].text, glyph):
            before = found.pop()
            found.append(Glyph(before.text + glyph, before.width + width, is_doubtful=True))
        else:
            found.append(Glyph(glyph, width, is_doubtful(glyph)))
    return found


def reach(glyph: str, width: int) -> int:
    """Return how many cells a glyph takes where a terminal knows least of it: each character by itself, all wide."""
    if not glyph or not is_doubtful(glyph):
        return width
    return sum(1 if character.isascii() else 2 for character in glyph)


def _may_join(before: str, glyph: str) -> bool:
    """Return whether some terminals draw a glyph of its own cell over, or as a part of, the one before it."""
    first = glyph[0]
    if ord(first) in _FLAG_LETTERS:
        return len(before) == 1 and ord(before) in _FLAG_LETTERS
    return first in _SOUND_MARKS or unicodedata.category(first) == "Mc"


@lru_cache(4096)
def is_doubtful(glyph: str) -> bool:
    """Return whether terminals differ in how many cells a glyph takes."""
    if len(glyph) > 1:
        return True
    code = ord(glyph)
    if code < 0x7F:  # noqa: PLR2004 - ASCII
        return False
    if code in _FRAMES:
        return False
    if code in _PICTURES or unicodedata.category(glyph) in {"Cn", "Co", "Cf", "Mn", "Me", "Mc", "Sk"}:
        return True
    if unicodedata.east_asian_width(glyph) == "A":
        return True
    return split_graphemes(glyph + _WIDENED)[1] > split_graphemes(glyph)[1]  # it has another form, which is wide
