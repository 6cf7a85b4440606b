"""The table of the lockout feed: while rows come and go above, what is in view stays where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.marks import MarkRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.desk.lockouts_view import Row


class LockoutRows(MarkRows["Row"]):
    """`MarkRows` that is held by its first line in view, unless that is the top of the list, where the newest come."""

    def watch_rows(self, old: Sequence[Row], new: Sequence[Row]) -> None:
        """Follow the cursor's row, then the first one in view."""
        top = self.scroll_offset.y
        anchor = old[top].id if 0 < top < len(old) else None
        followed = 0 <= self.cursor - top < self._page
        super().watch_rows(old, new)
        if anchor is None:
            return
        place = next((index for index, row in enumerate(new) if row.id == anchor), None)
        if place is not None and place != self.scroll_offset.y:
            self.scroll_to(y=place)
            if followed:
                self._reveal(self.cursor)
            self._redraw(range(self.size.height))
