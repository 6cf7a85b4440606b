"""What the screens look like, kept as SVG; after a wanted change: pytest … --snapshot-update."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.screens.support import NARROW, WIDE, Seat
from tui.app import Keydesk

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.conftest import Desk

    Compare = Callable[..., bool]

ANN = ("ann.lee@acme.example", "enter")
SCENES: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "lookup": (WIDE, ("ann.lee", "enter")),
    "lookup-narrow": (NARROW, ("an", "enter")),
    "card-narrow": (NARROW, ANN),
    "confirm": (WIDE, (*ANN, "u")),
    "confirm-needs-a-reason-narrow": (NARROW, (*ANN, "s", "enter")),
    "done": (WIDE, (*ANN, "u", "enter")),
    "by-hand-narrow": (NARROW, ("read-only", *ANN, "u")),
    "lockouts": (WIDE, ("f3",)),
    "lockouts-narrow": (NARROW, ("f3",)),
    "ledger": (WIDE, (*ANN, "u", "enter", "f4")),
    "ledger-narrow": (NARROW, (*ANN, "u", "enter", "f4", "enter")),
    "confirm-destructive": (WIDE, (*ANN, "M")),
    "confirm-production-narrow": (NARROW, ("production", *ANN, "l")),
    "factor-choice": (WIDE, (*ANN, "f")),
    "secret": (WIDE, (*ANN, "l", "x", "enter")),
    "by-hand-self-service": (WIDE, ("read-only", *ANN, "u")),
    "hostile": (WIDE, ("mark.up@acme.example", "enter", "u")),
}


@pytest.mark.parametrize("scene", SCENES)
def test_looks(desk: Desk, snap_compare: Compare, scene: str) -> None:
    size, steps = SCENES[scene]
    session = desk.session(read_only="read-only" in steps)
    if "production" in steps:
        session = replace(session, connector=replace(session.connector, production=True, colour="red"))
    app = Keydesk(lambda: session, typing_pause=0.0, dwell=0.0, every=3600.0)

    async def play(pilot: Pilot[int]) -> None:
        seat = Seat(app, pilot)
        await seat.rest()
        for step in steps:
            if "@" in step or step in {"an", "ann.lee"}:
                await seat.look_up(step)
            elif step not in {"read-only", "production"}:
                await seat.press(step)

    assert snap_compare(app, terminal_size=size, run_before=play)
