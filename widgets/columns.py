"""The columns of a table: the width that each gets, and the drawing of rows into exactly that many cells."""

from __future__ import annotations

import re
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from msgspec import Struct
from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.desk.text.cut_apart import cut_apart
from widgets.cell_text import truncate, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


T = TypeVar("T")

GAP: Final = 2
"""Empty cells between two columns."""
_ELLIPSIS: Final = "…"
# The last defence: no control character, line end or reordering of the line reaches a terminal, and no lone
# surrogate reaches the encoder. Callers have already made their text harmless, so a plain replacement is enough.
_HOSTILE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Rich counts the letter behind a joiner as nothing, terminals draw it: such a joiner would push the row out of shape.
# Joiners in front of an emoji's next part stay.
_JOINER: Final = re.compile(r"\u200d+(?=[\w\x20-\x7e]|$)")
_MOST_WHOLE: Final = 40
"""The most cells for which a text that shall be whole has other columns dropped."""
_MOST_FIT: Final = 32
"""The most cells to which a text of one row grows its column before the other columns get their shares."""
_MEASURED: Final = 500
"""The most rows whose texts are measured, from the first."""
_NOTE: Final = 60
"""Cells of a line of the text in a table without rows: a longer one is hard to read."""
_MOST_PER_CELL: Final = 16
"""Code points read for each cell: endless combining marks must not cost endless time."""

CURSOR: Final = "rows--cursor"
BLURRED: Final = "rows--cursor-blurred"
MARK: Final = "rows--mark"
# The sign left of a row, which shows the cursor without colours too. The sign of a mark takes its place, or follows it.
_SIGN: Final = {"": " ", CURSOR: "▸", BLURRED: "›"}
_MARKED: Final = "✓"
_SIGNED: Final = 3
"""The fewest cells of a head that has room for a part of its title beside the sign of the order."""
GUTTER: Final = 2
"""Width of both signs, in cells."""


class Tail(Struct, frozen=True):
    """A word behind the text of a cell, which is not cut with it.

    Attributes:
        text: One short word or two, already made harmless.
        style: The style's name in the table's `CELL_STYLES`, as `rows--danger`.
        weighs: Whether the text is rather cut than this left out.
    """

    text: str
    style: str
    weighs: bool = False


class Column(Struct, Generic[T], frozen=True):
    """One column of a table.

    Attributes:
        title: The header's text.
        text: Returns the text of a row's cell: one line, already made harmless.
        width: The column's least width in cells; it gets less only when no other column can be dropped.
        grow: The column's share of spare cells.
        drop: In a narrow table, columns with the highest number are dropped first; 0 is never dropped.
        style: The name of a cell's style, as `rows--danger`, or a function that returns it; empty for the row's.
        right: Whether the text is aligned to the right, as numbers are.
        fit: Whether the column takes less than its least width where its texts are shorter, and grows to what they
            take before other columns grow. Only for texts that stay the same: ages would have the columns jump.
        whole: Whether its texts tell rows apart, as logins do. The column fits too, columns are dropped for it, and
            where it still has to be cut, texts that differ are cut so that they look different.
        order: Returns what a row is sorted by, of one type in all rows or `None` for nothing; without it the text is,
            with numbers in it by their value.
        tails: Returns the words behind the text of a row's cell, the weightiest first. Neither for a column that is
            `whole` nor for one that is aligned to the right.
    """

    title: str
    text: Callable[[T], str]
    width: int
    grow: int = 0
    drop: int = 0
    style: str | Callable[[T], str] = ""
    right: bool = False
    fit: bool = False
    whole: bool = False
    tails: Callable[[T], Sequence[Tail]] | None = None
    order: Callable[[T], Any] | None = None

    def need(self, row: T) -> int:
        """Return the cells that a row's text takes, with the words behind it."""
        words = self.tails(row) if self.tails else ()
        return cell_len(harmless(self.text(row))) + sum(_with_space(word) for word in words)


def natural_width(columns: Sequence[Column[T]]) -> int:
    """Return the cells that all columns take when none is dropped and none has grown."""
    return sum(column.width for column in columns) + GAP * max(0, len(columns) - 1)


def place(columns: Sequence[Column[T]], width: int, needs: Sequence[int] = ()) -> list[tuple[Column[T], int]]:
    """Choose the columns that are shown in `width` cells, and the cells that each gets, without the gaps.

    Args:
        columns: The columns, from the left.
        width: The cells of a line.
        needs: For each column the cells that its longest text takes; 0 or nothing where that is not known.
    """
    shown = [_Place.of(column, need) for column, need in zip_longest(columns, needs, fillvalue=0)]  # type: ignore[arg-type]
    while _total(shown, wishes=True) > width and any(place.column.drop for place in shown):
        # Of columns with the same number, the rightmost is dropped.
        shown.remove(max(reversed(shown), key=lambda place: place.column.drop))
    spare = width - _total(shown)
    if spare < 0:
        return _place_from_left([place.column for place in shown], width)
    for place in sorted((place for place in shown if place.need), key=lambda place: not place.column.whole):
        more = min(spare, max(0, place.need - place.cells))
        place.cells += more
        spare -= more
    shares = sum(place.column.grow for place in shown)
    spread = passed = 0
    for place in shown:
        passed += place.column.grow
        upto = (
            spare * passed // shares if shares else 0
        )  # computed from the running total, so that rounding loses no cell
        place.cells += upto - spread
        spread = upto
    return [(place.column, place.cells) for place in shown]


