"""Somebody whom Okta blocks by device: what an action changes decides, never the block beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.support import aim, fault, left_open, user_id, world
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.perform import perform, settle

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tui.demo.org import Org

BOB = "bob.martin"
OF_THE_STATUS = ["temp-password", "reset-password", "reset-link", "expire-password"]


@pytest.mark.parametrize("action", OF_THE_STATUS)
async def test_a_lost_answer_is_settled_by_the_status(desk: Desk, org: Org, action: str) -> None:
    session = desk.session()
    world(org, block=BOB)
    plan = await aim(session, action, user_id(org, BOB))
    fault(org, "cut", plan.calls[0].target.partition("?")[0])
    performed = await perform(session, plan, reason="test")
    assert performed.outcome is Outcome.UNKNOWN
    assert performed.settled
    entry = session.ledger.entry(performed.entry)
    assert entry.settled.endswith(": it took effect, or something else had the same effect.")


@pytest.mark.parametrize("action", OF_THE_STATUS)
async def test_what_stayed_open_is_settled_by_the_status(
    desk: Desk, org: Org, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = desk.session()
    world(org, block=BOB)
    with monkeypatch.context() as patch:
        patch.setattr("tui.desk.perform.perform.proves_effect", lambda *_: False)  # as after a kill: nobody looked
        entry = await left_open(session, org, BOB, action, how="cut")
    seen = await settle(session, session.ledger.entry(entry))
    assert seen.endswith(", blocked from some devices: it took effect, or something else had the same effect.")


@pytest.mark.parametrize("action", OF_THE_STATUS)
async def test_a_good_answer_is_not_told_as_unseen(desk: Desk, org: Org, action: str) -> None:
    session = desk.session()
    world(org, block=BOB)
    performed = await perform(session, await aim(session, action, user_id(org, BOB)), reason="test")
    assert performed.outcome is Outcome.DONE
    assert performed.clean
    assert f"{performed.plan.action.title}: done for Bob Martin" in performed.sentence


async def test_an_unlock_is_about_the_block(desk: Desk, org: Org) -> None:
    session = desk.session()
    world(org, block=BOB)
    entry = await left_open(session, org, BOB, "unlock")
    seen = await settle(session, session.ledger.entry(entry))
    assert seen == "Okta shows Active, blocked from some devices: it did not take effect, or was undone since."
