"""The password policies: who locks after how many tries, unlocks by itself after how long, and whose password ages."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.times import DAY, iso

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.groups.groups import Groups
    from tui.demo.people.person import Person


class PolicyRow(NamedTuple):
    """One policy that the org begins with, in order of priority; ages in days, unlock in minutes, 0 for never."""

    name: str
    description: str
    group: str
    provider: str
    max_age: int
    warn: int
    attempts: int
    auto_unlock: int
    system: bool = False


ROWS: tuple[PolicyRow, ...] = (
    PolicyRow("Executives", "No expiry, quick unlock", "Executives", "OKTA", 0, 0, 10, 5),
    PolicyRow("Contractors", "Only an administrator unlocks", "Contractors", "OKTA", 90, 5, 5, 0),
    PolicyRow(
        "Active Directory Policy",
        "Applies to people from Active Directory.",
        "Everyone",
        "ACTIVE_DIRECTORY",
        0,
        0,
        10,
        15,
        True,
    ),
    PolicyRow(
        "Default Policy",
        "The default policy applies in all situations if no other policy applies.",
        "Everyone",
        "OKTA",
        120,
        14,
        10,
        10,
        True,
    ),
)


class Limits(NamedTuple):
    """What of a policy happens to people by itself; ages in days, unlock in minutes, 0 for never."""

    max_age: int
    warn: int
    attempts: int
    auto_unlock: int


@dataclass(slots=True, eq=False)
class PolicyRule:
    """One rule of a policy; its place in the list is its priority."""

    id: str
    name: str
    created: float
    updated: float
    system: bool = False
    status: str = "ACTIVE"
    excluded: list[str] = field(default_factory=list)
    network: Json = field(default_factory=lambda: {"connection": "ANYWHERE"})
    access: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Policy:
    """A password policy; its place in the list is its priority.

    Attributes:
        groups: Ids of the groups that it is for; none means everybody.
        row: What it does by itself, read from the settings.
    """

    id: str
    name: str
    description: str
    provider: str
    groups: list[str]
    settings: Json
    created: float
    updated: float
    system: bool = False
    status: str = "ACTIVE"
    rules: list[PolicyRule] = field(default_factory=list)
    row: Limits = field(default_factory=lambda: Limits(0, 0, 0, 0))

    def set(self, settings: Json) -> None:
        """Take over settings."""
        self.settings = settings
        age, lockout = _section(settings, "age"), _section(settings, "lockout")
        self.row = Limits(
            age.get("maxAgeDays", 0),
            age.get("expireWarnDays", 0),
            lockout.get("maxAttempts", 0),
            lockout.get("autoUnlockMinutes", 0),
        )


_FIRST_RULE = 1_000_000
ACTIONS = ("passwordChange", "selfServicePasswordReset", "selfServiceUnlock")
# As Okta fills in what the body of a new policy leaves out. Okta: "Create a policy", password settings.
DEFAULTS: Json = {
    "password": {
        "complexity": {
            "minLength": 8,
            "minLowerCase": 1,
            "minUpperCase": 1,
            "minNumber": 1,
            "minSymbol": 0,
            "excludeUsername": True,
            "dictionary": {"common": {"exclude": False}},
            "excludeAttributes": [],
        },
        "age": {"maxAgeDays": 0, "expireWarnDays": 0, "minAgeMinutes": 0, "historyCount": 4},
        "lockout": {
            "maxAttempts": 10,
            "autoUnlockMinutes": 0,
            "userLockoutNotificationChannels": [],
            "showLockoutFailures": False,
        },
    },
    "recovery": {
        "factors": {
            "recovery_question": {"status": "ACTIVE", "properties": {"complexity": {"minLength": 4}}},
            "okta_email": {"status": "ACTIVE", "properties": {"recoveryToken": {"tokenLifetimeMinutes": 60}}},
            "okta_sms": {"status": "INACTIVE"},
            "okta_call": {"status": "INACTIVE"},
        }
    },
    "delegation": {"options": {"skipUnlock": False}},
}


def _section(settings: Json, name: str) -> dict[str, int]:
    password = settings.get("password")
    section = password.get(name) if isinstance(password, dict) else None
    return section if isinstance(section, dict) else {}


def over(base: Json, wanted: Json) -> Json:
    """Return settings with others laid over them, object by object."""
    merged = copy.deepcopy(base)
    for name, value in wanted.items():
        below = merged.get(name)
        merged[name] = over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


class Policies:
    """All password policies of the org."""

    def __init__(self, ids: Ids, groups: Groups, origin: float) -> None:
        self.groups = groups
        self._ids = ids
        self._made = 0
        self._rules_made = 0
        self.all: list[Policy] = []
        since = float(int(origin)) - 900 * DAY
        for row in ROWS:
            settings: Json = {
                "password": {
                    "age": {"maxAgeDays": row.max_age, "expireWarnDays": row.warn},
                    "lockout": {"maxAttempts": row.attempts, "autoUnlockMinutes": row.auto_unlock},
                }
            }
            include = [groups.named(row.group).id]
            policy = self.make(row.name, row.description, row.provider, include, settings, since)
            policy.system = row.system
            rule = self.make_rule(policy, "Default Rule" if row.system else f"{row.name} rule", since)
            rule.system = row.system
            rule.access["selfServiceUnlock"] = "DENY" if row.auto_unlock == 0 else "ALLOW"

    def make(  # noqa: PLR0917 - the parts of a policy
        self, name: str, description: str, provider: str, groups: list[str], settings: Json, now: float
    ) -> Policy:
        """Make a policy, after all that callers have made and before those of the system."""
        number = self._made
        self._made += 1
        policy = Policy(self._ids.make("00p", number), name, description, provider, groups, {}, now, now)
        policy.set(over(DEFAULTS, settings))
        self.all.append(policy)
        return policy

    def make_rule(self, policy: Policy, name: str, now: float) -> PolicyRule:
        """Make a rule, the last of its policy."""
        # Group rules have the same prefix and count from 0.
        number = _FIRST_RULE + self._rules_made
        self._rules_made += 1
        rule = PolicyRule(self._ids.make("0pr", number), name, now, now, access=dict.fromkeys(ACTIONS, "ALLOW"))
        policy.rules.append(rule)
        return rule

    def place(self, policy: Policy, priority: int | None) -> None:
        """Put a policy at a priority, counted from 1, among those that are not the system's; None for the last."""
        self.all.remove(policy)
        last = sum(not other.system for other in self.all)
        self.all.insert(last if priority is None else max(0, min(priority - 1, last)), policy)

    def find(self, identifier: str) -> Policy | None:
        """Return the policy with that id, or None."""
        return next((policy for policy in self.all if policy.id == identifier), None)

    def of(self, person: Person) -> Policy:
        """Return the first active policy that fits a person's provider and groups by one of its rules."""
        provider = "ACTIVE_DIRECTORY" if person.provider == "ACTIVE_DIRECTORY" else "OKTA"
        for policy in self.all:
            if policy.status == "ACTIVE" and policy.provider in {provider, "ANY"} and self._holds(policy, person):
                return policy
        return self.all[-1]

    def _holds(self, policy: Policy, person: Person) -> bool:
        if not any(rule.status == "ACTIVE" and person.id not in rule.excluded for rule in policy.rules):
            return False
        found = (self.groups.find(identifier) for identifier in policy.groups)
        return not policy.groups or any(g is not None and self.groups.is_member(g, person) for g in found)

    def show(self, policy: Policy, base: str) -> Json:
        """Return the policy object."""
        href = f"{base}/api/v1/policies/{policy.id}"
        provider: Json = {"provider": policy.provider}
        if policy.provider == "ACTIVE_DIRECTORY":
            provider["include"] = [self.groups.type_source]
        links: Json = {
            "self": {"href": href, "hints": {"allow": ["GET", "PUT"] if policy.system else ["GET", "PUT", "DELETE"]}},
            "rules": {"href": f"{href}/rules", "hints": {"allow": ["GET", "POST"]}},
        }
        if not policy.system:
            links.update(_toggle(policy.status, href))
        return {
            "type": "PASSWORD",
            "id": policy.id,
            "status": policy.status,
            "name": policy.name,
            "description": policy.description,
            "priority": self.all.index(policy) + 1,
            "system": policy.system,
            "conditions": {
                **({"people": {"groups": {"include": list(policy.groups)}}} if policy.groups else {}),
                "authProvider": provider,
            },
            "created": iso(policy.created),
            "lastUpdated": iso(policy.updated),
            "settings": policy.settings,
            "_links": links,
        }

    @staticmethod
    def show_rule(policy: Policy, rule: PolicyRule, base: str) -> Json:
        """Return a rule of a policy."""
        href = f"{base}/api/v1/policies/{policy.id}/rules/{rule.id}"
        allow = ["GET", "PUT"] if rule.system else ["GET", "PUT", "DELETE"]
        return {
            "type": "PASSWORD",
            "id": rule.id,
            "status": rule.status,
            "name": rule.name,
            "priority": policy.rules.index(rule) + 1,
            "created": iso(rule.created),
            "lastUpdated": iso(rule.updated),
            "system": rule.system,
            "conditions": {"people": {"users": {"exclude": list(rule.excluded)}}, "network": rule.network},
            "actions": {name: {"access": rule.access[name]} for name in ACTIONS},
            "_links": {
                "self": {"href": href, "hints": {"allow": allow}},
                **({} if rule.system else _toggle(rule.status, href)),
            },
        }


def _toggle(status: str, href: str) -> Json:
    name = "deactivate" if status == "ACTIVE" else "activate"
    return {name: {"href": f"{href}/lifecycle/{name}", "hints": {"allow": ["POST"]}}}
