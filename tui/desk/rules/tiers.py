"""Tiers: how much harm each action could do in the wrong caller's hands."""

from __future__ import annotations

from enum import IntEnum
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


PASSWORD, FACTORS = "password", "factors"
"""The two halves of an account. Whoever gets both of somebody else's has the account."""

TIERS: Final[Mapping[str, Tier]] = {
    "unlock": Tier.CONFIRM,
    "clear-sessions": Tier.CONFIRM,
    "resend-activation": Tier.REASON,
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
    "reset-mfa": Tier.TOP,
}
"""The tier of each action, by its id; a test holds it against the catalogue."""

HALF: Final[Mapping[str, str]] = {
    "reset-password": PASSWORD,
    "reset-link": PASSWORD,
    "temp-password": PASSWORD,
    "expire-password": PASSWORD,
    "remove-factor": FACTORS,
    "reset-mfa": FACTORS,
}
"""Which half of an account an action gives away; an action that is not here gives none."""
