from __future__ import annotations

import itertools

import pytest

from tests.demo.support import World, refusal
from tui.demo.people.lifecycle import EVERY, OPERATIONS

# From Okta's diagram and reference, written down a second time: what leads where, all else is refused.
LEGAL: dict[tuple[str, str], str] = {
    ("LOCKED_OUT", "unlock"): "ACTIVE",
    **{
        (s, "reset_password"): "RECOVERY"
        for s in ("ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT", "RECOVERY", "PROVISIONED")
    },
    **{(s, "expire_password"): "PASSWORD_EXPIRED" for s in ("ACTIVE", "PASSWORD_EXPIRED")},
    **{
        (s, "expire_password_with_temp_password"): "PASSWORD_EXPIRED"
        for s in ("ACTIVE", "PASSWORD_EXPIRED", "RECOVERY")
    },
    **{(s, "reset_factors"): s for s in EVERY},
    ("ACTIVE", "suspend"): "SUSPENDED",
    ("SUSPENDED", "unsuspend"): "ACTIVE",
    ("STAGED", "activate"): "PROVISIONED",
    ("DEPROVISIONED", "activate"): "PROVISIONED",
    ("PROVISIONED", "reactivate"): "PROVISIONED",
    ("RECOVERY", "reactivate"): "PROVISIONED",
    **{(s, "deactivate"): "DEPROVISIONED" for s in EVERY - {"DEPROVISIONED"}},
}
REFUSALS = {
    "unlock": (403, "E0000032"),
    "activate": (403, "E0000016"),
    "suspend": (400, "E0000001"),
    "unsuspend": (400, "E0000001"),
}
ONE_OF_EACH = {
    "STAGED": "liam.obrien",
    "PROVISIONED": "kim.park",
    "ACTIVE": "bob.martin",
    "PASSWORD_EXPIRED": "dev.patel",
    "LOCKED_OUT": "ann.lee",
    "RECOVERY": "hana.sato",
    "SUSPENDED": "fatima.khan",
    "DEPROVISIONED": "george.wu",
}


@pytest.fixture(scope="module")
def shared() -> World:
    return World(rate_limits="off")


@pytest.mark.parametrize(("status", "operation"), list(itertools.product(sorted(EVERY), OPERATIONS)))
async def test_every_operation_in_every_status(shared: World, status: str, operation: str) -> None:
    name = ONE_OF_EACH[status]
    await shared.world(set_status={"login": name, "status": status})
    person = shared.org.people.named(name)
    person.has_password = status not in {"STAGED", "PROVISIONED", "DEPROVISIONED"}
    answer = await shared.call("POST", f"/api/v1/users/{name}/lifecycle/{operation}")
    expected = LEGAL.get((status, operation))
    if expected is None:
        assert refusal(answer) == REFUSALS.get(operation, (403, "E0000038"))
        assert person.status == status
    else:
        assert answer.status_code == 200, answer.text
        assert person.status == expected


async def test_unlock_answers_an_empty_object_and_moves_the_date_of_the_status() -> None:
    world = World()
    before = await world.json("/api/v1/users/ann.lee")
    answer = await world.call("POST", "/api/v1/users/ann.lee/lifecycle/unlock", who="helpdesk")
    assert (answer.status_code, answer.content) == (200, b"{}")
    after = await world.json("/api/v1/users/ann.lee")
    assert after["status"] == "ACTIVE"
    assert after["statusChanged"] > before["statusChanged"]
    assert after["passwordChanged"] == before["passwordChanged"]
    again = await world.call("POST", "/api/v1/users/ann.lee/lifecycle/unlock", who="helpdesk")
    assert refusal(again) == (403, "E0000032")
    assert again.json()["errorCauses"] == [{"errorSummary": "The user is not locked out."}]


async def test_unlock_also_serves_somebody_blocked_from_unknown_devices() -> None:
    world = World()
    assert (await world.call("POST", "/api/v1/users/carla.diaz/lifecycle/unlock")).status_code == 200
    assert await world.json("/api/v1/users/carla.diaz/blocks") == []
    assert refusal(await world.call("POST", "/api/v1/users/carla.diaz/lifecycle/unlock")) == (403, "E0000032")


async def test_sessions_end_without_a_body() -> None:
    world = World()
    for _ in range(2):
        answer = await world.call("DELETE", "/api/v1/users/bob.martin/sessions?oauthTokens=true")
        assert (answer.status_code, answer.content) == (204, b"")
        assert "content-type" not in answer.headers


