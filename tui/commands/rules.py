"""`keydesk rules`: the desk's rules of a connector, in words; and set for a whole team."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.commands.codes import Code
from tui.commands.output import print_json, print_line
from tui.desk.text.plain import plain
from tui.trouble import BadInput

if TYPE_CHECKING:
    import argparse

    from tui.desk.session import Session

_LARGEST: Final = 200_000
ABOUT = """\
What each action takes at this desk: how much reason, how well the caller is proven, how often, and what is refused.
The rules stand in connectors.toml; docs/rules.md says what each key means. Nothing is asked of Okta. Where a team
shares its record, whoever leads the desk sets them for all: --set takes a file with the keys alone, such as
`proof = "code"`.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    import argparse

    sub = commands.add_parser(
        "rules",
        parents=[common],
        help="what each action takes at this desk; set it for a team",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("--set", dest="file", metavar="FILE", help="set the rules in this file for the team; - for the "
                     "standard input")  # fmt: skip
    sub.add_argument("--reason", metavar="TEXT", default="", help="with --set: why, for the ledger")
    sub.add_argument("--dry-run", action="store_true", help="with --set: say what would change, and set nothing")
    sub.add_argument("--yes", action="store_true", help="with --set: do not ask")
    sub.add_argument("--toml", action="store_true", help="print them as a file for --set")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the rules, or set them."""
    from tui.commands.sessions import with_session

    if arguments.file is not None:
        text = _read_file(arguments.file)
        return with_session(arguments, lambda session: _set(session, arguments, text))
    return with_session(arguments, lambda session: _print(session, arguments))


async def _print(session: Session, arguments: argparse.Namespace) -> int:
    from tui.desk.ledger.team_rules import RulesUnreadable
    from tui.desk.verification.facts import rules_now
    from tui.desk.verification.rules_said import session_rules_said

    unreadable = None
    try:
        await rules_now(session)
    except RulesUnreadable as trouble:
        unreadable = trouble
    if arguments.toml:
        if unreadable is not None:
            raise unreadable
        print_line(_as_file(session))
        return Code.OK
    said = session_rules_said(session)
    if arguments.json:
        print_json([{"about": about, "rule": words} for about, words in said])
    else:
        for about, words in said:
            print_line(f"{about}: {words}")
    return Code.OK if unreadable is None else Code.FAILED


def _as_file(session: Session) -> str:
    """Return the rules that are in force as a file for `--set`: as they were set, else with every key."""
    import tomli_w

    from tui.desk.rules.rules import DEFAULT_RULES
    from tui.desk.rules.written import as_written

    found = session.team_rules.found
    text = found.text if found is not None else tomli_w.dumps(as_written(session.rules or DEFAULT_RULES))
    return "\n".join(plain(line, limit=2000) for line in text.splitlines())


async def _set(session: Session, arguments: argparse.Namespace, text: str) -> int:
    """Check the rules, say what they change, and set them once that is confirmed."""
    from tui.desk.verification.setting_rules import look_at_change, require_reason, set_rules

    change = await look_at_change(session, text)
    if not change.changed:
        print_line("These rules are in force already. Nothing was set.")
        return Code.OK
    for line in change.changed:
        print_line(line)
    if change.unsure:
        print_line(f"Whether this org can meet them: {change.unsure}")
    if arguments.dry_run:
        print_line("They can be set. Nothing was set now.")
        return Code.OK
    require_reason(arguments.reason)  # before anybody is asked
    if not arguments.yes:
        _confirm()
    entry = await set_rules(session, change, arguments.reason)
    print_line(f"The rules are in force for the whole team from now on: entry {entry}.")
    return Code.OK


def _confirm() -> None:
    """Ask at the terminal.

    Raises:
        Unconfirmed: There is no terminal, or the answer is no.
    """
    from tui.commands.act.arguments import Unconfirmed
    from tui.commands.act.confirm import ask

    if not sys.stdin.isatty():
        raise Unconfirmed("This was not confirmed; nothing was set", advice="Add --yes to confirm without a terminal.")
    if ask("Set these rules for the whole team? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise Unconfirmed("This was not confirmed; nothing was set")


def _read_file(name: str) -> str:
    """Return what a file holds.

    Raises:
        BadInput: It cannot be read, or is no text.
    """
    from tui.local_file import read_limited

    try:
        return sys.stdin.read(_LARGEST) if name == "-" else read_limited(Path(name), _LARGEST).decode("utf-8")
    except OSError as error:
        raise BadInput(f"{plain(name)} cannot be read", advice="", detail=error.strerror or "") from None
    except UnicodeDecodeError:
        raise BadInput(f"{plain(name)} is not UTF-8 text", advice="") from None
