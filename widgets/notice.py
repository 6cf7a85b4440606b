"""The message line above the footer that shows success or failure until another message replaces it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.steady_text import SteadyText

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK: Final[Mapping[Tone, str]] = {Tone.GOOD: "✓", Tone.WARN: "!", Tone.BAD: "✗"}


class Notice(SteadyText):
    """A message with a tone; hidden while there is no message."""

    DEFAULT_CSS = """
    Notice {
        height: auto; max-height: 4; padding: 0 1; display: none; background: $panel;
        &.-shown { display: block; }
        &.-good { background: $panel; color: $good; }
        &.-warning { background: $panel; color: $warn; }
        &.-danger { background: $panel; color: $bad; }
    }
    """

    message: str = ""
    lasting: bool = False

    def show(self, title: str, detail: str = "", tone: Tone = Tone.PLAIN, *, lasting: bool = False) -> None:
        """Show a message.

        Args:
            title: The event in a few words; made harmless here.
            detail: Advice, or a further fact; made harmless here.
            tone: The tone, also shown as a sign for terminals without colours.
            lasting: Whether the message survives `clear(passing_only=True)`, as when the agent starts another search.
        """
        self.lasting = lasting
        text = f"{MARK.get(tone, '·')} {plain(title)}"
        self.message = f"{text}. {plain(detail)}" if detail else text
        self.set_classes(["-shown", *([f"-{tone.value}"] if tone.value else [])])
        self.update(Content.assemble((text, "bold"), f". {plain(detail)}" if detail else ""))

    def clear(self, *, passing_only: bool = False) -> None:
        """Hide the message; with `passing_only`, unless it was shown as lasting."""
        if self.message and not (passing_only and self.lasting):
            self.message = ""
            self.set_classes([])
            self.update("")
