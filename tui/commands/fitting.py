"""A table for a terminal: cut and thinned until its lines fit, and people are still told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.text.cut_apart import cut_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP: Final = 2
_LEAST: Final = 10
"""Cells below which a column is rather left out than cut further."""
_KEPT: Final = ("LOGIN", "PERSON", "NAME", "MARKS", "NO.", "")
"""Titles of columns that are never left out."""
_WHOLE: Final = ("LOGIN", "PERSON", "ID", "NO.", "SINCE", "WHEN", "HEALS", "IN", "EXPIRES")
"""Titles of columns that are cut only when nothing else is left to cut: half a time would be a wrong one."""
_TELLING: Final = 16
"""Cells in which most texts still say what they have to say."""


def fit(
    table: Sequence[tuple[str, ...]], width: int, *, widest: int, spare: Sequence[str] = ()
) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return a table whose lines fit, and the titles of the columns that were left out.

    Args:
        table: The titles, and then the rows.
        width: The terminal's width in cells.
        widest: The most cells of a column.
        spare: The titles of columns that are rather left out, in this order, than the others cut much.
    """
    from rich.cells import cell_len

    titles = table[0]
    sizes = {i: min(widest, max(cell_len(row[i]) for row in table)) for i in range(len(titles))}
    left_out = []
    for title in spare:
        needed = {i: size if titles[i] in _WHOLE else min(size, _TELLING) for i, size in sizes.items()}
        if _total(needed) > width:
            left_out.append(title)
            del sizes[titles.index(title)]
    _shrink([i for i in sizes if titles[i] not in _WHOLE], sizes, width, titles)
    while _total(sizes) > width and (rest := [i for i in sizes if titles[i] not in _KEPT]):
        last = max(rest, key=lambda i: (titles[i] not in _WHOLE, i))
        left_out.append(titles[last])
        del sizes[last]
    _shrink(list(sizes), sizes, width, titles, least=4)
    columns = [
        _cut_all([row[i] for row in table], size, names=titles[i] in _KEPT + _WHOLE) for i, size in sizes.items()
    ]
    return list(zip(*columns, strict=True)), [title for title in titles if title in left_out]


def _total(sizes: dict[int, int]) -> int:
    return sum(sizes.values()) + _GAP * max(0, len(sizes) - 1)


def _shrink(which: list[int], sizes: dict[int, int], width: int, titles: Sequence[str], *, least: int = _LEAST) -> None:
    """Take cells from the widest of these columns until the lines fit, or no column has more than its least."""
    while _total(sizes) > width:
        wide = [i for i in which if sizes[i] > max(least, len(titles[i]) if least == _LEAST else 0)]
        if not wide:
            return
        sizes[max(wide, key=lambda i: sizes[i])] -= 1


def _cut_all(texts: list[str], size: int, *, names: bool) -> list[str]:
    """Cut the texts of a column; of `names`, which tell people apart, what differs is kept, of others the beginning."""
    if not names:
        return [_cut(text, size) for text in texts]
    cuts = cut_apart(texts, size, _cut)
    return [cuts[text] for text in texts]


def _cut(text: str, size: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= size else set_cell_size(text, max(0, size - 1)) + "…"
