"""The command palette: it offers the commands of the current screen, made from the same catalogue as its keys."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct
from textual.actions import parse
from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.widgets import LoadingIndicator

from screens.asks import OpenPerson, SwitchConnector, Visit
from screens.base import DeskScreen
from screens.bound_keys import bound_keys
from tui.desk.ledger.words import outcome_words
from tui.desk.perform.perform import is_of_this_org
from tui.desk.text.okta_terms import ago
from tui.desk.text.plain import plain
from tui.trouble import Trouble
from widgets.dialog import SeeThrough

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.await_complete import AwaitComplete
    from textual.command import Hits
    from textual.dom import DOMNode
    from textual.fuzzy import Matcher

    from screens.bound_keys import BoundKeys
    from tui.desk.session import Session
    from tui.switchboard import ConnectorChoice

RECENT: Final = 10
"""The most people, and the most changes, that are offered again."""
MOVES: Final = frozenset({"move", "page", "first", "last", "stretch", "select", "legend", "next_day"})
"""Actions of keys that nobody looks for by name, and those that another entry names better."""
SHORT: Final = 2
"""Letters of a word that is looked for at the beginning of words alone."""
_OFF: Final = "not bold"
"""The style of what is not possible now: a grey could not be read on the fill of the line that is chosen."""
MODE: Final = {True: "read-only", False: "reads and writes"}


class Palette(SeeThrough, CommandPalette):
    """Textual's palette, but one that may be closed while it still looks for commands.

    Textual's own shows what it found in a list that is gone by then, and crashes. This one has no id, since Textual's
    also crashes when it is opened again while another screen stands above it.
    """

    _leaving = False

    def on_mount(self) -> None:
        """Have nothing blink or turn, which would be sent to the terminal for as long as the palette is open."""
        self.query_one(CommandInput).cursor_blink = False
        self.query_one(LoadingIndicator).auto_refresh = None

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close, and show nothing any more."""
        self._leaving = True
        self._stop_no_matches_countdown()
        return super().dismiss(result)

    def _start_no_matches_countdown(self, search_value: str) -> None:
        """Say shortly that nothing was found."""
        if not self._leaving:
            super()._start_no_matches_countdown(search_value)

    def _watch__list_visible(self) -> None:
        """Show or hide the list."""
        if not self._leaving:
            super()._watch__list_visible()


class PaletteEntry(Struct, frozen=True):
    """One line of the palette: what is shown, what it runs, and whether it is possible now."""

    title: str
    help: str
    run: Callable[[], object]
    off: bool = False


class _OnThisScreen(DiscoveryHit):
    """A command of the screen in front, which stands before those that keydesk has everywhere."""

    @property
    def score(self) -> float:
        """Return more than the 0 of every other one: the palette shows the highest first, else what came first."""
        return 1.0


class _NotNow(DiscoveryHit):
    """A command of the screen in front that is not possible now: behind all that are."""

    @property
    def score(self) -> float:
        """Return less than the 0 of every other one."""
        return -1.0


