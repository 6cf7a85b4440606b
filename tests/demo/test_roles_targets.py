"""Roles limited to groups and apps: the limits themselves, and what lies within them."""

from __future__ import annotations

import pytest

from tests.demo.software import app, events, group, told
from tests.demo.support import World, complaints, needs_schema, refusal

HELP, MEMBERS, APPS = "JBCUYUC7IRCVGS27IFCE2SKO", "I5JE6VKQL5GUKTKCIVJFGSCJKBPUCRCNJFHA", "IFIFAX2BIRGUSTQ"
TARGETS = "/api/v1/users/{userId}/roles/{roleIdOrEncodedRoleId}/targets"


@pytest.fixture
def world() -> World:
    return World()


def holders(world: World) -> tuple[str, ...]:
    return (
        f"/api/v1/users/{world.id_of('bob.martin')}",
        f"/api/v1/groups/{group(world, 'MFA Exempt')}",
        f"/oauth2/v1/clients/{world.org.principal('service-norole').identity}",
    )


@pytest.mark.parametrize("number", [0, 1, 2])
async def test_groups_as_limits_of_every_kind_of_holder(world: World, number: int) -> None:
    path = holders(world)[number]
    assert (await world.call("POST", f"{path}/roles", json={"type": "HELP_DESK_ADMIN"})).is_success
    targets = f"{path}/roles/{HELP}/targets/groups"
    sales, support = group(world, "Sales"), group(world, "Support")
    assert await world.json(targets) == []
    for identifier in (sales, support, sales):
        put = await world.call("PUT", f"{targets}/{identifier}")
        assert (put.status_code, put.content) == (204, b"")
    assert [found["id"] for found in await world.json(targets)] == [sales, support]
    assert [found["id"] for found in await world.pages(f"{targets}?limit=1")] == [sales, support]
    assert (await world.call("DELETE", f"{targets}/{sales}")).status_code == 204
    assert refusal(await world.call("DELETE", f"{targets}/{sales}")) == (404, "E0000007")
    last = await world.call("DELETE", f"{targets}/{support}")
    assert refusal(last) == (400, "E0000001")
    assert "last target" in last.json()["errorCauses"][0]["errorSummary"]
    assert [found["id"] for found in await world.json(targets)] == [support]
    assert refusal(await world.call("PUT", f"{targets}/00gNOPE")) == (404, "E0000007")
    assert refusal(await world.call("PUT", f"{path}/roles/{APPS}/targets/groups/{sales}")) == (404, "E0000007")
    assert refusal(await world.call("PUT", f"{targets}/{sales}", who="org")) == (403, "E0000006")
    scopeless = await world.call("PUT", f"{targets}/{sales}", who="service")
    assert (scopeless.status_code, scopeless.content) == (403, b"")


@pytest.mark.parametrize("number", [0, 1, 2])
async def test_apps_as_limits_of_every_kind_of_holder(world: World, number: int) -> None:
    path = holders(world)[number]
    assert (await world.call("POST", f"{path}/roles", json={"type": "APP_ADMIN"})).is_success
    targets, zoom = f"{path}/roles/{APPS}/targets/catalog/apps", app(world, "Zoom")
    assert (await world.call("PUT", f"{targets}/figma")).status_code == 204
    assert (await world.call("PUT", f"{targets}/zoomus/{zoom}")).status_code == 204
    found = await world.json(targets)
    assert [(one["name"], one.get("id")) for one in found] == [("figma", None), ("zoomus", zoom)]
    assert (await world.call("DELETE", f"{targets}/figma")).status_code == 204
    assert refusal(await world.call("DELETE", f"{targets}/zoomus/{zoom}")) == (400, "E0000001")
    for wrong in ("nope", "figma/0oaNOPE", f"figma/{zoom}"):
        assert refusal(await world.call("PUT", f"{targets}/{wrong}")) == (404, "E0000007")
    groups = f"{path}/roles/{APPS}/targets/groups/{group(world, 'Sales')}"
    assert refusal(await world.call("PUT", groups)) == (400, "E0000091")


async def test_a_person_s_app_admin_can_be_given_all_apps_again(world: World) -> None:
    viktor = world.id_of("viktor.kovacs")
    targets = f"/api/v1/users/{viktor}/roles/{APPS}/targets/catalog/apps"
    assert len(await world.json(targets)) == 2
    assert (await world.call("PUT", targets)).status_code == 204
    assert await world.json(targets) == []
    assert (await world.get(f"/api/v1/apps/{app(world, 'Slack')}", who="app-scoped")).is_success


@needs_schema
async def test_all_targets_of_a_role_by_their_resource_names(world: World) -> None:
    pia, viktor, org = world.id_of("pia.jensen"), world.id_of("viktor.kovacs"), world.org.org_id
    answer = await world.get(f"/api/v1/users/{pia}/roles/{HELP}/targets")
    assert complaints(TARGETS, "GET", answer) == []
    assert [found["orn"] for found in answer.json()] == [
        f"orn:okta:directory:{org}:groups:{group(world, name)}" for name in ("Support", "Sales")
    ]
    assert {found["assignmentType"] for found in answer.json()} == {"USER"}
    assert await world.json(f"/api/v1/users/{pia}/roles/{HELP}/targets?assignmentType=GROUP") == []
    apps = await world.json(f"/api/v1/users/{viktor}/roles/{APPS}/targets")
    assert [found["orn"] for found in apps] == [f"orn:okta:idp:{org}:apps:{name}" for name in ("figma", "zoomus")]
    catalogue = await world.get(f"/api/v1/users/{viktor}/roles/{APPS}/targets/catalog/apps")
    template = "/api/v1/users/{userId}/roles/{roleAssignmentId}/targets/catalog/apps"
    assert complaints(template, "GET", catalogue) == []


