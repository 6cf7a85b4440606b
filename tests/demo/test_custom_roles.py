"""Custom roles, tokens that end themselves or are used from elsewhere, and what an org says of itself."""

from __future__ import annotations

import pytest

from tests.demo.signing import App, error
from tests.demo.support import World, refusal
from tui.demo.admins.principals import DESK_PERMISSIONS, GROUPS_ONLY
from tui.demo.base.times import DAY, iso


@pytest.fixture
def world() -> World:
    return World()


async def test_a_custom_role_reaches_what_it_permits_in_its_resource_set_only(world: World) -> None:
    people = await world.pages("/api/v1/users?limit=200", who="keydesk-custom")
    everyone = await world.pages("/api/v1/users?limit=200")
    assert 0 < len(people) < len(everyone)
    assert (await world.get("/api/v1/groups", who="keydesk-custom")).is_success
    for path in ("/api/v1/logs", "/api/v1/policies?type=PASSWORD", "/api/v1/org"):
        assert refusal(await world.get(path, who="keydesk-custom")) == (403, "E0000006")


async def test_a_token_can_end_itself_and_an_app_cannot(world: World) -> None:
    assert refusal(await world.call("DELETE", "/api/v1/api-tokens/current", who="service")) == (403, "E0000006")
    ended = await world.call("DELETE", "/api/v1/api-tokens/current", who="helpdesk")
    assert (ended.status_code, ended.content) == (204, b"")
    assert refusal(await world.get("/api/v1/users?limit=1", who="helpdesk")) == (401, "E0000011")


async def test_a_token_from_outside_its_zone_is_refused_and_leaves_its_event(world: World) -> None:
    assert refusal(await world.get("/api/v1/users", who="zoned")) == (401, "E0000011")
    world.clock.at += 60
    kind = "system.api_token.request_outside_allowed_range"
    found = await world.json(f'/api/v1/logs?filter=eventType eq "{kind}"')
    assert {event["eventType"] for event in found} == {kind}


async def test_whether_new_apps_get_super_admin_can_be_read(world: World) -> None:
    assert await world.json("/api/v1/org/settings/clientPrivilegesSetting") == {"clientPrivilegesSetting": True}
    refused = await world.get("/api/v1/org/settings/clientPrivilegesSetting", who="readonly")
    assert refusal(refused) == (403, "E0000006")


async def test_an_org_tells_its_custom_domain_and_signs_in_under_it() -> None:
    world = World(custom_domain="https://id.acme.example")
    found = await world.json("/.well-known/okta-organization", who=None)
    assert found["_links"]["alternate"] == {"href": "https://id.acme.example"}
    here = await world.json("/.well-known/oauth-authorization-server", who=None, headers={"host": "id.acme.example"})
    assert here["token_endpoint"] == "http://id.acme.example/oauth2/v1/token"


async def test_the_assertion_is_for_the_address_called_also_under_a_custom_domain() -> None:
    world = World(custom_domain="https://id.acme.example")
    app, there = App(world, "service"), {"host": "id.acme.example"}
    form = {
        "grant_type": "client_credentials",
        "scope": "okta.users.read",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }

    async def sign_in(**claims: str) -> tuple[int, str]:
        data = {**form, "client_assertion": app.assertion(**claims)}
        answer = await world.call("POST", "/oauth2/v1/token", who=None, headers=there, data=data)
        return answer.status_code, answer.json().get("error", "")

    assert await sign_in(aud="http://id.acme.example/oauth2/v1/token") == (200, "")
    assert await sign_in() == (401, "invalid_client")


async def test_each_thing_that_a_desk_does_needs_its_own_permission(world: World) -> None:
    person = next(
        p for p in world.org.people.from_index() if world.org.groups.is_member(world.org.groups.named("Sales"), p)
    )
    for label in DESK_PERMISSIONS:
        if label not in {"okta.users.read", "okta.users.lifecycle.unlock"}:
            gone = await world.call("DELETE", f"/api/v1/iam/roles/Desk/permissions/{label}")
            assert gone.status_code == 204
    world.org.people.set_status(person, "LOCKED_OUT", world.clock.at)
    for path in ("lifecycle/reset_password?sendEmail=false", "lifecycle/expire_password", "lifecycle/reset_factors"):
        answer = await world.call("POST", f"/api/v1/users/{person.id}/{path}", who="keydesk-custom")
        assert refusal(answer) == (403, "E0000006")
    ended = await world.call("DELETE", f"/api/v1/users/{person.id}/sessions", who="keydesk-custom")
    assert refusal(ended) == (403, "E0000006")
    unlocked = await world.call("POST", f"/api/v1/users/{person.id}/lifecycle/unlock", who="keydesk-custom")
    assert unlocked.status_code == 200


