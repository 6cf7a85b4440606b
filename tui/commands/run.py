"""The command line: the parser of all commands, and the exit code of an expected failure."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from tui import __version__
from tui.commands.codes import Code
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


_MODULES: Final = (
    ("Looking", ("find", "show", "why", "lockouts", "expiry")),
    ("", ("act.command",)),  # its commands are listed under the headings of their capabilities
    ("Callers", ("verify", "alert", "rules")),
    ("Ledger and connectors", ("ledger", "team", "connect", "connectors", "check")),
    ("More", ("notify", "keys", "doctor.command", "paths", "completion", "man", "help")),
)
"""The modules that add the commands, beneath the headings of the help page, in its order."""
_NEEDS_ALL: Final = frozenset({"completion", "help", "man"})
"""The commands that tell of all the others."""


@cache
def parser(only: str = "") -> argparse.ArgumentParser:
    """Return the parser of the commands; the actions' commands are made from the catalogue.

    Args:
        only: The module of the one command that was typed, as in `_MODULES`; empty for all. The others need not be
            imported then, which would take most of the time until a command begins.
    """
    import argparse

    from tui.commands.parser import Parser
    from tui.desk.connectors.desk_settings import THEMES

    headings: dict[str, list[str]] = {}
    common = argparse.ArgumentParser(add_help=False)
    group = common.add_argument_group("which org")
    group.add_argument("--demo", action="store_true", default=argparse.SUPPRESS, help="use the embedded demo org")
    group.add_argument(
        "-c", "--connector", metavar="NAME", default=argparse.SUPPRESS, help="use this connector, not the default one"
    )
    group.add_argument(
        "--read-only", action="store_true", default=argparse.SUPPRESS, help="change nothing, whatever the connector may"
    )
    group.add_argument(
        "--verify-only",
        action="store_true",
        default=argparse.SUPPRESS,
        help="ask callers to prove themselves, and change nothing else",
    )
    about = "The terminal desk for the people who answer “I can't sign in”."
    front = Parser(prog="keydesk", description=about, parents=[common])
    front.page = lambda: _page(front, headings)
    top: argparse.ArgumentParser = front
    top.add_argument("-V", "--version", action="version", version=f"keydesk {__version__}")
    top.add_argument("--people", type=_people, metavar="N", help="with --demo: how many people the demo org has")
    top.add_argument("--callers", action="store_true", help="with --demo: honest callers and attackers are on the line")
    top.add_argument("--theme", choices=THEMES, default="", help="how the app looks; KEYDESK_THEME names one too")
    top.add_argument("--fresh", action="store_true", help="begin without the connector and the view of the last time")
    top.set_defaults(run=_start_app, parser=top, headings=headings)
    commands = top.add_subparsers(title="commands", metavar="COMMAND", description="without one, the app starts")
    if only:
        _add(only, commands, common)
    else:
        _add_all(commands, common, headings)
    return top


def _page(top: argparse.ArgumentParser, headings: dict[str, list[str]]) -> str:
    from tui.commands.help import page

    return page(top, headings)


def _add(
    module: str, commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Import a module of `_MODULES`, and have it add its commands."""
    import_module(f"tui.commands.{module}").add(commands, common)


def _add_all(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    headings: dict[str, list[str]],
) -> None:
    """Add every command, and list it under its heading for the help page."""
    from tui.commands.help import heading_of

    def list_new_commands(name: str) -> None:
        for command in [command for command in commands.choices if command not in listed]:
            listed.add(command)
            headings.setdefault(name or heading_of(command), []).append(command)

    listed: set[str] = set()
    for name, modules in _MODULES:
        for module in modules:
            _add(module, commands, common)
        list_new_commands(name)
    _add_demo_org(commands)
    list_new_commands("More")


def module_typed(argv: list[str]) -> str:
    """Return the module of the command that was typed, as in `_MODULES`.

    Args:
        argv: The arguments.

    Returns:
        The module; empty where all commands are needed: none was typed, or one that does not exist, whose like are
        named then, or one that tells of all.
    """
    words = iter(argv)
    word = next(words, "")
    while word in {"--demo", "--read-only", "--verify-only", "-c", "--connector"}:
        if word in {"-c", "--connector"}:
            next(words, "")
        word = next(words, "")
    known = {module.removesuffix(".command"): module for _, modules in _MODULES for module in modules}
    if word in known:
        return "" if word in _NEEDS_ALL or word == "act" else known[word]
    if not word or word.startswith("-"):
        return ""
    from tui.desk.actions.catalogue import ACTIONS

    return "act.command" if word in ACTIONS else ""


def _people(text: str) -> int:
    """Parse the size of the demo org here, since a failure in its child process would be seen by nobody."""
    import argparse

    from tui.demo.serve.embedded import MOST_PEOPLE

    if not text.isdecimal() or not 1 <= int(text) <= MOST_PEOPLE:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {MOST_PEOPLE}")
    return int(text)


def run(argv: list[str]) -> int:
    """Parse the arguments and run their command."""
    arguments = parser(module_typed(argv)).parse_args(argv)
    return carry_out(lambda: arguments.run(arguments))


def carry_out(work: Callable[[], int]) -> int:
    """Run a command; an expected failure becomes a message and an exit code, never a traceback."""
    code = int(Code.OK)
    try:
        code = int(work())
        sys.stdout.flush()
    except Trouble as trouble:
        from tui.commands.output import print_trouble

        print_trouble(trouble)
        return _exit_code(trouble)
    except KeyboardInterrupt:
        return Code.INTERRUPTED
    except BrokenPipeError:  # `keydesk find … | head`; mostly raised by the last flush, when the work is done
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _exit_code(trouble: Trouble) -> Code:
    from tui.desk.actions.obstacles import Obstructed
    from tui.desk.ledger.errors import OutcomeNotRecorded
    from tui.okta.errors import NotFound
    from tui.wiring import NoConnector

    if isinstance(trouble, NoConnector | BadInput):
        return Code.USAGE
    if isinstance(trouble, Obstructed):
        return Code.NOT_POSSIBLE
    if isinstance(trouble, OutcomeNotRecorded):
        return Code.UNRECORDED
    return Code.NOT_FOUND if isinstance(trouble, NotFound) else Code.FAILED


def _start_app(arguments: argparse.Namespace) -> int:
    from tui.commands.start import start

    return start(
        demo=getattr(arguments, "demo", False),
        connector=getattr(arguments, "connector", ""),
        read_only=getattr(arguments, "read_only", False),
        verify_only=getattr(arguments, "verify_only", False),
        theme=arguments.theme,
        people=arguments.people,
        callers=arguments.callers,
        fresh=arguments.fresh,
    )


def _add_demo_org(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from tui.demo.serve import command

    sub = commands.add_parser(
        "demo-org",
        help="serve the demo org alone, for any Okta client",
        description="Serves a made-up Okta org on the loopback until stopped, for keydesk or any other Okta client.",
    )
    command.add_arguments(sub)
    sub.set_defaults(run=command.run)
