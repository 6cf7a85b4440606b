"""Why somebody can't sign in: a verdict with its evidence, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.causes import Sure


class Blocker(StrEnum):
    """What keeps somebody out; the value is the word in JSON."""

    LOCKED = "locked"
    BLOCKED_DEVICES = "blocked-devices"
    DIRECTORY_LOCK = "directory-lock"
    SUSPENDED = "suspended"
    DEACTIVATED = "deactivated"
    NOT_ACTIVATED = "not-activated"
    ACTIVATION_UNFINISHED = "activation-unfinished"
    PASSWORD_EXPIRED = "password-expired"  # noqa: S105 - a term, no password
    RESET_UNFINISHED = "reset-unfinished"
    DENIED = "denied-by-policy"
    FACTOR = "factor"
    NO_APP = "no-app"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a term, no password
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One line of evidence, harmless.

    Attributes:
        text: What: `Wrong password 10 times`, `Password policy “Contractors” locks after 5 failures`.
        at: When, where it has a time.
        client: With what; empty for none.
        place: From where; empty for none.
        network: By which network and address; empty for none.
    """

    text: str
    at: datetime | None = None
    client: str = ""
    place: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one right next step, harmless.

    Attributes:
        text: As a request to the agent: `Wait 7 minutes, it heals by itself`.
        action: The id of keydesk's own action for it; empty where it is none.
        detail: What else to know, in a sentence; may be empty.
    """

    text: str
    action: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict. All texts are harmless.

    Attributes:
        rule: The id of the rule that gave it.
        blocker: What keeps them out.
        headline: One sentence: `Locked out: a mail client on her phone keeps sending an old password`.
        since: Since when.
        why: The cause in a sentence or two; empty where there is nothing to tell.
        sure: How sure.
        step: The one right next step.
        evidence: Lines, the most telling first.
        attempts: All attempts that were read, oldest first, for the timeline.
        also: What else is amiss, in a sentence each (a second blocker, what could not be read).
        missing: What could not be read and would have helped.
    """

    rule: str
    blocker: Blocker
    headline: str
    since: datetime | None
    why: str
    sure: Sure
    step: NextStep
    evidence: tuple[EvidenceLine, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    also: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=())
