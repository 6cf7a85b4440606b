"""A change that goes wrong on the way: refused, lost, cut off, limited, cancelled; the outcome is the truth, always."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.desk.support import Gate, aim, fault, targets_of, user_id, world, writing
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.perform import perform
from tui.okta.errors import (
    AnswerLost,
    BadToken,
    MissingRole,
    NotReached,
    OktaDown,
    RateLimited,
    Unreadable,
    WrongState,
)

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.okta.errors import (
        OktaError,
    )

LOCKED = "ann.lee"


async def test_a_help_desk_admin_may_not_unlock_a_super_admin(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session(principal="helpdesk")
    performed = await perform(session, await aim(session, "unlock", user_id(org, "adam.brooks")))
    assert performed.outcome is Outcome.REFUSED
    assert isinstance(performed.trouble, MissingRole)
    assert "only a super admin may act on a super admin" in performed.trouble.advice
    assert performed.sentence == "Unlock: Okta refused it for Adam Brooks (Locked out)"
    entry = session.ledger.entry(performed.entry)
    assert entry.outcome is Outcome.REFUSED
    assert "E0000006" in entry.detail
    assert not entry.open
    assert len(line.writes) == 1


async def test_a_refusal_for_one_person_greys_nothing_for_the_next(desk: Desk, org: Org) -> None:
    session = desk.session(principal="helpdesk")
    await perform(session, await aim(session, "unlock", user_id(org, "adam.brooks")))
    performed = await perform(session, await aim(session, "unlock", user_id(org, LOCKED)))
    assert performed.outcome is Outcome.DONE


async def test_somebody_unlocks_in_the_very_moment_before_ours_arrives(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))

    async def quicker(request: httpx.Request) -> None:
        if writing(request):
            world(org, unlock=LOCKED)

    line.watch = quicker
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.REFUSED
    assert isinstance(performed.trouble, WrongState)
    assert performed.trouble.code == "E0000032"
    assert performed.after
    assert performed.after.user.status == "ACTIVE"
    assert "E0000032" in session.ledger.entry(performed.entry).detail


@pytest.mark.parametrize(
    ("name", "trouble"), [("cut", AnswerLost), ("truncated", AnswerLost), ("504", OktaDown), ("html", Unreadable)]
)
async def test_a_lost_answer_is_settled_by_the_state_that_proves_it(
    desk: Desk, org: Org, line: Line, name: str, trouble: type[OktaError]
) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    fault(org, name)
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.UNKNOWN
    assert isinstance(performed.trouble, trouble)
    assert len(line.writes) == 1
    assert performed.after
    assert performed.after.user.status == "ACTIVE"
    entry = session.ledger.entry(performed.entry)
    assert entry.outcome is Outcome.UNKNOWN
    assert entry.settled == "Okta shows Active: it took effect, or something else had the same effect."
    assert not entry.open


@pytest.mark.parametrize(("name", "trouble"), [("cut-before", AnswerLost), ("500", OktaDown)])
async def test_a_lost_answer_stays_open_while_the_state_proves_nothing(
    desk: Desk, org: Org, line: Line, name: str, trouble: type[OktaError]
) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    fault(org, name)
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.UNKNOWN
    assert isinstance(performed.trouble, trouble)
    assert len(line.writes) == 1
    assert performed.after
    assert performed.after.user.status == "LOCKED_OUT"
    assert [entry.seq for entry in session.ledger.open_entries()] == [performed.entry]
    assert performed.sentence.endswith("so whether it acted on Ann Lee is not known (Locked out)")


async def test_cleared_sessions_leave_no_trace_that_could_settle_them(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "clear-sessions", user_id(org, "bob.martin"))
    fault(org, "cut", "/sessions")
    performed = await perform(session, plan, reason="lost phone")
    assert performed.outcome is Outcome.UNKNOWN
    assert len(line.writes) == 1
    assert [entry.seq for entry in session.ledger.open_entries()] == [performed.entry]


async def test_a_lock_undone_while_a_block_stays_proves_nothing(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    world(org, block=LOCKED)
    plan = await aim(session, "unlock", user_id(org, LOCKED))

    async def only_the_status(request: httpx.Request) -> httpx.Response | None:
        if not writing(request):
            return None
        world(org, unlock=LOCKED)
        raise httpx.ReadError("cut", request=request)

    line.watch = only_the_status
    performed = await perform(session, plan)
    assert performed.after
    assert performed.after.blocked
    assert [entry.seq for entry in session.ledger.open_entries()] == [performed.entry]


async def test_a_plain_no_from_a_read_only_okta_is_a_refusal(desk: Desk, org: Org) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    fault(org, "503")
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.REFUSED
    assert session.ledger.open_entries() == []


async def test_without_a_connection_nothing_was_sent(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))

    async def unplugged(request: httpx.Request) -> None:
        if writing(request):
            raise httpx.ConnectError("no route", request=request)

    line.watch = unplugged
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.NOT_SENT
    assert isinstance(performed.trouble, NotReached)
    assert len(line.writes) == 1
    assert session.ledger.entry(performed.entry).outcome is Outcome.NOT_SENT
    assert org.people.named(LOCKED).status == "LOCKED_OUT"


async def test_a_rate_limit_is_waited_for_and_the_change_takes_effect_once(
    desk: Desk, org: Org, line: Line, clock: FakeClock
) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    fault(org, "429", value=20.0)
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.DONE
    assert len(line.writes) == 2
    assert 20.0 <= sum(clock.slept) < 30.0
    assert (await targets_of(session, "user.account.unlock_by_admin")).count(user_id(org, LOCKED)) == 1


async def test_a_limit_that_outlasts_the_agents_patience_sends_nothing(desk: Desk, org: Org) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    fault(org, "429", value=300.0)
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.NOT_SENT
    assert isinstance(performed.trouble, RateLimited)
    assert org.people.named(LOCKED).status == "LOCKED_OUT"
    assert session.ledger.open_entries() == []


async def test_a_token_revoked_in_between_is_a_refusal(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    fault(org, "401")
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.REFUSED
    assert isinstance(performed.trouble, BadToken)
    assert len(line.writes) == 1


async def test_the_look_beforehand_fails_and_nothing_is_recorded(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    fault(org, "500", f"/users/{user_id(org, LOCKED)}")
    with pytest.raises(OktaDown):
        await perform(session, plan)
    assert line.writes == []
    assert session.ledger.entries() == []


async def test_the_look_afterwards_fails_and_the_change_is_done_all_the_same(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))

    async def then_down(request: httpx.Request) -> None:
        if writing(request):
            fault(org, "500", f"/users/{user_id(org, LOCKED)}", times=-1)
            org.faults.on[-1].method = "GET"

    line.watch = then_down
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.DONE
    assert performed.after is None
    assert performed.trouble is None
    assert performed.sentence == "Unlock: Okta accepted it, but Ann Lee could not be read back"


async def test_cancelled_while_in_flight_the_outcome_is_unknown(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    line.watch = gate = Gate(writing)
    task = asyncio.create_task(perform(session, plan))
    await gate.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(gate.cancelled) == 1
    (entry,) = session.ledger.entries()
    assert entry.outcome is Outcome.UNKNOWN
    assert entry.open
    assert entry.detail == "keydesk was closed before the answer came"


async def test_cancelled_during_the_look_beforehand_nothing_is_recorded(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    line.watch = gate = Gate()
    task = asyncio.create_task(perform(session, plan))
    await gate.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert session.ledger.entries() == []
    assert line.writes == []
