"""The box in which a list is filtered: `/` leads to it, enter back to the list, escape clears it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.widgets import Input

from widgets.field import Field
from widgets.rows import Rows

if TYPE_CHECKING:
    from textual.binding import BindingType

WORDS: Final = "Filter: words of a row, in any order"


class FilterBox(Field):
    """Filters the table that it is for; a screen that reads its rows by the text itself takes `Input.Changed`.

    Args:
        of: The table's id.
        placeholder: What can be typed.
        folded: Whether the box takes a line only while it is used.
        reads: Whether the screen reads the rows that are like the text, so that the table shows all that it gets.
        id: The widget's id.
    """

    DEFAULT_CSS = """
    FilterBox.-folded { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear_filter", "Clear the filter", show=False),
        Binding("down", "to_list", "To the list", show=False),
    ]

    def __init__(
        self,
        of: str,
        *,
        placeholder: str = WORDS,
        folded: bool = False,
        reads: bool = False,
        id: str = "filter",  # noqa: A002 - as every widget calls it
    ) -> None:
        super().__init__(placeholder=placeholder, id=id, slash=True)
        self._of = of
        self._folds = folded
        self._reads = reads
        self.set_class(folded, "-folded")

    @property
    def table(self) -> Rows[Any]:
        """Return the table that is filtered."""
        return self.screen.query_one(f"#{self._of}", Rows)

    def open(self) -> None:
        """Move the focus here, with the text selected so that typing replaces it."""
        self.remove_class("-folded")
        self.screen.set_focus(self)
        self.select_all()

    def clear_text(self) -> bool:
        """Show all rows again; return whether they were filtered, so that escape means no more."""
        filtered = bool(self.value)
        self.value = ""
        self.set_class(self._folds, "-folded")
        return filtered

    @on(Input.Changed)
    def narrow(self) -> None:
        """Show the rows that are like the text."""
        if not self._reads:
            self.table.wanted = self.value.strip()
        if self.value:
            self.remove_class("-folded")

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Go to the list, which stays filtered."""
        event.stop()
        self.action_to_list()

    def action_to_list(self) -> None:
        """Go to the list; an empty box folds away."""
        self.set_class(self._folds and not self.value, "-folded")
        self.screen.set_focus(self.table)

    def action_clear_filter(self) -> None:
        """Show all rows again, and go to the list."""
        self.clear_text()
        self.screen.set_focus(self.table)
