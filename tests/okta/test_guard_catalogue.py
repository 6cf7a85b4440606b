"""Every write of the catalogue, found from its data, against every door: none is forgotten, and none gets out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import FakeClock
from tests.each import each
from tests.okta.support import ORG, approved, client_of, line, named
from tests.okta.test_guard import DOORS
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Target, TargetKind
from tui.desk.people.person import Person
from tui.okta import endpoints
from tui.okta.endpoints import KNOWN, Endpoint
from tui.okta.errors import Refused
from tui.okta.models import User
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from tests.okta.test_guard import Door
    from tui.desk.actions.grammar import Plan
    from tui.okta.calls import Call

PERSON = Person(User(id="00u1person", status="ACTIVE", profile={"login": "ann@acme.example"}), 0.0)


def plans() -> list[Plan]:
    """Each action with nothing chosen, and with all that can be."""
    found = []
    for action in ACTIONS.values():
        targets = tuple(
            Target(kind, "" if kind is TargetKind.FACTORS else f"{kind.value}1x", "x", tags=frozenset({"phone"}))
            for kind in action.aims
        )
        every = {option.id for option in action.offers(targets)}
        found += [action.plan(PERSON, targets, set()), action.plan(PERSON, targets, every)]
    return found


PLANS = plans()
FACTOR = {"id": PERSON.user.id, "factor": "opf1phone"}
CHALLENGES = (
    endpoints.VERIFY_FACTOR.call(FACTOR, {"tokenLifetimeSeconds": "60"}, body=b'{"useNumberMatchingChallenge":true}'),
    endpoints.VERIFY_FACTOR.call(FACTOR, body=b'{"passCode":"123456"}'),
)
"""What asks a caller's phone or app: a write of no action."""
CALLS = sorted({*CHALLENGES, *(call for plan in PLANS for call in plan.calls)}, key=str)


def test_the_calls_are_those_of_every_endpoint_that_writes() -> None:
    mine = {one.id for one in KNOWN.values() for call in CALLS if one.writes and one.path_values(call) is not None}
    declared = {one.id for one in vars(endpoints).values() if isinstance(one, Endpoint) and one.writes}
    assert mine == declared
    assert len(declared) > 10
    assert all(call.writes for call in CALLS)
    assert any(call.body for call in CALLS)
    assert any("?" in call.target for call in CALLS)


@each("mode", Mode)
@each("door", DOORS, ids=named)
@each("call", CALLS, ids=named)
async def test_no_door_lets_a_call_of_any_action_out(call: Call, door: Door, mode: Mode) -> None:
    clock = FakeClock()
    wire = line()
    client = client_of(wire, clock, mode=mode)
    with pytest.raises(Refused):
        await door(await client.http(), call.method, ORG + call.target)
    with pytest.raises(Refused):
        await client.send(call)
    assert wire.sent == []


@each("plan", PLANS, ids=lambda plan: f"{plan.action.id}-{len(plan.options)}")
async def test_read_only_holds_even_what_the_ledger_has_approved(plan: Plan) -> None:
    clock = FakeClock()
    wire, approval = line(), approved(*plan.calls)
    client = client_of(wire, clock, mode=Mode.READ_ONLY)
    http = await client.http()
    for call in plan.calls:
        with pytest.raises(Refused, match="read-only"):
            await client.send(call, approval=approval)
        with pytest.raises(Refused, match="read-only"):
            await http.request(call.method, ORG + call.target, content=call.body, extensions={"approval": approval})
    assert wire.sent == []


@each("plan", PLANS, ids=lambda plan: f"{plan.action.id}-{len(plan.options)}")
async def test_an_approval_of_one_action_lets_no_other_out(plan: Plan) -> None:
    clock = FakeClock()
    wire, approval = line(), approved(*plan.calls)
    client = client_of(wire, clock)
    for call in CALLS:
        if call not in plan.calls:
            with pytest.raises(Refused, match="not confirmed"):
                await client.send(call, approval=approval)
    assert wire.sent == []
    for call in plan.calls:
        await client.send(call, approval=approval)
    assert wire.writes == list(plan.calls)
