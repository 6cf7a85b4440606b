"""The policies of the other types: which of them an engine has, their rules, and that nobody changes them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.support import World, refusal

EVERY = ("OKTA_SIGN_ON", "MFA_ENROLL", "IDP_DISCOVERY")
OIE = ("ACCESS_POLICY", "PROFILE_ENROLLMENT")


@pytest.fixture(scope="module")
def world() -> World:
    return World(rate_limits="off")


async def policies(world: World, kind: str, more: str = "") -> list[Any]:
    found: list[Any] = await world.json(f"/api/v1/policies?type={kind}{more}")
    return found


async def test_every_type_has_a_policy_of_the_system_and_each_policy_its_rules(world: World) -> None:
    identifiers = set()
    for kind in (*EVERY, *OIE):
        found = await policies(world, kind)
        assert any(policy["system"] for policy in found), kind
        for policy in found:
            assert policy["type"] == kind
            assert await world.json(f"/api/v1/policies/{policy['id']}") == policy
            rules = await world.json(f"/api/v1/policies/{policy['id']}/rules")
            assert rules
            for rule in rules:
                assert await world.json(f"/api/v1/policies/{policy['id']}/rules/{rule['id']}") == rule
                assert rule["type"] == ("SIGN_ON" if kind == "OKTA_SIGN_ON" else kind)
            identifiers |= {policy["id"], *(rule["id"] for rule in rules)}
            expanded = await world.json(f"/api/v1/policies/{policy['id']}?expand=rules")
            assert expanded["_embedded"] == {"rules": rules}
    assert len(identifiers) == 14


async def test_a_sign_on_policy_is_for_the_members_of_a_group_that_is_there(world: World) -> None:
    admins, default = await policies(world, "OKTA_SIGN_ON")
    for policy, name in ((admins, "Okta Administrators"), (default, "Everyone")):
        (identifier,) = policy["conditions"]["people"]["groups"]["include"]
        assert (await world.json(f"/api/v1/groups/{identifier}"))["profile"]["name"] == name


async def test_only_what_is_not_the_system_s_can_be_switched_off_by_its_links(world: World) -> None:
    for kind in (*EVERY, *OIE):
        for policy in await policies(world, kind):
            assert ("deactivate" in policy["_links"]) is not policy["system"]
            assert ("DELETE" in policy["_links"]["self"]["hints"]["allow"]) is not policy["system"]


async def test_an_app_sign_in_policy_names_its_apps(world: World) -> None:
    console, two = await policies(world, "ACCESS_POLICY")
    assert await world.json(f"/api/v1/policies/{console['id']}/mappings") == []
    mapped = await world.json(f"/api/v1/policies/{two['id']}/mappings")
    linked = {mapping["_links"]["application"]["href"].rsplit("/", 1)[1] for mapping in mapped}
    assert linked == {app.id for app in world.org.apps.all}
    assert len({mapping["id"] for mapping in mapped}) == len(mapped)


async def test_a_classic_org_has_other_settings_and_does_not_know_identity_engine_s_types() -> None:
    classic = World(pipeline="v1")
    for kind in EVERY:
        assert await policies(classic, kind)
    for kind in (*OIE, "ENTITY_RISK"):
        refused = await classic.get(f"/api/v1/policies?type={kind}")
        assert refusal(refused) == (400, "E0000002")
        assert refused.json()["errorSummary"] == "The request was not valid: Invalid policy type specified."
    ((enrolment,), (newer,)) = await policies(classic, "MFA_ENROLL"), await policies(World(), "MFA_ENROLL")
    assert set(enrolment["settings"]) == {"factors"}
    assert newer["settings"]["type"] == "AUTHENTICATORS"


async def test_a_status_is_asked_for_and_types_that_are_empty_are_no_error(world: World) -> None:
    assert await policies(world, "OKTA_SIGN_ON", "&status=INACTIVE") == []
    assert len(await policies(world, "OKTA_SIGN_ON", "&status=ACTIVE")) == 2
    assert await policies(world, "ENTITY_RISK") == []


async def test_nobody_changes_them_here_and_who_may_not_see_them_does_not(world: World) -> None:
    policy = (await policies(world, "ACCESS_POLICY"))[0]
    path = f"/api/v1/policies/{policy['id']}"
    for method, more in (("PUT", ""), ("DELETE", ""), ("POST", "/lifecycle/deactivate"), ("POST", "/rules")):
        assert refusal(await world.call(method, path + more, json={"type": "ACCESS_POLICY"})) == (400, "E0000001")
    for who in ("helpdesk", "app", "service-norole"):
        for more in ("", "/rules", "/mappings"):
            assert refusal(await world.get(path + more, who=who)) == (403, "E0000006")
    assert refusal(await world.get(f"{path}/rules/rulNOPE")) == (404, "E0000007")
    assert (await world.json(path, who="readonly")) == policy
