"""The line that says how long a reading takes; it takes no room while nothing takes long."""

from __future__ import annotations

from tui.desk.text.plain import plain
from widgets.steady_text import SteadyText


class LongLine(SteadyText):
    """One line above the message line."""

    DEFAULT_CSS = """
    LongLine { height: 1; padding: 0 1; display: none; background: $panel; color: $warn; }
    LongLine.-shown { display: block; }
    """

    def tell(self, text: str) -> None:
        """Show a text, or with an empty one nothing; made harmless here."""
        self.set_class(bool(text), "-shown")
        self.update(plain(text))
