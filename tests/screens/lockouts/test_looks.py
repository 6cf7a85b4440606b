"""What the lockout feed looks like, kept as SVG; after a wanted change: pytest … --snapshot-update."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from screens.lockouts.lockouts import LockoutsScreen
from tests.screens.support import NARROW, WIDE, Seat
from tui.app import Keydesk
from tui.desk.lockouts.spray import Spray

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.conftest import Desk

    Compare = Callable[..., bool]

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SCENES: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "feed": (WIDE, ("down", "down", "h")),
    "feed-narrow": (NARROW, ("down", "h")),
    "all": (WIDE, ("d",)),
    "find-narrow": (NARROW, ("slash", "a", "n", "n")),
    "wave": (WIDE, ("wave",)),
    "wave-narrow": (NARROW, ("wave",)),
    "evidence": (WIDE, ("wave", "v")),
    "evidence-narrow": (NARROW, ("wave", "v")),
    "no-log-narrow": (NARROW, ("helpdesk",)),
}


def wave(screen: LockoutsScreen) -> None:
    """People who are in the list, tried from one address."""
    assert screen.picture
    cases = screen.picture.cases[:6]
    people = (*(case.user_id for case in cases), "00unobody1", "00unobody2")
    first = NOW - timedelta(minutes=25)
    spray = Spray("192.0.2.200", False, people, 4, 31, first, NOW, "a script", "Seychelles", False, ("192.0.2.200",))
    tried = {"00unobody1": "olga.berg@acme.example", "00unobody2": "otto.hall@acme.example"}
    screen.picture = replace(screen.picture, sprays=(spray,), tried=tried)


@pytest.mark.parametrize("scene", SCENES)
def test_looks(desk: Desk, snap_compare: Compare, scene: str) -> None:
    size, steps = SCENES[scene]
    session = desk.session(principal="helpdesk" if "helpdesk" in steps else "super")
    app = Keydesk(lambda: session, typing_pause=0.0, dwell=0.0, every=3600.0)

    async def play(pilot: Pilot[int]) -> None:
        seat = Seat(app, pilot)
        await seat.rest()
        await seat.press("f3")
        for step in steps:
            if step == "wave":
                assert isinstance(app.screen, LockoutsScreen)
                wave(app.screen)
                await seat.rest()
            elif step != "helpdesk":
                await seat.press(step)

    assert snap_compare(app, terminal_size=size, run_before=play)
