"""What changes without taking other room moves nothing: no layout, and no scrollbar drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.color import Color
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.widgets import Static

from widgets.columns import Column
from widgets.field import Field
from widgets.front import FrontApp
from widgets.palettes import Depth, inks
from widgets.rows import Rows
from widgets.steady_text import SteadyText

if TYPE_CHECKING:
    import pytest
    from textual.app import ComposeResult
    from textual.geometry import Size


class Page(FrontApp[None]):
    """One of each."""

    def __init__(self) -> None:
        super().__init__()
        self.text = SteadyText("one", id="free")
        self.low = SteadyText("one", id="low")
        self.wide = SteadyText("one", id="wide")
        self.fixed = SteadyText("one", id="fixed")
        self.field = Field()
        self.table: Rows[str] = Rows([Column("Name", str, 10, style="rows--good")], key=str)

    CSS = (
        FrontApp.CSS + "#free { height: auto; } #low { height: auto; max-height: 2; } #wide { width: auto; height: 1; }"
        " #fixed { height: 1; } Rows { height: 6; } VerticalScroll { height: 3; }"
    )

    def compose(self) -> ComposeResult:
        self.table.rows = [str(number) for number in range(50)]
        yield from (self.text, self.low, self.wide, self.fixed, self.field, self.table)
        with VerticalScroll():
            yield Static("a\nb\nc\nd")


async def test_only_what_takes_other_room_asks_for_a_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    layouts: list[Screen[object]] = []
    bars: list[ScrollBar] = []
    lay_out, draw = Screen._refresh_layout, ScrollBar.render

    def laid_out(screen: Screen[object], size: Size | None = None, scroll: bool = False) -> None:
        layouts.append(screen)
        lay_out(screen, size, scroll)

    def drawn(bar: ScrollBar) -> object:
        bars.append(bar)
        return draw(bar)

    monkeypatch.setattr(Screen, "_refresh_layout", laid_out)
    monkeypatch.setattr(ScrollBar, "render", drawn)
    app = Page()
    async with app.run_test(size=(40, 20)) as pilot:

        async def count() -> int:
            await pilot.pause()
            app.screen._on_timer_update()
            await pilot.pause()
            number = len(layouts)
            layouts.clear()
            return number

        await count()
        for text, asked in (("two", 0), ("two\nlines", 1), ("a word " * 9, 0), ("short", 1)):
            app.text.update(text)
            assert await count() == asked, text
            assert app.text.size.height == len(text.strip()) // 40 + 1 + text.count("\n")
        bars.clear()
        for text, asked in (("two\nlines", 1), ("three\nlines\nnow", 0), ("one", 1)):
            app.low.update(text)
            assert await count() == asked, text
        tall = "a word " * 9  # two lines here, one where there is more room
        app.text.update(tall)
        await pilot.resize_terminal(80, 20)
        app.text.update("short")  # one line there, too
        await pilot.resize_terminal(40, 20)
        assert await count() > 0
        assert app.text.size.height == 1, "not as many as the text before had at this size"
        app.wide.update("wider")
        assert await count() == 1
        app.fixed.update("any\nthing")
        assert await count() == 0
        app.fixed.display = False
        assert await count() == 1
        app.fixed.update("hidden")
        assert await count() == 0
        assert not bars, "no scrollbar has changed"
        app.field.focus()
        await pilot.press("a", "b")
        assert await count() == 0
        assert app.field.value == "ab"
        app.table.rows = [str(number) for number in range(9)]
        assert await count() == 0
        assert app.table.vertical_scrollbar.window_virtual_size == 10


async def test_another_theme_is_seen_at_once_in_a_table() -> None:
    app = Page()
    async with app.run_test(size=(40, 20)) as pilot:
        for name in ("colour-blind", "light", "dark"):
            app.theme = name
            await pilot.pause()
            strip = app.screen._compositor.render_strips()[app.table.region.y + 3]
            shown = {segment.style.color for segment in strip if segment.style and segment.text.strip() == "2"}
            assert shown == {Color.parse(inks(name, Depth.TRUE).good).rich_color}, name
