"""One line that names the marked people; hidden while nobody is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.desk.text.plain import plain
from widgets.steady_text import SteadyText

if TYPE_CHECKING:
    from collections.abc import Sequence


class MarkedLine(SteadyText):
    """Shows how many people are marked, the keys for them, and as many of their names as fit."""

    DEFAULT_CSS = """
    MarkedLine {
        height: 1; padding: 0 1; display: none; background: $panel; color: $text;
        text-wrap: nowrap; text-overflow: ellipsis;
        &.-shown { display: block; }
    }
    """

    def show(self, names: Sequence[str], hint: str) -> None:
        """Show the marked people.

        Args:
            names: Their names in the order of marking; made harmless here.
            hint: The keys that act on all of them.
        """
        self.set_class(bool(names), "-shown")
        listed = ", ".join(plain(name, limit=60) for name in names)
        count = (f"✓ {len(names)} marked", "bold $accent")
        self.update(Content.assemble(count, (f" · {hint} · ", "$muted"), listed) if names else "")
