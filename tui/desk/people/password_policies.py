"""Which password policy applies to a person, and what it says of age, lockout and mails (Okta: "Policies")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from tui.desk.people.providers import OUTSIDE
from tui.okta import endpoints as ep
from tui.okta.entitlements import PasswordPolicy
from tui.okta.errors import FeatureOff, MissingRole, MissingScope, OktaError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.okta.client import OktaClient
    from tui.okta.models import User

KEPT_FOR: Final = 300.0
"""Seconds for which policies are not asked for again; they change rarely, and people call one after the other."""
_LAST: Final = 1 << 30


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
    """

    id: str
    name: str
    max_age: int
    warn: int
    attempts: int
    unlock_after: int
    mails_lockouts: bool


@dataclass(frozen=True, slots=True)
class PasswordPolicies:
    """All password policies in the order of their priority."""

    policies: tuple[PasswordPolicy, ...]

    def candidates(self, user: User, groups: Collection[str]) -> tuple[PasswordPolicy, ...]:
        """The active policies for this person's provider and groups (ids), the one that counts first.

        A later one counts where no rule of the first is for the person, which `applies` leaves out.
        """
        if user.provider_type in OUTSIDE:
            return ()
        provider = "OKTA" if user.provider_type == "IMPORT" else user.provider_type
        return tuple(policy for policy in self.policies if _is_for(policy, provider, groups))

    def applies(self, user: User, groups: Collection[str]) -> Applied | None:
        """The policy for somebody in these groups (ids); `None` where none is, as for people of an outside provider."""
        found = self.candidates(user, groups)
        return applied(found[0]) if found else None

    @property
    def groups(self) -> tuple[str, ...]:
        """The ids of all groups that policies are for, each once."""
        return self._groups(self.policies)

    @property
    def deciding(self) -> tuple[str, ...]:
        """The ids of the groups that make a difference to how long a password that Okta checks lives.

        None, where all policies for such people say the same.
        """
        ones = [policy for policy in self.policies if _is_active(policy) and _provider(policy) in {None, "ANY", "OKTA"}]
        return self._groups(ones) if len({(applied(one).max_age, applied(one).warn) for one in ones}) > 1 else ()

    @property
    def everyone(self) -> frozenset[str]:
        """The ids of the groups that everybody is in: those that Okta's own policies are for."""
        return frozenset(self._groups(policy for policy in self.policies if policy.system))

    @staticmethod
    def _groups(policies: Iterable[PasswordPolicy]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(group for one in policies if _is_active(one) for group in included(one)))


def included(policy: PasswordPolicy) -> tuple[str, ...]:
    """The groups that a policy is for; empty for everybody."""
    include = at(policy.conditions, "people", "groups", "include")
    return tuple(group for group in include if isinstance(group, str)) if isinstance(include, list) else ()


def applied(policy: PasswordPolicy) -> Applied:
    """What a policy says; a number that is missing or odd is 0."""
    age, lockout = (at(policy.settings, "password", part) for part in ("age", "lockout"))
    channels = at(lockout, "userLockoutNotificationChannels")
    return Applied(
        policy.id,
        policy.name or policy.id,
        max_age=_number(age, "maxAgeDays"),
        warn=_number(age, "expireWarnDays"),
        attempts=_number(lockout, "maxAttempts"),
        unlock_after=_number(lockout, "autoUnlockMinutes"),
        mails_lockouts=isinstance(channels, list) and "EMAIL" in channels,
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    found: PasswordPolicies | OktaError


_KEPT: Final[WeakKeyDictionary[OktaClient, _Kept]] = WeakKeyDictionary()


async def password_policies(client: OktaClient) -> PasswordPolicies:
    """Read them; kept for some minutes per client, and so is a refusal for want of a scope or a role.

    Raises:
        SwitchedOff: Password expiry is switched off for this connector, and with it the scope (by the guard).
        OktaError: They could not be read.
    """
    now = client.clock.time()
    kept = _KEPT.get(client)
    if kept is None or not 0 <= now - kept.at < KEPT_FOR:
        kept = _Kept(now, await _read(client))
        _KEPT[client] = kept
    if isinstance(kept.found, OktaError):
        raise kept.found
    return kept.found


async def applied_to(client: OktaClient, user: User) -> Applied | None:
    """The policy for one person, by their groups as they are now.

    Raises:
        SwitchedOff: Password expiry is switched off for this connector.
        OktaError: Policies or groups could not be read.
    """
    policies = await password_policies(client)
    if not policies.candidates(user, policies.groups):  # no group would make a difference
        return None
    groups = await client.groups_of(user.id)
    return policies.applies(user, {group.id for group in groups})


def at(value: object, *names: str) -> object:
    """What stands in nested objects under these names; `None` where something on the way is missing or odd."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def order(priority: int | None) -> int:
    """A key to sort policies and rules by; those without a priority come last."""
    return _LAST if priority is None else priority


async def _read(client: OktaClient) -> PasswordPolicies | OktaError:
    try:
        found = await client.all(ep.POLICIES, PasswordPolicy, None, {"type": "PASSWORD"}, background=True)
    except (MissingScope, MissingRole, FeatureOff) as error:
        return error
    return PasswordPolicies(tuple(sorted(found, key=lambda policy: order(policy.priority))))


def _is_active(policy: PasswordPolicy) -> bool:
    return policy.status in {None, "ACTIVE"}


def _provider(policy: PasswordPolicy) -> object:
    return at(policy.conditions, "authProvider", "provider")


def _is_for(policy: PasswordPolicy, provider: str, groups: Collection[str]) -> bool:
    include = included(policy)
    return (
        _is_active(policy)
        and _provider(policy) in {None, "ANY", provider}
        and (not include or any(group in groups for group in include))
    )


def _number(section: object, name: str) -> int:
    value = at(section, name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
