"""What the tests do not make anew is what would be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.quick import with_known_past
from tui.demo.log.events import SYSTEM
from tui.demo.story.begin import begin_org

if TYPE_CHECKING:
    from tests.conftest import FakeClock
    from tui.demo.log.events import LogEntry
    from tui.demo.org import Org


def whole(org: Org) -> tuple[list[LogEntry], list[LogEntry]]:
    """The log by arrival and by publication, with one event that comes after the past."""
    org.journal.write("user.session.clear", org.origin, SYSTEM)
    arrived = org.journal.poll((0, 0), 1e15, 100_000, lambda _: True).entries
    return arrived, org.journal.between(0, 2**60, 1e15, 100_000, lambda _: True).entries


@pytest.mark.parametrize("pipeline", ["idx", "v1"])
def test_a_known_past_is_the_one_that_would_be_written(clock: FakeClock, pipeline: str) -> None:
    def made(people: int) -> Org:
        return begin_org(people=people, clock=clock.time, lockouts_per_minute=0.0, pipeline=pipeline)

    for people in (60, 90):
        first, again = (with_known_past(made(people)) for _ in range(2))
        assert whole(again) == whole(first) == whole(made(people))
