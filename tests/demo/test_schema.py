from __future__ import annotations

import re
from typing import Any

import pytest

from tests.demo.support import World, complaints, needs_schema, schema
from tui.demo.routes import ROUTES

pytestmark = needs_schema

USER = {
    "id",
    "status",
    "created",
    "activated",
    "statusChanged",
    "lastLogin",
    "lastUpdated",
    "passwordChanged",
    "type",
    "profile",
    "credentials",
    "_links",
}
GROUP = {"id", "created", "lastUpdated", "lastMembershipUpdated", "objectClass", "type", "profile", "_links"}
APP = {
    "id",
    "name",
    "label",
    "status",
    "created",
    "lastUpdated",
    "accessibility",
    "visibility",
    "features",
    "signOnMode",
    "credentials",
    "settings",
    "_links",
}
FACTOR = {"id", "factorType", "provider", "vendorName", "status", "created", "lastUpdated", "profile", "_links"}
ROLE = {"id", "label", "type", "status", "created", "lastUpdated", "assignmentType", "_links"}
POLICY = {
    "type",
    "id",
    "status",
    "name",
    "description",
    "priority",
    "system",
    "conditions",
    "created",
    "lastUpdated",
    "settings",
    "_links",
}
EVENT = {
    "actor",
    "client",
    "device",
    "authenticationContext",
    "displayMessage",
    "eventType",
    "outcome",
    "published",
    "securityContext",
    "severity",
    "debugContext",
    "legacyEventType",
    "transaction",
    "uuid",
    "version",
    "request",
    "target",
}
TOKEN = {
    "id",
    "name",
    "userId",
    "clientName",
    "tokenWindow",
    "network",
    "expiresAt",
    "created",
    "lastUpdated",
    "_links",
}
APP_USER = {
    "id",
    "externalId",
    "created",
    "lastUpdated",
    "scope",
    "status",
    "statusChanged",
    "passwordChanged",
    "syncState",
    "credentials",
    "profile",
    "_links",
}
LINK = {
    "id",
    "label",
    "linkUrl",
    "logoUrl",
    "appName",
    "appInstanceId",
    "appAssignmentId",
    "credentialsSetup",
    "hidden",
    "sortOrder",
}
RULE = {"type", "id", "status", "name", "created", "lastUpdated", "conditions", "actions"}

