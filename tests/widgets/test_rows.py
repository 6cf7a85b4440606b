"""The table: what is seen, and where the cursor goes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from textual.reactive import var
from textual.widget import Widget

from widgets.columns import Column
from widgets.front import FrontApp
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from rich.console import RenderableType
    from textual.app import ComposeResult
    from textual.pilot import Pilot
    from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Person:
    login: str
    name: str = "Ann"
    status: str = "ACTIVE"


def people(count: int, start: int = 0) -> list[Person]:
    return [Person(f"u{i}", f"Name {i}") for i in range(start, start + count)]


COLUMNS: list[Column[Person]] = [
    Column("Login", lambda person: person.login, 8),
    Column("Name", lambda person: person.name, 10, grow=1),
    Column(
        "Status",
        lambda person: person.status,
        8,
        drop=1,
        style=lambda p: "rows--danger" if p.status == "LOCKED" else "",
    ),
]


class Other(Widget, can_focus=True):
    """Something else to go to; three lines high, as a box to type in is."""

    DEFAULT_CSS = "Other { height: 3; }"

    def render(self) -> str:
        return ""


class Desk(FrontApp[None]):
    """A table and something else, with ears."""

    people: var[Sequence[Person]] = var[Sequence[Person]](())

    def __init__(self, rows: Sequence[Person] = ()) -> None:
        super().__init__()
        self.table: Rows[Person] = Rows(COLUMNS, key=lambda person: person.login, empty="Nobody here.", id="people")
        self.set_reactive(Desk.people, rows)
        self.said: list[tuple[str, str | None]] = []
        self.written = ""

    def compose(self) -> ComposeResult:
        yield self.table.data_bind(rows=Desk.people)
        yield Other()

    def on_mount(self) -> None:
        self.table.focus()

    def on_rows_highlighted(self, event: Rows.Highlighted[Person]) -> None:
        self.said.append(("highlighted", event.row.login if event.row else None))

    def on_rows_selected(self, event: Rows.Selected[Person]) -> None:
        self.said.append(("selected", event.row.login))

    def on_rows_near_end(self, event: Rows.NearEnd) -> None:
        assert event.control is self.table
        self.said.append(("end", None))

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Keep what a terminal would get."""
        render = getattr(renderable, "render_segments", None)
        self.written += render(self.console) if render else ""

    def heard(self) -> list[tuple[str, str | None]]:
        said, self.said = self.said, []
        return said


def lines(table: Rows[Person]) -> list[str]:
    return [table.render_line(y).text for y in range(table.size.height)]


def logins(table: Rows[Person]) -> list[str]:
    return [line[2:10].strip() for line in lines(table)[1:]]


def cursor_line(table: Rows[Person]) -> str:
    found = [line for line in lines(table) if line[0] in "▸›"]
    assert len(found) <= 1
    return found[0] if found else ""


@asynccontextmanager
async def desk(
    rows: Sequence[Person] = (), size: tuple[int, int] = (60, 13)
) -> AsyncIterator[tuple[Desk, Pilot[None]]]:
    """The app; of 13 lines three are the other, one the header, nine show rows."""
    app = Desk(rows)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def drawn(app: Desk, pilot: Pilot[None]) -> str:
    """What was written since the last look, once everything is drawn."""
    await pilot.pause()
    app.screen._on_timer_update()
    written, app.written = app.written, ""
    return written


# What is seen


@pytest.mark.parametrize("count", [0, 1, 10_000])
@pytest.mark.parametrize("width", [1, 2, 5, 20, 31, 60, 200])
async def test_every_line_has_the_tables_width(count: int, width: int) -> None:
    async with desk(people(count), size=(width, 13)) as (app, _):
        table = app.table
        assert {cell_len(line) for line in lines(table)} == {max(0, table.scrollable_content_region.width)}


async def test_header_rows_and_cursor() -> None:
    async with desk(people(2), size=(41, 9)) as (app, pilot):
        assert lines(app.table) == [
            "  Login     Name                Status  ",
            "▸ u0        Name 0              ACTIVE  ",
            "  u1        Name 1              ACTIVE  ",
            *[" " * 40] * 3,
        ]
        await pilot.resize_terminal(26, 9)
        await pilot.pause()
        assert lines(app.table)[:2] == ["  Login     Name         ", "▸ u0        Name 0       "]


async def test_without_rows_it_says_so() -> None:
    async with desk(size=(41, 9)) as (app, pilot):
        assert [line.strip() for line in lines(app.table)] == ["", "", "Nobody here.", "", "", ""]
        assert lines(app.table)[2].index("Nobody") == 14
        app.table.empty = "Nobody is called [b]Ann[/b]\x1b[2J."
        assert lines(app.table)[2].strip() == "Nobody is called [b]Ann[/b]\ufffd[2J."
        app.table.empty = "Nobody matches. A deactivated person would be found too; check the spelling."
        assert [line.strip() for line in lines(app.table)][1:4] == [
            "Nobody matches. A deactivated person", "would be found too; check the", "spelling.",
        ]  # fmt: skip
        await pilot.press("down", "up", "end", "home", "pageup", "pagedown", "enter")
        assert app.table.current is None
        assert app.heard() == []


