"""Devices: each phone with Okta Verify is one; paging, searching, who uses one, and who sees them."""

from __future__ import annotations

import pytest

from tests.demo.support import World, next_link, refusal

PATH = "/api/v1/devices"


@pytest.fixture(scope="module")
def world() -> World:
    return World(rate_limits="off")


async def test_a_person_has_a_device_for_each_phone_with_okta_verify(world: World) -> None:
    for name, phones in (("una.walsh", 2), ("zack.moore", 1), ("vera.lind", 0)):
        linked = await world.json(f"/api/v1/users/{name}/devices")
        assert len(linked) == phones
        factors = await world.json(f"/api/v1/users/{name}/factors")
        named = {factor["profile"]["name"] for factor in factors if factor["factorType"] == "push"}
        assert {link["device"]["profile"]["displayName"] for link in linked} == named
        for link in linked:
            device = await world.json(f"{PATH}/{link['device']['id']}")
            assert device == link["device"]
            (use,) = await world.json(f"{PATH}/{device['id']}/users")
            assert use["user"] == await world.json(f"/api/v1/users/{name}")


async def test_a_device_goes_with_its_enrolment() -> None:
    world = World()
    (linked,) = await world.json("/api/v1/users/zack.moore/devices")
    await world.call("POST", "/api/v1/users/zack.moore/lifecycle/reset_factors")
    assert await world.json("/api/v1/users/zack.moore/devices") == []
    for more in ("", "/users"):
        assert refusal(await world.get(f"{PATH}/{linked['device']['id']}{more}")) == (404, "E0000007")


async def test_pages_hold_every_device_once(world: World) -> None:
    first = await world.get(f"{PATH}?limit=7")
    assert len(first.json()) == 7
    assert next_link(first)
    every = await world.pages(f"{PATH}?limit=7")
    assert len({device["id"] for device in every}) == len(every) == len(await world.pages(PATH))
    assert {device["status"] for device in every} == {"ACTIVE", "SUSPENDED", "DEACTIVATED"}
    for device in every:
        follows = {"ACTIVE": "suspend", "SUSPENDED": "unsuspend", "DEACTIVATED": "activate"}[device["status"]]
        assert follows in device["_links"]
    refused = await world.get(f"{PATH}?after=mock_cursor_for_testing&limit=2")
    assert refusal(refused) == (400, "E0000031")
    assert refused.json()["errorCauses"] == [{"errorSummary": "Invalid cursor."}]


async def test_a_search_finds_by_status_platform_and_name(world: World) -> None:
    every = await world.pages(PATH)
    for search, kept in (
        ('status eq "SUSPENDED"', {d["id"] for d in every if d["status"] == "SUSPENDED"}),
        (
            'profile.platform eq "IOS" and status eq "ACTIVE"',
            {d["id"] for d in every if (d["profile"]["platform"], d["status"]) == ("IOS", "ACTIVE")},
        ),
        ('profile.displayName sw "Una"', {d["id"] for d in every if d["profile"]["displayName"].startswith("Una")}),
    ):
        found = (await world.get(PATH, params={"search": search})).json()
        assert {device["id"] for device in found} == kept
        assert kept
    for search in ('profile.colour eq "red"', "status", 'status ew "E"'):
        assert refusal(await world.get(PATH, params={"search": search})) == (400, "E0000031")


async def test_expanding_brings_the_users_whole_or_in_short(world: World) -> None:
    whole = (await world.json(f"{PATH}?limit=1&expand=user"))[0]["_embedded"]["users"][0]["user"]
    short = (await world.json(f"{PATH}?limit=1&expand=userSummary"))[0]["_embedded"]["users"][0]["user"]
    assert whole == await world.json(f"/api/v1/users/{whole['id']}")
    assert set(short) == {"id", "status", "profile", "_links"}
    assert short["id"] == whole["id"]
    assert len(await world.json(f"{PATH}?expand=user")) == 20


async def test_who_sees_devices(world: World) -> None:
    (linked,) = await world.json("/api/v1/users/zack.moore/devices", who="helpdesk")
    one = f"{PATH}/{linked['device']['id']}"
    for path in (PATH, one, f"{one}/users"):
        assert (await world.get(path, who="readonly")).is_success
        assert (await world.get(path, who="service-admin")).is_success
        assert refusal(await world.get(path, who="report")) == (403, "E0000006")
        scopeless = await world.get(path, who="service-helpdesk")
        assert (scopeless.status_code, scopeless.content) == (403, b"")
        assert 'scope="okta.devices.read"' in scopeless.headers["www-authenticate"]
    assert refusal(await world.get("/api/v1/users/zack.moore/devices", who="report")) == (403, "E0000006")
    assert refusal(await world.get("/api/v1/users/nobody/devices")) == (404, "E0000007")
    assert refusal(await world.get(f"{PATH}/guoNOPE")) == (404, "E0000007")


async def test_a_lost_laptop_is_suspended_and_brought_back_and_at_last_deactivated() -> None:
    world = World(rate_limits="off")
    mine = "/api/v1/users/yusuf.demir"
    phone, laptop = [link["device"] for link in await world.json(f"{mine}/devices")]
    assert (laptop["profile"]["platform"], laptop["status"]) == ("MACOS", "ACTIVE")
    one = f"{PATH}/{laptop['id']}"

    async def moves(name: str, who: str = "super") -> tuple[int, str]:
        answer = await world.call("POST", f"{one}/lifecycle/{name}", who=who)
        return (204, "") if answer.status_code == 204 else refusal(answer)

    assert [await moves("suspend", who) for who in ("helpdesk", "group", "readonly")] == [(403, "E0000006")] * 3
    for name, status in (("suspend", "SUSPENDED"), ("suspend", "SUSPENDED"), ("unsuspend", "ACTIVE")):
        assert await moves(name) == (204, "")  # twice the same is no fault
        assert (await world.json(one))["status"] == status
    assert await moves("deactivate") == (204, "")
    assert await moves("unsuspend") == (400, "E0000001")
    assert [link["device"]["id"] for link in await world.json(f"{mine}/devices")] == [phone["id"]]
    assert await world.json(f"{one}/users") == []
    left = [factor["profile"].get("name") for factor in await world.json(f"{mine}/factors")]
    assert "Yusuf's phone" in left
    assert "Yusuf's laptop" not in left
    assert await moves("activate") == (204, "")
    assert await world.json(f"{one}/users") == []  # it has to be enrolled anew
    assert refusal(await world.call("DELETE", one)) == (400, "E0000001")
    await moves("deactivate")
    assert (await world.call("DELETE", one)).status_code == 204
    assert refusal(await world.get(one)) == (404, "E0000007")


async def test_a_factor_on_a_suspended_device_answers_to_nobody() -> None:
    world = World(rate_limits="off")
    (linked,) = await world.json("/api/v1/users/zack.moore/devices")
    push = next(one for one in await world.json("/api/v1/users/zack.moore/factors") if one["factorType"] == "push")
    await world.call("POST", f"{PATH}/{linked['device']['id']}/lifecycle/suspend")
    asked = await world.call("POST", f"/api/v1/users/zack.moore/factors/{push['id']}/verify")
    assert refusal(asked) == (423, "E0000180")


async def test_classic_knows_no_devices() -> None:
    world = World(pipeline="v1")
    for path in (PATH, f"{PATH}/guo1", "/api/v1/users/zack.moore/devices"):
        assert refusal(await world.get(path)) == (401, "E0000015")
