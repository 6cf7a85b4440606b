"""The verdict why somebody cannot sign in, with its evidence, as values."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.causes import Sure


class Blocker(StrEnum):
    """What keeps a person out; the value is the word in JSON."""

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
    ATTACK = "attack"
    DIRECTORY = "directory"
    NO_APP = "no-app"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a term, no password
    NOTHING = "nothing"
    UNKNOWN = "unknown"


class EvidenceLine(Struct, frozen=True):
    """One line of evidence. All texts are harmless.

    Attributes:
        text: The fact: `Wrong password 10 times`, `Password policy “Contractors” locks after 5 failures`.
        at: When it happened; `None` where it has no time.
        client: The software; empty for none.
        place: The place; empty for none.
        network: The address and its network; empty for none.
    """

    text: str
    at: datetime | None = None
    client: str = ""
    place: str = ""
    network: str = ""


class NextStep(Struct, frozen=True):
    """The one right next step. All texts are harmless.

    Attributes:
        text: The step, as a request to the agent: `Wait 7 minutes, it heals by itself`.
        action: The id of keydesk's own action for the step; empty for none.
        detail: What else to know, in a sentence; may be empty.
    """

    text: str
    action: str = ""
    detail: str = ""


class Verdict(Struct, frozen=True):
    """The verdict why somebody cannot sign in. All texts are harmless.

    Attributes:
        rule: The id of the rule that gave the verdict.
        blocker: What keeps the person out.
        headline: One sentence: `Locked out: a mail client on her phone keeps sending an old password`.
        since: Since when the person is kept out; `None` where that is not known.
        why: The cause in a sentence or two; empty where there is nothing to say.
        sure: How sure the verdict is.
        step: The next step.
        evidence: The lines of evidence, the most important first.
        attempts: All attempts that were read, oldest first, for the timeline.
        also: What else is wrong, in a sentence each, such as a second blocker.
        missing: What could not be read, in a sentence each.
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
