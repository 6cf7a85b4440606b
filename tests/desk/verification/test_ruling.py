"""The rules where a change is made: the same for a screen, a command and a job, on Okta's clock, by ledger and log."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.support import aim, fault, user_id, with_wrong_clock
from tests.desk.verification.test_asking import asked, teach
from tui.demo.log.events import party
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause
from tui.desk.actions.obstacles import Obstructed
from tui.desk.ledger import words
from tui.desk.perform.perform import perform
from tui.desk.rules.rules import DEFAULT_RULES, Protected
from tui.desk.rules.strength import Attested
from tui.desk.rules.tiers import Tier
from tui.desk.verification.alerts import BadAlert, lower_alert, raise_alert, read_alert
from tui.desk.verification.attesting import SaysTooLittle, attest
from tui.desk.verification.ways import ways_of

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock, Wire
    from tui.demo.org import Org
    from tui.desk.actions.grammar import TargetKind
    from tui.desk.rules.rules import DeskRules
    from tui.desk.session import Session
    from tui.desk.verification.ways import Way

ZACK = "zack.moore"
WHY = "lost her phone on the train"


def ruled(desk: Desk, rules: DeskRules = DEFAULT_RULES, principal: str = "super") -> Session:
    session = desk.session(principal=principal)
    return replace(session, connector=replace(session.connector, rules=rules))


async def refused(
    session: Session, org: Org, action: str, who: str = ZACK, reason: str = WHY, *, typed: bool = False
) -> str:
    plan = await aim(session, action, user_id(org, who), await targets(session, org, action, who))
    with pytest.raises(Obstructed) as told:
        await perform(session, plan, reason=reason, typed=typed)
    assert told.value.obstacle.cause is Cause.RULES
    return f"{told.value.obstacle.reason}: {told.value.obstacle.advice}"


async def targets(session: Session, org: Org, action: str, who: str) -> dict[TargetKind, str]:
    factors = await session.client.factors_of(user_id(org, who))
    question = [factor.id for factor in factors if factor.factor_type == "question"]
    return {kind: question[0] for kind in ACTIONS[action].aims if str(kind) == "factor"}


async def done(
    session: Session, org: Org, action: str, who: str = ZACK, reason: str = WHY, *, typed: bool = False
) -> None:
    plan = await aim(session, action, user_id(org, who), await targets(session, org, action, who))
    assert (await perform(session, plan, reason=reason, typed=typed)).clean


def way(kind: Attested) -> Way:
    return next(one for one in ways_of((), DEFAULT_RULES, DEFAULT_RULES.proof, now=0.0) if one.kind is kind)


async def vouch(session: Session, org: Org, kind: Attested, purpose: str, who: str = ZACK) -> None:
    person = await session.person(user_id(org, who))
    await attest(session, person, way(kind), purpose, "badge 4711 seen by me")


async def test_a_temporary_password_takes_a_proof_of_its_own(
    desk: Desk, org: Org, wire: Wire, clock: FakeClock
) -> None:
    session = ruled(desk)
    assert "the reason says too little" in await refused(session, org, "temp-password", reason="forgot")
    assert "the caller is not proven first" in await refused(session, org, "temp-password")
    assert wire.writes == []
    assert session.ledger.entries() == []
    await asked(session, org)
    assert "not proven" in await refused(session, org, "reset-link")
    await done(session, org, "temp-password")
    assert "not proven as strongly" in await refused(session, org, "temp-password")
    clock.now += 24 * 3600 + 60
    assert "not proven first" in await refused(session, org, "temp-password")


async def test_password_and_factors_within_a_day_take_the_top(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = ruled(desk)
    await done(session, org, "reset-password")
    clock.now += 3600
    told = await refused(session, org, "remove-factor")
    assert "as strongly as can be" in told
    assert "The other half of this account was reset lately" in told
    await vouch(session, org, Attested.MANAGER, "remove-factor")
    assert "as strongly as can be" in await refused(session, org, "remove-factor")
    await vouch(session, org, Attested.IN_PERSON, "remove-factor")
    assert "the login was not typed" in await refused(session, org, "remove-factor")
    await done(session, org, "remove-factor", typed=True)
    used = session.ledger.entries(limit=1)[0].intent.proof
    assert used.startswith('{"tier":4,"used":[')
    assert "as strongly as can be" in await refused(session, org, "reset-mfa", typed=True)


async def test_what_was_done_in_the_admin_console_counts(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = ruled(desk)
    zack = org.people.named(ZACK)
    org.journal.write("user.mfa.factor.reset_all", clock.now, party(org.people.named("omar.haddad")), (party(zack),))
    clock.now += 60
    assert "The other half" in await refused(session, org, "reset-password")


async def test_a_denied_push_ends_it_for_a_day(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = ruled(desk)
    teach(org, "deny")
    await asked(session, org)
    told = await refused(session, org, "temp-password")
    assert "a push was denied" in told
    assert "This ends at" in told
    await done(session, org, "reset-password")
    clock.now += 24 * 3600 + 120
    assert "a push was denied" not in await refused(session, org, "reset-link")


async def test_nobody_acts_on_the_account_that_keydesk_signs_in_as_nor_on_their_own(desk: Desk, org: Org) -> None:
    session = ruled(desk)
    assert "signs in as this account" in await refused(session, org, "expire-password", "maria.silva")
    mine = replace(session, agent=replace(session.agent, name="Zack.Moore@acme.example"))
    assert "own account" in await refused(mine, org, "expire-password")


async def test_administrators_are_protected(desk: Desk, org: Org) -> None:
    session = ruled(desk)
    told = await refused(session, org, "reset-password", "omar.haddad")
    assert "as strongly as can be" in told
    assert "administrator" in told


async def test_an_unreadable_log_makes_it_harder_and_is_said(desk: Desk, org: Org) -> None:
    session = ruled(desk)
    fault(org, "403-role", match="/api/v1/logs", times=9)
    told = await refused(session, org, "reset-password")
    assert "the caller is not proven first" in told
    assert "The System Log cannot be read" in told


async def test_who_vouches_says_what_was_seen(desk: Desk, org: Org, wire: Wire) -> None:
    session = ruled(desk)
    person = await session.person(user_id(org, ZACK))
    for said in ("", "ok", "yes yes", "itwashimforsure"):
        with pytest.raises(SaysTooLittle):
            await attest(session, person, way(Attested.VIDEO), "temp-password", said)
    assert session.ledger.entries() == []
    await vouch(session, org, Attested.VIDEO, "temp-password")
    await done(session, org, "temp-password")
    assert len(wire.writes) == 1


async def test_the_same_reason_again_and_again_is_none(desk: Desk, org: Org) -> None:
    session = ruled(desk, replace(DEFAULT_RULES, same_reason=2))
    for who in (ZACK, "bob.martin"):
        await done(session, org, "expire-password", who)
    assert "the same reason again" in await refused(session, org, "expire-password", "una.walsh", f" {WHY.upper()}  ")
    await done(session, org, "expire-password", "una.walsh", "the account was used from abroad")


async def test_without_rules_nothing_is_asked(desk: Desk, org: Org, wire: Wire) -> None:
    session = desk.session()
    await done(session, org, "temp-password", reason="")
    assert not [one for one in wire.sent if "/logs" in str(one.url)]


async def test_the_raised_alert_counts_for_all_and_ends(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = ruled(desk)
    other = replace(session, agent=replace(session.agent, name="omar"))
    for reason, lasts in (("attack", 600), ("wave of callers", 10), ("wave of callers", 90_000)):
        with pytest.raises(BadAlert):
            await raise_alert(session, reason, clock.now + lasts)
    await raise_alert(session, "a wave of callers", clock.now + 59.9)  # the shortest, as it was typed a moment ago
    await raise_alert(session, "a wave of callers", clock.now + 3600)
    told = await refused(other, org, "reset-password")
    assert "the caller is not proven first" in told
    assert "The alert is raised" in told
    assert "says too little" in await refused(other, org, "expire-password", reason="")
    await lower_alert(other, "it was a test")
    await done(other, org, "reset-password")
    said = [
        (words.outcome_words(entry), dict(words.entry_lines(entry))) for entry in session.ledger.entries(text="-alert")
    ]
    assert [came for came, _ in said] == ["ended", "raised", "raised"]
    assert "Until" in said[1][1]
    assert "Person" not in said[1][1]
    await raise_alert(session, "it goes on", clock.now + 3600)
    clock.now += 3601
    await done(other, org, "expire-password", "bob.martin")


async def test_two_at_once_do_not_pass_a_cap_that_has_room_for_one(desk: Desk, org: Org, wire: Wire) -> None:
    session = ruled(desk, replace(DEFAULT_RULES, per_agent=1))
    people = (ZACK, "una.walsh")
    for who in people:
        await vouch(session, org, Attested.VIDEO, "temp-password", who)
    plans = [await aim(session, "temp-password", user_id(org, who)) for who in people]
    ends = await asyncio.gather(
        *(perform(session, plan, reason=f"{WHY} {number}") for number, plan in enumerate(plans)), return_exceptions=True
    )
    assert sorted(type(end).__name__ for end in ends) == ["Obstructed", "Performed"]
    assert len(wire.writes) == 1
    outcomes = [entry.outcome for entry in session.ledger.entries() if entry.intent.action == "temp-password"]
    assert sorted(map(str, outcomes)) in (["done"], ["done", "not sent"])


async def at_once(session: Session, org: Org, *wanted: tuple[str, str]) -> list[str]:
    """What came of actions that were judged at the same moment, before any of them was recorded."""
    plans = [await aim(session, one, user_id(org, who), await targets(session, org, one, who)) for one, who in wanted]
    ends = await asyncio.gather(
        *(perform(session, plan, reason=f"{WHY} {number}", typed=True) for number, plan in enumerate(plans)),
        return_exceptions=True,
    )
    return sorted(str(end) if isinstance(end, Obstructed) else type(end).__name__ for end in ends)


async def test_of_the_two_halves_of_an_account_at_the_same_moment_one_is_done(desk: Desk, org: Org, wire: Wire) -> None:
    session = ruled(desk)
    await vouch(session, org, Attested.MANAGER, "remove-factor")
    ends = await at_once(session, org, ("reset-password", ZACK), ("remove-factor", ZACK))
    assert "Performed" in ends
    assert "as strongly as can be" in " ".join(ends)
    assert "The other half of this account was reset lately" in " ".join(ends)
    assert len(wire.writes) == 1


async def test_a_proof_of_the_highest_tier_is_used_once_also_at_the_same_moment(
    desk: Desk, org: Org, wire: Wire
) -> None:
    session = ruled(desk)
    await vouch(session, org, Attested.IN_PERSON, "reset-mfa")
    ends = await at_once(session, org, ("reset-mfa", ZACK), ("reset-mfa", ZACK))
    assert "not proven" in " ".join(ends)
    assert [end for end in ends if end == "Performed"] == ["Performed"]
    assert len(wire.writes) == 1


async def test_an_alert_that_is_raised_while_somebody_types_counts_at_once(desk: Desk, org: Org, wire: Wire) -> None:
    session = ruled(desk)
    plan = await aim(session, "reset-password", user_id(org, ZACK))
    await raise_alert(session, "a wave of callers", session.now().timestamp() + 3600)
    with pytest.raises(Obstructed) as told:
        await perform(session, plan, reason=WHY)
    assert "The alert is raised" in told.value.obstacle.advice
    assert wire.writes == []


async def test_an_alert_is_found_behind_any_number_of_entries_that_mention_one(desk: Desk, org: Org) -> None:
    session = ruled(desk)
    await raise_alert(session, "a wave of callers", session.now().timestamp() + 3600)
    person = await session.person(user_id(org, ZACK))
    for number in range(60):
        await attest(session, person, way(Attested.MANAGER), "temp-password", f"no raise-alert here {number}")
    alert = await read_alert(session)
    assert alert is not None
    assert alert.reason == "a wave of callers"


async def test_a_denial_counts_where_the_log_alone_has_it(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = ruled(desk)
    zack = party(org.people.named(ZACK))
    org.journal.write(
        "user.authentication.auth_via_mfa", clock.now, zack, (zack,), result="FAILURE", reason="INVALID_CREDENTIALS",
        debug={"pushOnlyResponseType": "OV_RESPONSE_DENY"},
    )  # fmt: skip
    clock.now += 60
    told = await refused(session, org, "temp-password")
    assert "a push was denied" in told
    assert "treat it as an attack" in told
    await vouch(session, org, Attested.IN_PERSON, "temp-password")
    assert "a push was denied" in await refused(session, org, "temp-password", typed=True)


async def test_what_the_local_clock_says_moves_nothing(desk: Desk, org: Org, clock: FakeClock) -> None:
    right = ruled(desk)
    await vouch(right, org, Attested.VIDEO, "temp-password")
    clock.now += 660
    rules = right.connector
    for off in (-3600.0, -700.0, 3600.0, 90_000.0):
        wrong = replace(with_wrong_clock(desk, off), ledger=right.ledger)
        assert "not proven first" in await refused(replace(wrong, connector=rules), org, "temp-password")
    await vouch(right, org, Attested.VIDEO, "temp-password")
    await done(right, org, "temp-password")
    ahead = replace(with_wrong_clock(desk, 90_000.0), ledger=right.ledger, connector=rules)
    assert "as strongly as can be" in await refused(ahead, org, "reset-link")


async def test_what_cannot_be_read_of_a_person_is_said_and_a_group_that_protects_protects(desk: Desk, org: Org) -> None:
    rules = replace(DEFAULT_RULES, protected=Protected(groups=("Board",)))
    session = ruled(desk, rules, principal="helpdesk")
    fault(org, "403-role", match="/groups", times=9)
    told = await refused(session, org, "reset-password")
    assert "as strongly as can be" in told
    assert "a group that the desk's rules protect could not be read" in told
    plain_rules = ruled(desk, principal="helpdesk")
    assert "Whether they have an admin role is not known" in await refused(plain_rules, org, "temp-password")


async def test_a_flooded_log_is_not_known_to_be_whole(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = ruled(desk)
    zack = party(org.people.named(ZACK))
    org.journal.write("user.mfa.factor.reset_all", clock.now, zack, (zack,))
    for number in range(601):
        org.journal.write("user.authentication.auth_via_mfa", clock.now + number / 10, zack, (zack,), result="FAILURE")
    clock.now += 120
    told = await refused(session, org, "reset-password")
    assert "the caller is not proven" in told
    assert "The System Log cannot be read" in told


async def test_the_tier_that_an_action_had_is_kept_and_counts_for_caps(desk: Desk, org: Org) -> None:
    session = ruled(desk, replace(DEFAULT_RULES, per_agent=1, tiers={"reset-password": Tier.PROOF}))
    await vouch(session, org, Attested.MANAGER, "reset-password")
    await done(session, org, "reset-password")
    entry = session.ledger.entries(limit=1)[0]
    assert dict(words.entry_lines(entry))["Tier"] == "3 of 4"
    assert "too many within an hour" in await refused(session, org, "temp-password", "una.walsh")


async def test_nobody_acts_on_themselves_whatever_their_name_is_at_the_desk(desk: Desk, org: Org) -> None:
    session = ruled(desk)
    for name in ("zack.moore", "ZACK.MOORE", "zack.moore@acme.example"):
        mine = replace(session, agent=replace(session.agent, name=name))
        assert "own account" in await refused(mine, org, "clear-sessions")
    told = await refused(session, org, "temp-password")
    assert f"`keydesk verify {ZACK}@acme.example --for temp-password`" in told
