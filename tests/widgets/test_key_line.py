"""The keys in the line are made anew when others work, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.widgets import Button
from textual.widgets._footer import FooterKey

from widgets.key_line import KeyLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.pilot import Pilot


class Desk(App[None]):
    """Two keys, one of which a test switches; and two places for the focus."""

    BINDINGS = [("a", "one", "One"), ("b", "two", "Two")]  # noqa: RUF012 - as Textual declares it
    state: bool | None = True

    def compose(self) -> ComposeResult:
        yield Button("first", id="first")
        yield Button("second", id="second")
        yield KeyLine()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.state if action == "two" else True


async def keys(app: Desk, pilot: Pilot[None]) -> list[FooterKey]:
    """Those of the app itself, once all news are taken in."""
    for _ in range(3):
        await pilot.pause()
    return [key for key in app.query(FooterKey) if key.action in {"one", "two"}]


async def test_the_same_keys_are_left_alone() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        before = await keys(app, pilot)
        assert [key.description for key in before] == ["One", "Two"]
        for _ in range(3):
            app.screen.refresh_bindings()
        app.query_one("#second", Button).focus()
        after = await keys(app, pilot)
        assert app.focused is app.query_one("#second")
        assert all(one is other for one, other in zip(before, after, strict=True))


async def test_a_key_that_stops_working_is_grey_and_one_that_there_is_not_is_gone() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await keys(app, pilot)
        app.state = None
        app.screen.refresh_bindings()
        assert [key.has_class("-disabled") for key in await keys(app, pilot)] == [False, True]
        app.state = False
        app.screen.refresh_bindings()
        assert [key.description for key in await keys(app, pilot)] == ["One"]
        app.state = True
        app.screen.refresh_bindings()
        assert [key.description for key in await keys(app, pilot)] == ["One", "Two"]


async def test_of_news_that_follow_each_other_at_once_the_last_is_shown() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await keys(app, pilot)
        for state in (None, False, True, None):
            app.state = state
            app.screen.refresh_bindings()
        assert [key.has_class("-disabled") for key in await keys(app, pilot)] == [False, True]


async def test_what_changed_while_the_terminal_was_in_the_background_is_shown_afterwards() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await keys(app, pilot)
        app.app_focus = False
        app.state = False
        app.screen.refresh_bindings()
        await keys(app, pilot)
        app.app_focus = True
        app.screen.refresh_bindings()
        assert [key.description for key in await keys(app, pilot)] == ["One"]
