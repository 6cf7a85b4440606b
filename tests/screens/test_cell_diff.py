"""What keydesk's own screens send to a terminal shows what Textual would have sent, and is far less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.screens.support import seated
from tests.terminal.audience import Audience

if TYPE_CHECKING:
    from tests.conftest import Desk

STEPS = (
    ("letters", ("a", "n", "n")),
    ("row", ("down",)),
    ("person", ("enter",)),
    ("confirmation", ("s",)),
    ("closed", ("escape",)),
    ("palette", ("ctrl+p",)),
    ("closed", ("escape",)),
    ("keys", ("f1",)),
    ("closed", ("escape",)),
    ("lockouts", ("f3",)),
    ("row", ("down",)),
    ("row", ("down",)),
    ("last", ("end",)),
    ("ledger", ("f4",)),
    ("connectors", ("f5",)),
    ("status", ("f6",)),
    ("expiry", ("f7",)),
    ("notices", ("f8",)),
    ("back", ("f2",)),
    ("theme", ()),
)


async def test_the_main_screens_look_the_same_both_ways(desk: Desk) -> None:
    async with seated(desk.session()) as seat:
        audience = Audience(seat.app)
        seat.app.refresh()
        await seat.rest()
        audience.pair.agree()
        pair = audience.pair
        sent: dict[str, list[int]] = {}
        for name, keys in STEPS:
            before = pair.sent
            if name == "theme":
                seat.app.theme = "light"
            await seat.press(*keys)
            audience.pair.agree()
            sent.setdefault(name, []).append(pair.sent - before)
        pair.agree(judges=2)
        assert pair.frames > len(STEPS)
        assert pair.sent < pair.whole / 6, sent
        assert sent["confirmation"][0] < 2500, sent
        assert sent["closed"][0] < 2600, sent
