"""The password policies: who locks after how many tries, unlocks by itself after how long, and whose password ages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.times import DAY, iso

if TYPE_CHECKING:
    from tui.demo.groups import Groups
    from tui.demo.ids import Ids
    from tui.demo.person import Person
    from tui.demo.wire import Json


class Row(NamedTuple):
    """One policy, in order of priority; ages in days, unlock in minutes, 0 for never."""

    name: str
    description: str
    group: str
    provider: str
    max_age: int
    warn: int
    attempts: int
    auto_unlock: int
    system: bool = False


ROWS: tuple[Row, ...] = (
    Row("Executives", "No expiry, quick unlock", "Executives", "OKTA", 0, 0, 10, 5),
    Row("Contractors", "Only an administrator unlocks", "Contractors", "OKTA", 90, 5, 5, 0),
    Row(
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
    Row(
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


@dataclass(frozen=True, slots=True)
class Policy:
    """A password policy with its ids."""

    id: str
    rule_id: str
    row: Row
    priority: int
    created: float


class Policies:
    """All password policies of the org."""

    def __init__(self, ids: Ids, groups: Groups, origin: float) -> None:
        self.groups = groups
        self.all = [
            Policy(
                ids.make("00p", number), ids.make("0pr", 1000 + number), row, number + 1, float(int(origin)) - 900 * DAY
            )
            for number, row in enumerate(ROWS)
        ]

    def find(self, identifier: str) -> Policy | None:
        """Return the policy with that id, or None."""
        return next((policy for policy in self.all if policy.id == identifier), None)

    def of(self, person: Person) -> Policy:
        """Return the first policy that fits a person's provider and groups, else the default."""
        provider = "ACTIVE_DIRECTORY" if person.provider == "ACTIVE_DIRECTORY" else "OKTA"
        for policy in self.all:
            if policy.row.provider == provider and self.groups.is_member(self.groups.named(policy.row.group), person):
                return policy
        return self.all[-1]

    def show(self, policy: Policy, base: str) -> Json:
        """Return the policy object."""
        row, href = policy.row, f"{base}/api/v1/policies/{policy.id}"
        provider: Json = {"provider": row.provider}
        if row.provider == "ACTIVE_DIRECTORY":
            provider["include"] = [self.groups.type_source]
        links: Json = {
            "self": {"href": href, "hints": {"allow": ["GET", "PUT"] if row.system else ["GET", "PUT", "DELETE"]}},
            "rules": {"href": f"{href}/rules", "hints": {"allow": ["GET", "POST"]}},
        }
        if not row.system:
            links["deactivate"] = {"href": f"{href}/lifecycle/deactivate", "hints": {"allow": ["POST"]}}
        return {
            "type": "PASSWORD",
            "id": policy.id,
            "status": "ACTIVE",
            "name": row.name,
            "description": row.description,
            "priority": policy.priority,
            "system": row.system,
            "conditions": {
                "people": {"groups": {"include": [self.groups.named(row.group).id]}},
                "authProvider": provider,
            },
            "created": iso(policy.created),
            "lastUpdated": iso(policy.created),
            "settings": self._settings(row),
            "_links": links,
        }

    @staticmethod
    def _settings(row: Row) -> Json:
        return {
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
                "age": {"maxAgeDays": row.max_age, "expireWarnDays": row.warn, "minAgeMinutes": 0, "historyCount": 4},
                "lockout": {
                    "maxAttempts": row.attempts,
                    "autoUnlockMinutes": row.auto_unlock,
                    "userLockoutNotificationChannels": [],
                    "showLockoutFailures": False,
                },
            },
            "recovery": {
                "factors": {
                    "recovery_question": {"status": "ACTIVE", "properties": {"complexity": {"minLength": 4}}},
                    "okta_email": {
                        "status": "ACTIVE",
                        "properties": {"recoveryToken": {"tokenLifetimeMinutes": 60}},
                    },
                    "okta_sms": {"status": "INACTIVE"},
                    "okta_call": {"status": "INACTIVE"},
                }
            },
            "delegation": {"options": {"skipUnlock": False}},
        }

    @staticmethod
    def show_rule(policy: Policy, base: str) -> Json:
        """Return the policy's one rule."""
        href = f"{base}/api/v1/policies/{policy.id}/rules/{policy.rule_id}"
        return {
            "type": "PASSWORD",
            "id": policy.rule_id,
            "status": "ACTIVE",
            "name": "Default Rule" if policy.row.system else f"{policy.row.name} rule",
            "priority": 1,
            "created": iso(policy.created),
            "lastUpdated": iso(policy.created),
            "system": policy.row.system,
            "conditions": {"people": {"users": {"exclude": []}}, "network": {"connection": "ANYWHERE"}},
            "actions": {
                "passwordChange": {"access": "ALLOW"},
                "selfServicePasswordReset": {"access": "ALLOW"},
                "selfServiceUnlock": {"access": "DENY" if policy.row.auto_unlock == 0 else "ALLOW"},
            },
            "_links": {
                "self": {"href": href, "hints": {"allow": ["GET", "PUT"]}},
            },
        }
