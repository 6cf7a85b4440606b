"""When a password expires, estimated from the policy that applies, since Okta returns no date."""

from __future__ import annotations

from datetime import datetime, timedelta  # noqa: TC003 - msgspec reads the annotations
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from tui.okta.models import User  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from tui.desk.people.password_policies import Applied


class Age(StrEnum):
    """The kind of a password's expiry; the value is the word in exports."""

    EXPIRES = "expires"
    OVERDUE = "overdue"  # past its age; Okta asks for a new one at the next sign-in
    EXPIRED = "expired"  # the status says so: Okta asks for a new one
    NEVER = "never"  # the policy sets no age
    DIRECTORY = "active-directory"
    LDAP = "ldap"
    OUTSIDE = "outside-provider"
    NEVER_SET = "never-set"
    UNKNOWN = "unknown"  # Okta's answers say too little
    NO_POLICY = "no-policy"
    STATUS = "status"  # suspended, deactivated, not activated: does not sign in


WORDS: Final = {
    Age.EXPIRES: "expires",
    Age.OVERDUE: "past its age, will be asked at the next sign-in",
    Age.EXPIRED: "expired, must choose a new one at the next sign-in",
    Age.NEVER: "never expires: the policy sets no maximum age",
    Age.DIRECTORY: "Active Directory decides, by a rule that Okta does not see",
    Age.LDAP: "the LDAP directory decides, by a rule that Okta does not see",
    Age.OUTSIDE: "another identity provider has the password",
    Age.NEVER_SET: "no password was ever set",
    Age.UNKNOWN: "not known: Okta does not say when the password was set, or how old it may become",
    Age.NO_POLICY: "no password policy applies",
    Age.STATUS: "does not sign in: suspended, deactivated or not activated",
}
_ELSEWHERE: Final = {
    "ACTIVE_DIRECTORY": Age.DIRECTORY,
    "LDAP": Age.LDAP,
    "FEDERATION": Age.OUTSIDE,
    "SOCIAL": Age.OUTSIDE,
}
COUNTS: Final = frozenset({"ACTIVE", "LOCKED_OUT", "RECOVERY"})
"""The statuses in which a password ages."""


class Expiry(Struct, frozen=True):
    """When one person's password expires.

    Attributes:
        user: The person.
        age: The kind of expiry.
        expires: When the password expires, estimated; only for EXPIRES and OVERDUE.
        policy: The policy's name; untrusted, empty for none.
        warn: The days before the expiry in which Okta itself warns at sign-in; 0 for none.
    """

    user: User
    age: Age
    expires: Annotated[datetime, Meta(tz=True)] | None = None
    policy: str = ""
    warn: int = 0

    def days(self, now: datetime) -> int | None:
        """Return the whole days left, rounded down, negative once overdue; `None` without a date."""
        return None if self.expires is None else (self.expires - now).days


def expiry_of(user: User, applied: Applied | None, now: datetime) -> Expiry:
    """Return when a person's password expires (Okta: "Policies", password age)."""
    status = user.status or ""
    policy = applied.name if applied else ""
    elsewhere = _ELSEWHERE.get(user.provider_type)
    if status == "PASSWORD_EXPIRED":
        return Expiry(user, Age.EXPIRED, policy=policy)
    if status not in COUNTS:
        return Expiry(user, Age.STATUS, policy=policy)
    if elsewhere is not None:
        return Expiry(user, elsewhere, policy=policy)
    changed = user.when("password_changed")
    if changed is None:
        return Expiry(user, Age.NEVER_SET if user.never_had_password else Age.UNKNOWN, policy=policy)
    if applied is None:
        return Expiry(user, Age.NO_POLICY)
    if applied.max_age is None:
        return Expiry(user, Age.UNKNOWN, policy=policy)
    if not applied.max_age:
        return Expiry(user, Age.NEVER, policy=policy)
    try:
        expires = changed + timedelta(days=applied.max_age)
    except OverflowError:  # an absurd number of days is as good as never
        return Expiry(user, Age.NEVER, policy=policy)
    return Expiry(user, Age.EXPIRES if expires >= now else Age.OVERDUE, expires, policy, applied.warn)
