# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import Any

import pytest

from tests.demo.software import assignment, events, group, members, told
from tests.demo.support import World, refusal

RULES = "/api/v1/groups/rules"


@pytest.fixture
def world() -> World:
    return World()


def rule(world: World, expression: str, *names: str, title: str = "Test", **conditions: Any) -> dict[str, Any]:
    return {
        "type": "group_rule",
        "name": title,
        "conditions": {"expression": {"value": expression, "type": "urn:okta:expression:1.0"}, **conditions},
        "actions": {"assignUserToGroups": {"groupIds": [group(world, name) for name in names or ("Notion",)]}},
    }


async def create(world: World, expression: str, *names: str, active: bool = True, **more: Any) -> str:
    made = await world.call("POST", RULES, json=rule(world, expression, *names, **more))
    assert made.status_code == 200, made.text
    identifier = str(made.json()["id"])
    if active:
        answer = await world.call("POST", f"{RULES}/{identifier}/lifecycle/activate")
        assert (answer.status_code, answer.content) == (204, b"")
    return identifier


async def edit(world: World, name: str, **profile: object) -> None:
    """Change a person as an update does: the old record is kept, the profile replaced."""
    person = world.org.people.named(name)
    world.org.people.touch(person, float(int(world.clock.at)))
    person.more = {**person.more, **profile}


async def test_a_new_rule_is_inactive_and_looks_like_okta_s(world: World) -> None:
    made = (await world.call("POST", RULES, json=rule(world, 'user.department=="Legal"'))).json()
    assert (made["type"], made["status"], made["name"]) == ("group_rule", "INACTIVE", "Test")
    assert made["conditions"]["people"] == {"users": {"exclude": []}, "groups": {"exclude": []}}
    assert made["actions"]["assignUserToGroups"]["groupIds"] == [group(world, "Notion")]
    assert await world.json(f"{RULES}/{made['id']}") == made
    assert made["id"] in {known["id"] for known in await world.pages(f"{RULES}?limit=5")}
    assert [known["id"] for known in await world.json(f"{RULES}?search=test")] == [made["id"]]
    assert await members(world, group(world, "Notion")) == set()
    expanded = await world.json(f"{RULES}?search=test&expand=groupIdToGroupNameMap")
    assert expanded[0]["_embedded"] == {"groupIdToGroupNameMap": {group(world, "Notion"): "Notion"}}


async def test_an_active_rule_puts_everybody_who_matches_into_all_its_groups(world: World) -> None:
    await create(world, 'user.department=="Legal"', "Notion", "Concur Travellers")
    legal = await members(world, group(world, "Legal"))
    assert legal
    assert await members(world, group(world, "Notion")) == legal
    assert await members(world, group(world, "Concur Travellers")) == legal
    quinn = world.id_of("quinn.baker")
    assert quinn in legal
    world.clock.at += 2
    assert await assignment(world, "SAP Concur", quinn) == ("GROUP", "STAGED", "SYNCING")
    added = await events(world, "group.user_membership.add")
    assert {event["actor"]["type"] for event in added} == {"SystemPrincipal"}
    assert {event["target"][0]["id"] for event in added} == legal
    (trigger,) = await events(world, "group.user_membership.rule.trigger")
    assert told(trigger)[1:] == ("User", ["Test"])


async def test_a_rule_follows_the_profile(world: World) -> None:
    await create(world, 'user.costCentre=="C-7"', "Concur Travellers")
    office, bob = group(world, "Concur Travellers"), world.id_of("bob.martin")
    assert await members(world, office) == set()
    await edit(world, "bob.martin", costCentre="C-7")
    assert await members(world, office) == {bob}
    assert office in {one["id"] for one in await world.json(f"/api/v1/users/{bob}/groups")}
    world.clock.at += 2
    assert await assignment(world, "SAP Concur", bob) == ("GROUP", "STAGED", "SYNCING")
    await edit(world, "bob.martin", costCentre="C-8")
    assert await members(world, office) == set()
    world.clock.at += 2
    assert await assignment(world, "SAP Concur", bob) is None
    kinds = ("group.user_membership.add", "group.user_membership.remove")
    assert [told(event) for event in await events(world, *kinds)] == [
        (kind, "SystemPrincipal", ["Bob Martin", "Concur Travellers"]) for kind in kinds
    ]


