"""Marks in a table: which keys make them, what they outlive, and that they cost no width."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from widgets.columns import Column
from widgets.front import FrontApp
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from textual.app import ComposeResult
    from textual.pilot import Pilot


@dataclass(frozen=True, slots=True)
class Person:
    login: str
    name: str = "Ann"


COLUMNS: tuple[Column[Person], ...] = (
    Column("Login", lambda person: person.login, 8),
    Column("Name", lambda person: person.name, 10),
)


class Desk(FrontApp[None]):
    """A table, with ears for its marks."""

    def __init__(self, rows: Sequence[Person], kind: type[Rows[Any]] = MarkRows) -> None:
        super().__init__()
        self.table: Rows[Person] = kind(COLUMNS, key=lambda person: person.login)
        self.table.rows = rows
        self.said: list[list[str]] = []

    def compose(self) -> ComposeResult:
        yield MarkedLine(id="marked-line", markup=False)
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()

    def on_mark_rows_marked(self, event: MarkRows.Marked) -> None:
        self.said.append(marked(self.table))


@asynccontextmanager
async def desk(
    count: int = 5, size: tuple[int, int] = (40, 12), kind: type[Rows[Any]] = MarkRows
) -> AsyncIterator[tuple[Desk, Pilot[None]]]:
    app = Desk(people(count), kind)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def people(count: int, start: int = 0) -> list[Person]:
    return [Person(f"u{number}") for number in range(start, start + count)]


def marked(table: Rows[Person]) -> list[str]:
    assert isinstance(table, MarkRows)
    return [person.login for person in table.marked]


def lines(table: Rows[Person], count: int) -> list[str]:
    return [table.render_line(y).text.rstrip() for y in range(1, count + 1)]


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_space_marks_and_goes_on_and_takes_a_mark_away() -> None:
    async with desk() as (app, pilot):
        await press(pilot, "space", "space")
        assert marked(app.table) == ["u0", "u1"]
        assert app.table.cursor == 2
        await press(pilot, "up", "space")
        assert marked(app.table) == ["u0"]
        await press(pilot, "end", "space", "space")
        assert marked(app.table) == ["u0"]  # at the end it stays where it is
        assert app.said[-1] == ["u0"]


async def test_a_mark_takes_no_width_and_needs_no_colour() -> None:
    async with desk(3) as (app, pilot):
        before = lines(app.table, 3)
        await press(pilot, "space")
        after = lines(app.table, 3)
        assert [line[2:] for line in after] == [line[2:] for line in before]
        assert [line[:2] for line in after] == ["✓ ", "▸ ", "  "]
        await press(pilot, "up")
        assert lines(app.table, 1)[0][:2] == "▸✓"


@pytest.mark.parametrize("width", [3, 4, 10, 200])
async def test_a_marked_line_has_the_tables_width(width: int) -> None:
    async with desk(2, (width, 12)) as (app, pilot):
        await press(pilot, "space")
        strips = [app.table.render_line(y) for y in range(3)]
        assert {strip.cell_length for strip in strips} == {sum(len(s.text) for s in strip) for strip in strips}
        assert len({strip.cell_length for strip in strips}) == 1


async def test_shift_with_an_arrow_key_marks_what_it_passes() -> None:
    async with desk() as (app, pilot):
        await press(pilot, "down", "shift+down", "shift+down")
        assert marked(app.table) == ["u1", "u2", "u3"]
        assert app.table.cursor == 3
        await press(pilot, "minus", "shift+up")
        assert set(marked(app.table)) == {"u3", "u2"}


@pytest.mark.parametrize("key", ["asterisk", "ctrl+a"])
async def test_all_that_are_loaded_at_once_and_none_again(key: str) -> None:
    async with desk() as (app, pilot):
        await press(pilot, key, key)
        assert marked(app.table) == [f"u{number}" for number in range(5)]
        assert len(app.said) == 1
        app.table.extend(people(2, 5))
        assert len(marked(app.table)) == 5
        await press(pilot, "minus")
        assert marked(app.table) == []


async def test_marks_outlive_other_rows_and_take_newer_values() -> None:
    async with desk() as (app, pilot):
        await press(pilot, "space", "space")
        app.table.rows = people(3, 10)
        await pilot.pause()
        assert marked(app.table) == ["u0", "u1"]
        await press(pilot, "space")
        app.table.rows = [Person("u1", "Bea"), *people(1, 12)]
        await pilot.pause()
        assert isinstance(app.table, MarkRows)
        assert [person.name for person in app.table.marked] == ["Ann", "Bea", "Ann"]
        assert [line[:2] for line in lines(app.table, 2)] == ["✓ ", "▸✓"]
        app.table.renew(Person("u0", "Cy"))
        app.table.renew(Person("u77", "Dee"))
        assert [person.name for person in app.table.marked] == ["Cy", "Bea", "Ann"]


async def test_no_rows_and_nothing_to_mark() -> None:
    async with desk(0) as (app, pilot):
        await press(pilot, "space", "shift+down", "asterisk", "minus")
        assert marked(app.table) == []
        assert app.said == []


async def test_other_tables_have_no_marks() -> None:
    async with desk(3, kind=Rows) as (app, pilot):
        before = lines(app.table, 3)
        await press(pilot, "space", "asterisk", "shift+down")
        assert lines(app.table, 3) == before


async def test_the_tray_is_there_only_while_something_is_marked() -> None:
    async with desk() as (app, pilot):
        tray = app.query_one(MarkedLine)
        assert not tray.has_class("-shown")
        tray.show(["Ann [red]Lee", "\x1b[31mBob"], "b does it")
        await pilot.pause()
        assert tray.size.height == 1
        assert "✓ 2 marked · b does it · Ann [red]Lee, ␛[31mBob" in str(tray.render())
        tray.show([], "")
        await pilot.pause()
        assert not app.query_one(MarkedLine).has_class("-shown")
