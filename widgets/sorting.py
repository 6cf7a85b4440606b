"""Sorting the rows of a table by one of its columns, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.columns import Column

T = TypeVar("T")

_NUMBER: Final = re.compile(r"([0-9]{1,18})")


class Sorting(Struct, frozen=True):
    """By which column rows are sorted, and which way.

    Attributes:
        title: The column's title.
        descending: Whether the largest comes first.
    """

    title: str
    descending: bool = False

    @property
    def sign(self) -> str:
        """The sign in the column's head."""
        return "▼" if self.descending else "▲"

    @property
    def turned(self) -> Sorting:
        """The other way."""
        return Sorting(self.title, not self.descending)


def in_order(rows: Sequence[T], columns: Sequence[Column[T]], sorting: Sorting | None) -> Sequence[T]:
    """Return rows sorted; those that have nothing in the column come last either way, equal ones keep their order.

    Args:
        rows: The rows as they came.
        columns: The columns of the table.
        sorting: The wanted order; without one, or where no column is called like that, the rows stay as they are.
    """
    column = next((column for column in columns if sorting and column.title == sorting.title), None)
    if column is None or sorting is None:
        return rows
    filled: list[tuple[Any, T]] = []
    blank: list[T] = []
    for row in rows:
        value = column.order(row) if column.order else natural(column.text(row))
        if value is None or value == ():
            blank.append(row)
        else:
            filled.append((value, row))
    filled.sort(key=lambda pair: pair[0], reverse=sorting.descending)
    return (*(row for _, row in filled), *blank)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return what a text is sorted by: without case, numbers in it by their value; nothing for an empty text."""
    parts = _NUMBER.split(text.strip().casefold())
    return tuple((0, int(part), "") if index % 2 else (1, 0, part) for index, part in enumerate(parts) if part)
