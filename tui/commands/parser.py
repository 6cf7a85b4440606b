"""The parser of the command line: its errors are two lines, and name what was probably meant."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from tui.commands.codes import Code
from tui.commands.output import print_to_stderr
from tui.desk.text.plain import plain
from tui.okta.tokens import without_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


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
                from tui.desk.text.nearest import did_you_mean

                likely = did_you_mean(first.partition("=")[0], self._option_string_actions)
                self.error(sentence(f"there is no option {shown(first)}", likely))
            self.error(f"{shown(first)} is one argument too many")
        return found, rest

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Refuse a value that is none of the choices, and name the most similar ones."""
        if action.choices is None or value in action.choices:
            return
        from tui.desk.text.nearest import did_you_mean

        known = [str(choice) for choice in action.choices]
        likely = did_you_mean(str(value), known)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
            raise argparse.ArgumentError(None, sentence(f"there is no command {shown(str(value))}", likely))
        choices = likely or f"There are: {', '.join(known)}."
        raise argparse.ArgumentError(action, sentence(f"{shown(str(value))} is no choice", choices))


def shown(text: str) -> str:
    """Return what was typed as a message repeats it: in quotes, harmless, cut where it is long."""
    return f"“{plain(text, limit=60)}”"


def sentence(text: str, more: str) -> str:
    """Return a message, and behind it another sentence where there is one."""
    return f"{text}. {more}" if more else text
