"""A secret that was given away once: masked, shown and copied on request, and afterwards nowhere."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from screens.secret import SecretScreen
from tests.desk.support import aim, user_id
from tests.screens.support import SIZES, seated
from tui.desk.secrets import Secret

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tests.screens.support import Seat
    from tui.demo.org import Org

TEXT = "x4HpS7TE-hush"


async def opened(seat: Seat, desk: Desk, org: Org, lasts: int = 120) -> SecretScreen:
    plan = await aim(desk.session(), "temp-password", user_id(org, "bob.martin"))
    screen = SecretScreen(plan, Secret(TEXT), lasts=lasts)
    seat.app.push_screen(screen)
    await seat.rest()
    return screen


def picture(seat: Seat) -> str:
    return seat.app.export_screenshot()


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_masked_until_asked_for_and_again_after(desk: Desk, org: Org, size: tuple[int, int]) -> None:
    async with seated(desk.session(), size) as seat:
        await opened(seat, desk, org)
        assert TEXT not in seat.text
        assert "••••" in seat.text
        assert "Say it to the person whom you have identified" in seat.words
        assert "What they do next: Sign in with the temporary password" in seat.words
        await seat.press("v")
        assert TEXT in seat.text
        await seat.press("v")
        assert TEXT not in seat.text
        assert TEXT not in picture(seat)


async def test_it_is_copied_without_being_shown(desk: Desk, org: Org) -> None:
    async with seated(desk.session()) as seat:
        await opened(seat, desk, org)
        await seat.press("c")
        assert seat.app.clipboard == TEXT
        assert "Copied, if your terminal allows it (OSC 52)" in seat.words
        assert TEXT not in seat.text
        await seat.press("escape")
        assert seat.app.clipboard == ""


@pytest.mark.parametrize("keys", [("v", "escape"), ("v", "v", "escape"), ("c", "escape"), ("v", "c", "escape")])
async def test_once_left_it_is_nowhere(desk: Desk, org: Org, home: Path, keys: tuple[str, ...]) -> None:
    async with seated(desk.session()) as seat:
        screen = await opened(seat, desk, org)
        await seat.press(*keys)
        assert not seat.app.screen.is_modal
        assert TEXT not in seat.text
        assert TEXT not in picture(seat)
        assert screen._secret is None
        assert seat.app.clipboard == ""
        del screen
        gc.collect()
        held = [o for o in gc.get_objects() if isinstance(o, Secret) and o.reveal() == TEXT]
        assert held == []


async def test_leaving_it_unseen_takes_a_second_time(desk: Desk, org: Org) -> None:
    async with seated(desk.session()) as seat:
        await opened(seat, desk, org)
        await seat.press("escape")
        assert "It was neither shown nor copied" in seat.words
        assert isinstance(seat.app.screen, SecretScreen)
        await seat.press("escape")
        assert not seat.app.screen.is_modal


async def test_after_its_time_it_is_forgotten_and_the_way_back_is_told(desk: Desk, org: Org) -> None:
    async with seated(desk.session()) as seat:
        screen = await opened(seat, desk, org, lasts=20)
        await seat.press("v", "c")
        assert "forgotten in 20 seconds" in seat.words
        screen._tick()
        await seat.rest()
        assert "forgotten in 10 seconds" in seat.words
        assert TEXT in seat.text
        screen._tick()
        await seat.rest()
        assert TEXT not in seat.text
        assert TEXT not in picture(seat)
        assert seat.app.clipboard == ""
        assert "a new one takes its place" in seat.words
        await seat.press("v", "c")
        assert TEXT not in seat.text
        assert seat.app.clipboard == ""
        await seat.press("escape")
        assert not seat.app.screen.is_modal
