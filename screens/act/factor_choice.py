"""The dialog that chooses one of a person's factors, by the names that the person knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.list_dialog import ListDialog
from tui.desk.people.factors import enrolled
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.trouble import Trouble
from widgets.columns import Column
from widgets.filter_box import FilterBox
from widgets.notice import Notice
from widgets.rows import Rows
from widgets.tones import keys

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.people.factors import Enrolled
    from tui.desk.people.person import Person
    from tui.desk.session import Session

COLUMNS: tuple[Column[Enrolled], ...] = (
    Column("Factor", lambda factor: plain(factor.name), 30, grow=1),
    Column("State", lambda factor: "can be used" if factor.active else "not yet in use", 14),
    Column("Entries", lambda factor: str(len(factor.ids)), 7, right=True, drop=1),
)


class FactorChoiceScreen(ListDialog["str | None"]):
    """Dismissed with the factor's id, or `None` when the agent cancelled."""

    CSS_PATH = "factor_choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back", key_display="esc")]

    def __init__(self, session: Session, person: Person) -> None:
        super().__init__()
        self._session = session
        self._person = person

    def compose(self) -> ComposeResult:
        """Yield the list of factors and the keys."""
        user = self._person.user
        with Vertical(id="box") as box:
            box.border_title = Content(plain(f"Remove a factor: {user.name} · {user.login}", limit=70))
            yield FilterBox("factors", folded=True)
            yield Rows(COLUMNS, key=lambda factor: factor.id, empty="Reading …", id="factors")
            yield Static(Content.assemble(*keys(("enter", "chooses"), ("/", "filter"), ("esc", "goes back"))))
            yield Notice()

    def on_mount(self) -> None:
        """Show the factors that the card has read, and read them again unless that was a moment ago."""
        self.query_one(Rows).focus()
        if self._person.factors.value:
            self.query_one(Rows).rows = enrolled(self._person.factors.value)
        self.read()

    @work(exclusive=True)
    async def read(self) -> None:
        """Read the person's enrolled factors."""
        table: Rows[Enrolled] = self.query_one(Rows)
        try:
            factors = enrolled(await self._session.factors_of(self._person.user.id))
        except Trouble as trouble:
            table.empty = "The factors could not be read."
            self.query_one(Notice).show(trouble.title, trouble.advice, Tone.BAD)
            return
        table.empty = "Okta shows keydesk no factor of this person."
        table.rows = factors

    @on(Rows.Selected)
    def selected(self, event: Rows.Selected[Enrolled]) -> None:
        """Close with the chosen factor's id."""
        self.dismiss(event.row.id)
