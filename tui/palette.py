"""The command palette: it offers the commands of the current screen, made from the same catalogue as its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.command import CommandPalette, DiscoveryHit, Hit, Provider
from textual.content import Content

from screens.base import DeskScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.await_complete import AwaitComplete
    from textual.command import Hits
    from textual.fuzzy import Matcher

    from screens.base import Command


class Palette(CommandPalette):
    """Textual's palette, but one that may be closed while it still looks for commands.

    Textual's own shows what it found in a list that is gone by then, and crashes. This one has no id, since Textual's
    also crashes when it is opened again while another screen stands above it.
    """

    _leaving = False

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


class DeskCommands(Provider):
    """The commands of the current screen, such as the actions for the person shown."""

    def _commands(self) -> list[tuple[Command, Callable[[], object]]]:
        screen = self.screen
        if not isinstance(screen, DeskScreen):
            return []
        return [
            (command, self._runner(command)) for command in (*screen.palette_commands(), *screen.console_commands())
        ]

    def _runner(self, command: Command) -> Callable[[], object]:
        screen = self.screen

        async def run() -> None:
            await screen.run_action(command.action)

        return run

    async def discover(self) -> Hits:
        """Yield all commands, before anything is typed."""
        for command, run in self._commands():
            yield DiscoveryHit(Content(command.title), run, text=command.title, help=command.help)

    async def search(self, query: str) -> Hits:
        """Yield the commands whose titles match the query."""
        matcher = self.matcher(query)
        for command, run in self._commands():
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(score, _highlighted(matcher, command.title), run, text=command.title, help=command.help)


def _highlighted(matcher: Matcher, title: str) -> Content:
    """Return the title with the matching characters highlighted; Textual's own method would read names as markup."""
    content = Content(title)
    _, positions = matcher.fuzzy_search.match(matcher.query, title)
    for position in positions:
        content = content.stylize(matcher.match_style, position, position + 1)
    return content
