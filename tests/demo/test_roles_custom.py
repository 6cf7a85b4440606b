"""Custom roles, their resource sets and who is bound to them: made, changed, deleted, and what they then allow."""

# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import app, events, group, told
from tests.demo.support import BASE, World, refusal

ROLE = {"label": "Night Desk", "description": "After hours", "permissions": ["okta.users.read"]}


@pytest.fixture
def world() -> World:
    return World()


async def post(world: World, path: str, body: Any, who: str = "super") -> Any:
    answer = await world.call("POST", path, who=who, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def bind(world: World, permissions: list[str], resources: list[str], who: str = "service-norole") -> None:
    """Make the role and the resource set, and give them to a service app."""
    await post(world, "/api/v1/iam/roles", {**ROLE, "permissions": permissions})
    await post(world, "/api/v1/iam/resource-sets", {"label": "Set", "description": "Some", "resources": resources})
    client = f"{BASE}/oauth2/v1/clients/{world.org.principal(who).identity}"
    await post(world, "/api/v1/iam/resource-sets/Set/bindings", {"role": "Night Desk", "members": [client]})


@pytest.mark.parametrize(("who", "actor"), [("super", "User"), ("service-admin", "PublicClientAppEntity")])
async def test_a_custom_role_s_whole_life(world: World, who: str, actor: str) -> None:
    made = await post(world, "/api/v1/iam/roles", ROLE, who)
    path = f"/api/v1/iam/roles/{made['id']}"
    assert made["id"].startswith("cr0")
    assert await world.json(path, who=who) == await world.json("/api/v1/iam/roles/Night Desk", who=who) == made
    assert made in (await world.json("/api/v1/iam/roles", who=who))["roles"]
    changed = await world.call("PUT", path, who=who, json={"label": "Early Desk", "description": "Before hours"})
    assert (changed.status_code, changed.json()["label"]) == (200, "Early Desk")
    added = await world.call("POST", f"{path}/permissions/okta.groups.read", who=who)
    assert (added.status_code, added.content) == (204, b"")
    shown = await world.json(f"{path}/permissions", who=who)
    assert [one["label"] for one in shown["permissions"]] == ["okta.users.read", "okta.groups.read"]
    assert (await world.json(f"{path}/permissions/okta.groups.read", who=who))["conditions"] is None
    assert (await world.call("DELETE", f"{path}/permissions/okta.groups.read", who=who)).status_code == 204
    last = await world.call("DELETE", f"{path}/permissions/okta.users.read", who=who)
    assert refusal(last) == (400, "E0000001")
    assert refusal(await world.get(f"{path}/permissions/okta.groups.read", who=who)) == (404, "E0000007")
    assert (await world.call("DELETE", path, who=who)).status_code == 204
    assert refusal(await world.get(path, who=who)) == (404, "E0000007")
    steps = ("create", "update", "permissions.add", "permissions.delete", "delete")
    found = await events(world, *(f"iam.role.{step}" for step in steps))
    assert [told(one)[:2] for one in found] == [(f"iam.role.{step}", actor) for step in steps]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**ROLE, "label": ""},
        {**ROLE, "label": "Desk"},
        {**ROLE, "permissions": []},
        {**ROLE, "permissions": ["okta.everything"]},
        {"label": "X", "permissions": ["okta.users.read"]},
    ],
)
async def test_a_custom_role_with_a_fault_is_not_made(world: World, body: Any) -> None:
    before = await world.json("/api/v1/iam/roles")
    assert refusal(await world.call("POST", "/api/v1/iam/roles", json=body)) == (400, "E0000001")
    assert await world.json("/api/v1/iam/roles") == before


async def test_only_super_admins_with_the_scope_change_custom_roles(world: World) -> None:
    for path in ("/api/v1/iam/roles", "/api/v1/iam/resource-sets"):
        for who in ("org", "helpdesk", "nobody"):
            assert refusal(await world.call("POST", path, who=who, json=ROLE)) == (403, "E0000006")
        scopeless = await world.call("POST", path, who="service", json=ROLE)
        assert (scopeless.status_code, scopeless.content) == (403, b"")


