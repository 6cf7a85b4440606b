"""A form's control that offers a few options: the arrow keys choose one, and its explanation is shown beneath it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from widgets.hanging_text import HangingText, Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice.

    Attributes:
        value: The value that the form stores when this option is chosen.
        title: The option's name, a few words.
        help: An explanation, shown beneath the title; may have several lines.
        style: The Textual style of the title.
    """

    value: str
    title: str
    help: str = ""
    style: str = ""


class Choice(HangingText, can_focus=True):
    """A control that shows its options as a column, or in one line when `row` is set.

    Attributes:
        field: The name of the form's field, as `BadInput.field` has it.
    """

    DEFAULT_CSS = """
    Choice { height: auto; padding: 0 1; }
    Choice:focus { background: $panel; }
    Choice.-off { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,left", "move(-1)", "Choose", key_display="↑↓"),
        Binding("down,right,space", "move(1)", show=False),
    ]

    class Changed(Message):
        """Posted when the agent has chosen another option."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """Return the sender under the name that Textual's own messages use."""
            return self.choice

    def __init__(
        self, field: str, options: tuple[Option, ...], *, label: str = "", row: bool = False, all_help: bool = False
    ) -> None:
        super().__init__(classes="control")
        self.field = field
        self._options = options
        self._label = label
        self._row = row
        self._all_help = all_help
        self._value = ""

    @property
    def value(self) -> str:
        """Return the value of the chosen option; empty while none is chosen."""
        return self._value

    @value.setter
    def value(self, value: str) -> None:
        self._value = value if value in {option.value for option in self._options} else ""
        self.redraw()

    @property
    def options(self) -> tuple[Option, ...]:
        """Return the options."""
        return self._options

    @options.setter
    def options(self, options: tuple[Option, ...]) -> None:
        self._options = options
        self.value = self._value

    def action_move(self, step: int) -> None:
        """Choose the next option, or the one before when `step` is negative."""
        values = [option.value for option in self._options]
        if self._value in values:
            self._value = values[(values.index(self._value) + step) % len(values)]
        else:
            self._value = values[0 if step > 0 else -1]
        self.reset_note()
        self.post_message(self.Changed(self))

    def paragraphs(self) -> Iterable[Paragraph]:
        """Yield the label, the options, and the explanation of the chosen option."""
        if self._label:
            style = "bold $accent" if self.has_focus else "$muted"
            yield Paragraph(Content(""), Content.styled(self._label, style))
        if self._row:
            parts = [
                Content.assemble((self._mark(option), ""), (option.title, option.style)) for option in self._options
            ]
            yield Paragraph(Content("▸ " if self.has_focus else "  "), Content("  ").join(parts))
            return
        for option in self._options:
            chosen = option.value == self._value
            cursor = "▸" if chosen and self.has_focus else " "
            lead = Content.styled(f"{cursor}{self._mark(option)}", "bold" if chosen else "")
            yield Paragraph(lead, Content.styled(option.title, f"{option.style} {'bold' if chosen else ''}".strip()))
            if option.help and (chosen or self._all_help):
                for line in option.help.split("\n"):
                    yield Paragraph(Content("   "), Content.styled(line, "$muted"))

    def _mark(self, option: Option) -> str:
        return "● " if option.value == self._value else "○ "
