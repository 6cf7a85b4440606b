# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import assignment, events, group, members, told
from tests.demo.support import World, refusal
from tests.each import each

NEW = {"profile": {"name": "Choir", "description": "Sings on Thursdays", "costCentre": "C-7"}}


@pytest.fixture
def world() -> World:
    return World()


async def create(world: World, body: dict[str, Any] | None = None, who: str = "super") -> Any:
    answer = await world.call("POST", "/api/v1/groups", who=who, json=body or NEW)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_group_s_whole_life(world: World) -> None:
    made, ann = await create(world), world.id_of("ann.lee")
    path = f"/api/v1/groups/{made['id']}"
    assert (made["type"], made["objectClass"], made["profile"]) == ("OKTA_GROUP", ["okta:user_group"], NEW["profile"])
    assert await world.json(path) == made
    for found in (
        await world.json("/api/v1/groups?q=choi"),
        await world.json("/api/v1/groups", params={"search": 'profile.name eq "choir"'}),
        await world.json("/api/v1/groups", params={"search": 'profile.costCentre eq "C-7"'}),
        await world.json("/api/v1/groups", params={"filter": f'id eq "{made["id"]}"'}),
    ):
        assert [one["id"] for one in found] == [made["id"]]
    assert made["id"] in {one["id"] for one in await world.pages("/api/v1/groups?limit=7")}
    assert await members(world, made["id"]) == set()

    world.clock.at += 10
    assert (await world.call("PUT", f"{path}/users/{ann}")).status_code == 204
    assert await members(world, made["id"]) == {ann}
    assert made["id"] in {one["id"] for one in await world.json(f"/api/v1/users/{ann}/groups")}
    shown = await world.json(f"{path}?expand=stats")
    assert shown["_embedded"]["stats"]["usersCount"] == 1
    assert shown["lastMembershipUpdated"] > made["lastMembershipUpdated"]

    changed = await world.call("PUT", path, json={"profile": {"name": "Big Choir"}})
    assert changed.status_code == 200
    assert changed.json()["profile"] == {"name": "Big Choir", "description": None}
    assert changed.json()["lastUpdated"] > made["lastUpdated"]
    assert await world.json("/api/v1/groups?q=choi") == []

    gone = await world.call("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert refusal(await world.get(path)) == (404, "E0000007")
    assert refusal(await world.call("DELETE", path)) == (404, "E0000007")
    assert refusal(await world.call("PUT", f"{path}/users/{ann}")) == (404, "E0000007")
    assert made["id"] not in {one["id"] for one in await world.json(f"/api/v1/users/{ann}/groups")}
    kinds = ("group.lifecycle.create", "group.profile.update", "group.lifecycle.delete")
    assert [told(event) for event in await events(world, *kinds)] == [
        (kinds[0], "User", ["Choir"]),
        (kinds[1], "User", ["Big Choir"]),
        (kinds[2], "User", ["Big Choir"]),
    ]
    assert (await create(world))["id"] != made["id"]


async def test_a_service_app_makes_groups_in_its_own_name(world: World) -> None:
    await create(world, who="service")
    (event,) = await events(world, "group.lifecycle.create")
    assert event["actor"]["type"] == "PublicClientAppEntity"


@each(
    ("profile", "cause"),
    [
        ({}, "name: The field cannot be left blank"),
        ({"name": "  "}, "name: The field cannot be left blank"),
        ({"name": 3}, "name: The field cannot be left blank"),
        ({"name": "Sales"}, "name: An object with this field already exists in the current organization"),
        ({"name": "x" * 256}, "name: The field must be at most 255 characters long"),
        ({"name": "x", "description": "y" * 1025}, "description: The field must be at most 1024 characters long"),
    ],
)
async def test_bad_names_are_refused_for_new_groups_and_for_old(
    world: World, profile: dict[str, Any], cause: str
) -> None:
    for method, path in (("POST", "/api/v1/groups"), ("PUT", f"/api/v1/groups/{group(world, 'Notion')}")):
        refused = await world.call(method, path, json={"profile": profile})
        assert refusal(refused) == (400, "E0000001")
        assert refused.json()["errorCauses"] == [{"errorSummary": cause}]
    assert refusal(await world.call("POST", "/api/v1/groups", content=b"")) == (400, "E0000003")
    assert refusal(await world.call("POST", "/api/v1/groups", json={"profile": "x"})) == (400, "E0000001")
    assert await events(world, "group.lifecycle.create", "group.profile.update") == []


async def test_a_group_may_keep_its_own_name(world: World) -> None:
    kept = await world.call(
        "PUT", f"/api/v1/groups/{group(world, 'Notion')}", json={"profile": {"name": "Notion", "description": "Notes"}}
    )
    assert kept.json()["profile"] == {"name": "Notion", "description": "Notes"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Everyone", (501, "E0000060")),
        ("Okta Administrators", (501, "E0000060")),
        ("corp.acme.example/Domain Users", (403, "E0000006")),
    ],
)
async def test_built_in_and_imported_groups_are_left_alone(world: World, name: str, expected: tuple[int, str]) -> None:
    path = f"/api/v1/groups/{group(world, name)}"
    assert refusal(await world.call("PUT", path, json=NEW)) == expected
    assert refusal(await world.call("DELETE", path)) == expected
    assert (await world.json(path))["profile"]["name"] == name


