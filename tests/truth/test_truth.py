"""What keydesk says of events from real orgs: right where they settle it, "not known" elsewhere, never wrong."""

from __future__ import annotations

import pytest

from tests.conftest import SHARED
from tests.truth.recordings import NOT_KNOWN, OLDER, recorded, say
from tui.desk.lockouts.causes import Sure

EVENTS = SHARED / "okta" / "events"
LEAST = 60
pytestmark = pytest.mark.skipif(not EVENTS.is_dir(), reason=f"the recorded events are not at {EVENTS}")


def test_where_the_events_settle_it_keydesk_names_it() -> None:
    said = [say(path) for path in recorded()]
    assert len(said) >= LEAST
    assert {row.name for row in said} >= set(OLDER)
    assert [row for row in said if row.settled != "low" and row.mark != "right"] == []


def test_where_they_do_not_settle_it_keydesk_is_not_sure_of_another_reading() -> None:
    unsettled = [row for row in map(say, recorded()) if row.settled == "low"]
    assert unsettled
    assert [row for row in unsettled if row.mark not in {"right", NOT_KNOWN}] == []
    assert not any(row.sure is Sure.CERTAIN for row in unsettled)
