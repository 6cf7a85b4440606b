"""A form's control that is ticked or not: a switch of a form, or an item of a checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from tui.desk.text.plain import plain, plain_block
from tui.desk.text.tone import Tone
from widgets.hanging_text import HangingText, Paragraph
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType


class TickBox(HangingText, can_focus=True):
    """A box with a sentence, and details beneath it.

    Attributes:
        field: The name of the form's field, as `BadInput.field` has it; or the id of a checklist's item.
    """

    DEFAULT_CSS = """
    TickBox { height: auto; padding: 0 1; }
    TickBox:focus { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick", "Tick", key_display="space")]

    class Changed(Message):
        """Posted when the box was ticked or unticked."""

        def __init__(self, tick_box: TickBox) -> None:
            super().__init__()
            self.tick_box = tick_box

        @property
        def control(self) -> TickBox:
            """Return the sender under the name that Textual's own messages use."""
            return self.tick_box

    def __init__(self, field: str, text: str, *details: str, value: bool = False) -> None:
        super().__init__(classes="control")
        self.field = field
        self._text = text
        self._details = details
        self._value = value

    @property
    def value(self) -> bool:
        """Return whether the box is ticked."""
        return self._value

    @value.setter
    def value(self, value: bool) -> None:
        self._value = value
        self.redraw()

    def action_tick(self) -> None:
        """Tick or untick the box."""
        self.value = not self._value
        self.post_message(self.Changed(self))

    def paragraphs(self) -> Iterable[Paragraph]:
        """Yield the box with its sentence, then the details."""
        cursor = "▸" if self.has_focus else " "
        box = ("[✓]", STYLE[Tone.GOOD]) if self._value else ("[ ]", "")
        text = Content.styled(plain(self._text, limit=400), "bold" if self.has_focus else "")
        yield Paragraph(Content.assemble(cursor, box, " "), text)
        for detail in self._details:
            for line in plain_block(detail).split("\n"):
                yield Paragraph(Content("     "), Content.styled(line, "$muted"))
