"""The dialog that shows the desk's rules: what each tier takes, what goes up, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.text.plain import plain
from tui.desk.verification.rules_said import rules_said
from widgets.dialog import Dialog
from widgets.tones import keys

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.session import Session


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
        self._connector = session.connector

    def compose(self) -> ComposeResult:
        """Yield the rules, which scroll, and the keys."""
        with Vertical(id="box") as box:
            box.border_title = Content(plain(f"The desk's rules · {self._connector.name}", limit=70))
            with VerticalScroll():
                for heading, words in rules_said(self._connector.rules or DEFAULT_RULES):
                    yield Static(heading, markup=False, classes="heading")
                    yield Static(words, markup=False, classes="words")
            yield Static(Content.assemble(*keys(("↑↓", "scrolls"), ("esc", "back"))), classes="keys")
