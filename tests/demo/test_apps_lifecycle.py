# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import app, assignment, events, told
from tests.demo.support import World, refusal
from tests.each import each

BOOKMARK = {
    "name": "bookmark",
    "label": "Lunch",
    "signOnMode": "BOOKMARK",
    "settings": {"app": {"requestIntegration": False, "url": "https://lunch.example"}},
}
SAML = {
    "label": "Payroll",
    "signOnMode": "SAML_2_0",
    "visibility": {"autoSubmitToolbar": True, "hide": {"iOS": False, "web": True}},
    "settings": {"signOn": {"ssoAcsUrl": "https://payroll.example/acs", "audience": "https://payroll.example"}},
}


@pytest.fixture
def world() -> World:
    return World()


async def create(world: World, body: dict[str, Any], query: str = "", who: str = "super") -> Any:
    answer = await world.call("POST", f"/api/v1/apps{query}", who=who, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_app_s_whole_life(world: World) -> None:
    made = await create(world, BOOKMARK)
    path = f"/api/v1/apps/{made['id']}"
    assert (made["name"], made["status"], made["label"]) == ("bookmark", "ACTIVE", "Lunch")
    assert made["settings"]["app"]["url"] == "https://lunch.example"
    assert made["_links"]["deactivate"]["href"].endswith(f"{path}/lifecycle/deactivate")
    assert await world.json(path) == made
    assert [found["id"] for found in await world.json("/api/v1/apps?q=lunch")] == [made["id"]]
    assert made["id"] in {found["id"] for found in await world.pages("/api/v1/apps?limit=20")}

    world.clock.at += 10
    changed = await world.call("PUT", path, json={**BOOKMARK, "label": "Supper"})
    assert (changed.status_code, changed.json()["label"]) == (200, "Supper")
    assert changed.json()["lastUpdated"] > made["lastUpdated"]

    refused = await world.call("DELETE", path)
    assert refusal(refused) == (403, "E0000056")
    assert refused.json()["errorCauses"] == [{"errorSummary": "The application must be deactivated before deletion."}]
    for _ in range(2):
        off = await world.call("POST", f"{path}/lifecycle/deactivate")
        assert (off.status_code, off.content) == (200, b"{}")
    assert (await world.json(path))["status"] == "INACTIVE"
    assert (await world.call("POST", f"{path}/lifecycle/activate")).content == b"{}"
    await world.call("POST", f"{path}/lifecycle/deactivate")
    gone = await world.call("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert refusal(await world.get(path)) == (404, "E0000007")
    kinds = ("create", "update", "deactivate", "activate", "deactivate", "delete")
    found = await events(world, *(f"application.lifecycle.{name}" for name in kinds))
    assert [told(event)[0].rpartition(".")[2] for event in found] == list(kinds)
    assert {event["actor"]["type"] for event in found} == {"User"}


async def test_a_custom_saml_app_keeps_what_was_written_and_gets_a_name(world: World) -> None:
    made = await create(world, SAML, "?activate=false", who="service")
    assert made["status"] == "INACTIVE"
    assert made["name"].startswith("acme_payroll_")
    assert made["visibility"]["hide"]["web"] is True
    assert made["visibility"]["appLinks"] == {"login": True}
    assert made["settings"]["signOn"]["audience"] == "https://payroll.example"
    (event,) = await events(world, "application.lifecycle.create")
    assert event["actor"]["type"] == "PublicClientAppEntity"


async def test_a_new_app_is_assigned_like_any_other_and_takes_its_assignments_along(world: World) -> None:
    made, bob = await create(world, BOOKMARK), world.id_of("bob.martin")
    await world.call("POST", f"/api/v1/apps/{made['id']}/users", json={"id": bob})
    await world.call("PUT", f"/api/v1/apps/{made['id']}/groups/{world.org.groups.named('Sales').id}")
    assert await assignment(world, "Lunch", bob) == ("USER", "ACTIVE", "DISABLED")
    await world.call("POST", f"/api/v1/apps/{made['id']}/lifecycle/deactivate")
    tiles = {tile["appInstanceId"] for tile in await world.json(f"/api/v1/users/{bob}/appLinks")}
    assert made["id"] not in tiles
    await world.call("DELETE", f"/api/v1/apps/{made['id']}")
    world.clock.at += 60
    apps = await world.json("/api/v1/apps", params={"filter": f'user.id eq "{bob}"', "limit": "200"})
    assert made["id"] not in {known["id"] for known in apps}
    again = await create(world, BOOKMARK)
    assert again["id"] != made["id"]


async def test_secrets_in_a_body_are_not_kept(world: World) -> None:
    body = {
        "name": "oidc_client",
        "label": "Portal",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"client_secret": "hush-hush-1", "token_endpoint_auth_method": "none"}},
    }
    answer = await world.call("POST", "/api/v1/apps", json=body)
    assert answer.status_code == 200
    assert "hush-hush-1" not in answer.text
    assert "hush-hush-1" not in repr(world.org.apps.find(answer.json()["id"]))


