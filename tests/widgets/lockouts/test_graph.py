"""The day at a glance: blocks as high as the counts, several lines or one, and the banner of a wave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.desk.support import harmful
from tui.desk.lockouts.causes import LockoutCause
from tui.desk.lockouts.spray import Spray
from tui.desk.lockouts.view import Tally
from widgets.front import FrontApp
from widgets.lockouts.graph import BLOCKS, LockoutGraph, blocks
from widgets.lockouts.spray_banner import SprayBanner, spray_line

if TYPE_CHECKING:
    from textual.app import App, ComposeResult

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
WAVE = Spray(
    "192.0.2.9", False, tuple(f"u{n}" for n in range(12)), 3, 40, NOW - timedelta(minutes=20), NOW, "x", "Oslo", False
)


class Shown(FrontApp[None]):
    def compose(self) -> ComposeResult:
        yield LockoutGraph()
        yield SprayBanner()


def lines(app: App[None]) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).strip() for strip in strips]


def test_whatever_is_not_nothing_shows() -> None:
    assert blocks([0, 1, 100], 100) == f"{BLOCKS[0]}{BLOCKS[1]}{BLOCKS[-1]}"
    assert blocks([0, 0], 1) == "  "


TALLIES = (
    Tally(None, (0,) * 46 + (3, 1)),
    Tally(LockoutCause.MISTYPED, (0,) * 47 + (1,)),
    Tally(LockoutCause.MAIL, (0,) * 46 + (3, 0)),
)


async def test_a_wide_terminal_has_a_line_for_each_cause() -> None:
    async with Shown().run_test(size=(120, 40)) as pilot:
        pilot.app.query_one(LockoutGraph).tallies = TALLIES
        await pilot.pause()
        whole, typed, mail, *_ = lines(pilot.app)
        assert whole.startswith("Last 24 h")
        assert whole.endswith("█▃    4")
        assert typed.startswith("Mistyped")
        assert mail.startswith("Mail client")
        assert mail.endswith("3")


async def test_a_small_one_has_a_single_line_with_the_numbers() -> None:
    async with Shown().run_test(size=(80, 24)) as pilot:
        pilot.app.query_one(LockoutGraph).tallies = TALLIES
        await pilot.pause()
        first, second, *_ = lines(pilot.app)
        assert first.endswith("█ 4 · 1 Mistyped · 3 Mail client")
        assert second == ""


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_banner_tells_the_evidence_and_goes(size: tuple[int, int]) -> None:
    async with Shown().run_test(size=size) as pilot:
        banner = pilot.app.query_one(SprayBanner)
        banner.sprays = (WAVE,)
        await pilot.pause()
        told = "\n".join(lines(pilot.app))
        assert "! Looks like an attack e 12 people tried from 192.0.2.9" in told
        banner.sprays = ()
        await pilot.pause()
        assert "192.0.2.9" not in "\n".join(lines(pilot.app))


async def test_an_office_is_not_called_an_attack_and_an_attack_goes_first() -> None:
    office = replace(WAVE, internal=True)
    async with Shown().run_test(size=(120, 40)) as pilot:
        banner = pilot.app.query_one(SprayBanner)
        banner.sprays = (office,)
        await pilot.pause()
        assert "Internal, may be a common fault" in "\n".join(lines(pilot.app))
        banner.sprays = (office, WAVE)
        await pilot.pause()
        told = "\n".join(lines(pilot.app))
        assert "Looks like an attack" in told
        assert "1 more" in told


def test_a_source_is_untrusted() -> None:
    nasty = Spray("\x1b]0;x\x07", True, ("u",), 0, 1, NOW, NOW, "", "\u202e", False, ("\x1b[31m",))
    assert harmful(spray_line(nasty)) == []