async def test_a_department_moved_moves_the_groups_of_old_too(world: World) -> None:
    bob = world.id_of("bob.martin")
    await members(world, group(world, "Sales"))
    await edit(world, "bob.martin", department="Sales")
    assert bob in await members(world, group(world, "Sales"))
    assert bob not in await members(world, group(world, "Engineering"))


async def test_deactivation_leaves_whom_the_rule_had_put_there(world: World) -> None:
    identifier = await create(world, 'user.department=="Legal"')
    legal = await members(world, group(world, "Legal"))
    off = await world.call("POST", f"{RULES}/{identifier}/lifecycle/deactivate")
    assert (off.status_code, off.content) == (204, b"")
    assert (await world.json(f"{RULES}/{identifier}"))["status"] == "INACTIVE"
    assert await members(world, group(world, "Notion")) == legal
    await edit(world, "bob.martin", department="Legal")
    await edit(world, "quinn.baker", department="Sales")
    assert await members(world, group(world, "Notion")) == legal
    assert [told(event)[1:] for event in await events(world, "group.user_membership.rule.deactivated")] == [
        ("User", ["Test"])
    ]
    gone = await world.call("DELETE", f"{RULES}/{identifier}")
    assert (gone.status_code, gone.content) == (202, b"{}")
    assert refusal(await world.get(f"{RULES}/{identifier}")) == (404, "E0000007")
    assert await members(world, group(world, "Notion")) == legal


async def test_deleting_a_rule_takes_its_members_along_when_asked_to(world: World) -> None:
    identifier, bob = await create(world, 'user.department=="Legal"'), world.id_of("bob.martin")
    await world.call("PUT", f"/api/v1/groups/{group(world, 'Notion')}/users/{bob}")
    await world.call("POST", f"{RULES}/{identifier}/lifecycle/deactivate")
    assert (await world.call("DELETE", f"{RULES}/{identifier}?removeUsers=true")).status_code == 202
    assert await members(world, group(world, "Notion")) == {bob}
    removed = await events(world, "group.user_membership.remove")
    assert {event["target"][0]["id"] for event in removed} == await members(world, group(world, "Legal"))


async def test_a_hand_that_removes_excludes_and_a_change_of_the_rule_may_let_back_in(world: World) -> None:
    identifier, quinn = await create(world, 'user.department=="Legal"'), world.id_of("quinn.baker")
    notion = group(world, "Notion")
    for _ in range(2):
        assert (await world.call("DELETE", f"/api/v1/groups/{notion}/users/{quinn}")).status_code == 204
    assert quinn not in await members(world, notion)
    shown = await world.json(f"{RULES}/{identifier}")
    assert shown["conditions"]["people"]["users"]["exclude"] == [quinn]
    (event,) = await events(world, "group.user_membership.rule.add_exclusion")
    assert told(event)[2] == ["Quinn Baker", "Test"]
    await world.call("POST", f"{RULES}/{identifier}/lifecycle/deactivate")
    body = rule(world, 'user.department=="Legal"', people={"users": {"exclude": []}})
    assert (await world.call("PUT", f"{RULES}/{identifier}", json=body)).status_code == 200
    await world.call("POST", f"{RULES}/{identifier}/lifecycle/activate")
    assert quinn in await members(world, notion)


async def test_who_is_excluded_from_the_start_stays_out(world: World) -> None:
    quinn = world.id_of("quinn.baker")
    await create(world, 'user.department=="Legal"', people={"users": {"exclude": [quinn]}, "groups": {"exclude": []}})
    found = await members(world, group(world, "Notion"))
    assert found == await members(world, group(world, "Legal")) - {quinn}
    unknown = rule(world, "true", title="Other", people={"users": {"exclude": ["00uNOPE"]}})
    assert refusal(await world.call("POST", RULES, json=unknown)) == (400, "E0000001")


