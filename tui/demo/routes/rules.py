"""Group rules: read, made, changed, switched on and off, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.bodies import read_object
from tui.demo.errors import ApiError, not_found
from tui.demo.events import SYSTEM, Party, party
from tui.demo.expressions import BadExpression
from tui.demo.paging import cut
from tui.demo.record import write_event
from tui.demo.wire import Reply, Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.groups import Group
    from tui.demo.rules import Rule
    from tui.demo.wire import Call, Json

_DEFAULT, _MOST = 50, 200
_LONGEST_NAME = 50
_MOST_TARGETS = 100
# Of how many people the log tells when a rule is switched on.
_TOLD = 500


def list_rules(call: Call) -> Reply:
    """GET /api/v1/groups/rules: which group is filled by which expression."""
    rights.require(call.principal, "groups.view")
    wanted = call.query.get("search", "").lower()
    rules = [rule for rule in call.org.groups.rules if wanted in rule.name.lower()]
    page, headers = cut(call, rules, "0pr", _DEFAULT, _MOST)
    reply = ok([_show(call, rule) for rule in page])
    reply.headers = headers
    return reply


def _show(call: Call, rule: Rule) -> Json:
    answer = call.org.groups.by_rule.show(rule)
    if call.query.get("expand") == "groupIdToGroupNameMap":
        answer["_embedded"] = {"groupIdToGroupNameMap": {group.id: group.name for group in rule.groups}}
    return answer


def _find(call: Call, right: str) -> Rule:
    rule = call.org.groups.by_rule.find(call.params["ruleId"])
    if rule is None:
        raise not_found(call.params["ruleId"], "GroupRule")
    rights.require(call.principal, right)
    return rule


def get_rule(call: Call) -> Reply:
    """GET /api/v1/groups/rules/{ruleId}."""
    return ok(_show(call, _find(call, "groups.view")))


def _invalid(*causes: str, what: str = "validateRule") -> ApiError:
    return ApiError("E0000001", what, causes=causes)


def _at(body: Json, *path: str) -> object:
    """Return what a body has at a path, None where it has nothing."""
    found: object = body
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _targets(call: Call, ids: list[str]) -> list[Group]:
    if not ids or len(ids) > _MOST_TARGETS:
        raise _invalid("actions: assignUserToGroups must name between 1 and 100 groups")
    groups = []
    for identifier in ids:
        group = call.org.groups.find(identifier)
        if group is None or group.kind != "OKTA_GROUP":
            raise _invalid(f"actions: Invalid group: {identifier}")
        if call.org.group_grants(group):
            raise _invalid(f"actions: Group {identifier} has admin privileges and cannot be the target of a group rule")
        groups.append(group)
    return groups


def _read(call: Call, known: Rule | None = None) -> tuple[str, str, list[Group], list[str], list[str]]:
    """Return name, expression, targets and both exclusions of the body.

    Raises:
        ApiError: E0000003 or E0000001.
    """
    body = read_object(call)
    name, expression = body.get("name"), _at(body, "conditions", "expression", "value")
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        raise _invalid("name: The name must be between 1 and 50 characters", what="name")
    if any(rule.name == name and rule is not known for rule in call.org.groups.rules):
        raise _invalid("name: An object with this field already exists in the current organization", what="name")
    if body.get("type") != "group_rule":
        raise _invalid("type: The only type is group_rule", what="type")
    if not isinstance(expression, str) or not expression.strip():
        raise _invalid("conditions: Expression is required")
    targets = _targets(call, _texts(_at(body, "actions", "assignUserToGroups", "groupIds")))
    people = _texts(_at(body, "conditions", "people", "users", "exclude"))
    if any(call.org.people.find(identifier) is None for identifier in people if identifier not in _old(known)):
        raise _invalid("conditions: Invalid users in the exclude list")
    return name, expression, targets, people, _texts(_at(body, "conditions", "people", "groups", "exclude"))


def _old(known: Rule | None) -> list[str]:
    return known.excluded if known else []


def _syntax(expression: str) -> ApiError:
    return _invalid(f"Invalid expression syntax {expression}", "conditions: Invalid expression")


def _party(rule: Rule) -> Party:
    return Party(rule.id, "GroupRule", "unknown", rule.name)


def create_rule(call: Call) -> Reply:
    """POST /api/v1/groups/rules: inactive at first."""
    rights.require(call.principal, "rules.manage")
    name, expression, targets, people, groups = _read(call)
    try:
        rule = call.org.groups.by_rule.make(name, expression, targets, float(int(call.now)))
    except BadExpression:
        raise _syntax(expression) from None
    rule.excluded, rule.excluded_groups = people, groups
    write_event(call, "policy.rule.add", _party(rule))
    return ok(_show(call, rule))


def update_rule(call: Call) -> Reply:
    """PUT /api/v1/groups/rules/{ruleId}: of inactive rules only."""
    rule = _find(call, "rules.manage")
    name, expression, targets, people, groups = _read(call, rule)
    if rule.status != "INACTIVE":
        raise _invalid("Cannot update a group rule that is not inactive", what="updateRule")
    try:
        call.org.groups.by_rule.rewrite(rule, name, expression, targets, float(int(call.now)))
    except BadExpression:
        raise _syntax(expression) from None
    rule.excluded, rule.excluded_groups = people, groups
    write_event(call, "policy.rule.update", _party(rule))
    return ok(_show(call, rule))


def delete_rule(call: Call) -> Reply:
    """DELETE /api/v1/groups/rules/{ruleId}: 202 with ``{}``; ``removeUsers`` takes out whom it had put in."""
    rule, groups = _find(call, "rules.manage"), call.org.groups
    if rule.status == "ACTIVE":
        raise _invalid("Cannot delete an active group rule", what="deleteRule")
    left = sorted(rule.kept) if call.flag("removeUsers", default=False) else []
    was = [(group, [i for i in left if groups.is_member(group, call.org.people.at(i))]) for group in rule.groups]
    groups.by_rule.delete(rule, with_members=bool(left))
    write_event(call, "policy.rule.delete", _party(rule))
    for group, numbers in was:
        _move(call, rule, group, numbers, joined=False)
    return Reply(202, b"{}")


def activate_rule(call: Call) -> Reply:
    """POST …/lifecycle/activate: 204; everybody who matches is in its groups from now on."""
    rule, groups = _find(call, "rules.manage"), call.org.groups
    if rule.status == "INVALID":
        raise _invalid("Cannot activate an invalid group rule", what="activateRule")
    if rule.status == "ACTIVE":
        return no_content()
    before = {group.index: set(groups.members(group)) for group in rule.groups}
    groups.by_rule.activate(rule)
    write_event(call, "group.user_membership.rule.trigger", _party(rule))
    for group in rule.groups:
        after = set(groups.members(group))
        _move(call, rule, group, sorted(after - before[group.index]), joined=True)
        _move(call, rule, group, sorted(before[group.index] - after), joined=False)
    return no_content()


def _move(call: Call, rule: Rule, group: Group, numbers: list[int], *, joined: bool) -> None:
    """Write down whom a rule has moved, and let the apps of the group follow."""
    org = call.org
    org.apps.process.drive(org)
    kind = "group.user_membership.add" if joined else "group.user_membership.remove"
    for index in numbers[:_TOLD]:
        person = org.people.at(index)
        if org.groups.is_member(group, person) is not joined:
            continue
        org.groups.moved(group, person, call.now, joined=joined)
        targets = party(person), Party(group.id, "UserGroup", "unknown", group.name), _party(rule)
        org.journal.write(kind, call.now, SYSTEM, targets)


def deactivate_rule(call: Call) -> Reply:
    """POST …/lifecycle/deactivate: 204; whom it has put into its groups stays there."""
    rule = _find(call, "rules.manage")
    if rule.status == "INVALID":
        raise _invalid("Cannot deactivate an invalid group rule", what="deactivateRule")
    if rule.status == "ACTIVE":
        call.org.groups.by_rule.deactivate(rule)
        rule.updated = float(int(call.now))
        write_event(call, "group.user_membership.rule.deactivated", _party(rule))
    return no_content()


_READ, _MANAGE = "okta.groups.read", "okta.groups.manage"
_ONE = "/api/v1/groups/rules/{ruleId}"
ROUTES = (
    Route("GET", "/api/v1/groups/rules", _READ, "groups", list_rules),
    Route("POST", "/api/v1/groups/rules", _MANAGE, "groups", create_rule),
    Route("GET", _ONE, _READ, "group", get_rule),
    Route("PUT", _ONE, _MANAGE, "group", update_rule),
    Route("DELETE", _ONE, _MANAGE, "group", delete_rule),
    Route("POST", f"{_ONE}/lifecycle/activate", _MANAGE, "group", activate_rule),
    Route("POST", f"{_ONE}/lifecycle/deactivate", _MANAGE, "group", deactivate_rule),
)
