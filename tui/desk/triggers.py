"""What led to a lockout, read from the attempts before it: which software, whose mistake, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tui.desk.attempts import Attempt


class Trigger(StrEnum):
    """What led to it."""

    MAIL = "mail"  # a mail client with an old password
    RADIUS = "radius"  # Wi-Fi or VPN by RADIUS with an old password
    VPN = "vpn"  # a VPN client with an old password
    STALE = "stale"  # other software that goes on sending an old password
    MISTYPED = "mistyped"
    ATTACK = "attack"  # somebody else tries
    FACTOR = "factor"  # too many failures of the second factor
    DIRECTORY = "directory"  # Active Directory locked, Okta only tells
    UNKNOWN = "unknown"


class Sure(StrEnum):
    """How sure a reading is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "a guess"


@dataclass(frozen=True, slots=True)
class Reading:
    """What led to it, and why that is thought.

    Attributes:
        trigger: What.
        sure: How sure.
        words: In one sentence for an agent, harmless: `A mail client (Outlook) keeps sending an old password`.
        client: The software that tried most often, harmless; empty for none.
        keeps_trying: Attempts went on after the lock: an unlock alone will not last.
        evidence: The attempts that show it, newest first, at most ten.
    """

    trigger: Trigger
    sure: Sure
    words: str
    client: str = ""
    keeps_trying: bool = False
    evidence: tuple[Attempt, ...] = ()

    @property
    def stale(self) -> bool:
        """Whether some software sends an old password."""
        return self.trigger in {Trigger.MAIL, Trigger.RADIUS, Trigger.VPN, Trigger.STALE}


def reading(attempts: Sequence[Attempt], locked_at: datetime | None = None) -> Reading:
    """What led to a lockout or to the failures.

    Args:
        attempts: One person's, in any order.
        locked_at: When they were locked; `None` where they were not.
    """
    raise NotImplementedError
