"""Which rows of a table are like what was typed into its filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from widgets.columns import Column

T = TypeVar("T")

NO_MATCH: Final = "Nothing here is like that. esc clears the filter."


def matching(
    rows: Sequence[T], columns: Sequence[Column[T]], text: str, more: Callable[[T], str] | None = None
) -> Sequence[T]:
    """Return the rows in whose cells all typed words occur, in any order and without regard to case.

    Args:
        rows: The rows.
        columns: The columns of the table; one that is too wide to be shown is looked into as well.
        text: What was typed; an empty text leaves all rows.
        more: Returns further words of a row that no column shows.
    """
    parts = text.casefold().split()
    if not parts:
        return rows

    def fits(row: T) -> bool:
        cells = [column.text(row) for column in columns]
        tails = [tail.text for column in columns if column.tails for tail in column.tails(row)]
        words = " ".join((*cells, *tails, more(row) if more else "")).casefold()
        return all(part in words for part in parts)

    return tuple(row for row in rows if fits(row))
