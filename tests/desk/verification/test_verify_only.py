"""Verify-only: challenges leave the machine, and nothing else that could change anything, whatever anybody does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.support import aim, user_id
from tests.desk.verification.test_asking import asked
from tui.desk.actions import needs
from tui.desk.actions.obstacles import Obstructed
from tui.desk.perform.perform import perform
from tui.desk.verification.asking import AskingStage
from tui.okta import endpoints as ep
from tui.okta.endpoints import KNOWN
from tui.okta.errors import Refused
from tui.okta.policy import Approval, Capability, Mode, Policy

if TYPE_CHECKING:
    from tests.conftest import Desk, Wire
    from tui.demo.org import Org
    from tui.okta.calls import Call

ORIGIN = "https://acme.okta.com"


async def test_a_caller_is_asked_and_nothing_is_changed(desk: Desk, org: Org, wire: Wire) -> None:
    session = desk.session(mode=Mode.VERIFY_ONLY)
    assert (session.writes, session.verifies) == (False, True)
    assert (await asked(session, org))[-1].stage is AskingStage.PASSED
    assert len(wire.writes) == 1
    plan = await aim(session, "unlock", user_id(org, "ann.lee"))
    with pytest.raises(Obstructed) as told:
        await perform(session, plan)
    assert told.value.obstacle.reason == "verify-only"
    assert len(wire.writes) == 1


@pytest.mark.parametrize("endpoint", [one for one in KNOWN.values() if one.writes], ids=lambda one: one.id)
def test_the_guard_lets_through_what_asks_and_nothing_else(endpoint: ep.Endpoint) -> None:
    names = dict.fromkeys(re.findall(r"\{(\w+)\}", endpoint.template), "x")
    call: Call = endpoint.call(names)
    policy = Policy(ORIGIN, Mode.VERIFY_ONLY, frozenset(Capability), endpoints=needs.ENDPOINT_MAP)
    if endpoint is ep.VERIFY_FACTOR:
        policy.check(ORIGIN, call, Approval(1, (call,)))
        for mode in (Mode.READ_ONLY,):
            with pytest.raises(Refused):
                replace(policy, mode=mode).check(ORIGIN, call, Approval(1, (call,)))
        with pytest.raises(Refused):
            policy.check(ORIGIN, call)
    else:
        with pytest.raises(Refused):
            policy.check(ORIGIN, call, Approval(1, (call,)))


def test_it_needs_the_right_to_ask_alone() -> None:
    wanted = needs.needed(tuple(Capability), Mode.VERIFY_ONLY)
    assert [need.endpoints for need in wanted if need.writes] == [(ep.VERIFY_FACTOR.id,)]
