"""One labelled line to type into, with a note beneath it: a hint, what was understood, or what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.field import Field, clean
from widgets.hanging_text import MARK
from widgets.tones import STYLE

if TYPE_CHECKING:
    from textual.app import ComposeResult


class LabelledField(Vertical):
    """A label, a field, a note.

    Attributes:
        field: What is typed here, as `BadInput.field` and the form name it.
    """

    DEFAULT_CSS = """
    LabelledField { height: auto; }
    LabelledField Horizontal { height: 1; }
    LabelledField .label { width: 20; color: $foreground-muted; }
    LabelledField Field { width: 1fr; background: $surface; }
    LabelledField Field:focus { background: $panel; }
    LabelledField:focus-within .label { color: $text-primary; text-style: bold; }
    LabelledField .note { height: auto; margin-left: 20; display: none; }
    LabelledField .note.-shown { display: block; }
    """

    class Changed(Message):
        """Something was typed."""

        def __init__(self, entry: LabelledField) -> None:
            super().__init__()
            self.entry = entry

        @property
        def control(self) -> LabelledField:
            """The sender, as Textual's own messages name it."""
            return self.entry

    def __init__(
        self, field: str, label: str, *, placeholder: str = "", hint: str = "", masked: bool = False, most: int = 0
    ) -> None:
        super().__init__(classes="control")
        self.field = field
        self._label = label
        self._hint = hint
        self._input = Field(placeholder=placeholder, max_length=most, masked=masked)

    def compose(self) -> ComposeResult:
        """Label and field beside each other, the note beneath."""
        with Horizontal():
            yield Static(Content(self._label), classes="label")
            yield self._input
        yield Static(classes="note", markup=False)

    def on_mount(self) -> None:
        """Show the hint."""
        self.hint()

    @property
    def value(self) -> str:
        """What is typed."""
        return self._input.value

    @value.setter
    def value(self, text: str) -> None:
        if self._input.value != text:
            with self._input.prevent(Input.Changed):  # nobody typed it
                self._input.value = text
            self._input.cursor_position = len(text)

    @property
    def placeholder(self) -> str:
        """What is shown while nothing is typed."""
        return str(self._input.placeholder)

    @placeholder.setter
    def placeholder(self, text: str) -> None:
        self._input.placeholder = clean(text)

    def say(self, text: str, tone: Tone = Tone.MUTED) -> None:
        """Put a note beneath the field; made harmless here."""
        note = self.query_one(".note", Static)
        note.set_class(bool(text), "-shown")
        note.update(Content.styled(MARK.get(tone, "") + plain(text, limit=400), STYLE[tone]))

    def hint(self) -> None:
        """Put the hint there again."""
        self.say(self._hint)

    def take_focus(self) -> None:
        """Put the cursor here."""
        self._input.focus()

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Tell it with the field's name."""
        event.stop()
        self.post_message(self.Changed(self))
