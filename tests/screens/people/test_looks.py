"""What finding people looks like, the card, and the lists of everything that was done; see tests/screens/looks.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from tests.screens.support import NARROW, SIZES, SMALL, WIDE, seated
from widgets.steady_text import SteadyText

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.screens.looks import Looks


@pytest.mark.parametrize("size", SIZES)
async def test_looks(desk: Desk, looks: Looks, size: tuple[int, int]) -> None:
    async with seated(desk.session(), size) as seat:
        await looks.take(seat, "start")
        await seat.look_up("an")
        await looks.take(seat, "several-match")
        await seat.look_up("ann.lee")
        await looks.take(seat, "namesakes")
        await seat.press("enter", "enter")
        await looks.take(seat, "card")
        await seat.press("full_stop")
        await looks.take(seat, "unfolded")
        await seat.press("full_stop", "question_mark")
        await looks.take(seat, "keys")
        await seat.press("escape", "ctrl+p")
        await looks.take(seat, "palette")
        await seat.press("escape", "u")
        await seat.press("enter")
        await looks.take(seat, "done")
        await seat.press("y")
        await looks.take(seat, "copy-which-part")
        await seat.press("escape")
        for name in ("bob.martin", "carla.diaz", "mark.up"):
            await seat.look_up(f"{name}@acme.example")
            await seat.press("enter")
            await looks.take(seat, f"card-{name.partition('.')[0]}")
        await seat.look_up("anne leigh")
        await looks.take(seat, "names-like-it")
        await seat.look_up("zzqqxx")
        await looks.take(seat, "nobody")
        await seat.look_up("")
        await looks.take(seat, "recent")
        await seat.press("f4")
        await seat.press("enter")
        await looks.take(seat, "ledger")
        await seat.press("x")
        seat.one("#folder", Static).update("Folder  /home/tess")
        await looks.take(seat, "export")
        await seat.press("escape", "f9")
        await looks.take(seat, "calls")


async def test_a_resize_leads_to_the_same_screen_as_a_start_at_that_size(desk: Desk) -> None:
    """What lets other stories look at several sizes after one start."""
    resized: dict[tuple[int, int], list[list[str]]] = {NARROW: [], SMALL: []}
    started: dict[tuple[int, int], list[list[str]]] = {NARROW: [], SMALL: []}
    for start in (WIDE, NARROW, SMALL):
        async with seated(desk.session(), start) as seat:
            for keys in ((), ("enter",), ("u",), ("escape", "f3")):
                await seat.press(*keys)
                if not keys:
                    await seat.look_up("ann.lee@acme.example")
                if keys == ("enter",):  # nothing to scroll to is left of the lines that stood there while it was read
                    text = seat.one("#card-text", SteadyText)
                    # A mounted text always has a parent, which Textual types as optional and without a size.
                    assert text.outer_size.height == max(str(text.content).count("\n") + 1, text.parent.size.height)  # type: ignore[union-attr]
                if start != WIDE:
                    started[start].append(seat.lines)
                    continue
                for size, shown in resized.items():
                    await seat.resize(*size)
                    shown.append(seat.lines)
                await seat.resize(*start)
    assert all(len(shown) == 4 for shown in started.values())
    assert resized == started
