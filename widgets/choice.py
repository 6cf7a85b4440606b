"""One of a few: the arrow keys choose, and what the choice means stands beneath it."""

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
    """One that can be chosen.

    Attributes:
        value: What the form gets.
        title: A few words.
        help: What it means; shown beneath it.
        style: How its title looks.
    """

    value: str
    title: str
    help: str = ""
    style: str = ""


class Choice(HangingText, can_focus=True):
    """Options beneath each other, or beside each other in one line.

    Attributes:
        field: What is chosen here, as `BadInput.field` and the form name it.
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
        """Another one was chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """The sender, as Textual's own messages name it."""
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
        """The value of the one chosen; empty for none."""
        return self._value

    @value.setter
    def value(self, value: str) -> None:
        self._value = value if value in {option.value for option in self._options} else ""
        self.redraw()

    @property
    def options(self) -> tuple[Option, ...]:
        """What there is to choose from."""
        return self._options

    @options.setter
    def options(self, options: tuple[Option, ...]) -> None:
        self._options = options
        self.value = self._value

    def action_move(self, step: int) -> None:
        """Choose the one before or after."""
        values = [option.value for option in self._options]
        if self._value in values:
            self._value = values[(values.index(self._value) + step) % len(values)]
        else:
            self._value = values[0 if step > 0 else -1]
        self.hint()
        self.post_message(self.Changed(self))

    def paragraphs(self) -> Iterable[Paragraph]:
        """The label, the options, and what is behind the one chosen."""
        if self._label:
            style = "bold $text-primary" if self.has_focus else "$foreground-muted"
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
                    yield Paragraph(Content("   "), Content.styled(line, "$foreground-muted"))

    def _mark(self, option: Option) -> str:
        return "● " if option.value == self._value else "○ "
