"""What marks and a job for several people look like; see tests/screens/looks.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.bulk.jobs import CREW, locked
from tests.desk.support import fault
from tests.screens.bulk.test_story import mark
from tests.screens.support import SIZES, seated

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.screens.looks import Looks
    from tests.screens.support import Seat
    from tui.demo.org import Org


async def marked(seat: Seat) -> None:
    await mark(seat, *CREW, "ann.lee2")
    await seat.look_up("ar")
    await seat.press("enter")


@pytest.mark.parametrize("size", SIZES)
async def test_looks(desk: Desk, org: Org, looks: Looks, size: tuple[int, int]) -> None:
    ids = locked(org)
    async with seated(desk.session(), size) as seat:
        await marked(seat)
        await looks.take(seat, "marked")
        await seat.press("b")
        await looks.take(seat, "what")
        await seat.press("enter")
        await looks.take(seat, "preview")
        await seat.press("enter")
        await looks.take(seat, "what-is-missing")
        fault(org, "403-role", f"/users/{ids[1]}/lifecycle/")
        fault(org, "cut-before", f"/users/{ids[2]}/lifecycle/")
        await seat.type("4")
        await seat.press("enter")
        await looks.take(seat, "half-failed")
        await seat.press("x")
        await looks.take(seat, "export")


@pytest.mark.parametrize("size", SIZES)
async def test_looks_in_production(desk: Desk, org: Org, looks: Looks, size: tuple[int, int]) -> None:
    locked(org)
    session = desk.session()
    session = replace(session, connector=replace(session.connector, production=True))
    async with seated(session, size) as seat:
        await marked(seat)
        await seat.press("b", "enter")
        await looks.take(seat, "production")
