"""Who is locked or blocked, why, and until when: one row a case, as they come about; one key to act on each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import on, work
from textual.binding import Binding
from textual.reactive import var
from textual.widgets import Input, Static

from screens.act.flow import ActionFlow
from screens.base import Command, DeskScreen, OpenPerson
from screens.lockouts.watching import LockoutReader
from tui.desk.actions.catalogue import UNLOCK
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.field import Field
from widgets.marks import MarkRows
from widgets.rows import Rows
from widgets.tray import Tray

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.bulk.job import Job
    from tui.desk.lockouts.picture import Picture
    from tui.desk.lockouts.view import LockoutRow, View
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.okta.models import User
    from tui.trouble import Trouble
    from widgets.lockouts.bell import Bell
    from widgets.lockouts.graph import LockoutGraph
    from widgets.lockouts.spray_banner import SprayBanner

T = TypeVar("T")
_NARROW = 100
AGE: Final = 20.0
"""Seconds after which ages and countdowns are drawn again."""


class LockoutsScreen(DeskScreen):
    """The lockout feed; without the System Log, the status search alone."""

    CSS_PATH = "lockouts.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open person"),
        Binding(UNLOCK.key, "unlock", UNLOCK.title),
        Binding("w", "why", "Why"),
        Binding("h", "handle", "Mine"),
        # With priority, so that what is typed right behind it is in the box and not taken for keys.
        Binding("slash", "search", "Find", key_display="/", priority=True),
        Binding("f", "show", "Filter"),
        Binding("c", "cause", "Cause"),
        Binding("s", "sort", "Sort"),
        Binding("p", "pause", "Pause"),
        Binding("n", "bell", "Bell"),
        Binding("r", "reload", "Refresh"),
        Binding("e", "evidence", "Evidence", show=False),  # the banner says it
        Binding("b", "several", "Several", show=False),  # the tray says it
        Binding("escape", "back", "Back", show=False),
    ]

    picture: var[Picture | None] = var(None)
    view: var[View | None] = var(None)

    def __init__(self, session: Session, changed: Signal[Person], *, every: float = 30.0) -> None:
        """Build the screen.

        Args:
            session: The session.
            changed: Tells of people read anew.
            every: Seconds between two status searches.
        """
        super().__init__(session, changed)
        self.flow = ActionFlow(self)
        self.reader = LockoutReader(self, self.took, lambda: self.bell, every=every)
        self._bell: Bell | None = None
        self._summary = ""
        self._detail = ""

    def body(self) -> Iterable[Widget]:
        """A line on top, the day at a glance, a wave, the list, the case under the cursor."""
        from tui.desk.lockouts.view import View
        from widgets.lockouts.columns import lockout_columns
        from widgets.lockouts.graph import LockoutGraph
        from widgets.lockouts.spray_banner import SprayBanner

        self._now = self.session.now()
        self.set_reactive(LockoutsScreen.view, View())
        yield Static("Reading who is locked out …", id="summary", markup=False)
        yield LockoutGraph(id="graph")
        yield SprayBanner(id="banner")
        yield Field(placeholder="Find: a name, a login, a department, a program", id="find")
        self._columns = {narrow: lockout_columns(lambda: self._now, narrow=narrow) for narrow in (False, True)}
        locked: MarkRows[LockoutRow] = MarkRows(
            self._columns[False], key=lambda row: row.id, keeps_place=True, id="locked"
        )
        yield locked
        yield Static(id="case", markup=False)
        yield Tray(id="tray", markup=False)

    def on_mount(self) -> None:
        """Start in the list; the box is there while it is needed."""
        self._fit(self.app.size.width)
        self.locked.focus()
        self._box.display = False
        self.reader.begin()
        self.set_interval(AGE, self.draw)

    def on_unmount(self) -> None:
        """Stop asking."""
        self.reader.close()

    def on_screen_resume(self) -> None:
        """Ask at once when the screen comes up or back."""
        self.reader.ask()

    def report(self, trouble: Trouble) -> None:
        """Show a failure; what a reading complains of stands until one works."""
        self.reader.complained()
        super().report(trouble)

    def on_resize(self) -> None:
        """Narrow terminals get fewer columns and shorter words."""
        self._fit(self.app.size.width)

    def _fit(self, width: int) -> None:
        columns = self._columns[width < _NARROW]
        if self.locked.columns is not columns:
            self.locked.columns = columns

    @property
    def locked(self) -> MarkRows[LockoutRow]:
        """The list."""
        return self.query_one("#locked", MarkRows)

    @property
    def bell(self) -> Bell:
        """What a new lockout does beside being shown; kept while this connector is open."""
        from widgets.lockouts.bell import Bell

        return self._bell or Bell.OFF

    @property
    def _box(self) -> Input:
        """The box that finds a person in the list."""
        return self.query_one("#find", Input)

    # -- showing

    def took(self, picture: Picture) -> None:
        """Take the reader's newest picture."""
        self.picture = picture

    def watch_picture(self) -> None:
        """Show the newest picture."""
        self.draw()

    def watch_view(self) -> None:
        """Show another choice of the same."""
        self.draw()

    def draw(self) -> None:
        """The list, and everything over and under it."""
        picture, view = self.picture, self.view
        if picture is None or view is None or not self.is_mounted:
            return
        from tui.desk.lockouts.view import rows, tallies
        from widgets.lockouts.graph import HALF_HOURS, LockoutGraph
        from widgets.lockouts.spray_banner import SprayBanner

        self._now = self.session.now()
        shown = rows(picture, view, str(self.session.agent))
        self.locked.empty = self._empty(picture, view)
        self.locked.rows = shown
        graph: LockoutGraph = self.query_one(LockoutGraph)
        graph.tallies = tallies(picture.cases, self._now, stretches=HALF_HOURS)
        banner: SprayBanner = self.query_one(SprayBanner)
        banner.sprays = picture.sprays
        self._sum_up(picture, view, len(shown))
        self._tell_case()

    def _empty(self, picture: Picture, view: View) -> str:
        if picture.read_at is None:
            return ""
        return "Nobody is locked out now." if view == type(view)() else "No case is like that. Escape shows all."

    def _sum_up(self, picture: Picture, view: View, shown: int) -> None:
        """The line on top; it is sent to the terminal only when it says something else."""
        from tui.desk.lockouts import words
        from tui.desk.lockouts.case import Shut
        from widgets.lockouts.bell import Bell

        if picture.read_at is None:
            return
        cases = picture.open
        blocked = sum(case.shut is Shut.BLOCKED for case in cases)
        locked = len({case.user_id for case in cases if case.shut is not Shut.BLOCKED})
        blocks = f"{blocked}{'' if picture.blocks_known else ' or more'} blocked by device"
        if not picture.blocks_known and not blocked:
            blocks = "device blocks not known"
        read_at = words.clock(picture.read_at)
        parts = [
            f"{locked}{'+' if picture.more else ''} locked out, {blocks}",
            f"as of {read_at:%H:%M}",
            words.feed(picture.feed, self._now),
        ]
        if (
            view != type(view)()
        ):  # in front: in a narrow window the rest is cut, and nobody may miss that rows are hidden
            parts.insert(0, f"{shown} shown: {view.words}")
        if self.bell is not Bell.OFF:
            parts.append(self.bell.value)
        text = " · ".join(parts)
        if text != self._summary:
            self._summary = text
            self.query_one("#summary", Static).update(text)

    @on(Rows.Highlighted, "#locked")
    def _tell_case(self) -> None:
        """The case under the cursor, whole."""
        from tui.desk.lockouts import words

        row = self.locked.current
        text = ""
        if row is not None:
            text = words.whole(row.case, self._now, row.handled.agent if row.handled else "")
        if text != self._detail:
            self._detail = text
            self.query_one("#case", Static).update(text)

    # -- choosing among the cases

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Inside the box `/` is a letter."""
        if action == "search":
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def action_show(self) -> None:
        """Open ones, all, mine, nobody's."""
        if self.view is not None:
            self.view = replace(self.view, show=_after(self.view.show, list(type(self.view.show))))

    def action_sort(self) -> None:
        """Another order."""
        if self.view is not None:
            self.view = replace(self.view, order=_after(self.view.order, list(type(self.view.order))))

    def action_cause(self) -> None:
        """Only those of one cause, the commonest first; after the last all again."""
        from tui.desk.lockouts.view import causes

        if self.view is not None and self.picture is not None:
            self.view = replace(self.view, cause=_after(self.view.cause, [None, *causes(self.picture)]))

    def action_search(self) -> None:
        """To the box, which is there while it is needed."""
        self._box.display = True
        self.set_focus(self._box)

    @on(Input.Changed, "#find")
    def searched(self, event: Input.Changed) -> None:
        """Show who fits what is typed."""
        if self.view is not None:
            self.view = replace(self.view, text=event.value.strip())

    @on(Input.Submitted, "#find")
    def found(self) -> None:
        """Enter goes to the list, with what was found."""
        self.locked.focus()

    def action_back(self) -> None:
        """From the box to the list, all of it; another time back to the ordinary choice."""
        self.notice.clear()
        box = self._box
        if box.display:
            box.value = ""
            self.locked.focus()
            box.display = False
        elif self.view is not None:
            self.view = type(self.view)()
        self.locked.focus()

    # -- the case under the cursor

    @on(Rows.Selected, "#locked")
    def action_open(self) -> None:
        """The person."""
        if self.locked.current is not None:
            self.post_message(OpenPerson(self.locked.current.case.user_id))

    def action_why(self) -> None:
        """Why they cannot sign in."""
        if self.locked.current is not None:
            from screens.why.why import WhyScreen

            self.app.push_screen(WhyScreen(self.session, self.changed, self.locked.current.case.user_id))

    @work(exclusive=True, group="handle")
    async def action_handle(self) -> None:
        """Take care of it, or leave it again."""
        row = self.locked.current
        if row is None:
            return
        with self.guarded():
            if row.handled is not None and row.handled.agent == str(self.session.agent):
                await self.reader.watching.leave(row.handled.case_id)
                return
            await self.reader.watching.handle(row.id)
            if row.handled is not None:
                self.notice.show(f"You took this over from {plain(row.handled.agent, limit=60)}", "", Tone.WARN)

    def action_unlock(self) -> None:
        """Unlock the person."""
        if self.locked.current is not None:
            self.notice.clear()
            self.unlock(self.locked.current.case.user_id)

    @work(exclusive=True, group="unlock")
    async def unlock(self, user_id: str) -> None:
        """Read the person first: the list may be half a minute old."""
        with self.guarded():
            self.flow.start(UNLOCK, await self.session.person_with_blocks(user_id))

    def on_person_changed(self, person: Person) -> None:  # noqa: ARG002 - the whole list is read anew
        """Someone was acted on: the list is old."""
        self.reader.ask()

    # -- several

    @on(MarkRows.Marked, "#locked")
    def marked(self) -> None:
        """Say how many are marked."""
        names = [row.case.name or row.case.login for row in self.locked.marked]
        self.query_one(Tray).show(names, "b unlocks all · - unmarks all")

    @work(exclusive=True, group="several")
    async def action_several(self) -> None:
        """Unlock all who are marked, after a look at each."""
        from screens.bulk.bulk import BulkScreen

        rows = {row.case.user_id: row for row in self.locked.marked}
        if not rows:
            self.notice.show("Nobody is marked", "Space marks a person, * all of them.", Tone.WARN)
            return
        with self.guarded():
            people: list[User] = [
                row.user or (await self.session.person(user_id)).user for user_id, row in rows.items()
            ]
            self.app.push_screen(BulkScreen(self.session, self.changed, people, UNLOCK), self.several_done)

    def several_done(self, job: Job | None) -> None:
        """Back from there: who is unlocked is not marked any more."""
        if job is not None:
            self.locked.unmark([row.id for row in self.locked.marked if row.case.user_id in job.done_ids])
            self.notice.show(job.sentence, "", Tone.GOOD if job.clean else Tone.WARN)
            self.reader.read()

    # -- the feed

    def action_pause(self) -> None:
        """Ask Okta nothing by itself, or go on."""
        self.reader.pause_or_resume()

    def action_bell(self) -> None:
        """Off, the bell, the bell and a desktop notice."""
        self._bell = self.bell.next
        self.notice.show(f"New lockouts: {self._bell.value}", "n changes it. It holds until keydesk is closed.")
        self.draw()

    def action_evidence(self) -> None:
        """What shows that somebody tries many people."""
        if self.picture is not None and self.picture.sprays:
            from screens.lockouts.evidence import EvidenceScreen

            self.app.push_screen(EvidenceScreen(self.session, self.picture), self._evidence_done)
        else:
            self.notice.show("No wave in the last hour", "Nobody tries many people from one address or network.")

    def _evidence_done(self, user_id: str | None) -> None:
        if user_id is not None:
            self.post_message(OpenPerson(user_id))

    def action_reload(self) -> None:
        """Read now, also the log where it was given up."""
        self.notice.clear()
        self.reader.reload()

    def palette_commands(self) -> Iterable[Command]:
        """The same as the keys."""
        if self.locked.current is not None:
            name = plain(self.locked.current.case.name or self.locked.current.case.login)
            yield Command(f"Unlock {name}", UNLOCK.effect, "unlock")
            yield Command(f"Why can't {name} sign in?", "w does the same", "why")
            yield Command(f"Take care of {name}", "Or leave it again; h does the same", "handle")
        if self.locked.marked:
            yield Command("Unlock all who are marked", "b does the same", "several")
        if self.picture is not None and self.picture.sprays:
            yield Command("Evidence of the wave", "e does the same", "evidence")
        yield Command("Lockouts: another filter", "f does the same", "show")
        yield Command("Lockouts: another order", "s does the same", "sort")
        yield Command("Pause the lockouts, or go on", "p does the same", "pause")
        yield Command("Bell and desktop notice for new lockouts", "n does the same", "bell")


def _after(value: T, values: Sequence[T]) -> T:
    """The value after this one, in a circle; the first for one that is not among them any more."""
    place = values.index(value) if value in values else -1
    return values[(place + 1) % len(values)]
