"""Temporary access codes: an admin makes one for a person, who signs in with it until it runs out or another is made.

From Okta's description of authenticator enrolments and its guide to the authenticator. Okta's event catalogue names no
event for a code, so none is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.demo.base.dice import roll
from tui.demo.factors.methods import TAC_LENGTH

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.people.person import Person

# Neither 0 and O nor 1, l and I: the desk reads them out.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_CHANCE = 0x7AC


@dataclass(slots=True)
class AccessCode:
    """One code; times are in seconds since 1970."""

    id: str
    code: str = field(repr=False)
    made: float
    until: float
    several: bool


class AccessCodes:
    """The codes that hold, one a person at most."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._made = 0
        self._held: dict[int, AccessCode] = {}

    def of(self, person: Person, now: float) -> AccessCode | None:
        """Return a person's code, None when there is none or it has run out."""
        held = self._held.get(person.index)
        return held if held is not None and now < held.until else None

    def make(self, person: Person, now: float, minutes: int, *, several: bool) -> AccessCode:
        """Make a code, valid for some minutes, once or ``several`` times; one made before ends."""
        self._made += 1
        places = range(TAC_LENGTH)
        letters = (_LETTERS[roll(self._ids.seed, _CHANCE, self._made, place) % len(_LETTERS)] for place in places)
        made = AccessCode(self._ids.make("tac", self._made), "".join(letters), now, now + minutes * 60, several)
        self._held[person.index] = made
        return made

    def end(self, person: Person) -> None:
        """Withdraw a person's code."""
        self._held.pop(person.index, None)
