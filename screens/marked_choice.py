"""The dialog that asks what is to be done with all marked rows of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from msgspec import Struct
from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.list_dialog import ListDialog
from widgets.columns import Column
from widgets.filter_box import FilterBox
from widgets.rows import Rows
from widgets.tones import keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType


class MarkedChoice(Struct, frozen=True):
    """One thing that can be done with the marked rows.

    Attributes:
        key: The key that does it at once: the one that does it for one row, where there is such a key.
        title: What it does.
        about: For how many of them, or what comes of it; may be empty.
        action: The action as Textual writes it, which runs on the screen with the list.
    """

    key: str
    title: str
    about: str
    action: str


UNMARK: Final = MarkedChoice("0", "Unmark all", "", "unmark_marked")
"""What is always there."""


def taken_along(*, exports: bool) -> tuple[MarkedChoice, ...]:
    """Return how the marked rows are taken elsewhere: copied, and written into a file where the list can be."""
    export = MarkedChoice("x", "Export them", "CSV or JSON", "export")
    return (
        MarkedChoice("c", "Copy them", "one text, for a ticket", "copy_note"),
        MarkedChoice("y", "Copy a part of them", "such as their logins", "choose_note"),
        *((export,) if exports else ()),
    )


COLUMNS: tuple[Column[MarkedChoice], ...] = (
    Column("Key", lambda choice: choice.key, 6, style="rows--mark"),
    Column("Does", lambda choice: choice.title, 18, fit=True, grow=1),
    Column("For", lambda choice: choice.about, 18, fit=True, grow=2, style="rows--muted"),
)


class MarkedChoiceScreen(ListDialog["str | None"]):
    """Dismissed with the chosen action, or `None` when the agent went back.

    Args:
        count: How many rows are marked.
        choices: What can be done with them.
    """

    CSS_PATH = "marked_choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back", key_display="esc")]

    def __init__(self, count: int, choices: Sequence[MarkedChoice]) -> None:
        super().__init__()
        self._count = count
        self._choices = tuple(choices)

    def compose(self) -> ComposeResult:
        """Yield what can be done, and the keys."""
        with Vertical(id="box") as box:
            box.border_title = Content(f"{self._count:,} marked")
            yield FilterBox("choices", folded=True)
            yield Rows(COLUMNS, key=lambda choice: choice.action, id="choices")
            yield Static(Content.assemble(*keys(("enter", "does it"), ("/", "filter"), ("esc", "back"), gap="  ")))

    def on_mount(self) -> None:
        """Show the choices."""
        table: Rows[MarkedChoice] = self.query_one(Rows)
        table.rows = self._choices
        table.focus()

    def on_key(self, event: events.Key) -> None:
        """Do at once what a choice's key is for; in the filter's box it is a letter."""
        if isinstance(self.focused, FilterBox):
            return
        chosen = next((one for one in self._choices if one.key in {event.key, event.character}), None)
        if chosen is not None:
            event.stop()
            self.dismiss(chosen.action)

    @on(Rows.Selected)
    def selected(self, event: Rows.Selected[MarkedChoice]) -> None:
        """Close with the chosen action."""
        self.dismiss(event.row.action)