@pytest.mark.parametrize(("who", "actor"), [("super", "User"), ("service-admin", "PublicClientAppEntity")])
async def test_a_resource_set_s_whole_life(world: World, who: str, actor: str) -> None:
    sales, figma, org = group(world, "Sales"), app(world, "Figma"), world.org.org_id
    body = {
        "label": "Sales people",
        "description": "Sales and Figma",
        "resources": [f"{BASE}/api/v1/groups/{sales}", f"orn:okta:directory:{org}:groups:{sales}:contained_resources"],
    }
    made = await post(world, "/api/v1/iam/resource-sets", body, who)
    path = f"/api/v1/iam/resource-sets/{made['id']}"
    additions = [f"{BASE}/api/v1/apps/{figma}", f"orn:okta:idp:{org}:apps:zoomus", "/api/v1/users"]
    patched = await world.call("PATCH", f"{path}/resources", who=who, json={"additions": additions})
    assert (patched.status_code, patched.json()["id"]) == (200, made["id"])
    found = (await world.json(f"{path}/resources", who=who))["resources"]
    assert [one["orn"] for one in found] == [
        f"orn:okta:directory:{org}:groups:{sales}",
        f"orn:okta:directory:{org}:groups:{sales}:contained_resources",
        f"orn:okta:idp:{org}:apps:figma:{figma}",
        f"orn:okta:idp:{org}:apps:zoomus",
        f"orn:okta:directory:{org}:users",
    ]
    one = f"{path}/resources/{found[0]['id']}"
    assert await world.json(one, who=who) == found[0]
    assert (await world.call("DELETE", one, who=who)).status_code == 204
    assert refusal(await world.get(one, who=who)) == (404, "E0000007")
    changed = await world.call("PUT", path, who=who, json={"label": "Others", "description": "d"})
    assert changed.json()["label"] == "Others"
    assert (await world.call("DELETE", path, who=who)).status_code == 204
    assert refusal(await world.get(path, who=who)) == (404, "E0000007")
    steps = ("create", "resources.add", "resources.delete", "update", "delete")
    seen = await events(world, *(f"iam.resourceset.{step}" for step in steps))
    assert [told(event)[:2] for event in seen] == [(f"iam.resourceset.{step}", actor) for step in steps]


@pytest.mark.parametrize(
    "resource",
    [
        "/api/v1/policies",
        "orn:okta:directory:00oOTHER:users",
        "/api/v1/groups/00gNOPE",
        "nonsense",
        "/api/v1/apps/0oaNOPE",
    ],
)
async def test_what_is_no_resource_of_this_org_makes_no_set(world: World, resource: str) -> None:
    body = {"label": "X", "description": "x", "resources": [resource]}
    assert refusal(await world.call("POST", "/api/v1/iam/resource-sets", json=body)) == (400, "E0000001")
    assert refusal(await world.get("/api/v1/iam/resource-sets/X")) == (404, "E0000007")


async def test_members_of_a_binding_come_and_go_with_their_rights(world: World) -> None:
    bob = world.id_of("bob.martin")
    await bind(world, ["okta.users.read"], ["/api/v1/users"])
    assert (await world.get("/api/v1/users", who="service-norole")).is_success
    members = "/api/v1/iam/resource-sets/Set/bindings/Night Desk/members"
    assert refusal(await world.get("/api/v1/users", who="nobody")) == (403, "E0000006")
    added = await world.call("PATCH", members, json={"additions": [f"{BASE}/api/v1/users/{bob}"]})
    assert added.status_code == 200
    assert (await world.get("/api/v1/users", who="nobody")).is_success
    (shown,) = await world.json(f"/api/v1/users/{bob}/roles")
    assert (shown["type"], shown["label"], shown["assignmentType"]) == ("CUSTOM", "Night Desk", "USER")
    listed = (await world.json(members))["members"]
    assert shown["id"] in {one["id"] for one in listed}
    assert await world.json(f"{members}/{shown['id']}") in listed
    assert (await world.call("DELETE", f"{members}/{shown['id']}")).status_code == 204
    assert refusal(await world.get("/api/v1/users", who="nobody")) == (403, "E0000006")
    assert (await world.call("DELETE", "/api/v1/iam/resource-sets/Set/bindings/Night Desk")).status_code == 204
    assert refusal(await world.get("/api/v1/users", who="service-norole")) == (403, "E0000006")
    assert (await world.json("/api/v1/iam/resource-sets/Set/bindings"))["roles"] == []
    found = await events(world, "iam.resourceset.bindings.add", "iam.resourceset.bindings.delete")
    assert [(event["eventType"].rsplit(".", 1)[1], told(event)[2][0]) for event in found] == [
        ("add", "Keydesk Without Roles"),
        ("add", "Bob Martin"),
        ("delete", "Bob Martin"),
        ("delete", "Keydesk Without Roles"),
    ]


