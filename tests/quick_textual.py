"""Textual without work that no test looks at: pictures that nobody asks for, styles parsed anew for each app.

And without seconds that pass: what a slow machine would bring and a fast one not.
"""

from __future__ import annotations

from asyncio import sleep
from typing import TYPE_CHECKING, Any, Final

from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen
from textual.timer import Timer

from widgets.front import FrontApp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.css.types import CSSLocation
    from textual.geometry import Size
    from textual.strip import Strip

LONG: Final = 1.0
"""So many seconds, and a timer waits for the test."""
DAY: Final = 86_400.0


def paint_on_demand() -> None:
    """Leave out the pictures of an app without a terminal, which go nowhere, unless a test takes them by `_display`.

    What asks for a picture (`Seat.lines`, a snapshot, `render_line`) renders it itself, in full.
    """
    paint = Screen._compositor_refresh
    without_test = {App._display, FrontApp._display}

    def refresh(screen: Screen[Any]) -> None:
        app = screen.app
        taken = type(app)._display not in without_test or "_display" in vars(app)
        if not app.is_headless or app.is_inline or taken or screen is not app.screen:
            paint(screen)
            return
        screen._compositor._dirty_regions.clear()
        screen._dirty_widgets.clear()
        app._update_mouse_over(screen)

    render = Compositor.render_strips

    def render_strips(compositor: Compositor, size: Size | None = None) -> list[Strip]:
        screen = compositor.root
        if isinstance(screen, Screen) and screen is screen.app.screen:  # what lies behind it, as before each painting
            visible_screen_stack.set(screen.app._background_screens)
        return render(compositor, size)

    Screen._compositor_refresh = refresh  # type: ignore[method-assign,assignment]
    Compositor.render_strips = render_strips  # type: ignore[method-assign,assignment]


def hold_long_timers() -> None:
    """Have no timer of a second or longer fire by itself: time passes where a test lets it pass, on any machine."""
    run: Callable[[Timer], Awaitable[None]] = Timer._run

    async def hold(timer: Timer) -> None:
        if timer._interval < LONG:
            await run(timer)
        else:
            await sleep(DAY)  # rather than an event of its own: the loop keeps what sleeps alive

    Timer._run = hold  # type: ignore[method-assign,assignment]


def parse_styles_once() -> None:
    """Share the rules of a style sheet among all apps that have the same variables; parsed rules do not change."""
    parse = Stylesheet._parse_rules
    parsed: dict[tuple[object, ...], list[RuleSet]] = {}
    numbers: dict[frozenset[tuple[str, str]], int] = {}

    def rules(
        sheet: Stylesheet,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        of, number = sheet.__dict__.get("_number", (None, 0))
        if of is not sheet._variables:
            number = numbers.setdefault(frozenset(sheet._variables.items()), len(numbers))
            sheet.__dict__["_number"] = (sheet._variables, number)
        key = (number, css, read_from, is_default_rules, tie_breaker, scope)
        if key not in parsed:
            parsed[key] = parse(sheet, css, read_from, is_default_rules, tie_breaker, scope)
        return parsed[key]

    Stylesheet._parse_rules = rules  # type: ignore[method-assign,assignment]
    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign] # as it is, but without a call of Python
