"""Rows sorted by a column: numbers by value, nothing last, and the head says which way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.columns import Column
from widgets.front import FrontApp
from widgets.rows import Rows
from widgets.sorting import Sorting, in_order, natural

if TYPE_CHECKING:
    from textual.app import ComposeResult

Row = tuple[str, str]
COLUMNS: tuple[Column[Row], ...] = (
    Column("Name", lambda row: row[0], 8),
    Column("Age", lambda row: row[1], 8),
    Column("Born", lambda row: f"{row[1]} ago", 8, order=lambda row: -int(row[1]) if row[1] else None),
)
ROWS = (("bob", "9"), ("Ann", "10"), ("cy", ""), ("dee", "2"))


class Shown(FrontApp[None]):
    def compose(self) -> ComposeResult:
        yield Rows(COLUMNS, key=lambda row: row[0])


def names(rows: object) -> str:
    return " ".join(row[0] for row in rows)  # type: ignore[attr-defined]


def test_rows_are_sorted_by_text_by_number_and_by_what_a_column_says() -> None:
    for sorting, wanted in (
        (None, "bob Ann cy dee"),
        (Sorting("Nowhere"), "bob Ann cy dee"),
        (Sorting("Name"), "Ann bob cy dee"),
        (Sorting("Name", descending=True), "dee cy bob Ann"),
        (Sorting("Age"), "dee bob Ann cy"),
        (Sorting("Age", descending=True), "Ann bob dee cy"),  # what has nothing there stays last
        (Sorting("Born"), "Ann bob dee cy"),
    ):
        assert names(in_order(ROWS, COLUMNS, sorting)) == wanted, sorting
    assert natural("x9") < natural("x10")
    assert sorted(("10", "b", "9", "a2", ""), key=natural) == ["", "9", "10", "a2", "b"]


async def test_new_rows_keep_the_order_the_cursor_its_row_and_the_lists_own_order_comes_back() -> None:
    app = Shown()
    async with app.run_test(size=(40, 8)) as pilot:
        table: Rows[Row] = app.query_one(Rows)
        table.rows = ROWS
        table.cursor = 3
        table.sort_by("Age")
        assert names(table.rows) == "dee bob Ann cy"
        assert table.current == ROWS[3]
        await pilot.pause()
        assert "Age ▲" in table.render_line(0).text
        table.sort_by("Age")
        assert "Age ▼" in table.render_line(0).text
        table.extend([("eve", "11")])
        assert names(table.rows) == "eve Ann bob dee cy"
        table.rows = table.rows  # drawn again, as where ages have changed
        table.sorting = None
        assert names(table.rows) == "bob Ann cy dee eve"
        assert "▲" not in table.render_line(0).text
        await pilot.click(Rows, offset=(3, 0))
        assert [table.sorting] == [Sorting("Name")]
        await pilot.click(Rows, offset=(3, 0))
        assert [table.sorting] == [Sorting("Name", descending=True)]
        await pilot.click(Rows, offset=(0, 0))
        assert names(table.rows) == "eve dee cy bob Ann"
