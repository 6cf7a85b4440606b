"""`keydesk notify`: tell employees of lockouts and expiring passwords; for cron, as a service, and by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

ABOUT = """\
Tells employees that they were locked out, and in time that their password expires, by the rules in notices.toml.
It changes nothing in Okta and works with read-only connectors. What was told to whom stands in the ledger: nobody is
told twice, also by two watchers, and what perhaps went out is shown and not sent again by itself.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    import argparse  # noqa: PLC0415 - not for the app

    sub = commands.add_parser(
        "notify",
        parents=[common],
        help="tell employees of lockouts and expiring passwords",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("--once", action="store_true", help="one round, for cron")
    what.add_argument("--watch", action="store_true", help="round after round, for a service; SIGTERM ends it")
    what.add_argument("--history", nargs="?", const="", metavar="TEXT", help="what was sent to whom and when")
    what.add_argument("--unknown", action="store_true", help="what perhaps went out, and perhaps did not")
    what.add_argument("--settle", type=int, metavar="N", help="say what came of entry N")
    what.add_argument("--preview", metavar="LOGIN", help="the texts with this person's data; sends nothing")
    what.add_argument("--test", metavar="ADDRESS", help="send a test to this address, by every way that writes to one")
    what.add_argument("--check", action="store_true", help="read the rules and try the ways, without sending")
    what.add_argument("--init", action="store_true", help="write an example of notices.toml, if there is none")
    sub.add_argument("--dry-run", action="store_true", help="with --once: show what would go; sends nothing")
    sub.add_argument("--arrived", action="store_true", help="with --settle: it arrived")
    sub.add_argument("--lost", action="store_true", help="with --settle: it did not arrive")
    sub.add_argument("--json", action="store_true", help="with --once and --history: print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do the one thing that was asked for."""
    from tui.commands import notify_do as do  # noqa: PLC0415 - brings the desk

    if arguments.init:
        return do.init()
    if arguments.history is not None or arguments.unknown:
        return do.history(arguments)
    if arguments.settle is not None:
        return do.settle(arguments)
    if arguments.check:
        return do.check(arguments)
    if arguments.preview:
        return do.preview(arguments)
    if arguments.test:
        return do.test(arguments)
    return do.watch(arguments) if arguments.watch else do.once(arguments)
