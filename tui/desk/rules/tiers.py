"""Tiers: how much harm each action could do in the wrong caller's hands."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tier(IntEnum):
    """What an action takes, in rising order."""

    CONFIRM = 1
    """The agent confirms, and sees why it happened."""
    REASON = 2
    """The agent says why, in words of substance, with a ticket where the desk has them."""
    PROOF = 3
    """The caller is proven."""
    TOP = 4
    """The caller is proven as strongly as can be, and the agent types the login."""


PASSWORD, FACTORS, CODE = "password", "factors", "code"
"""The halves of an account. Whoever gets two of somebody else's has the account; a code stands in for either."""

TIERS: Final[Mapping[str, Tier]] = {
    "unlock": Tier.CONFIRM,
    "clear-sessions": Tier.CONFIRM,
    "resend-activation": Tier.REASON,
    "withdraw-code": Tier.CONFIRM,
    "suspend-device": Tier.REASON,
    "reset-password": Tier.REASON,
    "expire-password": Tier.REASON,
    "add-to-group": Tier.REASON,
    "remove-from-group": Tier.REASON,
    "assign-app": Tier.REASON,
    "unassign-app": Tier.REASON,
    "give-app-to-group": Tier.REASON,
    "reset-link": Tier.PROOF,
    "temp-password": Tier.PROOF,
    "remove-factor": Tier.PROOF,
    "access-code": Tier.PROOF,
    "unsuspend": Tier.PROOF,
    "unsuspend-device": Tier.PROOF,
    "deactivate-device": Tier.PROOF,
    "reset-mfa": Tier.TOP,
    "suspend": Tier.TOP,
    "contain": Tier.TOP,
}
"""The tier of each action, by its id; a test holds it against the catalogue."""

HALF: Final[Mapping[str, str]] = {
    "reset-password": PASSWORD,
    "reset-link": PASSWORD,
    "temp-password": PASSWORD,
    "expire-password": PASSWORD,
    "remove-factor": FACTORS,
    "reset-mfa": FACTORS,
    "access-code": CODE,
    "unsuspend-device": FACTORS,
    "deactivate-device": FACTORS,
}
"""Which half of an account an action gives away; an action that is not here gives none."""

STOPS: Final = frozenset({"suspend", "contain"})
"""The actions that shut an account and give nothing of it away: in an alarm, a reason is enough for them."""


class Alarm(StrEnum):
    """What says that an account is under attack, as the rules name it."""

    DENIED = "denied"
    """Somebody denied a push of the person within a day."""
    ATTACK = "attack"
    """The System Log looks like an attack on the person."""
    ALERT = "alert"
    """The desk's alert is raised."""
