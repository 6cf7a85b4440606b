"""Settling by the System Log: Okta's clock, the request's id, who acted, and nothing else that could explain it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.support import OFF, aim, fault, left_open, service_session, user_id, with_wrong_clock
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.ledger import Ledger
from tui.desk.perform.perform import perform, settle
from tui.desk.perform.trace import CannotTell
from tui.okta.calls import OWN_ID

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk, FakeClock
    from tui.demo.org import Org
    from tui.desk.session import Session

BOB = "bob.martin"
LAG = 180.0
TOOK, NOT = ": it took effect.", ": it did not take effect."


async def cleared(session: Session, org: Org, who: str = BOB) -> int:
    plan = await aim(session, "clear-sessions", user_id(org, who))
    performed = await perform(session, plan, reason="test")
    assert performed.outcome is Outcome.DONE
    return performed.entry


async def looked(session: Session, entry: int, clock: FakeClock) -> str:
    clock.now += LAG
    return await settle(session, session.ledger.entry(entry))


@pytest.mark.parametrize("off", OFF.values(), ids=OFF)
@pytest.mark.parametrize(("how", "end"), [("cut", TOOK), ("cut-before", NOT)])
async def test_a_wrong_local_clock_changes_nothing(
    desk: Desk, org: Org, clock: FakeClock, off: float, how: str, end: str
) -> None:
    session = with_wrong_clock(desk, off)
    await cleared(session, org)  # by the same account, just long enough before
    clock.now += 60.0
    entry = await left_open(session, org, BOB, "clear-sessions", how=how)
    clock.now += 60.0
    await cleared(session, org)
    assert (await looked(session, entry, clock)).endswith(end)
    assert session.ledger.entry(entry).intent.okta_time == "2026-11-23T06:01:00.000Z"


@pytest.mark.parametrize(("how", "end"), [("504", TOOK), ("500", NOT)])
async def test_where_an_answer_came_its_request_id_decides(
    desk: Desk, org: Org, clock: FakeClock, how: str, end: str
) -> None:
    session, colleague = desk.session(), desk.session()
    entry = await left_open(session, org, BOB, "clear-sessions", how=how)
    await cleared(colleague, org)  # in the same second, by the same account
    assert not session.ledger.entry(entry).request_id.startswith(OWN_ID)
    seen = await looked(session, entry, clock)
    assert "of this very request" in seen
    assert seen.endswith(end)


async def test_an_id_of_keydesk_s_own_is_told_from_okta_s(desk: Desk, org: Org) -> None:
    session = desk.session()
    entry = await left_open(session, org, BOB, "clear-sessions", how="cut")
    assert session.ledger.entry(entry).request_id.startswith(OWN_ID)


async def test_another_open_entry_that_explains_the_event_as_well_keeps_both_open(
    desk: Desk, org: Org, clock: FakeClock
) -> None:
    session = desk.session()
    entries = [await left_open(session, org, BOB, "clear-sessions", how=how) for how in ("cut", "cut-before")]
    for entry in entries:
        with pytest.raises(CannotTell):
            await looked(session, entry, clock)
    assert sorted(found.seq for found in session.ledger.open_entries()) == entries


async def test_two_events_by_the_same_account_keep_it_open(desk: Desk, org: Org, clock: FakeClock, home: Path) -> None:
    session = desk.session()
    entry = await left_open(session, org, BOB, "clear-sessions", how="cut")
    with closing(Ledger(home / "of another agent.sqlite3", clock=clock.time)) as ledger:
        await cleared(replace(session, ledger=ledger), org)
    with pytest.raises(CannotTell) as told:
        await looked(session, entry, clock)
    assert "more than once" in told.value.advice


async def test_what_another_account_did_is_not_taken_for_ours(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    entry = await left_open(session, org, BOB, "clear-sessions")
    await cleared(service_session(desk, "service-admin"), org)
    seen = await looked(session, entry, clock)
    assert seen.endswith(NOT)
    assert " by 00u" in seen


async def test_without_a_known_account_an_event_proves_nothing(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    fault(org, "403-role", "/users/me", times=-1)
    entry = await left_open(session, org, BOB, "clear-sessions", how="cut")
    assert session.ledger.entry(entry).intent.principal == ""
    with pytest.raises(CannotTell):
        await looked(session, entry, clock)
    assert session.ledger.entry(entry).open


async def test_an_entry_of_an_earlier_version_has_no_time_of_okta_s(desk: Desk, org: Org, clock: FakeClock) -> None:
    session = desk.session()
    entry = session.ledger.entry(await left_open(session, org, BOB, "clear-sessions", how="cut"))
    earlier = replace(entry, intent=replace(entry.intent, okta_time="", principal=""))
    clock.now += LAG
    with pytest.raises(CannotTell) as told:
        await settle(session, earlier)
    assert "without Okta's time" in told.value.advice


async def test_of_several_calls_the_state_shows_the_first_alone(desk: Desk, org: Org) -> None:
    session = desk.session()
    person = await session.person_with_blocks(user_id(org, BOB))
    action = (await aim(session, "expire-password", person.user.id)).action
    plan = action.plan(person, (), {"sign-out"})
    fault(org, "cut-before", "/sessions")
    performed = await perform(session, plan, reason="test")
    assert performed.outcome is Outcome.UNKNOWN
    assert not performed.settled
    seen = await settle(session, session.ledger.entry(performed.entry))
    assert seen.endswith("Whether DELETE sessions was carried out as well, this does not show.")