async def test_secrets_are_given_once_and_only_when_not_mailed() -> None:
    world = World()
    path = "/api/v1/users/bob.martin/lifecycle"
    assert (await world.call("POST", f"{path}/reset_password?sendEmail=true")).json() == {}
    link = (await world.call("POST", f"{path}/reset_password?sendEmail=false")).json()
    assert link["resetPasswordUrl"].startswith("http://127.0.0.1:8765/signin/reset-password/")
    temp = (await world.call("POST", f"{path}/expire_password_with_temp_password")).json()
    assert 8 <= len(temp["tempPassword"]) <= 12
    expired = (await world.call("POST", f"{path}/expire_password")).json()
    assert expired["status"] == "PASSWORD_EXPIRED"
    activated = (await world.call("POST", "/api/v1/users/liam.obrien/lifecycle/activate?sendEmail=false")).json()
    assert set(activated) == {"activationUrl", "activationToken"}


async def test_a_federated_user_s_reset_turns_them_into_an_okta_user_as_the_reference_warns() -> None:
    world = World()
    assert (
        await world.call("POST", "/api/v1/users/ivan.petrov/lifecycle/reset_password?sendEmail=true")
    ).status_code == 200
    assert (await world.json("/api/v1/users/ivan.petrov"))["credentials"]["provider"]["type"] == "OKTA"


async def test_somebody_in_transition_is_left_alone() -> None:
    world = World()
    assert (await world.json("/api/v1/users/wade.cooper"))["transitioningToStatus"] == "PROVISIONED"
    assert refusal(await world.call("POST", "/api/v1/users/wade.cooper/lifecycle/deactivate")) == (403, "E0000038")


async def test_removing_okta_verify_removes_all_its_entries_and_another_factor_only_itself() -> None:
    world = World()
    path = "/api/v1/users/bob.martin/factors"
    factors = {factor["factorType"]: factor["id"] for factor in await world.json(path)}
    assert {"push", "token:software:totp", "email"} <= set(factors)
    assert (await world.call("DELETE", f"{path}/{factors['push']}", who="helpdesk")).status_code == 204
    left = {factor["factorType"] for factor in await world.json(path)}
    assert not left & {"push", "token:software:totp", "signed_nonce"}
    assert refusal(await world.get(f"{path}/{factors['push']}")) == (404, "E0000007")
    assert (await world.call("DELETE", f"{path}/{factors['email']}")).status_code == 204
    assert (await world.call("POST", "/api/v1/users/bob.martin/lifecycle/reset_factors")).json() == {}
    assert await world.json(path) == []


async def test_membership_by_hand_is_idempotent_and_a_rule_excludes_whom_a_hand_removes() -> None:
    world = World()
    ann, org = world.id_of("ann.lee"), world.org.groups
    vpn, everyone, imported = (org.named(n).id for n in ("VPN Users", "Everyone", "corp.acme.example/Domain Users"))
    path = f"/api/v1/groups/{vpn}/users/{ann}"
    for _ in range(2):
        assert (await world.call("DELETE", path)).status_code == 204
    rules = await world.json("/api/v1/groups/rules")
    rule = next(rule for rule in rules if rule["actions"]["assignUserToGroups"]["groupIds"] == [vpn])
    assert rule["conditions"]["people"]["users"]["exclude"] == [ann]
    groups = {group["id"] for group in await world.json(f"/api/v1/users/{ann}/groups")}
    assert vpn not in groups
    for _ in range(2):
        assert (await world.call("PUT", path)).status_code == 204
    assert ann in {user["id"] for user in await world.pages(f"/api/v1/groups/{vpn}/users?limit=200")}
    assert refusal(await world.call("DELETE", f"/api/v1/groups/{everyone}/users/{ann}")) == (501, "E0000060")
    assert refusal(await world.call("PUT", f"/api/v1/groups/{imported}/users/{ann}")) == (403, "E0000006")


async def test_who_is_deactivated_loses_groups_apps_and_tiles() -> None:
    world = World()
    bob = world.id_of("bob.martin")
    await world.call("POST", f"/api/v1/users/{bob}/lifecycle/deactivate")
    assert await world.json(f"/api/v1/users/{bob}/groups") == []
    assert await world.json(f"/api/v1/users/{bob}/appLinks") == []
    assert "password" not in (await world.json(f"/api/v1/users/{bob}"))["credentials"]
