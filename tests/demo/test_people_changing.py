# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import events, group, told
from tests.demo.support import World, complaints, needs_schema, refusal

BOB = "/api/v1/users/bob.martin@acme.example"
PASSWORD = "Tr0mbone-quartet"
ENDS = ("initiated", "completed")


@pytest.fixture
def world() -> World:
    return World()


async def change(world: World, path: str, body: Any, method: str = "POST", who: str = "super") -> Any:
    answer = await world.call(method, path, who=who, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@needs_schema
async def test_a_post_changes_what_it_names_and_a_null_empties(world: World) -> None:
    before = await world.json(BOB)
    world.clock.at += 60
    after = await change(world, BOB, {"profile": {"nickName": "Bobby", "title": None}})
    expected = {**before["profile"], "nickName": "Bobby"}
    del expected["title"]
    assert after["profile"] == expected
    assert after["lastUpdated"] > before["lastUpdated"]
    assert (after["statusChanged"], after["credentials"]) == (before["statusChanged"], before["credentials"])
    answer = await world.get(BOB)
    assert answer.json() == after
    assert complaints("/api/v1/users/{id}", "GET", answer) == []


async def test_a_put_writes_the_whole_profile_and_leaves_the_password(world: World) -> None:
    profile = {"login": "bob.martin@acme.example", "email": "b@acme.example", "firstName": "Robert", "lastName": "M"}
    after = await change(world, BOB, {"profile": profile}, "PUT")
    assert after["profile"] == {**profile, "mobilePhone": None, "secondEmail": None}
    assert after["credentials"]["password"] == {}
    lacking = {"profile": {"login": "bob.martin@acme.example"}}
    answer = await world.call("PUT", BOB, json=lacking)
    assert refusal(answer) == (400, "E0000001")
    assert len(answer.json()["errorCauses"]) == 3


async def test_a_new_login_takes_the_place_of_the_old_one(world: World) -> None:
    after = await change(world, BOB, {"profile": {"login": "robert@acme.example"}})
    assert (await world.json("/api/v1/users/robert"))["id"] == after["id"] == world.id_of("bob.martin")
    assert refusal(await world.get(BOB)) == (404, "E0000007")
    taken = await world.call("POST", "/api/v1/users/robert", json={"profile": {"login": "Ann.Lee@acme.example"}})
    assert taken.json()["errorCauses"][0]["errorSummary"].startswith("login: An object with this field already exists")
    # The owner of a token stays its owner.
    await change(world, "/api/v1/users/maria.silva", {"profile": {"login": "maria.s@acme.example"}})
    assert (await world.json("/api/v1/users/me"))["profile"]["login"] == "maria.s@acme.example"


async def test_rules_follow_a_changed_profile_and_apps_follow_the_groups(world: World) -> None:
    await change(world, BOB, {"profile": {"department": "Finance"}})
    world.clock.at += 5
    names = {found["profile"]["name"] for found in await world.json(f"{BOB}/groups")}
    assert "Finance" in names
    assert not names & {"Engineering", "VPN Users"}
    found = await events(world, "group.user_membership.add", "group.user_membership.remove")
    assert ("group.user_membership.add", "SystemPrincipal", ["Bob Martin", "Finance"]) in map(told, found)
    assert ("group.user_membership.remove", "SystemPrincipal", ["Bob Martin", "Engineering"]) in map(told, found)


async def test_rules_follow_a_profile_that_is_changed_together_with_a_password_that_ends_a_lock(world: World) -> None:
    ann = world.org.people.named("ann.lee")
    assert (ann.status, ann.department) == ("LOCKED_OUT", "Sales")
    world.clock.at += 60
    body = {"profile": {"department": "Finance"}, "credentials": {"password": {"value": PASSWORD}}}
    assert (await change(world, f"/api/v1/users/{ann.id}", body))["status"] == "ACTIVE"
    kinds = ("group.user_membership.add", "group.user_membership.remove")
    assert {(event["eventType"], event["target"][1]["displayName"]) for event in await events(world, *kinds)} == {
        ("group.user_membership.add", "Finance"),
        ("group.user_membership.remove", "Sales"),
        ("group.user_membership.remove", "VPN Users"),
    }


@pytest.mark.parametrize("name", ["erik.larsen", "julia.novak"])
async def test_the_profile_of_directory_people_is_written_in_the_directory(world: World, name: str) -> None:
    path = f"/api/v1/users/{name}"
    before = await world.json(path)
    answer = await world.call("POST", path, json={"profile": {"title": "Else"}})
    assert refusal(answer) == (403, "E0000023")
    assert await world.json(path) == before
    same = await change(world, path, {"profile": {"title": before["profile"]["title"], "badgeNumber": "7"}})
    assert same["profile"]["badgeNumber"] == "7"
    answer = await world.call("POST", path, json={"credentials": {"password": {"value": PASSWORD}}})
    assert refusal(answer) == (403, "E0000014")


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("bob.martin", "ACTIVE", "ACTIVE"),
        ("kim.park", "PROVISIONED", "ACTIVE"),
        ("liam.obrien", "STAGED", "STAGED"),
        ("hana.sato", "RECOVERY", "ACTIVE"),
        ("dev.patel", "PASSWORD_EXPIRED", "ACTIVE"),
        ("fatima.khan", "SUSPENDED", "SUSPENDED"),
    ],
)
async def test_an_administrator_can_set_a_password(world: World, name: str, before: str, after: str) -> None:
    path = f"/api/v1/users/{name}"
    assert (await world.json(path))["status"] == before
    world.clock.at += 60
    body = {"credentials": {"password": {"value": PASSWORD}}}
    changed = await change(world, path, body)
    assert changed["status"] == after
    assert changed["passwordChanged"] == "2026-09-21T14:14:20.000Z"
    again = await world.call("POST", path, json=body)
    assert refusal(again) == (403, "E0000014")
    found = await events(world, "user.account.update_password")
    assert [told(event)[1] for event in found] == ["User"]
    assert PASSWORD not in str(found) + again.text


