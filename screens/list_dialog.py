"""The base of the dialogs around one list: in them, too, `/` filters and `o` sorts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual.binding import Binding

from widgets.dialog import Dialog
from widgets.filter_box import FilterBox
from widgets.rows import Rows

if TYPE_CHECKING:
    from textual.binding import BindingType

R = TypeVar("R")


class ListDialog(Dialog[R], Generic[R]):
    """A dialog with one table and a `FilterBox` for it, which takes a line only while it is used."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/", show=False),
        Binding("o", "sort", "Sort", show=False),
        Binding("space", "mark", "Mark", key_display="space", show=False),
    ]

    def list_shown(self) -> Rows[Any]:
        """Return the dialog's list."""
        return self.query_one(Rows)

    def action_filter(self) -> None:
        """Go to the box that filters the list."""
        self.query_one(FilterBox).open()

    def action_sort(self) -> None:
        """Ask by which column the list is sorted."""
        from screens.sort_choice import SortChoiceScreen

        self.app.push_screen(SortChoiceScreen(self.list_shown()))

    def action_mark(self) -> None:
        """Say that a mark has no use here."""
        self.app.notify("Nothing is marked here: enter takes the row under the cursor.", timeout=4)
