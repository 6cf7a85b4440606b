"""Zones, trusted origins, log streams, risk and the Admin Console's sessions."""

from __future__ import annotations

import pytest

from tests.demo.software import events
from tests.demo.support import BASE, World, next_link, refusal

ZONES, ORIGINS, STREAMS = "/api/v1/zones", "/api/v1/trustedOrigins", "/api/v1/logStreams"
CONSOLE = "/api/v1/first-party-app-settings/admin-console"


@pytest.fixture(scope="module")
def world() -> World:
    return World(rate_limits="off")


@pytest.mark.parametrize("path", [ZONES, ORIGINS, STREAMS])
async def test_a_list_has_pages_and_each_of_it_a_page_of_its_own(world: World, path: str) -> None:
    whole = await world.get(path)
    assert whole.headers.get_list("link") == [f'<{BASE}{path}?limit=20>; rel="self"']
    assert await world.pages(f"{path}?limit=1") == whole.json()
    assert next_link(await world.get(f"{path}?limit=1"))
    for entry in whole.json():
        assert await world.json(f"{path}/{entry['id']}") == entry
    assert refusal(await world.get(f"{path}?after=nonsense")) == (400, "E0000029")
    assert refusal(await world.get(f"{path}/NOPE")) == (404, "E0000007")


@pytest.mark.parametrize(
    ("path", "query", "names"),
    [
        (ZONES, {"filter": 'usage eq "BLOCKLIST" and system eq true'}, ["BlockedIpZone"]),
        (ZONES, {"filter": "system eq false"}, ["San Francisco office", "Anonymizers"]),
        (ORIGINS, {"filter": 'status eq "INACTIVE"'}, ["Old portal"]),
        (ORIGINS, {"q": "https://intranet"}, ["Intranet"]),
        (STREAMS, {"filter": 'type eq "aws_eventbridge"'}, ["Security lake"]),
    ],
)
async def test_a_filter_narrows_a_list(world: World, path: str, query: dict[str, str], names: list[str]) -> None:
    answer = await world.get(path, params=query)
    assert [entry["name"] for entry in answer.json()] == names
    assert refusal(await world.get(path, params={"filter": 'colour eq "red"'})) == (400, "E0000031")


async def test_a_stream_never_shows_what_proves_the_org(world: World) -> None:
    assert "token" not in (await world.get(STREAMS)).text.lower()


async def test_risk_has_every_level_and_no_reason_where_there_is_none(world: World) -> None:
    found = [await world.json(f"/api/v1/users/{person.id}/risk") for person in world.org.people.from_index()]
    assert {entry["riskLevel"] for entry in found} == {"HIGH", "MEDIUM", "LOW", "NONE"}
    for entry in found:
        assert ("reason" in entry) is (entry["riskLevel"] != "NONE")


async def test_sessions_of_the_admin_console_are_read_and_set() -> None:
    world = World()
    before = {"sessionIdleTimeoutMinutes": 15, "sessionMaxLifetimeMinutes": 720}
    assert await world.json(CONSOLE) == before
    for body in (
        {"sessionIdleTimeoutMinutes": 721},
        {"sessionMaxLifetimeMinutes": 4},
        {"sessionIdleTimeoutMinutes": "9"},
    ):
        assert refusal(await world.call("PUT", CONSOLE, json=body)) == (400, "E0000001")
    assert refusal(await world.call("PUT", CONSOLE, who="org", json=before)) == (403, "E0000006")
    assert await world.json(CONSOLE) == before
    answer = await world.call("PUT", CONSOLE, json={"sessionIdleTimeoutMinutes": 30})
    assert answer.json() == {**before, "sessionIdleTimeoutMinutes": 30} == await world.json(CONSOLE)
    assert len(await events(world, "application.lifecycle.update")) == 1
    assert refusal(await world.get("/api/v1/first-party-app-settings/okta-dashboard")) == (404, "E0000007")


async def test_who_sees_what(world: World) -> None:
    for path, scope, refused in (
        (ZONES, "okta.networkZones.read", "helpdesk"),
        (ORIGINS, "okta.trustedOrigins.read", "helpdesk"),
        (STREAMS, "okta.logStreams.read", "readonly"),
        ("/api/v1/users/zack.moore/risk", "okta.userRisk.read", "helpdesk"),
    ):
        assert (await world.get(path, who="service-admin")).is_success
        assert refusal(await world.get(path, who=refused)) == (403, "E0000006")
        scopeless = await world.get(path, who="service-helpdesk")
        assert (scopeless.status_code, scopeless.content) == (403, b"")
        assert f'scope="{scope}"' in scopeless.headers["www-authenticate"]
    assert refusal(await world.get(CONSOLE, who="helpdesk")) == (403, "E0000006")


async def test_classic_has_zones_origins_and_streams_but_neither_risk_nor_these_settings() -> None:
    world = World(pipeline="v1")
    for path in (ZONES, ORIGINS, STREAMS):
        assert await world.json(path)
    assert refusal(await world.get("/api/v1/users/zack.moore/risk")) == (401, "E0000015")
    assert refusal(await world.get(CONSOLE)) == (404, "E0000007")
