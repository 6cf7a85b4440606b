"""What giving software looks like; see tests/screens/looks.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from screens.software.software import SoftwareScreen
from tests.desk.support import user_id
from tests.screens.support import SIZES, seated

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.screens.looks import Looks
    from tests.screens.support import Seat
    from tui.demo.org import Org


async def opened(seat: Seat, org: Org) -> None:
    session = seat.app.session
    person = await session.person_with_blocks(user_id(org, "ann.lee"))
    seat.app.push_screen(SoftwareScreen(session, seat.app.person_changed, person, typing_pause=0.0))
    await seat.rest()


async def wished(seat: Seat, text: str, *keys: str) -> None:
    if seat.focused != "wish":
        await seat.press("slash")
    seat.one("#wish", Input).value = text
    await seat.rest()
    await seat.press("enter", *keys)


async def back(seat: Seat) -> None:
    while not isinstance(seat.app.screen, SoftwareScreen):
        await seat.press("escape")


@pytest.mark.parametrize("size", SIZES)
async def test_looks(desk: Desk, org: Org, looks: Looks, size: tuple[int, int]) -> None:
    async with seated(desk.session(), size) as seat:
        await opened(seat, org)
        await looks.take(seat, "what-they-have")
        await wished(seat, "red")
        await looks.take(seat, "hostile")
        await wished(seat, "figma")
        await looks.take(seat, "an-app-and-its-groups")
        await wished(seat, "desk admins", "enter")
        await looks.take(seat, "admin-group")
        await back(seat)
        await wished(seat, "miro", "2")
        await looks.take(seat, "choose-a-group")
        await back(seat)
        await wished(seat, "lucid", "enter", "enter")
        await looks.take(seat, "failed")
        await back(seat)
        await wished(seat, "figma", "enter", "enter")
        await looks.take(seat, "given")


@pytest.mark.parametrize("size", SIZES)
async def test_looks_without_rights(desk: Desk, org: Org, looks: Looks, size: tuple[int, int]) -> None:
    async with seated(desk.session(principal="group-membership"), size) as seat:
        await opened(seat, org)
        await wished(seat, "jira")
        await looks.take(seat, "without-rights-over-apps")


@pytest.mark.parametrize("size", SIZES)
async def test_looks_read_only(desk: Desk, org: Org, looks: Looks, size: tuple[int, int]) -> None:
    async with seated(desk.session(read_only=True), size) as seat:
        await opened(seat, org)
        await wished(seat, "figma")
        await looks.take(seat, "read-only")
