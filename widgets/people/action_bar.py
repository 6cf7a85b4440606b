"""The actions for a person with their keys: those that keydesk can do, those by hand, and those not possible."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from widgets.cell_text import truncate, wrap
from widgets.tones import KEY

if TYPE_CHECKING:
    from textual.geometry import Size

GAP = 2
KEY_CELLS = 4
TALL = 30
"""Least height of a terminal, in lines, in which the reasons get more than one line."""
REASON_LINES = 2
"""Most lines for the actions that are not possible, with their reasons."""


class Availability(Enum):
    """How an action can be done now."""

    KEYDESK = "keydesk"
    BY_HAND = "by hand"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class ActionChoice:
    """One action as the bar shows it.

    Attributes:
        key: The action's key.
        title: The action's title, a verb.
        way: Whether keydesk can do the action, an agent can do it by hand, or nobody can do it now.
        reason: Why keydesk cannot do the action; empty when it can.
    """

    key: str
    title: str
    way: Availability = Availability.KEYDESK
    reason: str = ""


class ActionBar(Widget):
    """Shows the possible actions in columns and the others in muted lines beneath; as high as its text."""

    DEFAULT_CSS = """
    ActionBar { height: auto; padding: 0 1; border-top: solid $muted; }
    """

    choices: reactive[tuple[ActionChoice, ...]] = reactive((), layout=True)
    footnote: reactive[str] = reactive("", layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Return the number of lines at this width."""
        return len(self._lines(width, viewport.height))

    def render(self) -> Content:
        """Return the bar's text for the widget's width."""
        return Content("\n").join(self._lines(self.content_size.width, self.app.size.height))

    def _lines(self, width: int, height: int) -> list[Content]:
        most = 1 if height < TALL else REASON_LINES
        return layout(self.choices, self.footnote, max(20, width), most=most)


def layout(choices: tuple[ActionChoice, ...], footnote: str, width: int, *, most: int = REASON_LINES) -> list[Content]:
    """Return the bar's lines in `width` cells; actions that are not possible take at most `most` lines."""
    lines = _grid([choice for choice in choices if choice.way is Availability.KEYDESK], width, KEY, "")
    by_hand = [choice for choice in choices if choice.way is Availability.BY_HAND]
    if by_hand:
        reasons = dict.fromkeys(choice.reason for choice in by_hand)
        head = f"By hand ({', '.join(reasons)}):" if len(reasons) == 1 else "By hand:"
        lines.append(Content.styled(truncate(head, width), "$warn"))
        lines += _grid(by_hand, width, "bold $warn", "")
    impossible = [choice for choice in choices if choice.way is Availability.NOT]
    if impossible:
        text = "Not now: " + " · ".join(f"{choice.key} {choice.title} ({choice.reason})" for choice in impossible)
        rows = wrap(text, width)
        if len(rows) > most:
            rows = [*rows[: most - 1], truncate(" ".join(rows[most - 1 :]), width)]
        lines += [Content.styled(row, "$muted") for row in rows]
    if footnote:
        lines.append(Content.styled(truncate(footnote, width), "$muted"))
    return lines


def _grid(choices: list[ActionChoice], width: int, key: str, title: str) -> list[Content]:
    """Return the choices in as many columns as fit, filled row by row; each column is as wide as its longest title."""
    if not choices:
        return []
    columns = next((number for number in range(len(choices), 1, -1) if sum(_widths(choices, number)) <= width + GAP), 1)
    widths = _widths(choices, columns)
    lines = []
    for start in range(0, len(choices), columns):
        parts: list[tuple[str, str]] = []
        for choice, cell in zip(choices[start : start + columns], widths, strict=False):
            text = truncate(choice.title, max(1, width - KEY_CELLS))
            parts += [(f" {choice.key} ", key), (f" {text}{' ' * (cell - KEY_CELLS - cell_len(text))}", title)]
        lines.append(Content.assemble(*parts).rstrip())
    return lines


def _widths(choices: list[ActionChoice], columns: int) -> list[int]:
    """Return the width of each column in cells, with the gap behind it."""
    return [
        max(cell_len(choice.title) for choice in choices[first::columns]) + KEY_CELLS + GAP for first in range(columns)
    ]
