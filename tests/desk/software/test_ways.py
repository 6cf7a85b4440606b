"""The ways to give software and to take it away: which there are, which is the best, what is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.software.test_search import found, named
from tests.desk.support import service_session, user_id
from tui.demo.apps.app import Given
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause, TargetKind
from tui.desk.software.search import SoftwareSearch
from tui.desk.software.ways import ways
from tui.okta.policy import Capability
from tui.trouble import Trouble

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tui.demo.org import Org
    from tui.desk.session import Session
    from tui.desk.software.ways import SoftwareWay


async def ways_of(session: Session, org: Org, name: str, text: str, who: str = "ann.lee") -> tuple[SoftwareWay, ...]:
    person = await session.person_with_blocks(user_id(org, who))
    search = SoftwareSearch(session, person.user.id, dwell=0.0)
    return ways(session, person, named(await found(search, text), name))


def titles(found: tuple[SoftwareWay, ...]) -> list[str]:
    return [way.title for way in found]


def the(found: tuple[SoftwareWay, ...], action: str, name: str = "") -> SoftwareWay:
    (way,) = [way for way in found if way.action.id == action and name in way.title]
    return way


def join(org: Org, group: str, who: str = "ann.lee") -> None:
    org.groups.add(org.groups.named(group), org.people.named(who), org.clock() - 1000)
    org.advance()


async def test_the_group_that_gives_least_else_is_the_best_and_then_the_app_itself(desk: Desk, org: Org) -> None:
    came = await ways_of(desk.session(), org, "Figma", "figma")
    assert titles(came) == [
        "Add to the group Figma Editors",
        "Add to the group Design",
        "Assign Figma directly",
        "Give Figma to a group",
    ]
    assert [way.best for way in came] == [True, False, False, False]
    assert came[0].ids == {TargetKind.GROUP: org.groups.named("Figma Editors").id}
    assert came[3].missing == (TargetKind.GROUP,)
    assert came[1].notes[1] == "the rule Design by department fills it"


async def test_an_app_that_nobody_may_be_put_into_a_group_for_is_assigned(desk: Desk, org: Org) -> None:
    came = await ways_of(desk.session(), org, "Warehouse Board", "warehouse")
    assert next((way.title, way.best) for way in came) == ("Assign Warehouse Board directly", True)
    imported = the(came, "add-to-group")
    assert imported.obstacle
    assert imported.obstacle.cause is Cause.TARGET
    assert imported.obstacle.reason == "its members come from a directory or an app"
    assert not imported.by_hand


async def test_an_app_without_groups(desk: Desk, org: Org) -> None:
    came = await ways_of(desk.session(), org, "Miro", "miro")
    assert titles(came) == ["Assign Miro directly", "Give Miro to a group"]


async def test_what_came_by_a_group_is_taken_away_there(desk: Desk, org: Org) -> None:
    came = await ways_of(desk.session(), org, "Salesforce", "salesforce")
    assert came[0].title == "Remove from the group Salesforce Users"
    assert not [way for way in came if way.best]  # an enter too many takes nothing away
    assert came[0].notes == ("the app may delete their account",)
    assert not [way for way in came if way.action.id in {"assign-app", "unassign-app"}]


async def test_what_came_directly_is_unassigned(desk: Desk, org: Org) -> None:
    came = await ways_of(desk.session(), org, "Box", "box")
    assert came[0].title == "Unassign Box"
    assert not [way for way in came if way.action.id == "remove-from-group"]


async def test_what_came_both_ways_says_what_each_leaves(desk: Desk, org: Org) -> None:
    join(org, "Figma Editors")
    person = org.people.named("ann.lee")
    figma = next(app for app in org.apps.all if app.row.label == "Figma")
    figma.given[person.index] = Given(org.clock() - 1000, direct=True)
    came = await ways_of(desk.session(), org, "Figma", "figma")
    assert the(came, "remove-from-group").notes == ("the direct assignment stays",)
    assert the(came, "unassign-app").notes == (
        "Figma Editors still gives it: Okta may refuse until they are out of there",
    )


async def test_two_groups_that_give_the_same(desk: Desk, org: Org) -> None:
    join(org, "Jira Users")
    came = await ways_of(desk.session(), org, "Confluence", "confluence")
    removals = {way.title: way.notes for way in came if way.action.id == "remove-from-group"}
    assert removals == {
        "Remove from the group Confluence Editors": ("the other group still gives it",),
        "Remove from the group Jira Users": ("takes Jira away as well", "the other group still gives it"),
    }


async def test_a_rule_that_put_them_there_is_told_before(desk: Desk, org: Org) -> None:
    came = await ways_of(desk.session(), org, "VPN (RADIUS)", "vpn")
    assert the(came, "remove-from-group").notes == (
        "the rule VPN Users by department put them there: removing excludes them from it for good",
    )


async def test_a_group_that_gives_admin_rights_is_refused(desk: Desk, org: Org) -> None:
    (way,) = await ways_of(desk.session(), org, "Service Desk Admins", "desk admins")
    assert way.obstacle
    assert way.obstacle.reason == "it gives admin rights"
    assert not way.by_hand
    assert not way.best


async def test_an_inactive_app_is_not_given(desk: Desk, org: Org) -> None:
    came = await ways_of(desk.session(), org, "Basecamp (retired)", "basecamp")
    assert {way.title: way.obstacle.reason for way in came if way.obstacle} == {
        "Assign Basecamp (retired) directly": "the app is not active",
        "Give Basecamp (retired) to a group": "the app is not active",
    }
    assert not [way for way in came if way.best]


async def test_everyone_is_left_alone(desk: Desk, org: Org) -> None:
    came = await ways_of(desk.session(), org, "Slack", "slack")
    removal = the(came, "remove-from-group")
    assert removal.obstacle
    assert removal.obstacle.reason == "Okta keeps this group itself"


async def test_nobody_gives_to_a_deactivated_person(desk: Desk, org: Org) -> None:
    gone = next(person for person in org.people.from_index() if person.status == "DEPROVISIONED")
    session = desk.session()
    person = await session.person_with_blocks(gone.id)
    search = SoftwareSearch(session, gone.id, dwell=0.0)
    came = ways(session, person, named(await found(search, "figma"), "Figma"))
    assert {way.obstacle.cause for way in came if way.obstacle} == {Cause.STATE}
    assert all(way.obstacle for way in came)


async def test_read_only_leaves_the_ways_by_hand_in_the_same_order(desk: Desk, org: Org) -> None:
    came = await ways_of(desk.session(read_only=True), org, "Figma", "figma")
    assert titles(came)[0] == "Add to the group Figma Editors"
    assert all(way.by_hand for way in came)
    assert not [way for way in came if way.best]


async def test_what_nobody_could_do_is_not_by_hand_in_read_only_mode_either(desk: Desk, org: Org) -> None:
    (way,) = await ways_of(desk.session(read_only=True), org, "Service Desk Admins", "desk admins")
    assert not way.by_hand


async def test_a_missing_scope_leaves_the_other_ways(desk: Desk, org: Org) -> None:
    session = service_session(desk, "service")
    session.denied["assign_app"] = Trouble("keydesk lacks the scope okta.apps.manage", advice="Ask.")
    came = await ways_of(session, org, "Figma", "figma")
    assert [way.title for way in came if way.by_hand] == ["Assign Figma directly"]
    assert came[0].best


async def test_a_group_that_was_refused_to_the_role_comes_last_and_says_so(desk: Desk, org: Org) -> None:
    session = desk.session()
    session.out_of_reach[org.groups.named("Figma Editors").id] = Trouble("Refused", advice="")
    came = await ways_of(session, org, "Figma", "figma")
    assert came[0].title == "Add to the group Design"
    assert "Okta refused it to keydesk's role before" in the(came, "add-to-group", "Figma Editors").notes


@pytest.mark.parametrize("text", ["figma", "box", "salesforce", "notion", "warehouse", "desk admins", "basecamp"])
async def test_what_is_offered_is_what_the_confirmation_finds_possible(desk: Desk, org: Org, text: str) -> None:
    session = desk.session()
    person = await session.person_with_blocks(user_id(org, "ann.lee"))
    search = SoftwareSearch(session, person.user.id, dwell=0.0)
    offers = (await found(search, text)).offers
    assert offers
    for way in (way for offer in offers for way in ways(session, person, offer) if not way.missing):
        targets = await session.read_targets(way.action, person, way.ids)
        assert (session.obstacle(way.action, person, targets) is None) is (way.obstacle is None), way.title


async def test_all_actions_without_a_key_on_the_card_are_ways(desk: Desk, org: Org) -> None:
    session = desk.session()
    asked = (("Figma", "figma"), ("Salesforce", "salesforce"), ("Box", "box"))
    came = [way for name, text in asked for way in await ways_of(session, org, name, text)]
    assert {way.action.id for way in came} == {
        action.id for action in ACTIONS.values() if action.capability is Capability.PROVISIONING
    }
