"""Columns of a table of text: how wide each is, and a row drawn into exactly that many cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")

GAP: Final = 2
"""Empty cells between two columns."""
_ELLIPSIS: Final = "…"
# The last ring of defence: no control character, line end or reordering of the line reaches a terminal, and no lone
# surrogate the encoder. Callers have already made their text harmless, so this replaces and does not explain.
_HOSTILE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Rich counts the letter behind a joiner as nothing, terminals draw it: such a joiner would push the row out of shape.
# Joiners in front of an emoji's next part stay.
_JOINER: Final = re.compile(r"\u200d+(?=[\w\x20-\x7e]|$)")
_MOST_PER_CELL: Final = 16
"""Code points looked at for each cell: endless piles of marks must not cost endless time."""

CURSOR: Final = "rows--cursor"
BLURRED: Final = "rows--cursor-blurred"
MARK: Final = "rows--mark"
# What stands left of a row; it shows the cursor without colours too. A mark stands behind it, where it costs no width.
_SIGN: Final = {"": " ", CURSOR: "▸", BLURRED: "›"}
_MARKED: Final = "✓"
GUTTER: Final = 2
"""Cells of both signs."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column of a table.

    Attributes:
        title: What the header says.
        text: The text of a row's cell: one line, already harmless.
        width: The fewest cells that it gets; less only where nothing is left to drop.
        grow: Its share of spare cells.
        drop: Columns with the highest number vanish first where the width is short; 0 stays.
        style: Component class of a cell (`rows--danger`), or what tells it from the row; empty for the row's own.
        right: Whether text stands at the right end, as numbers do.
    """

    title: str
    text: Callable[[T], str]
    width: int
    grow: int = 0
    drop: int = 0
    style: str | Callable[[T], str] = ""
    right: bool = False


def natural(columns: Sequence[Column[T]]) -> int:
    """Cells that all columns take with none dropped and none grown."""
    return sum(column.width for column in columns) + GAP * max(0, len(columns) - 1)


def place(columns: Sequence[Column[T]], width: int) -> list[tuple[Column[T], int]]:
    """Choose the columns that are shown in `width` cells, and the cells that each gets; gaps come on top."""
    shown = list(columns)
    while natural(shown) > width and any(column.drop for column in shown):
        # Of equals the rightmost goes.
        shown.remove(max(reversed(shown), key=lambda column: column.drop))
    spare = width - natural(shown)
    if spare < 0:
        return _squeezed(shown, width)
    shares = sum(column.grow for column in shown)
    placed = []
    given = passed = 0
    for column in shown:
        passed += column.grow
        upto = spare * passed // shares if shares else 0  # of the running total, so that no cell is lost to rounding
        placed.append((column, column.width + upto - given))
        given = upto
    return placed


def _squeezed(columns: Sequence[Column[T]], width: int) -> list[tuple[Column[T], int]]:
    """What fits from the left: the first columns are those that tell rows apart."""
    placed: list[tuple[Column[T], int]] = []
    left = width
    for column in columns:
        cells = min(column.width, left)
        if cells <= 0:
            break
        placed.append((column, cells))
        left -= cells + GAP
    return placed


def cell(text: str, width: int, *, right: bool = False) -> str:
    """Put text into exactly `width` cells: padded, or cut with an ellipsis, never through a wide character."""
    if width <= 0:
        return ""
    if text.isascii() and text.isprintable():
        if len(text) > width:
            text = text[: width - 1].rstrip() + _ELLIPSIS
        return text.rjust(width) if right else text.ljust(width)
    text = harmless(text[: width * _MOST_PER_CELL])
    size = cell_len(text)
    if size > width:
        # Chopping keeps a letter and its marks together.
        text = (chop_cells(text, width - 1)[0].rstrip() if width > 1 else "") + _ELLIPSIS
        size = cell_len(text)
    pad = " " * (width - size)
    return pad + text if right else text + pad


def harmless(text: str) -> str:
    """Replace whatever could steer a terminal, and leave out joiners that would falsify the width."""
    if text.isprintable():
        return text
    return _JOINER.sub("", _HOSTILE.sub("\ufffd", text))


class Painter(Generic[T]):
    """Draws lines of one table; keeps the layout for a width, and styles that are slow to look up."""

    def __init__(self, style: Callable[[str], Style], row_style: Callable[[T], str] | None = None) -> None:
        """Start without columns.

        Args:
            style: Gives a component class its style, and nothing the widget's own.
            row_style: Gives a row its component class, or nothing.
        """
        self._lookup = style
        self._row_style = row_style
        self._columns: Sequence[Column[T]] = ()
        self._placed: list[tuple[Column[T], int]] = []
        self._width = 0
        self._styles: dict[tuple[str, str], Style] = {}

    def lay_out(self, columns: Sequence[Column[T]], width: int) -> None:
        """Place the columns in lines of so many cells; costs nothing if they are already."""
        if width != self._width or columns is not self._columns:
            self._columns, self._width = columns, width
            self._placed = place(columns, width - GUTTER)

    def forget_styles(self) -> None:
        """Look styles up again: the theme changed, or a class."""
        self._styles.clear()

    def header(self) -> Strip:
        """The titles."""
        style = self._style("", "rows--header")
        return self._strip([(column.title, style) for column, _ in self._placed], "", style)

    def row(self, row: T, state: str, *, marked: bool = False) -> Strip:
        """One row; `state` is the component class of the cursor, if it is there."""
        base = self._style(state, self._row_style(row) if self._row_style else "")
        cells = []
        for column, _ in self._placed:
            name = column.style if isinstance(column.style, str) else column.style(row)
            cells.append((column.text(row), self._style(state, name) if name else base))
        return self._strip(cells, state, base, marked=marked)

    def note(self, text: str) -> Strip:
        """A sentence in the middle of a line."""
        width = self._width
        text = cell(" " * max(0, (width - cell_len(text)) // 2) + text, width)
        return Strip([Segment(text, self._style("", "rows--empty"))], width)

    def blank(self) -> Strip:
        """A line without a row."""
        return Strip.blank(self._width, self._style("", ""))

    def _strip(self, cells: Iterable[tuple[str, Style]], state: str, base: Style, *, marked: bool = False) -> Strip:
        """Join cells in as few segments as their styles allow; gaps and the rest of the line have the row's style."""
        segments: list[Segment] = []
        text, run, gap = f"{_SIGN[state]}{_MARKED if marked else ' '}"[: self._width], base, ""
        used = len(text)
        if marked:
            segments.append(Segment(text, self._style(state, MARK)))
            text = ""
        for (column, size), (value, style) in zip(self._placed, cells, strict=True):
            piece = cell(value, size, right=column.right)
            used += len(gap) + size
            if style is run:
                text += gap + piece
            elif style is base:
                segments.append(Segment(text, run))
                text, run = gap + piece, base
            else:
                segments.append(Segment(text + gap, run))
                text, run = piece, style
            gap = " " * GAP
        segments.append(Segment(text, run))
        if used < self._width:
            segments.append(Segment(" " * (self._width - used), base))
        return Strip(segments, self._width)

    def _style(self, state: str, name: str) -> Style:
        known = self._styles.get((state, name))
        if known is None:
            known = self._styles[state, name] = self._composed(state, name)
        return known

    def _composed(self, state: str, name: str) -> Style:
        """A cell's style; on the cursor that has the focus the cursor's alone, readable in every theme."""
        if state == CURSOR or not name:
            return self._style(CURSOR, "") if name else self._lookup(state)
        style = self._lookup(name)
        return style + Style(bgcolor=self._lookup(state).bgcolor) if state else style