async def test_a_token_about_to_end_of_idleness_is_renewed_by_use_and_dies_without(world: World) -> None:
    idle = world.org.principal("idle").identity
    shown = await world.json(f"/api/v1/api-tokens/{idle}")
    assert shown["expiresAt"] == iso(world.clock.at + DAY)
    late = World()
    late.clock.at += DAY
    assert refusal(await late.get("/api/v1/users?limit=1", who="idle")) == (401, "E0000011")
    world.clock.at += DAY - 1
    assert (await world.get("/api/v1/users?limit=1", who="idle")).is_success
    assert (await world.json(f"/api/v1/api-tokens/{idle}"))["expiresAt"] == iso(world.clock.at + 30 * DAY)


async def test_the_list_of_tokens_tells_which_is_bound_to_a_zone(world: World) -> None:
    networks = {token["name"]: token["network"]["connection"] for token in await world.json("/api/v1/api-tokens")}
    assert (networks["zoned"], networks["super"]) == ("ZONE", "ANYWHERE")


async def test_a_role_of_an_app_can_be_read_with_its_targets(world: World) -> None:
    app = world.org.principal("keydesk-limited").identity
    (role,) = await world.json(f"/oauth2/v1/clients/{app}/roles")
    one = f"/oauth2/v1/clients/{app}/roles/{role['id']}"
    assert await world.json(one) == role
    groups = await world.json(f"{one}/targets/groups")
    assert {group["profile"]["name"] for group in groups} == {"Support", "Sales"}
    assert await world.json(f"{one}/targets/catalog/apps") == []
    assert refusal(await world.get(f"/oauth2/v1/clients/{app}/roles/nope")) == (404, "E0000007")
    assert refusal(await world.get(one, who="readonly")) == (403, "E0000006")


async def test_the_org_describes_its_service_apps_without_their_private_keys(world: World) -> None:
    described = await world.json("/__demo", who=None)
    app = described["service_apps"]["keydesk"]
    assert app["client_id"] == world.org.principal("keydesk").identity
    assert app["key_ids"] == [App(world, "keydesk").kid]
    assert (app["dpop_required"], app["active"]) == (True, True)
    assert "okta.policies.read" in app["scopes"]
    assert not described["service_apps"]["keydesk-inactive"]["active"]
    assert "PRIVATE KEY" not in str(described)


async def test_a_proxys_web_page_can_stand_in_for_the_token(world: World) -> None:
    await world.fault(fault="html", match="/oauth2/v1/token")
    app = App(world, "service")
    answer = await app.ask()
    assert answer.headers["content-type"].startswith("text/html")
    assert error(await app.ask("")) == (400, "invalid_scope")


async def test_an_org_whose_clock_is_hours_ahead_says_so_and_judges_by_it(world: World) -> None:
    app = App(world, "service")
    here = int(world.clock.at)
    world.clock.at += 19_800
    refused = await app.ask(assertion=app.assertion(iat=here, exp=here + 300))
    assert "expired" in refused.json()["error_description"]
    assert (await app.ask()).is_success


async def test_whoever_sees_the_tokens_has_one_only(world: World) -> None:
    owners = [token["userId"] for token in await world.json("/api/v1/api-tokens")]
    for name in ("super", "org", "readonly"):
        assert owners.count(world.id_of(world.org.principal(name).user_key or "")) == 1


async def test_a_role_for_group_membership_reaches_people_and_groups_and_no_app(world: World) -> None:
    who, person = GROUPS_ONLY, world.org.people.named("bob.martin")
    group = world.org.groups.named("Figma Editors")
    app = next(app for app in world.org.apps.all if app.row.label == "Figma")
    for path in ("/api/v1/users?limit=1", f"/api/v1/users/{person.id}/groups", "/api/v1/groups?limit=1"):
        assert (await world.get(path, who=who)).status_code == 200
    member = f"/api/v1/groups/{group.id}/users/{person.id}"
    assert (await world.call("PUT", member, who=who)).status_code == 204
    assert (await world.call("DELETE", member, who=who)).status_code == 204
    for path in ("/api/v1/apps?limit=1", f"/api/v1/apps/{app.id}"):
        assert (await world.get(path, who=who)).status_code == 403
    unlocked = await world.call("POST", f"/api/v1/users/{person.id}/lifecycle/unlock", who=who)
    assert unlocked.status_code == 403
    roles = [role.label for role in world.org.customs.roles]
    assert sorted(roles) == ["Desk", "Software by groups", "Suspending accounts and devices"]
