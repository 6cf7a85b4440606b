"""What the wizard looks like, kept as SVG; after a wanted change: pytest … --snapshot-update."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.screens.setup.test_tour import tour  # noqa: F401 - a fixture
from tests.screens.setup.wizard import Admin
from tests.screens.support import NARROW, WIDE
from tui.desk.connectors import settings
from tui.setup_app import SetupApp

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.conftest import FakeClock, Wire
    from tui.wiring import Tour

    Compare = Callable[..., bool]

ORG = ("ctrl+t", "ctrl+n", "ctrl+t", "ctrl+n")
SIGN_IN = (*ORG, "ctrl+n", "ctrl+n", "ctrl+t")
SCENES: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "name": (NARROW, ("ctrl+t",)),
    "production": (NARROW, ("ctrl+t", "tab", "tab", "space")),
    "name-is-missing": (NARROW, ("ctrl+n",)),
    "org": (NARROW, ORG),
    "capabilities": (NARROW, (*ORG, "ctrl+n")),
    "sign-in": (NARROW, SIGN_IN),
    "sign-in-wide": (WIDE, SIGN_IN),
    "checklist": (NARROW, (*SIGN_IN, "ctrl+n", "space")),
    "proof": (NARROW, (*SIGN_IN, "ctrl+n", "ctrl+n")),
    "proof-wide": (WIDE, (*SIGN_IN, "ctrl+n", "ctrl+n")),
    "save": (NARROW, (*SIGN_IN, "ctrl+n", "ctrl+n", "ctrl+n")),
}


@pytest.mark.parametrize("scene", SCENES)
def test_looks(
    snap_compare: Compare,
    wire: Wire,
    clock: FakeClock,
    tour: Tour,  # noqa: F811 - the fixture
    scene: str,
) -> None:
    size, keys = SCENES[scene]
    app = SetupApp(settings.places(), tour=tour, transport=wire, clock=clock)

    async def play(pilot: Pilot[None]) -> None:
        admin = Admin(app, pilot)
        await admin.rest()
        await admin.press(*keys)

    assert snap_compare(app, terminal_size=size, run_before=play)
