"""Which password policy applies to a person, and what it says of age, lockout and mails (Okta: "Policies")."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from msgspec import Struct, field

from tui.desk.people.providers import OUTSIDE
from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta.entitlements import PasswordPolicy
from tui.okta.errors import FeatureOff, MissingRole, MissingScope, OktaError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable

    from tui.okta.client import OktaClient
    from tui.okta.models import Group, User

KEPT_FOR: Final = 300.0
"""Seconds for which policies are not read again: they change rarely, and people call one after the other."""
_LAST: Final = 1 << 30


class Applied(Struct, frozen=True):
    """The settings of a password policy that keydesk uses.

    Attributes:
        id: The policy's id.
        name: The policy's name, untrusted.
        max_age: Days until a password expires; 0 for never, `None` where the policy does not say.
        warn: Days before the expiry on which Okta itself warns at sign-in; 0 for none.
        attempts: Failed sign-ins that lock an account; 0 where none do.
        unlock_after: Minutes after which Okta unlocks an account by itself; 0 for never.
        mails_lockouts: Whether Okta itself mails people when it locks them.
        unlocks_directory: Whether an unlock in Okta also unlocks the account in Active Directory (the Admin Console's
            “Unlock users in Okta and Active Directory”); `None` where the policy does not say.
    """

    id: str
    name: str
    max_age: int | None
    warn: int
    attempts: int
    unlock_after: int
    mails_lockouts: bool
    unlocks_directory: bool | None = None


class PasswordPolicies(Struct, frozen=True):
    """All password policies in the order of their priority."""

    policies: tuple[PasswordPolicy, ...]

    def candidates(self, user: User, groups: Collection[str]) -> tuple[PasswordPolicy, ...]:
        """Return the active policies for a person's provider and groups (ids), in the order of their priority.

        Okta applies the first that has a rule for the person; `applies` takes the first without reading rules.
        """
        if user.provider_type in OUTSIDE:
            return ()
        provider = "OKTA" if user.provider_type == "IMPORT" else user.provider_type
        return tuple(policy for policy in self.policies if _is_for(policy, provider, groups))

    def applies(self, user: User, groups: Collection[str]) -> Applied | None:
        """Return the policy for a person in these groups (ids); `None` without one, as for an outside provider."""
        candidates = self.candidates(user, groups)
        return settings_of(candidates[0]) if candidates else None

    @property
    def groups(self) -> tuple[str, ...]:
        """The ids of all groups that policies name, each once."""
        return self._groups(self.policies)

    @property
    def deciding(self) -> tuple[str, ...]:
        """The ids of the groups that decide on the age at which a password of Okta's own expires.

        Empty where all policies for such people say the same.
        """
        policies = [policy for policy in self.policies if _is_active(policy) and _is_of(policy, "OKTA")]
        ages = {(settings.max_age, settings.warn) for settings in map(settings_of, policies)}
        return self._groups(policies) if len(ages) > 1 else ()

    @property
    def everyone(self) -> frozenset[str]:
        """The ids of the groups that everybody is in: those that Okta's own policies name."""
        return frozenset(self._groups(policy for policy in self.policies if policy.system))

    @staticmethod
    def _groups(policies: Iterable[PasswordPolicy]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(group for policy in policies if _is_active(policy) for group in included(policy)))


def included(policy: PasswordPolicy) -> tuple[str, ...]:
    """Return the ids of the groups that a policy is for; empty for everybody."""
    include = nested(policy.conditions, "people", "groups", "include")
    return tuple(group for group in include if isinstance(group, str)) if isinstance(include, list) else ()


def settings_of(policy: PasswordPolicy) -> Applied:
    """Return the settings of a policy; a number that is missing or of another type is 0, a missing age `None`."""
    age, lockout = (nested(policy.settings, "password", part) for part in ("age", "lockout"))
    channels = nested(lockout, "userLockoutNotificationChannels")
    skips = nested(policy.settings, "delegation", "options", "skipUnlock")
    return Applied(
        policy.id,
        policy.name or policy.id,
        max_age=_number(age, "maxAgeDays") if nested(age, "maxAgeDays") is not None else None,
        warn=_number(age, "expireWarnDays"),
        attempts=_number(lockout, "maxAttempts"),
        unlock_after=_number(lockout, "autoUnlockMinutes"),
        mails_lockouts=isinstance(channels, list) and "EMAIL" in channels,
        unlocks_directory=not skips if isinstance(skips, bool) else None,
    )