class DeskCommands(Provider):
    """What can be done on the screen in front, and what was done last.

    The screen's own commands come first, such as every action for the person shown, then each binding that none of
    them stands for, the people of this session, the other connectors, and the last changes in the ledger.
    """

    _session: Session | None = None

    async def startup(self) -> None:
        """Read what lies on the disk; what cannot be read is left out, since the palette must open all the same."""
        self._from_disk: list[PaletteEntry] = []
        if not isinstance(self.screen, DeskScreen):
            return
        self._session = self.screen.session
        self._from_disk += self._connectors(self.screen)
        self._from_disk += await self._done(self.screen, self._session)

    def _commands(self) -> list[PaletteEntry]:
        screen = self.screen
        if not isinstance(screen, DeskScreen):
            return [self._of_key(bound) for bound in bound_keys(screen) if bound.node is not self.app]
        own = [*screen.palette_commands(), *screen.console_commands()]
        entries = [PaletteEntry(each.title, each.help, self._runner(screen, each.action), each.off) for each in own]
        covered = {each.action.removeprefix("screen.") for each in own}
        named: set[tuple[str, str]] = set()  # a list and its screen may have the same key for the same
        for bound in bound_keys(screen):
            moves = parse(bound.action)[1] in MOVES
            if bound.node is not self.app and bound.action not in covered and not moves:
                if (bound.does, bound.keys) not in named:
                    entries.append(self._of_key(bound))
                named.add((bound.does, bound.keys))
        return [*entries, *self._recent(screen), *self._from_disk]

    def _of_key(self, bound: BoundKeys) -> PaletteEntry:
        words = f"{bound.keys}: for {bound.group}"
        return PaletteEntry(
            bound.does,
            words if bound.works else f"{words}, not now",
            self._runner(bound.node, bound.action),
            not bound.works,
        )

    def _runner(self, node: DOMNode, action: str) -> Callable[[], object]:
        async def run() -> None:
            await self.app.run_action(action, node)

        return run

    def _opener(self, screen: DeskScreen, user_id: str, login: str) -> Callable[[], object]:
        return lambda: screen.post_message(OpenPerson((Visit(user_id, user_id, login),), 0))

    def _recent(self, screen: DeskScreen) -> Iterator[PaletteEntry]:
        """Yield the people whose cards were read in this session, the newest first."""
        for user in list(reversed(screen.session.seen.values()))[:RECENT]:
            yield PaletteEntry(
                plain(user.name), f"Seen: {plain(user.login)}", self._opener(screen, user.id, user.login)
            )

    def _connectors(self, screen: DeskScreen) -> Iterator[PaletteEntry]:
        """Yield the other connectors by name."""
        choices: tuple[ConnectorChoice, ...] = getattr(self.app, "connector_choices", tuple)()
        for choice in choices:
            if choice.name != screen.session.connector.name:
                words = " · ".join(
                    filter(None, ("PRODUCTION" * choice.production, plain(choice.org), MODE[choice.read_only]))
                )
                yield PaletteEntry(f"Switch to {plain(choice.name)}", words, self._switcher(screen, choice.name))

    def _switcher(self, screen: DeskScreen, name: str) -> Callable[[], object]:
        return lambda: screen.post_message(SwitchConnector(name))

    async def _done(self, screen: DeskScreen, session: Session) -> list[PaletteEntry]:
        """Return the last changes in the ledger; each opens its person, if they are of this org."""
        try:
            entries = await asyncio.to_thread(session.ledger.entries, limit=RECENT)
        except Trouble:
            return []
        now = session.now()
        return [
            PaletteEntry(
                f"Done: {plain(entry.intent.title)}, {plain(entry.intent.person_login)}",
                f"{ago(entry.at, now)} · {outcome_words(entry)} · ledger entry {entry.seq}",
                self._opener(screen, entry.intent.person_id, entry.intent.person_login),
            )
            for entry in entries
            if entry.intent.person_id and is_of_this_org(session, entry)
        ]

    def _everywhere(self) -> Iterator[PaletteEntry]:
        """Yield what the app can do whichever screen is in front."""
        for command in self.app.get_system_commands(self.screen):
            yield PaletteEntry(command.title, command.help, command.callback)

    async def discover(self) -> Hits:
        """Yield all commands, before anything is typed: first those of the screen."""
        for entry in self._commands():
            kind = _NotNow if entry.off else _OnThisScreen
            yield kind(_title(entry), entry.run, text=entry.title, help=entry.help)
        for entry in self._everywhere():
            yield DiscoveryHit(entry.title, entry.run, help=entry.help)

    async def search(self, query: str) -> Hits:
        """Yield the commands that the query names, the best first; where none is, those with its letters in them."""
        entries = [*self._commands(), *self._everywhere()]
        found = [(entry, place, match) for place, entry in enumerate(entries) if (match := likeness(query, entry))]
        for entry, place, match in found:
            shown = _highlighted(self.matcher(query), entry.title, match.at)
            yield _hit(entry, shown, match.score - place / 10_000)  # among equals the screen's own come first
        if not found:
            matcher = self.matcher(query)
            for entry in entries:
                if (score := matcher.match(entry.title)) > 0:
                    _, at = matcher.fuzzy_search.match(matcher.query, entry.title)
                    yield _hit(entry, _highlighted(matcher, entry.title, at), score)


class Likeness(NamedTuple):
    """How well a command is named by what was typed.

    Attributes:
        score: The higher the better; more than 0.
        at: The places of the typed letters in the title.
    """

    score: float
    at: tuple[int, ...]


def likeness(query: str, entry: PaletteEntry) -> Likeness | None:
    """Return how well a query names a command; `None` where one of its words is in neither title nor help.

    At the beginning of the title is best, then of a word, then within one; one or two letters are looked for at the
    beginning of words alone, since they are within nearly everything. The line beneath counts least: its words, such
    as a login or a key, name the command too.

    Args:
        query: What was typed; its words may stand in any order.
        entry: The command.
    """
    title, beneath = entry.title.lower(), entry.help.lower()
    score = 0.0
    at: list[int] = []
    for word in query.lower().split():
        start = re.search(rf"(?<!\w){re.escape(word)}", title)
        within = title.find(word) if len(word) > SHORT else -1
        if start is not None:
            score += 4.0 if start.start() == 0 else 3.0
            at += range(start.start(), start.end())
        elif within >= 0:
            score += 1.0
            at += range(within, within + len(word))
        elif re.search(rf"(?<!\w){re.escape(word)}", beneath):
            score += 0.5
        else:
            return None
    if not score:
        return None
    return Likeness(score + (1.0 if title == query.lower().strip() else 0.0), tuple(at))


def _hit(entry: PaletteEntry, shown: Content, score: float) -> Hit:
    return Hit(
        max(score, 0.001), shown.stylize(_OFF) if entry.off else shown, entry.run, text=entry.title, help=entry.help
    )


def _title(entry: PaletteEntry) -> Content:
    return Content.styled(entry.title, _OFF) if entry.off else Content(entry.title)


def _highlighted(matcher: Matcher, title: str, at: Sequence[int]) -> Content:
    """Return the title with the matching characters highlighted; Textual's own method would read names as markup."""
    content = Content(title)
    for position in at:
        content = content.stylize(matcher.match_style, position, position + 1)
    return content
