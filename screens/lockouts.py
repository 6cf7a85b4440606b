"""Who is locked or blocked now, newest first; one key to the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding
from textual.reactive import var
from textual.widgets import Static

from screens.base import DeskScreen, OpenPerson
from tui.desk import words
from tui.desk.card import Tone
from tui.desk.plain import plain
from widgets.columns import Column
from widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from textual.binding import BindingType
    from textual.signal import Signal
    from textual.widget import Widget

    from tui.desk.lockouts import Lockout, Lockouts
    from tui.desk.person import Person
    from tui.desk.session import Session


class LockoutsScreen(DeskScreen):
    """Reads the list again every `every` seconds while it is shown, yielding to the agent's own requests."""

    CSS_PATH = "lockouts.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open person"),
        Binding("r", "reload", "Refresh"),
    ]

    found: var[Lockouts | None] = var(None)

    def __init__(self, session: Session, changed: Signal[Person], *, every: float = 30.0) -> None:
        super().__init__(session, changed)
        self._every = every

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
        yield Rows(columns, key=lambda row: row.user.id, id="locked")

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
    def locked(self) -> Rows[Lockout]:
        """The list."""
        return self.query_one("#locked", Rows)

    @work(exclusive=True, group="lockouts")
    async def read(self, *, background: bool = False) -> None:
        """Read the list; blocked people come after the locked ones, since they cost a question each."""
        with self.guarded():
            async for found in self.session.lockouts(background=background):
                self._now = self.session.now()
                if found.done or self.found is None:
                    self.found = found
                if found.done and not found.trouble:
                    self.notice.clear()  # what an earlier reading complained of

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

    def action_reload(self) -> None:
        """Read now."""
        self.notice.clear()
        self.read()
