"""Password policies made, changed, ordered and switched off; their rules; and whom they then hold for."""

# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import events, group, told
from tests.demo.support import World, complaints, needs_schema, refusal
from tests.each import each

ONE = "/api/v1/policies/{policyId}"


@pytest.fixture
def world() -> World:
    return World()


def body(world: World, name: str = "Auditors", **more: Any) -> dict[str, Any]:
    return {
        "type": "PASSWORD",
        "name": name,
        "description": "For those who check",
        "conditions": {
            "people": {"groups": {"include": [group(world, "Sales")]}},
            "authProvider": {"provider": "OKTA"},
        },
        "settings": {"password": {"age": {"maxAgeDays": 7}, "lockout": {"maxAttempts": 3, "autoUnlockMinutes": 1}}},
        **more,
    }


RULE = {
    "type": "PASSWORD",
    "name": "No help",
    "conditions": {"people": {"users": {"exclude": []}}, "network": {"connection": "ANYWHERE"}},
    "actions": {
        "passwordChange": {"access": "ALLOW"},
        "selfServicePasswordReset": {"access": "DENY"},
        "selfServiceUnlock": {"access": "DENY"},
    },
}


async def create(world: World, who: str = "super", **more: Any) -> Any:
    answer = await world.call("POST", "/api/v1/policies", who=who, json=body(world, **more))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def with_rule(world: World, **more: Any) -> tuple[Any, Any]:
    policy = await create(world, **more)
    rule = await world.call("POST", f"/api/v1/policies/{policy['id']}/rules", json=RULE)
    assert rule.status_code == 200, rule.text
    return policy, rule.json()


async def names(world: World) -> list[str]:
    return [policy["name"] for policy in await world.json("/api/v1/policies?type=PASSWORD")]


@pytest.mark.parametrize(("who", "actor"), [("super", "User"), ("service-admin", "PublicClientAppEntity")])
async def test_a_policy_s_whole_life(world: World, who: str, actor: str) -> None:
    made = await create(world, who)
    path = f"/api/v1/policies/{made['id']}"
    password = made["settings"]["password"]
    assert (made["status"], made["system"], made["priority"]) == ("ACTIVE", False, 3)
    assert (password["age"]["maxAgeDays"], password["lockout"]["maxAttempts"]) == (7, 3)
    assert password["complexity"]["minLength"] == 8
    assert await world.json(path, who=who) == made
    changed = await world.call("PUT", path, who=who, json=body(world, "Inspectors", priority=1))
    assert (changed.status_code, changed.json()["priority"]) == (200, 1)
    assert await names(world) == [
        "Inspectors",
        "Executives",
        "Contractors",
        "Active Directory Policy",
        "Default Policy",
    ]
    for step, status in (("deactivate", "INACTIVE"), ("activate", "ACTIVE")):
        answer = await world.call("POST", f"{path}/lifecycle/{step}", who=who)
        assert (answer.status_code, answer.content) == (204, b"")
        shown = await world.json(path, who=who)
        assert shown["status"] == status
        assert ("activate" in shown["_links"]) is (status == "INACTIVE")
    assert (await world.call("DELETE", path, who=who)).status_code == 204
    assert refusal(await world.get(path, who=who)) == (404, "E0000007")
    steps = ("create", "update", "deactivate", "activate", "delete")
    found = await events(world, *(f"policy.lifecycle.{step}" for step in steps))
    assert [told(event)[:2] for event in found] == [(f"policy.lifecycle.{step}", actor) for step in steps]


@needs_schema
async def test_what_is_made_fits_the_schema(world: World) -> None:
    policy, rule = await with_rule(world)
    answer = await world.get(f"/api/v1/policies/{policy['id']}")
    assert complaints(ONE, "GET", answer) == []
    answer = await world.get(f"/api/v1/policies/{policy['id']}/rules/{rule['id']}")
    assert complaints(f"{ONE}/rules/{{ruleId}}", "GET", answer) == []


@pytest.mark.parametrize(("who", "actor"), [("super", "User"), ("service-admin", "PublicClientAppEntity")])
async def test_a_rule_s_whole_life(world: World, who: str, actor: str) -> None:
    policy = await create(world)
    rules = f"/api/v1/policies/{policy['id']}/rules"
    made = (await world.call("POST", rules, who=who, json=RULE)).json()
    path = f"{rules}/{made['id']}"
    assert (made["priority"], made["actions"]) == (1, RULE["actions"])
    second = (await world.call("POST", rules, who=who, json={**RULE, "name": "First", "priority": 1})).json()
    assert [rule["id"] for rule in await world.json(rules)] == [second["id"], made["id"]]
    changed = await world.call("PUT", path, who=who, json={**RULE, "name": "Renamed", "actions": {}})
    assert (changed.json()["name"], changed.json()["priority"]) == ("Renamed", 2)
    assert {action["access"] for action in changed.json()["actions"].values()} == {"ALLOW"}
    for step, status in (("deactivate", "INACTIVE"), ("activate", "ACTIVE")):
        assert (await world.call("POST", f"{path}/lifecycle/{step}", who=who)).status_code == 204
        assert (await world.json(path))["status"] == status
    assert (await world.call("DELETE", path, who=who)).status_code == 204
    assert refusal(await world.get(path)) == (404, "E0000007")
    steps = ("add", "add", "update", "deactivate", "activate", "delete")
    found = await events(world, *(f"policy.rule.{step}" for step in steps))
    assert [told(event)[:2] for event in found] == [(f"policy.rule.{step}", actor) for step in steps]


