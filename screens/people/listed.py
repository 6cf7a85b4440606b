"""The lists of the lookup screen: who was found and marked, who was looked at of late, the rows of another screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.widgets import Input

from screens.base import DeskScreen
from screens.people.visits import box_text
from tui.desk.text.tone import Tone
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows
from widgets.people.person_card import PersonCard
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType
    from textual.reactive import var
    from textual.worker import Worker

    from screens.base import Visit
    from screens.people.beginning import Beginning
    from screens.people.search import PeopleSearch
    from screens.people.visits import Visits
    from screens.typed_ahead import TypedAhead
    from tui.desk.bulk.job import Job
    from tui.desk.people.person import Person
    from tui.okta.models import User

MARKED_KEYS: Final = "b does one thing for all · - unmarks all"


class ListedPeople(DeskScreen):
    """A screen with a search box, a list and a card, which shows people of other lists too.

    Attributes:
        visits: The list from which the person shown was opened.
        beginning: What the screen shows while nothing is typed.
        search: The search.
        ahead: The keys that wait for a person.
        person: The person on the card.
        stale: Whether that person is of the search before.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # The list has its own binding of space, which also moves to the next row; this one is for the card.
        Binding("space", "mark_shown", "Mark", show=False),
        Binding("minus", "unmark_all", "Unmark all", show=False),
        Binding("b", "several", "Several", show=False),  # the line of the marked people names the key
        # With priority, since the empty box would take the key.
        Binding("delete", "put_advice_away", "Put the advice away", show=False, priority=True),
        Binding("J", "step(1)", "Next case", show=False),
        Binding("K", "step(-1)", "Case before", show=False),
    ]

    visits: Visits
    beginning: Beginning
    search: PeopleSearch
    ahead: TypedAhead
    person: var[Person | None]
    stale: var[bool]
    _remembered = ""

    @property
    def people(self) -> MarkRows[User]:
        """Return the table of people."""
        return self.query_one("#people", MarkRows)

    @property
    def box(self) -> Input:
        """Return the search box."""
        return self.query_one("#query", Input)

    def show_nobody(self) -> None:
        """Show nobody on the card."""
        raise NotImplementedError

    def open_card(self) -> None:
        """Show the card, and move the focus to it."""
        raise NotImplementedError

    def load(self, user_id: str) -> Worker[None]:
        """Read a person in full, and show each part as it arrives."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the key works now."""
        if action == "put_advice_away":
            return self.is_mounted and self.beginning.advises
        if action == "step":
            return not isinstance(self.focused, Input) and (self.visits.current is not None or bool(self.people.rows))
        return super().check_action(action, parameters)

    def action_take(self) -> None:
        """Move from the search box to the list."""
        raise NotImplementedError

    def _leads_to_recent(self, key: str) -> bool:
        """Return whether a key in the box leads to the people of late: enter only where it has nothing to search."""
        return self.beginning.shown and (key == "down" or (key == "enter" and not self._remembered))

    def action_to_list(self) -> None:
        """Move from the search box to what is listed beneath: the people of late, or those who were found."""
        if not self.beginning.shown:
            self.action_take()
        elif self.beginning.recent.rows:
            self.set_focus(self.beginning.recent)

    def remember(self, text: str) -> None:
        """Put a text into the box that is searched for by enter, and replaced by whatever is typed."""
        self._remembered = text
        self.search.hold(text, "enter searches again")
        with self.box.prevent(Input.Changed):
            self.box.value = text
        self.box.select_all()

    def forget_remembered(self) -> None:
        """Let the remembered text count as typed."""
        if self._remembered:
            self._remembered = ""
            self.beginning.show(shown=False)

    def visit(self, visits: Sequence[Visit], at: int) -> None:
        """Show a person for another screen, from whose rows the person was opened."""
        self.visits.begin(visits, at)

    def _visit(self, visit: Visit) -> None:
        """Show a person of another list; nobody is shown until the person is read, and keys wait for that."""
        self.notice.clear(passing_only=True)
        if self.person is None or self.person.user.id != visit.user_id:
            self.people.rows = ()
            self.show_nobody()
        text = box_text(visit)
        self.search.hold(text, self.visits.place)
        self.stale = False
        self._remembered = ""
        self.beginning.show(shown=False)
        with self.box.prevent(Input.Changed):
            self.box.value = text
        self.query_one(PersonCard).hint = f"Reading {text} …"
        self.ahead.wait()
        self.ahead.wait_for(visit.user_id)
        self.load(visit.user_id)
        self.open_card()

    def action_step(self, rows: int) -> None:
        """Show the next case of the list from which the person was opened, or the next match of the search."""
        if self.visits.current is not None:
            self.visits.step(rows)
        else:
            self.people.cursor += rows

    @on(Rows.Selected, "#recent")
    def recent_chosen(self) -> None:
        """Open somebody of late."""
        recent = self.beginning.recent
        self.visits.begin(self.beginning.visits, recent.cursor, self._back_to_recent)

    def _back_to_recent(self, user_id: str) -> None:
        """Return to the people of late, from whom a person was opened."""
        self.visits.end()
        self.search.hold("", "")
        self.people.rows = ()
        self.show_nobody()
        with self.box.prevent(Input.Changed):
            self.box.value = ""
        self.beginning.show(shown=True)
        self.beginning.recent.go_to(user_id)
        self.set_focus(self.beginning.recent)

    def action_put_advice_away(self) -> None:
        """Never show the advice for beginners again."""
        self.beginning.put_advice_away()

    # -- marks

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
