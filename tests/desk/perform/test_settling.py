"""An outcome that stayed unknown is settled by what can be read: the target, the state, or else the System Log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.support import aim, choose, fault, left_open, service_session, someone_for, user_id
from tests.each import each
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.perform import perform, settle
from tui.desk.perform.trace import CannotTell, NotLoggedYet
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org

BOB = "bob.martin"


async def test_the_log_shows_what_leaves_no_other_trace(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    entry = await left_open(session, org, BOB, "clear-sessions", how="cut")
    assert session.ledger.entry(entry).open
    clock.now += 180.0
    seen = await settle(session, session.ledger.entry(entry))
    assert seen.startswith("The System Log has “Sessions cleared” for them at 2026-")
    assert seen.endswith(": it took effect.")
    assert session.ledger.open_entries() == []


@pytest.mark.parametrize("how", ["cut", "cut-before"])
async def test_a_log_that_is_behind_settles_nothing_yet(desk: Desk, org: Org, clock: FakeClock, how: str) -> None:
    session = desk.session()
    entry = await left_open(session, org, BOB, "clear-sessions", how=how)
    clock.now += 60.0
    with pytest.raises(NotLoggedYet, match="does not show it yet"):
        await settle(session, session.ledger.entry(entry))
    assert [found.seq for found in session.ledger.open_entries()] == [entry]


async def test_what_the_log_has_not_after_minutes_did_not_happen(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    entry = await left_open(session, org, BOB, "clear-sessions")
    clock.now += 180.0
    assert await settle(session, session.ledger.entry(entry)) == (
        "The System Log has no “Sessions cleared” for them since: it did not take effect."
    )


async def test_without_the_log_no_claim_is_made_and_it_stays_open(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    entry = await left_open(session, org, BOB, "clear-sessions")
    clock.now += 180.0
    fault(org, "403-role", "/logs", times=-1)
    with pytest.raises(CannotTell) as told:
        await settle(session, session.ledger.entry(entry))
    assert "keydesk cannot read the System Log" in told.value.advice
    assert [found.seq for found in session.ledger.open_entries()] == [entry]


async def test_a_state_that_was_so_before_tells_nothing(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    entry = await left_open(session, org, "hana.sato", "reset-password")
    assert session.ledger.entry(entry).intent.status == "RECOVERY"
    clock.now += 180.0
    assert "it did not take effect" in await settle(session, session.ledger.entry(entry))


# Whether Okta's list always shows a code is not known, so that it proves nothing.
TARGETED = [action.id for action in ACTIONS.values() if action.wants is not None and action.id != "access-code"]


@pytest.mark.parametrize("how", ["cut", "cut-before"])
@each("action", TARGETED)
async def test_a_target_shows_by_itself_whether_it_worked(
    desk: Desk, org: Org, line: Line, clock: FakeClock, action: str, how: str
) -> None:
    session = desk.session()
    who = someone_for(org, action)
    plan = await aim(session, action, who, choose(org, action, who))
    plan = plan.action.plan(plan.person, plan.targets, ())  # of several calls the target shows the first alone
    fault(org, how, plan.calls[0].target.partition("?")[0])
    org.faults.on[-1].method = plan.calls[0].method
    line.sent.clear()
    performed = await perform(session, plan, reason="test")
    assert performed.outcome is Outcome.UNKNOWN
    assert performed.settled is (how == "cut")
    assert len(line.writes) == 1
    entry = session.ledger.entry(performed.entry)
    assert entry.open is (how == "cut-before")
    if entry.open:
        clock.now += 60.0
        seen = await settle(session, entry)
        assert seen.endswith("it did not take effect, or was undone since.")
    assert session.ledger.open_entries() == []
    assert len(line.writes) == 1


async def test_read_only_settles_too(desk: Desk, org: Org, clock: FakeClock) -> None:
    entry = await left_open(desk.session(), org, BOB, "clear-sessions", how="cut")
    clock.now += 180.0
    reader = service_session(desk, "service-readonly", Mode.READ_ONLY)
    assert "it took effect" in await settle(reader, reader.ledger.entry(entry))


async def test_an_entry_of_an_earlier_version_has_no_target_and_is_read(desk: Desk, org: Org) -> None:
    session = desk.session()
    performed = await perform(session, await aim(session, "unlock", user_id(org, "ann.lee")))
    assert session.ledger.entry(performed.entry).intent.target == ""
