"""A form's control that offers a few options: the arrow keys choose one, and its explanation is shown beneath it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from msgspec import Struct
from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from widgets.hanging_text import HangingText, Paragraph
from widgets.tones import OFF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.binding import BindingType
    from textual.geometry import Offset

_LEAD: Final = 2
_MARK: Final = 2
_GAP: Final = 2
"""Cells in front of options that stand in one line, in front of each one's title, and between two."""


class Option(Struct, frozen=True):
    """One option of a choice.

    Attributes:
        value: The value that the form stores when this option is chosen.
        title: The option's name, a few words.
        help: An explanation, shown beneath the title; may have several lines.
        style: The Textual style of the title.
        off: Why it cannot be chosen, shown beneath it; empty where it can.
    """

    value: str
    title: str
    help: str = ""
    style: str = ""
    off: str = ""


class Choice(HangingText, can_focus=True):
    """A control that shows its options as a column, or in one line when `row` is set; a click chooses one, too.

    An option that is off is shown with its reason, and neither the keys nor the mouse choose it.

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
        """Choose the next option that is not off, or the one before when `step` is negative."""
        values = [option.value for option in self._options]
        at = values.index(self._value) if self._value in values else -1 if step > 0 else len(values)
        order = [self._options[(at + step * number) % len(values)] for number in range(1, len(values) + 1)]
        self._choose(next((option for option in order if not option.off), None))

    def on_click(self, event: events.Click) -> None:
        """Choose the option under the mouse."""
        event.stop()
        self._choose(self._option_at(event.get_content_offset(self)))

    def _option_at(self, place: Offset | None) -> Option | None:
        """Return the option at a place of the widget's content; `None` between and beside them."""
        if place is None:
            return None
        if self._row:
            at = _LEAD
            for option in self._options:
                end = at + _MARK + cell_len(option.title)
                if at <= place.x < end:
                    return option if place.y == bool(self._label) else None
                at = end + _GAP
            return None
        owners: list[Option | None] = [
            owner for owner, paragraph in self._owned() for _ in self.wrapped(paragraph, self.content_size.width)
        ]
        return owners[place.y] if place.y < len(owners) else None

    def _choose(self, option: Option | None) -> None:
        if option is not None and not option.off and option.value != self._value:
            self._value = option.value
            self.reset_note()
            self.post_message(self.Changed(self))

    def paragraphs(self) -> Iterable[Paragraph]:
        """Yield the label, the options, the explanation of the chosen one, and why one cannot be chosen."""
        return (paragraph for _, paragraph in self._owned())

    def _owned(self) -> Iterable[tuple[Option | None, Paragraph]]:
        """Yield each paragraph with the option that it belongs to."""
        if self._label:
            style = "bold $accent" if self.has_focus else "$muted"
            yield None, Paragraph(Content(""), Content.styled(self._label, style))
        if self._row:
            parts = [
                Content.assemble((self._mark(option), ""), (option.title, option.style)) for option in self._options
            ]
            lead = Content("▸ " if self.has_focus else "  ")
            yield None, Paragraph(lead, Content(" " * _GAP).join(parts))
            return
        for option in self._options:
            chosen = option.value == self._value
            cursor = "▸" if chosen and self.has_focus else " "
            lead = Content.styled(f"{cursor}{self._mark(option)}", OFF if option.off else "bold" if chosen else "")
            style = OFF if option.off else f"{option.style} {'bold' if chosen else ''}".strip()
            yield option, Paragraph(lead, Content.styled(option.title, style))
            for line in (option.off or option.help).split("\n"):
                if line and (option.off or chosen or self._all_help):
                    yield option, Paragraph(Content("   "), Content.styled(line, "$muted"))

    def _mark(self, option: Option) -> str:
        return "● " if option.value == self._value else "– " if option.off else "○ "
