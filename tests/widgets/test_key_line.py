"""The line shows the keys that work, is drawn again only when they change, and a click on a key presses it."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, ClassVar

import pytest
from rich.cells import cell_len
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Button, Input

from widgets.front import FrontApp
from widgets.key_line import KeyLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.pilot import Pilot

WIDE, NARROW = (120, 9), (60, 9)


class Counted(KeyLine):
    """A line that counts how often it is drawn."""

    drawn = 0

    def render(self) -> Content:
        self.drawn += 1
        return super().render()


class Desk(FrontApp[None]):
    """Keys of which a test switches one; and two places for the focus."""

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("a", "one", "One"),
        Binding("b", "two", "Two", key_display="B!"),
        Binding("c", "one", "One again"),
        Binding("d", "hidden", "Hidden", show=False),
        Binding("ctrl+e", "first", "First", priority=True),
    ]
    state: bool | None = True

    def __init__(self, *, palette: bool = True) -> None:
        super().__init__()
        self.palette = palette
        self.pressed: list[str] = []
        self.rung = 0

    def compose(self) -> ComposeResult:
        yield Button("first", id="first")
        yield Button("second", id="second")
        yield Counted(show_command_palette=self.palette)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.state if action == "two" else True

    def action_one(self) -> None:
        self.pressed.append("one")

    def action_two(self) -> None:
        self.pressed.append("two")

    def bell(self) -> None:
        self.rung += 1


async def line(app: Desk, pilot: Pilot[None]) -> str:
    """What the line shows, once all news are taken in."""
    for _ in range(3):
        await pilot.pause()
    return app.query_one(Counted).render_line(0).text.rstrip()


async def click(app: Desk, pilot: Pilot[None], text: str) -> None:
    at = (await line(app, pilot)).index(text)
    await pilot.click(Counted, offset=(at, 0))
    await pilot.pause()


async def test_it_shows_each_action_once_as_the_binding_says() -> None:
    app = Desk()
    async with app.run_test(size=NARROW) as pilot:
        assert await line(app, pilot) == " a One  B! Two  ^e First"


async def test_the_palettes_key_stands_at_the_right_of_a_wide_line() -> None:
    for palette, size, shown in ((True, WIDE, True), (False, WIDE, False), (True, NARROW, False)):
        app = Desk(palette=palette)
        async with app.run_test(size=size) as pilot:
            drawn = await line(app, pilot)
            assert drawn.endswith("  ^p palette") == shown
            assert len(drawn) == 119 or not shown


async def test_the_same_keys_are_drawn_once() -> None:
    app = Desk()
    async with app.run_test(size=NARROW) as pilot:
        await line(app, pilot)
        shown = app.query_one(Counted)
        shown.drawn = 0
        for _ in range(3):
            app.screen.refresh_bindings()
            await pilot.pause()
        app.query_one("#second", Button).focus()
        await pilot.pause()
        assert app.focused is app.query_one("#second")
        assert shown.drawn == 0
        app.state = None
        app.screen.refresh_bindings()
        await line(app, pilot)
        assert shown.drawn >= 1


async def test_a_key_that_stops_working_is_grey_and_one_that_there_is_not_is_gone() -> None:
    app = Desk()
    async with app.run_test(size=NARROW) as pilot:
        for state, text, grey in (
            (True, " a One  B! Two  ^e First", ""),
            (None, " a One  B! Two  ^e First", "B! Two"),
            (False, " a One  ^e First", ""),
            (True, " a One  B! Two  ^e First", ""),
        ):
            app.state = state
            app.screen.refresh_bindings()
            assert await line(app, pilot) == text
            strip = app.query_one(Counted).render_line(0)
            muted = app.theme_variables["muted"]
            dim = [part.text for part in strip if part.style and part.style.color and part.style.color.name == muted]
            assert "".join(dim).strip() == grey


async def test_of_news_that_follow_each_other_at_once_the_last_is_shown() -> None:
    app = Desk()
    async with app.run_test(size=NARROW) as pilot:
        await line(app, pilot)
        for state in (None, True, None, False):
            app.state = state
            app.screen.refresh_bindings()
        assert await line(app, pilot) == " a One  ^e First"


async def test_what_changed_while_the_terminal_was_in_the_background_is_shown_afterwards() -> None:
    app = Desk()
    async with app.run_test(size=NARROW) as pilot:
        await line(app, pilot)
        app.app_focus = False
        app.state = False
        app.screen.refresh_bindings()
        await line(app, pilot)
        app.app_focus = True
        app.screen.refresh_bindings()
        assert await line(app, pilot) == " a One  ^e First"


async def test_a_click_presses_the_key_under_it_and_a_grey_one_rings() -> None:
    app = Desk()
    async with app.run_test(size=WIDE) as pilot:
        await click(app, pilot, "a One")
        await click(app, pilot, "B! Two")
        await click(app, pilot, "        ")
        assert (app.pressed, app.rung) == (["one", "two"], 0)
        app.state = None
        app.screen.refresh_bindings()
        await click(app, pilot, "Two")
        assert (app.pressed, app.rung) == (["one", "two"], 1)
        await click(app, pilot, "palette")
        assert len(app.screen_stack) == 2


async def test_the_key_under_the_mouse_is_marked() -> None:
    app = Desk()
    async with app.run_test(size=WIDE) as pilot:
        at = (await line(app, pilot)).index("palette")
        shown = app.query_one(Counted)
        for column, key, tooltip in (
            (at, "ctrl+p", "Open the command palette"),
            (18, "ctrl+e", None),
            (60, None, None),
        ):
            await pilot.hover(Counted, offset=(column, 0))
            await pilot.pause()
            assert (None if shown.over is None else shown.over.key, shown.has_class("-over")) == (key, key is not None)
            assert shown.tooltip == tooltip
        await pilot.hover(Counted, offset=(at, 0))
        await pilot.hover("#first")
        await pilot.pause()
        assert shown.over is None


async def test_keys_that_do_not_fit_are_left_out_whole_and_the_line_says_so() -> None:
    app = Desk()
    async with app.run_test(size=(25, 9)) as pilot:
        for columns, drawn in (
            (25, " a One  B! Two  ^e First"),
            (24, " a One  B! Two  …"),
            (18, " a One  B! Two  …"),
            (17, " a One  …"),
            (10, " a One  …"),
            (9, " …"),
            (2, " …"),
        ):
            await pilot.resize_terminal(columns, 9)
            assert (columns, await line(app, pilot)) == (columns, drawn)


async def test_what_does_not_fit_beside_the_palettes_key_is_left_out_visibly() -> None:
    class Many(Desk):
        BINDINGS = [Binding(f"f{n}", f"go({n})", "A long way") for n in range(1, 12)]  # noqa: RUF012 - as above

    app = Many()
    async with app.run_test(size=WIDE) as pilot:
        drawn = await line(app, pilot)
        assert "f5 A long way  …  " in drawn
        assert "f6" not in drawn
        assert drawn.endswith("  ^p palette")
        assert len(drawn) == 119


async def test_nothing_is_kept_of_keys_that_were_shown() -> None:
    gc.freeze()  # what earlier tests left is not looked through
    app = Desk()
    async with app.run_test(size=NARROW) as pilot:
        await line(app, pilot)
        counts = []
        for state in (None, True) * 6:
            app.state = state
            app.screen.refresh_bindings()
            await line(app, pilot)
            gc.collect()
            counts.append(sum(isinstance(one, Widget) for one in gc.get_objects()))
        assert counts[-1] <= counts[1]


class WithHelp(FrontApp[None]):
    """An app that shows all keys, and a screen with a box and many keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(str(n), "nothing", f"Number {n}") for n in range(1, 9)]
    shown = 0

    def compose(self) -> ComposeResult:
        yield Input(id="box")
        yield KeyLine()

    def action_show_keys(self) -> None:
        self.shown += 1


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_key_to_all_keys_and_the_palettes_stand_at_the_end_whatever_is_left_out(width: int) -> None:
    app = WithHelp()
    async with app.run_test(size=(width, 5)) as pilot:
        app.set_focus(None)
        await pilot.pause()
        line = app.query_one(KeyLine)
        text = line.render().plain
        assert text.rstrip().endswith("? more  ^p palette" if width >= 80 else "? more  ^p")
        assert cell_len(text.rstrip()) < width
        assert "1 Number 1" in text
        app.query_one("#box", Input).focus()
        await pilot.pause()
        assert "f1 more" in line.render().plain
