"""The dialog that tells who is on the line in a demo with callers: what they say, and what is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.list_dialog import ListDialog
from tui.demo.people.callers import CALLERS
from tui.desk.actions.catalogue import ACTIONS
from widgets.columns import Column
from widgets.filter_box import FilterBox
from widgets.rows import Rows
from widgets.tones import keys

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.demo.people.callers import Caller

COLUMNS: tuple[Column[Caller], ...] = (
    Column("On the line", lambda caller: caller.login, 26, fit=True),
    Column("They want", lambda caller: ACTIONS[caller.wants].title, 20, grow=1),
    Column("Really", lambda caller: "honest" if caller.honest else "attacker", 8, drop=1),
)


class CallersScreen(ListDialog["str | None"]):
    """Dismissed with the login of the caller whose call is taken, or `None` for none."""

    CSS_PATH = "callers.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back", key_display="esc")]

    def compose(self) -> ComposeResult:
        """Yield the callers, what the one under the cursor says, and the keys."""
        with Vertical(id="box") as box:
            box.border_title = "On the line (a demo: the phones answer by themselves)"
            yield FilterBox("callers", folded=True)
            yield Rows(COLUMNS, key=lambda caller: caller.login, empty="Nobody is calling.", id="callers")
            yield Static(id="says", markup=False)
            yield Static(
                Content.assemble(*keys(("enter", "looks them up"), ("=", "then proves them"), ("esc", "back")))
            )

    def on_mount(self) -> None:
        """Show the callers."""
        table: Rows[Caller] = self.query_one(Rows)
        table.rows = CALLERS
        table.focus()

    @on(Rows.Highlighted)
    def highlighted(self, event: Rows.Highlighted[Caller]) -> None:
        """Tell what the caller says, and what is behind it."""
        caller = event.row
        text = "" if caller is None else Content.assemble(f"“{caller.says}”\n", (caller.behind, "$muted"))
        self.query_one("#says", Static).update(text)

    @on(Rows.Selected)
    def selected(self, event: Rows.Selected[Caller]) -> None:
        """Take the call."""
        self.dismiss(event.row.login)
