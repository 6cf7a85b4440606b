"""A form's control of one labelled line, with a note beneath: a hint, what keydesk understood, or an error."""

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
from widgets.steady_text import SteadyText
from widgets.tones import STYLE

if TYPE_CHECKING:
    from textual.app import ComposeResult


class LabelledField(Vertical):
    """A label, a field and a note.

    Attributes:
        field: The name of the form's field, as `BadInput.field` has it.
    """

    DEFAULT_CSS = """
    LabelledField { height: auto; }
    LabelledField Horizontal { height: 1; }
    LabelledField .label { width: 20; color: $muted; }
    LabelledField Field { width: 1fr; background: $ground; }
    LabelledField Field:focus { background: $panel; }
    LabelledField.-here .label { color: $accent; text-style: bold; }
    LabelledField .note { height: auto; margin-left: 20; display: none; }
    LabelledField .note.-shown { display: block; }
    """

    class Changed(Message):
        """Posted when the agent has typed."""

        def __init__(self, entry: LabelledField) -> None:
            super().__init__()
            self.entry = entry

        @property
        def control(self) -> LabelledField:
            """Return the sender under the name that Textual's own messages use."""
            return self.entry

    def __init__(
        self,
        field: str,
        label: str,
        *,
        placeholder: str = "",
        hint: str = "",
        masked: bool = False,
        max_length: int = 0,
    ) -> None:
        super().__init__(classes="control")
        self.field = field
        self._label = label
        self._hint = hint
        self._input = Field(placeholder=placeholder, max_length=max_length, masked=masked)

    def compose(self) -> ComposeResult:
        """Yield the label beside the field, and the note beneath."""
        with Horizontal():
            yield Static(Content(self._label), classes="label")
            yield self._input
        yield SteadyText(classes="note", markup=False)

    def on_mount(self) -> None:
        """Show the hint."""
        self.reset_note()

    def on_descendant_focus(self) -> None:
        """Mark the name; `:focus-within` would not reach it, since Textual styles only the parents anew."""
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        """Mark it no more."""
        self.remove_class("-here")

    @property
    def value(self) -> str:
        """Return the typed text."""
        return self._input.value

    @value.setter
    def value(self, text: str) -> None:
        if self._input.value != text:
            with self._input.prevent(Input.Changed):  # `Changed` is for what the agent types
                self._input.value = text
            self._input.cursor_position = len(text)

    @property
    def placeholder(self) -> str:
        """Return the text that is shown while the field is empty."""
        return str(self._input.placeholder)

    @placeholder.setter
    def placeholder(self, text: str) -> None:
        self._input.placeholder = clean(text)

    def show_note(self, text: str, tone: Tone = Tone.MUTED) -> None:
        """Show a note beneath the field; its text is made harmless here."""
        note = self.query_one(".note", Static)
        note.set_class(bool(text), "-shown")
        note.update(Content.styled(MARK.get(tone, "") + plain(text, limit=400), STYLE[tone]))

    def reset_note(self) -> None:
        """Show the hint again in the note's place."""
        self.show_note(self._hint)

    def take_focus(self) -> None:
        """Move the focus to the field."""
        self._input.focus()

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Replace Textual's message by this control's own."""
        event.stop()
        self.post_message(self.Changed(self))
