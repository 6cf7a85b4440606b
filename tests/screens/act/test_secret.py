"""A secret that was given away once: masked, shown and copied on request, and afterwards nowhere."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

from screens.act.secret import SecretScreen
from tests.desk.support import aim, user_id
from tests.screens.support import NARROW, seated
from tui.desk.connectors.secrets import Secret

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Desk
    from tests.screens.support import Seat
    from tui.demo.org import Org

TEXT = "x4HpS7TE-hush"


async def opened(seat: Seat, desk: Desk, org: Org, lasts: int = 120) -> SecretScreen:
    plan = await aim(desk.session(), "temp-password", user_id(org, "bob.martin"))
    screen = SecretScreen(plan, Secret(TEXT), lifetime=lasts)
    seat.app.push_screen(screen)
    await seat.rest()
    return screen


def picture(seat: Seat) -> str:
    return seat.app.export_screenshot()


async def test_it_is_masked_copied_unshown_and_once_left_it_is_nowhere(desk: Desk, org: Org) -> None:
    gc.freeze()  # what earlier tests left is not looked through
    async with seated(desk.session(), NARROW) as seat:
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
        await seat.press("escape")
        for keys in (
            ("v", "escape"),
            ("v", "v", "escape"),
            ("c", "escape"),
            ("v", "c", "escape"),
            ("escape", "escape"),
        ):
            screen = await opened(seat, desk, org)
            for key in keys:
                await seat.press(key)
                if keys == ("c", "escape") and key == "c":
                    assert seat.app.clipboard == TEXT
                    assert "Sent to the terminal, which may not allow it (OSC 52)" in seat.words
                    assert TEXT not in seat.text
                if keys == ("escape", "escape") and seat.app.screen is screen:
                    assert "It was neither shown nor copied" in seat.words  # leaving it unseen takes a second time
            assert not seat.app.screen.is_modal, keys
            assert TEXT not in seat.text, keys
            assert TEXT not in picture(seat), keys
            assert screen._secret is None, keys
            assert seat.app.clipboard == "", keys
            del screen
            gc.collect()
            held = [o for o in gc.get_objects() if isinstance(o, Secret) and o.reveal() == TEXT]
            assert held == [], keys


async def test_after_its_time_it_is_forgotten_and_the_way_back_is_told(
    desk: Desk, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with seated(desk.session()) as seat:
        screen = await opened(seat, desk, org, lasts=20)
        await seat.press("v", "c")
        assert "forgotten in 20 seconds" in seat.words
        screen._count_down()
        await seat.rest()
        assert "forgotten in 10 seconds" in seat.words
        assert TEXT in seat.text
        assert screen._timer
        screen._count_down()
        await seat.rest()
        assert TEXT not in seat.text
        assert TEXT not in picture(seat)
        assert seat.app.clipboard == ""
        assert "a new one takes its place" in seat.words
        task = screen._timer._task
        assert task is None or task.done() or task.cancelled()  # nothing is drawn any more
        await seat.press("v", "c")
        assert TEXT not in seat.text
        assert seat.app.clipboard == ""
        await seat.press("escape")
        assert not seat.app.screen.is_modal

        screen = await opened(seat, desk, org, lasts=20)
        for _ in range(2):
            await seat.press("v", "v", "c", "x", "enter", "up")  # no key makes it last longer
            screen._count_down()
        await seat.rest()
        assert "It is forgotten." in seat.text
        await seat.press("escape")

        screen = await opened(seat, desk, org)
        await seat.press("v")
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 3600.0)  # the machine slept
        screen._count_down()
        await seat.rest()
        assert TEXT not in seat.text
        assert "It is forgotten." in seat.text


async def test_leaving_keydesk_with_it_unseen_takes_a_second_time(desk: Desk, org: Org) -> None:
    async with seated(desk.session()) as seat:
        await opened(seat, desk, org)
        await seat.press("ctrl+q")
        assert "ctrl+q once more leaves, and it is forgotten for good" in seat.words  # so keydesk still runs
        await seat.hit("ctrl+q")
        await seat.until(lambda: not seat.app.is_running)
