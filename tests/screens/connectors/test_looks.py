"""What the connectors look like; see tests/screens/looks.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.screens.connectors.offices import FIRST, SECOND, Office
from tests.screens.support import SIZES
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock
    from tests.screens.looks import Looks


@pytest.mark.parametrize("size", SIZES)
async def test_looks(
    clock: FakeClock, home: Path, monkeypatch: pytest.MonkeyPatch, looks: Looks, size: tuple[int, int]
) -> None:
    office = Office(clock, home)
    office.through(monkeypatch)
    office.keep("Acme", FIRST, colour="red", production=True)
    office.keep("Acme test", SECOND, colour="teal", mode=Mode.READ_ONLY)
    async with office.seated(size) as seat:
        await seat.press("f5")
        await looks.take(seat, "connectors")
        await seat.press("r")
        await looks.take(seat, "checked")
        await seat.press("ctrl+r")
        await looks.take(seat, "rotate")
        await seat.press("escape", "f6")
        await looks.take(seat, "menu")
