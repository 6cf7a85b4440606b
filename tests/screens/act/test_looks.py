"""What confirmation, secret and choice of a factor look like, kept as SVG; after a wanted change: --snapshot-update."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from screens.act.secret import SecretScreen
from tests.desk.support import aim, user_id
from tests.screens.support import NARROW, WIDE, Seat
from tui.app import Keydesk
from tui.desk.connectors.secrets import Secret
from tui.desk.connectors.ticket import TicketRule

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.conftest import Desk
    from tui.demo.org import Org

    Compare = Callable[..., bool]

ANN, BOB = ("ann.lee@acme.example", "enter", "enter"), ("bob.martin@acme.example", "enter", "enter")
SCENES: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "card-not-locked-narrow": (NARROW, BOB),
    "routine-narrow": (NARROW, (*ANN, "u")),
    "mail": (WIDE, (*BOB, "p")),
    "option-narrow": (NARROW, (*BOB, "s", "shift+tab", "space")),
    "destructive-narrow": (NARROW, (*ANN, "M")),
    "production": (WIDE, ("production", *ANN, "u")),
    "production-destructive-narrow": (NARROW, ("production", *ANN, "M", "enter")),
    "ticket-narrow": (NARROW, ("ticket", *ANN, "u", "enter")),
    "factors-narrow": (NARROW, (*ANN, "f")),
    "factor": (WIDE, (*ANN, "f", "end", "enter")),
    "secret-narrow": (NARROW, (*BOB, "secret", "escape")),
    "secret-copied-narrow": (NARROW, (*BOB, "secret", "c")),
}


@pytest.mark.parametrize("scene", SCENES)
def test_looks(desk: Desk, org: Org, snap_compare: Compare, scene: str) -> None:
    size, steps = SCENES[scene]
    session = desk.session()
    if "production" in steps:
        session = replace(session, connector=replace(session.connector, production=True, colour="red"))
    if "ticket" in steps:
        rule = TicketRule("INC[0-9]{7}", needed=True)
        session = replace(session, connector=replace(session.connector, ticket=rule))
    app = Keydesk(lambda: session, typing_pause=0.0, dwell=0.0, every=3600.0)

    async def play(pilot: Pilot[int]) -> None:
        seat = Seat(app, pilot)
        await seat.rest()
        for step in steps:
            if "@" in step:
                await seat.look_up(step)
            elif step == "secret":
                plan = await aim(session, "temp-password", user_id(org, "bob.martin"))
                app.push_screen(SecretScreen(plan, Secret("x4HpS7TE-hush")))
                await seat.rest()
            elif step not in {"production", "ticket"}:
                await seat.press(step)

    assert snap_compare(app, terminal_size=size, run_before=play)
