"""Leaving the software screen while its answers come in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events

from screens.people.lookup import LookupScreen
from screens.software.software import SoftwareScreen
from tests.desk.support import Gate
from tests.screens.support import NARROW, seated
from tui.desk.software.catalog import catalog_of

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line

STEPS = 60
"""Steps of the event loop between the key that opens the screen and the key that leaves it, at most."""


async def test_answers_that_come_at_any_step_of_leaving_are_dropped(desk: Desk, wire: Line) -> None:
    async with seated(desk.session(), NARROW) as seat:
        await seat.look_up("ann.lee@acme.example")
        await seat.press("enter", "enter")
        for steps in range(STEPS):
            wire.watch = gate = Gate()
            catalog_of(seat.app.session).forget()
            await seat.hit("g")
            await seat.until(lambda: isinstance(seat.app.screen, SoftwareScreen) and gate.held)  # noqa: B023
            event = events.Key("escape", None)
            event.set_sender(seat.app)
            seat.app._driver.send_message(event)  # type: ignore[union-attr]
            for _ in range(steps):
                await asyncio.sleep(0)
            gate.opened.set()
            await seat.until(lambda: isinstance(seat.app.screen, LookupScreen))
        await seat.rest()
        assert seat.app.is_running
        assert "Ann Lee" in seat.words
