"""How strongly a caller is proven: single steps, and what several of them amount to."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Measured(StrEnum):
    """A step that a factor of the caller answers, as the rules name it."""

    PUSH = "push"
    """The caller tapped Yes; somebody who taps without thinking does, too."""
    NUMBER = "number"
    """The caller tapped the number that the agent told them: one of three, so a blind tap passes one time in three."""
    CODE = "code"
    """The caller read out a one-time code of their own app or token."""
    MESSAGE = "message"
    """The caller read out a code that Okta sent by text, call or mail; it counts only where the rules allow it."""
    QUESTION = "question"
    """The caller knew the answer to a security question; it counts only where the rules allow it."""


class Attested(StrEnum):
    """A step that the agent vouches for, with what was seen and by whom."""

    CALLED_BACK = "called-back"
    """The agent called the number that Okta has."""
    MANAGER = "manager"
    """The caller's manager vouched for them."""
    VIDEO = "video"
    """The agent saw the caller and their badge on video."""
    IN_PERSON = "in-person"
    """The caller stands at the desk."""


class Strength(IntEnum):
    """What measured steps amount to, in rising order."""

    NOTHING = 0
    PUSH = 1
    NUMBER = 2
    CODE = 3
    TOP = 4
    """Two numbers in a row, or a number and a code: a blind tap is right one time in nine at most."""


STRENGTH_NAMES: Final = {
    "push": Strength.PUSH,
    "number": Strength.NUMBER,
    "code": Strength.CODE,
    "top": Strength.TOP,
}
"""The words by which a rules table names a strength."""


class PassedStep(Struct, frozen=True):
    """One step of a proof that was passed.

    Attributes:
        kind: What was passed.
        at: When, in seconds since 1970 on Okta's clock.
        factor: Okta's id of the factor that answered; empty for an attested step.
        enrolled: When that factor was enrolled, in seconds since 1970; `None` where it is not known, or for an attested
            step.
        seen: For an attested step, what was seen and by whom, in the agent's words; untrusted.
    """

    kind: Measured | Attested
    at: float
    factor: str = ""
    enrolled: float | None = None
    seen: str = ""


def strength_of(steps: Iterable[PassedStep], also: Collection[Measured] = (), *, pairs: bool = True) -> Strength:
    """Return what the measured steps of one proof amount to together.

    Two numbers count as one strength more than a code only in a row: with anything passed between them, a caller who
    taps blindly has had more tries.

    Args:
        steps: The steps; the order of their times counts, not that in which they are given.
        also: Weak kinds that the rules let count: a sent code as a code, a question as a push.
        pairs: Whether two numbers in a row count as more than one.
    """
    counted = [_as(step.kind, also) for step in sorted(steps, key=lambda step: step.at)]
    measured = [kind for kind in counted if kind is not None]
    if not measured:
        return Strength.NOTHING
    in_a_row = pairs and any(first is second is Measured.NUMBER for first, second in pairwise(measured))
    if in_a_row or {Measured.NUMBER, Measured.CODE} <= set(measured):
        return Strength.TOP
    order = {Measured.PUSH: Strength.PUSH, Measured.NUMBER: Strength.NUMBER, Measured.CODE: Strength.CODE}
    return max(order[kind] for kind in measured)


def attested_by(steps: Iterable[PassedStep]) -> frozenset[Attested]:
    """Return the kinds of attested steps among some."""
    return frozenset(step.kind for step in steps if isinstance(step.kind, Attested))


def _as(kind: Measured | Attested, also: Collection[Measured]) -> Measured | None:
    """Return as which strong kind a step counts; `None` for none."""
    if isinstance(kind, Attested):
        return None
    if kind in {Measured.MESSAGE, Measured.QUESTION}:
        stands_for = Measured.CODE if kind is Measured.MESSAGE else Measured.PUSH
        return stands_for if kind in also else None
    return kind
