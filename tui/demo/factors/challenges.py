"""Challenges: how a person's phone answers a push, what a push shows, and how many wrong codes are too many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from tui.demo.base.dice import roll

if TYPE_CHECKING:
    from tui.demo.people.person import Person

ANSWERS: Final = {
    "approve": "taps Yes, and the number that they are told",
    "deny": "taps No, it's not me",
    "ignore": "does not look at the phone",
    "blind": "taps Yes, and one of the three numbers without knowing which",
    "wrong": "taps Yes, and a number that is not the one",
}
"""How a phone can answer, and what its owner does then."""
LIFETIME: Final = 300.0
"""Seconds for which a challenge waits, unless the call says how long. Okta: "Factors", tokenLifetimeSeconds."""
MOST_WRONG: Final = 5
"""Wrong codes within five minutes after which Okta takes no more (Identity Engine) or locks the account (Classic)."""
_WITHIN: Final = 300.0
_TWO_DIGITS: Final = 90
_OFFERED: Final = 3


class Habit(NamedTuple):
    """How somebody's phone answers a push.

    Attributes:
        answers: A key of ``ANSWERS``.
        after: Seconds until the answer.
    """

    answers: str = "approve"
    after: float = 5.0


@dataclass(slots=True)
class Push:
    """One push that was sent.

    Attributes:
        sent: When, in seconds since 1970.
        ends: When it waits no longer.
        offered: The three numbers that the phone offers; empty where it only asks for Yes or No.
        number: The right one of them; None where there are none.
        tapped: ``approve``, ``deny`` or ``wrong``; empty for nothing yet.
    """

    sent: float
    ends: float
    offered: tuple[int, ...] = ()
    number: int | None = None
    tapped: str = ""

    def result(self, now: float) -> str:
        """Return the factorResult. That a wrong number answers REJECTED nobody could verify: it is not a success."""
        if self.tapped:
            return "SUCCESS" if self.tapped == "approve" else "REJECTED"
        return "TIMEOUT" if now >= self.ends else "WAITING"


class Challenges:
    """What people do when they are asked to prove themselves.

    Args:
        seed: The org's.

    Attributes:
        numbers: Whether a push can show numbers. Okta: release notes of June 2025, "Number matching challenge with the
            Factors API".
    """

    def __init__(self, seed: int, *, numbers: bool) -> None:
        self.numbers = numbers
        self._seed = seed
        self._pushes = 0
        self._habits: dict[int, Habit] = {}
        self._wrong: dict[int, list[float]] = {}

    def habit(self, person: Person) -> Habit:
        """Return how a person's phone answers."""
        return self._habits.get(person.index, Habit())

    def teach(self, person: Person, answers: str, after: float | None = None) -> Habit:
        """Let a person's phone answer in another way from now on, and return it.

        Raises:
            ValueError: There is no such way, or the seconds are none.
        """
        if answers not in ANSWERS:
            raise ValueError(f"no answer {answers}; known: {', '.join(ANSWERS)}")
        seconds = Habit().after if after is None else after
        if not 0 <= seconds <= LIFETIME * 2:
            raise ValueError(f"after must be between 0 and {LIFETIME * 2:.0f} seconds")
        self._habits[person.index] = Habit(answers, seconds)
        return self._habits[person.index]

    def push(self, now: float, lifetime: float, *, numbered: bool) -> Push:
        """Return a push that goes out now.

        Args:
            now: The time in seconds since 1970.
            lifetime: Seconds for which it waits.
            numbered: Whether the call asks for numbers; an org that has none sends the plain question.
        """
        self._pushes += 1
        if not numbered or not self.numbers:
            return Push(now, now + lifetime)
        chance = roll(self._seed, 0x9054, self._pushes)
        first = chance % _TWO_DIGITS
        offered = tuple(10 + (first + step * (1 + (chance >> 8) % 29)) % _TWO_DIGITS for step in range(_OFFERED))
        return Push(now, now + lifetime, offered, offered[(chance >> 16) % _OFFERED])

    def tap(self, person: Person, push: Push) -> str:
        """Let the owner of the phone answer a push in their way; returns what they tapped."""
        answers = self.habit(person).answers
        if answers == "ignore":
            return ""
        if answers in {"wrong", "blind"}:
            lucky = push.number is None or (answers == "blind" and self._chosen(push) == push.number)
            push.tapped = "approve" if lucky else "wrong"
        else:
            push.tapped = answers
        return push.tapped

    def _chosen(self, push: Push) -> int:
        return push.offered[roll(self._seed, 0xB11D, self._pushes, int(push.sent)) % _OFFERED]

    def tries_left(self, person: Person, now: float) -> int:
        """Return how many more wrong codes a person has within these five minutes."""
        recent = [at for at in self._wrong.get(person.index, ()) if at > now - _WITHIN]
        return MOST_WRONG - len(recent)

    def was_wrong(self, person: Person, now: float) -> int:
        """Count a wrong code; returns how many more there may be."""
        recent = [at for at in self._wrong.get(person.index, ()) if at > now - _WITHIN]
        self._wrong[person.index] = [*recent, now]
        return self.tries_left(person, now)

    def was_right(self, person: Person) -> None:
        """Forget the wrong codes of a person."""
        self._wrong.pop(person.index, None)
