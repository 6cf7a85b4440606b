"""What giving software looks like, kept as SVG; after a wanted change: pytest … --snapshot-update."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from screens.software.software import SoftwareScreen
from tests.desk.support import user_id
from tests.screens.support import NARROW, WIDE, Seat
from tui.app import Keydesk

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.conftest import Desk
    from tui.demo.org import Org

    Compare = Callable[..., bool]

SCENES: dict[str, tuple[tuple[int, int], str, tuple[str, ...]]] = {
    "what-they-have": (WIDE, "super", ()),
    "what-they-have-narrow": (NARROW, "super", ()),
    "an-app-and-its-groups": (WIDE, "super", ("=figma", "enter")),
    "given-narrow": (NARROW, "super", ("=figma", "enter", "enter", "enter")),
    "failed": (WIDE, "super", ("=lucid", "enter", "enter", "enter")),
    "admin-group-narrow": (NARROW, "super", ("=desk admins", "enter", "enter")),
    "without-rights-over-apps-narrow": (NARROW, "group-membership", ("=jira", "enter")),
    "choose-a-group-narrow": (NARROW, "super", ("=miro", "enter", "2")),
    "hostile": (WIDE, "super", ("=red", "enter")),
    "read-only": (WIDE, "super", ("read-only", "=figma", "enter")),
}


@pytest.mark.parametrize("scene", SCENES)
def test_looks(desk: Desk, org: Org, snap_compare: Compare, scene: str) -> None:
    size, principal, steps = SCENES[scene]
    session = desk.session(principal=principal, read_only="read-only" in steps)
    app = Keydesk(lambda: session, typing_pause=0.0, dwell=0.0, every=3600.0)

    async def play(pilot: Pilot[int]) -> None:
        seat = Seat(app, pilot)
        await seat.rest()
        person = await session.person_with_blocks(user_id(org, "ann.lee"))
        app.push_screen(SoftwareScreen(session, app.person_changed, person, typing_pause=0.0))
        await seat.rest()
        for step in steps:
            if step.startswith("="):
                seat.one("#wish", Input).value = step[1:]
                await seat.rest()
            elif step != "read-only":
                await seat.press(step)

    assert snap_compare(app, terminal_size=size, run_before=play)