# path, path of the schema, keys that an answer (or each of its items) must have
READS: tuple[tuple[str, str, set[str]], ...] = (
    ("/api/v1/users?limit=200", "/api/v1/users", USER),
    ("/api/v1/users/{ann}?expand=blocks", "/api/v1/users/{id}", USER),
    ("/api/v1/users/{carla}/blocks", "/api/v1/users/{id}/blocks", {"type", "appliesTo"}),
    ("/api/v1/users/{ann}/groups", "/api/v1/users/{id}/groups", GROUP),
    ("/api/v1/users/{bob}/appLinks", "/api/v1/users/{id}/appLinks", LINK),
    ("/api/v1/users/{bob}/factors", "/api/v1/users/{userId}/factors", FACTOR),
    (
        "/api/v1/users/{bob}/factors/catalog",
        "/api/v1/users/{userId}/factors/catalog",
        {"factorType", "provider", "vendorName", "status", "_links"},
    ),
    ("/api/v1/users/{maria}/roles", "/api/v1/users/{userId}/roles", ROLE),
    ("/api/v1/groups?expand=stats", "/api/v1/groups", GROUP),
    ("/api/v1/groups/{sales}", "/api/v1/groups/{groupId}", GROUP),
    ("/api/v1/groups/{sales}/users", "/api/v1/groups/{groupId}/users", USER),
    ("/api/v1/groups/{everyone}/apps", "/api/v1/groups/{groupId}/apps", APP),
    ("/api/v1/groups/{desk}/roles", "/api/v1/groups/{groupId}/roles", ROLE),
    ("/api/v1/groups/rules", "/api/v1/groups/rules", RULE),
    ("/api/v1/groups/rules/{rule}", "/api/v1/groups/rules/{groupRuleId}", RULE),
    ("/api/v1/apps?limit=200", "/api/v1/apps", APP),
    ("/api/v1/apps/{app}", "/api/v1/apps/{appId}", APP),
    ("/api/v1/apps/{app}/users", "/api/v1/apps/{appId}/users", APP_USER),
    ("/api/v1/apps/{app}/users/{bob}", "/api/v1/apps/{appId}/users/{userId}", APP_USER),
    (
        "/api/v1/apps/{app}/groups",
        "/api/v1/apps/{appId}/groups",
        {"id", "lastUpdated", "priority", "profile", "_links"},
    ),
    (
        "/api/v1/apps/{app}/groups/{everyone}",
        "/api/v1/apps/{appId}/groups/{groupId}",
        {"id", "lastUpdated", "priority", "profile", "_links"},
    ),
    ("/api/v1/logs?limit=200", "/api/v1/logs", EVENT),
    ("/api/v1/policies?type=PASSWORD", "/api/v1/policies", POLICY),
    ("/api/v1/policies/{policy}", "/api/v1/policies/{policyId}", POLICY),
    (
        "/api/v1/policies/{policy}/rules",
        "/api/v1/policies/{policyId}/rules",
        {"type", "id", "status", "name", "actions"},
    ),
    *(
        (f"/api/v1/policies?type={kind}", "/api/v1/policies", POLICY - {"description", "settings"})
        for kind in ("OKTA_SIGN_ON", "MFA_ENROLL", "IDP_DISCOVERY", "ACCESS_POLICY", "PROFILE_ENROLLMENT")
    ),
    *(
        (
            f"/api/v1/policies/{{{kind}}}/rules",
            "/api/v1/policies/{policyId}/rules",
            {"type", "id", "status", "name", "priority", "system", "conditions", "actions", "_links"},
        )
        for kind in ("OKTA_SIGN_ON", "MFA_ENROLL", "IDP_DISCOVERY", "ACCESS_POLICY", "PROFILE_ENROLLMENT")
    ),
    ("/api/v1/policies/{ACCESS_POLICY}", "/api/v1/policies/{policyId}", POLICY - {"description", "settings"}),
    ("/api/v1/api-tokens", "/api/v1/api-tokens", TOKEN),
    ("/api/v1/api-tokens/{token}", "/api/v1/api-tokens/{apiTokenId}", TOKEN),
    (
        '/api/v1/principal-rate-limits?filter=principalType eq "SSWS_TOKEN"',
        "/api/v1/principal-rate-limits",
        {"id", "orgId", "principalId", "principalType", "defaultPercentage"},
    ),
    ("/api/v1/iam/roles", "/api/v1/iam/roles", {"roles", "_links"}),
    ("/api/v1/iam/roles/{role}", "/api/v1/iam/roles/{roleIdOrLabel}", {"id", "label", "_links"}),
    ("/api/v1/iam/roles/{role}/permissions", "/api/v1/iam/roles/{roleIdOrLabel}/permissions", {"permissions"}),
    ("/api/v1/iam/resource-sets/{set}", "/api/v1/iam/resource-sets/{resourceSetIdOrLabel}", {"id", "label", "_links"}),
    (
        "/api/v1/iam/resource-sets/{set}/resources",
        "/api/v1/iam/resource-sets/{resourceSetIdOrLabel}/resources",
        {"resources", "_links"},
    ),
    (
        "/api/v1/iam/resource-sets/{set}/bindings",
        "/api/v1/iam/resource-sets/{resourceSetIdOrLabel}/bindings",
        {"roles", "_links"},
    ),
    ("/api/v1/users/{pia}/roles/{help}", "/api/v1/users/{userId}/roles/{roleAssignmentId}", ROLE),
    (
        "/api/v1/users/{pia}/roles/{help}/targets",
        "/api/v1/users/{userId}/roles/{roleIdOrEncodedRoleId}/targets",
        {"orn", "assignmentType", "_links"},
    ),
    (
        "/api/v1/users/{pia}/roles/{help}/targets/groups",
        "/api/v1/users/{userId}/roles/{roleAssignmentId}/targets/groups",
        GROUP,
    ),
    (
        "/api/v1/users/{viktor}/roles/IFIFAX2BIRGUSTQ/targets/catalog/apps",
        "/api/v1/users/{userId}/roles/{roleAssignmentId}/targets/catalog/apps",
        {"name", "displayName", "status", "_links"},
    ),
    (
        "/api/v1/principal-rate-limits/{limit}",
        "/api/v1/principal-rate-limits/{principalRateLimitId}",
        {"id", "orgId", "principalId", "principalType", "defaultPercentage"},
    ),
    (
        "/oauth2/default/.well-known/oauth-authorization-server",
        "/oauth2/{authorizationServerId}/.well-known/oauth-authorization-server",
        {"issuer", "token_endpoint", "jwks_uri", "scopes_supported"},
    ),
    (
        "/api/v1/policies/{policy}/rules/{policy_rule}",
        "/api/v1/policies/{policyId}/rules/{ruleId}",
        {"type", "id", "status", "name", "actions"},
    ),
    ("/oauth2/v1/clients/{custom}/roles", "/oauth2/v1/clients/{clientId}/roles", ROLE),
    (
        "/oauth2/v1/clients/{limited}/roles/{help}",
        "/oauth2/v1/clients/{clientId}/roles/{roleAssignmentId}",
        ROLE,
    ),
    (
        "/oauth2/v1/clients/{limited}/roles/{help}/targets/groups",
        "/oauth2/v1/clients/{clientId}/roles/{roleAssignmentId}/targets/groups",
        GROUP,
    ),
    ("/api/v1/iam/resource-sets", "/api/v1/iam/resource-sets", {"resource-sets", "_links"}),
    ("/api/v1/iam/assignees/users", "/api/v1/iam/assignees/users", {"value"}),
    ("/oauth2/v1/clients/{client}/roles", "/oauth2/v1/clients/{clientId}/roles", ROLE),
    ("/api/v1/org", "/api/v1/org", {"id", "subdomain", "companyName", "status", "address1", "_links"}),
    (
        "/.well-known/okta-organization",
        "/.well-known/okta-organization",
        {"id", "cell", "pipeline", "_links", "settings"},
    ),
)