async def test_only_an_inactive_rule_is_changed_and_only_one_that_does_not_act_deleted(world: World) -> None:
    identifier = await create(world, 'user.department=="Legal"')
    body = rule(world, 'user.department=="Sales"', title="Now Sales")
    assert refusal(await world.call("PUT", f"{RULES}/{identifier}", json=body)) == (400, "E0000001")
    assert refusal(await world.call("DELETE", f"{RULES}/{identifier}")) == (400, "E0000001")
    assert (await world.json(f"{RULES}/{identifier}"))["name"] == "Test"
    await world.call("POST", f"{RULES}/{identifier}/lifecycle/deactivate")
    world.clock.at += 5
    changed = (await world.call("PUT", f"{RULES}/{identifier}", json=body)).json()
    assert (changed["name"], changed["status"]) == ("Now Sales", "INACTIVE")
    assert changed["conditions"]["expression"]["value"] == 'user.department=="Sales"'
    assert changed["lastUpdated"] > changed["created"]
    kinds = ("policy.rule.add", "policy.rule.update")
    assert [told(event)[0] for event in await events(world, *kinds)] == list(kinds)


async def test_a_wrong_expression_is_refused_in_okta_s_words(world: World) -> None:
    text = '(user.firstName == "TestAcc"'
    refused = await world.call("POST", RULES, json=rule(world, text))
    assert refusal(refused) == (400, "E0000001")
    assert refused.json()["errorSummary"] == "Api validation failed: validateRule"
    assert [cause["errorSummary"] for cause in refused.json()["errorCauses"]] == [
        f"Invalid expression syntax {text}",
        "conditions: Invalid expression",
    ]
    identifier = await create(world, "false", active=False)
    assert refusal(await world.call("PUT", f"{RULES}/{identifier}", json=rule(world, text))) == (400, "E0000001")
    assert (await world.json(f"{RULES}/{identifier}"))["conditions"]["expression"]["value"] == "false"


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 51},
        {"name": "Sales by department"},
        {"type": "other"},
        {"conditions": {}},
        {"conditions": None},
        {"actions": {}},
        {"actions": {"assignUserToGroups": {"groupIds": []}}},
        {"actions": {"assignUserToGroups": {"groupIds": ["00gNOPE"]}}},
    ],
)
async def test_bad_rules_are_refused(world: World, change: dict[str, Any]) -> None:
    before = await world.pages(f"{RULES}?limit=200")
    assert refusal(await world.call("POST", RULES, json={**rule(world, "true"), **change})) == (400, "E0000001")
    assert refusal(await world.call("POST", RULES, content=b"[")) == (400, "E0000003")
    assert await world.pages(f"{RULES}?limit=200") == before


@pytest.mark.parametrize("name", ["Everyone", "corp.acme.example/Domain Users", "Service Desk Admins"])
async def test_rules_fill_ordinary_groups_only(world: World, name: str) -> None:
    assert refusal(await world.call("POST", RULES, json=rule(world, "true", name))) == (400, "E0000001")


@pytest.mark.parametrize("who", ["helpdesk", "readonly", "app", "group-membership"])
async def test_who_may_not_change_rules(world: World, who: str) -> None:
    identifier = await create(world, "false", active=False)
    body = rule(world, "true")
    for method, path in (
        ("POST", RULES),
        ("PUT", f"{RULES}/{identifier}"),
        ("DELETE", f"{RULES}/{identifier}"),
        ("POST", f"{RULES}/{identifier}/lifecycle/activate"),
        ("POST", f"{RULES}/{identifier}/lifecycle/deactivate"),
    ):
        assert refusal(await world.call(method, path, who=who, json=body)) == (403, "E0000006")
    unscoped = await world.call("POST", RULES, who="service-readonly", json=body)
    assert (unscoped.status_code, unscoped.content) == (403, b"")
    assert (await world.call("POST", RULES, who="service", json={**body, "name": "Mine"})).status_code == 200


