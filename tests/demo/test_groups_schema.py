# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import app, group
from tests.demo.support import World, complaints, needs_schema

pytestmark = needs_schema


@pytest.fixture
def world() -> World:
    return World()


async def sent(world: World, method: str, path: str, template: str, body: Any = None) -> Any:
    answer = await world.call(method, path, json=body) if body is not None else await world.call(method, path)
    assert answer.status_code in {200, 204}, answer.text
    assert complaints(template, method, answer) == [], path
    return answer.json() if answer.content else None


async def test_every_write_of_software_and_what_is_read_after_it_fits_okta_s_schema(world: World) -> None:
    bob, miro, slow = world.id_of("bob.martin"), app(world, "Miro"), app(world, "SAP Concur")
    user, users = "/api/v1/apps/{appId}/users/{userId}", "/api/v1/apps/{appId}/users"
    one_group = "/api/v1/apps/{appId}/groups/{groupId}"
    notion = group(world, "Notion")
    await sent(world, "POST", f"/api/v1/apps/{miro}/users", users, {"id": bob, "scope": "USER"})
    await sent(world, "GET", f"/api/v1/apps/{miro}/users/{bob}?expand=user", user)
    world.clock.at += 60
    await sent(world, "GET", f"/api/v1/apps/{miro}/users/{bob}", user)
    await sent(world, "POST", f"/api/v1/apps/{miro}/users/{bob}", user, {"profile": {"role": "Editor"}})
    await sent(world, "DELETE", f"/api/v1/apps/{miro}/users/{bob}?sendEmail=false", user)
    await sent(world, "PUT", f"/api/v1/apps/{slow}/groups/{notion}", one_group, {"priority": 1})
    await sent(world, "GET", f"/api/v1/apps/{slow}/groups?expand=group", "/api/v1/apps/{appId}/groups")
    await sent(world, "PUT", f"/api/v1/groups/{notion}/users/{bob}", "/api/v1/groups/{groupId}/users/{userId}")
    world.clock.at += 2
    assert (await sent(world, "GET", f"/api/v1/apps/{slow}/users/{bob}", user))["syncState"] == "SYNCING"
    await sent(world, "DELETE", f"/api/v1/groups/{notion}/users/{bob}", "/api/v1/groups/{groupId}/users/{userId}")
    await sent(world, "DELETE", f"/api/v1/apps/{slow}/groups/{notion}", one_group)


async def test_what_callers_have_made_fits_okta_s_schema(world: World) -> None:
    made = (await world.call("POST", "/api/v1/groups", json={"profile": {"name": "Choir", "voice": "alto"}})).json()
    await sent(world, "GET", f"/api/v1/groups/{made['id']}?expand=stats", "/api/v1/groups/{groupId}")
    rule = {
        "type": "group_rule",
        "name": "Choir",
        "conditions": {"expression": {"type": "urn:okta:expression:1.0", "value": 'user.title=="Singer"'}},
        "actions": {"assignUserToGroups": {"groupIds": [made["id"]]}},
    }
    ruled = (await world.call("POST", "/api/v1/groups/rules", json=rule)).json()
    await sent(world, "GET", f"/api/v1/groups/rules/{ruled['id']}", "/api/v1/groups/rules/{groupRuleId}")
    await world.call("DELETE", f"/api/v1/groups/{made['id']}")
    shown = await sent(world, "GET", f"/api/v1/groups/rules/{ruled['id']}", "/api/v1/groups/rules/{groupRuleId}")
    assert shown["status"] == "INVALID"
    body = {
        "name": "bookmark",
        "label": "Lunch",
        "signOnMode": "BOOKMARK",
        "settings": {"app": {"requestIntegration": False, "url": "https://lunch.example"}},
    }
    lunch = (await world.call("POST", "/api/v1/apps", json=body)).json()
    await sent(world, "GET", f"/api/v1/apps/{lunch['id']}", "/api/v1/apps/{appId}")
    await sent(world, "GET", "/api/v1/apps?limit=200", "/api/v1/apps")
    await sent(world, "GET", "/api/v1/groups?expand=stats&expand=app", "/api/v1/groups")