async def test_groups_with_admin_roles_are_for_super_admins(world: World) -> None:
    path = f"/api/v1/groups/{group(world, 'Service Desk Admins')}"
    body = {"profile": {"name": "Service Desk Admins", "description": "Renamed by nobody"}}
    for who in ("org", "group"):
        assert refusal(await world.call("PUT", path, who=who, json=body)) == (403, "E0000006")
        assert refusal(await world.call("DELETE", path, who=who)) == (403, "E0000006")
        member = f"{path}/users/{world.id_of('bob.martin')}"
        assert refusal(await world.call("PUT", member, who=who)) == (403, "E0000006")
    assert (await world.call("PUT", path, json=body)).status_code == 200


@pytest.mark.parametrize("who", ["helpdesk", "helpdesk-scoped", "readonly", "app", "group-membership", "nobody"])
async def test_who_may_not_change_groups(world: World, who: str) -> None:
    path = f"/api/v1/groups/{group(world, 'Sales')}"
    assert refusal(await world.call("POST", "/api/v1/groups", who=who, json=NEW)) == (403, "E0000006")
    assert refusal(await world.call("PUT", path, who=who, json=NEW)) == (403, "E0000006")
    assert refusal(await world.call("DELETE", path, who=who)) == (403, "E0000006")
    unscoped = await world.call("POST", "/api/v1/groups", who="service-readonly", json=NEW)
    assert (unscoped.status_code, unscoped.content) == (403, b"")


async def test_with_a_group_go_its_apps_and_the_rules_that_fill_it_are_invalid(world: World) -> None:
    zoe, office = world.id_of("zoe.martin"), group(world, "Concur Travellers")
    await world.call("PUT", f"/api/v1/groups/{office}/users/{zoe}")
    rule = {
        "type": "group_rule",
        "name": "Travellers",
        "conditions": {"expression": {"type": "urn:okta:expression:1.0", "value": 'user.title=="Pilot"'}},
        "actions": {"assignUserToGroups": {"groupIds": [office]}},
    }
    made = (await world.call("POST", "/api/v1/groups/rules", json=rule)).json()
    world.clock.at += 200
    assert await assignment(world, "SAP Concur", zoe) == ("GROUP", "PROVISIONED", "SYNCHRONIZED")
    await world.call("DELETE", f"/api/v1/groups/{office}")
    assert await assignment(world, "SAP Concur", zoe) is None
    shown = await world.json(f"/api/v1/groups/rules/{made['id']}")
    assert (shown["status"], shown["allGroupsValid"]) == ("INVALID", False)
    kinds = ("application.user_membership.remove", "group.user_membership.rule.invalidate")
    assert {told(event)[0] for event in await events(world, *kinds)} == set(kinds)
    for name in ("activate", "deactivate"):
        refused = await world.call("POST", f"/api/v1/groups/rules/{made['id']}/lifecycle/{name}")
        assert refusal(refused) == (400, "E0000001")
    assert (await world.call("DELETE", f"/api/v1/groups/rules/{made['id']}")).status_code == 202


async def test_a_limited_role_survives_the_new_name_of_its_group(world: World) -> None:
    await world.call("PUT", f"/api/v1/groups/{group(world, 'Sales')}", json={"profile": {"name": "Revenue"}})
    assert (await world.get("/api/v1/users/ann.lee", who="helpdesk-scoped")).status_code == 200


async def test_membership_refuses_whom_it_cannot_hold(world: World) -> None:
    notion = f"/api/v1/groups/{group(world, 'Notion')}/users"
    assert refusal(await world.call("PUT", f"{notion}/00uNOPE")) == (404, "E0000007")
    assert refusal(await world.call("PUT", f"/api/v1/groups/00gNOPE/users/{world.id_of('ann.lee')}")) == (
        404,
        "E0000007",
    )
    assert refusal(await world.call("PUT", f"{notion}/{world.id_of('george.wu')}")) == (403, "E0000038")
