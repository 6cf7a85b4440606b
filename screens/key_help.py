"""The overlay with the keys of the screen beneath it, and of its parts; typing looks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from screens.bound_keys import bound_keys
from widgets.columns import Column
from widgets.dialog import Dialog
from widgets.field import Field
from widgets.rows import Rows
from widgets.tones import keys

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen

    from screens.bound_keys import BoundKeys

COLUMNS: tuple[Column[BoundKeys], ...] = (
    Column("Key", lambda bound: bound.keys, 12, style=lambda bound: "rows--mark" if bound.works else "rows--muted"),
    Column("Does", lambda bound: bound.does, 20, grow=1, style=lambda bound: "" if bound.works else "rows--muted"),
    Column("", lambda bound: "" if bound.works else "not now", 7, drop=1, style="rows--muted"),
    Column("For", lambda bound: bound.group.value, 12, style="rows--muted"),
)


class KeyHelpScreen(Dialog[None]):
    """Shows the keys of a screen in the app's words, from the bindings that the screen itself goes by.

    Args:
        of: The screen.
    """

    CSS_PATH = "key_help.tcss"
    AUTO_FOCUS = "#wanted"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss", "Back", key_display="esc"),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
    ]

    def __init__(self, of: Screen[Any]) -> None:
        super().__init__()
        self._all = tuple(sorted(bound_keys(of), key=lambda bound: not bound.works))  # first what does something now

    def compose(self) -> ComposeResult:
        """Yield the box to look for a key, the keys, and how to go back."""
        with Vertical(id="box") as box:
            box.border_title = Content("Keys")
            yield Field(placeholder="Type what you look for: unlock, sort, copy", id="wanted")
            yield Rows(COLUMNS, key=lambda bound: bound.mark, empty="No key does that here.", id="keys")
            yield Static(Content.assemble(*keys(("↑↓", "scroll"), ("esc", "back"))))

    @property
    def table(self) -> Rows[BoundKeys]:
        """Return the table of keys."""
        return self.query_one("#keys", Rows)

    def on_mount(self) -> None:
        """Show all keys."""
        self.table.can_focus = False
        self.table.rows = self._all

    @on(Input.Changed, "#wanted")
    def looked_for(self, event: Input.Changed) -> None:
        """Show the keys in whose words all typed parts occur; a single character also finds its key."""
        typed = event.value.strip()
        parts = typed.casefold().split()
        found = [bound for bound in self._all if all(part in bound.mark.casefold() for part in parts)]
        exact = [bound for bound in found if typed in bound.keys.split()]
        self.table.rows = (*exact, *(bound for bound in found if bound not in exact))
        self.table.cursor = 0

    @on(Input.Submitted, "#wanted")
    def submitted(self) -> None:
        """Return to the screen."""
        self.dismiss(None)

    def action_move(self, rows: int) -> None:
        """Move through the keys."""
        self.table.action_move(rows)

    def action_page(self, pages: int) -> None:
        """Move through the keys by pages."""
        self.table.action_page(pages)
