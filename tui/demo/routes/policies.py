"""Policies: those of passwords read, made, changed, ordered, switched on and off; those of other types only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError, invalid, not_found
from tui.demo.base.json import read_part
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.paging import link_headers
from tui.demo.http.request import Route, no_content, ok
from tui.demo.log.events import Party
from tui.demo.policies.policies import over

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response
    from tui.demo.policies.policies import Policy
    from tui.demo.policies.standing import StandingPolicy

_PROVIDERS = frozenset({"OKTA", "ACTIVE_DIRECTORY", "LDAP", "ANY"})
_LONGEST = 50
_MOST_NUMBER = 999_999


def find_policy(request: Request, right: str = "policies.view") -> Policy:
    """Return the policy that the path names.

    Raises:
        ApiError: E0000007 or E0000006.
    """
    policy = request.org.policies.find(request.params["policyId"])
    if policy is None:
        standing = find_standing(request, right)
        if standing is not None:
            raise _unchangeable()
        raise not_found(request.params["policyId"], "Policy")
    rights.require(request.principal, right)
    return policy


def find_standing(request: Request, right: str = "policies.view") -> StandingPolicy | None:
    """Return the policy of another type than PASSWORD that the path names, or None.

    Raises:
        ApiError: E0000006.
    """
    policy = request.org.standing.find(request.params["policyId"])
    if policy is not None:
        rights.require(request.principal, right)
    return policy


def _unchangeable() -> ApiError:
    return invalid("type", "Policies of this type can't be changed in this organization")


def policy_party(policy: Policy) -> Party:
    """Return a policy as the log names it."""
    return Party(policy.id, "PolicyEntity", "unknown", policy.name)


def _show(request: Request, policy: Policy) -> Json:
    policies = request.org.policies
    answer = policies.show(policy, request.base)
    if "rules" in request.query.get("expand", ""):
        answer["_embedded"] = {"rules": [policies.show_rule(policy, rule, request.base) for rule in policy.rules]}
    return answer


def _show_standing(request: Request, policy: StandingPolicy) -> Json:
    answer = request.org.standing.show(policy, request.base)
    if "rules" in request.query.get("expand", ""):
        answer["_embedded"] = {"rules": request.org.standing.show_rules(policy, request.base)}
    return answer


def list_policies(request: Request) -> Response:
    """GET /api/v1/policies: ``type`` is required."""
    rights.require(request.principal, "policies.view")
    kind, status = request.query.get("type"), request.query.get("status")
    if not kind:
        raise ApiError("E0000028", causes=("The 'type' parameter is required.",))
    if kind != "PASSWORD" and not request.org.standing.known(kind):
        # As reported for a made-up type, and for a type of Identity Engine on a Classic org.
        raise ApiError("E0000002", "Invalid policy type specified.")
    shown = [_show_standing(request, policy) for policy in request.org.standing.of_type(kind)]
    if kind == "PASSWORD":
        shown = [_show(request, policy) for policy in request.org.policies.all]
    response = ok([policy for policy in shown if status in {None, "", policy["status"]}])
    response.headers = link_headers(request, None, None)
    return response


def get_policy(request: Request) -> Response:
    """GET /api/v1/policies/{policyId}."""
    standing = find_standing(request)
    if standing is not None:
        return ok(_show_standing(request, standing))
    return ok(_show(request, find_policy(request)))


def list_mappings(request: Request) -> Response:
    """GET /api/v1/policies/{policyId}/mappings: the apps that an app sign-in policy is for; the system's is for all."""
    standing = find_standing(request)
    if standing is None:
        find_policy(request)
    if standing is None or standing.kind != "ACCESS_POLICY" or not standing.system:
        return ok([])
    policy = request.href(f"/api/v1/policies/{request.params['policyId']}")
    found = []
    for app in request.org.apps.all:
        mapping = request.org.ids.make("rsm", app.index)
        found.append(
            {
                "id": mapping,
                "_links": {
                    "self": {"href": f"{policy}/mappings/{mapping}", "hints": {"allow": ["GET", "DELETE"]}},
                    "application": {"href": request.href(f"/api/v1/apps/{app.id}"), "hints": {"allow": ["GET"]}},
                    "policy": {"href": policy, "hints": {"allow": ["GET"]}},
                },
            }
        )
    return ok(found)


def read_name(body: Json, taken: list[str]) -> str:
    """Return the name of a body.

    Raises:
        ApiError: E0000001 when it is missing, too long or taken.
    """
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise invalid("name", "The field cannot be left blank")
    if len(name) > _LONGEST:
        raise invalid("name", f"The field must be at most {_LONGEST} characters long")
    if name in taken:
        raise invalid("name", "Policy name already in use")
    return name


def read_priority(body: Json) -> int | None:
    """Return the priority that a body asks for, None when it asks for none.

    Raises:
        ApiError: E0000001 when it is not a positive whole number.
    """
    priority = body.get("priority")
    if priority is None:
        return None
    if not isinstance(priority, int) or isinstance(priority, bool) or priority < 1:
        raise invalid("priority", "The field must be a positive number")
    return priority


def read_ids(part: Json, name: str) -> list[str]:
    """Return a list of ids within a body; empty when it is absent.

    Raises:
        ApiError: E0000001 when it is something else.
    """
    values = part.get(name)
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise invalid(name, "The field must be a list of ids")
    return values


