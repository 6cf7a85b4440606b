from __future__ import annotations

import re

import pytest

from tests.demo.support import World, refusal
from tui.demo.admins.principals import ACCOUNT_NAMES


@pytest.fixture(scope="module")
def shared() -> World:
    return World(rate_limits="off")


@pytest.fixture
def world() -> World:
    return World()


def test_tokens_are_of_the_real_length_differ_and_follow_from_the_seed() -> None:
    first, again, other = World(), World(), World(seed=8)
    tokens = {p.name: p.token for p in first.org.principals}
    assert len(set(tokens.values())) == len(ACCOUNT_NAMES)
    assert all(re.fullmatch(r"00[\w-]{40}", p.token) for p in first.org.principals if p.kind == "SSWS")
    assert tokens == {p.name: p.token for p in again.org.principals}
    assert not set(tokens.values()) & {p.token for p in other.org.principals}


@pytest.mark.parametrize("header", ["", "SSWS", "SSWS nope", "Basic abc", "SSWS eyJraWQiOiJkZW1v", "bearer"])
async def test_anything_but_a_token_is_refused_before_anything_else(shared: World, header: str) -> None:
    for path in ("/api/v1/users", "/api/v1/users/00uNOPE", "/api/v1/nothing"):
        answer = await shared.get(path, who=None, headers={"authorization": header})
        assert refusal(answer) == (401, "E0000011")
        assert "x-rate-limit-limit" not in answer.headers


async def test_a_revoked_token_is_refused_and_the_space_after_ssws_may_be_missing(world: World) -> None:
    assert refusal(await world.get("/api/v1/org", who="revoked")) == (401, "E0000011")
    token = world.org.principal("super").token
    for header in (f"SSWS {token}", f"SSWS{token}"):
        answer = await world.get("/api/v1/org", who=None, headers={"authorization": header})
        assert answer.status_code == 200


async def test_a_token_dies_with_its_owner(world: World) -> None:
    await world.world(set_status={"login": "nina.rossi", "status": "DEPROVISIONED"})
    assert refusal(await world.get("/api/v1/users", who="helpdesk")) == (401, "E0000011")


async def test_an_expired_bearer_says_so_in_the_header(world: World) -> None:
    answer = await world.get("/api/v1/users", who="service-expired")
    assert answer.status_code == 401
    assert answer.content == b""
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_missing_scope_is_an_empty_403_that_names_it_and_comes_before_existence(world: World) -> None:
    answer = await world.get("/api/v1/logs", who="service-nologs")
    assert (answer.status_code, answer.content) == (403, b"")
    challenge = answer.headers["www-authenticate"]
    assert challenge == (
        'Bearer authorization_uri="http://127.0.0.1:8765/oauth2/v1/authorize", realm="http://127.0.0.1:8765", '
        'scope="okta.logs.read", error="insufficient_scope", error_description="The access token provided does not '
        'contain the required scopes.", resource="/api/v1/logs"'
    )
    unlock = await world.call("POST", "/api/v1/users/00uNOPE/lifecycle/unlock", who="service-readonly")
    assert (unlock.status_code, unlock.content) == (403, b"")
    assert 'scope="okta.users.manage"' in unlock.headers["www-authenticate"]


async def test_a_manage_scope_implies_reading_and_scopes_do_not_replace_roles(world: World) -> None:
    assert (await world.get("/api/v1/users/ann.lee", who="service-helpdesk")).status_code == 200
    assert refusal(await world.get("/api/v1/users", who="service-norole")) == (403, "E0000006")


async def test_existence_comes_before_role_and_role_before_state(world: World) -> None:
    async def unlock(name: str, who: str) -> tuple[int, str]:
        return refusal(await world.call("POST", f"/api/v1/users/{name}/lifecycle/unlock", who=who))

    assert await unlock("00uNOPE", "readonly") == (404, "E0000007")
    assert await unlock("bob.martin", "readonly") == (403, "E0000006")
    assert await unlock("bob.martin", "helpdesk") == (403, "E0000032")


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("super", {"users", "groups", "apps", "logs", "policies", "org", "tokens", "roles"}),
        ("org", {"users", "groups", "logs", "policies", "org", "tokens"}),
        ("helpdesk", {"users", "groups"}),
        ("readonly", {"users", "groups", "apps", "logs", "policies", "org", "tokens"}),
        ("report", {"logs"}),
        ("app", {"users", "groups", "apps", "logs"}),
        ("group", {"users", "groups"}),
        ("group-membership", {"users", "groups"}),
        ("nobody", set()),
        ("service", {"users", "groups", "apps", "logs", "policies", "org", "tokens", "roles"}),
    ],
)
async def test_each_role_reads_what_okta_s_table_says(shared: World, who: str, allowed: set[str]) -> None:
    paths = {
        "users": "/api/v1/users?limit=1",
        "groups": "/api/v1/groups?limit=1",
        "apps": "/api/v1/apps?limit=1",
        "logs": "/api/v1/logs?limit=1",
        "policies": "/api/v1/policies?type=PASSWORD",
        "org": "/api/v1/org",
        "tokens": "/api/v1/api-tokens",
        "roles": "/api/v1/iam/roles",
    }
    for name, path in paths.items():
        answer = await shared.get(path, who=who)
        if name in allowed:
            assert answer.status_code == 200, name
        else:
            assert refusal(answer) == (403, "E0000006"), name


