"""The dialog that asks by which column a list is sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from widgets.columns import Column
from widgets.dialog import Dialog
from widgets.filter_box import FilterBox
from widgets.rows import Rows
from widgets.tones import keys

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

AS_IT_COMES = "as the list comes"


class SortChoiceScreen(Dialog[None]):
    """Sorts a table: enter or a digit by a column, by the same column once more the other way.

    Args:
        table: The table.
    """

    CSS_PATH = "sort_choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", key_display="esc"),
        Binding("o", "sort", "The other way", show=False),
        Binding("slash", "filter", "Filter", key_display="/", show=False),
        *(Binding(str(number), f"choose({number})", "By this column", show=False) for number in range(10)),
    ]

    def __init__(self, table: Rows[Any]) -> None:
        super().__init__()
        self._table = table
        self._titles = tuple(column.title for column in table.columns if column.title)

    def compose(self) -> ComposeResult:
        """Yield the columns, and the keys."""
        columns: tuple[Column[tuple[int, str]], ...] = (
            Column("", lambda row: str(row[0]), 2, style="rows--mark"),
            Column("Sort by", lambda row: row[1] or AS_IT_COMES, 20, grow=1),
            Column("", self._sign_of, 2),
        )
        with Vertical(id="box") as box:
            box.border_title = Content("Sort")
            yield FilterBox("titles", folded=True)
            yield Rows(columns, key=lambda row: row[1], id="titles")
            shown = ("0-9", "sorts"), ("o", "other way"), ("/", "filter"), ("esc", "back")
            yield Static(Content.assemble(*keys(*shown, gap="  ")))

    def _sign_of(self, row: tuple[int, str]) -> str:
        present = self._table.sorting
        return present.sign if present is not None and present.title == row[1] else ""

    def on_mount(self) -> None:
        """Show the columns, with the cursor on the present one."""
        table: Rows[tuple[int, str]] = self.query_one("#titles", Rows)
        table.rows = tuple(enumerate(("", *self._titles)))
        present = self._table.sorting
        if present is not None and present.title in self._titles:
            table.cursor = self._titles.index(present.title) + 1
        table.focus()

    @on(Rows.Selected)
    def selected(self, event: Rows.Selected[tuple[int, str]]) -> None:
        """Sort by the chosen column."""
        self._sort(event.row[1])

    def action_choose(self, number: int) -> None:
        """Sort by the column of a number; 0 brings the list's own order back."""
        if number <= len(self._titles):
            self._sort(("", *self._titles)[number])

    def action_filter(self) -> None:
        """Go to the box that filters the columns."""
        self.query_one(FilterBox).open()

    def action_sort(self) -> None:
        """Sort the other way; a list that is not sorted yet, by its first column."""
        present = self._table.sorting
        self._sort(present.title if present else self._titles[0])

    def _sort(self, title: str) -> None:
        if title:
            self._table.sort_by(title)
        else:
            self._table.sorting = None
        self.dismiss(None)
