from __future__ import annotations

import pytest

from tests.demo.software import LONG, app, assignment, events, group, members, told
from tests.demo.support import World, complaints, needs_schema, refusal

GROUPS = "/api/v1/apps/{appId}/groups/{groupId}"


@pytest.fixture
def world() -> World:
    return World()


def path(world: World, label: str, name: str) -> str:
    return f"/api/v1/apps/{app(world, label)}/groups/{group(world, name)}"


@needs_schema
async def test_an_app_given_to_a_group_reaches_its_members_a_moment_later(world: World) -> None:
    bob, legal = world.id_of("bob.martin"), path(world, "Warehouse Board", "Engineering")
    answer = await world.call("PUT", legal, json={"priority": 3, "profile": {"role": "Reader"}})
    assert answer.status_code == 200
    assert complaints(GROUPS, "PUT", answer) == []
    found = answer.json()
    assert (found["id"], found["priority"], found["profile"]) == (
        group(world, "Engineering"),
        3,
        {"role": "Reader"},
    )
    assert await world.json(legal) == found
    assert await assignment(world, "Warehouse Board", bob) is None
    world.clock.at += 2
    assert await assignment(world, "Warehouse Board", bob) == ("GROUP", "ACTIVE", "DISABLED")
    board = await world.json(f"/api/v1/apps/{app(world, 'Warehouse Board')}/users/{bob}")
    assert board["profile"] == {"role": "Reader"}
    listed = {known["id"] for known in await world.json(f"/api/v1/groups/{group(world, 'Engineering')}/apps")}
    assert app(world, "Warehouse Board") in listed


async def test_everybody_in_the_group_is_told_of_in_the_log(world: World) -> None:
    engineers = await members(world, group(world, "Engineering"))
    await world.call("PUT", path(world, "Miro", "Engineering"), who="app")
    (given,) = await events(world, "group.application_assignment.add")
    assert told(given) == ("group.application_assignment.add", "User", ["Engineering", "Miro"])
    added = await events(world, "application.user_membership.add")
    assert {event["actor"]["type"] for event in added} == {"SystemPrincipal"}
    reached = {event["target"][2]["id"] for event in added}
    assert reached
    assert reached <= engineers
    assert reached == {user["id"] for user in await world.pages(f"/api/v1/apps/{app(world, 'Miro')}/users?limit=500")}


