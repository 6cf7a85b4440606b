"""Whether people may help themselves: what the password policy that applies to one person says. Reads only."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from tui.desk.actions import OUTSIDE
from tui.desk.aim import known
from tui.desk.password_policies import KEPT_FOR, at, order, password_policies
from tui.desk.plain import plain
from tui.okta import endpoints as ep
from tui.okta.entitlements import PolicyRule
from tui.okta.errors import MissingRole, MissingScope, OktaError
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.person import Person
    from tui.okta.client import OktaClient
    from tui.okta.entitlements import PasswordPolicy

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
    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    identity_engine: bool | None = None


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
        kept, policies = await asyncio.gather(_kept(client), password_policies(client), return_exceptions=True)
        if isinstance(kept, BaseException):
            raise kept
        engine = kept.identity_engine
        if isinstance(policies, BaseException):
            raise policies
        groups = person.groups.value
        if groups is None:
            groups = await client.groups_of(person.user.id)
        found = policies.candidates(person.user, {group.id for group in groups})
        return await _decide(client, kept, person, found)
    except OktaError as error:
        return SelfService(source=_why(error), identity_engine=engine)


async def _kept(client: OktaClient) -> _Kept:
    now = client.clock.time()
    kept = _KEPT.get(client)
    if kept is None or not 0 <= now - kept.at < KEPT_FOR:
        org = await known(client.well_known())
        kept = _Kept(now, identity_engine=_PIPELINES.get(org.pipeline or "") if org else None)
        _KEPT[client] = kept
    return kept


async def _decide(client: OktaClient, kept: _Kept, person: Person, policies: Iterable[PasswordPolicy]) -> SelfService:
    """The first of the policies that has a rule for this person."""
    for policy in policies:
        if policy.id not in kept.rules:
            path = {"policy": policy.id}
            found = await client.all(ep.POLICY_RULES, Rule, path, {"limit": "200"}, background=True)
            kept.rules[policy.id] = tuple(sorted(found, key=lambda rule: order(rule.priority)))
        rules = [rule for rule in kept.rules[policy.id] if _counts(rule, person.user.id)]
        if not rules:
            continue
        names = ("selfServicePasswordReset", "selfServiceUnlock", "passwordChange")
        reset, unlock, change = (_access(rules, name) for name in names)
        source = f"password policy “{plain(policy.name or policy.id, limit=60)}”"
        if None in {reset, unlock, change}:
            source += ", whose rules differ by network"
        return SelfService(reset, unlock, change, source, kept.identity_engine)
    whose = "them" if person.user.provider_type in {"OKTA", "IMPORT"} else "this directory"
    return SelfService(source=f"no password policy in Okta is for {whose}", identity_engine=kept.identity_engine)


def _counts(rule: Rule, user_id: str) -> bool:
    excluded = at(rule.conditions or {}, "people", "users", "exclude")
    return rule.status in {None, "ACTIVE"} and not (isinstance(excluded, list) and user_id in excluded)


def _access(rules: Iterable[Rule], name: str) -> bool | None:
    """What the first rule says; `None` where it is for some networks only and a later one says otherwise."""
    told: set[bool | None] = set()
    for rule in rules:
        access = at(rule.actions or {}, name, "access")
        told.add({"ALLOW": True, "DENY": False}.get(access) if isinstance(access, str) else None)
        if at(rule.conditions or {}, "network", "connection") in {None, "ANYWHERE"}:
            return told.pop() if len(told) == 1 else None
    # All are for some networks only: from elsewhere none of them lets anybody do anything.
    return False if told == {False} else None


def _why(error: OktaError) -> str:
    match error:
        case MissingScope():
            return f"keydesk lacks the scope {ep.POLICIES.scope} to read the password policies"
        case MissingRole():
            return "keydesk's admin role may not read the password policies"
        case _:
            return f"the password policies cannot be read: {plain(error.title)}"
