"""What keydesk's own screens send to a terminal shows what Textual would have sent, and is far less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.color import Color
from textual.screen import Screen

from tests.screens.support import seated
from tests.terminal.audience import Audience
from tui.okta.policy import USUAL

if TYPE_CHECKING:
    import pytest
    from textual.geometry import Size

    from tests.conftest import Desk

STEPS = (
    ("first letter", ("a",)),
    ("letter", ("n",)),
    ("another letter", ("n",)),
    ("row", ("down",)),
    ("person", ("enter",)),
    ("confirmation", ("s",)),
    ("closed", ("escape",)),
    ("palette", ("ctrl+p",)),
    ("closed", ("escape",)),
    ("keys", ("f1",)),
    ("closed", ("escape",)),
    ("lockouts", ("f3",)),
    ("lockout", ("down",)),
    ("lockout", ("down",)),
    ("last", ("end",)),
    ("ledger", ("f4",)),
    ("connectors", ("f5",)),
    ("status", ("f6",)),
    ("expiry", ("f7",)),
    ("notices", ("f8",)),
    ("lockouts again", ("f3",)),
    ("ledger again", ("f4",)),
    ("connectors again", ("f5",)),
    ("expiry again", ("f7",)),
    ("notices again", ("f8",)),
    ("back", ("f2",)),
    ("theme", ()),
)
AGAIN = 6_000
"""The most bytes of a screen that is opened again."""
MOST = {
    "another letter": (900, 0), "lockout": (900, 0), "last": (900, 0), "status": (250, 1), "palette": (4_500, 8),
    "lockouts again": (AGAIN + 500, 1), "ledger again": (AGAIN, 1), "connectors again": (AGAIN, 1),
    "expiry again": (AGAIN, 1), "notices again": (AGAIN, 1), "back": (AGAIN + 500, 1),
}  # fmt: skip
"""The most bytes that a step may send, and the most layouts that it may need; 0 where nothing moves."""


async def test_the_main_screens_look_the_same_both_ways(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    layouts: list[Screen[object]] = []
    lay_out = Screen._refresh_layout

    def laid_out(screen: Screen[object], size: Size | None = None, scroll: bool = False) -> None:
        layouts.append(screen)
        lay_out(screen, size, scroll)

    monkeypatch.setattr(Screen, "_refresh_layout", laid_out)
    async with seated(desk.session(capabilities=USUAL)) as seat:
        audience = Audience(seat.app)
        seat.app.refresh()
        await seat.rest()
        audience.pair.agree()
        pair = audience.pair
        sent: dict[str, list[int]] = {}
        needed: dict[str, int] = {}
        for name, keys in STEPS:
            before = pair.sent
            layouts.clear()
            if name == "theme":
                seat.app.theme = "light"
            await seat.press(*keys)
            await seat.until(lambda: not seat.app._batch_count)
            await seat.rest()
            audience.pair.agree()
            sent.setdefault(name, []).append(pair.sent - before)
            needed[name] = len(layouts)
        pair.agree(judges=2)
        assert pair.frames > len(STEPS)
        assert pair.sent < pair.whole / 6, sent
        for name, (most, moves) in MOST.items():
            assert max(sent[name]) <= most, (name, sent)
            assert needed[name] <= moves, (name, needed)
        await seat.press("f3")
        ground = Color.parse(seat.app.theme_variables["ground"])
        assert seat.app.screen.styles.background == ground, "another theme, though it was not in front"
        assert sent["confirmation"][0] < 2500, sent
        assert sent["closed"][0] < 2600, sent
