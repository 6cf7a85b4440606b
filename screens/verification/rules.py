"""The dialog that shows the desk's rules: what each tier takes, what goes up, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk.ledger.team_rules import RulesUnreadable
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.text.plain import plain
from tui.desk.verification.facts import rules_now
from tui.desk.verification.reachable import read_reachable
from tui.desk.verification.rules_said import session_rules_said
from tui.trouble import Trouble
from widgets.dialog import Dialog
from widgets.tones import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.session import Session
    from tui.desk.verification.reachable import Reachable


class RulesScreen(Dialog[None]):
    """Shows the rules of the connector that is open.

    Args:
        session: The session, whose connector has the rules.
    """

    CSS_PATH = "rules.tcss"
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", "Back", key_display="esc")]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """Yield the rules, which scroll, and the keys."""
        with Vertical(id="box") as box:
            box.border_title = Content(plain(f"The desk's rules · {self._session.connector.name}", limit=70))
            with VerticalScroll():
                if self._session.connector.store is None:
                    yield from self._rules()
                else:
                    yield Static("Reading the team's record …", classes="words")
            yield Static(Content.assemble(*keys(("↑↓", "scrolls"), ("esc", "back"))), classes="keys")

    def _rules(self, reach: Reachable | None = None) -> Iterator[Static]:
        if reach is None and self._session.verifies:
            yield Static("This org", markup=False, classes="heading")
            yield Static("Looking at its factors …", markup=False, classes="words", id="org")
        for heading, words in session_rules_said(self._session, reach):
            yield Static(heading, markup=False, classes="heading")
            yield Static(words, markup=False, classes="words")

    def on_mount(self) -> None:
        """Read the team's rules, where there are any, and which factors the org has, where that says something."""
        if self._session.connector.store is not None or self._session.verifies:
            self.read()

    @work(exclusive=True, group="read")
    async def read(self) -> None:
        """Read which factors the org has, and which rules a team has in force now.

        A record that is away is told, and nothing guessed. A connector's own rules are there already, and stay where
        they are.
        """
        if self._session.connector.store is None:
            reach = await read_reachable(self._session)
            never = reach.never(self._session.rules or DEFAULT_RULES)
            self.query_one("#org", Static).update(Content(f"{never} {reach.said}".strip()))
            return
        shown: list[Static] = []
        try:
            await rules_now(self._session)
        except RulesUnreadable:
            pass  # which the rules say themselves
        except Trouble as trouble:
            shown = [Static(f"{trouble.title}. {trouble.advice}", markup=False, classes="words")]
        reach = await read_reachable(self._session)
        scroll = self.query_one(VerticalScroll)
        await scroll.remove_children()
        await scroll.mount_all(shown or self._rules(reach))
