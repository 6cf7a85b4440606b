"""Group rules: who they put into which groups, asked anew whenever somebody wants to know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from tui.demo.base.times import iso
from tui.demo.groups.expressions import Scope, compile_rule
from tui.demo.groups.group import GroupRule

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.groups.group import Group
    from tui.demo.people.people import People
    from tui.demo.people.person import Person


class Membership(Protocol):
    """What rules need to know of the org's groups: a condition may ask for other memberships."""

    ids: Ids
    people: People
    all: list[Group]

    def find(self, identifier: str) -> Group | None:
        """Return the group with that id, or None."""

    def is_member(self, group: Group, person: Person) -> bool:
        """Return whether a person is in a group."""

    def forget_members(self) -> None:
        """Drop the kept member lists."""


class Rules:
    """All rules of the org, and their answer to who is in a group."""

    def __init__(self, groups: Membership) -> None:
        self.groups = groups
        self.all: list[GroupRule] = []
        self._made = 0
        self._filling: dict[int, list[GroupRule]] = {}
        # Rules that are being asked right now: one that asks for its own group gets no for an answer.
        self._asked: set[str] = set()

    def make(self, name: str, expression: str, groups: list[Group], now: float) -> GroupRule:
        """Make a rule, inactive at first.

        Raises:
            BadExpression: The expression is none.
        """
        test = compile_rule(expression)
        rule = GroupRule(self.groups.ids.make("0pr", self._made), name, expression, groups, now, now, test)
        self._made += 1
        self.all.append(rule)
        self._file()
        return rule

    def rewrite(self, rule: GroupRule, name: str, expression: str, groups: list[Group], now: float) -> None:
        """Change what an inactive rule says.

        Raises:
            BadExpression: The expression is none.
        """
        rule.test = compile_rule(expression)
        rule.name, rule.expression, rule.updated = name, expression, now
        if groups != rule.groups:
            self._leave_as_they_are(rule)
            rule.groups = groups
        self._file()

    def _leave_as_they_are(self, rule: GroupRule) -> None:
        """Make members by hand of those whom a rule had put into its groups."""
        for group in rule.groups:
            group.added |= rule.kept
        rule.kept = set()

    def find(self, identifier: str) -> GroupRule | None:
        """Return the rule with that id, or None."""
        return next((rule for rule in self.all if rule.id == identifier), None)

    def _file(self) -> None:
        self._filling = {}
        for rule in self.all:
            for group in rule.groups:
                self._filling.setdefault(group.index, []).append(rule)

    def matches(self, rule: GroupRule, person: Person) -> bool:
        """Return whether a rule's condition holds for a person who is not excluded from it."""
        if person.status == "DEPROVISIONED" or (rule.excluded and person.id in rule.excluded):
            return False
        if not rule.cascades:
            return rule.test(Scope(person, self._belongs))
        if rule.id in self._asked:
            return False
        self._asked.add(rule.id)
        try:
            if any(self._belongs(person, "isMemberOfGroup", (group,)) for group in rule.excluded_groups):
                return False
            return rule.test(Scope(person, self._belongs))
        finally:
            self._asked.discard(rule.id)

    def hold(self, group: Group, person: Person) -> bool:
        """Return whether a rule puts, or has put, a person into a group."""
        for rule in self._filling.get(group.index, ()):
            if (rule.status == "ACTIVE" and self.matches(rule, person)) or person.index in rule.kept:
                return True
        return False

    def exclude(self, group: Group, person: Person) -> GroupRule | None:
        """Keep a person out of a group that rules put them into; returns the first rule that now excludes them."""
        found = None
        for rule in self._filling.get(group.index, ()):
            if rule.status == "ACTIVE" and self.matches(rule, person):
                rule.excluded.append(person.id)
                found = found or rule
            if person.index in rule.kept:
                # Out of this group only; in the rule's others they stay as if put there by hand.
                rule.kept.discard(person.index)
                for other in rule.groups:
                    if other is not group:
                        other.added.add(person.index)
        return found

    def activate(self, rule: GroupRule) -> None:
        """Let a rule act: whom it had put into its groups before it goes on to hold or lets go."""
        rule.status, rule.kept = "ACTIVE", set()
        self.groups.forget_members()

    def deactivate(self, rule: GroupRule) -> None:
        """Stop a rule; whom it has put into its groups stays there until somebody takes them out."""
        rule.kept = {person.index for person in self.groups.people.from_index() if self.matches(rule, person)}
        rule.status = "INACTIVE"

    def delete(self, rule: GroupRule, *, with_members: bool) -> None:
        """Delete a rule, and whom it has put into its groups out of them if asked to."""
        if not with_members:
            self._leave_as_they_are(rule)
        self.all.remove(rule)
        self._file()
        self.groups.forget_members()

    def lose(self, group: Group) -> None:
        """Note that a group is gone: rules that fill it can only be read and deleted from now on."""
        for rule in self._filling.get(group.index, ()):
            if rule.status == "ACTIVE":
                self.deactivate(rule)
            rule.groups = [known for known in rule.groups if known is not group]
            rule.lost += 1
            rule.status = "INVALID"
        self._file()

    def _belongs(self, person: Person, function: str, wanted: tuple[str, ...]) -> bool:
        groups = self.groups
        if function in {"isMemberOfGroup", "isMemberOfAnyGroup"}:
            found = map(groups.find, wanted)
            return any(group is not None and groups.is_member(group, person) for group in found)
        test = _NAMES[function]
        return any(test(group.name, wanted[0]) and groups.is_member(group, person) for group in groups.all)

    def show(self, rule: GroupRule) -> Json:
        """Return the rule object."""
        return {
            "type": "group_rule",
            "id": rule.id,
            "status": rule.status,
            "name": rule.name,
            "created": iso(rule.created),
            "lastUpdated": iso(rule.updated),
            "conditions": {
                "people": {
                    "users": {"exclude": list(rule.excluded)},
                    "groups": {"exclude": list(rule.excluded_groups)},
                },
                "expression": {"value": rule.expression, "type": "urn:okta:expression:1.0"},
            },
            "actions": {"assignUserToGroups": {"groupIds": [group.id for group in rule.groups]}},
            "allGroupsValid": not rule.lost,
        }


def _fits(name: str, pattern: str) -> bool:
    try:
        return re.fullmatch(pattern, name) is not None
    except re.error:
        return False


_NAMES: dict[str, Callable[[str, str], bool]] = {
    "isMemberOfGroupName": lambda name, wanted: name == wanted,
    "isMemberOfGroupNameStartsWith": lambda name, wanted: name.startswith(wanted),
    "isMemberOfGroupNameContains": lambda name, wanted: wanted in name,
    "isMemberOfGroupNameRegex": _fits,
}
