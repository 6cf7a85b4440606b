"""Paragraphs with a hanging indent, as high as they need to be; what a form's controls are drawn with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.geometry import Size

MARK = {Tone.BAD: "✗ ", Tone.WARN: "! ", Tone.GOOD: "✓ "}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text behind a lead, such as a box; what does not fit the line goes on beneath the text.

    Attributes:
        lead: What stands in front of the first line.
        text: The text.
    """

    lead: Content
    text: Content


class HangingText(Widget):
    """Draws what `paragraphs` says, and a note beneath it."""

    DEFAULT_CSS = "HangingText { height: auto; }"

    note: tuple[str, Tone] = ("", Tone.MUTED)
    _drawn_for: int = 0

    def paragraphs(self) -> Iterable[Paragraph]:
        """What is drawn now."""
        return ()

    def say(self, text: str, tone: Tone = Tone.MUTED) -> None:
        """Put a note beneath it; made harmless here."""
        self.note = (text, tone)
        self.redraw()

    def hint(self) -> None:
        """Take the note away."""
        self.say("")

    def take_focus(self) -> None:
        """Put the cursor here."""
        self.focus()

    def on_focus(self) -> None:
        """Mark where the keys go."""
        self.redraw()

    def on_blur(self) -> None:
        """Take the mark away."""
        self.redraw()

    def on_resize(self) -> None:
        """Textual keeps what was drawn for the width before."""
        if self.content_size.width != self._drawn_for:
            self._drawn_for = self.content_size.width
            self.redraw()

    def redraw(self) -> None:
        """Draw it as it is now, which may be higher or lower."""
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """As many lines as it has at this width."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Lay it out in the width there is."""
        return Content("\n").join(self._lines(self.content_size.width or 80))

    def _lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        for paragraph in (*self.paragraphs(), *self._noted()):
            room = max(8, width - paragraph.lead.cell_length)
            wrapped = paragraph.text.wrap(room) or [Content("")]
            space = Content(" " * paragraph.lead.cell_length)
            lines += [(space if number else paragraph.lead) + line for number, line in enumerate(wrapped)]
        return lines

    def _noted(self) -> Iterable[Paragraph]:
        text, tone = self.note
        if text:
            yield Paragraph(
                Content.styled(f"     {MARK.get(tone, '')}", STYLE[tone]),
                Content.styled(plain(text, limit=400), STYLE[tone]),
            )
