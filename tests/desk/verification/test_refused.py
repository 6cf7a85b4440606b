"""What a card foretells of the rules' refusals: never more than the rules say themselves, and nobody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tests.desk.support import fault, user_id
from tests.desk.verification.test_asking import asked, teach
from tests.desk.verification.test_ruling import ZACK, done, ruled
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.rules.rules import DEFAULT_RULES, REFUSE, Protected
from tui.desk.rules.tiers import STOPS
from tui.desk.verification.facts import judge_by, read_facts
from tui.desk.verification.refused import refused_now
from tui.desk.verification.ruling import ban_words
from tui.desk.verification.standing import read_standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import Desk, FakeClock, Wire
    from tui.demo.org import Org
    from tui.desk.session import Session

LASTS = {"reset-password", "expire-password", "clear-sessions", "unlock", "add-to-group", "suspend-device"}
"""Actions of tier 1 and 2, which a denied push leaves open for whoever is not protected."""


async def foretold(session: Session, org: Org, wire: Wire) -> Mapping[str, str]:
    """What is foretold once the card and the ledger are read; each refusal is the rules' own."""
    person = [one async for one in session.load(user_id(org, ZACK))][-1]
    standing = await read_standing(session, person.user.id)
    sent = len(wire.sent)
    found = refused_now(session, person, standing)
    assert len(wire.sent) == sent
    rules, now = session.rules or DEFAULT_RULES, session.now().timestamp()
    facts = await read_facts(session, person, rules)  # as a confirmation reads them
    for action in ACTIONS:
        judgement = judge_by(facts, action, rules, agent=session.agent.name, now=now)
        assert (judgement.ban is not None) is (action in found), action
        assert not judgement.ban or found[action].startswith(ban_words(judgement).partition(".")[0])
    return found


async def test_what_the_rules_refuse_is_foretold_and_what_they_only_want_is_not(
    desk: Desk, org: Org, wire: Wire, clock: FakeClock
) -> None:
    session = ruled(desk)
    assert await foretold(session, org, wire) == {}  # a proof is wanted, which is no refusal
    teach(org, "deny")
    await asked(session, org)
    found = await foretold(session, org, wire)
    assert set(found) & (LASTS | STOPS) == set()
    assert {"reset-link", "temp-password", "reset-mfa", "access-code", "unsuspend"} <= set(found)
    assert found["reset-link"].startswith("a push was denied until ")
    strict = replace(DEFAULT_RULES, stop_on=frozenset(), protected=Protected(logins=("zack.*",)))
    found = await foretold(ruled(desk, strict), org, wire)
    assert set(found) >= STOPS
    assert LASTS - set(found) == {"unlock", "clear-sessions"}  # being protected makes all but these harder
    clock.now += 25 * 3600
    assert await foretold(session, org, wire) == {}


async def test_nobody_acts_on_themselves_nor_on_the_account_that_keydesk_signs_in_as(
    desk: Desk, org: Org, wire: Wire
) -> None:
    session = ruled(desk)
    oneself = replace(session, agent=replace(session.agent, name="zack.moore"))
    assert set((await foretold(oneself, org, wire)).values()) == {"nobody acts on their own account"}
    token = next(one for one in org.principals if one.kind == "SSWS" and one.user_key == "nina.rossi")
    own = ruled(desk, principal=token.name)
    person = await own.person(user_id(org, "nina.rossi"))
    assert refused_now(own, person, None) == {}  # who that is was not asked yet
    await own.client.principal()
    assert set(refused_now(own, person, None).values()) == {"keydesk signs in as this account"}
    assert refused_now(desk.session(), person, None) == {}  # a desk without rules


async def test_a_cap_and_an_unreadable_log_are_foretold_as_far_as_the_card_knows(
    desk: Desk, org: Org, wire: Wire
) -> None:
    session = ruled(desk, replace(DEFAULT_RULES, per_agent=1, log_unreadable=REFUSE))
    await asked(session, org)
    await done(session, org, "temp-password")
    assert (await foretold(session, org, wire))["reset-link"].startswith("too many within an hour until ")
    fault(org, "403-role", "/api/v1/logs", times=20)
    found = await foretold(ruled(desk, replace(DEFAULT_RULES, log_unreadable=REFUSE)), org, wire)
    assert found["reset-link"] == "the System Log cannot be read"
