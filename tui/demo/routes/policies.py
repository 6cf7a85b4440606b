"""Password policies and their rules; other policy types exist and are empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.errors import ApiError, not_found
from tui.demo.paging import link_headers
from tui.demo.wire import Route, ok

if TYPE_CHECKING:
    from tui.demo.policies import Policy
    from tui.demo.wire import Call, Reply

_TYPES = frozenset(
    {"PASSWORD", "OKTA_SIGN_ON", "MFA_ENROLL", "IDP_DISCOVERY", "ACCESS_POLICY", "PROFILE_ENROLLMENT", "ENTITY_RISK"}
)


def _policy(call: Call) -> Policy:
    policy = call.org.policies.find(call.params["policyId"])
    if policy is None:
        raise not_found(call.params["policyId"], "Policy")
    rights.require(call.principal, "policies.view")
    return policy


def list_policies(call: Call) -> Reply:
    """GET /api/v1/policies: ``type`` is required."""
    rights.require(call.principal, "policies.view")
    kind = call.query.get("type")
    if not kind:
        raise ApiError("E0000028", causes=("The 'type' parameter is required.",))
    if kind not in _TYPES:
        raise ApiError("E0000001", "type", causes=(f"type: '{kind}' is not a policy type",))
    policies = call.org.policies.all if kind == "PASSWORD" and call.query.get("status", "ACTIVE") == "ACTIVE" else []
    reply = ok([call.org.policies.show(policy, call.base) for policy in policies])
    reply.headers = link_headers(call, None, None)
    return reply


def get_policy(call: Call) -> Reply:
    """GET /api/v1/policies/{policyId}."""
    return ok(call.org.policies.show(_policy(call), call.base))


def list_policy_rules(call: Call) -> Reply:
    """GET /api/v1/policies/{policyId}/rules."""
    return ok([call.org.policies.show_rule(_policy(call), call.base)])


def get_policy_rule(call: Call) -> Reply:
    """GET /api/v1/policies/{policyId}/rules/{ruleId}."""
    policy = _policy(call)
    if policy.rule_id != call.params["ruleId"]:
        raise not_found(call.params["ruleId"], "PolicyRule")
    return ok(call.org.policies.show_rule(policy, call.base))


_READ = "okta.policies.read"
ROUTES = (
    Route("GET", "/api/v1/policies", _READ, "other", list_policies),
    Route("GET", "/api/v1/policies/{policyId}", _READ, "other", get_policy),
    Route("GET", "/api/v1/policies/{policyId}/rules", _READ, "other", list_policy_rules),
    Route("GET", "/api/v1/policies/{policyId}/rules/{ruleId}", _READ, "other", get_policy_rule),
)
