"""One rule of the verdict, as a value, and what several rules look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from tui.desk.lockouts.causes import LockoutCause
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.lockouts.causes import Sure
    from tui.desk.why.evidence import Evidence
    from tui.desk.why.verdict import Blocker, NextStep

Test: TypeAlias = "Callable[[Evidence], bool]"
Text: TypeAlias = "str | Callable[[Evidence], str]"


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """One rule.

    Attributes:
        id: Its name, stable, as `keydesk why --json` prints it.
        blocker: What keeps them out.
        fits: Whether it decides.
        headline: What it says, in a sentence without a full stop.
        why: The cause; empty where there is nothing to tell.
        sure: How sure; taken from the reading of the attempts where it is `None`.
        step: The one right next step.
    """

    id: str
    blocker: Blocker
    fits: Test
    headline: Text
    why: Text
    sure: Sure | None
    step: Callable[[Evidence], NextStep]


def attacked(e: Evidence) -> bool:
    """Whether it looks as if somebody else tries."""
    return e.reading.trigger is LockoutCause.ATTACK


def told(e: Evidence) -> str:
    """What the attempts say."""
    return e.reading.words


def policy_words(e: Evidence) -> str:
    """The password policy by its name."""
    return f"password policy “{plain(e.policy.name, limit=50)}”" if e.policy else "a password policy"
