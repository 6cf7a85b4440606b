"""One action for all marked rows of a list: the dialog opens for their people, and whoever is done loses the mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from screens.base import DeskScreen
    from tui.desk.actions.grammar import Action
    from tui.desk.bulk.job import Job
    from tui.okta.models import User
    from widgets.marks import MarkRows


class ForMarked:
    """Opens the dialog of one action for several people in front of the screen with the marks.

    Args:
        screen: The screen.
        table: Returns the table with the marks.
        visit_key: Returns for a row Okta's id of its person and the row's key.
        after: Called once the job is over.
    """

    def __init__(
        self,
        screen: DeskScreen,
        table: Callable[[], MarkRows[Any]],
        visit_key: Callable[[Any], tuple[str, str]],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._screen = screen
        self._table = table
        self._visit_key = visit_key
        self._after = after

    @property
    def nobody(self) -> bool:
        """Return whether nobody is marked, which is said then."""
        if self._table().marked:
            return False
        self._screen.notice.show("Nobody is marked", "Space in the list marks a person, * all of them.", Tone.WARN)
        return True

    def open(self, people: Sequence[User], action: Action | None = None) -> None:
        """Open the dialog; without an action, it asks for one."""
        from screens.bulk.bulk import BulkScreen

        screen = self._screen
        screen.app.push_screen(BulkScreen(screen.session, screen.changed, people, action), self._closed)

    def _closed(self, job: Job | None) -> None:
        """Show the result, and remove the marks of the people for whom the action was done."""
        if job is None:
            return
        table = self._table()
        keys = [key for user_id, key in map(self._visit_key, table.marked) if user_id in job.done_ids]
        table.unmark(keys)
        self._screen.notice.show(job.sentence, "", Tone.GOOD if job.clean else Tone.WARN)
        self._after()
