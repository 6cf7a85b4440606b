"""Whether people may help themselves: what the password policy that applies to one person says. Reads only."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from tui.desk.actions import OUTSIDE
from tui.desk.aim import known
from tui.desk.plain import plain
from tui.okta import endpoints as ep
from tui.okta.entitlements import PasswordPolicy, PolicyRule
from tui.okta.errors import FeatureOff, MissingRole, MissingScope, OktaError
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.desk.person import Person
    from tui.okta.client import OktaClient

KEPT_FOR: Final = 300.0
"""Seconds for which policies are not asked for again; they change rarely, and people call one after the other."""
_LAST: Final = 1 << 30
_PIPELINES: Final = {"idx": True, "v1": False}


class Rule(PolicyRule, frozen=True):
    """A password policy's rule with its conditions (Okta: "Policies", password rules)."""

    conditions: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SelfService:
    """What a person may do without the help desk, `None` where that is not known.

    Attributes:
        reset: Choose a new password after “Forgot password?”.
        unlock: Lift a lock by “Unlock account?”.
        change: Change a password that they know.
        source: Why it is so, or why it is not known, in a few words; harmless.
        identity_engine: Whether the org runs on Identity Engine; `None` where that is not known.
    """

    reset: bool | None = None
    unlock: bool | None = None
    change: bool | None = None
    source: str = ""
    identity_engine: bool | None = None


UNKNOWN: Final = SelfService()


@dataclass(slots=True)
class _Kept:
    """What was read for one client."""

    at: float
    policies: tuple[PasswordPolicy, ...] = ()
    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    identity_engine: bool | None = None
    refused: OktaError | None = None


_KEPT: Final[WeakKeyDictionary[OktaClient, _Kept]] = WeakKeyDictionary()


async def self_service(client: OktaClient, person: Person) -> SelfService:
    """Read what a person may do themselves; what cannot be read is not known, and never an error.

    Policies are kept for some minutes per client; so is a refusal for want of a scope or a role.
    """
    if person.user.provider_type in OUTSIDE:
        return SelfService(reset=False, unlock=False, change=False, source="their password is not Okta's")
    if Capability.EXPIRY not in client.policy.capabilities:  # its scope is not asked for either
        return SelfService(source="reading the password policies is switched off for this connector")
    engine = None
    try:
        kept = await _kept(client)
        engine = kept.identity_engine
        if kept.refused is not None:
            raise kept.refused
        groups = person.groups.value
        if groups is None:
            groups = await client.groups_of(person.user.id)
        return await _decide(client, kept, person, {group.id for group in groups})
    except OktaError as error:
        return SelfService(source=_why(error), identity_engine=engine)


async def _kept(client: OktaClient) -> _Kept:
    now = client.clock.time()
    kept = _KEPT.get(client)
    if kept is not None and 0 <= now - kept.at < KEPT_FOR:
        return kept
    kept = _Kept(now)
    engine, found = await asyncio.gather(known(client.well_known()), _policies(client))
    kept.identity_engine = _PIPELINES.get(engine.pipeline or "") if engine else None
    if isinstance(found, OktaError):
        kept.refused = found
    else:
        kept.policies = found
    _KEPT[client] = kept
    return kept


async def _policies(client: OktaClient) -> tuple[PasswordPolicy, ...] | OktaError:
    """All password policies in their order, or a refusal that will be the same next time."""
    try:
        found = await client.all(ep.POLICIES, PasswordPolicy, None, {"type": "PASSWORD"}, background=True)
    except (MissingScope, MissingRole, FeatureOff) as error:
        return error
    return tuple(sorted(found, key=_order))


async def _decide(client: OktaClient, kept: _Kept, person: Person, groups: Collection[str]) -> SelfService:
    """The first policy for this provider and these groups that has a rule for this person."""
    provider = "OKTA" if person.user.provider_type == "IMPORT" else person.user.provider_type
    for policy in kept.policies:
        if not _is_for(policy, provider, groups):
            continue
        if policy.id not in kept.rules:
            path = {"policy": policy.id}
            found = await client.all(ep.POLICY_RULES, Rule, path, {"limit": "200"}, background=True)
            kept.rules[policy.id] = tuple(sorted(found, key=_order))
        rules = [rule for rule in kept.rules[policy.id] if _counts(rule, person.user.id)]
        if not rules:
            continue
        names = ("selfServicePasswordReset", "selfServiceUnlock", "passwordChange")
        reset, unlock, change = (_access(rules, name) for name in names)
        source = f"password policy “{plain(policy.name or policy.id, limit=60)}”"
        if None in {reset, unlock, change}:
            source += ", whose rules differ by network"
        return SelfService(reset, unlock, change, source, kept.identity_engine)
    whose = "this directory" if provider != "OKTA" else "them"
    return SelfService(source=f"no password policy in Okta is for {whose}", identity_engine=kept.identity_engine)


def _is_for(policy: PasswordPolicy, provider: str, groups: Collection[str]) -> bool:
    conditions = policy.conditions or {}
    include = _at(conditions, "people", "groups", "include")
    return (
        policy.status in {None, "ACTIVE"}
        and _at(conditions, "authProvider", "provider") in {None, "ANY", provider}
        and (not isinstance(include, list) or not include or any(group in groups for group in include))
    )


def _counts(rule: Rule, user_id: str) -> bool:
    excluded = _at(rule.conditions or {}, "people", "users", "exclude")
    return rule.status in {None, "ACTIVE"} and not (isinstance(excluded, list) and user_id in excluded)


def _access(rules: Iterable[Rule], name: str) -> bool | None:
    """What the first rule says; `None` where it is for some networks only and a later one says otherwise."""
    told: set[bool | None] = set()
    for rule in rules:
        access = _at(rule.actions or {}, name, "access")
        told.add({"ALLOW": True, "DENY": False}.get(access) if isinstance(access, str) else None)
        if _at(rule.conditions or {}, "network", "connection") in {None, "ANYWHERE"}:
            return told.pop() if len(told) == 1 else None
    # All are for some networks only: from elsewhere none of them lets anybody do anything.
    return False if told == {False} else None


def _at(value: object, *names: str) -> object:
    """What stands in nested objects under these names; `None` where something on the way is missing or odd."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _order(thing: PasswordPolicy | Rule) -> int:
    return _LAST if thing.priority is None else thing.priority


def _why(error: OktaError) -> str:
    match error:
        case MissingScope():
            return f"keydesk lacks the scope {ep.POLICIES.scope} to read the password policies"
        case MissingRole():
            return "keydesk's admin role may not read the password policies"
        case _:
            return f"the password policies cannot be read: {plain(error.title)}"
