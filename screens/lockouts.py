"""Who is locked or blocked now, newest first; one key to the person, one to unlock them, one for all who are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.reactive import var
from textual.widgets import Static

from screens.acting import Acting
from screens.base import Command, OpenPerson
from tui.desk import words
from tui.desk.card import Tone
from tui.desk.catalogue_accounts import UNLOCK
from tui.desk.plain import plain
from widgets.columns import Column
from widgets.marks import MarkRows
from widgets.rows import Rows
from widgets.tray import Tray

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.lockouts import Lockout, Lockouts
    from tui.desk.person import Person
    from tui.desk.session import Session
    from tui.desk.several import Job
    from tui.trouble import Trouble


class LockoutsScreen(Acting):
    """Reads the list again every `every` seconds while it is shown, yielding to the agent's own requests."""

    CSS_PATH = "lockouts.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open person"),
        Binding("r", "reload", "Refresh"),
        Binding(UNLOCK.key, "unlock", UNLOCK.title),
        Binding("b", "several", "Several", show=False),  # the tray says it
    ]

    found: var[Lockouts | None] = var(None)

    def __init__(self, session: Session, changed: Signal[Person], *, every: float = 30.0) -> None:
        super().__init__(session, changed)
        self._every = every
        self._complained = False

    def body(self) -> Iterable[Widget]:
        """A line on top, the list below."""
        yield Static("Reading who is locked out …", id="summary", markup=False)
        columns: tuple[Column[Lockout], ...] = (
            Column("Since", lambda row: words.ago(row.since, self._now) if row.since else "unknown", 12),
            Column(
                "State",
                lambda row: "Blocked" if row.blocked else plain(words.status_words(row.user.status)),
                11,
                style=lambda row: "rows--warning" if row.blocked else "rows--danger",
            ),
            Column("Name", lambda row: plain(row.user.name), 16, grow=3),
            Column("Login", lambda row: plain(row.user.login), 18, grow=3, drop=1),
            Column("Department", lambda row: plain(row.user.text("department")), 12, grow=2, drop=2),
            Column("Password of", lambda row: plain(words.provider_words(row.user)), 14, grow=1, drop=3),
        )
        yield MarkRows(columns, key=lambda row: row.user.id, id="locked")
        yield Tray(id="tray", markup=False)

    def on_mount(self) -> None:
        """Read at once, then again and again."""
        self._now: datetime = self.session.now()
        self.locked.focus()
        self.set_interval(self._every, self._poll)

    def on_screen_resume(self) -> None:
        """Read again when the screen comes back."""
        self.read()

    def _poll(self) -> None:
        if self.app.screen is self:
            self.read(background=True)

    @property
    def locked(self) -> MarkRows[Lockout]:
        """The list."""
        return self.query_one("#locked", MarkRows)

    @work(exclusive=True, group="lockouts")
    async def read(self, *, background: bool = False) -> None:
        """Read the list; blocked people come after the locked ones, since they cost a question each."""
        with self.guarded():
            async for found in self.session.lockouts(background=background):
                self._now = self.session.now()
                if found.done or self.found is None:
                    self.found = found
                if found.done and not found.trouble and self._complained:
                    self._complained = False
                    self.notice.clear()

    def report(self, trouble: Trouble) -> None:
        """What a reading complains of stands until one works."""
        self._complained = True
        super().report(trouble)

    def watch_found(self, found: Lockouts | None) -> None:
        """Show the list."""
        if found is None:
            return
        self.locked.rows = found.rows
        self.locked.empty = "Nobody is locked out now."
        blocked = sum(row.blocked for row in found.rows)
        blocks = f"{blocked}{' or more' if found.trouble else ''} blocked by device"
        if found.trouble and not blocked:
            blocks = "device blocks not known"
        count = f"{len(found.rows) - blocked}{'+' if found.more else ''} locked out, {blocks}"
        self.query_one("#summary", Static).update(f"{count} · as of {self._now.astimezone():%H:%M:%S}")
        if found.trouble:
            self._complained = True
            self.notice.show("Not all device blocks could be read", str(found.trouble), Tone.WARN)

    def on_person_changed(self, person: Person) -> None:  # noqa: ARG002 - the whole list is read anew
        """Someone was acted on: the list is old."""
        self.read()

    @on(Rows.Selected, "#locked")
    def selected(self, event: Rows.Selected[Lockout]) -> None:
        """One key to the person."""
        if event.row is not None:
            self.post_message(OpenPerson(event.row.user.id))

    def action_open(self) -> None:
        """The person under the cursor."""
        if self.locked.current is not None:
            self.post_message(OpenPerson(self.locked.current.user.id))

    # -- acting

    def action_unlock(self) -> None:
        """Unlock the person under the cursor."""
        if self.locked.current is not None:
            self.notice.clear()
            self.unlock(self.locked.current.user.id)

    @work(exclusive=True, group="unlock")
    async def unlock(self, user_id: str) -> None:
        """Read the person first: the list may be half a minute old."""
        with self.guarded():
            self.begin(UNLOCK, await self.session.look(user_id))

    @on(MarkRows.Marked, "#locked")
    def marked(self) -> None:
        """Say how many are marked."""
        names = [row.user.name for row in self.locked.marked]
        self.query_one(Tray).show(names, "b unlocks all · - unmarks all")

    def action_several(self) -> None:
        """Unlock all who are marked, after a look at each."""
        from screens.several import SeveralScreen  # noqa: PLC0415 - rarely needed

        people = [row.user for row in self.locked.marked]
        if not people:
            self.notice.show("Nobody is marked", "Space marks a person, * all of them.", Tone.WARN)
            return
        self.app.push_screen(SeveralScreen(self.session, self.changed, people, UNLOCK), self.several_done)

    def several_done(self, job: Job | None) -> None:
        """Back from there: who is unlocked is not marked any more."""
        if job is not None:
            self.locked.unmark(job.done_ids)
            self.notice.show(job.sentence, "", Tone.GOOD if job.clean else Tone.WARN)
            self.read()

    def palette_commands(self) -> Iterable[Command]:
        """The same as the keys."""
        if self.locked.current is not None:
            yield Command(f"Unlock {plain(self.locked.current.user.name)}", UNLOCK.effect, "unlock")
        if self.locked.marked:
            yield Command("Unlock all who are marked", "b does the same", "several")

    def action_reload(self) -> None:
        """Read now."""
        self.notice.clear()
        self.read()
