"""Temporary access codes: as short as the org allows, for one sign-in, withdrawn again; and an org that has none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.support import aim, user_id
from tui.demo.factors.authenticators import authenticator_id
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause, TargetKind
from tui.desk.actions.obstacles import Obstructed
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.confirmation import LINE, call_lines
from tui.desk.perform.perform import perform
from tui.okta.errors import FeatureOff, MissingRole, NotFound

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tui.demo.org import Org


async def test_a_code_is_for_the_shortest_time_and_once_and_can_be_withdrawn_by_its_own_id(
    desk: Desk, org: Org
) -> None:
    session, bob = desk.session(), org.people.named("bob.martin")
    plan = await aim(session, "access-code", bob.id)
    sent = json.loads(plan.calls[0].body)
    assert sent["profile"] == {"ttl": 10, "multiUse": False}  # a number, as Okta's example shows it
    _, *body = call_lines(plan.calls[0])  # in lines that do not end within a word
    assert "".join(line.strip() for line in body) == plan.calls[0].body.decode()
    assert len(body) > 1
    assert all(len(line) <= LINE and line.rstrip().endswith((",", "}")) for line in body)
    notes = " ".join(plan.targets[0].notes)
    assert "for 10 minutes" in notes
    assert "not known to keydesk" in notes
    performed = await perform(session, plan, reason="forgot the phone")
    assert performed.clean
    assert performed.secret is not None
    held = org.access_codes.of(bob, org.clock())
    assert held is not None
    assert held.code == performed.secret.reveal()
    assert (held.id, held.several) == (performed.made, False)
    again = await aim(session, "access-code", bob.id)
    assert "They have a code now, which ends with the new one." in again.targets[0].notes
    ends = await aim(session, "withdraw-code", bob.id, {TargetKind.ENROLLMENT: performed.made})
    withdrawn = await perform(session, ends, reason="not needed any more")
    assert withdrawn.clean
    assert org.access_codes.of(bob, org.clock()) is None
    assert not [entry for entry in session.ledger.entries() if held.code in repr(entry)]


async def test_without_a_code_there_is_none_to_withdraw(desk: Desk, org: Org) -> None:
    session = desk.session()
    with pytest.raises(NotFound, match="no temporary access code"):
        await aim(session, "withdraw-code", user_id(org, "bob.martin"))


async def test_an_org_without_them_says_so_and_nothing_is_sent(desk: Desk, org: Org) -> None:
    org.pipeline = "v1"
    session = desk.session()
    action, person = ACTIONS["access-code"], await session.person_with_blocks(user_id(org, "bob.martin"))
    targets = await session.read_targets(action, person, {})
    found = session.obstacle(action, person, targets)
    assert found is not None
    assert found.reason == "this org has no temporary access codes"
    assert "Identity Engine" in found.advice
    assert session.lacks(action)  # from now on its key is gone
    with pytest.raises(Obstructed):
        await perform(session, action.plan(person, targets), reason="forgot the phone")
    assert not list(session.ledger.entries())


async def test_without_the_list_the_connector_names_what_makes_codes(desk: Desk, org: Org) -> None:
    session, bob = desk.session(principal="helpdesk"), org.people.named("bob.martin")
    with pytest.raises(MissingRole):
        await aim(session, "access-code", bob.id)
    session.denied["authenticators"] = MissingRole()
    named = replace(session.connector, access_code=authenticator_id(org.enrolments.ids, "tac"))
    session = replace(session, connector=named)
    plan = await aim(session, "access-code", bob.id)
    assert "It holds for 10 minutes. Where this org wants a longer time, Okta refuses." in plan.targets[0].notes
    assert (await perform(session, plan, reason="forgot the phone")).clean
    assert org.access_codes.of(bob, org.clock()) is not None


async def test_the_key_is_off_where_the_list_of_authenticators_was_refused(desk: Desk, org: Org) -> None:
    session = desk.session()
    plan = await aim(session, "access-code", user_id(org, "bob.martin"))
    session.denied["authenticators"] = FeatureOff()
    found = session.obstacle(plan.action, plan.person)
    assert found is not None
    assert found.cause is Cause.PERMISSION
    assert "This org does not have it" in found.allows
    with pytest.raises(Obstructed):
        await perform(session, plan, reason="forgot the phone")
    assert not [entry for entry in session.ledger.entries() if entry.outcome is Outcome.DONE]
