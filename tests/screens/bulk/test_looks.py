"""What marks and a job for several people look like, kept as SVG; after a wanted change: pytest … --snapshot-update."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.desk.bulk.jobs import CREW, locked
from tests.desk.support import fault
from tests.screens.support import NARROW, WIDE, Seat
from tui.app import Keydesk

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.conftest import Desk
    from tui.demo.org import Org

    Compare = Callable[..., bool]

CONFIRMED = ("b", "enter", "s", "t", "o", "r", "m", "tab", "tab", "4", "enter")
SCENES: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "marked": (WIDE, ("space",)),
    "marked-narrow": (NARROW, ()),
    "what-narrow": (NARROW, ("b",)),
    "preview": (WIDE, ("b", "enter")),
    "preview-narrow": (NARROW, ("b", "enter", "enter")),
    "production-narrow": (NARROW, ("production", "b", "enter")),
    "half-failed": (WIDE, ("fail", *CONFIRMED)),
    "half-failed-narrow": (NARROW, ("fail", *CONFIRMED, "x")),
}


@pytest.mark.parametrize("scene", SCENES)
def test_looks(desk: Desk, org: Org, snap_compare: Compare, scene: str) -> None:
    size, steps = SCENES[scene]
    ids = locked(org)
    session = desk.session()
    if "production" in steps:
        session = replace(session, connector=replace(session.connector, production=True))
    app = Keydesk(lambda: session, typing_pause=0.0, dwell=0.0, every=3600.0)

    async def play(pilot: Pilot[int]) -> None:
        seat = Seat(app, pilot)
        await seat.rest()
        for name in (*CREW, "ann.lee2"):
            await seat.look_up(f"{name}@acme.example")
            await seat.press("enter", "space", "escape")
        await seat.look_up("ar")
        await seat.press("enter")
        if "fail" in steps:
            fault(org, "403-role", f"/users/{ids[1]}/lifecycle/")
            fault(org, "cut-before", f"/users/{ids[2]}/lifecycle/")
        for step in steps:
            if step not in {"fail", "production"}:
                await seat.press(step)

    assert snap_compare(app, terminal_size=size, run_before=play)
