"""The help: one page grouped by job, a page for each command, and topics."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from tui.commands.codes import Code
from tui.commands.output import print_line, print_to_stderr
from tui.commands.parser import sentence, shown
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.text.nearest import did_you_mean
from tui.desk.text.okta_terms import CAPABILITY
from tui.okta.policy import Capability
from tui.okta.tokens import without_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_NAMES: Final = 20
"""Cells for the names of commands on the page."""
_PAGE: Final = """\
usage: keydesk [--demo] [-c NAME] [--read-only] [COMMAND …]

The terminal desk for the people who answer “I can't sign in”. Alone, `keydesk`
starts the app; `keydesk --demo` does so with a made-up org, to try it.
"""
_END: Final = """\
Wherever an org is asked: --demo uses the made-up one, -c NAME another
connector than the default, --read-only changes nothing. --json is for programs.
keydesk help COMMAND says what it takes; keydesk help TOPIC explains one of
{topics}.
"""


_TOGETHER: Final = {
    **dict.fromkeys((Capability.UNLOCK, Capability.PASSWORDS, Capability.MFA), "Unlocking and resetting"),
    **dict.fromkeys((Capability.ACCESS_CODES, Capability.SUSPENSION, Capability.DEVICES), "Better than a reset"),
}
"""The capabilities whose commands share a heading, so that the page stays one page."""


def page(top: argparse.ArgumentParser, headings: Mapping[str, Sequence[str]]) -> str:
    """Return the help page: a line for each command, beneath the jobs that they belong to.

    Args:
        top: The parser of all commands.
        headings: The commands beneath each heading, in order.
    """
    lines = [_PAGE.rstrip("\n"), ""]
    abouts = summaries(top)
    for title, names in headings.items():
        lines.append(f"  {title}:")
        lines += [f"    {name:<{_NAMES}}{abouts[name]}" for name in names]
    return "\n".join([*lines, "", _END.format(topics=", ".join(TOPICS))])


def subparsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of a parser's commands or verbs, by their names."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to them
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            return dict(action.choices)
    return {}


def summaries(parser: argparse.ArgumentParser) -> dict[str, str]:
    """Return the one line on each of a parser's commands or verbs, by their names."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to them
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            return {choice.dest: (choice.help or "").replace("%%", "%") for choice in action._get_subactions()}  # noqa: SLF001
    return {}


def heading_of(command: str) -> str:
    """Return the heading of an action's command: the capability that an admin switches on to allow it."""
    capability = ACTIONS[command].capability
    return _TOGETHER.get(capability, CAPABILITY[capability])


# -- topics


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{name:<12}  {about}" if len(name) < 13 else f"{name}\n{'':<14}{about}" for name, about in pairs)  # noqa: PLR2004 - the column


def _exit_codes() -> str:
    from tui.commands.reference import exit_codes

    return _pairs(exit_codes())


def _environment() -> str:
    from tui.commands.reference import ENVIRONMENT

    return _pairs(ENVIRONMENT)


def _files() -> str:
    from tui.commands.reference import files

    return _pairs(files()) + "\n\n`keydesk paths` prints where they lie, and what wins over what."


def _examples() -> str:
    from tui.commands.reference import EXAMPLES

    return "\n".join(f"{typed}\n    {about}" for typed, about in EXAMPLES)


def _colours() -> str:
    from tui.commands.reference import COLOURS

    return COLOURS


TOPICS: Final[Mapping[str, Callable[[], str]]] = {
    "examples": _examples,
    "exit-codes": _exit_codes,
    "environment": _environment,
    "files": _files,
    "colours": _colours,
}
"""What `keydesk help TOPIC` can explain."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    del common  # help is printed without an org
    sub = commands.add_parser(
        "help",
        help="this page, a command's options, or a topic",
        description=f"Prints the help page, what a command takes, or a topic: {', '.join(TOPICS)}.",
    )
    sub.add_argument("topic", nargs="*", metavar="TOPIC", help="a command such as `unlock`, or a topic")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a topic, or the help of a command."""
    found: argparse.ArgumentParser = arguments.parser
    words: list[str] = arguments.topic
    if len(words) == 1 and (topic := TOPICS.get(words[0])):
        print_line(topic())
        return Code.OK
    for number, word in enumerate(words):
        below = subparsers(found)
        if word not in below:
            known = [*below, *TOPICS] if number == 0 else [*below]
            likely = did_you_mean(word, known)
            print_to_stderr(without_tokens(f"keydesk: {sentence(f'there is no help on {shown(word)}', likely)}"))
            return Code.USAGE
        found = below[word]
    print_line(found.format_help().rstrip("\n"))
    return Code.OK
