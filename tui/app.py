"""The Textual app: holds the session and its screens, and changes both for those of another connector."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.signal import Signal

from screens.start import StartScreen
from tui.places import PLACES
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.binding import BindingType
    from textual.command import Provider
    from textual.screen import Screen

    from screens.base import OpenPerson, SwitchConnector
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.text.tone import Tone
    from tui.places import Place
    from tui.switchboard import Switchboard


def _bad() -> Tone:
    from tui.desk.text.tone import Tone

    return Tone.BAD


def _good() -> Tone:
    from tui.desk.text.tone import Tone

    return Tone.GOOD


def _desk_commands() -> type[Provider]:
    from tui.palette import DeskCommands

    return DeskCommands


class Keydesk(App[int]):
    """keydesk on a terminal.

    Attributes:
        session: The session; not there before it is opened.
        trouble: Why no session came about, for whoever started the app.
    """

    TITLE = "keydesk"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = App.COMMANDS | {_desk_commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        *sorted(
            [
                *(Binding(place.key, f"go('{place.name}')", place.label) for place in PLACES),
                Binding("f6", "next_connector", "Switch"),
            ],
            key=lambda binding: binding.key,  # the footer shows them in this order
        ),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
    ]
    session: Session

    def __init__(
        self,
        opening: Callable[[], Session],
        *,
        switchboard: Callable[[], Switchboard] | None = None,
        typing_pause: float = 0.12,
        dwell: float = 0.3,
        every: float = 30.0,
    ) -> None:
        """Build the app.

        Args:
            opening: Makes the first session; called in a thread once the box is on the screen, since what it imports
                takes longer than the rest of the start.
            switchboard: Where the other connectors are found; asked only after `opening`.
            typing_pause: Seconds without a key before Okta is asked.
            dwell: Seconds on a row before the person's parts are read.
            every: Seconds between two readings of the lockouts.
        """
        super().__init__()
        self.person_changed: Signal[Person] = Signal(self, "person_changed")
        self.animation_level = "none"
        self.trouble: Trouble | None = None
        self._opening = opening
        self._switchboard = switchboard
        self._options = {"typing_pause": typing_pause, "dwell": dwell, "every": every}
        self._sessions = 0

    def get_default_screen(self) -> Screen[None]:
        """The box first."""
        return StartScreen()

    def on_mount(self) -> None:
        """Load the rest once the box is on the screen."""
        self.call_after_refresh(self.begin)

    @work
    async def begin(self) -> None:
        """Open the session, go to the lookup screen with what was typed, connect, and name what was left open."""
        try:
            self.session = await asyncio.to_thread(self._load)
        except Trouble as trouble:
            self.trouble = trouble
            self.exit(1)
            return
        start = self.screen_stack[0]  # the palette may be open over it
        self._add_modes(self.session)
        await self.switch_mode(self._mode("lookup"))
        if isinstance(start, StartScreen):
            self._carry_over(start.typed)
        await self.session.client.http()
        await self._name_open_entries()

    def _load(self) -> Session:
        """Import the screens, in a thread, and make the session."""
        for place in PLACES:
            if place.early:
                place.load()  # a third of the start-up time
        return self._opening()

    def _mode(self, name: str) -> str:
        """Textual's name of one of the screens; each session has screens of its own."""
        return f"{name} {self._sessions}"

    def _add_modes(self, session: Session) -> None:
        """Add a mode for each place; its screen is made when the agent first goes there."""
        for place in PLACES:
            self.add_mode(self._mode(place.name), partial(self._make, place, session, self.person_changed))

    def _make(self, place: Place, session: Session, changed: Signal[Person]) -> Screen[None]:
        options = {name: self._option(name) for name in place.options}
        return place.load()(session, changed, **options)

    def _option(self, name: str) -> object:
        """What a screen's constructor gets by this name; the switchboard is made when first asked for."""
        if name == "switchboard":
            return self._switchboard() if self._switchboard else None
        return self._options[name]

    # -- another connector

    def action_next_connector(self) -> None:
        """To the connector after this one, in the list's order."""
        from screens.base import DeskScreen

        screen = self.screen
        if not isinstance(screen, DeskScreen):  # not from behind a dialog: a change may be under way there
            return
        with screen.guarded():
            names = [known.name for known in self._switchboard().known()] if self._switchboard else []
            here = names.index(self.session.connector.name) if self.session.connector.name in names else -1
            if len(names) - (here >= 0) < 1:
                raise Trouble("There is no other connector", advice="F5 lists the connectors and adds one.")
            self.switch_to(names[(here + 1) % len(names)], self.current_mode.rpartition(" ")[0])

    @work(exclusive=True, group="switch")
    async def switch_to(self, name: str, mode: str = "lookup", *, told: str = "") -> None:
        """Open a connector and put its screens in the place of these; on failure all stays as it was."""
        from screens.connectors.opening import OpeningScreen

        if self._switchboard is None or (name == self.session.connector.name and not told):
            return
        opening = OpeningScreen(name, self._switchboard().open)
        session = await self.push_screen_wait(opening)
        if session is None:
            if opening.trouble:
                self._tell(opening.trouble.title, opening.trouble.advice, _bad())
            return
        await self._replace(session, mode)
        if told:
            self._tell(told, "", _good())

    async def _replace(self, session: Session, mode: str) -> None:
        """Show a new session; nothing of the one before stays on the screen, in a worker or in memory."""
        old, self.session = self.session, session
        stale = [self._mode(place.name) for place in PLACES]
        self._sessions += 1
        self.person_changed = Signal(self, "person_changed")
        self._add_modes(session)
        await self.switch_mode(self._mode(mode))
        for name in stale:
            await self.remove_mode(name)
        await old.client.aclose()
        old.ledger.close()
        await session.client.http()
        await self._name_open_entries()

    async def on_switch_connector(self, message: SwitchConnector) -> None:
        """Some screen asks for another connector, or for this one as it is now."""
        self.switch_to(message.name, "connectors" if message.notice else "lookup", told=message.notice)

    def _carry_over(self, typed: str) -> None:
        from screens.people.lookup import LookupScreen

        if typed and isinstance(self.screen, LookupScreen):
            self.screen.typed_before(typed)

    async def _name_open_entries(self) -> None:
        from tui.desk.text.plain import plain
        from tui.desk.text.tone import Tone

        try:
            entries = await asyncio.to_thread(self.session.ledger.open_entries)
        except Trouble as trouble:
            self._tell(trouble.title, f"{trouble.advice} Until then nothing can be changed from here.", Tone.BAD)
            return
        if entries:
            newest = entries[0].intent
            what = f"{newest.title} for {plain(newest.person_login, limit=60)}"
            others = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
            self._tell(
                f"The outcome of {what}{others} is not known",
                "F4 opens the ledger: o shows them, s looks at the person and settles it.",
                Tone.WARN,
            )

    def _tell(self, title: str, detail: str, tone: Tone) -> None:
        from screens.base import DeskScreen

        if isinstance(self.screen, DeskScreen):
            self.screen.notice.show(title, detail, tone, lasting=True)

    async def action_go(self, mode: str) -> None:
        """To another of the screens; each stays as it was left."""
        from screens.base import DeskScreen

        if isinstance(self.screen, DeskScreen):  # not from behind a dialog, nor before the session is open
            await self.switch_mode(self._mode(mode))

    def _go(self, mode: str) -> None:
        self.run_worker(self.action_go(mode))

    async def on_open_person(self, message: OpenPerson) -> None:
        """Some screen asks for a person."""
        from screens.people.lookup import LookupScreen

        await self.switch_mode(self._mode("lookup"))
        while not isinstance(self.screen, LookupScreen) and len(self.screen_stack) > 1:
            await self.pop_screen()  # the software of somebody else
        screen = self.screen
        if isinstance(screen, LookupScreen):
            screen.open_person(message.user_id)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette's own entries, without those that make no sense here."""
        for place in PLACES:
            yield SystemCommand(place.title, place.help, partial(self._go, place.name))
        for command in super().get_system_commands(screen):
            if command.title in {"Theme", "Keys", "Quit"}:
                yield command

    async def action_quit(self) -> None:
        """Leave; a dialog in the middle of a change may ask for a second time."""
        may_leave = getattr(self.screen, "may_leave", None)
        if may_leave is None or may_leave():
            await super().action_quit()

    def _fatal_error(self) -> None:
        """Show a crash without local variables, which Textual would print and which can hold secrets."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        """Close the connection and the ledger."""
        if self.trouble is None and hasattr(self, "session"):
            await self.session.client.aclose()
            self.session.ledger.close()
