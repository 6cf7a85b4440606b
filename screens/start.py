"""The first screen, which accepts typing while the rest of keydesk is being loaded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from widgets.field import Field
from widgets.key_queue import Taking
from widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from widgets.key_queue import Typed

FUNCTION_KEY = re.compile(r"f\d+")
INSIDE_NAMES = frozenset(" .@-_+'")
"""What stands in names and logins beside letters and digits, and is no key of the box."""
HINT = "name, login, email, phone, employee number or id"


class StartScreen(Screen[None]):
    """Looks like the lookup screen and imports next to nothing; the lookup screen gets what is typed here."""

    # Not a file: Textual does not read the file of an app's first screen.
    DEFAULT_CSS = """
    StartScreen #ask { height: 1; background: $ground; padding: 0 1; }
    StartScreen #find { width: auto; padding: 0 1 0 0; color: $accent; text-style: bold; }
    StartScreen #query { width: 1fr; background: $ground; }
    """
    AUTO_FOCUS = "#query"

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Style nothing a second time: this screen is shown once, and its widgets have just been styled."""
        event.refresh_styles = False

    def compose(self) -> ComposeResult:
        """Yield the top line and the search box."""
        yield StatusBar()
        with Horizontal(id="ask"):
            yield Static("Find", id="find")
            yield Field(placeholder=HINT, id="query", slash=True)

    def taking(self, typed: Typed) -> Taking:
        """Keep enter, the palette and function keys, and what is typed behind them: here is nobody to be opened.

        Letters and digits go into the box at once. What was typed before the first frame arrives all together, and
        each key by the usual way would hold up the loading by a picture of its own.
        """
        key, character = getattr(typed, "key", ""), getattr(typed, "character", None) or ""
        box = self.query_one(Field)
        if box.has_focus and character and (character.isalnum() or character in INSIDE_NAMES):
            box.replace(character, *sorted(box.selection))
            return Taking.TAKEN
        return Taking.LATER if key in {"enter", "ctrl+p"} or FUNCTION_KEY.fullmatch(key) else Taking.NOW

    @property
    def typed(self) -> str:
        """Return the text that has been typed so far."""
        return self.query_one(Field).value
