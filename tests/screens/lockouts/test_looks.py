"""What the lockout feed looks like; see tests/screens/looks.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from screens.lockouts.lockouts import LockoutsScreen
from tests.screens.support import SIZES, seated
from tui.desk.lockouts.spray import Spray

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.screens.looks import Looks

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def wave(screen: LockoutsScreen) -> None:
    """People who are in the list, tried from one address."""
    assert screen.picture
    cases = screen.picture.cases[:6]
    people = (*(case.user_id for case in cases), "00unobody1", "00unobody2")
    first = NOW - timedelta(minutes=25)
    spray = Spray("192.0.2.200", False, people, 4, 31, first, NOW, "a script", "Seychelles", False, ("192.0.2.200",))
    tried = {"00unobody1": "olga.berg@acme.example", "00unobody2": "otto.hall@acme.example"}
    screen.picture = replace(screen.picture, sprays=(spray,), tried=tried)


@pytest.mark.parametrize("size", SIZES)
async def test_looks(desk: Desk, looks: Looks, size: tuple[int, int]) -> None:
    async with seated(desk.session(), size) as seat:
        await seat.press("f3")
        await looks.take(seat, "lockouts")
        await seat.press("down", "down", "h")
        await looks.take(seat, "mine")
        await seat.press("slash", "a", "n", "n")
        await looks.take(seat, "find")
        await seat.press("escape", "d")
        await looks.take(seat, "all")
        await seat.press("escape", "2")
        await looks.take(seat, "one-cause")
        await seat.press("escape", "o")
        await looks.take(seat, "sort")
        await seat.press("escape")
        assert isinstance(seat.app.screen, LockoutsScreen)
        wave(seat.app.screen)
        await seat.rest()
        await looks.take(seat, "wave")
        await seat.press("v")
        await looks.take(seat, "evidence")


@pytest.mark.parametrize("size", SIZES)
async def test_looks_without_the_log(desk: Desk, looks: Looks, size: tuple[int, int]) -> None:
    async with seated(desk.session(principal="helpdesk"), size) as seat:
        await seat.press("f3")
        await looks.take(seat, "no-log")
