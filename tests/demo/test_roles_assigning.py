"""Admin roles given and taken away through the API, and what their holders may do before and after."""

# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import events, told
from tests.demo.support import BASE, World, complaints, needs_schema, refusal

HELP = "JBCUYUC7IRCVGS27IFCE2SKO"
NOPE = "00gNOPE"


@pytest.fixture
def world() -> World:
    return World()


def holder(world: World, kind: str) -> str:
    return {
        "user": f"/api/v1/users/{world.id_of('bob.martin')}",
        "group": f"/api/v1/groups/{world.org.groups.named('Remote Workers').id}",
        "client": f"/oauth2/v1/clients/{world.org.principal('service-norole').identity}",
    }[kind]


async def give(world: World, path: str, role: str, who: str = "super") -> Any:
    answer = await world.call("POST", f"{path}/roles", who=who, json={"type": role})
    assert answer.is_success, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("kind", "status", "event", "target"),
    [
        ("user", 201, "user.account.privilege", "Bob Martin"),
        ("group", 200, "group.privilege", "Remote Workers"),
        ("client", 200, "app.oauth2.client.privilege", "Keydesk Without Roles"),
    ],
)
@pytest.mark.parametrize(("who", "actor"), [("super", "User"), ("service-admin", "PublicClientAppEntity")])
async def test_a_role_s_whole_life(
    world: World, kind: str, status: int, event: str, target: str, who: str, actor: str
) -> None:
    path = holder(world, kind)
    answer = await world.call("POST", f"{path}/roles", who=who, json={"type": "ORG_ADMIN"})
    made = answer.json()
    assert answer.status_code == status
    assert made["id"].startswith("ra1")
    assert (made["type"], made["label"], made["status"]) == ("ORG_ADMIN", "Organization Administrator", "ACTIVE")
    assert made["assignmentType"] == kind.upper()
    assert made["_links"]["assignee"]["href"].endswith(path)
    one = f"{path}/roles/{made['id']}"
    assert await world.json(one, who=who) == made
    assert made in await world.json(f"{path}/roles", who=who)

    again = await world.call("POST", f"{path}/roles", who=who, json={"type": "ORG_ADMIN"})
    assert refusal(again) == (409, "E0000090")

    gone = await world.call("DELETE", one, who=who)
    assert (gone.status_code, gone.content) == (204, b"")
    assert refusal(await world.call("DELETE", one, who=who)) == (404, "E0000007")
    assert refusal(await world.get(one, who=who)) == (404, "E0000007")
    assert await world.json(f"{path}/roles", who=who) == []
    found = await events(world, f"{event}.grant", f"{event}.revoke")
    assert [told(one) for one in found] == [(f"{event}.grant", actor, [target]), (f"{event}.revoke", actor, [target])]
    assert found[0]["debugContext"]["debugData"]["privilegeGranted"] == "Organization Administrator"


@needs_schema
async def test_what_an_assignment_answers_fits_the_schema(world: World) -> None:
    path = holder(world, "user")
    made = await give(world, path, "HELP_DESK_ADMIN")
    assert made["id"] == HELP
    answer = await world.get(f"{path}/roles/{HELP}")
    assert complaints("/api/v1/users/{userId}/roles/{roleAssignmentId}", "GET", answer) == []


@pytest.mark.parametrize("kind", ["user", "group", "client"])
async def test_only_super_admins_with_the_scope_change_roles(world: World, kind: str) -> None:
    path, body = f"{holder(world, kind)}/roles", {"type": "HELP_DESK_ADMIN"}
    for who in ("org", "helpdesk", "readonly", "nobody"):
        assert refusal(await world.call("POST", path, who=who, json=body)) == (403, "E0000006")
    scopeless = await world.call("POST", path, who="service", json=body)
    assert (scopeless.status_code, scopeless.content) == (403, b"")
    assert 'scope="okta.roles.manage"' in scopeless.headers["www-authenticate"]
    made = await give(world, holder(world, kind), "HELP_DESK_ADMIN")
    assert refusal(await world.call("DELETE", f"{path}/{made['id']}", who="org")) == (403, "E0000006")
    assert len(await world.json(path)) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "E0000001")),
        ({"type": "KING"}, (400, "E0000001")),
        ({"type": 7}, (400, "E0000001")),
        ({"type": "CUSTOM"}, (400, "E0000001")),
        ({"type": "CUSTOM", "role": "Desk"}, (400, "E0000001")),
        ({"type": "CUSTOM", "role": "Nope", "resource-set": "Support and Sales"}, (404, "E0000007")),
        ({"type": "CUSTOM", "role": "Desk", "resource-set": "Nope"}, (404, "E0000007")),
        ([], (400, "E0000003")),
    ],
)
async def test_a_bad_body_gives_nothing(world: World, body: Any, expected: tuple[int, str]) -> None:
    path = holder(world, "user")
    assert refusal(await world.call("POST", f"{path}/roles", json=body)) == expected
    assert await world.json(f"{path}/roles") == []


