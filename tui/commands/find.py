"""`keydesk find`: people by anything an agent has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import columns, complain, document, line, user_json
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse

    from tui.desk.people.search import PeopleFound
    from tui.desk.session import Session


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "find",
        parents=[common],
        help="find people by name, login, email, phone, employee number or id",
        description="Finds people by anything an agent has: a name in either order or a part of one, a login, an "
        "email address, a phone number in any spelling, an employee number, an Okta id.",
    )
    sub.add_argument("text", nargs="+", help="what is known of the person")
    sub.add_argument("--limit", type=int, default=50, help="at most so many people (default 50)")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Search and print."""
    from tui.commands.sessions import last, with_session

    text, limit = " ".join(arguments.text), max(1, arguments.limit)

    async def work(session: Session) -> PeopleFound:
        search = session.search(text)
        found = await last(search.run())
        while found.more and len(found.users) < limit:
            found = await search.more()
        return found

    found = with_session(arguments, work)
    users = found.users[:limit]
    if arguments.json:
        document([user_json(user) for user in users])
    elif users:
        rows = [
            (
                plain(okta_terms.status_words(user.status)),
                plain(user.name),
                plain(user.login),
                plain(user.text("department")),
                plain(user.text("title")),
                plain(user.id),
            )
            for user in users
        ]
        columns(("STATUS", "NAME", "LOGIN", "DEPARTMENT", "TITLE", "ID"), rows)
        if found.more or len(found.users) > limit:
            line(f"… and more; narrow it down, or ask for more with --limit {limit * 4}")
    else:
        line(f"Nobody found. {found.query.hint or f'Looked for: {found.query.label}.'}")
    if found.trouble:  # a part of the search failed, so there may be more
        complain(found.trouble)
    return Code.OK if users else Code.NOT_FOUND
