"""Bars made of blocks: one as a row of cells, and bars that are stacked of parts and several lines high."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from textual.content import Content

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCKS: Final = " ▁▂▃▄▅▆▇█"
EIGHTHS: Final = len(BLOCKS) - 1


class Segment(NamedTuple):
    """One part of a bar: its amount, and the style of its colour, such as `$good`."""

    amount: int
    style: str


def blocks(counts: Sequence[int], most: int) -> str:
    """Return counts as a row of blocks, one cell each, scaled to `most`; only 0 is blank."""
    return "".join(BLOCKS[0 if count <= 0 else max(1, round(EIGHTHS * min(count, most) / most))] for count in counts)


def meter(share: float, cells: int) -> str:
    """Return a share between 0 and 1 as a bar that lies: full cells, then light ones."""
    full = round(max(0.0, min(1.0, share)) * cells)
    return "▓" * full + "░" * (cells - full)


def stacked(bars: Sequence[Sequence[Segment]], most: int, height: int, *, mixed: bool = True) -> list[Content]:
    """Return bars as lines of text, the topmost line first; each bar is a cell wide.

    A bar's height is exact to an eighth of a line, and whatever is not nothing has at least an eighth. Where two parts
    meet in one cell, it has the colours of both; of more, those of the two that fill most of it.

    Args:
        bars: The parts of each bar, the lowest first.
        most: The amount of a bar that fills the whole height.
        height: The number of lines.
        mixed: Whether two colours may meet in a cell; without, each cell has the colour that fills most of it.
    """
    columns = [_cells(parts, most, height, mixed=mixed) for parts in bars]
    return [
        Content.assemble(*(column[height - 1 - line] for column in columns)) if columns else Content("")
        for line in range(height)
    ]


def _cells(parts: Sequence[Segment], most: int, height: int, *, mixed: bool) -> list[tuple[str, str]]:
    """Return the cells of one bar from below: a character and its style."""
    whole = sum(part.amount for part in parts)
    top = _scaled(whole, most, height)
    edges: list[tuple[int, int, str]] = []  # from and to, in eighths from below
    below = 0
    for part in parts:
        if part.amount:
            above = below + part.amount
            edges.append((top * below // whole, top * above // whole, part.style))
            below = above
    return [_cell(edges, line * EIGHTHS, top, mixed=mixed) for line in range(height)]


def _cell(edges: Sequence[tuple[int, int, str]], base: int, top: int, *, mixed: bool) -> tuple[str, str]:
    filled = max(0, min(EIGHTHS, top - base))
    if not filled:
        return " ", ""
    inside = [
        (min(last, base + EIGHTHS) - max(first, base), style)
        for first, last, style in edges
        if min(last, base + EIGHTHS) > max(first, base)
    ]
    if (
        filled < EIGHTHS or len(inside) == 1 or not mixed
    ):  # above the bar is the ground, so that the cell has room for one colour
        return BLOCKS[filled], max(inside)[1]
    largest = sorted(inside, reverse=True)[:2]
    (low, lower), (_, upper) = [pair for pair in inside if pair in largest][:2]
    return BLOCKS[max(1, min(EIGHTHS - 1, low))], f"{lower} on {upper}"


def _scaled(count: int, most: int, height: int) -> int:
    """Return an amount in eighths of a line; what is not nothing has at least one."""
    return 0 if count <= 0 else max(1, round(height * EIGHTHS * min(count, most) / most))
