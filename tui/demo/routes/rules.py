"""Group rules: read, made, changed, switched on and off, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.apps.assignments import group_party
from tui.demo.base.errors import ApiError, not_found
from tui.demo.groups.expressions import BadExpression
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.paging import cut
from tui.demo.http.request import Response, Route, no_content, ok
from tui.demo.log.events import SYSTEM, Party, party

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.groups.group import Group, GroupRule
    from tui.demo.http.request import Request

_DEFAULT, _MOST = 50, 200
_LONGEST_NAME = 50
_MOST_TARGETS = 100
# Of how many people the log holds an event when a rule is switched on.
_MOST_EVENTS = 500


def list_rules(request: Request) -> Response:
    """GET /api/v1/groups/rules: which group is filled by which expression."""
    rights.require(request.principal, "groups.view")
    wanted = request.query.get("search", "").lower()
    rules = [rule for rule in request.org.groups.rules if wanted in rule.name.lower()]
    page, headers = cut(request, rules, "0pr", _DEFAULT, _MOST)
    response = ok([_show(request, rule) for rule in page])
    response.headers = headers
    return response


def _show(request: Request, rule: GroupRule) -> Json:
    answer = request.org.groups.by_rule.show(rule)
    if request.query.get("expand") == "groupIdToGroupNameMap":
        answer["_embedded"] = {"groupIdToGroupNameMap": {group.id: group.name for group in rule.groups}}
    return answer


def _find(request: Request, right: str) -> GroupRule:
    rule = request.org.groups.by_rule.find(request.params["ruleId"])
    if rule is None:
        raise not_found(request.params["ruleId"], "GroupRule")
    rights.require(request.principal, right)
    return rule


def get_rule(request: Request) -> Response:
    """GET /api/v1/groups/rules/{ruleId}."""
    return ok(_show(request, _find(request, "groups.view")))


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


def _targets(request: Request, ids: list[str]) -> list[Group]:
    if not ids or len(ids) > _MOST_TARGETS:
        raise _invalid("actions: assignUserToGroups must name between 1 and 100 groups")
    groups = []
    for identifier in ids:
        group = request.org.groups.find(identifier)
        if group is None or group.kind != "OKTA_GROUP":
            raise _invalid(f"actions: Invalid group: {identifier}")
        if request.org.group_grants(group):
            raise _invalid(f"actions: Group {identifier} has admin privileges and cannot be the target of a group rule")
        groups.append(group)
    return groups


def _read(request: Request, known: GroupRule | None = None) -> tuple[str, str, list[Group], list[str], list[str]]:
    """Return name, expression, targets and both exclusions of the body.

    Raises:
        ApiError: E0000003 or E0000001.
    """
    body = read_object(request)
    name, expression = body.get("name"), _at(body, "conditions", "expression", "value")
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        raise _invalid("name: The name must be between 1 and 50 characters", what="name")
    if any(rule.name == name and rule is not known for rule in request.org.groups.rules):
        raise _invalid("name: An object with this field already exists in the current organization", what="name")
    if body.get("type") != "group_rule":
        raise _invalid("type: The only type is group_rule", what="type")
    if not isinstance(expression, str) or not expression.strip():
        raise _invalid("conditions: Expression is required")
    targets = _targets(request, _texts(_at(body, "actions", "assignUserToGroups", "groupIds")))
    people = _texts(_at(body, "conditions", "people", "users", "exclude"))
    if any(request.org.people.find(identifier) is None for identifier in people if identifier not in _old(known)):
        raise _invalid("conditions: Invalid users in the exclude list")
    return name, expression, targets, people, _texts(_at(body, "conditions", "people", "groups", "exclude"))


def _old(known: GroupRule | None) -> list[str]:
    return known.excluded if known else []


def _syntax(expression: str) -> ApiError:
    return _invalid(f"Invalid expression syntax {expression}", "conditions: Invalid expression")


def _party(rule: GroupRule) -> Party:
    return Party(rule.id, "GroupRule", "unknown", rule.name)


def create_rule(request: Request) -> Response:
    """POST /api/v1/groups/rules: inactive at first."""
    rights.require(request.principal, "rules.manage")
    name, expression, targets, people, groups = _read(request)
    try:
        rule = request.org.groups.by_rule.make(name, expression, targets, float(int(request.now)))
    except BadExpression:
        raise _syntax(expression) from None
    rule.excluded, rule.excluded_groups = people, groups
    log_event(request, "policy.rule.add", _party(rule))
    return ok(_show(request, rule))


def update_rule(request: Request) -> Response:
    """PUT /api/v1/groups/rules/{ruleId}: of inactive rules only."""
    rule = _find(request, "rules.manage")
    name, expression, targets, people, groups = _read(request, rule)
    if rule.status != "INACTIVE":
        raise _invalid("Cannot update a group rule that is not inactive", what="updateRule")
    try:
        request.org.groups.by_rule.rewrite(rule, name, expression, targets, float(int(request.now)))
    except BadExpression:
        raise _syntax(expression) from None
    rule.excluded, rule.excluded_groups = people, groups
    log_event(request, "policy.rule.update", _party(rule))
    return ok(_show(request, rule))


def delete_rule(request: Request) -> Response:
    """DELETE /api/v1/groups/rules/{ruleId}: 202 with ``{}``; ``removeUsers`` takes out whom it had put in."""
    rule, groups = _find(request, "rules.manage"), request.org.groups
    if rule.status == "ACTIVE":
        raise _invalid("Cannot delete an active group rule", what="deleteRule")
    left = sorted(rule.kept) if request.flag("removeUsers", default=False) else []
    was = [(group, [i for i in left if groups.is_member(group, request.org.people.at(i))]) for group in rule.groups]
    groups.by_rule.delete(rule, with_members=bool(left))
    log_event(request, "policy.rule.delete", _party(rule))
    for group, numbers in was:
        _move(request, rule, group, numbers, joined=False)
    return Response(202, b"{}")


def activate_rule(request: Request) -> Response:
    """POST …/lifecycle/activate: 204; everybody who matches is in its groups from now on."""
    rule, groups = _find(request, "rules.manage"), request.org.groups
    if rule.status == "INVALID":
        raise _invalid("Cannot activate an invalid group rule", what="activateRule")
    if rule.status == "ACTIVE":
        return no_content()
    before = {group.index: set(groups.members(group)) for group in rule.groups}
    groups.by_rule.activate(rule)
    log_event(request, "group.user_membership.rule.trigger", _party(rule))
    for group in rule.groups:
        after = set(groups.members(group))
        _move(request, rule, group, sorted(after - before[group.index]), joined=True)
        _move(request, rule, group, sorted(before[group.index] - after), joined=False)
    return no_content()


def _move(request: Request, rule: GroupRule, group: Group, numbers: list[int], *, joined: bool) -> None:
    """Write down whom a rule has moved, and let the apps of the group follow."""
    org = request.org
    kind = "group.user_membership.add" if joined else "group.user_membership.remove"
    for index in numbers[:_MOST_EVENTS]:
        person = org.people.at(index)
        if org.groups.is_member(group, person) is not joined:
            continue
        org.groups.moved(group, person, request.now, joined=joined)
        # Okta: "System Log query", where the filter for what a rule did asks for this key.
        targets, debug = (party(person), group_party(group)), {"triggeredByGroupRuleId": rule.id}
        org.journal.write(kind, request.now, SYSTEM, targets, debug=debug)


def deactivate_rule(request: Request) -> Response:
    """POST …/lifecycle/deactivate: 204; whom it has put into its groups stays there."""
    rule = _find(request, "rules.manage")
    if rule.status == "INVALID":
        raise _invalid("Cannot deactivate an invalid group rule", what="deactivateRule")
    if rule.status == "ACTIVE":
        request.org.groups.by_rule.deactivate(rule)
        rule.updated = float(int(request.now))
        log_event(request, "group.user_membership.rule.deactivated", _party(rule))
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
