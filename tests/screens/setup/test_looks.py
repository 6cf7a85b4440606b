"""What the wizard looks like; see tests/screens/looks.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.screens.setup.test_tour import tour  # noqa: F401 - a fixture
from tests.screens.setup.wizard import Admin
from tests.screens.support import SIZES
from tui.desk.connectors import settings
from tui.setup_app import SetupApp
from tui.welcome_app import WelcomeApp

if TYPE_CHECKING:
    from tests.conftest import FakeClock, Wire
    from tests.screens.looks import Looks
    from tui.wiring import Tour

STEPS = {
    "name-is-missing": ("ctrl+n",),
    "name": ("ctrl+t",),
    "production": ("tab", "tab", "space"),
    "org": ("space", "ctrl+n", "ctrl+t", "ctrl+n"),
    "capabilities": ("ctrl+n",),
    "sign-in": ("ctrl+n", "ctrl+t"),
    "checklist": ("ctrl+n", "space"),
    "proof": ("ctrl+n",),
    "save": ("ctrl+n",),
}


@pytest.mark.parametrize("size", SIZES)
async def test_looks(
    wire: Wire,
    clock: FakeClock,
    tour: Tour,  # noqa: F811 - the fixture
    looks: Looks,
    size: tuple[int, int],
) -> None:
    app = SetupApp(settings.places(), tour=tour, transport=wire, clock=clock)
    async with app.run_test(size=size) as pilot:
        admin = Admin(app, pilot)
        await admin.rest()
        for name, keys in STEPS.items():
            await admin.press(*keys)
            await looks.take(admin, name)


@pytest.mark.parametrize("size", SIZES)
async def test_looks_of_the_first_start(looks: Looks, size: tuple[int, int]) -> None:
    app = WelcomeApp()
    async with app.run_test(size=size) as pilot:
        seat = Admin(app, pilot)  # type: ignore[arg-type] # it is looked at only
        await seat.rest()
        await looks.take(seat, "welcome")
