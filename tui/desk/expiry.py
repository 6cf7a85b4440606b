"""When somebody's password expires, by the policy that applies to them; an estimate, since Okta tells no date."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.password_policies import Applied
    from tui.okta.models import User


class Age(StrEnum):
    """What can be said of somebody's password; the value is the word in exports."""

    EXPIRES = "expires"
    OVERDUE = "overdue"  # past its age; Okta has not asked yet, and will at the next sign-in
    EXPIRED = "expired"  # the status says so: Okta asks for a new one
    NEVER = "never"  # the policy sets no age
    DIRECTORY = "active-directory"
    LDAP = "ldap"
    OUTSIDE = "outside-provider"
    NEVER_SET = "never-set"
    NO_POLICY = "no-policy"
    STATUS = "status"  # suspended, deactivated, not activated: does not sign in


@dataclass(frozen=True, slots=True)
class Expiry:
    """One person's.

    Attributes:
        user: Whose.
        age: What can be said.
        expires: When; for EXPIRES and OVERDUE. An estimate.
        policy: The policy's name; untrusted, empty for none.
        warn: Days before in which Okta itself warns at sign-in; 0 for none.
    """

    user: User
    age: Age
    expires: datetime | None = None
    policy: str = ""
    warn: int = 0

    def days(self, now: datetime) -> int | None:
        """Whole days left, rounded down, negative once overdue; `None` without a date."""
        return None if self.expires is None else (self.expires - now).days


def expiry_of(user: User, applied: Applied | None, now: datetime) -> Expiry:
    """When this person's password expires (Okta: "Policies", password age)."""
    raise NotImplementedError