async def test_the_list_of_roles_shows_their_targets_when_asked(world: World) -> None:
    pia, viktor = f"/api/v1/users/{world.id_of('pia.jensen')}", f"/api/v1/users/{world.id_of('viktor.kovacs')}"
    (plain,) = await world.json(f"{pia}/roles")
    assert "_embedded" not in plain
    (shown,) = await world.json(f"{pia}/roles?expand=targets/groups")
    groups = shown["_embedded"]["targets"]["groups"]
    assert [found["profile"]["name"] for found in groups] == ["Support", "Sales"]
    (shown,) = await world.json(f"{viktor}/roles?expand=targets/catalog/apps")
    assert [found["name"] for found in shown["_embedded"]["targets"]["catalog"]["apps"]] == ["figma", "zoomus"]


async def test_a_new_limit_narrows_at_once_and_writes_its_event(world: World) -> None:
    nina, bob = world.id_of("nina.rossi"), world.id_of("bob.martin")
    path = f"/api/v1/users/{bob}/lifecycle/reset_factors"
    assert (await world.call("POST", path, who="helpdesk")).status_code == 200
    put = f"/api/v1/users/{nina}/roles/{HELP}/targets/groups/{group(world, 'Sales')}"
    assert (await world.call("PUT", put, who="service-admin")).status_code == 204
    assert refusal(await world.call("POST", path, who="helpdesk")) == (403, "E0000006")
    assert (await world.call("POST", "/api/v1/users/ann.lee/lifecycle/unlock", who="helpdesk")).status_code == 200
    found = await events(world, "user.account.privilege.grant")
    assert told(found[-1]) == ("user.account.privilege.grant", "PublicClientAppEntity", ["Nina Rossi"])


@pytest.mark.parametrize("who", ["group-membership-scoped", "service-group-membership"])
async def test_a_group_membership_admin_of_some_groups_changes_only_those(world: World, who: str) -> None:
    bob = world.id_of("bob.martin")
    names = {found["profile"]["name"] for found in await world.json("/api/v1/groups", who=who)}
    assert names == {"Figma Editors", "Jira Users"}
    for name, expected in (("Figma Editors", 204), ("Jira Users", 204)):
        put = await world.call("PUT", f"/api/v1/groups/{group(world, name)}/users/{bob}", who=who)
        assert put.status_code == expected
    other = await world.call("PUT", f"/api/v1/groups/{group(world, 'Zoom Licensed')}/users/{bob}", who=who)
    assert refusal(other) == (403, "E0000006")
    assert refusal(await world.get(f"/api/v1/groups/{group(world, 'Sales')}", who=who)) == (403, "E0000006")


async def test_a_role_whose_groups_are_gone_reaches_nobody(world: World) -> None:
    for name in ("Figma Editors", "Jira Users"):
        assert (await world.call("DELETE", f"/api/v1/groups/{group(world, name)}")).status_code == 204
    assert await world.json("/api/v1/users", who="group-membership-scoped") == []
    assert await world.json("/api/v1/groups", who="group-membership-scoped") == []


@pytest.mark.parametrize("who", ["app-scoped", "service-app-scoped"])
async def test_an_app_admin_of_two_apps_reads_and_assigns_only_those(world: World, who: str) -> None:
    bob, remote = world.id_of("bob.martin"), group(world, "Remote Workers")
    for label, expected in (("Figma", True), ("Zoom", True), ("Slack", False)):
        path = f"/api/v1/apps/{app(world, label)}"
        for method, rest, body in (
            ("GET", "", None),
            ("GET", "/users?limit=1", None),
            ("POST", "/users", {"id": bob}),
            ("PUT", f"/groups/{remote}", None),
            ("DELETE", f"/groups/{remote}", None),
        ):
            answer = await world.call(method, path + rest, who=who, json=body)
            assert answer.is_success is expected, (label, method, rest, answer.text)
            if not expected:
                assert refusal(answer) == (403, "E0000006")
    assert refusal(await world.get("/api/v1/apps/0oaNOPE", who=who)) == (404, "E0000007")


async def test_an_unlimited_reader_with_a_limited_admin_role_reads_all_and_assigns_two(world: World) -> None:
    bob, viktor = world.id_of("bob.martin"), world.id_of("viktor.kovacs")
    reader = await world.call("POST", f"/api/v1/users/{viktor}/roles", json={"type": "READ_ONLY_ADMIN"})
    assert reader.status_code == 201
    slack = f"/api/v1/apps/{app(world, 'Slack')}"
    assert (await world.get(slack, who="app-scoped")).is_success
    refused = await world.call("POST", f"{slack}/users", who="app-scoped", json={"id": bob})
    assert refusal(refused) == (403, "E0000006")


async def test_the_manage_scope_without_a_role_does_nothing(world: World) -> None:
    unlock = await world.call("POST", "/api/v1/users/ann.lee/lifecycle/unlock", who="service-users-norole")
    assert refusal(unlock) == (403, "E0000006")
    groups = await world.get("/api/v1/groups", who="service-users-norole")
    assert (groups.status_code, groups.content) == (403, b"")
