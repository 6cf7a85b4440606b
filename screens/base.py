"""What all screens of the desk share: the top line, the notice, and the one place that shows expected failures."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.screen import Screen

from tui.desk.text.tone import Tone
from tui.okta.policy import Mode
from tui.trouble import Trouble
from widgets.key_line import KeyLine
from widgets.notice import Notice
from widgets.status_bar import Status, StatusBar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.app import ComposeResult
    from textual.signal import Signal
    from textual.timer import Timer
    from textual.widget import Widget

    from tui.desk.people.person import Person
    from tui.desk.session import Session


@dataclass
class OpenPerson(Message):
    """Some screen asks for a person to be shown on the lookup screen."""

    user_id: str


@dataclass
class SwitchConnector(Message):
    """Some screen asks for another connector, or for the one in use as it is now.

    Attributes:
        name: Which.
        told: What was done to it, to be said once it is open; empty for a mere switch.
    """

    name: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """An entry for the command palette: title, help, and the action string to run on the screen."""

    title: str
    help: str
    action: str


class DeskScreen(Screen[None]):
    """A screen that has the session, by constructor; it never imports the App."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it as an instance's
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 - as above

    def __init__(self, session: Session, changed: Signal[Person]) -> None:
        super().__init__()
        self.session = session
        self.changed = changed
        self._ticker: Timer | None = None

    def compose(self) -> ComposeResult:
        """Top line, the screen's own body, notice, footer."""
        yield StatusBar()
        yield from self.body()
        yield Notice()
        yield KeyLine()

    def body(self) -> Iterable[Widget]:
        """The widgets between the top line and the notice."""
        return ()

    def on_mount(self) -> None:
        """Follow the rate limits and the people that change."""
        self.changed.subscribe(self, self.on_person_changed)
        self._ticker = self.set_interval(1.0, self._show_status, pause=True)
        self.refresh_status()

    def on_screen_resume(self) -> None:
        """Take the rate limits' news while this screen is the one shown."""
        self.session.client.budget.on_change = self.refresh_status
        self.refresh_status()

    def on_person_changed(self, person: Person) -> None:
        """A person was read anew somewhere; screens that show them take the new value."""

    def refresh_status(self) -> None:
        """Show the top line now, and tick while a request is held back."""
        waiting = self.session.client.budget.waiting
        if self._ticker is not None:
            if waiting:
                self._ticker.resume()
            else:
                self._ticker.pause()
        self._show_status()

    def _show_status(self) -> None:
        budget, connector = self.session.client.budget, self.session.connector
        seconds = None
        if budget.waiting:
            seconds = max(0, round(budget.waiting.until - self.session.client.clock.monotonic()))
        tightest = budget.tightest()
        for bar in self.query(StatusBar):
            bar.status = Status(
                connector=connector.name,
                org=connector.org.host,
                read_only=self.session.client.policy.mode is Mode.READ_ONLY,
                agent=str(self.session.agent),
                colour=connector.colour,
                production=connector.production,
                # In steps of ten, so that the line is not drawn again for each request.
                left=round(tightest.share, 1) if tightest else 1.0,
                waiting=seconds,
            )

    @property
    def notice(self) -> Notice:
        """The notice line."""
        return self.query_one(Notice)

    def report(self, trouble: Trouble) -> None:
        """Show an expected failure."""
        detail = " ".join(filter(None, (trouble.advice, f"({trouble.detail})" if trouble.detail else "")))
        request_id = getattr(trouble, "request_id", "")
        self.notice.show(trouble.title, f"{detail} [request {request_id}]" if request_id else detail, Tone.BAD)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Show expected failures of what is done inside; everything else crashes, as a bug should."""
        try:
            yield
        except Trouble as trouble:
            if self.is_mounted:
                self.report(trouble)

    def palette_commands(self) -> Iterable[Command]:
        """What the command palette offers on this screen."""
        return ()
