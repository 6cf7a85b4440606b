"""Random screens of Textual's, and what happens to them: what changes, scrolls, is suspended, has another size."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.terminal.glyphs import Unshowable
from tui.terminal.screen import ShownScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn

    from tui.terminal.rules import Rules

BEGIN: Final = "\x1b[?1049h\x1b[?25l\x1b[?7l"
"""What Textual's driver has sent before the first frame: the other screen, no cursor, no wrapping."""
SHELL: Final = "\x1b[?7h\x1b[?1049l\x1b[?25h$ vi\r\nsomething \x1b[44melse\x1b[m"
STYLES: Final = tuple(
    map(
        Style.parse,
        (
            "", "on #101010", "#e0e0e0 on #101010", "#e0e0e0 on #202020", "bold #e0e0e0 on #101010", "#ff0000", "bold",
            "dim italic", "bold dim", "red on color(200)", "default on default", "blink conceal",
            "link http://a.example #e0e0e0 on #101010", "link http://b.example",
            "underline #00ff00 on #101010", "reverse", "reverse red on #101010", "strike on blue",
            "underline2 overline",
        ),
    )
)  # fmt: skip
FILLING: Final = 14
"""So many of the styles do not show on blanks."""
Line = tuple[tuple[str, int], ...]
"""Texts, each with the number of its style."""


@dataclass(frozen=True)
class Draw:
    """A whole screen is drawn."""

    lines: tuple[Line, ...]
    cursor: tuple[int, int]


@dataclass(frozen=True)
class Patch:
    """Some spans are drawn anew."""

    spans: tuple[tuple[int, int, int], ...]
    lines: tuple[Line, ...]
    cursor: tuple[int, int]


@dataclass(frozen=True)
class Suspend:
    """Another program has the terminal for a while."""


@dataclass(frozen=True)
class Resize:
    """The terminal has another size."""

    width: int
    height: int


Event = Draw | Patch | Suspend | Resize


def strip_of(line: Line, width: int) -> Strip:
    """Return a line as Textual holds it, as long as the screen is wide."""
    strip = Strip([Segment(text, STYLES[number]) for text, number in line])
    return strip.adjust_cell_length(width, STYLES[line[-1][1]] if line else None)


@st.composite
def lines(draw: DrawFn, glyphs: Sequence[str], width: int, styles: int, margin: int = 0) -> Line:
    """A line of few long segments, as most are, with blanks in many."""
    texts = st.one_of(
        st.integers(1, width).map(lambda count: " " * count),
        st.lists(st.sampled_from(glyphs), min_size=1, max_size=8).map("".join),
    )
    line = tuple(draw(st.lists(st.tuples(texts, st.integers(0, styles - 1)), max_size=4)))
    if not margin:
        return line
    cut = strip_of(line, width).crop(0, max(width - margin, 0))
    number_of = {id(style): number for number, style in enumerate(STYLES)}
    return (*((text, number_of.get(id(style), 0)) for text, style, _ in cut), (" " * margin, 0))


@st.composite
def stories(draw: DrawFn, glyphs: Sequence[str], styles: int = len(STYLES), margin: int = 0) -> tuple[Event, ...]:
    """What happens in turn: sizes, whole screens, patches, screens whose lines have moved.

    Args:
        draw: Draws from other strategies.
        glyphs: What the texts are made of.
        styles: How many of the styles are used.
        margin: So many blanks end each line.
    """
    width, height = draw(st.integers(2, 30)), draw(st.integers(1, 9))
    events: list[Event] = [Resize(width, height)]
    now: list[Line] = []
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(("draw", "draw", "patch", "patch", "patch", "move", "move", "suspend", "resize")))
        cursor = draw(st.tuples(st.integers(0, width - 1), st.integers(0, height - 1)))
        if kind == "resize":
            width, height = draw(st.integers(2, 30)), draw(st.integers(1, 9))
            events.append(Resize(width, height))
            now = []
        elif kind == "suspend":
            events.append(Suspend())
        elif kind == "draw" or len(now) != height:
            now = [draw(lines(glyphs, width, styles, margin)) for _ in range(height)]
            events.append(Draw(tuple(now), cursor))
        elif kind == "move":
            top, bottom = sorted(draw(st.tuples(st.integers(0, height - 1), st.integers(0, height - 1))))
            by = draw(st.integers(1, 3))
            part = now[top : bottom + 1]
            fresh = [draw(lines(glyphs, width, styles, margin)) for _ in range(min(by, len(part)))]
            part = part[by:] + fresh if draw(st.booleans()) else fresh + part[: len(part) - len(fresh)]
            now = [*now[:top], *part, *now[bottom + 1 :]]
            events.append(Draw(tuple(now), cursor))
        else:
            spans = []
            for y in sorted(draw(st.sets(st.integers(0, height - 1), min_size=1))):
                left = 0 if margin else draw(st.integers(0, width - 1))  # what is joined is not cut in two
                spans.append((y, left, width if margin else draw(st.integers(left + 1, width))))
            events.append(Patch(tuple(spans), tuple(draw(lines(glyphs, width, styles, margin)) for _ in spans), cursor))
    return tuple(events)


class Stage:
    """Plays a story twice: as Textual writes it, and as we do."""

    def __init__(self, rules: Rules) -> None:
        self.console = Console(color_system="truecolor", force_terminal=True, legacy_windows=False)
        self._rules = rules
        self._shown: ShownScreen | None = None
        self._size = (0, 0)

    def play(self, event: Event) -> tuple[str, str] | tuple[int, int]:
        """Return what Textual writes for an event and what we do, or the new size."""
        if isinstance(event, Resize):
            self._size = (event.width, event.height)
            self._shown = ShownScreen(event.width, event.height, self._rules, ColorSystem.TRUECOLOR)
            return self._size
        assert self._shown is not None
        if isinstance(event, Suspend):
            self._shown.forget()
            return SHELL + BEGIN, SHELL + BEGIN
        update = self.update(event)
        x, y = event.cursor
        whole = f"{update.render_segments(self.console)}\x1b[{y + 1};{x + 1}H"
        try:
            return whole, self._shown.changes(update, event.cursor)
        except Unshowable:  # a glyph is cut in two: Textual's own output then, as in `ScreenOutput`
            self._shown.forget()
            return whole, whole

    def update(self, event: Draw | Patch) -> LayoutUpdate | ChopsUpdate:
        """Return what Textual's compositor would make."""
        width, height = self._size
        if isinstance(event, Draw):
            strips = [strip_of(line, width) for line in event.lines]
            return LayoutUpdate([[strip] for strip in strips], Region(0, 0, width, height))
        chops: list[dict[int, Strip | None]] = [{} for _ in range(height)]
        ends: list[list[int]] = [[] for _ in range(height)]
        for (y, left, right), line in zip(event.spans, event.lines, strict=True):
            cuts = sorted({0, left, right, width})
            pairs = list(pairwise(cuts))
            whole = strip_of(line, width)
            chops[y] = {start: whole.crop(start, stop) for start, stop in pairs if stop > left and start <= right}
            ends[y] = [stop for start, stop in pairs if stop > left and start <= right]
        return ChopsUpdate(chops, list(event.spans), ends)
