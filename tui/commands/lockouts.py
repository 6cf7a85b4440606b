"""`keydesk lockouts`: who is locked or blocked now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import columns, complain, document, line, user_json
from tui.desk import words
from tui.desk.plain import plain

if TYPE_CHECKING:
    import argparse

    from tui.desk.lockouts import Lockouts
    from tui.desk.session import Session


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "lockouts",
        parents=[common],
        help="who is locked or blocked now, newest first",
        description="Lists who is locked out now, and who is blocked from unknown devices, newest first.",
    )
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read and print."""
    from tui.commands.sessions import last, with_session  # noqa: PLC0415 - brings the desk

    async def work(session: Session) -> Lockouts:
        return await last(session.lockouts())

    found = with_session(arguments, work)
    if arguments.json:
        document(
            [
                user_json(row.user)
                | {"blocked": row.blocked, "since": row.since.isoformat(timespec="seconds") if row.since else None}
                for row in found.rows
            ]
        )
    elif found.rows:
        rows = [
            (
                f"{row.since.astimezone():%Y-%m-%d %H:%M}" if row.since else "unknown",
                "Blocked" if row.blocked else plain(words.status_words(row.user.status)),
                plain(row.user.name),
                plain(row.user.login),
                plain(row.user.text("department")),
                plain(words.provider_words(row.user)),
            )
            for row in found.rows
        ]
        columns(("SINCE", "STATE", "NAME", "LOGIN", "DEPARTMENT", "PASSWORD OF"), rows)
        if found.more:
            line("… and more; this list ends at 1,000.")
    else:
        line("Nobody is locked out now.")
    if found.trouble:
        complain(found.trouble)
    return Code.OK