def check_type(body: Json) -> None:
    """Check that a body is of the one type that this org keeps.

    Raises:
        ApiError: E0000001.
    """
    if body.get("type") != "PASSWORD":
        raise _unchangeable()


def _groups(request: Request, conditions: Json) -> list[str]:
    include = read_ids(read_part(read_part(conditions, "people"), "groups"), "include")
    for identifier in include:
        if request.org.groups.find(identifier) is None:
            raise invalid("conditions.people.groups.include", f"'{identifier}' is not a group of this organization")
    return include


def _provider(conditions: Json) -> str:
    provider = read_part(conditions, "authProvider").get("provider", "OKTA")
    if not isinstance(provider, str) or provider not in _PROVIDERS:
        raise invalid("conditions.authProvider.provider", f"'{provider}' is not a provider")
    return provider


def _settings(body: Json) -> Json:
    settings = read_part(body, "settings")
    password = read_part(settings, "password")
    for section in ("complexity", "age", "lockout"):
        for name, value in read_part(password, section).items():
            if isinstance(value, int) and not isinstance(value, bool) and not 0 <= value <= _MOST_NUMBER:
                raise invalid(f"settings.password.{section}.{name}", f"The field must be between 0 and {_MOST_NUMBER}")
    for section, name in (
        ("age", "maxAgeDays"),
        ("age", "expireWarnDays"),
        ("lockout", "maxAttempts"),
        ("lockout", "autoUnlockMinutes"),
        ("complexity", "minLength"),
    ):
        value = read_part(password, section).get(name, 0)
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid(f"settings.password.{section}.{name}", "The field must be a number")
    return settings


def create_policy(request: Request) -> Response:
    """POST /api/v1/policies: 200; what the settings leave out takes Okta's defaults; ``activate=false`` for later."""
    rights.require(request.principal, "policies.manage")
    body, policies = read_object(request), request.org.policies
    check_type(body)
    name, priority = read_name(body, [other.name for other in policies.all]), read_priority(body)
    conditions, settings = read_part(body, "conditions"), _settings(body)
    about, groups, provider = str(body.get("description") or ""), _groups(request, conditions), _provider(conditions)
    policy = policies.make(name, about, provider, groups, settings, float(int(request.now)))
    policy.status = "ACTIVE" if request.flag("activate", default=True) else "INACTIVE"
    policies.place(policy, priority)
    log_event(request, "policy.lifecycle.create", policy_party(policy))
    return ok(_show(request, policy))


def replace_policy(request: Request) -> Response:
    """PUT /api/v1/policies/{policyId}: the whole policy; of a policy of the system only the settings."""
    policy, policies = find_policy(request, "policies.manage"), request.org.policies
    body = read_object(request)
    check_type(body)
    name = read_name(body, [other.name for other in policies.all if other is not policy])
    settings, priority, conditions = _settings(body), read_priority(body), read_part(body, "conditions")
    groups, provider = _groups(request, conditions), _provider(conditions) if conditions else policy.provider
    policy.set(over(policy.settings, settings))
    policy.updated = float(int(request.now))
    if not policy.system:
        policy.name, policy.description = name, str(body.get("description") or "")
        policy.groups, policy.provider = groups, provider
        if priority is not None:
            policies.place(policy, priority)
    log_event(request, "policy.lifecycle.update", policy_party(policy))
    return ok(_show(request, policy))


def _own(request: Request) -> Policy:
    """Return the policy that the path names, if it is not the system's.

    Raises:
        ApiError: E0000007, E0000006 or E0000001.
    """
    policy = find_policy(request, "policies.manage")
    if policy.system:
        raise invalid("policyId", "A system policy can't be deleted, activated or deactivated")
    return policy


def delete_policy(request: Request) -> Response:
    """DELETE /api/v1/policies/{policyId}: 204; people fall to the next policy that fits them."""
    policy = _own(request)
    request.org.policies.all.remove(policy)
    log_event(request, "policy.lifecycle.delete", policy_party(policy))
    return no_content()


def _switch(request: Request, status: str, event: str) -> Response:
    policy = _own(request)
    if policy.status != status:
        policy.status, policy.updated = status, float(int(request.now))
        log_event(request, event, policy_party(policy))
    return no_content()


def activate_policy(request: Request) -> Response:
    """POST /api/v1/policies/{policyId}/lifecycle/activate: 204, also when it was active."""
    return _switch(request, "ACTIVE", "policy.lifecycle.activate")


def deactivate_policy(request: Request) -> Response:
    """POST /api/v1/policies/{policyId}/lifecycle/deactivate: 204, also when it was not active."""
    return _switch(request, "INACTIVE", "policy.lifecycle.deactivate")


READ, MANAGE = "okta.policies.read", "okta.policies.manage"
_ONE = "/api/v1/policies/{policyId}"
ROUTES = (
    Route("GET", "/api/v1/policies", READ, "other", list_policies),
    Route("POST", "/api/v1/policies", MANAGE, "other", create_policy),
    Route("GET", _ONE, READ, "other", get_policy),
    Route("GET", f"{_ONE}/mappings", READ, "other", list_mappings),
    Route("PUT", _ONE, MANAGE, "other", replace_policy),
    Route("DELETE", _ONE, MANAGE, "other", delete_policy),
    Route("POST", f"{_ONE}/lifecycle/activate", MANAGE, "other", activate_policy),
    Route("POST", f"{_ONE}/lifecycle/deactivate", MANAGE, "other", deactivate_policy),
)
