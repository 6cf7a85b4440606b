"""Many people failing from one address or network in a short time: a password spray, and the evidence for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tui.desk.attempts import Attempt


@dataclass(frozen=True, slots=True)
class Spray:
    """One wave from one source.

    Attributes:
        source: The address, or the network's owner; untrusted.
        network: Whether `source` is a network of several addresses.
        people: The ids of those who were tried, those tried most often first.
        locked: How many of them were locked.
        attempts: How many attempts.
        first: When it began.
        last: The newest attempt.
        client: The software most often seen; untrusted.
        place: Where; untrusted.
        internal: Also good sign-ins come from there (an office or a VPN gateway), so it may be a common fault and no
            attack.
    """

    source: str
    network: bool
    people: tuple[str, ...]
    locked: int
    attempts: int
    first: datetime
    last: datetime
    client: str
    place: str
    internal: bool


def sprays(attempts: Iterable[Attempt], locked: Iterable[str], *, now: datetime) -> tuple[Spray, ...]:
    """The waves of the last hour, the largest first.

    Args:
        attempts: Everybody's, in any order.
        locked: The ids of people who were locked in that time.
        now: The time.
    """
    raise NotImplementedError
