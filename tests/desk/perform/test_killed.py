"""keydesk is killed at each step of a change: what was recorded stays whole, and what is open is shown and settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.perform.killing import killed
from tests.desk.support import user_id
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.perform import settle

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tui.demo.org import Org

BEFORE = ("0", "1")
OPEN = ("2", "arriving", "answered")
AFTER = ("3",)


@pytest.mark.parametrize("moment", [*BEFORE, *OPEN, *AFTER])
@pytest.mark.parametrize("action", ["unlock", "add-to-group", "temp-password"])
async def test_a_kill_leaves_a_whole_ledger_that_says_what_is_open(
    desk: Desk, home: Path, action: str, moment: str
) -> None:
    sent = killed(action, moment)
    assert bool(sent) is (moment in {"answered", *AFTER})
    session = desk.session()
    entries = session.ledger.entries()
    assert session.ledger.verify().ok
    assert len(entries) == (moment not in BEFORE)
    assert [entry.outcome for entry in entries] == (
        [] if moment in BEFORE else [None] if moment in OPEN else [Outcome.DONE]
    )
    assert len(session.ledger.open_entries()) == (moment in OPEN)


async def test_after_a_kill_the_next_keydesk_settles_it_by_a_look(desk: Desk, org: Org, home: Path) -> None:
    killed("unlock", "arriving")
    session = desk.session()
    (entry,) = session.ledger.open_entries()
    assert entry.intent.person_id == user_id(org, "ann.lee")
    seen = await settle(session, entry)
    assert seen == "Okta shows Locked out: it did not take effect, or was undone since."
    assert session.ledger.open_entries() == []
    assert desk.wire.writes == []
