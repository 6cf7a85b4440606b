"""The list of commands in `keydesk --help`: what only looks first, then the actions by what an admin switches on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from tui.desk.catalogue import ACTIONS
from tui.desk.words import CAPABILITY

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOKING: Final = ("find", "show", "lockouts")
KEEPING: Final = ("ledger", "connect", "connectors", "check")


class ByCapability(argparse.RawDescriptionHelpFormatter):
    """argparse's own page, with headings between the commands."""

    def _format_action(self, action: argparse.Action) -> str:
        if not isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
            return super()._format_action(action)
        lines = {sub.dest: sub for sub in self._iter_indented_subactions(action)}
        parts = []
        for number, (title, names) in enumerate(_sections(list(lines))):
            gap = "\n" if number else ""
            parts.append(f"{gap}{' ' * self._current_indent}{title}:\n")
            self._indent()
            parts += [super(ByCapability, self)._format_action(lines[name]) for name in names]
            self._dedent()
        return self._join_parts(parts)


def _sections(names: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Headings with the commands below them, each command once."""
    wanted = [("Looking", list(LOOKING))]
    for capability in dict.fromkeys(action.capability for action in ACTIONS.values()):
        same = [action.id for action in ACTIONS.values() if action.capability is capability]
        wanted.append((CAPABILITY[capability], same))
    wanted.append(("Ledger and connectors", list(KEEPING)))
    placed = {name for _, listed in wanted for name in listed}
    wanted.append(("More", [name for name in names if name not in placed]))
    for title, listed in wanted:
        if there := [name for name in listed if name in names]:
            yield title, there