async def test_a_federated_person_takes_no_password_and_a_refusal_changes_nothing(world: World) -> None:
    before = await world.json("/api/v1/users/ivan.petrov")
    body: Any = {"profile": {"title": "Else"}, "credentials": {"password": {"value": PASSWORD}}}
    assert refusal(await world.call("POST", "/api/v1/users/ivan.petrov", json=body)) == (403, "E0000014")
    weak: Any = {"profile": {"title": "Else"}, "credentials": {"password": {"value": "weak"}}}
    assert refusal(await world.call("POST", BOB, json=weak)) == (400, "E0000001")
    assert (await world.json(BOB))["profile"]["title"] == "Developer"
    assert await world.json("/api/v1/users/ivan.petrov") == before


@pytest.mark.parametrize(("who", "kind"), [("super", "User"), ("service", "PublicClientAppEntity")])
async def test_the_log_tells_of_a_change_and_not_of_a_write_that_changes_nothing(
    world: World, who: str, kind: str
) -> None:
    await change(world, BOB, {"profile": {"nickName": "Bobby"}}, who=who)
    await change(world, BOB, {"profile": {"nickName": "Bobby"}}, who=who)
    found = await events(world, "user.account.update_profile")
    assert list(map(told, found)) == [("user.account.update_profile", kind, ["Bob Martin"])]


async def test_who_may_not_change_a_profile(world: World) -> None:
    body = {"profile": {"nickName": "Bobby"}}
    for method in ("POST", "PUT"):
        blank = await world.call(method, BOB, who="service-readonly", json=body)
        assert (blank.status_code, blank.content) == (403, b"")
        for who in ("helpdesk", "readonly", "app", "service-helpdesk", "service-norole"):
            assert refusal(await world.call(method, BOB, who=who, json=body)) == (403, "E0000006")
        assert refusal(await world.call(method, "/api/v1/users/nobody", json=body)) == (404, "E0000007")
        assert refusal(await world.call(method, BOB, content=b"{")) == (400, "E0000003")
    secret = {"credentials": {"password": {"value": PASSWORD}}}
    assert refusal(await world.call("POST", BOB, who="helpdesk", json=secret)) == (403, "E0000006")
    assert refusal(await world.call("POST", "/api/v1/users/george.wu", json=secret)) == (403, "E0000038")


@pytest.mark.parametrize(("who", "name"), [("group", "omar.haddad"), ("group", "maria.silva"), ("org", "maria.silva")])
async def test_admins_are_changed_by_their_betters_only(world: World, who: str, name: str) -> None:
    path = f"/api/v1/users/{name}"
    writes: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("POST", path, {"profile": {"nickName": "X"}}),
        ("PUT", path, {"profile": {"nickName": "X"}}),
        ("POST", path, {"credentials": {"password": {"value": PASSWORD}}}),
        ("POST", f"{path}/credentials/change_password", {}),
        ("POST", f"{path}/factors", {"factorType": "push", "provider": "OKTA"}),
        ("DELETE", path, {}),
    )
    for method, target, body in writes:
        assert refusal(await world.call(method, target, who=who, json=body)) == (403, "E0000006"), (method, target)
    assert (await world.call("POST", path, json={"profile": {"nickName": "X"}})).status_code == 200


