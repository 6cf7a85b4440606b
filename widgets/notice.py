"""The one place for what went well or wrong: a line or three above the footer, there until something replaces it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK: Final[Mapping[Tone, str]] = {Tone.GOOD: "✓", Tone.WARN: "!", Tone.BAD: "✗"}


class Notice(Static):
    """A message with a tone; hidden while there is none."""

    DEFAULT_CSS = """
    Notice {
        height: auto; max-height: 4; padding: 0 1; display: none; background: $panel;
        &.-shown { display: block; }
        &.-good { background: $success-muted; color: $text-success; }
        &.-warning { background: $warning-muted; color: $text-warning; }
        &.-danger { background: $error-muted; color: $text-error; }
    }
    """

    message: str = ""
    lasting: bool = False

    def show(self, title: str, detail: str = "", tone: Tone = Tone.PLAIN, *, lasting: bool = False) -> None:
        """Show a message.

        Args:
            title: What happened; made harmless here.
            detail: What to do now.
            tone: How it is meant; also shown as a mark, for terminals without colours.
            lasting: Not to be hidden by the agent's going on with something else, only by turning it away.
        """
        self.lasting = lasting
        text = f"{MARK.get(tone, '·')} {plain(title)}"
        self.message = f"{text}. {plain(detail)}" if detail else text
        self.set_classes(["-shown", *([f"-{tone.value}"] if tone.value else [])])
        self.update(Content.assemble((text, "bold"), f". {plain(detail)}" if detail else ""))

    def clear(self, *, passing_only: bool = False) -> None:
        """Hide it; on request only what does not last."""
        if self.message and not (passing_only and self.lasting):
            self.message = ""
            self.set_classes([])
            self.update("")
