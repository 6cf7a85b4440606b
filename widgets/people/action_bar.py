"""The actions for a person with their keys: those that keydesk can do, those by hand, and those not possible."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.desk.text.named_keys import key_of
from widgets.cell_text import truncate, wrap
from widgets.steady_text import draw_again
from widgets.tones import KEY, OFF

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Size

GAP = 2
TALL = 30
"""Least height of a terminal, in lines, in which the reasons get more lines."""
REASON_LINES = 3
"""Most lines for the actions that are not possible, with their reasons, once they are unfolded."""
REASON_LINES_TALL = 6
"""The same in a tall terminal."""
TIGHT = 20
"""Height of a terminal, in lines, below which the verdict needs the room that the titles of many actions take."""
TITLED_LINES = 2
"""Most lines of actions with their titles in such a terminal."""
BESIDE_KEY = 3
"""The cells around a key: one before it, two behind it."""


class Availability(Enum):
    """How an action can be done now."""

    KEYDESK = "keydesk"
    BY_HAND = "by hand"
    NOT = "not"


class ActionChoice(Struct, frozen=True):
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


class BarLine(NamedTuple):
    """One line of the bar: its text, and for each key on it the first cell, the cell behind it, and the key."""

    text: Content
    targets: tuple[tuple[int, int, str], ...] = ()


class ActionBar(Widget):
    """Shows the possible actions in columns, each of which can be clicked; those not possible now are folded away."""

    DEFAULT_CSS = """
    ActionBar { height: auto; padding: 0 1; border-top: solid $muted; }
    """

    choices: reactive[tuple[ActionChoice, ...]] = reactive(())
    footnote: reactive[str] = reactive("")
    off: reactive[bool] = reactive(False)
    """Whether the keys are off for now; then the footnote that says so has the last line for itself."""
    unfolded: reactive[bool] = reactive(False)

    @dataclass
    class Pressed(Message):
        """A key of the bar was clicked.

        Attributes:
            key: The key, `u` for instance.
        """

        key: str

    def watch_choices(self) -> None:
        """Ask for room where other actions take more lines or fewer."""
        self._keep_height()

    def watch_unfolded(self) -> None:
        """Ask for room for the reasons, or give it back."""
        self._keep_height()

    def watch_footnote(self) -> None:
        """Ask for a line where there was none: without actions, the footnote is all there is."""
        self._keep_height()

    def _keep_height(self) -> None:
        size = self.content_size
        moves = not size.width or len(self._lines(size.width, self.app.size.height)) != size.height
        draw_again(self, moves=moves)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Return the number of lines at this width."""
        return len(self._lines(width, viewport.height))

    def render(self) -> Content:
        """Return the bar's text for the widget's width."""
        return Content("\n").join(line.text for line in self._lines(self.content_size.width, self.app.size.height))

    def on_click(self, event: events.Click) -> None:
        """Say which key was clicked, if there is one."""
        offset = event.get_content_offset(self)
        lines = self._lines(self.content_size.width, self.app.size.height)
        if offset is None or not 0 <= offset.y < len(lines):
            return
        for first, last, key in lines[offset.y].targets:
            if first <= offset.x < last:
                event.stop()
                self.post_message(self.Pressed(key))

    def _lines(self, width: int, height: int) -> list[BarLine]:
        most = REASON_LINES if height < TALL else REASON_LINES_TALL
        width, tight = max(20, width), height < TIGHT
        return layout(self.choices, self.footnote, width, most=most, unfolded=self.unfolded, off=self.off, tight=tight)


