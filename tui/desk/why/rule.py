"""A rule of the verdict as a value, and the tests and texts that several rules share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from tui.desk.lockouts.causes import LockoutCause
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.lockouts.causes import Sure
    from tui.desk.why.evidence import Evidence
    from tui.desk.why.verdict import Blocker, NextStep

Test: TypeAlias = "Callable[[Evidence], bool]"
Text: TypeAlias = "str | Callable[[Evidence], str]"


class VerdictRule(Struct, frozen=True):
    """One rule: if it fits the evidence, it gives the verdict.

    Attributes:
        id: The stable name of the rule, as `keydesk why --json` prints it.
        blocker: What keeps the person out.
        fits: Whether the rule fits the evidence.
        headline: The verdict in a sentence without a full stop.
        why: The cause; empty where there is nothing to say.
        sure: How sure the verdict is; `None` takes it from the diagnosis of the attempts.
        step: Returns the next step.
        attack: Whether it says that somebody else may be trying to get in; a confirmation asks for these rules alone.
    """

    id: str
    blocker: Blocker
    fits: Test
    headline: Text
    why: Text
    sure: Sure | None
    step: Callable[[Evidence], NextStep]
    attack: bool = False


def looks_like_attack(e: Evidence) -> bool:
    """Whether somebody else seems to try the password."""
    return e.diagnosis.cause is LockoutCause.ATTACK


def diagnosis_words(e: Evidence) -> str:
    """Return the diagnosis of the attempts, in words."""
    return e.diagnosis.words


def policy_words(e: Evidence) -> str:
    """Return the password policy by its name."""
    return f"password policy “{plain(e.policy.name, limit=50)}”" if e.policy else "a password policy"