NAMED = ("ann.lee", "bob.martin", "carla.diaz", "maria.silva", "pia.jensen", "viktor.kovacs")


@pytest.fixture(scope="module")
def org() -> World:
    return World(people=2000, lockouts_per_minute=7.5)


def names(world: World) -> dict[str, str]:
    org = world.org
    return {
        **{name.split(".")[0]: world.id_of(name) for name in NAMED},
        "sales": org.groups.named("Sales").id,
        "everyone": org.groups.named("Everyone").id,
        "desk": org.groups.named("Service Desk Admins").id,
        "rule": org.groups.rules[0].id,
        "app": org.apps.all[4].id,
        "policy": org.policies.all[0].id,
        "policy_rule": org.policies.all[0].rules[0].id,
        **{policy.kind: str(org.standing.show(policy, "")["id"]) for policy in org.standing.all},
        "limit": org.ids.make("prl", 0),
        "token": org.principal("super").identity,
        "client": org.principal("service").identity,
        "custom": org.principal("keydesk-custom").identity,
        "limited": org.principal("keydesk-limited").identity,
        "help": "JBCUYUC7IRCVGS27IFCE2SKO",
        "role": "Desk",
        "set": "Support and Sales",
    }


@pytest.mark.parametrize(("path", "template", "keys"), READS, ids=[read[0] for read in READS])
async def test_every_read_fits_the_official_schema_and_has_the_keys_of_real_answers(
    org: World, path: str, template: str, keys: set[str]
) -> None:
    answer = await org.get(path.format(**names(org)))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert complaints(template, "GET", answer) == []
    body: Any = answer.json()
    for item in body if isinstance(body, list) else [body]:
        assert keys <= set(item)
    assert body


def test_the_org_answers_every_operation_of_the_schema() -> None:
    def shape(path: str) -> str:
        return re.sub(r"{[^}]*}", "{}", path)

    answered = {(route.method, shape(route.template)) for route in ROUTES}
    asked = {
        (method.upper(), shape(path))
        for path, operations in schema()["paths"].items()
        for method in operations
        if method in {"get", "post", "put", "delete", "patch"}
    }
    assert len(asked) > 70
    assert asked - answered == set()


@pytest.mark.parametrize("name", ["kim.park", "liam.obrien", "hana.sato", "george.wu", "sync.agent", "wade.cooper"])
async def test_every_sort_of_user_fits_the_schema(org: World, name: str) -> None:
    answer = await org.get(f"/api/v1/users/{org.id_of(name)}")
    assert complaints("/api/v1/users/{id}", "GET", answer) == []


async def test_the_factors_of_many_people_fit_the_schema() -> None:
    world = World(rate_limits="off")
    for person in list(world.org.people.from_index())[:150]:
        answer = await world.get(f"/api/v1/users/{person.id}/factors")
        assert complaints("/api/v1/users/{userId}/factors", "GET", answer) == []


async def test_the_writes_fit_the_schema() -> None:
    world = World()
    ann, bob = world.id_of("ann.lee"), world.id_of("bob.martin")
    for method, path, template in (
        ("POST", f"/api/v1/users/{ann}/lifecycle/unlock", "/api/v1/users/{id}/lifecycle/unlock"),
        ("DELETE", f"/api/v1/users/{ann}/sessions", "/api/v1/users/{userId}/sessions"),
        ("POST", f"/api/v1/users/{ann}/lifecycle/suspend", "/api/v1/users/{id}/lifecycle/suspend"),
        ("POST", f"/api/v1/users/{ann}/lifecycle/unsuspend", "/api/v1/users/{id}/lifecycle/unsuspend"),
        ("POST", f"/api/v1/users/{bob}/lifecycle/expire_password", "/api/v1/users/{id}/lifecycle/expire_password"),
        (
            "POST",
            f"/api/v1/users/{bob}/lifecycle/reset_password?sendEmail=false",
            "/api/v1/users/{id}/lifecycle/reset_password",
        ),
        ("POST", f"/api/v1/users/{bob}/lifecycle/reset_factors", "/api/v1/users/{id}/lifecycle/reset_factors"),
    ):
        answer = await world.call(method, path)
        assert answer.status_code in {200, 204}, answer.text
        assert complaints(template, method, answer) == [], path
