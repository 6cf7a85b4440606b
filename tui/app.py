"""The Textual app: holds the session and its screens, and replaces both when the agent switches connectors."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, cast
from weakref import ref

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.signal import Signal
from textual.worker import WorkerError, active_worker

from screens.help_app import HelpApp
from screens.start import StartScreen
from tui.caller_commands import caller_commands
from tui.desk.text.named_keys import key_of, key_said
from tui.desk.text.tone import Tone
from tui.screen_table import SCREENS
from tui.signals import SIGNALLED, ended_by_signals
from tui.trouble import Trouble
from tui.views import Views
from widgets.binding_ids import bindings_now, with_ids

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from weakref import ReferenceType

    from rich.console import RenderableType
    from textual import events
    from textual.await_complete import AwaitComplete
    from textual.binding import BindingType
    from textual.command import Provider
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.theme import Theme

    from screens.asks import LeavePerson, OpenAbout, OpenPerson, SwitchConnector
    from screens.base import DeskScreen
    from screens.people.lookup import LookupScreen
    from tui.desk.connectors.desk_settings import ThemeName
    from tui.desk.left_off.left_off import LeftOff
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.screen_table import ScreenEntry
    from tui.switchboard import ConnectorChoice, Switchboard


SWITCH: Final = "f6"
REFUSED_IN_DIALOGS: Final = {f"go('{entry.name}')": f"opens {entry.label}" for entry in SCREENS} | {
    "choose_connector": "switches the connector"
}
"""What the actions do whose keys do nothing while a dialog is open."""


def _desk_commands() -> type[Provider]:
    from tui.palette import DeskCommands

    return DeskCommands


class Keydesk(HelpApp[int]):
    """keydesk on a terminal.

    Attributes:
        session: The session; the attribute is missing until the session is open.
        trouble: Why the session could not be opened; the caller of `run` raises it.
    """

    TITLE = "keydesk"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_desk_commands}
    BINDINGS: ClassVar[list[BindingType]] = with_ids(
        "app",
        [
            *sorted(
                [
                    *(Binding(entry.key, f"go('{entry.name}')", entry.label) for entry in SCREENS),
                    Binding(SWITCH, "choose_connector", "Switch"),
                ],
                key=lambda binding: binding.key,  # the footer shows the keys in this order
            ),
            Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        ],
    )
    session: Session

    def __init__(
        self,
        opening: Callable[[], Session],
        *,
        switchboard: Callable[[], Switchboard] | None = None,
        typing_pause: float = 0.12,
        dwell: float = 0.3,
        every: float = 30.0,
        theme: ThemeName | None = None,
        cell_diff: bool = True,
        keymap: Mapping[str, str] | None = None,
        left_off: Callable[[], LeftOff] | None = None,
        fresh: bool = False,
    ) -> None:
        """Build the app.

        Args:
            opening: Opens the first session; called in a thread once the start screen is drawn, since its imports
                take longer than the rest of the start.
            switchboard: Returns the switchboard of all connectors; called only after `opening`.
            typing_pause: Seconds after the last key before a search is sent to Okta.
            dwell: Seconds that the cursor stays on a row before the person's parts are read.
            every: Seconds between two readings of the lockouts.
            theme: The theme to start with; another one that the agent chooses is remembered in the settings.
            cell_diff: Whether only changed cells are sent to terminals that are known to take them well.
            keymap: The keys that the settings change, by the ids of their bindings, as `tui.keymap` checked them.
            left_off: Returns what is remembered from one start to the next; `None` remembers nothing. Called where
                `opening` is.
            fresh: Whether to begin without the view of the last time.
        """
        super().__init__(theme=theme, keymap=keymap, cell_diff=cell_diff)
        self.person_changed: Signal[Person] = Signal(self, "person_changed")
        self.trouble: Trouble | None = None
        self._opening = opening
        self._switchboard = switchboard
        self._options = {"typing_pause": typing_pause, "dwell": dwell, "every": every}
        self._sessions = 0
        self._opened_from = ""
        self._remembers = left_off
        self._views = Views(fresh=fresh)
        self._signals = ExitStack()
        self._lookup: ReferenceType[LookupScreen] | None = None
        self._searched = ""  # in the box of the connector before
        self._typed = ""  # on the start screen

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver; where the terminal cannot show every character, one that writes plain ones."""
        from tui.desk.text.charset import UTF_8, terminal_charset

        driver = super().get_driver_class()
        charset = terminal_charset(os.environ, sys.platform)
        if charset == UTF_8:
            return driver
        from widgets.plain_driver import plain_driver

        return plain_driver(driver, charset)

    def get_default_screen(self) -> Screen[None]:
        """Return the start screen, whose search box takes keys while the session is being opened."""
        return StartScreen()

    def pop_screen(self) -> AwaitComplete:
        """Leave the screen in front, and stop what it still reads before Textual takes it apart.

        Textual stops a screen's workers after its widgets are gone, so a late answer would find none of them. The
        worker that leaves its own screen has the result already, and ends by itself.
        """
        leaving, current = self.screen, active_worker.get(None)
        for worker in self.workers:
            if worker.node is leaving and worker is not current:
                worker.cancel()
        return super().pop_screen()

    def on_mount(self) -> None:
        """Open the session once the start screen is drawn."""
        self._signals.enter_context(ended_by_signals(self._end))
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        self.call_after_refresh(self.begin)

    @work(exclusive=True, group="theme")
    async def _remember_theme(self, theme: Theme) -> None:
        """Write the theme that the agent chose into the settings."""
        from tui.desk.connectors.settings import places
        from tui.desk.connectors.settings_toml import remember

        try:
            await asyncio.to_thread(remember, places().settings, "look", "theme", theme.name)
        except Trouble as trouble:
            self._show_notice(f"The theme will not be remembered: {trouble.title}", trouble.advice, Tone.BAD)

    def _end(self, number: int) -> None:
        """End the app: a change under way is cancelled first, and so stands in the ledger as unknown."""
        self.workers.cancel_all()
        self.exit(SIGNALLED + number, return_code=SIGNALLED + number)

    @work
    async def begin(self) -> None:
        """Open the session, show the lookup screen with what was typed, connect, and report open ledger entries."""
        try:
            self.session = await asyncio.to_thread(self._load)
        except Trouble as trouble:
            self.trouble = trouble
            self.exit(1)
            return
        connecting = asyncio.create_task(self.session.client.http())
        start = self.screen_stack[0]  # the palette may be open above it
        self._add_modes(self.session)
        self.keys.pause()
        self._typed = typed = start.typed if isinstance(start, StartScreen) else ""
        await self.switch_mode(self._mode("lookup"))
        if not typed:
            await self._show_last_screen()
        self._typed = ""
        await self.keys.resume()
        self._tell_production()
        await connecting
        for search in [worker for worker in self.workers if worker.group == "search"]:
            with suppress(WorkerError):  # what was typed is answered first
                await search.wait()
        await self._report_open_entries()
        await asyncio.to_thread(self._load_early)

    def _tell_production(self) -> None:
        """Say that this start went back to production, where keydesk was left, and not to the default connector."""
        usual, session = self._switchboard().instead_of if self._switchboard else "", self.session
        if usual and session.connector.production and session.writes:
            title = f"{session.connector.name} is PRODUCTION, and changes are possible: you left keydesk there"
            switches = f"{key_said('app.choose_connector')} switches to {usual}, your default."
            self._show_notice(title, switches, Tone.WARN, lasting=False)

    def _load(self) -> Session:
        """Import the first screen, and open the session; runs in a thread."""
        SCREENS[0].load()  # takes a quarter of the start-up time
        if self._remembers is not None:
            self._views.left_off = self._remembers()
        return self._opening()

    def _load_early(self) -> None:
        """Import what the agent will need in a moment, once nobody waits for the first answer; runs in a thread."""
        import tui.desk.why.on_card  # noqa: F401 - the verdict on the card

        for entry in SCREENS:
            if entry.early:
                entry.load()

    def _mode(self, name: str) -> str:
        """Return the name of a screen's mode, with a number in it, since each session has screens of its own."""
        return f"{name} {self._sessions}"

    def _add_modes(self, session: Session) -> None:
        """Add a mode for each screen of the table; the screen is made when the agent first opens it."""
        for entry in SCREENS:
            self.add_mode(self._mode(entry.name), partial(self._make_screen, entry, session, self.person_changed))

    def _make_screen(self, entry: ScreenEntry, session: Session, changed: Signal[Person]) -> Screen[None]:
        options = {name: self._option(name) for name in entry.options}
        screen = entry.load()(session, changed, **options)
        if entry.name == "lookup":
            lookup = cast("LookupScreen", screen)
            lookup.search.kept, self._lookup = self._searched, ref(lookup)
            lookup.typed_first = self._typed
        self._views.begin(entry.name, screen, session)
        return screen

    def _option(self, name: str) -> object:
        """Return an option for a screen's constructor; the switchboard is made when a screen first takes it."""
        if name == "switchboard":
            return self._switchboard() if self._switchboard else None
        if name == "left_off":
            return self._views.left_off
        if name == "seen":
            return lambda: self._views.lockouts_seen(str(self.session.agent))
        return self._options[name]

    # -- what is remembered

    async def _show_last_screen(self) -> None:
        """Show the screen that was in front when keydesk was closed."""
        last = self._views.last_screen(self.session)
        if last != "lookup" and last in {entry.name for entry in SCREENS}:
            await self.switch_mode(self._mode(last))

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End the app, and remember what is in front."""
        self._remember()
        super().exit(result, return_code, message)

    def _remember(self) -> None:
        """Write down what the agent leaves."""
        if hasattr(self, "session"):
            self._views.write(self.session, self.current_mode.rpartition(" ")[0])

    # -- another connector

    def action_choose_connector(self) -> None:
        """Show the menu of connectors, and switch to the one that is chosen."""
        from screens.base import DeskScreen

        screen = self.screen
        if not isinstance(screen, DeskScreen):  # a dialog is open, in which a change may be under way
            return
        with screen.guarded():
            choices = self._switchboard().choices() if self._switchboard else ()
            here = self.session.connector.name
            if not any(choice.name != here for choice in choices):
                raise Trouble(
                    "There is no other connector",
                    advice=f"{key_said('app.go.connectors')} lists the connectors and adds one.",
                )
            from screens.connectors.menu import ConnectorMenuScreen

            mode = self.current_mode.rpartition(" ")[0]
            self.push_screen(ConnectorMenuScreen(choices, here), lambda name: self.switch_to(name or here, mode))

    def switch_to(self, name: str, mode: str = "lookup", *, notice: str = "") -> None:
        """Open a connector and replace all screens by its own; on failure show a notice and change nothing.

        What is typed meanwhile waits for the new screens, since it is not meant for the person shown before.

        Args:
            name: The connector.
            mode: The screen to show first, by its name in the table.
            notice: A text to show afterwards; with one, also the current connector is opened anew.
        """
        if self._switchboard is not None and (name != self.session.connector.name or notice):
            self.keys.pause(passing=("escape", "ctrl+c", "ctrl+q"))
            self._switch(self._switchboard().open, name, mode, notice)

    @work(exclusive=True, group="switch")
    async def _switch(self, opens: Callable[[str], Session], name: str, mode: str, notice: str) -> None:
        from screens.connectors.opening import AskProductionScreen, OpeningScreen

        opening = OpeningScreen(name, opens)
        session = await self.push_screen_wait(opening)
        if session is None:
            await self.keys.resume(drop=True)
            if opening.trouble:
                self._show_notice(opening.trouble.title, opening.trouble.advice, Tone.BAD)
            return
        if session.connector.production and session.writes and not self.session.writes:
            await self.keys.resume(drop=True)
            if not await self.push_screen_wait(AskProductionScreen(session, answered=self.keys.pause)):
                await self.keys.resume()
                await session.client.aclose()
                session.ledger.close()
                return
        await self._replace(session, mode)
        if notice:
            self._show_notice(notice, "", Tone.GOOD)

    async def _replace(self, session: Session, mode: str) -> None:
        """Show a new session; nothing of the old one stays on the screen, in a worker or in memory."""
        self._remember()
        self._views.opened.clear()
        old, self.session = self.session, session
        if self._lookup is not None and (lookup := self._lookup()) is not None:
            self._searched = lookup.search.text
        old_modes = [self._mode(entry.name) for entry in SCREENS]
        self._sessions += 1
        self.person_changed = Signal(self, "person_changed")
        self._add_modes(session)
        await self.switch_mode(self._mode(mode))
        for name in old_modes:
            await self.remove_mode(name)
        await self.keys.resume()
        await old.client.aclose()
        old.ledger.close()
        await session.client.http()
        await self._report_open_entries()

    async def on_switch_connector(self, message: SwitchConnector) -> None:
        """Switch to the connector that a screen asks for, or open the current one anew."""
        self.switch_to(message.name, "connectors" if message.notice else "lookup", notice=message.notice)

    async def _report_open_entries(self) -> None:
        from tui.desk.text.plain import plain

        try:
            entries = await asyncio.to_thread(self.session.ledger.open_entries)
        except Trouble as trouble:
            self._show_notice(trouble.title, f"{trouble.advice} Until then nothing can be changed from here.", Tone.BAD)
            return
        if entries:
            newest = entries[0].intent
            change = f"{newest.title} for {plain(newest.person_login, limit=60)}"
            others = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
            self._show_notice(
                f"The outcome of {change}{others} is not known",
                f"{key_said('app.go.ledger')} opens the ledger: {key_of('ledger.only_open')} shows them, "
                f"{key_of('ledger.settle')} looks at the person and settles it.",
                Tone.WARN,
            )

    def _show_notice(self, title: str, detail: str, tone: Tone, *, lasting: bool = True) -> None:
        from screens.base import DeskScreen

        if isinstance(self.screen, DeskScreen):
            self.screen.notice.show(title, detail, tone, lasting=lasting)

    async def action_go(self, mode: str) -> None:
        """Show another screen, in the state in which the agent left it."""
        from screens.base import DeskScreen

        if isinstance(self.screen, DeskScreen):  # else a dialog is open, or the session is not open yet
            await self.switch_mode(self._mode(mode))

    def _run_go(self, mode: str) -> None:
        going: Callable[[], Awaitable[None]] = partial(self.action_go, mode)
        self.run_worker(going)

    async def on_open_person(self, message: OpenPerson) -> None:
        """Show the person whom a screen asks for."""
        from screens.people.lookup import LookupScreen

        self._opened_from = self.current_mode
        await self.switch_mode(self._mode("lookup"))
        while not isinstance(self.screen, LookupScreen) and len(self.screen_stack) > 1:
            await self.pop_screen()  # a screen about another person, such as their software
        screen = self.screen
        if isinstance(screen, LookupScreen):
            screen.visit(message.visits, message.at)

    async def on_leave_person(self, message: LeavePerson) -> None:
        """Return to the screen, or to the dialog on it, from which the person was opened."""
        from screens.asks import CanComeBack

        await self.switch_mode(self._opened_from)
        screen = self.screen
        if isinstance(screen, CanComeBack):
            screen.came_back(message.key)

    async def on_key(self, event: events.Key) -> None:
        """Say why another screen's key does nothing in a dialog, which lets no key of the app through."""
        bound = bindings_now(self).key_to_bindings.get(event.key, ()) if isinstance(self.screen, ModalScreen) else ()
        if name := next(filter(None, (REFUSED_IN_DIALOGS.get(binding.action) for binding in bound)), ""):
            self.notify(f"{event.key.upper()} {name}: first close this dialog. Nothing typed here is lost.", timeout=4)

    def on_open_about(self, message: OpenAbout) -> None:
        """Open a screen about a person in front of the one that asks for it."""
        from screens.asks import PersonScreen
        from tui.person_screens import screen_about

        screen = screen_about(self.session, self.person_changed, message)
        if message.screen is PersonScreen.SOFTWARE:
            self._views.begin(message.screen.value, cast("DeskScreen", screen), self.session)
        self.push_screen(screen)

    def action_command_palette(self) -> None:
        """Open the command palette, unless it is in front."""
        from tui.palette import Palette

        if self.use_command_palette and not isinstance(self.screen, Palette):
            self.push_screen(Palette(placeholder="An action, somebody of late, a screen, a theme"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield the palette's own entries: the screens, and those of Textual's commands that make sense here."""
        for entry in SCREENS:
            yield SystemCommand(entry.title, entry.help, partial(self._run_go, entry.name))
        if hasattr(self, "session"):  # there is none before the first screen
            calls = self._switchboard is not None and self._switchboard().callers
            yield from caller_commands(self, self.session, self.take_call if calls else None)
        yield SystemCommand("Keys", "? or F1: the keys of this screen", self.action_show_keys)
        yield SystemCommand("Save picture", "What is shown, as SVG, into the home folder", self._picture_soon)
        for name in self.available_themes:
            yield SystemCommand(f"Theme: {name}", "The choice is remembered", partial(setattr, self, "theme", name))
        for command in super().get_system_commands(screen):
            if command.title == "Quit":
                yield command

    async def take_call(self, login: str | None) -> None:
        """Look a caller of the demo up."""
        if login:
            await self.switch_mode(self._mode("lookup"))
            from textual.widgets import Input

            box = self.screen.query_one("#query", Input)
            box.value, box.cursor_position = login, len(login)

    def connector_choices(self) -> Iterable[ConnectorChoice]:
        """Return all connectors; none where they cannot be read."""
        try:
            return self._switchboard().choices() if self._switchboard else ()
        except Trouble:
            return ()

    def _picture_soon(self) -> None:
        self.call_after_refresh(self.save_picture)  # once the palette is gone

    @work(exclusive=True, group="picture")
    async def save_picture(self) -> None:
        """Write what is shown into a new SVG file, unless it is a secret."""
        from screens.save_as import write_picture

        await write_picture(self, self.session.now())

    async def action_quit(self) -> None:
        """Quit, unless a dialog in the middle of a change wants the key pressed twice."""
        may_leave = getattr(self.screen, "may_leave", None)
        if may_leave is None or may_leave():
            await super().action_quit()

    async def on_unmount(self) -> None:
        """Close the connection and the ledger of the session."""
        self._signals.close()
        if self.trouble is None and hasattr(self, "session"):
            await self.session.client.aclose()
            self.session.ledger.close()
