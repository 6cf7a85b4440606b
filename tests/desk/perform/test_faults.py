"""Every action while something goes wrong: nothing is sent twice, and what is not known is said to be unknown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.desk.support import aim, choose, someone_for, world, writing
from tests.each import each
from tui.demo.base.faults import make_fault
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause
from tui.desk.actions.obstacles import Obstructed
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.perform import perform
from tui.okta.errors import AnswerLost, BadToken, MissingRole, OktaError

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.actions.grammar import Plan
    from tui.desk.session import Session

every = pytest.mark.parametrize("action", ACTIONS)


async def possible(session: Session, org: Org, action: str, options: set[str] | None = None) -> Plan:
    """A plan that the org would carry out."""
    who = someone_for(org, action)
    plan = await aim(session, action, who, choose(org, action, who))
    return plan.action.plan(plan.person, plan.targets, options) if options is not None else plan


def spoil(org: Org, plan: Plan, name: str, *, call: int = 0, times: int = 1) -> None:
    """A fault for one of a plan's calls, and no other request."""
    target = plan.calls[call]
    fault = make_fault(name, times, target.target.partition("?")[0], None, None)
    fault.method = target.method
    org.faults.set(fault)


@pytest.mark.parametrize("name", ["cut", "cut-before", "truncated", "504"])
@each("action", ACTIONS)
async def test_a_lost_answer_is_never_answered_by_a_second_try(
    desk: Desk, org: Org, line: Line, action: str, name: str
) -> None:
    session = desk.session()
    plan = await possible(session, org, action)
    line.sent.clear()
    spoil(org, plan, name)
    performed = await perform(session, plan, reason="test")
    entry = session.ledger.entry(performed.entry)
    if name == "truncated" and performed.outcome is Outcome.DONE:
        assert plan.action.reveals is None  # a success without a body cannot be cut short
    else:
        assert performed.outcome is Outcome.UNKNOWN
        assert performed.trouble is not None
        assert performed.trouble.advice
        assert entry.open is not performed.settled
        assert "not known" in performed.sentence or performed.settled
        assert performed.secret is None
        assert bool(performed.hint) is bool(plan.action.reveals)
    sent = plan.calls if performed.outcome is Outcome.DONE else plan.calls[:1]
    assert line.writes == [f"{call.method} {call.target}" for call in sent]
    assert session.ledger.verify().ok


@each("action", ACTIONS)
async def test_a_rate_limit_is_waited_for_and_okta_acts_once(
    desk: Desk, org: Org, line: Line, clock: FakeClock, action: str
) -> None:
    session = desk.session()
    plan = await possible(session, org, action)
    before = len(session.ledger.entries())
    line.sent.clear()
    clock.slept.clear()
    spoil(org, plan, "429")
    performed = await perform(session, plan, reason="test")
    assert performed.outcome is Outcome.DONE
    assert performed.clean
    assert clock.slept
    assert len(line.writes) == len(plan.calls) + 1
    assert len(session.ledger.entries()) == before + 1


@each("action", ACTIONS)
async def test_a_token_that_died_in_between_changes_nothing(desk: Desk, org: Org, line: Line, action: str) -> None:
    line.sent.clear()
    session = desk.session()
    plan = await possible(session, org, action)
    spoil(org, plan, "401")
    performed = await perform(session, plan, reason="test")
    assert performed.outcome is Outcome.REFUSED
    assert isinstance(performed.trouble, BadToken)
    assert len(line.writes) == 1
    assert not session.ledger.entry(performed.entry).open


@each("action", ACTIONS)
async def test_a_role_that_was_lost_in_between_is_a_refusal_for_this_one(
    desk: Desk, org: Org, line: Line, action: str
) -> None:
    session = desk.session()
    plan = await possible(session, org, action)
    spoil(org, plan, "403-role")
    performed = await perform(session, plan, reason="test")
    assert performed.outcome is Outcome.REFUSED
    assert isinstance(performed.trouble, MissingRole)
    assert "refused" in performed.sentence
    assert session.out_of_reach.keys() == {target.id for target in plan.targets if target.id}
    assert session.obstacle(plan.action, plan.person, plan.targets) is None  # somebody else may be in reach


