"""The screen of the lockouts: who is locked or blocked, why, and until when, with one row for each case."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from msgspec.structs import replace
from textual import on, work
from textual.binding import Binding
from textual.content import Content
from textual.reactive import var
from textual.widgets import Input, Static

from screens.act.person_keys import ABOUT_A_PERSON, PersonKeys, person_bindings
from screens.asks import Command, Visit
from screens.bulk.marked import ForMarked
from screens.lockouts.reader import LockoutReader
from tui.desk.actions.catalogue import UNLOCK
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.drawn import Drawn
from widgets.filter_box import FilterBox
from widgets.key_queue import Taking
from widgets.marked_line import MarkedLine
from widgets.marks import MarkRows
from widgets.rows import Rows
from widgets.steady_text import SteadyText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from screens.asks import Command
    from screens.save_as import ExportOffer
    from tui.desk.lockouts.causes import LockoutCause
    from tui.desk.lockouts.picture import Picture
    from tui.desk.lockouts.view import LockoutRow, View
    from tui.desk.notes.notes import Note
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.okta.models import User
    from tui.trouble import Trouble
    from widgets.key_queue import Typed
    from widgets.lockouts.bell import Bell
    from widgets.lockouts.graph import LockoutGraph
    from widgets.lockouts.spray_banner import SprayBanner

T = TypeVar("T")
_NARROW = 100
FOR_A_ROW: Final = frozenset({"enter", "space", "asterisk", "ctrl+a"})
"""Keys that mean the person under the cursor, or all who are listed, as do those of `ABOUT_A_PERSON` and `handle`."""
AGE: Final = 60.0
"""Seconds between two moves of the ages and countdowns, so that all lines are sent together, and nothing in between."""
_EARLY: Final = 5.0
"""Seconds by which a drawing may be early and yet move the ages, since timers are never exact."""


class LockoutsScreen(PersonKeys):
    """Shows the lockout feed; without access to the System Log, the status search alone."""

    CSS_PATH = "lockouts.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open person"),
        *person_bindings("u", "w"),
        Binding("h", "handle", "Mine"),
        Binding("slash", "filter", "Find", key_display="/"),
        Binding("d", "show", "Filter"),
        *(Binding(str(number), f"legend({number})", "Only this cause", show=False) for number in range(1, 10)),
        Binding("r", "reload", "Refresh"),
        Binding("z", "pause", "Pause"),
        Binding("ctrl+b", "bell", "Bell"),
        Binding("v", "evidence", "Evidence", show=False),  # the banner names the key
        Binding("b", "several", "Several", show=False),  # the line of the marked people names the key
        Binding("escape", "back", "Back", show=False),
    ]

    several = ("lockouts.several", "unlocks all")
    picture: var[Picture | None] = var(None)
    view: var[View | None] = var(None)

    def __init__(self, session: Session, changed: Signal[Person], *, every: float = 30.0, dwell: float = 0.3) -> None:
        """Create the screen.

        Args:
            session: The session.
            changed: The signal that publishes each person who was read again.
            every: Seconds between two status searches.
            dwell: Seconds for which the cursor rests on a row before the person is read.
        """
        super().__init__(session, changed)
        self.reader = LockoutReader(self, self.show_picture, lambda: self.bell, every=every)
        self._seen = Drawn(self, FOR_A_ROW, actions=ABOUT_A_PERSON | {"handle"}, tell=self.tell_dropped)
        self._bell: Bell | None = None
        self._summary = ""
        self._detail = ""
        self._resting = ""
        self._dwell = dwell
        self.for_marked = ForMarked(
            self, lambda: self.locked, lambda row: (row.case.user_id, row.id), self.reader.read_status
        )

    def body(self) -> Iterable[Widget]:
        """Yield the summary, the graph, the banner of a wave, the list, and the case under the cursor."""
        from tui.desk.lockouts.view import View
        from widgets.lockouts.columns import lockout_columns
        from widgets.lockouts.graph import LockoutGraph
        from widgets.lockouts.spray_banner import SprayBanner
        from widgets.pane import Pane

        self._now = self.session.now()
        self.set_reactive(LockoutsScreen.view, View())
        yield SteadyText("Reading who is locked out …", id="summary", markup=False)
        yield LockoutGraph(id="graph")
        yield SprayBanner(id="banner")
        yield FilterBox(
            "locked", placeholder="Find: a name, a login, a department, a program", folded=True, reads=True, id="find"
        )
        badges = self.session.badges
        self._columns = {narrow: lockout_columns(lambda: self._now, badges, narrow=narrow) for narrow in (False, True)}
        locked: MarkRows[LockoutRow] = MarkRows(
            self._columns[False], key=lambda row: row.id, keeps_place=True, id="locked"
        )
        yield Pane("Locked out", locked, id="list")
        yield SteadyText(id="case", markup=False)
        yield MarkedLine(id="marked-line", markup=False)

    def on_mount(self) -> None:
        """Move the focus to the list, and start the reader."""
        self._choose_columns(self.app.size.width)
        self.locked.focus()
        self.reader.start()
        self.set_interval(AGE, self.draw)

    def on_unmount(self) -> None:
        """Stop the reader."""
        self.reader.close()

    def on_screen_resume(self) -> None:
        """Read at once when the screen comes to the front, and count the ages from now."""
        from tui.desk.people.parts import SHARED_FOR

        self._now = self.session.now()
        self.reader.read_all(younger=SHARED_FOR)

    def report(self, trouble: Trouble) -> None:
        """Show a failure, which stays until a reading succeeds."""
        self.reader.note_failure()
        super().report(trouble)

    def on_resize(self) -> None:
        """Choose the columns for the new width."""
        self._choose_columns(self.app.size.width)
        self.draw()  # the chart has as many bars as there is room for

    def _choose_columns(self, width: int) -> None:
        columns = self._columns[width < _NARROW]
        if self.locked.columns is not columns:
            self.locked.columns = columns

    @property
    def locked(self) -> MarkRows[LockoutRow]:
        """Return the table of cases."""
        return self.query_one("#locked", MarkRows)

    @property
    def person_id(self) -> str:
        """Okta's id of the person under the cursor."""
        return self.locked.current.case.user_id if self.locked.current is not None else ""

    @property
    def bell(self) -> Bell:
        """Return the signal for a new lockout; the choice lasts while this connector is open."""
        from widgets.lockouts.bell import Bell

        return self._bell or Bell.OFF

    # -- showing

    def show_picture(self, picture: Picture) -> None:
        """Show the reader's newest picture."""
        self.picture = picture

    def watch_picture(self) -> None:
        """Draw the new picture."""
        self.draw()

    def watch_view(self) -> None:
        """Draw the picture with the new filter or order."""
        self.draw()

    def draw(self) -> None:
        """Draw the list, and everything above and beneath it."""
        picture, view = self.picture, self.view
        if picture is None or view is None or not self.is_mounted:
            return
        from tui.desk.lockouts.view import empty_words, rows, tallies
        from widgets.lockouts.graph import LockoutGraph
        from widgets.lockouts.spray_banner import SprayBanner

        now = self.session.now()
        if abs((now - self._now).total_seconds()) >= AGE - _EARLY:
            self._now = now
        shown = rows(picture, view, str(self.session.agent))
        self.locked.empty = empty_words(picture, view)
        if shown and not self.locked.rows:
            self._seen.changed()
        self.locked.rows = shown
        graph: LockoutGraph = self.query_one(LockoutGraph)
        graph.show(tallies(picture.cases, now, stretches=graph.stretches), now, view.cause)
        banner: SprayBanner = self.query_one(SprayBanner)
        banner.sprays = picture.sprays
        self.set_class(any(not spray.internal for spray in picture.sprays), "-attack")
        self._show_summary(picture, view, len(shown), now)
        self._show_case()

    def _show_summary(self, picture: Picture, view: View, shown: int, now: datetime) -> None:
        """Show the summary; it is sent to the terminal only when its text has changed."""
        from tui.desk.lockouts.view import summary
        from widgets.lockouts.bell import Bell

        if picture.read_at is None:
            return
        parts = summary(picture, view, shown, now)
        if self.bell is not Bell.OFF:
            parts.append(self.bell.value)
        self.refresh_status()
        text = " · ".join(parts)
        if text != self._summary:
            self._summary = text
            self.query_one("#summary", Static).update(Content.styled(parts[0], "bold $text") + text[len(parts[0]) :])

    @on(Rows.Highlighted, "#locked")
    def highlighted(self) -> None:
        """Show the case under the cursor, and check the person's own status once the cursor rests."""
        self._show_case()
        row = self.locked.current
        if row is not None and row.case.open and row.case.user_id != self._resting:
            self._resting = row.case.user_id
            self.check_resting()

    @work(exclusive=True, group="check")
    async def check_resting(self) -> None:
        """Read the own status of the person under the cursor, since the search can be behind."""
        await asyncio.sleep(self._dwell)
        row = self.locked.current
        if row is None or row.case.user_id != self._resting:
            return
        with self.guarded():
            await self.reader.monitor.check(row.case.user_id)

    def _show_case(self) -> None:
        """Show the whole case under the cursor."""
        from tui.desk.lockouts import words

        row = self.locked.current
        text = ""
        if row is not None:
            taken_by = row.handled.agent if row.handled else ""
            text = words.whole(row.case, self._now, taken_by, row.checked, log_read=row.log_read)
        if text != self._detail:
            self._detail = text
            self.query_one("#case", Static).update(text)

    def taking(self, typed: Typed) -> Taking:
        """Have keys wait for the dialog that opens once a person is read; drop those for a row that nobody has seen."""
        taking = super().taking(typed)
        return self._seen.taking(typed) if taking is Taking.NOW and self.focused is self.locked else taking

    # -- filter and order

    def action_show(self) -> None:
        """Choose the next filter: open cases, all, mine, nobody's."""
        if self.view is not None:
            self.view = replace(self.view, show=_after(self.view.show, list(type(self.view.show))))

    def action_order(self) -> None:
        """Choose the next of the orders that take more than one column."""
        if self.view is not None:
            self.view = replace(self.view, order=_after(self.view.order, list(type(self.view.order))))

    def on_lockout_graph_chosen(self, message: LockoutGraph.Chosen) -> None:
        """Show only the cases of the cause that was clicked in the chart's legend, or all again."""
        self._choose_cause(message.cause)

    def action_legend(self, number: int) -> None:
        """Show only the cases of a cause by its number in the chart's legend, or all again."""
        from widgets.lockouts.graph import LockoutGraph

        causes = self.query_one(LockoutGraph).causes
        if number <= len(causes):
            self._choose_cause(causes[number - 1])

    def _choose_cause(self, cause: LockoutCause) -> None:
        if self.view is not None:
            self.view = replace(self.view, cause=None if self.view.cause is cause else cause)

    @on(Input.Changed, "#find")
    def searched(self, event: Input.Changed) -> None:
        """Show the cases that match the typed text."""
        if self.view is not None:
            self.view = replace(self.view, text=event.value.strip())

    def action_back(self) -> None:
        """End the search; without one, reset filter and order."""
        self.notice.clear()
        box = self.query_one(FilterBox)
        if not box.clear_text() and self.view is not None:
            self.view = type(self.view)()
        self.locked.focus()

    def view_kept(self) -> dict[str, str]:
        """Return the filters and the order."""
        view = self.view
        if view is None:
            return {}
        return {"show": view.show.name, "order": view.order.name, "cause": view.cause or "", "text": view.text}

    def restore_view(self, view: Mapping[str, str]) -> None:
        """Choose the filters and the order again."""
        from tui.desk.lockouts.view import chosen

        self.view = chosen(view)
        self.query_one(FilterBox).value = self.view.text

    # -- the case under the cursor

    @on(Rows.Selected, "#locked")
    def action_open(self) -> None:
        """Open the person."""
        self.open_from(self.locked)

    def visit_of(self, row: LockoutRow) -> Visit:
        """Return the person of a case."""
        return Visit(row.id, row.case.user_id, row.case.login)

    @work(exclusive=True, group="handle")
    async def action_handle(self) -> None:
        """Take the case over, or leave it again."""
        row = self.locked.current
        if row is None:
            return
        with self.guarded():
            if row.handled is not None and row.handled.agent == str(self.session.agent):
                await self.reader.monitor.leave(row.handled.case_id)
                return
            await self.reader.monitor.handle(row.id)
            if row.handled is not None:
                self.notice.show(f"You took this over from {plain(row.handled.agent, limit=60)}", "", Tone.WARN)

    def on_person_changed(self, person: Person) -> None:  # noqa: ARG002 - the whole list is read again
        """Read everything again, since a person was changed."""
        self.reader.read_all()

    # -- several

    def name_of(self, row: LockoutRow) -> str:
        """Return the person's name."""
        return row.case.name or row.case.login

    def action_several(self) -> None:
        """Unlock all marked people, after a preview of each."""
        if not self.for_marked.nobody:
            self.ahead.wait()
            self.unlock_several({row.case.user_id: row for row in self.locked.marked})

    @work(exclusive=True, group="open")
    async def unlock_several(self, rows: dict[str, LockoutRow]) -> None:
        """Read the people whom the status search did not show, and open the dialog."""
        with self.guarded():
            people: list[User] = [
                row.user or (await self.session.person(user_id)).user for user_id, row in rows.items()
            ]
            self.for_marked.open(people, UNLOCK)
            self.ahead.hand_on()
        self.ahead.drop("a person could not be read")

    # -- the feed

    def action_pause(self) -> None:
        """Pause the timed reading, or resume it."""
        self.reader.pause_or_resume()
        self.refresh_status()

    def marks(self) -> tuple[str, ...]:
        """Say that the reading is paused, and that the list is filtered or in another order."""
        paused = ("paused",) if self.reader.monitor.paused else ()
        return (*paused, self.view.words) if self.view is not None and self.view != type(self.view)() else paused

    def action_bell(self) -> None:
        """Choose the next signal for a new lockout."""
        self._bell = self.bell.next
        title = f"New lockouts: {self._bell.value}"
        self.notice.show(title, f"{key_of('lockouts.bell')} changes it. It holds until keydesk is closed.")
        self.draw()

    def notes_of(self, row: LockoutRow) -> tuple[Note, ...]:
        """Return a lockout as a text for a ticket, and its parts."""
        from tui.desk.notes.notes import case_notes

        return case_notes(row.case, self.session.now(), row.handled.agent if row.handled else "")

    def action_evidence(self) -> None:
        """Open the evidence of the waves."""
        if self.picture is not None and self.picture.sprays:
            from screens.lockouts.evidence import EvidenceScreen

            self.app.push_screen(EvidenceScreen(self.session, self.picture))
        else:
            self.notice.show("No wave in the last hour", "Nobody tries many people from one address or network.")

    def action_reload(self) -> None:
        """Read now, also a log that was given up, and count the ages from now."""
        self._now = self.session.now()
        self.notice.clear()
        self.reader.reload()

    def whom(self) -> tuple[str, str] | None:
        """Return the person under the cursor."""
        row = self.locked.current
        return (row.case.user_id, row.case.name or row.case.login) if row else None

    def export_offer(self) -> ExportOffer | None:
        """Return the lockouts that the filter leaves."""
        from screens.save_as import ExportOffer
        from tui.desk.lockouts.export import listing

        view = self.view
        filtered = view is not None and view != type(view)()
        return ExportOffer.of("lockouts", self.locked, listing, filtered=filtered)

    def palette_commands(self) -> Iterable[Command]:
        """Return the actions of the keys, and each filter by its name."""
        from screens.lockouts.commands import lockout_commands

        return lockout_commands(self.locked, self.picture, self.view)

    def action_show_only(self, name: str) -> None:
        """Show the cases of one filter."""
        if self.view is not None:
            self.view = replace(self.view, show=type(self.view.show)[name])

    def action_only_cause(self, name: str) -> None:
        """Show only the cases of one cause, or all again."""
        from tui.desk.lockouts.causes import LockoutCause

        self._choose_cause(LockoutCause[name])


def _after(value: T, values: Sequence[T]) -> T:
    """Return the value after `value`, in a circle; the first value if `value` is not in the list any more."""
    place = values.index(value) if value in values else -1
    return values[(place + 1) % len(values)]