async def test_hostile_text_is_shown_and_does_nothing() -> None:
    bad = Person("\x1b[2J\x1b]0;x\x07", "[bold red]Ann[/] \x9b31m\r\n日本語 👩\u200d💻 \u202e", "é\u0301\ud800")
    async with desk([bad], size=(61, 9)) as (app, pilot):
        shown = lines(app.table)[1]
        assert "[bold red]Ann[/]" in shown
        assert cell_len(shown) == 60
        assert not {"\x1b", "\x07", "\x9b", "\r", "\n", "\u202e", "\ud800"}.intersection(shown)
        app.table.refresh()
        written = await drawn(app, pilot)
        assert "\x1b[2J" not in written
        assert "\x1b]" not in written


async def test_the_cursor_shows_without_colours_and_without_focus() -> None:
    async with desk(people(3)) as (app, pilot):
        assert cursor_line(app.table).startswith("▸ u0")
        focused = app.table.render_line(1)._segments[0].style
        await pilot.press("tab")
        assert cursor_line(app.table).startswith("› u0")
        assert app.table.render_line(1)._segments[0].style != focused
        await pilot.press("tab")
        assert cursor_line(app.table).startswith("▸ u0")
        app.table.show_cursor = False
        assert cursor_line(app.table) == ""


async def test_cells_have_styles_but_under_the_focused_cursor() -> None:
    async with desk([replace(person, status="LOCKED") for person in people(2)]) as (app, pilot):
        table = app.table
        assert [segment.text.split()[0] for segment in table.render_line(2)] == ["u1", "LOCKED"]
        assert len(table.render_line(1)._segments) == 1
        await pilot.press("tab")
        name, status = (segment.style for segment in table.render_line(1))
        assert name is not None
        assert status is not None
        assert name.bgcolor == status.bgcolor
        assert name.color != status.color


async def test_a_row_may_have_a_style() -> None:
    class Dimmed(Desk):
        def compose(self) -> ComposeResult:
            self.table = Rows(
                COLUMNS, key=lambda p: p.login, row_style=lambda p: "rows--dim" if p.name == "Off" else ""
            )
            self.table.rows = [Person("a"), Person("b"), Person("c", "Off")]
            yield self.table

    app = Dimmed()
    async with app.run_test():
        on, off = (app.table.render_line(y)._segments[0].style for y in (2, 3))
        assert on is not None
        assert off is not None
        assert on.color != off.color


async def test_a_theme_recolours_what_is_drawn() -> None:
    async with desk(people(3)) as (app, pilot):
        seen = {str(app.table.render_line(2)._segments[0].style)}
        for theme in ("light", "high-contrast"):
            app.theme = theme
            written = await drawn(app, pilot)
            assert "Name 1" in written
            seen.add(str(app.table.render_line(2)._segments[0].style))
        assert len(seen) == 3
        app.theme = "terminal"
        await pilot.pause()
        assert cursor_line(app.table).startswith("▸ u0")


# Moving


@pytest.mark.parametrize(
    ("keys", "login", "first"),
    [
        (["down"], "u1", "u0"),
        (["j", "j", "k"], "u1", "u0"),
        (["up"], "u0", "u0"),
        (["pagedown"], "u8", "u0"),
        (["pagedown", "pagedown"], "u16", "u8"),
        (["pagedown", "pagedown", "pageup"], "u8", "u8"),
        (["end"], "u9999", "u9991"),
        (["end", "down", "up"], "u9998", "u9991"),
        (["end", "home"], "u0", "u0"),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_in_view(keys: list[str], login: str, first: str) -> None:
    async with desk(people(10_000)) as (app, pilot):
        await pilot.press(*keys)
        assert cursor_line(app.table)[2:10].strip() == login
        assert logins(app.table)[0] == first
        assert lines(app.table)[0].startswith("  Login")


async def test_the_wheel_moves_the_view_and_not_the_cursor() -> None:
    async with desk(people(100)) as (app, pilot):
        assert await pilot._post_mouse_events([_wheel()], app.table, offset=(3, 3))
        assert logins(app.table)[0] == "u2"
        assert app.table.cursor == 0
        await pilot.press("down")
        assert cursor_line(app.table).startswith("▸ u1")
        app.table.rows = people(3)
        assert logins(app.table)[:3] == ["u0", "u1", "u2"]
        app.table.rows = people(100)
        assert await pilot._post_mouse_events([_wheel()], app.table, offset=(3, 3))
        assert logins(app.table)[0] == "u2"


def _wheel() -> Any:  # noqa: ANN401 - what the pilot takes
    from textual.events import MouseScrollDown  # noqa: PLC0415 - one use

    return MouseScrollDown


async def test_a_click_moves_and_a_double_click_chooses() -> None:
    async with desk(people(3)) as (app, pilot):
        app.heard()
        await pilot.click(app.table, offset=(5, 2))
        assert app.heard() == [("highlighted", "u1")]
        for nowhere in ((5, 0), (5, 7)):
            await pilot.click(app.table, offset=nowhere)
        assert app.heard() == []
        await pilot.click(app.table, offset=(5, 3), times=2)
        assert app.heard() == [("highlighted", "u2"), ("selected", "u2")]


async def test_the_cursor_set_before_the_table_is_drawn_is_in_view() -> None:
    app = Desk(people(100))
    app.table.rows = app.people
    app.table.cursor = 50
    async with app.run_test(size=(60, 13)) as pilot:
        await pilot.pause()
        assert cursor_line(app.table).startswith("▸ u50")
        assert app.heard()[0] == ("highlighted", "u50")
        await pilot.resize_terminal(60, 8)
        await pilot.pause()
        assert cursor_line(app.table).startswith("▸ u50")
