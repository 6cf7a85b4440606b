"""Repeatable chance: numbers that depend only on the seed and on what they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_MASK = (1 << 64) - 1


def roll(*salt: int) -> int:
    """Return 64 well-mixed bits that depend on every part of the salt and on its order."""
    x = 0x9E3779B97F4A7C15
    for part in salt:
        x = ((x ^ part) * 0xBF58476D1CE4E5B9) & _MASK
        x ^= x >> 27
        x = (x * 0x94D049BB133111EB) & _MASK
        x ^= x >> 31
    return x


def pick(choices: Sequence[T], number: int) -> T:
    """Return the choice that a roll points at."""
    return choices[number % len(choices)]
