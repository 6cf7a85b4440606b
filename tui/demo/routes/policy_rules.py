"""The rules of password policies: whom they leave out, and what people may do for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.errors import invalid, not_found
from tui.demo.base.json import read_part
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, no_content, ok
from tui.demo.log.events import Party
from tui.demo.policies.policies import ACTIONS
from tui.demo.routes.policies import (
    MANAGE,
    READ,
    check_type,
    find_policy,
    find_standing,
    policy_party,
    read_ids,
    read_name,
    read_priority,
)

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response
    from tui.demo.policies.policies import Policy, PolicyRule

_CONNECTIONS = frozenset({"ANYWHERE", "ZONE", "ON_NETWORK", "OFF_NETWORK"})


def _find(request: Request, right: str = "policies.view") -> tuple[Policy, PolicyRule]:
    policy = find_policy(request, right)
    for rule in policy.rules:
        if rule.id == request.params["ruleId"]:
            return policy, rule
    raise not_found(request.params["ruleId"], "PolicyRule")


def _log(request: Request, event: str, policy: Policy, rule: PolicyRule) -> None:
    log_event(request, event, Party(rule.id, "PolicyRule", "unknown", rule.name), policy_party(policy))


def list_rules(request: Request) -> Response:
    """GET /api/v1/policies/{policyId}/rules."""
    standing = find_standing(request)
    if standing is not None:
        return ok(request.org.standing.show_rules(standing, request.base))
    policy = find_policy(request)
    return ok([request.org.policies.show_rule(policy, rule, request.base) for rule in policy.rules])


def get_rule(request: Request) -> Response:
    """GET /api/v1/policies/{policyId}/rules/{ruleId}."""
    standing = find_standing(request)
    if standing is not None:
        for shown in request.org.standing.show_rules(standing, request.base):
            if shown["id"] == request.params["ruleId"]:
                return ok(shown)
        raise not_found(request.params["ruleId"], "PolicyRule")
    return ok(request.org.policies.show_rule(*_find(request), request.base))


class _Body(NamedTuple):
    """What a body says of a rule."""

    name: str
    priority: int | None
    excluded: list[str]
    network: Json
    access: dict[str, str]


def _read(request: Request, policy: Policy, known: PolicyRule | None = None) -> _Body:
    body = read_object(request)
    check_type(body)
    name = read_name(body, [rule.name for rule in policy.rules if rule is not known])
    conditions, actions = read_part(body, "conditions"), read_part(body, "actions")
    network = read_part(conditions, "network") or {"connection": "ANYWHERE"}
    if network.get("connection") not in _CONNECTIONS:
        raise invalid("conditions.network.connection", f"'{network.get('connection')}' is not a kind of connection")
    access = {}
    for action in ACTIONS:
        value = read_part(actions, action).get("access", "ALLOW")
        if value not in {"ALLOW", "DENY"}:
            raise invalid(f"actions.{action}.access", f"'{value}' is neither ALLOW nor DENY")
        access[action] = str(value)
    excluded = read_ids(read_part(read_part(conditions, "people"), "users"), "exclude")
    return _Body(name, read_priority(body), excluded, network, access)


def _write(policy: Policy, rule: PolicyRule, read: _Body) -> None:
    """Give a rule what a body says; a rule of the system stays last and keeps its name and conditions."""
    rule.access = read.access
    if rule.system:
        return
    rule.name, rule.excluded, rule.network = read.name, read.excluded, read.network
    policy.rules.remove(rule)
    last = sum(not other.system for other in policy.rules)
    policy.rules.insert(last if read.priority is None else min(read.priority - 1, last), rule)


def create_rule(request: Request) -> Response:
    """POST /api/v1/policies/{policyId}/rules: 200; ``activate=false`` for later."""
    policy = find_policy(request, "policies.manage")
    read = _read(request, policy)
    rule = request.org.policies.make_rule(policy, read.name, float(int(request.now)))
    rule.status = "ACTIVE" if request.flag("activate", default=True) else "INACTIVE"
    _write(policy, rule, read)
    _log(request, "policy.rule.add", policy, rule)
    return ok(request.org.policies.show_rule(policy, rule, request.base))


def replace_rule(request: Request) -> Response:
    """PUT /api/v1/policies/{policyId}/rules/{ruleId}: the whole rule."""
    policy, rule = _find(request, "policies.manage")
    read = _read(request, policy, rule)
    kept = policy.rules.index(rule) + 1
    _write(policy, rule, read if read.priority is not None else read._replace(priority=kept))
    rule.updated = float(int(request.now))
    _log(request, "policy.rule.update", policy, rule)
    return ok(request.org.policies.show_rule(policy, rule, request.base))


def _own(request: Request) -> tuple[Policy, PolicyRule]:
    policy, rule = _find(request, "policies.manage")
    if rule.system:
        raise invalid("ruleId", "A system rule can't be deleted, activated or deactivated")
    return policy, rule


def delete_rule(request: Request) -> Response:
    """DELETE /api/v1/policies/{policyId}/rules/{ruleId}: 204."""
    policy, rule = _own(request)
    policy.rules.remove(rule)
    _log(request, "policy.rule.delete", policy, rule)
    return no_content()


def _switch(request: Request, status: str, event: str) -> Response:
    policy, rule = _own(request)
    if rule.status != status:
        rule.status, rule.updated = status, float(int(request.now))
        _log(request, event, policy, rule)
    return no_content()


def activate_rule(request: Request) -> Response:
    """POST …/rules/{ruleId}/lifecycle/activate: 204, also when it was active."""
    return _switch(request, "ACTIVE", "policy.rule.activate")


def deactivate_rule(request: Request) -> Response:
    """POST …/rules/{ruleId}/lifecycle/deactivate: 204; a policy without an active rule fits nobody."""
    return _switch(request, "INACTIVE", "policy.rule.deactivate")


_ALL = "/api/v1/policies/{policyId}/rules"
_ONE = f"{_ALL}/{{ruleId}}"
ROUTES = (
    Route("GET", _ALL, READ, "other", list_rules),
    Route("POST", _ALL, MANAGE, "other", create_rule),
    Route("GET", _ONE, READ, "other", get_rule),
    Route("PUT", _ONE, MANAGE, "other", replace_rule),
    Route("DELETE", _ONE, MANAGE, "other", delete_rule),
    Route("POST", f"{_ONE}/lifecycle/activate", MANAGE, "other", activate_rule),
    Route("POST", f"{_ONE}/lifecycle/deactivate", MANAGE, "other", deactivate_rule),
)
