"""API tokens changed and revoked by an admin, the share of the rate limits, and the custom authorization server."""

from __future__ import annotations

import pytest

from tests.demo.software import events, told
from tests.demo.support import World, refusal


@pytest.fixture
def world() -> World:
    return World()


async def test_an_admin_revokes_somebody_else_s_token(world: World) -> None:
    path = f"/api/v1/api-tokens/{world.org.principal('helpdesk').identity}"
    assert refusal(await world.call("DELETE", path, who="readonly")) == (403, "E0000006")
    gone = await world.call("DELETE", path, who="org")
    assert (gone.status_code, gone.content) == (204, b"")
    assert refusal(await world.get("/api/v1/users", who="helpdesk")) == (401, "E0000011")
    assert refusal(await world.call("DELETE", path)) == (404, "E0000007")
    (event,) = await events(world, "system.api_token.revoke")
    assert told(event) == ("system.api_token.revoke", "User", ["helpdesk"])


async def test_a_token_gets_a_name_and_a_zone(world: World) -> None:
    path = f"/api/v1/api-tokens/{world.org.principal('helpdesk').identity}"
    bad = await world.call("PUT", path, json={"name": " "})
    assert refusal(bad) == (400, "E0000001")
    changed = await world.call("PUT", path, json={"name": "Desk", "network": {"connection": "ZONE"}})
    assert (changed.json()["name"], changed.json()["network"]["connection"]) == ("Desk", "ZONE")
    assert refusal(await world.get("/api/v1/users", who="helpdesk")) == (401, "E0000011")
    await world.call("PUT", path, json={"name": "Desk", "network": {"connection": "ANYWHERE"}})
    assert (await world.get("/api/v1/users", who="helpdesk")).is_success
    assert (await world.json(path))["name"] == "Desk"


async def test_the_share_of_a_principal_can_be_changed(world: World) -> None:
    found = await world.json('/api/v1/principal-rate-limits?filter=principalType eq "SSWS_TOKEN"')
    identity = world.org.principal("helpdesk").identity
    (one,) = (limit for limit in found if limit["principalId"] == identity)
    path = f"/api/v1/principal-rate-limits/{one['id']}"
    assert await world.json(path) == one
    before = int((await world.get("/api/v1/users?limit=1", who="helpdesk")).headers["x-rate-limit-limit"])
    assert refusal(await world.call("PUT", path, json={**one, "defaultPercentage": 101})) == (400, "E0000001")
    assert refusal(await world.call("PUT", path, who="readonly", json=one)) == (403, "E0000006")
    changed = await world.call("PUT", path, json={**one, "defaultPercentage": 25})
    assert changed.json()["defaultPercentage"] == 25
    world.clock.at += 61
    after = int((await world.get("/api/v1/users?limit=1", who="helpdesk")).headers["x-rate-limit-limit"])
    assert after == before // 2
    assert refusal(await world.get("/api/v1/principal-rate-limits/prlNOPE")) == (404, "E0000007")


async def test_the_custom_authorization_server_describes_itself_to_everybody(world: World) -> None:
    found = await world.json("/oauth2/default/.well-known/oauth-authorization-server", who=None)
    assert found["issuer"].endswith("/oauth2/default")
    assert found["token_endpoint"] == f"{found['issuer']}/v1/token"
    assert not [scope for scope in found["scopes_supported"] if scope.startswith("okta.")]
    other = await world.get("/oauth2/nope/.well-known/oauth-authorization-server", who=None)
    assert refusal(other) == (404, "E0000007")
