from __future__ import annotations

import pytest

from tests.demo.software import LONG, app, assignment, events, group, members, told
from tests.demo.support import World, complaints, needs_schema, refusal
from tests.each import each

USERS = "/api/v1/apps/{appId}/users"


@pytest.fixture
def world() -> World:
    return World()


async def give(world: World, label: str, person: str, who: str = "super", **more: object) -> object:
    path = f"/api/v1/apps/{app(world, label)}/users"
    answer = await world.call("POST", path, who=who, json={"id": person, "scope": "USER", **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


@needs_schema
async def test_an_assignment_answers_as_okta_does_and_fits_its_schema(world: World) -> None:
    bob = world.id_of("bob.martin")
    path = f"/api/v1/apps/{app(world, 'Jira Service Management')}/users"
    body = {"id": bob, "scope": "USER", "credentials": {"userName": "bob@jira.example"}, "profile": {}}
    answer = await world.call("POST", path, json=body)
    assert answer.status_code == 200
    assert complaints(USERS, "POST", answer) == []
    found = answer.json()
    assert (found["id"], found["externalId"], found["scope"]) == (bob, None, "USER")
    assert (found["status"], found["syncState"]) == ("ACTIVE", "DISABLED")
    assert found["credentials"] == {"userName": "bob@jira.example"}
    assert (await world.json(f"{path}/{bob}")) == found
    assert bob in {user["id"] for user in await world.pages(f"{path}?limit=50")}
    assert app(world, "Jira Service Management") in {
        tile["appInstanceId"] for tile in await world.json(f"/api/v1/users/{bob}/appLinks")
    }


async def test_only_the_id_is_needed_and_assigning_again_changes_and_tells_nothing(world: World) -> None:
    bob = world.id_of("bob.martin")
    path = f"/api/v1/apps/{app(world, 'Jira Service Management')}/users"
    first = await world.call("POST", path, json={"id": bob})
    world.clock.at += 100
    again = await world.call("POST", path, json={"id": bob})
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert [told(event) for event in await events(world, "application.user_membership.add")] == [
        ("application.user_membership.add", "User", ["Bob Martin", "Jira Service Management", "Bob Martin"])
    ]
    assert await events(world, "application.user_membership.update") == []


@needs_schema
async def test_the_name_in_the_app_and_the_profile_are_changed_by_a_second_post(world: World) -> None:
    bob = world.id_of("bob.martin")
    await give(world, "Miro", bob)
    path = f"/api/v1/apps/{app(world, 'Miro')}/users/{bob}"
    named = (await world.call("POST", path, json={"credentials": {"userName": "bobby"}})).json()
    assert named["credentials"] == {"userName": "bobby"}
    world.clock.at += 1
    changed = await world.call("POST", path, json={"profile": {"role": "Editor"}})
    assert complaints(f"{USERS}/{{userId}}", "POST", changed) == []
    assert changed.json()["credentials"] == {"userName": "bobby"}
    assert (changed.json()["profile"]["role"], changed.json()["profile"]["firstName"]) == ("Editor", "Bob")
    kinds = ("application.user_membership.change_username", "application.user_membership.update")
    found = await events(world, *kinds)
    assert [event["eventType"] for event in found] == list(kinds)
    assert {event["target"][0]["alternateId"] for event in found} == {"bobby"}
    refused = await world.call("POST", path, json={"profile": {"firstName": "Robert"}})
    assert refusal(refused) == (403, "E0000075")


async def test_the_account_downstream_follows_after_some_seconds(world: World) -> None:
    bob = world.id_of("bob.martin")
    await give(world, "Miro", bob)
    assert await assignment(world, "Miro", bob) == ("USER", "STAGED", "SYNCING")
    world.clock.at += 4
    assert await assignment(world, "Miro", bob) == ("USER", "STAGED", "SYNCING")
    world.clock.at += 12
    assert await assignment(world, "Miro", bob) == ("USER", "PROVISIONED", "SYNCHRONIZED")
    found = await world.json(f"/api/v1/apps/{app(world, 'Miro')}/users/{bob}")
    assert found["externalId"]
    assert found["lastSync"] == found["statusChanged"] > found["created"]
    kinds = ("application.provision.user.push", "application.user_membership.provision")
    for event in await events(world, *kinds):
        assert event["actor"]["type"] == "SystemPrincipal"
        assert event["outcome"] == {"result": "SUCCESS", "reason": None}
        assert event["transaction"]["type"] == "JOB"


async def test_the_slow_app_takes_minutes(world: World) -> None:
    bob = world.id_of("bob.martin")
    await give(world, "SAP Concur", bob)
    world.clock.at += 60
    assert await assignment(world, "SAP Concur", bob) == ("USER", "STAGED", "SYNCING")
    world.clock.at += LONG
    assert await assignment(world, "SAP Concur", bob) == ("USER", "PROVISIONED", "SYNCHRONIZED")


async def test_provisioning_that_fails_says_why_in_the_log(world: World) -> None:
    bob = world.id_of("bob.martin")
    await give(world, "Lucidchart", bob)
    world.clock.at += 20
    assert await assignment(world, "Lucidchart", bob) == ("USER", "STAGED", "ERROR")
    (event,) = await events(world, "application.provision.user.push")
    assert event["outcome"]["result"] == "FAILURE"
    assert "No licenses left" in event["outcome"]["reason"]
    assert await events(world, "application.user_membership.provision") == []


async def test_unassigning_takes_the_app_and_then_the_account(world: World) -> None:
    bob = world.id_of("bob.martin")
    await give(world, "Miro", bob)
    world.clock.at += 30
    path = f"/api/v1/apps/{app(world, 'Miro')}/users/{bob}"
    answer = await world.call("DELETE", f"{path}?sendEmail=false")
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(await world.get(path)) == (404, "E0000007")
    assert refusal(await world.call("DELETE", path)) == (404, "E0000007")
    kinds = (
        "application.user_membership.remove",
        "application.provision.user.deactivate",
        "application.user_membership.deprovision",
    )
    assert [told(event)[:2] for event in await events(world, *kinds)] == list(
        zip(kinds, ("User", "SystemPrincipal", "SystemPrincipal"), strict=True)
    )


async def test_what_never_came_about_downstream_is_not_taken_away_there(world: World) -> None:
    bob = world.id_of("bob.martin")
    await give(world, "Miro", bob)
    await world.call("DELETE", f"/api/v1/apps/{app(world, 'Miro')}/users/{bob}")
    world.clock.at += 60
    assert await events(world, "application.provision.user.push", "application.provision.user.deactivate") == []


async def test_given_anew_it_is_provisioned_anew(world: World) -> None:
    bob = world.id_of("bob.martin")
    for _ in range(2):
        await give(world, "Miro", bob)
        assert await assignment(world, "Miro", bob) == ("USER", "STAGED", "SYNCING")
        world.clock.at += 30
        assert await assignment(world, "Miro", bob) == ("USER", "PROVISIONED", "SYNCHRONIZED")
        await world.call("DELETE", f"/api/v1/apps/{app(world, 'Miro')}/users/{bob}")
        world.clock.at += 30
    assert len(await events(world, "application.provision.user.push")) == 2


async def test_what_a_group_gives_cannot_be_taken_alone_nor_can_a_direct_assignment_beside_it(world: World) -> None:
    bob, jira = world.id_of("bob.martin"), app(world, "Jira Service Management")
    agents = group(world, "Jira Agents")
    await world.call("PUT", f"/api/v1/groups/{agents}/users/{bob}")
    world.clock.at += 2
    path = f"/api/v1/apps/{jira}/users/{bob}"
    assert (await world.json(path))["scope"] == "GROUP"
    refused = await world.call("DELETE", path)
    assert refusal(refused) == (403, "E0000046")
    assert "group memberships" in refused.json()["errorCauses"][0]["errorSummary"]
    await give(world, "Jira Service Management", bob)
    assert (await world.json(path))["scope"] == "USER"
    assert refusal(await world.call("DELETE", path)) == (403, "E0000046")
    turned = await world.call("POST", path, json={"scope": "GROUP"})
    assert turned.json()["scope"] == "GROUP"
    await world.call("DELETE", f"/api/v1/groups/{agents}/users/{bob}")
    world.clock.at += 2
    assert refusal(await world.get(path)) == (404, "E0000007")


async def test_a_direct_assignment_outlives_the_membership(world: World) -> None:
    bob, agents = world.id_of("bob.martin"), group(world, "Jira Agents")
    await give(world, "Jira Service Management", bob)
    await world.call("PUT", f"/api/v1/groups/{agents}/users/{bob}")
    await world.call("DELETE", f"/api/v1/groups/{agents}/users/{bob}")
    world.clock.at += 5
    assert await assignment(world, "Jira Service Management", bob) == ("USER", "ACTIVE", "DISABLED")
    no_group = await world.call(
        "POST", f"/api/v1/apps/{app(world, 'Jira Service Management')}/users/{bob}", json={"scope": "GROUP"}
    )
    assert refusal(no_group) == (400, "E0000001")


async def test_a_direct_assignment_of_old_is_taken_too(world: World) -> None:
    box = app(world, "Box")
    users = await world.pages(f"/api/v1/apps/{box}/users?limit=500")
    assert users
    assert (await world.call("DELETE", f"/api/v1/apps/{box}/users/{users[0]['id']}")).status_code == 204
    left = await world.pages(f"/api/v1/apps/{box}/users?limit=500")
    assert [user["id"] for user in left] == [user["id"] for user in users[1:]]


@pytest.mark.parametrize(
    ("label", "name", "body", "expected"),
    [
        ("Miro", "george.wu", {}, (403, "E0000117")),
        ("Miro", "wade.cooper", {}, (409, "E0000112")),
        ("Basecamp (retired)", "bob.martin", {}, (400, "E0000001")),
        ("Miro", "bob.martin", {"scope": "BOTH"}, (400, "E0000001")),
        ("Miro", "bob.martin", {"scope": "GROUP"}, (400, "E0000001")),
        ("Miro", "bob.martin", {"profile": []}, (400, "E0000001")),
        ("Box", "bob.martin", {"credentials": {"password": {"value": "Secret-1234"}}}, (400, "E0000041")),
    ],
)
async def test_what_cannot_be_assigned(
    world: World, label: str, name: str, body: dict[str, object], expected: tuple[int, str]
) -> None:
    path = f"/api/v1/apps/{app(world, label)}/users"
    before = await world.get(f"{path}/{world.id_of(name)}")
    refused = await world.call("POST", path, json={"id": world.id_of(name), **body})
    assert refusal(refused) == expected
    after = await world.get(f"{path}/{world.id_of(name)}")
    assert before.status_code == after.status_code
    assert await events(world, "application.user_membership.add") == []


async def test_unknown_ids_and_bad_bodies_are_refused(world: World) -> None:
    bob, miro = world.id_of("bob.martin"), app(world, "Miro")
    assert refusal(await world.call("POST", "/api/v1/apps/0oaNOPE/users", json={"id": bob})) == (404, "E0000007")
    unknown = await world.call("POST", f"/api/v1/apps/{miro}/users", json={"id": "00uNOPE"})
    assert refusal(unknown) == (404, "E0000007")
    assert unknown.json()["errorSummary"].endswith("00uNOPE (User)")
    assert refusal(await world.call("POST", f"/api/v1/apps/{miro}/users", json={})) == (400, "E0000001")
    assert refusal(await world.call("POST", f"/api/v1/apps/{miro}/users", content=b"{")) == (400, "E0000003")
    assert refusal(await world.call("POST", f"/api/v1/apps/{miro}/users", json=[1])) == (400, "E0000003")


async def test_a_password_for_an_app_is_never_shown_again(world: World) -> None:
    bob, timesheets = world.id_of("bob.martin"), app(world, "Old Timesheets")
    body = {"id": bob, "credentials": {"userName": "bob", "password": {"value": "Secret-1234"}}}
    answer = await world.call("POST", f"/api/v1/apps/{timesheets}/users", json=body)
    assert answer.json()["credentials"] == {"userName": "bob", "password": {}}
    assert answer.json()["passwordChanged"] is not None
    assert "Secret-1234" not in answer.text
    assert "Secret-1234" not in repr(world.org.apps.find(timesheets))


@each("who", ["org", "helpdesk", "group", "group-membership", "readonly", "nobody"])
async def test_who_may_not_assign(world: World, who: str) -> None:
    bob, miro = world.id_of("bob.martin"), app(world, "Miro")
    assert refusal(await world.call("POST", f"/api/v1/apps/{miro}/users", who=who, json={"id": bob})) == (
        403,
        "E0000006",
    )
    assert await assignment(world, "Miro", bob) is None


async def test_a_service_app_needs_the_scope_and_is_the_actor(world: World) -> None:
    bob, miro = world.id_of("bob.martin"), app(world, "Miro")
    path = f"/api/v1/apps/{miro}/users"
    unscoped = await world.call("POST", path, who="service-helpdesk", json={"id": bob})
    assert (unscoped.status_code, unscoped.content) == (403, b"")
    assert "okta.apps.manage" in unscoped.headers["www-authenticate"]
    await give(world, "Miro", bob, who="service")
    (event,) = await events(world, "application.user_membership.add")
    assert (event["actor"]["type"], event["actor"]["id"]) == (
        "PublicClientAppEntity",
        world.org.principal("service").identity,
    )
    assert event["transaction"]["detail"]["requestApiTokenClientId"] == event["actor"]["id"]


async def test_an_app_admin_is_the_actor_with_the_token_beside_it(world: World) -> None:
    await give(world, "Miro", world.id_of("bob.martin"), who="app")
    (event,) = await events(world, "application.user_membership.add")
    assert event["actor"]["alternateId"] == "tara.singh@acme.example"
    token = world.org.principal("app").identity
    assert event["transaction"]["detail"] == {"requestApiTokenId": token, "rootApiTokenId": token}


async def test_a_custom_role_assigns_to_the_people_of_its_groups_only(world: World) -> None:
    miro = app(world, "Miro")
    inside, outside = world.id_of("ann.lee"), world.id_of("bob.martin")
    await give(world, "Miro", inside, who="keydesk-custom")
    refused = await world.call("POST", f"/api/v1/apps/{miro}/users", who="keydesk-custom", json={"id": outside})
    assert refusal(refused) == (403, "E0000006")


async def test_a_lost_answer_has_still_assigned(world: World) -> None:
    bob, miro = world.id_of("bob.martin"), app(world, "Miro")
    await world.fault(fault="504", times=1, match="/users", method="POST")
    lost = await world.call("POST", f"/api/v1/apps/{miro}/users", json={"id": bob})
    assert lost.status_code == 504
    assert await assignment(world, "Miro", bob) == ("USER", "STAGED", "SYNCING")


async def test_who_is_deactivated_loses_every_app_and_gets_them_back_only_through_groups(world: World) -> None:
    bob = world.id_of("bob.martin")
    await give(world, "Miro", bob)
    world.clock.at += 30
    await world.call("POST", f"/api/v1/users/{bob}/lifecycle/deactivate")
    assert await assignment(world, "Miro", bob) is None
    assert bob not in await members(world, group(world, "Engineering"))
    gone = {told(event)[2][1] for event in await events(world, "application.user_membership.remove")}
    assert {"Miro", "Slack", "GitHub"} <= gone
    await world.call("POST", f"/api/v1/users/{bob}/lifecycle/activate?sendEmail=false")
    assert await assignment(world, "Miro", bob) is None
    assert await assignment(world, "GitHub", bob) is None
    assert (await assignment(world, "Slack", bob)) == ("GROUP", "STAGED", "SYNCING")
    world.clock.at += 30
    assert (await assignment(world, "Slack", bob)) == ("GROUP", "PROVISIONED", "SYNCHRONIZED")


async def test_a_staged_person_s_account_is_made_once_they_are_active(world: World) -> None:
    liam = world.id_of("liam.obrien")
    await give(world, "Miro", liam)
    world.clock.at += 60
    assert await assignment(world, "Miro", liam) == ("USER", "STAGED", "DISABLED")
    await world.call("POST", f"/api/v1/users/{liam}/lifecycle/activate?sendEmail=false")
    assert await assignment(world, "Miro", liam) == ("USER", "STAGED", "SYNCING")
    world.clock.at += 30
    assert await assignment(world, "Miro", liam) == ("USER", "PROVISIONED", "SYNCHRONIZED")
