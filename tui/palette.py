"""The command palette: what the screen shown offers, from the same catalogue as its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Provider

from screens.base import DeskScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.command import Hits

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
            yield DiscoveryHit(command.title, run, help=command.help)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for command, run in self._commands():
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(score, matcher.highlight(command.title), run, help=command.help)
