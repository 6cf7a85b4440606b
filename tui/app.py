"""The Textual app: holds the session, the three screens, and nothing else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segments
from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.signal import Signal

from screens.base import DeskScreen
from screens.ledger import LedgerScreen
from screens.lockouts import LockoutsScreen
from screens.lookup import LookupScreen
from tui.desk.card import Tone
from tui.desk.plain import plain
from tui.palette import DeskCommands
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.binding import BindingType
    from textual.command import Provider
    from textual.screen import Screen

    from screens.base import OpenPerson
    from tui.desk.person import Person
    from tui.desk.session import Session


class Keydesk(App[int]):
    """keydesk on a terminal."""

    TITLE = "keydesk"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = App.COMMANDS | {DeskCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "go('lookup')", "Look up"),
        Binding("f3", "go('lockouts')", "Lockouts"),
        Binding("f4", "go('ledger')", "Ledger"),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.person_changed: Signal[Person] = Signal(self, "person_changed")
        self.animation_level = "none"
        self.add_mode("lookup", lambda: LookupScreen(session, self.person_changed))
        self.add_mode("lockouts", lambda: LockoutsScreen(session, self.person_changed))
        self.add_mode("ledger", lambda: LedgerScreen(session, self.person_changed))

    async def on_mount(self) -> None:
        """Open on the search box; then connect, and look for what was left without an outcome."""
        await self.switch_mode("lookup")
        self.call_after_refresh(self.begin)

    @work
    async def begin(self) -> None:
        """Load what the first request needs, and say what the last session left open."""
        await self.session.client.http()
        try:
            entries = await asyncio.to_thread(self.session.ledger.open_entries)
        except Trouble as trouble:
            self._tell(trouble.title, f"{trouble.advice} Until then nothing can be changed from here.", Tone.BAD)
            return
        if entries:
            newest = entries[0].intent
            what = f"{newest.title} for {plain(newest.person_login)}"
            others = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
            self._tell(
                f"The outcome of {what}{others} is not known",
                "F4 opens the ledger: o shows them, s looks at the person and settles it.",
                Tone.WARN,
            )

    def _tell(self, title: str, detail: str, tone: Tone) -> None:
        if isinstance(self.screen, DeskScreen):
            self.screen.notice.show(title, detail, tone)

    async def action_go(self, mode: str) -> None:
        """To another of the three screens; each stays as it was left."""
        if isinstance(self.screen, DeskScreen):  # not from behind a dialog
            await self.switch_mode(mode)

    async def on_open_person(self, message: OpenPerson) -> None:
        """Some screen asks for a person."""
        await self.switch_mode("lookup")
        screen = self.screen
        if isinstance(screen, LookupScreen):
            screen.open_person(message.user_id)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette's own entries, without those that make no sense here."""
        yield SystemCommand("Look a person up", "F2", lambda: self.run_worker(self.action_go("lookup")))
        yield SystemCommand("Who is locked out", "F3", lambda: self.run_worker(self.action_go("lockouts")))
        yield SystemCommand("Ledger", "F4: what was done, by whom", lambda: self.run_worker(self.action_go("ledger")))
        for command in super().get_system_commands(screen):
            if command.title in {"Theme", "Keys", "Quit"}:
                yield command

    def _fatal_error(self) -> None:
        """Show a crash without local variables, which Textual would print and which can hold secrets."""
        from rich.traceback import Traceback  # noqa: PLC0415 - 65 ms, needed by nobody but a bug

        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        """Close the connection and the ledger."""
        await self.session.client.aclose()
        self.session.ledger.close()
