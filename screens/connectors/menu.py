"""The menu of connectors: one key chooses, and what is production or may change something is seen before."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.list_dialog import ListDialog
from tui.desk.text.named_keys import key_of
from widgets.columns import Column
from widgets.connector_rows import ConnectorRows, connector_columns
from widgets.filter_box import FilterBox
from widgets.tones import keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.switchboard import ConnectorChoice
    from widgets.rows import Rows

_MOST: int = 12
"""Rows that are shown at once; a longer list scrolls."""


class ConnectorMenuScreen(ListDialog[str]):
    """Dismissed with the name of the chosen connector, or an empty text when the agent stays.

    The key that opens it chooses the connector under the cursor, which at first is the next one: of two connectors,
    pressing the key twice takes the other.
    """

    DEFAULT_CSS = """
    ConnectorMenuScreen { align: center middle; }
    ConnectorMenuScreen #box {
        width: 72; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
        background: $panel; border: round $focus; border-title-color: $focus; border-title-style: bold;
    }
    ConnectorMenuScreen Rows { background: $panel; scrollbar-background: $panel; }
    ConnectorMenuScreen Static { height: auto; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss('')", "Back", key_display="esc"),
        Binding("f6", "take", "Switch", id="app.choose_connector"),
        *(Binding(str(number), f"choose({number})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, choices: Sequence[ConnectorChoice], here: str) -> None:
        """Create the menu.

        Args:
            choices: All connectors, in the order of the list.
            here: The name of the connector in use.
        """
        super().__init__()
        self._choices = tuple(choices)
        self._here = here

    def compose(self) -> ComposeResult:
        """Yield the connectors and the keys."""
        number: Column[ConnectorChoice] = Column("", self._number, 1, style="rows--mark")
        with Vertical(id="box") as box:
            box.border_title = Content("Switch to")
            yield FilterBox("choices", folded=True)
            yield ConnectorRows((number, *connector_columns(self._here)), key=lambda row: row.name, id="choices")
            switch = key_of("app.choose_connector")
            yield Static(
                Content.assemble(
                    *keys(("1-9", "switch at once"), (switch, "switch"), ("/", "filter"), ("esc", "stay here"))
                )
            )

    def _number(self, row: ConnectorChoice) -> str:
        number = self._choices.index(row) + 1
        return str(number) if number <= 9 else ""  # noqa: PLR2004 - the digits of a keyboard

    def on_mount(self) -> None:
        """Show the connectors, with the cursor on the one behind that in use."""
        table: Rows[ConnectorChoice] = self.query_one(ConnectorRows)
        table.styles.height = min(len(self._choices), _MOST) + 1
        table.rows = self._choices
        names = [choice.name for choice in self._choices]
        table.cursor = (names.index(self._here) + 1) % len(names) if self._here in names else 0
        table.focus()

    @on(ConnectorRows.Selected)
    def action_take(self) -> None:
        """Close with the connector under the cursor."""
        choice = self.query_one(ConnectorRows).current
        self.dismiss(choice.name if choice is not None else "")

    def action_choose(self, number: int) -> None:
        """Close with the connector of a number, counted from the top."""
        if number <= len(self._choices):
            self.dismiss(self._choices[number - 1].name)
