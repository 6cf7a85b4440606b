"""The org's authenticators, temporary access codes and phones enrolled at once."""

# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.demo.software import events
from tests.demo.support import START, World, complaints, needs_schema, refusal
from tests.each import each

ALL = "/api/v1/authenticators"
ENROLLED = "/api/v1/users/zack.moore/authenticator-enrollments"


@pytest.fixture
def world() -> World:
    return World(rate_limits="off")


async def named(world: World, key: str) -> str:
    return str(next(entry["id"] for entry in await world.json(ALL) if entry["key"] == key))


async def make(world: World, *, who: str = "super", name: str = "zack.moore", **profile: Any) -> Any:
    body = {"authenticatorId": await named(world, "tac"), "profile": profile}
    return await world.call("POST", f"/api/v1/users/{name}/authenticator-enrollments/tac", who=who, json=body)


async def test_every_enrolment_leads_to_its_authenticator(world: World) -> None:
    for name in ("zack.moore", "vera.lind", "will.adams", "yara.nasser"):
        for enrolment in await world.json(f"/api/v1/users/{name}/authenticator-enrollments"):
            found = await world.json(enrolment["_links"]["authenticator"]["href"])
            assert {key: found[key] for key in ("key", "type", "name")} == {
                key: enrolment[key] for key in ("key", "type", "name")
            }


async def test_only_the_password_cannot_be_switched_off(world: World) -> None:
    for entry in await world.json(ALL):
        assert ("deactivate" in entry["_links"]) is (entry["key"] != "okta_password")
        assert await world.json(f"{ALL}/{entry['id']}") == entry


async def test_the_methods_of_an_authenticator_are_found_by_its_link(world: World) -> None:
    for entry in await world.json(ALL):
        ways = await world.json(entry["_links"]["methods"]["href"])
        assert ways
        for way in ways:
            assert await world.json(way["_links"]["self"]["href"]) == way
    verify = f"{ALL}/{await named(world, 'okta_verify')}/methods"
    assert [way["type"] for way in await world.json(verify)] == ["push", "totp", "signed_nonce"]
    assert refusal(await world.get(f"{verify}/sms")) == (404, "E0000007")
    assert refusal(await world.get(verify, who="helpdesk")) == (403, "E0000006")


async def test_a_code_comes_once_and_holds_for_its_time(world: World) -> None:
    answer = await make(world, ttl=11, multiUse=False)
    made = answer.json()
    assert answer.status_code == 200
    assert set(made) == {"type", "id", "key", "status", "name", "created", "lastUpdated", "profile", "_links"}
    assert (made["type"], made["key"], made["status"]) == ("tac", "tac", "ACTIVE")
    assert len(made["profile"]["tac"]) == 16
    # Without a zone, as in Okta's example.
    until = datetime.fromisoformat(made["profile"]["expiresAt"])
    assert until.tzinfo is None
    assert until.replace(tzinfo=UTC).timestamp() == START + 11 * 60
    later = await world.json(made["_links"]["self"]["href"])
    assert later["profile"] == {"multiUse": False, "expiresAt": made["profile"]["expiresAt"]}
    assert later in await world.json(ENROLLED)
    world.clock.at += 11 * 60
    assert refusal(await world.get(made["_links"]["self"]["href"])) == (404, "E0000007")
    assert "tac" not in {entry["key"] for entry in await world.json(ENROLLED)}


async def test_another_code_ends_the_first_and_one_can_be_withdrawn(world: World) -> None:
    first, second = (await make(world)).json(), (await make(world, ttl="20", multiUse=True)).json()
    assert first["profile"]["tac"] != second["profile"]["tac"]
    assert refusal(await world.get(f"{ENROLLED}/{first['id']}")) == (404, "E0000007")
    path = f"{ENROLLED}/{second['id']}"
    assert refusal(await world.call("DELETE", path, who="readonly")) == (403, "E0000006")
    gone = await world.call("DELETE", path, who="helpdesk")
    assert (gone.status_code, gone.content) == (204, b"")
    assert refusal(await world.get(path)) == (404, "E0000007")


@each(
    "profile",
    [{"ttl": 9}, {"ttl": 1441}, {"ttl": "soon"}, {"ttl": True}, {"ttl": 10.5}, {"multiUse": "yes"}, {"ttl": "٣٠"}],
)
async def test_a_code_outside_the_settings_is_refused(world: World, profile: dict[str, Any]) -> None:
    answer = await make(world, **profile)
    assert refusal(answer) == (400, "E0000001")
    assert answer.json()["errorCauses"][0]["errorSummary"].startswith(next(iter(profile)))


async def test_a_code_is_for_the_authenticator_of_codes_and_for_people_in_reach(world: World) -> None:
    phone = {"authenticatorId": await named(world, "phone_number"), "profile": {}}
    nameless: dict[str, Any] = {"profile": {}}
    for body in (phone, nameless):
        assert refusal(await world.call("POST", f"{ENROLLED}/tac", json=body)) == (400, "E0000001")
    assert (await make(world, who="helpdesk")).is_success
    assert refusal(await make(world, who="helpdesk", name="maria.silva")) == (403, "E0000006")
    assert refusal(await make(world, who="readonly")) == (403, "E0000006")
    assert refusal(await make(world, name="nobody")) == (404, "E0000007")
    assert refusal(await make(world, name="george.wu")) == (403, "E0000038")
    scopeless = await make(world, who="service-readonly")
    assert (scopeless.status_code, scopeless.content) == (403, b"")


@needs_schema
async def test_a_phone_is_enrolled_at_once(world: World) -> None:
    body = {"authenticatorId": await named(world, "phone_number"), "profile": {"phoneNumber": "+14155559876"}}
    answer = await world.call("POST", f"{ENROLLED}/phone", json=body)
    assert answer.json()["profile"] == {"phoneNumber": "+1 XXX-XXX-9876"}
    template = "/api/v1/users/{userId}/authenticator-enrollments/{enrollmentId}"
    assert complaints(template, "GET", await world.get(answer.json()["_links"]["self"]["href"])) == []
    factors = await world.json("/api/v1/users/zack.moore/factors")
    assert [f["status"] for f in factors if f["factorType"] == "sms"] == ["ACTIVE"]
    assert len(await events(world, "user.mfa.factor.activate")) == 1
    for number, code in (("+14155559876", "E0000001"), ("12", "E0000098")):
        again = {**body, "profile": {"phoneNumber": number}}
        assert refusal(await world.call("POST", f"{ENROLLED}/phone", json=again)) == (400, code)


async def test_classic_knows_neither() -> None:
    world = World(pipeline="v1")
    for method, path in (
        ("GET", ALL),
        ("GET", f"{ALL}/aut1"),
        ("GET", f"{ALL}/aut1/methods"),
        ("POST", f"{ENROLLED}/tac"),
        ("POST", f"{ENROLLED}/phone"),
    ):
        assert refusal(await world.call(method, path)) == (401, "E0000015")


async def test_who_sees_authenticators(world: World) -> None:
    one = f"{ALL}/{await named(world, 'tac')}"
    for path in (ALL, one):
        assert (await world.get(path, who="readonly")).is_success
        assert (await world.get(path, who="service-admin")).is_success
        assert refusal(await world.get(path, who="helpdesk")) == (403, "E0000006")
        scopeless = await world.get(path, who="service-helpdesk")
        assert 'scope="okta.authenticators.read"' in scopeless.headers["www-authenticate"]
    assert refusal(await world.get(f"{ALL}/autNOPE", who="helpdesk")) == (404, "E0000007")