async def test_a_limited_role_sees_and_reaches_the_people_of_its_groups_only(world: World) -> None:
    people = await world.pages("/api/v1/users", who="helpdesk-scoped")
    assert {person["profile"]["department"] for person in people} == {"Sales", "Support"}
    assert refusal(await world.get("/api/v1/users/dev.patel", who="helpdesk-scoped")) == (403, "E0000006")
    assert (await world.get("/api/v1/users/ann.lee", who="helpdesk-scoped")).status_code == 200
    unlock = await world.call("POST", "/api/v1/users/erik.larsen/lifecycle/unlock", who="helpdesk-scoped")
    assert refusal(unlock) == (403, "E0000006")
    names = {group["profile"]["name"] for group in await world.json("/api/v1/groups", who="helpdesk-scoped")}
    assert names == {"Sales", "Support"}


@pytest.mark.parametrize(
    ("who", "name", "code"),
    [
        ("helpdesk", "adam.brooks", "E0000006"),
        ("org", "adam.brooks", "E0000006"),
        ("super", "adam.brooks", None),
        ("helpdesk", "grace.kim", "E0000006"),
        ("group", "tara.singh", "E0000006"),
        ("org", "tara.singh", "E0000032"),
        ("helpdesk", "ann.lee", None),
        ("group-membership", "ann.lee", "E0000006"),
        ("app", "ann.lee", "E0000006"),
    ],
)
async def test_admins_are_out_of_reach_of_smaller_admins(world: World, who: str, name: str, code: str | None) -> None:
    answer = await world.call("POST", f"/api/v1/users/{name}/lifecycle/unlock", who=who)
    assert (answer.status_code == 200) if code is None else (refusal(answer) == (403, code))


async def test_the_help_desk_may_not_suspend_or_change_membership(world: World) -> None:
    suspend = await world.call("POST", "/api/v1/users/bob.martin/lifecycle/suspend", who="helpdesk")
    assert refusal(suspend) == (403, "E0000006")
    group = world.org.groups.named("Figma Editors").id
    bob = world.id_of("bob.martin")
    path = f"/api/v1/groups/{group}/users/{bob}"
    assert refusal(await world.call("PUT", path, who="helpdesk")) == (403, "E0000006")
    assert (await world.call("PUT", path, who="group-membership")).status_code == 204


async def test_everybody_may_read_themselves(world: World) -> None:
    assert (await world.get("/api/v1/users/me", who="report")).status_code == 200
    assert refusal(await world.get("/api/v1/users/ann.lee", who="report")) == (403, "E0000006")


async def test_roles_tell_direct_from_through_a_group(world: World) -> None:
    assert [role["type"] for role in await world.json("/api/v1/users/nina.rossi/roles")] == ["HELP_DESK_ADMIN"]
    (grace,) = await world.json("/api/v1/users/grace.kim/roles")
    assert (grace["type"], grace["assignmentType"]) == ("HELP_DESK_ADMIN", "GROUP")
    assert grace["id"] == "JBCUYUC7IRCVGS27IFCE2SKO"
    targets = await world.json(f"/api/v1/users/pia.jensen/roles/{grace['id']}/targets/groups")
    assert [group["profile"]["name"] for group in targets] == ["Support", "Sales"]
    assert await world.json(f"/api/v1/users/nina.rossi/roles/{grace['id']}/targets/groups") == []
    assert refusal(await world.get("/api/v1/users/nina.rossi/roles", who="org")) == (403, "E0000006")


async def test_a_token_s_end_slides_with_its_use(world: World) -> None:
    identity = world.org.principal("helpdesk").identity
    await world.get("/api/v1/users/me", who="helpdesk")
    before = (await world.json(f"/api/v1/api-tokens/{identity}"))["expiresAt"]
    world.clock.at += 86_400
    await world.get("/api/v1/users/me", who="helpdesk")
    after = await world.json(f"/api/v1/api-tokens/{identity}")
    assert after["expiresAt"] > before
    assert after["userId"] == world.id_of("nina.rossi")