class _Place(Struct, Generic[T], eq=False):
    """A column on its way to a width: the cells that it has, and those that its texts need, 0 if it does not fit."""

    column: Column[T]
    cells: int
    need: int

    @classmethod
    def of(cls, column: Column[T], need: int) -> _Place[T]:
        need = max(need, cell_len(column.title)) if need and (column.fit or column.whole) else 0
        if not column.whole:
            need = min(need, max(column.width, _MOST_FIT))
        return cls(column, min(column.width, need) if need else column.width, need)

    @property
    def wish(self) -> int:
        """The cells for which other columns are dropped."""
        return max(self.cells, min(self.need, _MOST_WHOLE)) if self.column.whole else self.cells


def _total(places: Sequence[_Place[T]], *, wishes: bool = False) -> int:
    return sum(place.wish if wishes else place.cells for place in places) + GAP * max(0, len(places) - 1)


def _place_from_left(columns: Sequence[Column[T]], width: int) -> list[tuple[Column[T], int]]:
    """Place the columns that fit, from the left, since the first columns distinguish the rows."""
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
    """Return text in exactly `width` cells: padded, or cut with an ellipsis, never through a wide character."""
    if width <= 0:
        return ""
    if text.isascii() and text.isprintable():
        if len(text) > width:
            text = text[: width - 1].rstrip() + _ELLIPSIS
        return text.rjust(width) if right else text.ljust(width)
    text = harmless(text[: width * _MOST_PER_CELL])
    size = cell_len(text)
    if size > width:
        # `chop_cells` keeps a letter and its combining marks together.
        text = (chop_cells(text, width - 1)[0].rstrip() if width > 1 else "") + _ELLIPSIS
        size = cell_len(text)
    pad = " " * (width - size)
    return pad + text if right else text + pad


def tailed(text: str, words: Sequence[Tail], width: int) -> list[tuple[str, str]]:
    """Return a text and the words behind it in exactly `width` cells, as pieces with the names of their styles.

    Words that weigh stay, and the text is cut for them; the others are shown where everything fits.

    Args:
        text: The text, whose own style has the empty name.
        words: The words, the weightiest first.
        width: The cells.
    """
    room = width
    shown = []
    size = cell_len(harmless(text[: width * _MOST_PER_CELL]))
    for word in words:
        left = room - _with_space(word)
        if left >= (1 if word.weighs else size):
            shown.append(word)
            room = left
    size = min(size, room)
    pieces = [(cell(text, size), "")]
    for word in shown:
        pieces += [(" ", ""), (cell(word.text, cell_len(word.text)), word.style)]
    return [*pieces, (" " * (room - size), "")]


def _with_space(word: Tail) -> int:
    return 1 + cell_len(word.text)


def harmless(text: str) -> str:
    """Replace characters that could control a terminal, and remove joiners that would falsify the width."""
    if text.isprintable():
        return text
    return _JOINER.sub("", _HOSTILE.sub("\ufffd", text))


