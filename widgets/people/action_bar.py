"""The actions of a person with their keys: what is possible, what goes by hand, and what is not possible and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from widgets.cell_text import truncate, wrap

if TYPE_CHECKING:
    from textual.geometry import Size

GAP = 2
KEY = 4
TALL = 30
"""Lines of a terminal in which there is room to explain."""
WHY_NOT = 2
"""Lines that what is not possible may take."""


class Availability(Enum):
    """How an action can be done now."""

    KEYDESK = "keydesk"
    BY_HAND = "by hand"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class ActionChoice:
    """One action as it is shown.

    Attributes:
        key: The key.
        title: The verb.
        way: Whether keydesk does it, it goes by hand, or nobody can now.
        reason: Why not; empty when keydesk does it.
    """

    key: str
    title: str
    way: Availability = Availability.KEYDESK
    reason: str = ""


class ActionBar(Widget):
    """What is possible in columns, the rest in muted lines beneath; as high as that takes."""

    DEFAULT_CSS = """
    ActionBar { height: auto; padding: 0 1; border-top: solid $panel-lighten-1; }
    """

    choices: reactive[tuple[ActionChoice, ...]] = reactive((), layout=True)
    footnote: reactive[str] = reactive("", layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """As many lines as it has at this width."""
        return len(self._lines(width, viewport.height))

    def render(self) -> Content:
        """Lay it out in the width there is."""
        return Content("\n").join(self._lines(self.content_size.width, self.app.size.height))

    def _lines(self, width: int, height: int) -> list[Content]:
        most = 1 if height < TALL else WHY_NOT
        return layout(self.choices, self.footnote, max(20, width), most=most)


def layout(choices: tuple[ActionChoice, ...], footnote: str, width: int, *, most: int = WHY_NOT) -> list[Content]:
    """Draw the bar in `width` cells; what is not possible takes `most` lines."""
    lines = _grid([choice for choice in choices if choice.way is Availability.KEYDESK], width, "bold reverse", "")
    hand = [choice for choice in choices if choice.way is Availability.BY_HAND]
    if hand:
        why = dict.fromkeys(choice.reason for choice in hand)
        head = f"By hand ({', '.join(why)}):" if len(why) == 1 else "By hand:"
        lines.append(Content.styled(truncate(head, width), "$text-warning"))
        lines += _grid(hand, width, "bold $text-warning", "")
    never = [choice for choice in choices if choice.way is Availability.NOT]
    if never:
        text = "Not now: " + " · ".join(f"{one.key} {one.title} ({one.reason})" for one in never)
        rows = wrap(text, width)
        if len(rows) > most:
            rows = [*rows[: most - 1], truncate(" ".join(rows[most - 1 :]), width)]
        lines += [Content.styled(row, "$foreground-disabled") for row in rows]
    if footnote:
        lines.append(Content.styled(truncate(footnote, width), "$foreground-muted"))
    return lines


def _grid(choices: list[ActionChoice], width: int, key: str, title: str) -> list[Content]:
    """As many columns as fit, each as wide as it has to be, filled row by row."""
    if not choices:
        return []
    columns = next((number for number in range(len(choices), 1, -1) if sum(_widths(choices, number)) <= width + GAP), 1)
    widths = _widths(choices, columns)
    lines = []
    for start in range(0, len(choices), columns):
        parts: list[tuple[str, str]] = []
        for choice, cell in zip(choices[start : start + columns], widths, strict=False):
            text = truncate(choice.title, max(1, width - KEY))
            parts += [(f" {choice.key} ", key), (f" {text}{' ' * (cell - KEY - cell_len(text))}", title)]
        lines.append(Content.assemble(*parts).rstrip())
    return lines


def _widths(choices: list[ActionChoice], columns: int) -> list[int]:
    """The cells that each column takes, the gap behind it included."""
    return [max(cell_len(choice.title) for choice in choices[first::columns]) + KEY + GAP for first in range(columns)]
