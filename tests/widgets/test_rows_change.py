"""The table when its rows change: where the cursor stays, what it says, and how little it draws."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.widgets.test_rows import cursor_line, desk, drawn, lines, logins, people
from widgets.columns import Column
from widgets.rows import Rows

if TYPE_CHECKING:
    from textual.message import Message

    from tests.widgets.test_rows import Person

# Rows change


async def test_the_cursor_stays_on_its_person() -> None:
    async with desk(people(100)) as (app, pilot):
        await pilot.press("down", "down")
        app.people = [*people(3, start=500), *people(100)]
        assert cursor_line(app.table).startswith("▸ u2")
        assert logins(app.table)[0] == "u500"  # the view stays
        app.people = [*people(20, start=500), *people(100)]
        assert cursor_line(app.table).startswith("▸ u2")  # or follows a cursor that was in view


async def test_a_view_that_left_the_cursor_stays() -> None:
    async with desk(people(100)) as (app, _):
        app.table.scroll_to(y=40)
        app.people = [*people(3, start=500), *people(100)]
        assert app.table.cursor == 3
        assert logins(app.table)[0] == "u37"


@pytest.mark.parametrize(("count", "cursor"), [(50, 30), (10, 9), (1, 0), (0, 0)])
async def test_when_the_person_is_gone_the_place_stays(count: int, cursor: int) -> None:
    async with desk(people(100)) as (app, _):
        app.table.cursor = 30
        app.people = people(count, start=1000)
        assert app.table.cursor == cursor
        assert cursor_line(app.table)[2:].split()[:1] == ([f"u{1000 + cursor}"] if count else [])


async def test_a_page_is_appended() -> None:
    given = people(20)
    async with desk(given) as (app, pilot):
        await pilot.press("end")
        app.table.extend(people(20, start=20))
        assert app.table.cursor == 19
        assert len(given) == 20  # what was handed in is not touched
        await pilot.press("end")
        assert cursor_line(app.table).startswith("▸ u39")


async def test_other_columns() -> None:
    async with desk(people(2)) as (app, pilot):
        app.table.columns = [Column("Who", lambda person: person.name.upper(), 10)]
        assert [line.split() for line in lines(app.table)[:2]] == [["Who"], ["▸", "NAME", "0"]]
        assert "NAME 0" in await drawn(app, pilot)


# What it says


async def test_it_says_where_the_cursor_is_only_when_that_changes() -> None:
    rows = people(100)
    async with desk(rows) as (app, pilot):
        assert app.heard() == [("highlighted", "u0")]
        await pilot.press("up", "home")
        assert app.heard() == []
        app.people = people(100)  # equal values, other objects
        app.people = [*people(3, start=500), *rows]  # the same person, another place
        await pilot.pause()
        assert app.heard() == []
        app.people = [replace(rows[0], status="LOCKED"), *rows[1:]]  # the same person, changed
        await pilot.pause()
        assert app.heard() == [("highlighted", "u0")]
        app.people = people(5, start=50)
        await pilot.pause()
        assert app.heard() == [("highlighted", "u50"), ("end", None)]
        app.people = []
        await pilot.pause()
        assert app.heard() == [("highlighted", None)]
        await pilot.press("enter")
        assert app.heard() == []


async def test_enter_chooses() -> None:
    async with desk(people(3)) as (app, pilot):
        app.heard()
        await pilot.press("down", "enter")
        assert app.heard() == [("highlighted", "u1"), ("selected", "u1")]


async def test_of_many_moves_at_once_the_last_is_told() -> None:
    async with desk(people(100)) as (app, pilot):
        app.heard()
        for cursor in (5, 6, 7):
            app.table.cursor = cursor
        await pilot.pause()
        assert app.heard() == [("highlighted", "u7")]


async def test_it_asks_for_more_a_screenful_before_the_end_and_once() -> None:
    async with desk(people(40)) as (app, pilot):
        ends = [("end", None)]
        app.heard()
        app.table.cursor = 30  # nine in view: 39 is ten away
        await pilot.pause()
        assert [said for said in app.heard() if said in ends] == []
        await pilot.press("down", "down", "down")
        assert [said for said in app.heard() if said in ends] == ends
        app.table.extend(people(2, start=40))  # still near
        await pilot.pause()
        assert app.heard() == ends
        app.people = [*app.table.rows]
        await pilot.press("home", "end")  # left it, and came back
        assert [said for said in app.heard() if said in ends] == ends
        await pilot.press("home")
        app.heard()
        app.table.scroll_to(y=30)  # the view alone is enough
        await pilot.pause()
        assert app.heard() == ends


async def test_a_list_shorter_than_the_screen_asks_at_once() -> None:
    async with desk(people(5)) as (app, _):
        assert sorted(app.heard(), key=str) == [("end", None), ("highlighted", "u0")]


# How little it draws


async def test_equal_rows_draw_nothing() -> None:
    async with desk(people(100)) as (app, pilot):
        assert "Name 1" in await drawn(app, pilot)
        app.people = people(100)
        app.people = tuple(people(100))
        assert await drawn(app, pilot) == ""


async def test_rows_out_of_view_draw_no_row() -> None:
    async with desk(people(100)) as (app, pilot):
        await drawn(app, pilot)
        app.table.extend(people(900, start=100))
        assert "Name" not in await drawn(app, pilot)  # the scrollbar alone
        app.people = [*people(500), *people(500, start=2000)]
        assert await drawn(app, pilot) == ""


async def test_a_changed_row_draws_its_line() -> None:
    async with desk(people(100)) as (app, pilot):
        await drawn(app, pilot)
        app.people = [replace(p, name="Bea") if p.login == "u4" else p for p in people(100)]
        written = await drawn(app, pilot)
        assert "Bea" in written
        assert "Name" not in written


async def test_a_move_draws_two_lines() -> None:
    async with desk(people(100)) as (app, pilot):
        await drawn(app, pilot)
        await pilot.press("down")
        written = await drawn(app, pilot)
        assert written.count("Name") == 2
        assert len(written) < 500
        await pilot.press("home", "up")
        await drawn(app, pilot)
        await pilot.press("up")
        assert await drawn(app, pilot) == ""


async def test_only_lines_in_view_are_formatted() -> None:
    asked: list[str] = []

    def login(person: Person) -> str:
        asked.append(person.login)
        return person.login

    async with desk(people(10_000)) as (app, pilot):
        app.table.columns = [Column("Login", login, 8)]
        await drawn(app, pilot)
        assert set(asked) == {f"u{i}" for i in range(9)}


async def test_messages_know_their_table() -> None:
    async with desk(people(1)) as (app, _):
        message: Message = Rows.Selected(app.people[0], app.table)
        assert message.control is app.table
