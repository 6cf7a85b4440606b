"""The dialog that asks what a caller wants, so that they are proven for just that: the actions of the upper tiers."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.list_dialog import ListDialog
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.rules.judging import WORDS
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.strength import Strength
from tui.desk.rules.tiers import Tier
from tui.desk.text.plain import plain
from tui.desk.verification.facts import rules_now
from tui.trouble import Trouble
from widgets.columns import Column
from widgets.filter_box import FilterBox
from widgets.rows import Rows
from widgets.tones import keys

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.actions.grammar import Action
    from tui.desk.people.person import Person
    from tui.desk.rules.rules import DeskRules
    from tui.desk.session import Session

_BY: Final = {Strength.TOP: "two numbers in a row, or number and code"}
"""What has to fit into a column of a narrow terminal; the dialog that follows says it in full."""


def purposes(rules: DeskRules) -> tuple[Action, ...]:
    """Return the actions for which the rules want a proof of the caller, the lower tier first."""
    wanted = [action for action in ACTIONS.values() if rules.tier_of(action.id) >= Tier.PROOF]
    return tuple(sorted(wanted, key=lambda action: rules.tier_of(action.id)))


class PurposeScreen(ListDialog["str | None"]):
    """Dismissed with the id of the action that the caller wants, or `None` when the agent cancelled."""

    CSS_PATH = "purpose.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back", key_display="esc")]

    def __init__(self, session: Session, person: Person) -> None:
        super().__init__()
        self._session = session
        self._rules = session.rules or DEFAULT_RULES
        self._allowed = session.client.policy.capabilities
        self._person = person

    def compose(self) -> ComposeResult:
        """Yield the actions with what each wants, and the keys."""
        user = self._person.user
        columns: tuple[Column[Action], ...] = (
            Column("They want", lambda action: action.title, 24, fit=True),
            Column("Tier", lambda action: f"{int(self._rules.tier_of(action.id))} of 4", 6, drop=1),
            Column("Proven by", lambda action: _BY.get(need := self._need(action), WORDS[need]), 20, grow=1),
        )
        with Vertical(id="box") as box:
            box.border_title = Content(plain(f"Who is calling? {user.name} · {user.login}", limit=70))
            yield FilterBox("wants", folded=True)
            yield Rows(columns, key=lambda action: action.id, empty="The rules want a proof for nothing.", id="wants")
            yield Static(Content.assemble(*keys(("enter", "chooses"), ("/", "filter"), ("esc", "goes back"))))

    def _need(self, action: Action) -> Strength:
        return Strength.TOP if self._rules.tier_of(action.id) is Tier.TOP else self._rules.proof

    def on_mount(self) -> None:
        """Show the actions."""
        self._show()
        self.query_one(Rows).focus()
        if self._session.connector.store is not None:
            self.read()

    def _show(self) -> None:
        table: Rows[Action] = self.query_one(Rows)
        table.rows = [action for action in purposes(self._rules) if action.capability in self._allowed]

    @work(exclusive=True, group="read")
    async def read(self) -> None:
        """Read which rules the team has now; what cannot be read is told where the caller is to be proven."""
        with suppress(Trouble):
            await rules_now(self._session)
        rules = self._session.rules or DEFAULT_RULES
        if rules != self._rules:
            self._rules = rules
            self._show()

    @on(Rows.Selected)
    def selected(self, event: Rows.Selected[Action]) -> None:
        """Close with the chosen action."""
        self.dismiss(event.row.id)
