"""The people who are marked on the lookup screen, whichever search found them, and what is done for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding

from screens.base import DeskScreen
from tui.desk.text.tone import Tone
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows

if TYPE_CHECKING:
    from textual.binding import BindingType

    from tui.desk.bulk.job import Job
    from tui.okta.models import User

MARKED_KEYS: Final = "b does one thing for all · - unmarks all"


class MarkedPeople(DeskScreen):
    """A screen with the list `#people`, in which people are marked for one action."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # The list has its own binding of space, which also moves to the next row; this one is for the card.
        Binding("space", "mark_shown", "Mark", show=False),
        Binding("minus", "unmark_all", "Unmark all", show=False),
        Binding("b", "several", "Several", show=False),  # the line of the marked people names the key
    ]

    @property
    def people(self) -> MarkRows[User]:
        """Return the table of people."""
        return self.query_one("#people", MarkRows)

    @on(MarkRows.Marked, "#people")
    def marked(self) -> None:
        """Show the marked people, whichever search found them."""
        self.query_one(MarkedLine).show([user.name for user in self.people.marked], MARKED_KEYS)
        self.refresh_bindings()

    def action_mark_shown(self) -> None:
        """Mark or unmark the person on the card."""
        if (user := self.people.current) is not None:
            self.people.toggle(user)

    def action_mark_listed(self) -> None:
        """Mark all people in the list."""
        self.people.action_mark_all()

    def action_unmark_all(self) -> None:
        """Remove all marks."""
        self.people.action_unmark_all()

    def action_several(self) -> None:
        """Open the dialog of one action for all marked people."""
        from screens.bulk.bulk import BulkScreen

        people = self.people.marked
        if not people:
            self.notice.show("Nobody is marked", "Space in the list marks a person, * all of them.", Tone.WARN)
            return
        self.app.push_screen(BulkScreen(self.session, self.changed, people), self.bulk_closed)

    def bulk_closed(self, job: Job | None) -> None:
        """Show the result, and remove the marks of the people for whom the action was done."""
        if job is not None:
            self.people.unmark(job.done_ids)
            self.notice.show(job.sentence, "", Tone.GOOD if job.clean else Tone.WARN)
