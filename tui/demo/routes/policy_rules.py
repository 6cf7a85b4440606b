"""The rules of password policies: whom they leave out, and what people may do for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.bodies import read_object, read_part
from tui.demo.errors import not_found
from tui.demo.events import Party
from tui.demo.policies import ACTIONS
from tui.demo.record import write_event
from tui.demo.routes.policies import (
    MANAGE,
    READ,
    check_type,
    find_policy,
    invalid,
    policy_party,
    read_ids,
    read_name,
    read_priority,
)
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.policies import Policy, Rule
    from tui.demo.wire import Call, Json, Reply

_CONNECTIONS = frozenset({"ANYWHERE", "ZONE", "ON_NETWORK", "OFF_NETWORK"})


def _find(call: Call, right: str = "policies.view") -> tuple[Policy, Rule]:
    policy = find_policy(call, right)
    for rule in policy.rules:
        if rule.id == call.params["ruleId"]:
            return policy, rule
    raise not_found(call.params["ruleId"], "PolicyRule")


def _tell(call: Call, event: str, policy: Policy, rule: Rule) -> None:
    write_event(call, event, Party(rule.id, "PolicyRule", "unknown", rule.name), policy_party(policy))


def list_rules(call: Call) -> Reply:
    """GET /api/v1/policies/{policyId}/rules."""
    policy = find_policy(call)
    return ok([call.org.policies.show_rule(policy, rule, call.base) for rule in policy.rules])


def get_rule(call: Call) -> Reply:
    """GET /api/v1/policies/{policyId}/rules/{ruleId}."""
    return ok(call.org.policies.show_rule(*_find(call), call.base))


class _Body(NamedTuple):
    """What a body says of a rule."""

    name: str
    priority: int | None
    excluded: list[str]
    network: Json
    access: dict[str, str]


def _read(call: Call, policy: Policy, known: Rule | None = None) -> _Body:
    body = read_object(call)
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


def _write(policy: Policy, rule: Rule, read: _Body) -> None:
    """Give a rule what a body says; a rule of the system stays last and keeps its name and conditions."""
    rule.access = read.access
    if rule.system:
        return
    rule.name, rule.excluded, rule.network = read.name, read.excluded, read.network
    policy.rules.remove(rule)
    last = sum(not other.system for other in policy.rules)
    policy.rules.insert(last if read.priority is None else min(read.priority - 1, last), rule)


def create_rule(call: Call) -> Reply:
    """POST /api/v1/policies/{policyId}/rules: 200; ``activate=false`` for later."""
    policy = find_policy(call, "policies.manage")
    read = _read(call, policy)
    rule = call.org.policies.make_rule(policy, read.name, float(int(call.now)))
    rule.status = "ACTIVE" if call.flag("activate", default=True) else "INACTIVE"
    _write(policy, rule, read)
    _tell(call, "policy.rule.add", policy, rule)
    return ok(call.org.policies.show_rule(policy, rule, call.base))


def replace_rule(call: Call) -> Reply:
    """PUT /api/v1/policies/{policyId}/rules/{ruleId}: the whole rule."""
    policy, rule = _find(call, "policies.manage")
    read = _read(call, policy, rule)
    kept = policy.rules.index(rule) + 1
    _write(policy, rule, read if read.priority is not None else read._replace(priority=kept))
    rule.updated = float(int(call.now))
    _tell(call, "policy.rule.update", policy, rule)
    return ok(call.org.policies.show_rule(policy, rule, call.base))


def _own(call: Call) -> tuple[Policy, Rule]:
    policy, rule = _find(call, "policies.manage")
    if rule.system:
        raise invalid("ruleId", "A system rule can't be deleted, activated or deactivated")
    return policy, rule


def delete_rule(call: Call) -> Reply:
    """DELETE /api/v1/policies/{policyId}/rules/{ruleId}: 204."""
    policy, rule = _own(call)
    policy.rules.remove(rule)
    _tell(call, "policy.rule.delete", policy, rule)
    return no_content()


def _switch(call: Call, status: str, event: str) -> Reply:
    policy, rule = _own(call)
    if rule.status != status:
        rule.status, rule.updated = status, float(int(call.now))
        _tell(call, event, policy, rule)
    return no_content()


def activate_rule(call: Call) -> Reply:
    """POST …/rules/{ruleId}/lifecycle/activate: 204, also when it was active."""
    return _switch(call, "ACTIVE", "policy.rule.activate")


def deactivate_rule(call: Call) -> Reply:
    """POST …/rules/{ruleId}/lifecycle/deactivate: 204; a policy without an active rule fits nobody."""
    return _switch(call, "INACTIVE", "policy.rule.deactivate")


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
