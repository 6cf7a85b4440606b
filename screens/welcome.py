"""The screen of a first start: nothing says which org to use, so it offers what can be done, each by one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from widgets.key_line import KeyLine
from widgets.tones import KEY

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

CHOICES = (
    ("1", "demo", "Try the demo", "A made-up org of 2,000 people, on this machine only"),
    ("2", "connect", "Connect your org", "The wizard: seven steps and a proof; read-only first"),
    ("3", "quit", "Quit", "`keydesk help` lists what goes without the app"),
)
"""Each choice: its key, its name in the code, its title, and a line on it."""


class _ChoiceLine(Static):
    """One choice, which a click chooses too."""

    class Chosen(Message):
        """Posted when the line was clicked.

        Attributes:
            choice: The choice's name.
        """

        def __init__(self, choice: str) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, key: str, choice: str, title: str, about: str) -> None:
        self._choice = choice
        below = ("\n     " + about, "$muted")
        text = Content.assemble((f" {key} ", KEY), "  ", (title, "bold"), below)
        super().__init__(text, id=f"choose-{choice}")

    def on_click(self) -> None:
        """Choose it."""
        self.post_message(self.Chosen(self._choice))


class WelcomeScreen(Screen[str]):
    """Offers the demo, the wizard, and to quit; dismissed with the choice's name: `demo`, `connect` or `quit`."""

    DEFAULT_CSS = """
    WelcomeScreen { align: center middle; }
    WelcomeScreen #welcome { width: 72; max-width: 100%; height: auto; padding: 0 1; }
    WelcomeScreen #welcome Static { height: auto; margin: 0 0 1 0; }
    WelcomeScreen #name { color: $accent; text-style: bold; }
    """
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1,d", "choose('demo')", "Demo", key_display="1"),
        Binding("2,c", "choose('connect')", "Connect", key_display="2"),
        Binding("3,q,escape", "choose('quit')", "Quit", key_display="3"),
    ]

    def compose(self) -> ComposeResult:
        """Yield what keydesk is, and the choices."""
        with Vertical(id="welcome"):
            yield Static("keydesk: for the people who answer “I can't sign in”", id="name")
            yield Static("No Okta org is connected here yet. One key leads on:")
            for key, choice, title, about in CHOICES:
                yield _ChoiceLine(key, choice, title, about)
        yield KeyLine(show_command_palette=False)

    def action_choose(self, choice: str) -> None:
        """Close with the choice."""
        self.dismiss(choice)

    @on(_ChoiceLine.Chosen)
    def line_chosen(self, message: _ChoiceLine.Chosen) -> None:
        """Close with the choice that was clicked."""
        self.dismiss(message.choice)
