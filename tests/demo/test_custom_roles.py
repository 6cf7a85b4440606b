"""Custom roles, tokens that end themselves or are used from elsewhere, and what an org says of itself."""

from __future__ import annotations

import pytest

from tests.demo.support import World, refusal


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
