"""The list of commands in `keydesk --help`, grouped under headings."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NoReturn

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.text.okta_terms import CAPABILITY
from tui.desk.text.tokens import without_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Parser(argparse.ArgumentParser):
    """argparse's parser, whose errors repeat no token that was typed where something else belongs."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and the error, and end with the exit code of wrong usage."""
        super().error(without_tokens(message))


class WithHeadings(argparse.RawDescriptionHelpFormatter):
    """argparse's own help page, with headings between the commands.

    Args:
        prog: The program's name, which argparse hands in.
        headings: The commands under each heading, in order; read when the page is written.
    """

    def __init__(self, prog: str, *, headings: Mapping[str, Sequence[str]], **more: Any) -> None:  # noqa: ANN401 - argparse's
        super().__init__(prog, **more)
        self._headings = headings

    def _format_action(self, action: argparse.Action) -> str:
        if not isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
            return super()._format_action(action)
        lines = {sub.dest: sub for sub in self._iter_indented_subactions(action)}
        parts = []
        for number, (title, names) in enumerate(self._headings.items()):
            gap = "\n" if number else ""
            parts.append(f"{gap}{' ' * self._current_indent}{title}:\n")
            self._indent()
            parts += [super(WithHeadings, self)._format_action(lines[name]) for name in names]
            self._dedent()
        return self._join_parts(parts)


def heading_of(command: str) -> str:
    """Return the heading of an action's command: the capability that an admin switches on to allow it."""
    return CAPABILITY[ACTIONS[command].capability]
