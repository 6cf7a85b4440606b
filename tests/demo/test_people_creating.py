# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import events, group, members, told
from tests.demo.support import World, complaints, needs_schema, refusal

PASSWORD = "Tr0mbone-quartet"
PROFILE = {"login": "ida.holm@new.example", "email": "ida.holm@new.example", "firstName": "Ida", "lastName": "Holm"}


@pytest.fixture
def world() -> World:
    return World()


def body(*, password: str | None = None, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"profile": {**PROFILE, **more.pop("profile", {})}, **more}
    if password is not None:
        made["credentials"] = {"password": {"value": password}}
    return made


async def create(world: World, query: str = "", who: str = "super", **more: Any) -> Any:
    answer = await world.call("POST", f"/api/v1/users{query}", who=who, json=body(**more))
    assert answer.status_code == 200, answer.text
    return answer.json()


@needs_schema
@pytest.mark.parametrize(
    ("query", "password", "status", "dates"),
    [
        ("", PASSWORD, "ACTIVE", {"activated", "statusChanged", "passwordChanged"}),
        ("?activate=true", None, "PROVISIONED", {"activated", "statusChanged"}),
        ("?activate=false", None, "STAGED", set()),
        ("?activate=false", PASSWORD, "STAGED", {"passwordChanged"}),
        (
            "?nextLogin=changePassword",
            PASSWORD,
            "PASSWORD_EXPIRED",
            {"activated", "statusChanged", "passwordChanged"},
        ),
    ],
)
async def test_password_and_activation_decide_how_somebody_begins(
    world: World, query: str, password: str | None, status: str, dates: set[str]
) -> None:
    made = await create(world, query, password=password)
    assert made["status"] == status
    assert {name for name in ("activated", "statusChanged", "passwordChanged", "lastLogin") if made[name]} == dates
    assert ("password" in made["credentials"]) is (password is not None)
    assert made["profile"] == {**PROFILE, "mobilePhone": None, "secondEmail": None}
    again = await world.get(f"/api/v1/users/{made['id']}")
    assert again.json() == made
    assert complaints("/api/v1/users/{id}", "GET", again) == []


async def test_a_federated_person_has_no_password_and_is_active_at_once(world: World) -> None:
    credentials = {"provider": {"type": "FEDERATION", "name": "FEDERATION"}}
    answer = await world.call("POST", "/api/v1/users?provider=true", json=body(credentials=credentials))
    made = answer.json()
    assert (made["status"], made["credentials"]["provider"]["type"]) == ("ACTIVE", "FEDERATION")
    assert "password" not in made["credentials"]
    for refused in ({"type": "ACTIVE_DIRECTORY", "name": "corp.acme.example"}, {"name": "FEDERATION"}):
        wrong = body(profile={"login": "b@new.example"}, credentials={"provider": refused})
        answer = await world.call("POST", "/api/v1/users?provider=true", json=wrong)
        assert refusal(answer) == (400, "E0000001")


async def test_an_imported_hash_is_a_password_that_nobody_knows(world: World) -> None:
    credentials = {"password": {"hash": {"algorithm": "SHA-256", "value": "x", "salt": "y", "saltOrder": "PREFIX"}}}
    made = (await world.call("POST", "/api/v1/users", json=body(credentials=credentials))).json()
    assert (made["status"], made["credentials"]["provider"]["type"]) == ("ACTIVE", "IMPORT")
    assert made["credentials"]["password"] == {}


@pytest.mark.parametrize(
    ("profile", "word", "causes"),
    [
        ({"firstName": None}, "firstName", ["firstName: The field cannot be left blank"]),
        ({"lastName": " "}, "lastName", ["lastName: The field cannot be left blank"]),
        ({"firstName": "x" * 51}, "firstName", ["firstName: The field is too long"]),
        ({"login": "ida"}, "login", ["login: Username must be in the form of an email address"]),
        ({"email": "ida at new"}, "email", ["email: Does not match required pattern"]),
        (
            {"login": "Bob.Martin@ACME.example"},
            "login",
            ["login: An object with this field already exists in the current organization"],
        ),
        ({"title": 7}, "title", ["title: The field must be of type string"]),
        # As recorded: a property that the schema lacks is told before anything else.
        ({"notValid": "x", "firstName": None}, "newUser", ["Property name 'notValid' is not defined in profile"]),
        (
            {"login": None, "email": None},
            "login",
            ["login: The field cannot be left blank", "email: The field cannot be left blank"],
        ),
    ],
)
async def test_a_bad_profile_is_refused_with_every_cause(
    world: World, profile: dict[str, Any], word: str, causes: list[str]
) -> None:
    before = len(await world.pages("/api/v1/users?limit=200"))
    answer = await world.call("POST", "/api/v1/users", json=body(profile=profile))
    assert refusal(answer) == (400, "E0000001")
    assert answer.json()["errorSummary"] == f"Api validation failed: {word}"
    assert [cause["errorSummary"] for cause in answer.json()["errorCauses"]] == causes
    assert len(await world.pages("/api/v1/users?limit=200")) == before


