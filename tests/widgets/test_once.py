"""What is rendered of a screen where only a part of it has changed: the same as Textual renders, and no more."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, ClassVar

from textual._compositor import Compositor
from textual.app import App
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.geometry import Region
from textual.widgets import Input, Static

import widgets.once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.strip import Strip

SIZE = (60, 20)


class Desk(App[None]):
    """Boxes in boxes, scrolled ones, wide glyphs and one on a layer in front."""

    CSS = """
    Screen { layers: base front; }
    #side { width: 21; border: round $primary; }
    #front { layer: front; offset: 7 4; width: 30; height: 6; border: heavy $error; background: $surface; }
    VerticalScroll { height: 1fr; padding: 1 2; }
    """
    LAYERS: ClassVar[list[str]] = ["base", "front"]

    def compose(self) -> ComposeResult:
        """The boxes."""
        yield Input("请负 typed", compact=True)
        with Horizontal():
            with Vertical(id="side"):
                yield Static("short")
                yield Static("many words that break over several lines of a narrow box " * 2)
            with VerticalScroll():
                yield Static("\n".join(f"line {number} 请负" for number in range(40)))
        yield Static("in front of the others", id="front")


def drawn(compositor: Compositor, crop: Region) -> list[str]:
    """What a part of the screen is drawn with, by the compositor as it is now."""
    lines = range(crop.y, crop.bottom)
    chops = compositor._render_chops(crop, lines.__contains__)
    ends = [cuts[1:] for cuts in compositor.cuts]
    return [
        f"{y} {x} {strip!r}"
        for y in lines
        for end, (x, strip) in zip(ends[y], chops[y].items(), strict=True)
        if x < crop.right and end > crop.x
    ]


def rendered(compositor: Compositor, crop: Region) -> int:
    """How many lines of widgets are rendered for a part of the screen."""
    return sum(len(strips) for _, _, strips in compositor._get_renders(crop))


async def test_a_part_of_the_screen_is_drawn_as_textual_draws_it_with_far_fewer_lines() -> None:
    ours = Compositor._get_renders
    assert ours is widgets.once.renders_within, "another Textual: look whether what it renders is still too much"
    chance = random.Random(7)  # noqa: S311 - crops, the same each time
    async with Desk().run_test(size=SIZE) as pilot:
        compositor = pilot.app.screen._compositor
        for turn in range(120):
            if turn % 10 == 0:
                pilot.app.query_one(VerticalScroll).scroll_to(y=turn // 6, animate=False, immediate=True)
                await pilot.pause()
            x, y = chance.randrange(SIZE[0]), chance.randrange(SIZE[1])
            crop = Region(x, y, chance.randint(1, SIZE[0] - x), chance.randint(1, SIZE[1] - y))
            with_ours, few = drawn(compositor, crop), rendered(compositor, crop)
            try:
                Compositor._get_renders = widgets.once.renders_of_textual  # type: ignore[method-assign]
                assert drawn(compositor, crop) == with_ours, crop
                assert rendered(compositor, crop) >= few
            finally:
                Compositor._get_renders = ours  # type: ignore[method-assign]
        line = Region(0, 0, SIZE[0], 1)
        assert rendered(compositor, line) == 2  # the box and the screen behind it


async def test_all_of_the_screen_is_drawn_where_no_part_is_named() -> None:
    async with Desk().run_test(size=SIZE) as pilot:
        compositor = pilot.app.screen._compositor
        whole: Iterable[tuple[Region, Region, list[Strip]]] = compositor._get_renders()
        assert {widget for widget, _, _ in whole} == {region for region, _ in compositor.visible_widgets.values()}