async def test_people_fall_under_the_first_policy_that_fits(world: World) -> None:
    ann, policies = world.org.people.named("ann.lee"), world.org.policies
    assert policies.of(ann).name == "Default Policy"
    made, rule = await with_rule(world, activate=True)
    path = f"/api/v1/policies/{made['id']}"
    assert policies.of(ann).name == "Auditors"
    assert policies.of(ann).row.attempts == 3
    excluded = {**RULE, "conditions": {"people": {"users": {"exclude": [ann.id]}}}}
    assert (await world.call("PUT", f"{path}/rules/{rule['id']}", json=excluded)).status_code == 200
    assert policies.of(ann).name == "Default Policy"
    assert (await world.call("PUT", f"{path}/rules/{rule['id']}", json=RULE)).status_code == 200
    assert (await world.call("POST", f"{path}/lifecycle/deactivate")).status_code == 204
    assert policies.of(ann).name == "Default Policy"
    assert (await world.call("POST", f"{path}/lifecycle/activate")).status_code == 204
    assert policies.of(ann).name == "Auditors"
    assert policies.of(world.org.people.named("erik.larsen")).name == "Active Directory Policy"
    assert (await world.call("DELETE", path)).status_code == 204
    assert policies.of(ann).name == "Default Policy"


async def test_a_policy_without_a_rule_holds_for_nobody(world: World) -> None:
    await create(world)
    assert world.org.policies.of(world.org.people.named("ann.lee")).name == "Default Policy"


async def test_the_next_lock_takes_as_many_failures_as_the_policy_says(world: World) -> None:
    await with_rule(world)
    await world.world(lock="ann.lee")
    starts = await events(world, "user.session.start")
    failed = [event["outcome"]["reason"] for event in starts if event["actor"]["displayName"] == "Ann Lee"]
    assert failed.count("INVALID_CREDENTIALS") == 3


async def test_a_new_password_meets_the_policy_of_now(world: World) -> None:
    default = next(policy for policy in world.org.policies.all if policy.name == "Default Policy")
    path, settings = f"/api/v1/policies/{default.id}", {"password": {"complexity": {"minLength": 20}}}
    wanted = {"type": "PASSWORD", "name": "Default Policy", "settings": settings}
    bob = f"/api/v1/users/{world.id_of('bob.martin')}"
    short = {"credentials": {"password": {"value": "Abcdefg1"}}}
    assert (await world.call("POST", bob, json=short)).status_code == 200
    assert (await world.call("PUT", path, json=wanted)).status_code == 200
    other = {"credentials": {"password": {"value": "Abcdefg2"}}}
    assert refusal(await world.call("POST", bob, json=other)) == (400, "E0000001")


async def test_system_policies_and_their_rules_stay(world: World) -> None:
    default = next(policy for policy in world.org.policies.all if policy.name == "Default Policy")
    path, rule = f"/api/v1/policies/{default.id}", f"/api/v1/policies/{default.id}/rules/{default.rules[0].id}"
    for method, rest in (("DELETE", path), ("DELETE", rule)):
        assert refusal(await world.call(method, rest)) == (400, "E0000001")
    for rest in (path, rule):
        assert refusal(await world.call("POST", f"{rest}/lifecycle/deactivate")) == (400, "E0000001")
    renamed = await world.call("PUT", path, json=body(world, "Mine", priority=1))
    assert (renamed.json()["name"], renamed.json()["priority"]) == ("Default Policy", 4)
    assert renamed.json()["settings"]["password"]["age"]["maxAgeDays"] == 7


async def test_who_may_change_policies(world: World) -> None:
    assert (await world.call("POST", "/api/v1/policies", who="org", json=body(world))).status_code == 200
    for who in ("readonly", "helpdesk", "nobody"):
        answer = await world.call("POST", "/api/v1/policies", who=who, json=body(world, "Other"))
        assert refusal(answer) == (403, "E0000006")
    scopeless = await world.call("POST", "/api/v1/policies", who="service", json=body(world, "Other"))
    assert (scopeless.status_code, scopeless.content) == (403, b"")
    assert refusal(await world.call("DELETE", "/api/v1/policies/00pNOPE", who="readonly")) == (404, "E0000007")
    default = world.org.policies.all[0].id
    assert refusal(await world.call("DELETE", f"/api/v1/policies/{default}", who="readonly")) == (403, "E0000006")


@each(
    "more",
    [
        {"name": ""},
        {"name": "Executives"},
        {"name": "x" * 51},
        {"type": "OKTA_SIGN_ON"},
        {"priority": 0},
        {"priority": "first"},
        {"conditions": {"people": {"groups": {"include": ["00gNOPE"]}}}},
        {"conditions": {"authProvider": {"provider": "NOBODY"}}},
        {"settings": {"password": {"age": {"maxAgeDays": -1}}}},
        {"settings": {"password": {"lockout": {"maxAttempts": "many"}}}},
        {"settings": {"password": []}},
    ],
)
async def test_a_policy_with_a_fault_is_not_made(world: World, more: dict[str, Any]) -> None:
    before = await names(world)
    answer = await world.call("POST", "/api/v1/policies", json={**body(world), **more})
    assert refusal(answer) == (400, "E0000001")
    assert await names(world) == before
    malformed = await world.call("POST", "/api/v1/policies", content=b"{")
    assert refusal(malformed) == (400, "E0000003")


async def test_inactive_policies_are_listed_and_can_be_asked_for(world: World) -> None:
    answer = await world.call("POST", "/api/v1/policies?activate=false", json=body(world))
    assert answer.json()["status"] == "INACTIVE"
    assert "Auditors" in await names(world)
    found = await world.json("/api/v1/policies?type=PASSWORD&status=INACTIVE&expand=rules")
    assert [(policy["name"], policy["_embedded"]["rules"]) for policy in found] == [("Auditors", [])]
