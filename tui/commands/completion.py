"""`keydesk completion`: a script for the shell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui.commands.codes import Code

if TYPE_CHECKING:
    import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    del common  # the script is printed without an org
    sub = commands.add_parser(
        "completion",
        help="print a completion script for bash, zsh or tcsh",
        description='Prints a completion script. For bash: eval "$(keydesk completion bash)"; for zsh, write it to '
        "a file _keydesk on your fpath.",
    )
    sub.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    sys.stdout.write(shtab.complete(arguments.parser, arguments.shell) + "\n")
    return Code.OK
