"""What the control endpoint does to roles and states behind a caller's back."""

from __future__ import annotations

import pytest

from tests.demo.signing import App
from tests.demo.software import events, told
from tests.demo.support import World, refusal


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("who", "kind", "target"),
    [
        ("helpdesk", "user.account.privilege.revoke", "Nina Rossi"),
        ("service-helpdesk", "app.oauth2.client.privilege.revoke", "Keydesk Help Desk"),
    ],
)
async def test_a_role_lost_meanwhile_is_refused_from_then_on(world: World, who: str, kind: str, target: str) -> None:
    unlock = "/api/v1/users/ann.lee/lifecycle/unlock"
    assert (await world.get("/api/v1/users/ann.lee", who=who)).is_success
    (left,) = await world.world(take_role={"principal": who, "role": "HELP_DESK_ADMIN"})
    assert "HELP_DESK_ADMIN" not in {role["type"] for role in left["roles"]}
    assert refusal(await world.call("POST", unlock, who=who)) == (403, "E0000006")
    assert [told(event) for event in await events(world, kind)] == [(kind, "User", [target])]
    (back,) = await world.world(give_role={"principal": who, "role": "HELP_DESK_ADMIN", "groups": ["Sales"]})
    assert back["principal"] == who
    assert (await world.call("POST", unlock, who=who)).status_code == 200
    assert refusal(await world.call("POST", "/api/v1/users/erik.larsen/lifecycle/unlock", who=who)) == (403, "E0000006")


async def test_every_role_of_a_signed_in_app_can_be_taken_at_once(world: World) -> None:
    app = App(world, "keydesk-bearer")
    token = (await app.ask("okta.users.read")).json()["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    assert (await world.get("/api/v1/users", who=None, headers=bearer)).is_success
    (left,) = await world.world(take_role={"principal": "keydesk-bearer"})
    assert left == {"principal": "keydesk-bearer", "roles": []}
    assert refusal(await world.get("/api/v1/users", who=None, headers=bearer)) == (403, "E0000006")
    described = await world.json("/__demo", who=None)
    assert described["service_apps"]["keydesk-bearer"]["roles"] == []


async def test_an_app_admin_given_behind_is_limited_to_its_apps(world: World) -> None:
    await world.world(give_role={"principal": "nobody", "role": "APP_ADMIN", "apps": ["figma"]})
    labels = {app.row.label: app.id for app in world.org.apps.all}
    assert (await world.get(f"/api/v1/apps/{labels['Figma']}", who="nobody")).is_success
    assert refusal(await world.get(f"/api/v1/apps/{labels['Slack']}", who="nobody")) == (403, "E0000006")


async def test_somebody_whose_state_is_changing_is_not_acted_on(world: World) -> None:
    bob = "/api/v1/users/bob.martin"
    await world.world(transition={"login": "bob.martin", "to": "DEPROVISIONED"})
    assert (await world.json(bob))["transitioningToStatus"] == "DEPROVISIONED"
    assert refusal(await world.call("POST", f"{bob}/lifecycle/suspend")) == (400, "E0000001")
    await world.world(transition={"login": "bob.martin"})
    assert "transitioningToStatus" not in await world.json(bob)
    assert (await world.call("POST", f"{bob}/lifecycle/suspend")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"take_role": {"principal": "nope"}},
        {"take_role": {"principal": "nobody"}},
        {"take_role": {"principal": "helpdesk", "role": "SUPER_ADMIN"}},
        {"give_role": {"principal": "nobody"}},
        {"give_role": {"principal": "nobody", "role": "CUSTOM"}},
        {"give_role": {"principal": "nobody", "role": "ORG_ADMIN", "groups": ["Sales"]}},
        {"give_role": {"principal": "nobody", "role": "HELP_DESK_ADMIN", "groups": ["Nope"]}},
        {"give_role": {"principal": "nobody", "role": "APP_ADMIN", "apps": ["nope"]}},
        {"transition": {"login": "bob.martin", "to": "ASLEEP"}},
        {},
    ],
)
async def test_a_mistake_is_told_and_changes_nothing(world: World, body: dict[str, object]) -> None:
    before = (await world.json("/__demo", who=None))["principals"]
    answer = await world.call("POST", "/__demo/world", who=None, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert (await world.json("/__demo", who=None))["principals"] == before