@pytest.mark.parametrize("password", ["short1A", "alllowercase1", "ALLUPPERCASE1", "NoNumberHere", "My-Ida-Holm-is-1"])
async def test_a_password_keeps_to_the_policy(world: World, password: str) -> None:
    answer = await world.call("POST", "/api/v1/users", json=body(password=password))
    assert refusal(answer) == (400, "E0000001")
    assert answer.json()["errorSummary"] == "Api validation failed: password"
    assert "at least 8 characters" in answer.json()["errorCauses"][0]["errorSummary"]
    assert password not in answer.text
    assert refusal(await world.get("/api/v1/users/ida.holm")) == (404, "E0000007")


async def test_what_is_not_a_user_is_refused(world: World) -> None:
    for content in (b"", b"{", b"[]", b'"x"'):
        answer = await world.call("POST", "/api/v1/users", content=content)
        assert refusal(answer) == (400, "E0000003")
    assert refusal(await world.call("POST", "/api/v1/users", json={"profile": 3})) == (400, "E0000001")
    assert refusal(await world.call("POST", "/api/v1/users", json={})) == (400, "E0000001")
    nobody = body(groupIds=["00gNOPE"])
    assert refusal(await world.call("POST", "/api/v1/users", json=nobody)) == (404, "E0000007")
    for name, expected in (("Everyone", (501, "E0000060")), ("corp.acme.example/Warehouse", (403, "E0000006"))):
        wrong = body(groupIds=[group(world, name)])
        assert refusal(await world.call("POST", "/api/v1/users", json=wrong)) == expected
    late = await world.call("POST", "/api/v1/users?nextLogin=changePassword", json=body())
    assert refusal(late) == (400, "E0000001")


async def test_somebody_new_is_wherever_people_are_looked_for(world: World) -> None:
    made = await create(world, password=PASSWORD, profile={"department": "Sales"})
    plain = await world.pages("/api/v1/users?limit=200")
    assert plain[-1]["id"] == made["id"]
    assert len(plain) == len({user["id"] for user in plain})
    for query in (
        'search=profile.login eq "ida.holm@new.example"',
        'search=profile.lastName sw "holm"&sortBy=created',
        'filter=profile.lastName eq "Holm"',
        "q=Ida",
    ):
        assert made["id"] in {user["id"] for user in await world.json(f"/api/v1/users?{query}")}, query
    for key in (made["id"], "ida.holm@new.example", "IDA.HOLM@new.example", "ida.holm"):
        assert (await world.json(f"/api/v1/users/{key}"))["id"] == made["id"]
    assert made["id"] in await members(world, group(world, "Everyone"))
    assert made["id"] in await members(world, group(world, "Sales"))


async def test_somebody_new_is_in_no_group_and_has_no_app_that_nobody_gave_them(world: World) -> None:
    for number in range(12):
        made = await create(world, profile={"login": f"p{number}@new.example"}, password=PASSWORD)
        groups = {found["profile"]["name"] for found in await world.json(f"/api/v1/users/{made['id']}/groups")}
        assert groups == {"Everyone"}
        assert await world.json(f"/api/v1/users/{made['id']}/factors") == []


async def test_groups_can_be_given_from_the_start_and_rules_act_on_newcomers(world: World) -> None:
    made = await create(
        world, password=PASSWORD, profile={"department": "IT"}, groupIds=[group(world, "Figma Editors")]
    )
    world.clock.at += 5
    groups = {found["profile"]["name"] for found in await world.json(f"/api/v1/users/{made['id']}/groups")}
    assert groups == {"Everyone", "IT", "VPN Users", "Figma Editors"}
    assert "Figma" in {tile["label"] for tile in await world.json(f"/api/v1/users/{made['id']}/appLinks")}


