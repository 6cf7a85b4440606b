"""`keydesk lockouts`: who is locked or blocked now, why, and until when; `--follow` tells it as it comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import columns, document, line

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from tui.desk.session import Session
    from tui.desk.watching_picture import Picture


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "lockouts",
        parents=[common],
        help="who is locked or blocked now, newest first",
        description="Lists who is locked out now, and who is blocked from unknown devices, newest first; with the "
        "System Log also what led to it and when it heals.",
    )
    sub.add_argument("--all", action="store_true", help="also what has ended in the last two days")
    sub.add_argument("--follow", action="store_true", help="go on: a line for each that begins or ends, until Ctrl+C")
    sub.add_argument("--json", action="store_true", help="print JSON; with --follow, one document a line")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read and print."""
    from tui.commands.lockouts_tell import cells, lack, value  # noqa: PLC0415 - brings the desk
    from tui.commands.sessions import with_session  # noqa: PLC0415 - as above
    from tui.desk.watching_picture import LOG  # noqa: PLC0415 - as above

    if arguments.follow:
        from tui.commands.lockouts_follow import follow  # noqa: PLC0415 - as above

        async def go_on(session: Session) -> None:
            await follow(session, ended=arguments.all, json_lines=arguments.json)

        with_session(arguments, go_on)
        return Code.OK

    picture, now = with_session(arguments, _once)
    cases = picture.cases if arguments.all else picture.open
    why = all(one.what != LOG for one in picture.lacks)
    if arguments.json:
        document([value(case, picture, now) for case in cases])
    elif cases:
        titles = ("SINCE", "STATE", "NAME", "LOGIN", *(("CAUSE", "HEALS") if why else ()), "DEPARTMENT", "PASSWORD OF")
        columns(titles, [cells(case, picture, now, why=why) for case in cases])
        if picture.more:
            line("… and more; this list ends at 1,000.")
    else:
        line("Nobody was locked out in the last two days." if arguments.all else "Nobody is locked out now.")
    lack(picture)
    return Code.OK


async def _once(session: Session) -> tuple[Picture, datetime]:
    """One round of everything."""
    from tui.desk.watching import Watching  # noqa: PLC0415 - as above

    watching = Watching(session)
    try:
        await watching.read()
        await watching.hear()
        await watching.fill_in()
        return watching.picture, session.now()
    finally:
        watching.close()
