"""How an attempt to sign in ended, as far as the System Log tells."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class End(StrEnum):
    """How an attempt ended; the value is the word in JSON. Where the log does not settle it, the end says so."""

    OK = "ok"
    OPEN = "open"  # a method was right, and the log shows no end of the sign-in
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a term, no password
    WHILE_LOCKED = "while-locked"
    EXPIRED = "expired"
    FACTOR = "factor"  # the second factor was wrong, or did not come through
    ABANDONED = "abandoned"  # the second factor was asked for and never given
    RATE_LIMITED = "rate-limited"  # five wrong codes in five minutes: the factor rests
    PUSH_DENIED = "push-denied"
    WRONG_NUMBER = "wrong-number"  # a number challenge answered with another number
    PHISHING = "phishing-stopped"
    DENIED = "denied"
    NOT_ASSIGNED = "not-assigned"
    NO_SUCH_NAME = "no-such-name"  # Okta cannot tie the typed name to a user
    DIRECTORY_LOCKED = "directory-locked"
    DIRECTORY_DISABLED = "directory-disabled"
    DIRECTORY_PASSWORD_EXPIRED = "directory-password-expired"  # noqa: S105 - a term, no password
    DIRECTORY_MUST_CHANGE = "directory-must-change"
    DIRECTORY_ACCOUNT_EXPIRED = "directory-account-expired"
    DIRECTORY_HOURS = "directory-hours"
    DIRECTORY_WORKSTATION = "directory-workstation"
    DIRECTORY_SILENT = "directory-silent"  # no agent answered; no fault of the person
    UNCLEAR = "unclear"  # it failed; whether the password or a factor is not told
    OTHER = "other"


FACTOR_ENDS: Final = frozenset({End.FACTOR, End.ABANDONED, End.RATE_LIMITED})
"""The second factor was not given, or was wrong."""
ALARMS: Final = frozenset({End.PUSH_DENIED, End.WRONG_NUMBER, End.PHISHING})
"""Somebody else seems to be at work: the person, or FastPass, has refused."""
DIRECTORY_ENDS: Final = frozenset(
    {
        End.DIRECTORY_LOCKED,
        End.DIRECTORY_DISABLED,
        End.DIRECTORY_PASSWORD_EXPIRED,
        End.DIRECTORY_MUST_CHANGE,
        End.DIRECTORY_ACCOUNT_EXPIRED,
        End.DIRECTORY_HOURS,
        End.DIRECTORY_WORKSTATION,
        End.DIRECTORY_SILENT,
    }
)
"""The directory gave a cause that no better typing cures."""
PASSWORD_ENDS: Final = frozenset({End.WRONG_PASSWORD, End.WHILE_LOCKED})
"""A password was sent that Okta or the directory did not take, or would not look at."""
NOT_FAILED: Final = frozenset({End.OK, End.OPEN})
"""The attempt did not fail, as far as the log tells."""