async def test_nobody_unknown_gets_a_role(world: World) -> None:
    for path in ("/api/v1/users/00uNOPE", "/api/v1/groups/00gNOPE", "/oauth2/v1/clients/0oaNOPE"):
        answer = await world.call("POST", f"{path}/roles", json={"type": "ORG_ADMIN"})
        assert refusal(answer) == (404, "E0000007")


async def test_a_token_may_what_its_owner_may_now(world: World) -> None:
    bob = world.id_of("bob.martin")
    assert refusal(await world.get("/api/v1/users", who="nobody")) == (403, "E0000006")
    made = await give(world, f"/api/v1/users/{bob}", "HELP_DESK_ADMIN")
    assert (await world.get("/api/v1/users", who="nobody")).is_success
    unlocked = await world.call("POST", "/api/v1/users/ann.lee/lifecycle/unlock", who="nobody")
    assert unlocked.status_code == 200
    assert (await world.call("DELETE", f"/api/v1/users/{bob}/roles/{made['id']}")).status_code == 204
    assert refusal(await world.get("/api/v1/users", who="nobody")) == (403, "E0000006")


async def test_an_access_token_given_out_before_loses_with_its_app(world: World) -> None:
    app = world.org.principal("service-helpdesk")
    token = world.org.tokens.issue(app, ["okta.users.manage"], world.clock.at, BASE)
    bearer = {"authorization": f"Bearer {token}"}
    path = "/api/v1/users/ann.lee/lifecycle/unlock"
    for role in await world.json(f"/oauth2/v1/clients/{app.identity}/roles"):
        deleted = await world.call("DELETE", f"/oauth2/v1/clients/{app.identity}/roles/{role['id']}")
        assert deleted.status_code == 204
    assert refusal(await world.call("POST", path, who=None, headers=bearer)) == (403, "E0000006")
    await give(world, f"/oauth2/v1/clients/{app.identity}", "HELP_DESK_ADMIN")
    assert (await world.call("POST", path, who=None, headers=bearer)).status_code == 200


async def test_a_group_s_role_comes_and_goes_with_membership(world: World) -> None:
    group, bob = world.org.groups.named("MFA Exempt").id, world.id_of("bob.martin")
    made = await give(world, f"/api/v1/groups/{group}", "READ_ONLY_ADMIN")
    assert refusal(await world.get("/api/v1/users", who="nobody")) == (403, "E0000006")
    assert (await world.call("PUT", f"/api/v1/groups/{group}/users/{bob}")).status_code == 204
    assert (await world.get("/api/v1/users", who="nobody")).is_success
    (shown,) = await world.json(f"/api/v1/users/{bob}/roles")
    assert (shown["id"], shown["assignmentType"]) == (made["id"], "GROUP")
    # What comes through a group is taken away there.
    assert refusal(await world.call("DELETE", f"/api/v1/users/{bob}/roles/{made['id']}")) == (404, "E0000007")
    assert bob in {admin["id"] for admin in (await world.json("/api/v1/iam/assignees/users"))["value"]}
    assert (await world.call("DELETE", f"/api/v1/groups/{group}")).status_code == 204
    assert refusal(await world.get("/api/v1/users", who="nobody")) == (403, "E0000006")
    assert await world.json(f"/api/v1/users/{bob}/roles") == []


async def test_a_group_that_gets_a_role_is_a_super_admin_s_to_change(world: World) -> None:
    group, bob = world.org.groups.named("Remote Workers").id, world.id_of("bob.martin")
    path = f"/api/v1/groups/{group}/users/{bob}"
    assert (await world.call("PUT", path, who="group-membership")).status_code == 204
    await give(world, f"/api/v1/groups/{group}", "REPORT_ADMIN")
    assert refusal(await world.call("DELETE", path, who="group-membership")) == (403, "E0000006")
    assert refusal(await world.call("POST", f"/api/v1/users/{bob}/lifecycle/reset_factors", who="helpdesk")) == (
        403,
        "E0000006",
    )
    assert (await world.call("DELETE", path)).status_code == 204
