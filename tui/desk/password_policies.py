"""Which password policy applies to a person, and what it says of age, lockout and mails (Okta: "Policies")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.okta.client import OktaClient
    from tui.okta.entitlements import PasswordPolicy
    from tui.okta.models import User


@dataclass(frozen=True, slots=True)
class Applied:
    """A policy as it applies.

    Attributes:
        id: Of the policy.
        name: Untrusted.
        max_age: Days until a password expires; 0 for never.
        warn: Days before that in which Okta itself warns at sign-in; 0 for none.
        attempts: Failures that lock; 0 for none.
        unlock_after: Minutes after which a lock heals by itself; 0 for never.
        mails_lockouts: Whether Okta itself mails people when they are locked.
        estimated: Rules that depend on the network were left out of the decision.
    """

    id: str
    name: str
    max_age: int
    warn: int
    attempts: int
    unlock_after: int
    mails_lockouts: bool
    estimated: bool = True


@dataclass(frozen=True, slots=True)
class PasswordPolicies:
    """All active password policies in the order of their priority."""

    policies: tuple[PasswordPolicy, ...]

    def applies(self, user: User, groups: Collection[str]) -> Applied | None:
        """The policy for somebody in these groups (ids); `None` where none is, as for people of an outside provider."""
        raise NotImplementedError

    @property
    def groups(self) -> tuple[str, ...]:
        """The ids of all groups that decide between policies."""
        raise NotImplementedError


async def password_policies(client: OktaClient) -> PasswordPolicies:
    """Read them; kept for some minutes per client.

    Raises:
        SwitchedOff: Password expiry is switched off for this connector, and with it the scope.
        OktaError: They could not be read.
    """
    raise NotImplementedError
