"""Containing an account under attack: one plan, its parts in order, the highest tier but in an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.support import aim, fault, left_open, user_id
from tests.desk.verification.test_asking import asked, teach
from tests.desk.verification.test_ruling import ZACK, refused, ruled
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.by_hand.instead import instead
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.perform import perform, settle
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.tiers import Alarm
from tui.desk.verification.alerts import raise_alert
from tui.okta.policy import Capability

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org

WHY = "security says that somebody is in"


async def test_both_parts_are_done_in_order_and_recorded_as_one(desk: Desk, org: Org, line: Line) -> None:
    session, who = desk.session(), user_id(org, ZACK)
    performed = await perform(session, await aim(session, "contain", who), reason=WHY)
    assert performed.clean
    assert performed.sentence.startswith("Contain the account: done for Zack Moore (Active → Suspended)")
    sent = [
        f"POST /api/v1/users/{who}/lifecycle/suspend",
        f"DELETE /api/v1/users/{who}/sessions?oauthTokens=true&forgetDevices=true",
    ]
    assert line.writes == sent
    (entry,) = session.ledger.entries()
    assert [f"{call.method} {call.target}" for call in entry.intent.calls] == sent


async def test_it_stops_at_the_first_that_fails_and_says_what_was_done(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "contain", user_id(org, ZACK))
    fault(org, "403-role", "/sessions")
    performed = await perform(session, plan, reason=WHY)
    assert performed.outcome is Outcome.PARTLY
    assert "POST suspend was done, DELETE sessions was not" in performed.sentence
    fault(org, "403-role", "/lifecycle/suspend")
    other = await perform(session, await aim(session, "contain", user_id(org, "bob.martin")), reason=WHY)
    assert other.outcome is Outcome.REFUSED
    assert [one for one in line.writes if "bob" in one or user_id(org, "bob.martin") in one] == [
        f"POST /api/v1/users/{user_id(org, 'bob.martin')}/lifecycle/suspend"
    ]


async def test_the_password_is_expired_instead_where_the_agent_chooses_that(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "contain", user_id(org, ZACK))
    plan = plan.action.plan(plan.person, (), {"expire", "sign-out"})
    assert "choose the next one" in plan.effect
    performed = await perform(session, plan, reason=WHY)
    assert performed.clean
    assert [one.partition("?")[0].rpartition("/")[2] for one in line.writes] == ["expire_password", "sessions"]
    assert org.people.named(ZACK).status == "PASSWORD_EXPIRED"
    off = desk.session(capabilities=set(Capability) - {Capability.PASSWORDS})
    person = await off.person_with_blocks(user_id(org, "bob.martin"))
    expires = ACTIONS["contain"].plan(person, (), {"expire"})
    assert off.obstacle(ACTIONS["contain"], person) is None
    found = off.obstacle(expires.action, person)
    assert found is not None
    assert "resetting passwords is switched off" in found.reason


async def test_a_lost_answer_is_settled_by_what_was_sent_in_its_place(
    desk: Desk, org: Org, clock: FakeClock, line: Line
) -> None:
    session = desk.session()
    plan = await aim(session, "contain", user_id(org, ZACK))
    plan = plan.action.plan(plan.person, (), {"expire"})
    fault(org, "cut", "/expire_password")
    org.faults.on[-1].method = "POST"
    performed = await perform(session, plan, reason=WHY)
    assert performed.settled  # the status shows it: it was another one before
    entry = session.ledger.entry(await left_open(session, org, "bob.martin", "contain", "cut-before"))
    clock.now += 180.0
    assert "did not take effect" in await settle(session, entry)


async def test_it_takes_the_highest_tier_and_in_an_alarm_a_reason_alone(desk: Desk, org: Org) -> None:
    session = ruled(desk)
    for action in ("contain", "suspend"):
        assert "not proven as strongly as can be" in await refused(session, org, action, reason=WHY)
    teach(org, "deny")
    await asked(session, org)
    strict = replace(session, connector=replace(session.connector, rules=replace(DEFAULT_RULES, stop_on=frozenset())))
    assert "a push was denied" in await refused(strict, org, "contain", reason=WHY)
    assert "the reason says too little" in await refused(session, org, "contain", reason="attack")
    performed = await perform(session, await aim(session, "contain", user_id(org, ZACK)), reason=WHY)
    assert performed.clean
    assert "a push was denied" in await refused(session, org, "unsuspend", reason=WHY)


@pytest.mark.parametrize("alarm", [Alarm.ATTACK, Alarm.ALERT])
async def test_other_alarms_are_the_log_and_the_alert_and_hold_as_long_as_they_do(
    desk: Desk, org: Org, clock: FakeClock, alarm: Alarm
) -> None:
    session, who = ruled(desk), user_id(org, ZACK)
    if alarm is Alarm.ATTACK:
        session.attack_signs.note_verdict(who, attack=True)
    else:
        await raise_alert(session, "callers in other names today", session.now().timestamp() + 3600)
    plan = await aim(session, "contain", who)
    assert (await perform(session, plan, reason=WHY)).clean
    session.attack_signs.note_verdict(who, attack=False)
    clock.now += 3700
    assert "not proven" in await refused(session, org, "contain", "bob.martin", reason=WHY)


async def test_whoever_is_locked_out_is_told_apart(desk: Desk, org: Org) -> None:
    session = desk.session()
    person = await session.person_with_blocks(user_id(org, "ann.lee"))
    found = session.obstacle(ACTIONS["contain"], person)
    assert found is not None
    assert "sign them out everywhere" in " ".join(instead(ACTIONS["contain"], person, found))
