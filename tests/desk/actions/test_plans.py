"""Plans: whatever the person, the targets and the choices, nothing is called but what the action is for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.desk.actions.catalogue import ACTIONS, ON_THE_CARD
from tui.desk.actions.grammar import Target, TargetKind
from tui.desk.people.person import Person
from tui.okta.endpoints import ENDPOINTS, KNOWN, VERIFY_FACTOR
from tui.okta.errors import Refused
from tui.okta.models import User
from tui.okta.policy import Approval, Policy, odd

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Plan

actions = st.sampled_from(list(ACTIONS.values()))
# What can stand in a path at all; the rest is refused, see below.
ids = st.text(st.characters(exclude_characters="/\\", exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda text: text not in {".", ".."}
)
tags = st.sampled_from([frozenset(), frozenset({"phone"})])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    action = draw(actions)
    person = Person(User(id=draw(ids), status="ACTIVE", profile={"login": draw(st.text())}), 0.0)
    targets = tuple(
        Target(kind, "" if kind is TargetKind.FACTORS else draw(ids), draw(st.text()), tags=draw(tags))
        for kind in action.aims
    )
    offered = [option.id for option in action.offers(targets)]
    return action.plan(person, targets, draw(st.sets(st.sampled_from(offered))) if offered else None)


@given(plans())
def test_no_plan_holds_a_call_outside_its_actions_endpoints(plan: Plan) -> None:
    assert plan.calls
    for call in plan.calls:
        (endpoint,) = (one for one in plan.action.endpoints if one.path_values(call) is not None)
        assert endpoint.writes
        assert not odd(call.target)
        assert set(dict(parse_qsl(call.target.partition("?")[2]))) <= set(endpoint.query)
    assert plan.action.endpoint.path_values(plan.calls[0]) is not None
    assert len(plan.calls) == len(set(plan.calls))


@given(plans())
def test_what_it_is_aimed_at_stands_in_its_calls_and_nothing_else_does(plan: Plan) -> None:
    known = {"id": plan.person.user.id} | {target.kind.value: target.id for target in plan.targets}
    filled = plan.action.endpoint.path_values(plan.calls[0])
    assert filled is not None
    body = json.loads(plan.calls[0].body) if plan.calls[0].body else {}
    assert filled == {name: known[name] for name in filled}
    assert body.get("id", plan.person.user.id) == plan.person.user.id
    for target in plan.targets:
        if target.id:
            in_path = quote(target.id, safe="") in plan.calls[0].target
            assert in_path or target.id == body["authenticatorId"]
            assert target.id in plan.aimed_at


@given(plans())
def test_each_choice_shows_in_the_calls(plan: Plan) -> None:
    query = dict(parse_qsl(plan.calls[0].target.partition("?")[2]))
    for option in plan.action.offers(plan.targets):
        chosen = option.id in plan.options
        if option.query:
            assert query[option.query] == str(chosen).lower()
        elif option.endpoint:
            assert any(option.endpoint.path_values(call) is not None for call in plan.calls[1:]) is chosen
    extra = sum(bool(o.endpoint) for o in plan.action.options if o.id in plan.options)
    assert len(plan.calls) == 1 + extra


@given(plans())
def test_a_call_says_again_what_it_was_filled_with(plan: Plan) -> None:
    """What an entry of the ledger was aimed at is read back from its call."""
    for endpoint in ENDPOINTS.values():
        filled = endpoint.path_values(plan.calls[0])
        if filled is not None:
            query = dict(parse_qsl(plan.calls[0].target.partition("?")[2], keep_blank_values=True))
            assert endpoint.call(filled, query, body=plan.calls[0].body) == plan.calls[0]


@pytest.mark.parametrize("bad", ["", ".", "..", "a/b", "a\\b"])
def test_what_could_lead_elsewhere_makes_no_plan(bad: str) -> None:
    for action in ACTIONS.values():
        targets = tuple(Target(kind, bad, "x") for kind in action.aims if kind is not TargetKind.FACTORS)
        targets += tuple(Target(kind, "", "x") for kind in action.aims if kind is TargetKind.FACTORS)
        with pytest.raises(ValueError, match=r"cannot be|takes"):
            action.plan(Person(User(id=bad), 0.0), targets)


def test_other_targets_or_options_than_an_action_has_make_no_plan() -> None:
    person = Person(User(id="00u1"), 0.0)
    for action in ACTIONS.values():
        right = tuple(Target(kind, "x1", "x") for kind in action.aims)
        wrong = (*right, Target(TargetKind.APP, "0oa1", "x"))
        with pytest.raises(ValueError, match="is aimed at"):
            action.plan(person, wrong)
        with pytest.raises(ValueError, match="has no option"):
            action.plan(person, right, {"no-such-option"})


def test_a_number_may_stay_for_recovery_and_other_factors_are_not_asked_about_it() -> None:
    person, action = Person(User(id="00u1"), 0.0), ACTIONS["remove-factor"]
    phone = Target(TargetKind.FACTOR, "mbl1", "SMS", tags=frozenset({"phone"}))
    kept = action.plan(person, (phone,)).calls[0]
    assert kept.target == "/api/v1/users/00u1/factors/mbl1?removeRecoveryEnrollment=false"
    taken = action.plan(person, (phone,), {"recovery-number"}).calls[0]
    assert taken.target.endswith("removeRecoveryEnrollment=true")
    (other,) = action.plan(person, (Target(TargetKind.FACTOR, "opf1", "Okta Verify"),)).calls
    assert "?" not in other.target


def test_the_keys_of_the_card_are_letters_that_nothing_else_takes() -> None:
    assert all(action.key.isalpha() and action.key not in "rgbc" for action in ON_THE_CARD)


def test_every_write_that_keydesk_knows_belongs_to_an_action() -> None:
    mine = {endpoint.id for action in ACTIONS.values() for endpoint in action.endpoints}
    asking = {VERIFY_FACTOR.id}  # the caller is asked by it; no action is done by it
    assert mine == {endpoint.id for endpoint in KNOWN.values() if endpoint.writes} - asking


@given(plans())
def test_read_only_lets_no_plan_out(plan: Plan) -> None:
    policy = Policy("https://acme.okta.com")
    for call in plan.calls:
        with pytest.raises(Refused):
            policy.check("https://acme.okta.com", call, Approval(1, plan.calls))
