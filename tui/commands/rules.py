"""`keydesk rules`: the desk's rules of a connector, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import print_json, print_line

if TYPE_CHECKING:
    import argparse

    from tui.desk.session import Session

ABOUT = """\
What each action takes at this desk: how much reason, how well the caller is proven, how often, and what is refused.
The rules stand in connectors.toml; docs/rules.md says what each key means. Nothing is asked of Okta.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    import argparse

    sub = commands.add_parser(
        "rules",
        parents=[common],
        help="show what each action takes at this desk",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the rules."""
    from tui.commands.sessions import with_session

    return with_session(arguments, lambda session: _print(session, as_json=arguments.json))


async def _print(session: Session, *, as_json: bool) -> int:
    from tui.desk.rules.rules import DEFAULT_RULES
    from tui.desk.verification.rules_said import rules_said

    said = rules_said(session.connector.rules or DEFAULT_RULES)
    if as_json:
        print_json([{"about": about, "rule": words} for about, words in said])
    else:
        for about, words in said:
            print_line(f"{about}: {words}")
    return Code.OK
