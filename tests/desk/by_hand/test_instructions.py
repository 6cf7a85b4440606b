"""The steps by hand for one person: filled, harmless, with their reason, another text for each cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import half_as_many
from tests.desk.support import aim, harmful, service_session, user_id
from tests.each import each
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import UNFIT, Cause, Obstacle, Target, TargetKind
from tui.desk.actions.obstacles import Standing, obstacle
from tui.desk.actions.why_not import explain
from tui.desk.by_hand.instructions import CONSOLE, DIRECTORY, INSTEAD, PORTAL, by_hand, instructions_for
from tui.desk.by_hand.self_service import UNKNOWN
from tui.desk.connectors.connector import OrgAddress
from tui.desk.connectors.portals import NO_PORTALS, Portals
from tui.desk.people.person import Person
from tui.desk.perform.perform import perform
from tui.okta.errors import FeatureOff, MissingRole, MissingScope
from tui.okta.models import User
from tui.okta.policy import Capability, Mode, Policy
from tui.trouble import Trouble

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tui.demo.org import Org
    from tui.desk.actions.grammar import Action
    from tui.desk.by_hand.instructions import Instructions
    from tui.desk.by_hand.self_service import SelfService

ACME = OrgAddress("https://acme.okta.com")
EVERY = each("action", ACTIONS.values(), ids=lambda action: action.id)
ADMIN = "https://acme-admin.okta.com/admin"


def somebody(status: str | None = None, provider: str = "OKTA", **profile: object) -> Person:
    raw = {"id": "00u1EXAMPLE", "status": status, "profile": profile, "credentials": {"provider": {"type": provider}}}
    return Person(msgspec.convert(raw, User), 0.0)


def aimed(action: Action, name: str = "VPN Users") -> tuple[Target, ...]:
    return tuple(Target(kind, f"{kind.value}1x", name) for kind in action.aims)


LACKS_NOTHING = Standing(Policy(ACME.origin, Mode.READ_WRITE))


def never(action: Action, person: Person, targets: tuple[Target, ...] = ()) -> Obstacle | None:
    """Why nobody could do it: what is in the way of a session that lacks nothing."""
    return obstacle(action, person, LACKS_NOTHING, targets)


def advised(
    action: Action,
    person: Person,
    org: OrgAddress = ACME,
    found: Obstacle | None = None,
    *,
    targets: tuple[Target, ...] = (),
    denied: Trouble | None = None,
    flag: bool = False,
    portals: Portals = NO_PORTALS,
    allowed: SelfService = UNKNOWN,
) -> Instructions:
    """The instructions for one cause, explained for the person as the desk explains it."""
    nobody = never(action, person, targets)
    if found is not None and found.cause not in UNFIT:
        found = explain(action, person, found, denied=denied, flag=flag, never=nobody)
    elif nobody is not None:
        found = nobody
    elif found is not None:
        found = explain(action, person, found)
    return instructions_for(action, person, org, found, portals=portals, targets=targets, allowed=allowed)


ANN = somebody("LOCKED_OUT", login="ann@acme.example", firstName="Ann", lastName="Lee")


@EVERY
def test_the_steps_name_the_person_and_say_what_would_let_keydesk(action: Action) -> None:
    person = replace(ANN, user=msgspec.structs.replace(ANN.user, status="NEW_STATE"))
    found = advised(action, person, ACME, targets=aimed(action))
    assert found.title == f"{action.title} by hand: Ann Lee (ann@acme.example)"
    assert found.sections[0].title == CONSOLE
    assert (found.why, found.cause) == ("", None)
    assert action.roles[0] in found.allows
    assert action.endpoint.scope
    assert action.endpoint.scope in found.allows
    assert all(permission in found.allows for permission in action.permissions)
    for option in action.options:
        assert not option.endpoint or str(option.endpoint.scope) in found.allows
    if not action.chosen or action.chosen == (TargetKind.FACTOR,):
        assert found.link == f"{ADMIN}/user/profile/view/00u1EXAMPLE"
        assert found.steps[0] == f"Open {found.link} in the Admin Console (Directory > People > ann@acme.example)."


def test_software_begins_on_the_page_of_the_group_or_of_the_apps() -> None:
    for action, page in (("add-to-group", "group/group1x"), ("assign-app", "apps/active")):
        found = advised(ACTIONS[action], somebody("ACTIVE"), ACME, targets=aimed(ACTIONS[action]))
        assert found.link == f"{ADMIN}/{page}"
        assert "VPN Users" in found.text
    assert advised(ACTIONS["add-to-group"], somebody("ACTIVE"), ACME).link == ""  # none was chosen yet


@EVERY
def test_where_the_console_is_not_known_no_address_is_made_up(action: Action) -> None:
    found = advised(action, ANN, OrgAddress("https://login.acme.example"), targets=aimed(action))
    assert found.link == ""
    assert "-admin" not in found.text


@pytest.mark.parametrize("odd", ["00u1/../../evil", "00u1?x", "", "００u", "00u1\x1b"])
def test_an_id_that_is_none_makes_no_link(odd: str) -> None:
    person = Person(User(id=odd, profile={"login": "ann"}), 0.0)
    assert advised(ACTIONS["unlock"], person, ACME).link == ""


@EVERY
@each("braces", ["{name}", "{login}", "{link}", "{}", "{0}", "{", "}", "{{name}}", "{name.__class__}"])
@each("status", ["ACTIVE", "SUSPENDED", None])
def test_braces_in_a_name_are_text(action: Action, braces: str, status: str | None) -> None:
    person = somebody(status, login=f"{braces}@acme.example", firstName=braces, lastName="Lee")
    refused = Obstacle(Cause.TARGET, f"reason {braces}", f"advice {braces}")
    for stands in (None, refused, Obstacle(Cause.LEDGER, braces, braces)):
        found = advised(action, person, ACME, stands, targets=aimed(action, braces))
        assert found.title.endswith(f": {braces} Lee ({braces}@acme.example)")
        assert f"{braces} Lee" in found.title
    if status is None:
        steps = advised(action, person, ACME, refused).steps
        assert f"reason {braces}" in steps[0]
        assert steps[1] == f"advice {braces}"


@half_as_many()
@given(st.text(), st.text(), st.text())
def test_no_name_of_anybody_breaks_or_poisons_the_steps(login: str, first: str, last: str) -> None:
    for status in ("ACTIVE", "LOCKED_OUT", "DEPROVISIONED", None):
        person = somebody(status, login=login, firstName=first, lastName=last)
        for action in ACTIONS.values():
            found = advised(action, person, ACME, Obstacle(Cause.MODE, first, last), targets=aimed(action, last))
            assert harmful(found.text.replace("\n", "")) == []
            steps = sum(len(section.steps) for section in found.sections)
            assert len(found.text.splitlines()) == 2 + 2 * len(found.sections) + steps + 2


# -- why, and what would help


def test_each_kind_of_read_only_is_another_text(desk: Desk, org: Org) -> None:
    person = somebody("ACTIVE", "ACTIVE_DIRECTORY", login="ann@acme.example")
    action = ACTIONS["reset-password"]
    causes = (Cause.MODE, Cause.CAPABILITY, Cause.PERMISSION, Cause.DIRECTORY, Cause.LEDGER)
    told = [advised(action, person, ACME, Obstacle(cause, "r", "a")) for cause in causes]
    assert [one.cause for one in told] == list(causes)
    assert len({one.why for one in told}) == len({one.allows for one in told}) == len(causes)
    by_flag = advised(action, person, ACME, Obstacle(Cause.MODE, "r"), flag=True)
    assert "was started read-only" in by_flag.why
    assert by_flag.why != told[0].why


def test_a_missing_scope_a_missing_role_and_a_missing_feature_are_told_apart() -> None:
    action, stands = ACTIONS["add-to-group"], Obstacle(Cause.PERMISSION, "not permitted")

    def allows(denied: Trouble | None, found: Obstacle = stands) -> str:
        return advised(action, somebody("ACTIVE"), ACME, found, denied=denied).allows

    lacks = "Missing: the scope okta.groups.manage. A super admin grants it"
    assert allows(MissingScope(scope="okta.groups.manage")).startswith(lacks)
    assert allows(MissingScope()).startswith(lacks)
    assert allows(Trouble("keydesk lacks the scope okta.groups.manage", advice="")).startswith(lacks)  # from a proof
    assert allows(None, Obstacle(Cause.PERMISSION, "lacks the scope okta.groups.manage")).startswith(lacks)
    role = "Missing: the admin role Group Membership Administrator (GROUP_MEMBERSHIP_ADMIN), Group Administrator"
    assert allows(MissingRole()).startswith(role)
    assert allows(Trouble("keydesk's admin role does not allow this")).startswith(role)
    assert "does not have it" in allows(FeatureOff())
    assert "does not have it" in allows(Trouble(FeatureOff.title))


async def test_what_a_session_lacks_is_named(desk: Desk, org: Org) -> None:
    session = service_session(desk, "service-readonly")
    plan = await aim(session, "unlock", user_id(org, "ann.lee"))
    assert (await perform(session, plan)).trouble is not None
    told = by_hand(session, plan.action, plan.person)
    assert "Okta does not let keydesk do it: keydesk lacks the scope okta.users.manage" in told.why
    assert told.allows.startswith("Missing: the scope okta.users.manage")


async def test_a_capability_that_is_switched_off_is_named(desk: Desk, org: Org) -> None:
    session = desk.session(capabilities={Capability.IDENTIFY})
    told = by_hand(session, ACTIONS["unlock"], await session.person_with_blocks(user_id(org, "ann.lee")))
    assert told.why == "“Unlocking accounts” is switched off for this connector; nothing is lacking at Okta."
    assert "once this is switched on (F5, then ctrl+e)" in told.allows


async def test_read_only_says_so(desk: Desk, org: Org) -> None:
    session = desk.session(mode=Mode.READ_ONLY)
    told = by_hand(session, ACTIONS["unlock"], await session.person_with_blocks(user_id(org, "ann.lee")))
    assert told.why.startswith("keydesk is read-only here and changes nothing")
    assert told.link == ""  # the demo org has no console


async def test_nothing_in_the_way_gives_no_reason(desk: Desk, org: Org) -> None:
    session = desk.session()
    assert by_hand(session, ACTIONS["unlock"], await session.person_with_blocks(user_id(org, "ann.lee"))).why == ""


async def test_what_nobody_could_do_comes_before_what_keydesk_may_not(desk: Desk, org: Org) -> None:
    session = desk.session(mode=Mode.READ_ONLY)
    told = by_hand(session, ACTIONS["reset-password"], await session.person_with_blocks(user_id(org, "fatima.khan")))
    assert told.cause is Cause.STATE
    assert told.sections[0].title == INSTEAD
    assert "read-only" in told.why
    assert "Reset Password" not in told.text  # no steps that cannot work
    assert "Find out who and why" in told.steps[0]


# -- portals


PORTALS = Portals(
    unlock="https://unlock.acme.example/?who={login}&id={id}",
    directory=True,
    directory_where="Call the Windows team, 4711",
)


def test_the_portal_that_the_company_prefers_takes_the_place_of_the_steps() -> None:
    person = somebody("LOCKED_OUT", login="a&b=c@acme.example")
    told = advised(ACTIONS["unlock"], person, ACME, portals=PORTALS)
    assert told.link == "https://unlock.acme.example/?who=a%26b%3Dc%40acme.example&id=00u1EXAMPLE"
    assert told.sections[0].title == PORTAL
    assert told.steps == (f"Use the portal that your company prefers for this: {told.link}",)
    assert advised(ACTIONS["clear-sessions"], person, ACME, portals=PORTALS).sections[0].title == CONSOLE


def test_nobody_is_sent_to_a_portal_for_what_is_not_possible() -> None:
    told = advised(ACTIONS["unlock"], somebody("SUSPENDED"), ACME, portals=PORTALS)
    assert told.sections[0].title == INSTEAD
    assert "unlock.acme.example" not in told.text


@pytest.mark.parametrize("status", ["ACTIVE", "LOCKED_OUT", "SUSPENDED", "DEPROVISIONED"])
def test_people_of_a_directory_are_sent_there_whatever_the_state(status: str) -> None:
    person = somebody(status, "ACTIVE_DIRECTORY", login="x")
    stands = Obstacle(Cause.DIRECTORY, "handled in Active Directory")
    told = advised(ACTIONS["reset-password"], person, ACME, stands, portals=PORTALS)
    assert told.sections[0].title == DIRECTORY
    assert "Call the Windows team, 4711" in told.steps[0]
    assert told.link == ""
    assert ("In Okta, beside that" in told.text) is (status in {"SUSPENDED", "DEPROVISIONED"})