async def test_a_lagging_index_finds_somebody_new_a_second_later(world: World) -> None:
    await world.fault(fault="search-lag")
    made = await create(world)
    query = '/api/v1/users?search=profile.lastName eq "Holm"'
    assert await world.json(query) == []
    assert (await world.json(f"/api/v1/users/{made['id']}"))["id"] == made["id"]
    world.clock.at += 1.1
    assert [user["id"] for user in await world.json(query)] == [made["id"]]


async def test_a_short_name_that_two_have_names_nobody(world: World) -> None:
    await create(world, profile={"login": "bob.martin@new.example"})
    assert refusal(await world.get("/api/v1/users/bob.martin")) == (404, "E0000007")
    assert (await world.json("/api/v1/users/bob.martin@acme.example"))["id"] == world.id_of("bob.martin")


@pytest.mark.parametrize(("who", "kind"), [("super", "User"), ("group", "User"), ("service", "PublicClientAppEntity")])
async def test_the_log_tells_who_made_whom(world: World, who: str, kind: str) -> None:
    await create(world, who=who, password=PASSWORD, groupIds=[group(world, "Figma Editors")])
    found = await events(world, "user.lifecycle.create", "user.lifecycle.activate", "group.user_membership.add")
    assert sorted(map(told, found)) == [
        ("group.user_membership.add", kind, ["Ida Holm", "Figma Editors"]),
        ("user.lifecycle.activate", kind, ["Ida Holm"]),
        ("user.lifecycle.create", kind, ["Ida Holm"]),
    ]
    assert PASSWORD not in str(found)


async def test_who_may_not_make_people(world: World) -> None:
    blank = await world.call("POST", "/api/v1/users", who="service-readonly", json=body())
    assert (blank.status_code, blank.content) == (403, b"")
    for who in ("helpdesk", "readonly", "app", "group-membership", "service-helpdesk", "service-norole"):
        assert refusal(await world.call("POST", "/api/v1/users", who=who, json=body())) == (403, "E0000006")
    assert refusal(await world.get("/api/v1/users/ida.holm")) == (404, "E0000007")


async def test_a_group_that_carries_admin_rights_is_given_by_a_super_admin_only(world: World) -> None:
    wanted = body(groupIds=[group(world, "Service Desk Admins")])
    assert refusal(await world.call("POST", "/api/v1/users", who="org", json=wanted)) == (403, "E0000006")
    assert (await world.call("POST", "/api/v1/users", json=wanted)).status_code == 200


async def test_custom_attributes_are_kept_once_the_schema_knows_them(world: World) -> None:
    made = await create(world, profile={"badgeNumber": "B-17"})
    assert made["profile"]["badgeNumber"] == "B-17"
    entry = {"definitions": {"custom": {"properties": {"desks": {"title": "Desks", "type": "integer"}}}}}
    assert refusal(await world.call("POST", "/api/v1/meta/schemas/user/default", who="readonly", json=entry))[1] == (
        "E0000006"
    )
    answer = await world.call("POST", "/api/v1/meta/schemas/user/default", json=entry)
    assert answer.json()["definitions"]["custom"]["properties"]["desks"]["type"] == "integer"
    path = f"/api/v1/users/{made['id']}"
    assert (await world.call("POST", path, json={"profile": {"desks": 2}})).json()["profile"]["desks"] == 2
    assert refusal(await world.call("POST", path, json={"profile": {"desks": "two"}})) == (400, "E0000001")


async def test_the_schema_that_a_user_links_to_can_be_read(world: World) -> None:
    links = (await world.json("/api/v1/users/bob.martin"))["_links"]
    schema = await world.json(links["schema"]["href"])
    assert schema["definitions"]["base"]["properties"]["login"]["required"] is True
    assert schema["_links"]["type"]["href"] == links["type"]["href"]
    assert (await world.json(links["type"]["href"]))["default"] is True


async def test_the_same_requests_make_the_same_people() -> None:
    first, second = World(seed=5), World(seed=5)
    assert await create(first, password=PASSWORD) == await create(second, password=PASSWORD)
