"""The steps by hand: filled for one person, harmless whatever that person is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.support import aim, harmful, user_id
from tui.desk.catalogue import ACTIONS
from tui.desk.connector import OrgAddress
from tui.desk.instructions import by_hand
from tui.desk.obstacles import Cause, Obstacle
from tui.desk.person import Person
from tui.desk.portals import Portals
from tui.okta.models import User
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tui.demo.org import Org
    from tui.desk.actions import Action

ACME = OrgAddress("https://acme.okta.com")
EVERY = pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))


def somebody(**profile: object) -> Person:
    return Person(msgspec.convert({"id": "00u1EXAMPLE", "profile": profile}, User), 0.0)


@EVERY
def test_the_steps_name_the_person_and_lead_to_their_page(action: Action) -> None:
    found = by_hand(action, somebody(login="ann@acme.example", firstName="Ann", lastName="Lee"), ACME)
    link = "https://acme-admin.okta.com/admin/user/profile/view/00u1EXAMPLE"
    assert found.link == link
    assert found.title == f"{action.title} by hand: Ann Lee (ann@acme.example)"
    assert found.steps[0] == f"Open {link} in the Admin Console (Directory > People > ann@acme.example)."
    assert found.why == ""
    assert action.roles[0] in found.allows
    assert all(permission in found.allows for permission in action.permissions)
    assert found.text.splitlines()[2:4] == [f"1. {found.steps[0]}", f"2. {found.steps[1]}"]


@EVERY
def test_where_the_console_is_not_known_no_address_is_made_up(action: Action) -> None:
    found = by_hand(action, somebody(login="ann@acme.example"), OrgAddress("https://login.acme.example"))
    assert found.link == ""
    assert "Open the person's page in the Admin Console" in found.steps[0]


@pytest.mark.parametrize("odd", ["00u1/../../evil", "00u1?x", "", "００u", "00u1\x1b"])
def test_an_id_that_is_none_makes_no_link(odd: str) -> None:
    person = Person(User(id=odd, profile={"login": "ann"}), 0.0)
    assert by_hand(ACTIONS["unlock"], person, ACME).link == ""


@EVERY
@pytest.mark.parametrize(
    "braces", ["{name}", "{login}", "{link}", "{}", "{0}", "{", "}", "{{name}}", "{name.__class__}"]
)
def test_braces_in_a_name_are_text(action: Action, braces: str) -> None:
    person = somebody(login=f"{braces}@acme.example", firstName=braces, lastName="Lee")
    found = by_hand(action, person, ACME, Obstacle(Cause.STATE, braces, braces))
    assert f"Directory > People > {braces}@acme.example" in found.steps[0]
    assert found.title == f"{action.title} by hand: {braces} Lee ({braces}@acme.example)"
    assert braces in found.why
    assert action.plan(person).sentence == action.sentence.replace("{name}", f"{braces} Lee")


@given(st.text(), st.text(), st.text())
def test_no_name_of_anybody_breaks_or_poisons_the_steps(login: str, first: str, last: str) -> None:
    person = somebody(login=login, firstName=first, lastName=last)
    for action in ACTIONS.values():
        found = by_hand(action, person, ACME, Obstacle(Cause.STATE, first, last))
        assert len(found.steps) == len(action.steps)
        assert harmful(found.text.replace("\n", "")) == []
        assert len(found.text.splitlines()) == len(action.steps) + 5


async def test_the_steps_say_why_keydesk_does_not_do_it(desk: Desk, org: Org) -> None:
    session = desk.session(mode=Mode.READ_ONLY)
    plan = await aim(session, "unlock", user_id(org, "ann.lee"))
    found = session.by_hand(plan.action, plan.person)
    assert found.why == (
        "keydesk does not do it here: read-only. This connector only reads. The steps by hand are shown instead."
    )
    assert found.link == ""  # the demo org has no console


async def test_nothing_in_the_way_gives_no_reason(desk: Desk, org: Org) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, "ann.lee"))
    assert session.by_hand(plan.action, plan.person).why == ""


PORTALS = Portals(
    unlock="https://unlock.acme.example/?who={login}&id={id}",
    directory=True,
    directory_where="Call the Windows team, 4711",
)


def test_the_portal_that_the_company_prefers_takes_the_place_of_the_steps() -> None:
    person = somebody(login="a&b=c@acme.example")
    told = by_hand(ACTIONS["unlock"], person, ACME, portals=PORTALS)
    assert told.link == "https://unlock.acme.example/?who=a%26b%3Dc%40acme.example&id=00u1EXAMPLE"
    assert told.steps == (f"Use the portal that your company prefers for this: {told.link}",)
    assert len(by_hand(ACTIONS["clear-sessions"], person, ACME, portals=PORTALS).steps) > 1


def test_people_of_a_directory_are_sent_there() -> None:
    user = {"id": "00u1", "profile": {"login": "x"}, "credentials": {"provider": {"type": "ACTIVE_DIRECTORY"}}}
    person = Person(msgspec.convert(user, User), 0.0)
    told = by_hand(ACTIONS["unlock"], person, ACME, portals=PORTALS)
    assert "Call the Windows team, 4711" in told.text
    assert told.link == ""


@given(st.text())
def test_nothing_in_a_login_breaks_out_of_the_portals_address(login: str) -> None:
    told = by_hand(ACTIONS["unlock"], somebody(login=login), ACME, portals=PORTALS)
    assert told.link.startswith("https://unlock.acme.example/?who=")
    assert harmful(told.link) == []
    assert told.link.count("&") == 1