@each(
    "change",
    [
        {"label": None},
        {"label": " "},
        {"label": "x" * 101},
        {"signOnMode": None},
        {"signOnMode": "TELEPATHY"},
        {"settings": {}},
        {"settings": []},
        {"visibility": "none"},
    ],
)
async def test_bad_apps_are_refused(world: World, change: dict[str, Any]) -> None:
    before = len(await world.pages("/api/v1/apps?limit=200"))
    assert refusal(await world.call("POST", "/api/v1/apps", json={**BOOKMARK, **change})) == (400, "E0000001")
    assert refusal(await world.call("POST", "/api/v1/apps", content=b"no")) == (400, "E0000003")
    assert len(await world.pages("/api/v1/apps?limit=200")) == before


async def test_the_sign_on_mode_stays(world: World) -> None:
    made = await create(world, BOOKMARK)
    assert refusal(await world.call("PUT", f"/api/v1/apps/{made['id']}", json=SAML)) == (400, "E0000001")


async def test_okta_s_own_apps_and_directories_are_left_alone(world: World) -> None:
    for label in ("Okta Dashboard", "corp.acme.example"):
        path = f"/api/v1/apps/{app(world, label)}"
        assert refusal(await world.call("POST", f"{path}/lifecycle/deactivate")) == (403, "E0000006")
        assert refusal(await world.call("DELETE", path)) == (403, "E0000006")


@pytest.mark.parametrize("who", ["org", "helpdesk", "readonly", "group"])
async def test_who_may_not_change_apps(world: World, who: str) -> None:
    path = f"/api/v1/apps/{app(world, 'Canteen Menu')}"
    for method, where in (
        ("POST", "/api/v1/apps"),
        ("PUT", path),
        ("DELETE", path),
        ("POST", f"{path}/lifecycle/activate"),
        ("POST", f"{path}/lifecycle/deactivate"),
    ):
        assert refusal(await world.call(method, where, who=who, json=BOOKMARK)) == (403, "E0000006")
    unscoped = await world.call("POST", "/api/v1/apps", who="service-readonly", json=BOOKMARK)
    assert (unscoped.status_code, unscoped.content) == (403, b"")


async def test_an_unknown_app_is_not_found_before_the_role_counts(world: World) -> None:
    for method, path in (
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", "/lifecycle/activate"),
        ("POST", "/lifecycle/deactivate"),
    ):
        refused = await world.call(method, f"/api/v1/apps/0oaNOPE{path}", who="helpdesk", json=BOOKMARK)
        assert refusal(refused) == (404, "E0000007")


async def test_nothing_comes_about_in_an_app_that_is_gone(world: World) -> None:
    bob, path = world.id_of("bob.martin"), f"/api/v1/apps/{app(world, 'Miro')}"
    await world.call("POST", f"{path}/users", json={"id": bob})
    await world.call("POST", f"{path}/lifecycle/deactivate")
    assert (await world.call("DELETE", path)).status_code == 204
    world.clock.at += 60
    assert await events(world, "application.provision.user.push") == []
    assert refusal(await world.get(f"{path}/users/{bob}")) == (404, "E0000007")
