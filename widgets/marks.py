"""A table whose rows can be marked: by key, so that the marks outlive another search."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding

from widgets.rows import Rows, Said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from textual.binding import BindingType
    from textual.message import Message

    from widgets.columns import Column

T = TypeVar("T")


class MarkRows(Rows[T]):
    """`Rows` with marks: space marks and goes on, shift with an arrow key marks what it passes.

    Nothing but `unmark` takes a mark away: not another list of rows, not the row's leaving the list.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", key_display="space"),
        Binding("shift+down", "stretch(1)", "Mark down", show=False),
        Binding("shift+up", "stretch(-1)", "Mark up", show=False),
        Binding("asterisk,ctrl+a", "mark_all", "Mark all", key_display="*", show=False),
        Binding("minus", "unmark_all", "Unmark all", key_display="-", show=False),
    ]

    class Marked(Said):
        """Marks came or went."""

        def can_replace(self, message: Message) -> bool:
            """Only how they are now is worth handling."""
            return isinstance(message, MarkRows.Marked) and message.table is self.table

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        key: Callable[[T], str],
        row_style: Callable[[T], str] | None = None,
        empty: str = "",
        keeps_place: bool = False,
        id: str | None = None,  # noqa: A002 - as every widget calls it
        classes: str | None = None,
    ) -> None:
        """Start without rows and marks; the arguments are those of `Rows`."""
        self._marks: dict[str, T] = {}
        super().__init__(
            columns, key=key, row_style=row_style, empty=empty, keeps_place=keeps_place, id=id, classes=classes
        )

    # Values in and out

    @property
    def marked(self) -> tuple[T, ...]:
        """The marked rows in the order of their marks, each as it was last seen in the list."""
        return tuple(self._marks.values())

    def mark(self, rows: Iterable[T]) -> None:
        """Mark rows, which may be in the list or not."""
        self._set(self._marks | {self._key(row): row for row in rows})

    def unmark(self, keys: Collection[str]) -> None:
        """Take the marks of these keys away."""
        self._set({key: row for key, row in self._marks.items() if key not in keys})

    def toggle(self, row: T) -> None:
        """Mark a row, or take its mark away."""
        key = self._key(row)
        if key in self._marks:
            self.unmark({key})
        else:
            self.mark([row])

    def renew(self, row: T) -> None:
        """Take a marked row's new value, also where the row is not in the list now."""
        key = self._key(row)
        if key in self._marks and self._marks[key] != row:
            self._marks[key] = row
            self._say()

    def watch_rows(self, old: Sequence[T], new: Sequence[T]) -> None:
        """Keep the marks, with the newer values."""
        if self._marks:  # else ten thousand keys are looked at for nothing
            newer = {key: row for row in new if (key := self._key(row)) in self._marks and self._marks[key] != row}
            if newer:
                self._marks |= newer
                self._say()
        super().watch_rows(old, new)

    # Keys

    def action_mark(self) -> None:
        """Mark the row under the cursor, or unmark it, and go on to the next."""
        if (row := self.current) is not None:
            self.toggle(row)
            self.cursor += 1

    def action_stretch(self, rows: int) -> None:
        """Mark the row under the cursor and the next in that direction, and go there."""
        passed = [] if self.current is None else [self.current]
        self.cursor += rows
        if self.current is not None:
            passed.append(self.current)
        self.mark(passed)

    def action_mark_all(self) -> None:
        """Mark every row that is loaded."""
        self.mark(self.rows)

    def action_unmark_all(self) -> None:
        """Take all marks away, those of rows that are not in the list too."""
        self._set({})

    def _set(self, marks: dict[str, T]) -> None:
        if marks.keys() == self._marks.keys():
            return
        self._marks = marks
        self._redraw(range(self.size.height))
        self._say()

    def _say(self) -> None:
        if self.is_attached:
            self.post_message(self.Marked(self))

    def _is_marked(self, row: T) -> bool:
        return bool(self._marks) and self._key(row) in self._marks