async def test_the_body_is_optional_and_the_same_call_again_changes_nothing(world: World) -> None:
    answers = [await world.call("PUT", path(world, "Miro", "Notion")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["priority"] == 0
    assert len(await world.json(f"/api/v1/apps/{app(world, 'Miro')}/groups")) == 1
    changed = await world.call("PUT", path(world, "Miro", "Notion"), json={"profile": {"role": "Editor"}})
    assert changed.json()["profile"] == {"role": "Editor"}
    kinds = ("group.application_assignment.add", "group.application_assignment.update")
    assert [told(event)[0] for event in await events(world, *kinds)] == list(kinds)


async def test_taken_from_a_group_the_members_lose_it_a_moment_later(world: World) -> None:
    bob, github = world.id_of("bob.martin"), path(world, "GitHub", "GitHub Developers")
    await world.call("PUT", f"/api/v1/groups/{group(world, 'GitHub Developers')}/users/{bob}")
    world.clock.at += 2
    assert await assignment(world, "GitHub", bob) == ("GROUP", "ACTIVE", "DISABLED")
    answer = await world.call("DELETE", github)
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(await world.get(github)) == (404, "E0000007")
    assert await assignment(world, "GitHub", bob) == ("GROUP", "ACTIVE", "DISABLED")
    world.clock.at += 2
    assert await assignment(world, "GitHub", bob) is None
    assert refusal(await world.call("DELETE", github)) == (404, "E0000007")
    (taken,) = await events(world, "group.application_assignment.remove")
    assert taken["actor"]["alternateId"] == "maria.silva@acme.example"
    lost = {event["target"][2]["id"] for event in await events(world, "application.user_membership.remove")}
    assert bob in lost


async def test_who_has_it_through_another_group_or_directly_keeps_it(world: World) -> None:
    bob, zoe = world.id_of("bob.martin"), world.id_of("zoe.martin")
    agents = "Jira Service Management"
    await world.call("PUT", path(world, agents, "Engineering"))
    await world.call("PUT", path(world, agents, "Notion"))
    await world.call("PUT", f"/api/v1/groups/{group(world, 'Notion')}/users/{bob}")
    await world.call("PUT", f"/api/v1/groups/{group(world, 'Notion')}/users/{zoe}")
    await world.call("POST", f"/api/v1/apps/{app(world, agents)}/users", json={"id": zoe, "scope": "USER"})
    world.clock.at += 5
    await world.call("DELETE", path(world, agents, "Notion"))
    world.clock.at += 5
    assert await assignment(world, agents, bob) == ("GROUP", "ACTIVE", "DISABLED")
    assert await assignment(world, agents, zoe) == ("USER", "ACTIVE", "DISABLED")
    lost = {event["target"][2]["id"] for event in await events(world, "application.user_membership.remove")}
    assert not lost & {bob, zoe}


async def test_membership_brings_an_app_and_its_end_takes_it(world: World) -> None:
    bob, travellers = world.id_of("bob.martin"), group(world, "Concur Travellers")
    member = f"/api/v1/groups/{travellers}/users/{bob}"
    assert (await world.call("PUT", member, who="group-membership")).status_code == 204
    assert await assignment(world, "SAP Concur", bob) is None
    world.clock.at += 2
    assert await assignment(world, "SAP Concur", bob) == ("GROUP", "STAGED", "SYNCING")
    world.clock.at += LONG
    assert await assignment(world, "SAP Concur", bob) == ("GROUP", "PROVISIONED", "SYNCHRONIZED")
    assert (await world.call("DELETE", member, who="group-membership")).status_code == 204
    assert await assignment(world, "SAP Concur", bob) == ("GROUP", "PROVISIONED", "SYNCHRONIZED")
    world.clock.at += 2
    assert await assignment(world, "SAP Concur", bob) is None
    world.clock.at += 20
    found = await events(world, *(f"application.user_membership.{name}" for name in ("add", "remove", "deprovision")))
    assert [told(event)[:2] for event in found] == [
        ("application.user_membership.add", "SystemPrincipal"),
        ("application.user_membership.remove", "SystemPrincipal"),
        ("application.user_membership.deprovision", "SystemPrincipal"),
    ]


async def test_in_and_out_within_a_moment_brings_nothing(world: World) -> None:
    bob, travellers = world.id_of("bob.martin"), group(world, "Concur Travellers")
    member = f"/api/v1/groups/{travellers}/users/{bob}"
    await world.call("PUT", member)
    await world.call("DELETE", member)
    world.clock.at += 30
    assert await assignment(world, "SAP Concur", bob) is None
    assert await events(world, "application.user_membership.add", "application.user_membership.remove") == []


async def test_out_and_in_within_a_moment_costs_nothing(world: World) -> None:
    bob, travellers = world.id_of("bob.martin"), group(world, "Concur Travellers")
    member = f"/api/v1/groups/{travellers}/users/{bob}"
    await world.call("PUT", member)
    world.clock.at += LONG
    await world.call("DELETE", member)
    await world.call("PUT", member)
    world.clock.at += 30
    assert await assignment(world, "SAP Concur", bob) == ("GROUP", "PROVISIONED", "SYNCHRONIZED")
    assert await events(world, "application.user_membership.remove") == []


async def test_who_has_the_app_through_one_group_does_not_lose_it_for_a_moment_in_another(world: World) -> None:
    bob = world.id_of("bob.martin")
    await world.call("PUT", path(world, "Miro", "Notion"))
    await world.call("PUT", path(world, "Miro", "Beta Testers"))
    await world.call("PUT", f"/api/v1/groups/{group(world, 'Notion')}/users/{bob}")
    world.clock.at += 60
    for name in ("Beta Testers", "Concur Travellers"):
        await world.call("PUT", f"/api/v1/groups/{group(world, name)}/users/{bob}")
        assert await assignment(world, "Miro", bob) == ("GROUP", "PROVISIONED", "SYNCHRONIZED")


@pytest.mark.parametrize(
    ("body", "code"), [({"priority": -1}, "E0000001"), ({"priority": "high"}, "E0000001"), ({"profile": 3}, "E0000001")]
)
async def test_bad_bodies_are_refused(world: World, body: dict[str, object], code: str) -> None:
    refused = await world.call("PUT", path(world, "Miro", "Notion"), json=body)
    assert refusal(refused) == (400, code)
    assert await world.json(f"/api/v1/apps/{app(world, 'Miro')}/groups") == []


async def test_unknown_ids_inactive_apps_and_missing_roles_are_refused(world: World) -> None:
    miro, notion = app(world, "Miro"), group(world, "Notion")
    for unknown in (f"/api/v1/apps/0oaNOPE/groups/{notion}", f"/api/v1/apps/{miro}/groups/00gNOPE"):
        assert refusal(await world.call("PUT", unknown)) == (404, "E0000007")
        assert refusal(await world.call("DELETE", unknown)) == (404, "E0000007")
    assert refusal(await world.call("PUT", path(world, "Basecamp (retired)", "Notion"))) == (400, "E0000001")
    for who in ("org", "group", "helpdesk", "readonly", "group-membership"):
        assert refusal(await world.call("PUT", path(world, "Miro", "Notion"), who=who)) == (403, "E0000006")
        assert refusal(await world.call("DELETE", path(world, "GitHub", "GitHub Developers"), who=who)) == (
            403,
            "E0000006",
        )
    unscoped = await world.call("PUT", path(world, "Miro", "Notion"), who="service-helpdesk")
    assert (unscoped.status_code, unscoped.content) == (403, b"")


async def test_a_custom_role_gives_apps_to_its_own_groups_only(world: World) -> None:
    assert (await world.call("PUT", path(world, "Miro", "Sales"), who="keydesk-custom")).status_code == 200
    refused = await world.call("PUT", path(world, "Miro", "Notion"), who="keydesk-custom")
    assert refusal(refused) == (403, "E0000006")
    (event,) = await events(world, "group.application_assignment.add")
    assert event["actor"]["type"] == "PublicClientAppEntity"


async def test_assignments_embed_whom_they_are_of(world: World) -> None:
    bob, slack = world.id_of("bob.martin"), app(world, "Slack")
    found = await world.json(f"/api/v1/apps/{slack}/users/{bob}?expand=user")
    assert found["_embedded"]["user"]["profile"]["login"] == "bob.martin@acme.example"
    (given,) = await world.json(f"/api/v1/apps/{slack}/groups?expand=group")
    assert given["_embedded"]["group"]["profile"]["name"] == "Everyone"
    assert await world.json(f"/api/v1/apps/{slack}/groups?q=sal") == []


async def test_the_world_has_software_of_every_kind(world: World) -> None:
    apps = await world.pages("/api/v1/apps?limit=200")
    kinds: dict[str, set[str]] = {}
    for known in apps:
        groups = await world.json(f"/api/v1/apps/{known['id']}/groups?expand=group")
        kinds[known["label"]] = {given["_embedded"]["group"]["type"] for given in groups}
    assert kinds["Warehouse Board"] == {"APP_GROUP"}
    assert kinds["Box"] == set()
    assert kinds["Jira"] == kinds["Jira Service Management"] == {"OKTA_GROUP"}
    assert {known["label"] for known in apps if known["status"] == "INACTIVE"} == {"Basecamp (retired)"}
    assert any(known["visibility"]["hide"]["web"] for known in apps)
    assert "Notion" not in kinds
    assert group(world, "Notion")
    ruled = {
        one
        for rule in await world.json("/api/v1/groups/rules")
        for one in rule["actions"]["assignUserToGroups"]["groupIds"]
    }
    assert group(world, "Zürich Office") in ruled
    parking = await world.pages(f"/api/v1/apps/{app(world, 'Zürich Parking')}/users?limit=500")
    assert {user["scope"] for user in parking} == {"GROUP"}
    zoom = await world.pages(f"/api/v1/apps/{app(world, 'Zoom')}/users?limit=500")
    assert {user["scope"] for user in zoom} == {"GROUP", "USER"}
    for label in ("Warehouse Board", "Jira Service Management"):
        assert await world.pages(f"/api/v1/apps/{app(world, label)}/users?limit=500"), label


async def test_given_to_a_group_and_taken_within_a_moment_it_reaches_nobody(world: World) -> None:
    await world.call("PUT", path(world, "Miro", "Engineering"))
    assert (await world.call("DELETE", path(world, "Miro", "Engineering"))).status_code == 204
    world.clock.at += 30
    assert await world.pages(f"/api/v1/apps/{app(world, 'Miro')}/users?limit=500") == []
    assert await events(world, "application.user_membership.add", "application.user_membership.remove") == []


async def test_who_was_put_into_a_group_by_hand_loses_its_app_when_deactivated(world: World) -> None:
    bob = world.id_of("bob.martin")
    await world.call("PUT", f"/api/v1/groups/{group(world, 'Concur Travellers')}/users/{bob}")
    world.clock.at += LONG
    await world.call("POST", f"/api/v1/users/{bob}/lifecycle/deactivate")
    gone = {told(event)[2][1] for event in await events(world, "application.user_membership.remove")}
    assert "SAP Concur" in gone
    assert await assignment(world, "SAP Concur", bob) is None
