"""A table whose rows can be marked; marks belong to keys, so that they survive another search."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding

from widgets.rows import Rows, TableMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from textual.binding import BindingType
    from textual.message import Message

    from widgets.columns import Column

T = TypeVar("T")


class MarkRows(Rows[T]):
    """`Rows` with marks: space marks a row and moves on, shift with an arrow key marks the rows that it passes.

    Only `unmark` removes a mark. A mark stays when the list is replaced, and when its row is not in the list any more.

    Attributes:
        minus_unmarks: Whether `-` removes all marks; not where the screen has another use for it.
    """

    minus_unmarks = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", key_display="space"),
        Binding("shift+down", "stretch(1)", "Mark down", show=False),
        Binding("shift+up", "stretch(-1)", "Mark up", show=False),
        Binding("asterisk,ctrl+a", "mark_all", "Mark all", key_display="*", show=False),
        Binding("minus", "unmark_all", "Unmark all", key_display="-", show=False),
    ]

    class Marked(TableMessage):
        """Posted when marks were added or removed, or a marked row has a new value."""

        def can_replace(self, message: Message) -> bool:
            """Return whether a waiting message is outdated: only the latest marks are handled."""
            return isinstance(message, MarkRows.Marked) and message.table is self.table

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        key: Callable[[T], str],
        row_style: Callable[[T], str] | None = None,
        empty: str = "",
        keeps_place: bool = False,
        words: Callable[[T], str] | None = None,
        id: str | None = None,  # noqa: A002 - as every widget calls it
        classes: str | None = None,
    ) -> None:
        """Start without rows and marks; the arguments are those of `Rows`."""
        self._marks: dict[str, T] = {}
        super().__init__(
            columns,
            key=key,
            row_style=row_style,
            empty=empty,
            keeps_place=keeps_place,
            words=words,
            id=id,
            classes=classes,
        )

    # Marks

    @property
    def marked(self) -> tuple[T, ...]:
        """Return the marked rows in the order of marking, each with its latest value."""
        return tuple(self._marks.values())

    def mark(self, rows: Iterable[T]) -> None:
        """Mark rows, whether they are in the list or not."""
        self._set(self._marks | {self._key(row): row for row in rows})

    def unmark(self, keys: Collection[str]) -> None:
        """Remove the marks of these keys."""
        self._set({key: row for key, row in self._marks.items() if key not in keys})

    def unmark_rows(self, rows: Iterable[T]) -> None:
        """Remove the marks of these rows."""
        self.unmark({self._key(row) for row in rows})

    def toggle(self, row: T) -> None:
        """Mark a row, or unmark it."""
        key = self._key(row)
        if key in self._marks:
            self.unmark({key})
        else:
            self.mark([row])

    def renew(self, row: T) -> None:
        """Store a marked row's new value, also when the row is not in the list."""
        key = self._key(row)
        if key in self._marks and self._marks[key] != row:
            self._marks[key] = row
            self._report_marks()

    def watch_rows(self, old: Sequence[T], new: Sequence[T]) -> None:
        """Give the marked rows the newer values of the list."""
        if self._marks:  # otherwise no key of a long list need be read
            newer = {key: row for row in new if (key := self._key(row)) in self._marks and self._marks[key] != row}
            if newer:
                self._marks |= newer
                self._report_marks()
        super().watch_rows(old, new)

    # Keys

    def action_mark(self) -> None:
        """Mark or unmark the row under the cursor, and move to the next row."""
        if (row := self.current) is not None:
            self.toggle(row)
            self.cursor += 1

    def action_stretch(self, rows: int) -> None:
        """Move the cursor by `rows`, and mark the row that it left and the row that it reached."""
        passed = [] if self.current is None else [self.current]
        self.cursor += rows
        if self.current is not None:
            passed.append(self.current)
        self.mark(passed)

    def action_mark_all(self) -> None:
        """Mark every row that is loaded."""
        self.mark(self.rows)

    def action_unmark_all(self) -> None:
        """Remove all marks, also those of rows that are not in the list."""
        self._set({})

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works: `-` may be the screen's."""
        if action == "unmark_all" and not self.minus_unmarks:
            return False
        return super().check_action(action, parameters)

    def _set(self, marks: dict[str, T]) -> None:
        if marks.keys() == self._marks.keys():
            return
        self._marks = marks
        self._redraw(range(self.size.height))
        self._report_marks()

    def _report_marks(self) -> None:
        if self.is_attached:
            self.post_message(self.Marked(self))

    def _is_marked(self, row: T) -> bool:
        return bool(self._marks) and self._key(row) in self._marks