def layout(
    choices: tuple[ActionChoice, ...],
    footnote: str,
    width: int,
    *,
    most: int = REASON_LINES_TALL,
    unfolded: bool = False,
    off: bool = False,
    tight: bool = False,
) -> list[BarLine]:
    """Return the bar's lines in `width` cells.

    Args:
        choices: The actions.
        footnote: What stands at the end, such as how old the data are.
        width: The cells of a line.
        most: Most lines for the actions that are not possible, where they are shown.
        unfolded: Whether the actions that are not possible are shown with their reasons, or only counted.
        off: Whether the keys are off for now, so that the footnote stands alone in the last line.
        tight: Whether many actions are shown by their keys alone behind the first line; `?` says what each does.
    """
    possible = [choice for choice in choices if choice.way is Availability.KEYDESK]
    lines = _shown(possible, width, KEY, tight=tight)
    by_hand = [choice for choice in choices if choice.way is Availability.BY_HAND]
    if by_hand:
        reasons = dict.fromkeys(choice.reason for choice in by_hand)
        head = f"By hand ({', '.join(reasons)}):" if len(reasons) == 1 else "By hand:"
        lines.append(BarLine(Content.styled(truncate(head, width), "$warn")))
        lines += _shown(by_hand, width, "bold $warn", tight=tight)
    impossible = [choice for choice in choices if choice.way is Availability.NOT]
    if impossible and unfolded:
        by_reason: dict[str, list[str]] = {}  # a reason that several share is said once
        for choice in impossible:
            by_reason.setdefault(choice.reason, []).append(f"{choice.key} {choice.title}")
        parts = (f"{reason}: {', '.join(titles)}" for reason, titles in by_reason.items())
        text = " · ".join(("Not now", *parts))
        rows = wrap(text, width, max_lines=most)
        lines += [BarLine(Content.styled(row, "$muted")) for row in rows]
    if choices or footnote:
        beside = bool(choices) and not off
        lines.append(_last(len(impossible) if beside else 0, footnote, width, beside=beside))
    return lines


def _last(impossible: int, footnote: str, width: int, *, beside: bool) -> BarLine:
    """Return the line with the keys that are no actions of Okta's, and the footnote where there is room for it."""
    unfold = key_of("lookup.unfold")
    pairs = [(key_of("person.notice"), "Tell them"), (key_of("desk.copy_note"), "Copy")] if beside else []
    if impossible:
        pairs.append((unfold, f"… {impossible} not now"))
    parts: list[tuple[str, str]] = []
    targets = []
    used = 0
    for key, words in pairs:
        cells = cell_len(key) + BESIDE_KEY + cell_len(words)
        if used + cells > width:
            break
        parts += [(f" {key} ", KEY), (f" {words}", OFF if key == unfold else ""), (" " * GAP, "")]
        targets.append((used, used + cells, key))
        used += cells + GAP
    if used < width:
        parts.append((truncate(footnote, width - used), "$muted"))
    return BarLine(Content.assemble(*parts).rstrip(), tuple(targets))


def _grid(choices: list[ActionChoice], width: int, key: str, title: str) -> list[BarLine]:
    """Return the choices in as many columns as fit, filled row by row; each column is as wide as its longest title."""
    if not choices:
        return []
    columns = next((number for number in range(len(choices), 1, -1) if sum(_widths(choices, number)) <= width + GAP), 1)
    widths = _widths(choices, columns)
    lines = []
    for start in range(0, len(choices), columns):
        parts: list[tuple[str, str]] = []
        targets = []
        at = 0
        for choice, cell in zip(choices[start : start + columns], widths, strict=False):
            around = cell_len(choice.key) + BESIDE_KEY
            text = truncate(choice.title, max(1, width - around))
            parts += [(f" {choice.key} ", key), (f" {text}{' ' * (cell - around - cell_len(text))}", title)]
            targets.append((at, at + around + cell_len(text), choice.key))
            at += cell
        lines.append(BarLine(Content.assemble(*parts).rstrip(), tuple(targets)))
    return lines


def _shown(choices: list[ActionChoice], width: int, key: str, *, tight: bool) -> list[BarLine]:
    """Return the choices with their titles; in a small terminal only the first line of many has them."""
    lines = _grid(choices, width, key, "")
    if not tight or len(lines) <= TITLED_LINES:
        return lines
    return [lines[0], *_keys_alone(choices[len(lines[0].targets) :], width, key)]


def _keys_alone(choices: list[ActionChoice], width: int, key: str) -> list[BarLine]:
    """Return the keys of the choices without their titles, in as few lines as they take."""
    lines = []
    parts: list[tuple[str, str]] = []
    targets: list[tuple[int, int, str]] = []
    at = 0
    for choice in choices:
        cells = cell_len(choice.key) + 2
        if at and at + cells > width:
            lines.append(BarLine(Content.assemble(*parts), tuple(targets)))
            parts, targets, at = [], [], 0
        parts.append((f" {choice.key} ", key))
        targets.append((at, at + cells, choice.key))
        at += cells
    return [*lines, BarLine(Content.assemble(*parts), tuple(targets))]


def _widths(choices: list[ActionChoice], columns: int) -> list[int]:
    """Return the width of each column in cells, with the gap behind it."""
    return [
        max(cell_len(choice.key + choice.title) for choice in choices[first::columns]) + BESIDE_KEY + GAP
        for first in range(columns)
    ]
