"""`keydesk alert`: everything takes one tier more for a while, for all who share the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import print_json, print_line
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse

    from tui.desk.session import Session

ABOUT = """\
While the alert is raised, the desk's rules ask one tier more of everything: for when somebody is calling the desk under
other people's names. It ends by itself, a day later at most. Without an option it says whether it is raised.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    import argparse

    sub = commands.add_parser(
        "alert",
        parents=[common],
        help="ask one tier more of everything for a while",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = sub.add_mutually_exclusive_group()
    what.add_argument("--raise", dest="reason", metavar="REASON", help="raise it, and say why")
    what.add_argument("--end", action="store_true", help="end it now")
    sub.add_argument("--lasts", default="4h", metavar="SPAN", help="with --raise: 30m, 4h (the default), 24h at most")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Raise the alert, end it, or say whether it is raised."""
    from tui.commands.sessions import with_session

    return with_session(arguments, lambda session: _alert(session, arguments))


async def _alert(session: Session, arguments: argparse.Namespace) -> int:
    from tui.desk.verification.alerts import lower_alert, raise_alert, read_alert, span_seconds

    if arguments.reason is not None:
        await raise_alert(session, arguments.reason, session.now().timestamp() + span_seconds(arguments.lasts))
    elif arguments.end:
        await lower_alert(session)
    alert = await read_alert(session)
    until = datetime.fromtimestamp(alert.until, UTC) if alert else None
    if arguments.json:
        print_json(
            {
                "raised": alert is not None,
                "by": alert.agent if alert else None,
                "reason": alert.reason if alert else None,
                "until": until.isoformat() if until else None,
                "entry": alert.entry if alert else None,
            }
        )
    elif alert is None or until is None:
        print_line("The alert is not raised.")
    else:
        print_line(
            f"The alert is raised by {plain(alert.agent)} until {until:%Y-%m-%d %H:%M} UTC: {plain(alert.reason)}"
        )
    return Code.OK