async def test_deleting_the_role_or_the_set_ends_what_it_allowed(world: World) -> None:
    for path in ("/api/v1/iam/roles/Night Desk", "/api/v1/iam/resource-sets/Set"):
        await bind(world, ["okta.users.read"], ["/api/v1/users"])
        assert (await world.get("/api/v1/users", who="service-norole")).is_success
        assert (await world.call("DELETE", path)).status_code == 204
        assert refusal(await world.get("/api/v1/users", who="service-norole")) == (403, "E0000006")
        for rest in ("/api/v1/iam/roles/Night Desk", "/api/v1/iam/resource-sets/Set"):
            await world.call("DELETE", rest)


async def test_a_custom_role_can_be_assigned_like_a_standard_one(world: World) -> None:
    path = f"/api/v1/users/{world.id_of('bob.martin')}/roles"
    body = {"type": "CUSTOM", "role": "Desk", "resource-set": "Support and Sales"}
    made = await world.call("POST", path, json=body)
    assert (made.status_code, made.json()["label"]) == (201, "Desk")
    assert refusal(await world.call("POST", path, json=body)) == (409, "E0000090")
    assert (await world.get("/api/v1/users/ann.lee", who="nobody")).is_success
    assert refusal(await world.get("/api/v1/users/dev.patel", who="nobody")) == (403, "E0000006")


async def test_groups_and_their_members_are_different_resources(world: World) -> None:
    sales, ann = group(world, "Sales"), world.id_of("ann.lee")
    await bind(world, ["okta.users.read", "okta.groups.read"], [f"/api/v1/groups/{sales}"])
    assert (await world.get(f"/api/v1/groups/{sales}", who="service-norole")).is_success
    assert refusal(await world.get(f"/api/v1/users/{ann}", who="service-norole")) == (403, "E0000006")
    assert refusal(await world.get(f"/api/v1/groups/{group(world, 'IT')}", who="service-norole")) == (403, "E0000006")
    added = {"additions": [f"/api/v1/groups/{sales}/users"]}
    assert (await world.call("PATCH", "/api/v1/iam/resource-sets/Set/resources", json=added)).status_code == 200
    assert (await world.get(f"/api/v1/users/{ann}", who="service-norole")).is_success
    assert refusal(await world.get("/api/v1/users/dev.patel", who="service-norole")) == (403, "E0000006")


async def test_assigning_an_app_takes_the_app_and_the_person(world: World) -> None:
    ann, dev = world.id_of("ann.lee"), world.id_of("dev.patel")
    figma, slack = (f"/api/v1/apps/{app(world, label)}" for label in ("Figma", "Slack"))
    needed = ["okta.apps.read", "okta.apps.assignment.manage"]
    await bind(world, needed, [figma, f"/api/v1/groups/{group(world, 'Sales')}/users"])

    async def give(path: str, person: str) -> int:
        answer = await world.call("POST", f"{path}/users", who="service-norole", json={"id": person})
        return answer.status_code

    assert await give(figma, ann) == 403
    added = await world.call("POST", "/api/v1/iam/roles/Night Desk/permissions/okta.users.appAssignment.manage")
    assert added.status_code == 204
    assert await give(figma, ann) == 200
    assert await give(figma, dev) == 403
    assert await give(slack, ann) == 403
    assert refusal(await world.get(slack, who="service-norole")) == (403, "E0000006")
    remote = group(world, "Remote Workers")
    assert refusal(await world.call("PUT", f"{figma}/groups/{remote}", who="service-norole")) == (403, "E0000006")


async def test_a_wide_permission_holds_the_smaller_ones(world: World) -> None:
    await bind(world, ["okta.users.manage"], ["/api/v1/users"])
    unlocked = await world.call("POST", "/api/v1/users/ann.lee/lifecycle/unlock", who="service-norole")
    assert unlocked.status_code == 200
    suspended = await world.call("POST", "/api/v1/users/ann.lee/lifecycle/suspend", who="service-norole")
    assert suspended.status_code == 200
