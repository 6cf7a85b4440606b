"""`keydesk completion`: a script for the shell, made from the parser; connectors are completed by their names."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from tui.commands.codes import Code

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

SHELLS: Final = ("bash", "zsh", "fish", "tcsh")
_ABOUT: Final = """\
Prints a completion script, which completes commands, options, choices and the names of connectors.

  bash   eval "$(keydesk completion bash)" in ~/.bashrc
  zsh    keydesk completion zsh > ~/.zfunc/_keydesk
         and in ~/.zshrc, before compinit: fpath+=~/.zfunc
  fish   keydesk completion fish > ~/.config/fish/completions/keydesk.fish
  tcsh   keydesk completion tcsh > ~/.keydesk.tcsh, and source it in ~/.tcshrc

`keydesk completion connector-names` prints the names of the connectors, one a line: the scripts ask it at each tab."""
_ASK: Final = "keydesk completion connector-names 2>/dev/null"
# A name may hold spaces. tcsh would take its parts for names, so that it is offered only those without.
_NAMES: Final = {
    "bash": "_keydesk_connectors",
    "zsh": "_keydesk_connectors",
    "fish": f"({_ASK})",
    "tcsh": '`keydesk completion connector-names | grep -v "[ ]"`',
    "preamble": {
        "bash": rf"""
_keydesk_connectors() {{
  local name quoted
  while IFS= read -r name; do
    printf -v quoted '%q' "$name"
    [[ $name == "$1"* || $quoted == "$1"* ]] && printf '%s\n' "$quoted"
  done < <({_ASK})
}}
""",
        "zsh": f"""
_keydesk_connectors() {{
  local -a names
  names=("${{(@f)$({_ASK})}}")
  compadd -a names
}}
""",
    },
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    import argparse

    del common  # the script is printed without an org
    sub = commands.add_parser(
        "completion",
        help="print a completion script for bash, zsh, fish or tcsh",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("shell", choices=(*SHELLS, "connector-names"))
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the script, or the names of the connectors."""
    if arguments.shell == "connector-names":
        from tui.commands.names import print_connector_names

        return print_connector_names()
    import shtab

    top = arguments.parser
    for path, action in _actions(top, ()):
        _declare(path, action, top)
    sys.stdout.write(shtab.complete(top, arguments.shell) + "\n")
    return Code.OK


def _actions(
    parser: argparse.ArgumentParser, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], argparse.Action]]:
    """Yield every option and argument of a parser and of all beneath it, each with the commands that lead to it."""
    from tui.commands.help import subparsers

    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to them
        yield path, action
    for name, below in subparsers(parser).items():
        yield from _actions(below, (*path, name))


def _declare(path: tuple[str, ...], action: Any, top: argparse.ArgumentParser) -> None:  # noqa: ANN401 - shtab reads an attribute that argparse does not have
    """Tell shtab what an argument's value is, where that is neither free text nor a fixed choice."""
    import shtab

    from tui.commands.help import TOPICS, subparsers

    if action.dest in {"connector", "change"} or (path[:1] == ("connectors",) and action.dest == "name"):
        action.complete = _NAMES
    elif action.dest in {"file", "out", "from_file"}:
        action.complete = shtab.FILE
    elif path == ("help",) and action.dest == "topic":
        action.choices = [*subparsers(top), *TOPICS]
