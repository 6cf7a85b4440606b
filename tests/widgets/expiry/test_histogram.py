"""Expiring passwords by day: each day's number above its bar and its weekday below, and a day can be chosen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from widgets.expiry.histogram import Histogram
from widgets.front import FrontApp

if TYPE_CHECKING:
    from textual.app import ComposeResult

MONDAY = date(2026, 11, 23)


class Shown(FrontApp[None]):
    def __init__(self) -> None:
        super().__init__()
        self.days: list[date] = []

    def compose(self) -> ComposeResult:
        yield Histogram()

    def on_histogram_day_chosen(self, message: Histogram.DayChosen) -> None:
        self.days.append(message.day)


def days(*counts: int) -> tuple[tuple[date, int], ...]:
    return tuple((MONDAY + timedelta(days=place), count) for place, count in enumerate(counts))


async def drawn(size: tuple[int, int], of: tuple[tuple[date, int], ...], chosen: date | None = None) -> list[str]:
    app = Shown()
    async with app.run_test(size=size) as pilot:
        app.query_one(Histogram).show(of, chosen)
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


async def test_each_day_has_its_number_and_its_weekday() -> None:
    numbers, top, bottom, weekdays, after, *_ = await drawn((80, 24), days(5, 0, 12, 1, 0, 0, 3, 2500))
    assert numbers.split() == ["5", "12", "1", "3", "2k"]
    assert " ".join(weekdays.split()) == "Mo 23 Tu 24 We 25 Th 26 Fr 27 Sa 28 Su 29 Mo 30"
    assert top.split() == ["█████"]
    assert bottom.split() == ["▁▁▁▁▁", "▁▁▁▁▁", "▁▁▁▁▁", "▁▁▁▁▁", "█████"]
    assert after == ""


async def test_ninety_days_on_a_narrow_terminal_name_mondays_and_the_largest_day() -> None:
    numbers, *_, names = (await drawn((100, 24), days(*([1] * 40), 9, *([1] * 49))))[:4]
    assert numbers == "most 9 on Sat 02 Jan"
    assert names.split()[:4] == ["23", "Nov", "30", "Nov"]


async def test_the_chosen_day_is_told_where_days_are_too_narrow() -> None:
    numbers = (await drawn((100, 24), days(*([1] * 40), 9, *([2] * 49)), MONDAY))[0]
    assert numbers == "most 9 on Sat 02 Jan · 1 on Mon 23 Nov"


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("count", [8, 15, 31, 91])
async def test_nothing_is_wider_than_the_terminal(size: tuple[int, int], count: int) -> None:
    lines = await drawn(size, days(*range(count)))
    assert all(len(line) <= size[0] for line in lines)
    assert "█" in "".join(lines)


async def test_without_expiries_it_takes_no_room() -> None:
    assert (await drawn((80, 24), days(0, 0)))[0] == ""


async def test_a_click_chooses_the_day_beneath() -> None:
    app = Shown()
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(Histogram).show(days(5, 6, 7))
        await pilot.pause()
        await pilot.click(Histogram, offset=(7, 1))
        await pilot.click(Histogram, offset=(60, 1))
        await pilot.pause()
    assert app.days == [MONDAY + timedelta(days=1)]
