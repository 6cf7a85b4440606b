"""The help: one page grouped by job, topics, and errors of usage that name what was probably meant."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final, NoReturn

from tui.commands.codes import Code
from tui.commands.output import print_line, print_to_stderr
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.text.nearest import did_you_mean
from tui.desk.text.okta_terms import CAPABILITY
from tui.desk.text.plain import plain
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


class Parser(argparse.ArgumentParser):
    """argparse's parser: an error is two lines, names what was probably meant, and repeats no token that was typed.

    Attributes:
        page: Returns the help page in the place of argparse's own; `None` for that.
    """

    page: Callable[[], str] | None = None

    def format_help(self) -> str:
        """Return the help page."""
        return self.page() if self.page else super().format_help()

    def error(self, message: str) -> NoReturn:
        """Print the error and where the help is, and end with the exit code of wrong usage."""
        print_to_stderr(without_tokens(f"{self.prog}: {message}\n  `{self.prog} --help` says what there is."))
        sys.exit(Code.USAGE)

    def parse_known_args(  # type: ignore[override]  # one signature serves both overloads
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse, and refuse what is left over here, where it is known which options there are.

        argparse would refuse it in the parser above, which does not know the options of its command.
        """
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            first = rest[0]
            if first.startswith("-"):
                likely = did_you_mean(first.partition("=")[0], self._option_string_actions)
                self.error(_sentence(f"there is no option {_shown(first)}", likely))
            self.error(f"{_shown(first)} is one argument too many")
        return found, rest

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Refuse a value that is none of the choices, and name the most similar ones."""
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        likely = did_you_mean(str(value), known)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
            raise argparse.ArgumentError(None, _sentence(f"there is no command {_shown(str(value))}", likely))
        choices = likely or f"There are: {', '.join(known)}."
        raise argparse.ArgumentError(action, _sentence(f"{_shown(str(value))} is no choice", choices))


def _shown(text: str) -> str:
    return f"“{plain(text, limit=60)}”"


def _sentence(text: str, more: str) -> str:
    return f"{text}. {more}" if more else text


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
    return CAPABILITY[ACTIONS[command].capability]


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
            print_to_stderr(without_tokens(f"keydesk: {_sentence(f'there is no help on {_shown(word)}', likely)}"))
            return Code.USAGE
        found = below[word]
    print_line(found.format_help().rstrip("\n"))
    return Code.OK