def directory_unlock_words(policy: Applied | None, unread: str = "") -> str:
    """Return a sentence on whether an unlock in Okta also unlocks the account in Active Directory; harmless.

    The policy's `skipUnlock` decides (Okta support: "Active Directory-Sourced Users Remain Locked in Active Directory
    After Being Unlocked in Okta"). Even where it does, Okta's own account in the directory may lack the right.

    Args:
        policy: The settings of the policy that applies to the person; `None` where none is known.
        unread: Why no policy is known, in a few words.
    """
    if policy is None or policy.unlocks_directory is None:
        why = f"password policy “{plain(policy.name, limit=60)}” does not say" if policy else plain(unread)
        return "Whether one unlock does both, in Okta and in the directory, is not known" + (
            f": {why}." if why else "."
        )
    name = plain(policy.name, limit=60)
    if policy.unlocks_directory:
        return (
            f"By password policy “{name}” one unlock does both, in Okta and in the directory, as far as Okta's own "
            "account there may."
        )
    return (
        f"By password policy “{name}” only Okta's own lock is released: an account that is locked in the directory "
        "stays locked there."
    )


class _Kept(Struct):
    """The policies of one org, or Okta's refusal, with the time of the read; `None` before the first one.

    Attributes:
        read_at: When they were read, in seconds since the epoch.
        result: The policies or the refusal.
        reading: Held by who reads them, so that who asks meanwhile waits for the same answer.
    """

    read_at: float = 0.0
    result: PasswordPolicies | OktaError | None = None
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


_KEPT: Final[WeakKeyDictionary[OktaClient, _Kept]] = WeakKeyDictionary()


async def password_policies(client: OktaClient) -> PasswordPolicies:
    """Read the password policies; each client stores the answer, or a refusal, for `KEPT_FOR` seconds.

    Raises:
        SwitchedOff: Password expiry is switched off for this connector, and with it the scope (by the guard).
        OktaError: The policies could not be read.
    """
    kept = _KEPT.setdefault(client, _Kept())
    async with kept.reading:
        now = client.clock.time()
        if kept.result is None or not 0 <= now - kept.read_at < KEPT_FOR:
            result = await _read(client)
            kept.read_at, kept.result = now, result
        if isinstance(kept.result, OktaError):
            raise kept.result
        return kept.result


async def policy_for(
    client: OktaClient, user: User, groups_of: Callable[[str], Awaitable[tuple[Group, ...]]] | None = None
) -> Applied | None:
    """Return the settings of the policy that applies to a person, by their groups.

    Args:
        client: The connection to the org.
        user: The person.
        groups_of: Returns a person's groups by their id; by default they are read as they are now.

    Raises:
        SwitchedOff: Password expiry is switched off for this connector.
        OktaError: Policies or groups could not be read.
    """
    policies = await password_policies(client)
    if not policies.candidates(user, policies.groups):  # no group would make a difference
        return None
    groups = await (groups_of or client.groups_of)(user.id)
    return policies.applies(user, {group.id for group in groups})


def nested(value: object, *names: str) -> object:
    """Return the value under these names in nested JSON objects; `None` where one is missing or no object."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def order(priority: int | None) -> int:
    """Return a key that sorts policies and rules by priority; those without a priority are last."""
    return _LAST if priority is None else priority


async def _read(client: OktaClient) -> PasswordPolicies | OktaError:
    try:
        policies = await client.all(ep.POLICIES, PasswordPolicy, None, {"type": "PASSWORD"}, background=True)
    except (MissingScope, MissingRole, FeatureOff) as error:
        return error
    return PasswordPolicies(tuple(sorted(policies, key=lambda policy: order(policy.priority))))


def _is_active(policy: PasswordPolicy) -> bool:
    return policy.status in {None, "ACTIVE"}


def _is_of(policy: PasswordPolicy, provider: str) -> bool:
    """Whether a policy is for people of a provider; what it names may be any JSON, also what no set can hold."""
    named = nested(policy.conditions, "authProvider", "provider")
    return named is None or (isinstance(named, str) and named in {"ANY", provider})


def _is_for(policy: PasswordPolicy, provider: str, groups: Collection[str]) -> bool:
    include = included(policy)
    return (
        _is_active(policy) and _is_of(policy, provider) and (not include or any(group in groups for group in include))
    )


def _number(section: object, name: str) -> int:
    value = nested(section, name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