@every
async def test_somebody_changed_the_person_meanwhile(desk: Desk, org: Org, line: Line, action: str) -> None:
    session = desk.session()
    plan = await possible(session, org, action)
    gone = next(state for state in ("SUSPENDED", "DEPROVISIONED", "STAGED") if state not in plan.action.states)
    world(org, set_status={"login": plan.person.user.login, "status": gone})
    with pytest.raises((Obstructed, OktaError)) as raised:
        await perform(session, plan, reason="test")
    if isinstance(raised.value, Obstructed):
        assert raised.value.obstacle.cause in {Cause.STATE, Cause.TARGET}
        assert raised.value.advice
    assert line.writes == []
    assert session.ledger.entries() == []


TARGETED = [action.id for action in ACTIONS.values() if action.chosen]


@pytest.mark.parametrize("action", TARGETED)
async def test_somebody_was_quicker(desk: Desk, org: Org, line: Line, action: str) -> None:
    """The wish is fulfilled when ours is confirmed: nothing is recorded, nothing is sent."""
    session, other = desk.session(), desk.session()
    plan = await possible(session, org, action)
    await perform(other, plan, reason="quicker")
    line.sent.clear()
    with pytest.raises(Obstructed) as raised:
        await perform(session, plan, reason="later")
    assert raised.value.obstacle.cause is Cause.TARGET
    assert line.writes == []
    assert len(session.ledger.entries()) == 1


SECOND = [
    (action.id, option.id) for action in ACTIONS.values() for option in action.options if option.endpoint is not None
]


@pytest.mark.parametrize(("action", "option"), SECOND)
async def test_the_second_of_two_calls_fails_and_both_are_told(
    desk: Desk, org: Org, line: Line, action: str, option: str
) -> None:
    session = desk.session()
    plan = await possible(session, org, action, {option})
    spoil(org, plan, "403-role", call=1)
    performed = await perform(session, plan, reason="test")
    assert performed.outcome is Outcome.PARTLY
    assert re.search(r"POST \w+ was done, DELETE sessions was not", performed.sentence)
    entry = session.ledger.entry(performed.entry)
    assert entry.outcome is Outcome.PARTLY
    assert not entry.open
    assert "Done before: POST" in entry.detail
    assert len(line.writes) == 2


@pytest.mark.parametrize(("action", "option"), SECOND)
async def test_the_answer_to_the_second_call_is_lost(
    desk: Desk, org: Org, line: Line, action: str, option: str
) -> None:
    session = desk.session()
    plan = await possible(session, org, action, {option})
    spoil(org, plan, "cut", call=1)
    performed = await perform(session, plan, reason="test")
    assert performed.outcome is Outcome.UNKNOWN
    assert isinstance(performed.trouble, AnswerLost)
    assert "was done before" in performed.sentence
    assert "Done before: POST" in session.ledger.entry(performed.entry).detail
    assert len(line.writes) == 2


async def test_a_membership_that_shows_a_moment_late_is_looked_at_again(
    desk: Desk, org: Org, line: Line, clock: FakeClock
) -> None:
    session = desk.session()
    plan = await possible(session, org, "add-to-group")
    reads = 0

    async def late(request: httpx.Request) -> httpx.Response | None:
        nonlocal reads
        if (
            line.writes
            and "/users/" in request.url.path
            and request.url.path.endswith("/groups")
            and not writing(request)
        ):
            reads += 1
            if reads == 1:
                import httpx as wire  # noqa: PLC0415 - the type alone is needed above

                return wire.Response(200, json=[], headers={"x-okta-request-id": "a" * 32})
        return None

    line.watch = late
    performed = await perform(session, plan)
    assert performed.clean
    assert reads == 2
    assert clock.slept == [0.5]
