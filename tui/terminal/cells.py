"""The cells of a terminal's screen, one object for each look, and how Textual's strips become cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.strip import Strip

from tui.terminal.glyphs import Unshowable, glyphs, is_doubtful, reach
from tui.terminal.pens import Pens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.color import ColorSystem
    from rich.style import Style

    from tui.terminal.pens import Pen
    from tui.terminal.rules import Rules

MOST: Final = 20_000
"""Texts and looks that are kept; beyond them all are forgotten, so that a long day takes no more memory."""


class Cell:
    """What a cell shows. There is one object for each content, so that cells are compared by identity.

    Attributes:
        text: The glyph; empty in the right half of a wide one.
        pen: What it is written with; for a blank, the bare pen.
        width: The cells of the glyph: 1 or 2, and 0 for the right half of a wide one.
        is_doubtful: Whether terminals differ in the glyph's width.
        reach: The cells of the glyph where a terminal takes it for wider.
        is_odd: Whether more than this one cell is at stake where it changes.
        is_blank: Whether it shows nothing but its background.
    """

    __slots__ = ("is_blank", "is_doubtful", "is_odd", "pen", "reach", "text", "width")

    def __init__(self, text: str, pen: Pen, width: int) -> None:
        self.text = text
        self.pen = pen
        self.width = width
        self.is_doubtful = bool(text) and is_doubtful(text)
        self.reach = reach(text, width)
        self.is_odd = self.is_doubtful or width != 1
        self.is_blank = text == " " and not pen.shows_on_blanks

    def __repr__(self) -> str:
        """Return text and pen."""
        return f"{self.text!r}{self.pen}"


class CellMaker:
    """Makes the cells of strips.

    Attributes:
        pens: All pens of the terminal.
        unknown: What stands in a cell of which nothing is known; unequal to every other cell.
    """

    def __init__(self, rules: Rules, colours: ColorSystem) -> None:
        """Begin without any.

        Args:
            rules: What the terminal may be asked.
            colours: How many colours it has; Textual's strips are in all.
        """
        self.pens = Pens(rules)
        self.unknown = Cell("", Pens(rules).default, 1)
        self._colours = colours
        self._cells: dict[tuple[str, Pen, int], Cell] = {}
        self._runs: dict[tuple[str, Pen], tuple[Cell, ...]] = {}

    @property
    def is_full(self) -> bool:
        """Whether it should be replaced by a new one."""
        return len(self._runs) > MOST or len(self._cells) > MOST

    def blank(self, pen: Pen) -> Cell:
        """Return a cell that shows the background of a pen."""
        return self._cell(" ", self.pens.bare(pen.paper), 1)

    def cells(self, strips: Iterable[Strip]) -> list[Cell]:
        """Return what strips beside each other show.

        Raises:
            Unshowable: It cannot be told apart into cells.
        """
        found: list[Cell] = []
        for strip in strips:
            for text, style, _ in strip:
                pen = self._pen(style)
                run = self._runs.get((text, pen))
                if run is None:
                    run = self._run(text, pen, found)
                found += run
        return found

    def _pen(self, style: Style | None) -> Pen:
        if style is None:
            return self.pens.default
        codes = style._ansi  # noqa: SLF001 - where Textual keeps them
        if codes is None:
            codes = Strip.render_ansi(style, self._colours)
        link = f"id={style.link_id};{style.link}" if style.link else ""
        return self.pens.get(codes, link)

    def _run(self, text: str, pen: Pen, before: list[Cell]) -> tuple[Cell, ...]:
        """Return the cells of one segment; what belongs to the glyph before it is put there.

        Raises:
            Unshowable: There is no glyph before it that it could belong to.
        """
        cells: list[Cell] = []
        joins = False
        for glyph in glyphs(text):
            if glyph.width:
                cells += self._glyph(glyph.text, pen, glyph.width)
                continue
            joins = True
            at = len(before) - (2 if before and not before[-1].width else 1)
            if at < 0:
                raise Unshowable(text)
            old = before[at]
            before[at:] = self._glyph(old.text + glyph.text, old.pen, old.width)
        run = tuple(cells)
        if not joins:
            self._runs[text, pen] = run
        return run

    def _glyph(self, text: str, pen: Pen, width: int) -> list[Cell]:
        cell = self._cell(text, pen, width)
        return [cell] if width == 1 else [cell, self._cell("", pen, 0)]

    def _cell(self, text: str, pen: Pen, width: int) -> Cell:
        if text == " ":
            pen = pen.bare
        cell = self._cells.get((text, pen, width))
        if cell is None:
            cell = self._cells[text, pen, width] = Cell(text, pen, width)
        return cell
