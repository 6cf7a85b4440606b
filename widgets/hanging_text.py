"""A widget that draws paragraphs with a hanging indent; a form's own controls are made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from textual.content import Content
from textual.widget import Widget

from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.steady_text import draw_again
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.geometry import Size

NAME = 12
"""Cells of the name of a value, with the space behind it."""
MARK = {Tone.BAD: "✗ ", Tone.WARN: "! ", Tone.GOOD: "✓ "}


class Paragraph(Struct, frozen=True):
    """Text behind a lead, such as a tick box; wrapped lines are indented by the lead's width.

    Attributes:
        lead: The text in front of the first line.
        text: The text that is wrapped.
    """

    lead: Content
    text: Content


class HangingText(Widget):
    """Draws what `paragraphs` yields, with a note beneath; as high as the wrapped text."""

    DEFAULT_CSS = "HangingText { height: auto; }"

    note: tuple[str, Tone] = ("", Tone.MUTED)
    _drawn_for: int = 0

    def paragraphs(self) -> Iterable[Paragraph]:
        """Yield what is drawn; subclasses replace this."""
        return ()

    def show_note(self, text: str, tone: Tone = Tone.MUTED) -> None:
        """Show a note beneath the paragraphs; its text is made harmless here."""
        self.note = (text, tone)
        self.redraw()

    def reset_note(self) -> None:
        """Remove the note."""
        self.show_note("")

    def take_focus(self) -> None:
        """Move the focus to this widget."""
        self.focus()

    def on_focus(self) -> None:
        """Draw the sign of the focus."""
        self.redraw()

    def on_blur(self) -> None:
        """Draw without the sign of the focus."""
        self.redraw()

    def on_resize(self) -> None:
        """Draw again for another width; Textual would keep the lines of the width before."""
        if self.content_size.width != self._drawn_for:
            self._drawn_for = self.content_size.width
            self.redraw()

    def redraw(self) -> None:
        """Draw again; where the height changes too, the screen is laid out anew."""
        width = self.content_size.width
        draw_again(self, moves=not width or len(self._lines(width)) != self.content_size.height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Return the number of lines at this width."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Return the paragraphs, wrapped to the widget's width."""
        return Content("\n").join(self._lines(self.content_size.width or 80))

    def _lines(self, width: int) -> list[Content]:
        paragraphs = (*self.paragraphs(), *self._note_paragraphs())
        return [line for paragraph in paragraphs for line in self.wrapped(paragraph, width)]

    @staticmethod
    def wrapped(paragraph: Paragraph, width: int) -> list[Content]:
        """Return the lines of a paragraph in so many cells."""
        room = max(8, width - paragraph.lead.cell_length)
        space = Content(" " * paragraph.lead.cell_length)
        lines = paragraph.text.wrap(room) or [Content("")]
        return [(space if number else paragraph.lead) + line for number, line in enumerate(lines)]

    def _note_paragraphs(self) -> Iterable[Paragraph]:
        text, tone = self.note
        if text:
            yield Paragraph(
                Content.styled(f"     {MARK.get(tone, '')}", STYLE[tone]),
                Content.styled(plain(text, limit=400), STYLE[tone]),
            )


class LabelledValues(HangingText):
    """Shows values, each behind its name; a line without a name stands at the left edge."""

    _values: Sequence[tuple[str, str, str]] = ()

    def show(self, values: Sequence[tuple[str, str, str]]) -> None:
        """Show values.

        Args:
            values: Name, harmless text and style of each.
        """
        self._values = values
        self.redraw()

    def paragraphs(self) -> Iterable[Paragraph]:
        """Yield the values."""
        for name, text, style in self._values:
            lead = Content.styled(f"{name:<{NAME}}", "$muted") if name else Content("")
            yield Paragraph(lead, Content.styled(text, style))