async def test_the_first_delete_deactivates_and_the_second_deletes(world: World) -> None:
    bob = world.id_of("bob.martin")
    first = await world.call("DELETE", f"/api/v1/users/{bob}?sendEmail=false")
    assert (first.status_code, first.content) == (204, b"")
    assert (await world.json(f"/api/v1/users/{bob}"))["status"] == "DEPROVISIONED"
    assert (await world.call("DELETE", f"/api/v1/users/{bob}")).status_code == 204
    for path in (f"/api/v1/users/{bob}", BOB, f"/api/v1/users/{bob}/groups", f"/api/v1/users/{bob}/factors"):
        assert refusal(await world.get(path)) == (404, "E0000007")
    assert refusal(await world.call("DELETE", f"/api/v1/users/{bob}")) == (404, "E0000007")
    assert refusal(await world.call("POST", f"/api/v1/users/{bob}/lifecycle/activate")) == (404, "E0000007")
    everybody = {user["id"] for user in await world.pages("/api/v1/users?search=id pr&limit=200")}
    assert bob not in everybody
    found = await events(world, "user.lifecycle.deactivate", *(f"user.lifecycle.delete.{end}" for end in ENDS))
    assert sorted(event["eventType"] for event in found) == [
        "user.lifecycle.deactivate",
        "user.lifecycle.delete.completed",
        "user.lifecycle.delete.initiated",
    ]
    assert {told(event)[1] for event in found} == {"User"}
    profile = {"login": "bob.martin@acme.example", "email": "b@acme.example", "firstName": "B", "lastName": "M"}
    answer = await world.call("POST", "/api/v1/users", json={"profile": profile})
    assert answer.status_code == 200
    assert answer.json()["id"] != bob


async def test_who_may_not_delete(world: World) -> None:
    blank = await world.call("DELETE", BOB, who="service-readonly")
    assert (blank.status_code, blank.content) == (403, b"")
    for who in ("helpdesk", "readonly", "app", "service-norole"):
        assert refusal(await world.call("DELETE", BOB, who=who)) == (403, "E0000006")
    assert refusal(await world.call("DELETE", "/api/v1/users/wade.cooper")) == (403, "E0000038")
    assert (await world.json(BOB))["status"] == "ACTIVE"


async def test_the_token_of_somebody_deleted_is_dead(world: World) -> None:
    for _ in range(2):
        assert (await world.call("DELETE", "/api/v1/users/quinn.baker")).status_code == 204
    assert refusal(await world.get("/api/v1/users/me", who="readonly")) == (401, "E0000011")


async def test_memberships_by_hand_do_not_come_back_with_activation(world: World) -> None:
    await world.call("PUT", f"/api/v1/groups/{group(world, 'Beta Testers')}/users/{world.id_of('bob.martin')}")
    await world.call("POST", f"{BOB}/lifecycle/deactivate")
    activated = await world.call("POST", f"{BOB}/lifecycle/activate?sendEmail=false")
    assert set(activated.json()) == {"activationUrl", "activationToken"}
    world.clock.at += 5
    names = {found["profile"]["name"] for found in await world.json(f"{BOB}/groups")}
    assert names == {"Everyone", "Engineering", "VPN Users"}
    assert (await world.json(BOB))["status"] == "PROVISIONED"


async def test_a_deactivation_in_the_background_shows_where_it_leads(world: World) -> None:
    answer = await world.call("POST", f"{BOB}/lifecycle/deactivate", headers={"prefer": "respond-async"})
    assert (answer.status_code, answer.content) == (200, b"{}")
    during = await world.json(BOB)
    assert (during["status"], during["transitioningToStatus"]) == ("ACTIVE", "DEPROVISIONED")
    assert refusal(await world.call("POST", f"{BOB}/lifecycle/reset_password?sendEmail=true")) == (403, "E0000038")
    world.clock.at += 4
    after = await world.json(BOB)
    assert after["status"] == "DEPROVISIONED"
    assert "transitioningToStatus" not in after
    assert [told(event)[1] for event in await events(world, "user.lifecycle.deactivate")] == ["User"]