class Painter(Generic[T]):
    """Draws the lines of one table; it caches the layout for a width, and styles that are slow to look up."""

    def __init__(self, style: Callable[[str], Style], row_style: Callable[[T], str] | None = None) -> None:
        """Start without columns.

        Args:
            style: Returns a style by its name; for an empty name, the widget's own.
            row_style: Returns the name of a row's style, or an empty text.
        """
        self._lookup = style
        self._row_style = row_style
        self._columns: Sequence[Column[T]] = ()
        self._placed: list[tuple[Column[T], int]] = []
        self._width = 0
        self._needs: list[int] = []
        self._texts: dict[int, list[str]] = {}  # by column: the texts that shall be whole
        self._cuts: dict[int, dict[str, str]] = {}
        self._measured = False
        self._styles: dict[tuple[str, str], Style] = {}

    def measure(self, columns: Sequence[Column[T]], rows: Sequence[T]) -> None:
        """Measure the texts of columns that fit their texts."""
        self._needs, self._texts, self._measured = [], {}, True
        for index, column in enumerate(columns):
            measured = list(islice(rows, _MEASURED)) if column.fit or column.whole else []
            self._needs.append(max(map(column.need, measured), default=0))
            if column.whole:
                self._texts[index] = [column.text(row) for row in measured]

    def lay_out(self, columns: Sequence[Column[T]], width: int) -> None:
        """Place the columns in lines of `width` cells, unless that layout is the present one."""
        if width == self._width and columns is self._columns and not self._measured:
            return
        self._columns, self._width, self._measured = columns, width, False
        self._placed = place(columns, width - GUTTER, self._needs)
        self._cuts = {}
        for place_, (column, size) in enumerate(self._placed):
            if column.whole:
                texts = self._texts.get(list(columns).index(column), [])
                self._cuts[place_] = cut_apart((text for text in texts if cell_len(text) > size), size, truncate)

    def forget_styles(self) -> None:
        """Drop the cached styles after a change of the theme or of a class."""
        self._styles.clear()

    def header(self, sorted_by: str = "", sign: str = "") -> Strip:
        """Return the line with the columns' titles, and a sign at the one that the rows are sorted by."""
        style = self._style("", "rows--header")
        titles = []
        for column, size in self._placed:
            title = column.title
            if title and sorted_by == title:
                title = f"{truncate(title, size - 2)} {sign}" if size > _SIGNED else sign
            titles.append([(cell(title, size, right=column.right), style)])
        return self._strip(titles, "", style)

    def title_at(self, x: int) -> str:
        """Return the title of the column at a cell of the line; empty between and behind columns."""
        at = GUTTER
        for column, size in self._placed:
            if at <= x < at + size:
                return column.title
            at += size + GAP
        return ""

    def row(self, row: T, state: str, *, marked: bool = False) -> Strip:
        """Return one row's line; `state` names the cursor's style where the cursor is on this row, else nothing."""
        base = self._style(state, self._row_style(row) if self._row_style else "")
        cells = []
        for index, (column, size) in enumerate(self._placed):
            name = column.style if isinstance(column.style, str) else column.style(row)
            text = column.text(row)
            if column.whole:
                text = self._cuts[index].get(text, text)
            style = self._style(state, name) if name else base
            if column.tails and (words := column.tails(row)):
                cells.append(
                    [(piece, self._style(state, look) if look else style) for piece, look in tailed(text, words, size)]
                )
            else:
                cells.append([(cell(text, size, right=column.right), style)])
        return self._strip(cells, state, base, marked=marked)

    def note(self, text: str, line: int, lines: int) -> Strip:
        """Return one of so many lines of a table without rows: a text that is wrapped in the middle of them."""
        width = self._width
        wrapped = wrap(harmless(text), max(1, min(width - 2, _NOTE)))
        at = line - max(0, (lines - len(wrapped)) // 2)
        if not 0 <= at < len(wrapped):
            return self.blank()
        text = cell(" " * max(0, (width - cell_len(wrapped[at])) // 2) + wrapped[at], width)
        return Strip([Segment(text, self._style("", "rows--empty"))], width)

    def blank(self) -> Strip:
        """Return an empty line."""
        return Strip.blank(self._width, self._style("", ""))

    def _strip(
        self, cells: Iterable[Sequence[tuple[str, Style]]], state: str, base: Style, *, marked: bool = False
    ) -> Strip:
        """Join cells into as few segments as their styles allow; gaps and the rest of the line have the row's style.

        Args:
            cells: For each column its pieces with their styles, together as wide as the column.
            state: As for `row`.
            base: The style of the row.
            marked: Whether the row is marked.
        """
        segments: list[Segment] = []
        signs = f"{_SIGN[state]}{_MARKED}" if marked and state == CURSOR else f"{_MARKED if marked else _SIGN[state]} "
        text, run, gap = signs[: self._width], base, ""
        used = len(text)
        if marked:
            segments.append(Segment(text, self._style(state, MARK)))
            text = ""
        for (_, size), pieces in zip(self._placed, cells, strict=True):
            used += len(gap) + size
            for piece, style in pieces:
                if style is run:
                    text += gap + piece
                elif style is base:
                    segments.append(Segment(text, run))
                    text, run = gap + piece, base
                else:
                    segments.append(Segment(text + gap, run))
                    text, run = piece, style
                gap = ""
            gap = " " * GAP
        segments.append(Segment(text, run))
        if used < self._width:
            segments.append(Segment(" " * (self._width - used), base))
        return Strip(segments, self._width)

    def _style(self, state: str, name: str) -> Style:
        style = self._styles.get((state, name))
        if style is None:
            style = self._styles[state, name] = self._combined_style(state, name)
        return style

    def _combined_style(self, state: str, name: str) -> Style:
        """Return a cell's style; a focused cursor has its own style alone, which is readable in every theme."""
        if state == CURSOR or not name:
            return self._style(CURSOR, "") if name else self._lookup(state)
        style = self._lookup(name)
        return style + Style(bgcolor=self._lookup(state).bgcolor) if state else style
