"""The wizard's steps as lines with their numbers: what is set in each; one of them can be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.actions import SkipAction
from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from tui.desk.text.plain import plain
from widgets.hanging_text import HangingText, Paragraph
from widgets.tones import KEY, STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events
    from textual.binding import BindingType

    from tui.desk.setup.summary import StepSummary

_TITLE: Final = 14
"""Cells of a step's title."""


class SummaryLines(HangingText, can_focus=True):
    """Shows what is set in each step; the arrows move between the lines, enter or a click opens one's step."""

    DEFAULT_CSS = "SummaryLines { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter", "open", "Open the step"),
    ]

    class Opened(Message):
        """Posted when a step is to be opened."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, titles: tuple[str, ...], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Create the lines.

        Args:
            titles: The titles of all steps, from step 1.
            id: The widget's id.
        """
        super().__init__(id=id)
        self._titles = titles
        self._steps: Sequence[StepSummary] = ()
        self.cursor = 0

    def show(self, steps: Sequence[StepSummary]) -> None:
        """Show these steps."""
        self._steps = tuple(steps)
        self.cursor = min(self.cursor, max(0, len(self._steps) - 1))
        self.redraw()

    def action_move(self, step: int) -> None:
        """Move to the next line; from the last one on to the next control, as anywhere else in the wizard."""
        if not 0 <= self.cursor + step < len(self._steps):
            raise SkipAction
        self.cursor += step
        self.redraw()

    def action_open(self) -> None:
        """Ask for the step under the cursor."""
        if self._steps:
            self.post_message(self.Opened(self._steps[self.cursor].step))

    def on_click(self, event: events.Click) -> None:
        """Ask for the step under the mouse."""
        place = event.get_content_offset(self)
        if place is None:
            return
        owners = [
            step.step for step, paragraph in self._owned() for _ in self.wrapped(paragraph, self.content_size.width)
        ]
        if place.y < len(owners):
            self.post_message(self.Opened(owners[place.y]))

    def paragraphs(self) -> Iterable[Paragraph]:
        """Yield the lines of all steps."""
        return (paragraph for _, paragraph in self._owned())

    def _owned(self) -> Iterable[tuple[StepSummary, Paragraph]]:
        for number, step in enumerate(self._steps):
            here = self.has_focus and number == self.cursor
            title = self._titles[step.step - 1].ljust(_TITLE)
            lead = Content.assemble(
                "▸" if here else " ", (str(step.step), KEY), " ", (title, "bold" if here else "$muted")
            )
            for at, (text, tone) in enumerate(step.texts):
                style = STYLE[tone] or ("bold" if not at else "")
                mark = ("  changed", "bold $accent") if step.changed and not at else ("", "")
                yield step, Paragraph(lead, Content.assemble((plain(text, limit=300), style), mark))
                lead = Content(" " * lead.cell_length)
