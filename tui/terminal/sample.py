"""A sample screen, to count what drawing costs on a terminal: a dialog that opens over a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.terminal.screen import ShownScreen

if TYPE_CHECKING:
    from tui.terminal.rules import Rules

SIZE: Final = (120, 40)
"""Columns and lines of the sample."""
_NAMES: Final[dict[ColorSystem, Literal["standard", "256", "truecolor", "windows"]]] = {
    ColorSystem.STANDARD: "standard",
    ColorSystem.EIGHT_BIT: "256",
    ColorSystem.TRUECOLOR: "truecolor",
    ColorSystem.WINDOWS: "windows",
}
"""How Rich's console calls them."""
_BOX: Final = Region(18, 10, 84, 20)
_GROUND, _PANEL = "#0f131a", "#1b212c"
_TEXT, _MUTED, _FRAME = (Style(color=ink, bgcolor=_GROUND) for ink in ("#e8ebf1", "#a3adbd", "#6db9ff"))
_ON_PANEL, _EDGE = Style(color="#e8ebf1", bgcolor=_PANEL), Style(color="#f2c05a", bgcolor=_PANEL)


class SampleSize(NamedTuple):
    """Bytes of a frame.

    Attributes:
        whole: As Textual sends it, the whole screen.
        changed: With only the cells that changed.
    """

    whole: int
    changed: int


def sample_size(rules: Rules, colours: ColorSystem) -> SampleSize:
    """Return how many bytes it takes to open a dialog of 84 by 20 cells over a list of 120 by 40.

    Args:
        rules: What the terminal may be asked.
        colours: How many colours it has.
    """
    shown = ShownScreen(*SIZE, rules, colours)
    listed, opened = (LayoutUpdate([[strip] for strip in strips], Region(0, 0, *SIZE)) for strips in (_list(), _over()))
    console = Console(color_system=_NAMES[colours], force_terminal=True, legacy_windows=False)
    shown.changes(listed, (0, 0))
    changed = shown.changes(opened, (0, 0))
    whole = opened.render_segments(console)
    return SampleSize(len(whole.encode()), len(changed.encode()))


def _list() -> list[Strip]:
    width, height = SIZE
    rows = [
        Strip([
            Segment("│", _FRAME), Segment(f"  {row:>3} ", _MUTED), Segment(f"Person {row:<24}", _TEXT),
            Segment(f"person.{row}@acme.example".ljust(width - 38), _TEXT), Segment("│", _FRAME),
        ])
        for row in range(1, height - 1)
    ]  # fmt: skip
    line = "─" * (width - 2)
    return [Strip([Segment(f"╭{line}╮", _FRAME)]), *rows, Strip([Segment(f"╰{line}╯", _FRAME)])]


def _over() -> list[Strip]:
    """Return the list with the dialog in front of it."""
    inside = _BOX.width - 2
    box = [Strip([Segment(f"╭{'─' * inside}╮", _EDGE)])]
    for row in range(_BOX.height - 2):
        text = f"  What line {row} of the dialog says" if row % 2 else ""
        box.append(Strip([Segment("│", _EDGE), Segment(text.ljust(inside), _ON_PANEL), Segment("│", _EDGE)]))
    box.append(Strip([Segment(f"╰{'─' * inside}╯", _EDGE)]))
    strips = _list()
    for y, strip in enumerate(box, _BOX.y):
        behind = strips[y]
        strips[y] = Strip.join([behind.crop(0, _BOX.x), strip, behind.crop(_BOX.right)])
    return strips
