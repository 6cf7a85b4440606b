"""Whether people may help themselves: what the password policy that applies to a person says of reset and unlock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tui.desk.actions import OUTSIDE
from tui.desk.aim import known
from tui.desk.plain import plain
from tui.okta import endpoints as ep
from tui.okta.entitlements import PasswordPolicy, PolicyRule
from tui.okta.errors import OktaError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.person import Person
    from tui.okta.client import OktaClient

LAST: Final = 10_000
"""The place of a policy or rule that does not say its own."""


@dataclass(frozen=True, slots=True)
class SelfService:
    """What a person may do without the help desk, `None` where that is not known.

    Attributes:
        reset: Choose a new password after “Forgot password?”.
        unlock: Lift a lock by “Unlock account?”.
        source: Why it is so, or why it is not known, in a few words; harmless.
    """

    reset: bool | None = None
    unlock: bool | None = None
    source: str = ""


UNKNOWN: Final = SelfService()


async def self_service(client: OktaClient, person: Person) -> SelfService:
    """Read the policies, the person's groups and the rules (Okta: "Policies", password policy).

    A rule's network conditions are not looked at, as nobody knows from where the person will come.

    Raises:
        Nothing: what cannot be read is not known, and the source says why.
    """
    if person.user.provider_type in OUTSIDE:
        return SelfService(reset=False, unlock=False, source="their password is not Okta's")
    try:
        policies = await client.all(ep.POLICIES, PasswordPolicy, None, {"type": "PASSWORD"})
        groups = {group.id for group in await client.groups_of(person.user.id)}
        policy = applying(policies, person.user.provider_type, groups)
        if policy is None:
            return SelfService(source="no password policy applies to them")
        rules = await client.all(ep.POLICY_RULES, PolicyRule, {"policy": policy.id})
    except OktaError as error:
        return SelfService(source=f"the password policies cannot be read: {plain(error.title)}")
    active = sorted((rule for rule in rules if rule.status == "ACTIVE"), key=lambda rule: rule.priority or LAST)
    if not active:
        return SelfService(reset=False, unlock=False, source=f"policy {plain(policy.name)}")
    actions = active[0].actions or {}
    return SelfService(
        _allowed(actions, "selfServicePasswordReset"),
        _allowed(actions, "selfServiceUnlock"),
        f"policy {plain(policy.name)}, rule {plain(active[0].name)}",
    )


def applying(policies: Iterable[PasswordPolicy], provider: str, groups: set[str]) -> PasswordPolicy | None:
    """The first active policy, by priority, for the provider and one of the groups; `None` where none applies.

    Args:
        policies: All password policies.
        provider: The person's credential provider's type; an imported password counts as Okta's.
        groups: The ids of the person's groups.
    """
    owner = "OKTA" if provider == "IMPORT" else provider
    for policy in sorted(policies, key=lambda one: one.priority or LAST):
        conditions = policy.conditions or {}
        wanted = _at(conditions, "authProvider", "provider")
        include = _at(conditions, "people", "groups", "include")
        fits = not isinstance(include, list) or bool(groups & set(map(str, include)))
        if policy.status == "ACTIVE" and wanted in {owner, "ANY", None} and fits:
            return policy
    return None


def _at(value: Any, *names: str) -> Any:  # noqa: ANN401 - JSON
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _allowed(actions: dict[str, Any], name: str) -> bool | None:
    access = _at(actions, name, "access")
    return None if access is None else access == "ALLOW"
