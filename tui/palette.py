"""The command palette: what the screen shown offers, from the same catalogue as its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content

from screens.base import DeskScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.command import Hits
    from textual.fuzzy import Matcher

    from screens.base import Command


class DeskCommands(Provider):
    """Actions for the person shown, and the ways between the screens."""

    def _commands(self) -> list[tuple[Command, Callable[[], object]]]:
        screen = self.screen
        if not isinstance(screen, DeskScreen):
            return []
        return [(command, self._runner(command)) for command in screen.palette_commands()]

    def _runner(self, command: Command) -> Callable[[], object]:
        screen = self.screen

        async def run() -> None:
            await screen.run_action(command.action)

        return run

    async def discover(self) -> Hits:
        """Everything, before a letter is typed."""
        for command, run in self._commands():
            yield DiscoveryHit(Content(command.title), run, text=command.title, help=command.help)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for command, run in self._commands():
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(score, _lit(matcher, command.title), run, text=command.title, help=command.help)


def _lit(matcher: Matcher, title: str) -> Content:
    """The title with what matches in it made to stand out; Textual's own way takes a name for markup."""
    content = Content(title)
    _, places = matcher.fuzzy_search.match(matcher.query, title)
    for place in places:
        content = content.stylize(matcher.match_style, place, place + 1)
    return content