async def test_an_unknown_rule_is_not_found(world: World) -> None:
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/lifecycle/activate")):
        refused = await world.call(method, f"{RULES}/0prNOPE{path}", json=rule(world, "true"))
        assert refusal(refused) == (404, "E0000007")


async def test_a_rule_that_asks_for_its_own_group_or_another_s_ends(world: World) -> None:
    await create(world, 'isMemberOfGroupName("Notion")')
    assert await members(world, group(world, "Notion")) == set()
    await create(world, 'isMemberOfGroupName("Legal")', "Concur Travellers", title="Second")
    assert await members(world, group(world, "Concur Travellers")) == await members(world, group(world, "Legal"))


async def test_somebody_new_is_put_where_the_rules_say_and_gets_what_the_groups_give(world: World) -> None:
    await create(world, 'user.department=="Legal"', "Concur Travellers")
    profile = {"firstName": "Nia", "lastName": "Roberts", "email": "nia@acme.example", "login": "nia@acme.example"}
    body = {
        "profile": {**profile, "department": "Legal"},
        "credentials": {"password": {"value": "Correct-horse-7"}},
        "groupIds": [group(world, "Jira Agents")],
    }
    made = await world.call("POST", "/api/v1/users?activate=true", json=body)
    assert made.status_code == 200, made.text
    nia = made.json()["id"]
    for name in ("Everyone", "Legal", "Concur Travellers", "Jira Agents"):
        assert nia in await members(world, group(world, name)), name
    world.clock.at += 2
    assert await assignment(world, "SAP Concur", nia) == ("GROUP", "STAGED", "SYNCING")
    assert await assignment(world, "Jira Service Management", nia) == ("GROUP", "ACTIVE", "DISABLED")
    assert await assignment(world, "Miro", nia) is None
    world.clock.at += 200
    assert await assignment(world, "Slack", nia) == ("GROUP", "PROVISIONED", "SYNCHRONIZED")
    added = [event for event in await events(world, "group.user_membership.add") if event["target"][0]["id"] == nia]
    assert {(event["actor"]["type"], event["target"][1]["displayName"]) for event in added} == {
        ("SystemPrincipal", "Legal"),
        ("SystemPrincipal", "Concur Travellers"),
        ("User", "Jira Agents"),
    }
    given = await events(world, "application.user_membership.add")
    assert [event["target"][1]["displayName"] for event in given if event["target"][2]["id"] == nia].count("Slack") == 1


async def test_a_changed_profile_moves_a_person_through_the_api_too(world: World) -> None:
    zoe = world.id_of("zoe.martin")
    assert zoe in await members(world, group(world, "Design"))
    changed = await world.call("POST", f"/api/v1/users/{zoe}", json={"profile": {"department": "Legal"}})
    assert changed.status_code == 200, changed.text
    assert zoe not in await members(world, group(world, "Design"))
    assert zoe in await members(world, group(world, "Legal"))
    world.clock.at += 5
    found = await events(world, "group.user_membership.add", "group.user_membership.remove")
    assert {(event["eventType"], event["target"][1]["displayName"]) for event in found} == {
        ("group.user_membership.add", "Legal"),
        ("group.user_membership.remove", "Design"),
    }


async def test_a_rule_that_acts_again_lets_go_of_who_no_longer_matches(world: World) -> None:
    identifier, quinn = await create(world, 'user.department=="Legal"'), world.id_of("quinn.baker")
    await world.call("POST", f"{RULES}/{identifier}/lifecycle/deactivate")
    await edit(world, "quinn.baker", department="Sales")
    assert quinn in await members(world, group(world, "Notion"))
    await world.call("POST", f"{RULES}/{identifier}/lifecycle/activate")
    assert await members(world, group(world, "Notion")) == await members(world, group(world, "Legal"))
    removed = [event["target"] for event in await events(world, "group.user_membership.remove")]
    assert (quinn, group(world, "Notion")) in {(target[0]["id"], target[1]["id"]) for target in removed}
