"""The day at a glance: bars as high as the counts with axis and legend, and the banner of a wave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.support import harmful
from tui.desk.lockouts.causes import LockoutCause
from tui.desk.lockouts.spray import Spray
from tui.desk.lockouts.view import Tally
from widgets.front import FrontApp
from widgets.lockouts.graph import LockoutGraph
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


def day(**counts: dict[int, int]) -> tuple[Tally, ...]:
    """Lockouts by cause and by the bar in which they began, counted from the newest."""
    bars = 48
    causes = [
        Tally(LockoutCause(name), tuple(at.get(bars - 1 - n, 0) for n in range(bars))) for name, at in counts.items()
    ]
    whole = Tally(None, tuple(map(sum, zip(*(tally.counts for tally in causes), strict=True))))
    return (whole, *sorted(causes, key=lambda tally: -tally.total))


LOCKED = day(mistyped={0: 1, 1: 3}, mail={1: 5}, attack={40: 2})


async def shown(size: tuple[int, int], tallies: tuple[Tally, ...], chosen: LockoutCause | None = None) -> list[str]:
    async with Shown().run_test(size=size) as pilot:
        pilot.app.query_one(LockoutGraph).show(tallies, NOW, chosen)
        await pilot.pause()
        return lines(pilot.app)


async def test_the_bars_have_a_scale_an_axis_of_hours_and_a_legend_with_counts() -> None:
    first, second, axis, *_ = await shown((80, 24), LOCKED)
    assert first.startswith("8┤")

    assert "1 ■ Mail " in first
    assert first.split()[-1] == "5"
    assert "2 ■ Mistyped" in second
    assert "3 ■ Attack" in axis
    assert axis.startswith("0└")
    hours = [axis[place : place + 2] for place in range(len(axis)) if axis[place : place + 2].isdigit()]
    assert hours[:7] == ["09", "12", "15", "18", "21", "00", "03"]


async def test_a_chosen_cause_has_the_chart_for_itself() -> None:
    first, second, *_ = await shown((80, 24), LOCKED, LockoutCause.MISTYPED)
    assert first.startswith("3┤")
    assert "Mail" in first
    assert "Mistyped" in second


async def test_no_lockouts_take_no_room() -> None:
    assert (await shown((80, 24), ()))[0] == ""


@pytest.mark.parametrize(("size", "bars"), [((60, 20), 24), ((80, 24), 24), ((120, 40), 48), ((200, 60), 96)])
async def test_there_are_as_many_bars_as_fit_beside_the_legend(size: tuple[int, int], bars: int) -> None:
    async with Shown().run_test(size=size) as pilot:
        graph = pilot.app.query_one(LockoutGraph)
        assert graph.stretches == bars
        counts = (0,) * (bars - 1) + (1,)
        graph.show((Tally(None, counts), Tally(LockoutCause.RADIUS, counts)), NOW)
        await pilot.pause()
        assert all(len(line) <= size[0] for line in lines(pilot.app))
        assert any(f"1 ■ {name}" in lines(pilot.app)[0] for name in ("RADIUS", "Wi-Fi or VPN by RADIUS"))


async def test_a_click_in_the_legend_chooses_a_cause() -> None:
    chosen: list[LockoutCause] = []

    class Listening(Shown):
        def on_lockout_graph_chosen(self, message: LockoutGraph.Chosen) -> None:
            chosen.append(message.cause)

    async with Listening().run_test(size=(80, 24)) as pilot:
        graph = pilot.app.query_one(LockoutGraph)
        graph.show(LOCKED, NOW)
        await pilot.pause()
        await pilot.click(LockoutGraph, offset=(5 + 48 + 2 + 5, 1))
        await pilot.click(LockoutGraph, offset=(10, 1))
        await pilot.pause()
    assert chosen == [LockoutCause.MISTYPED]


async def test_it_is_drawn_again_only_when_it_looks_different() -> None:
    async with Shown().run_test(size=(80, 24)) as pilot:
        graph = pilot.app.query_one(LockoutGraph)
        graph.show(LOCKED, NOW)
        before = graph._drawn
        graph.show(LOCKED, NOW + timedelta(seconds=20))
        assert graph._drawn is before


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_banner_tells_the_evidence_and_goes(size: tuple[int, int]) -> None:
    async with Shown().run_test(size=size) as pilot:
        banner = pilot.app.query_one(SprayBanner)
        banner.sprays = (WAVE,)
        await pilot.pause()
        told = "\n".join(lines(pilot.app))
        assert "! Looks like an attack v 12 people tried from 192.0.2.9" in told
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
