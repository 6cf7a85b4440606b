"""`keydesk find`: people by anything an agent has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import (
    add_wide,
    badge_words,
    badges_json,
    print_json,
    print_line,
    print_table,
    print_to_stderr,
    print_trouble,
    status_cell,
    user_json,
)
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse

    from tui.desk.people.badges import Badges
    from tui.desk.people.search import PeopleFound
    from tui.desk.session import Session
    from tui.okta.models import User


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "find",
        parents=[common],
        help="people by name, login, email, phone, number or id",
        description="Finds people by anything an agent has: a name in either order or a part of one, a login, an "
        "email address, a phone number in any spelling, an employee number, an Okta id.",
    )
    sub.add_argument("text", nargs="+", help="what is known of the person")
    sub.add_argument("--limit", type=int, default=50, help="at most so many people (default 50)")
    add_wide(sub)
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Search for people and print a table or JSON."""
    import asyncio

    from tui.commands.people import did_you_mean
    from tui.commands.sessions import last_value, with_session
    from tui.desk.people.person import Person, read_part

    query, limit = " ".join(arguments.text), max(1, arguments.limit)

    async def work(session: Session) -> tuple[PeopleFound, Badges, tuple[User, ...]]:
        search = session.search(query)
        who_is_admin = (session.admins.ask(session.client),) if search.query.asks else ()
        people, *_ = await asyncio.gather(last_value(search.run()), *who_is_admin)
        while people.more and len(people.users) < limit:
            people = await search.more()
        if len(people.users) == 1:  # of one person, what Okta's search does not tell is worth a request
            user = people.users[0]
            blocks = await read_part(session.client.blocks_of, user.id)
            session.blocked.note_person(Person(user, session.client.clock.time(), blocks=blocks))
        near = () if people.users or people.trouble else await search.near()
        return people, session.badges, near

    people, badges, near = with_session(arguments, work)
    users = people.users[:limit]
    if arguments.json:
        print_json([user_json(user) | badges_json(badges, user.id) for user in users])
    elif users:
        rows = [
            (
                status_cell(user, blocked=user.id in badges.blocked),
                plain(user.name),
                plain(user.login),
                badge_words(badges.of(user)),
                plain(user.text("department")),
                plain(user.text("title")),
                plain(user.id),
            )
            for user in users
        ]
        print_table(
            ("STATUS", "NAME", "LOGIN", "MARKS", "DEPARTMENT", "TITLE", "ID"),
            rows,
            wide=arguments.wide,
            spare=("TITLE", "ID", "DEPARTMENT"),
        )
        if people.more or len(people.users) > limit:
            print_line(f"… and more; narrow it down, or ask for more with --limit {limit * 4}")
    elif near:
        print_line(f"Nobody matches {plain(query, limit=80)}. {did_you_mean(near)}")
    else:
        print_line(f"Nobody found. {people.query.hint or f'Looked for: {people.query.label}.'}")
    if near and arguments.json:  # on standard error, since no program may take a suggestion for a match
        print_to_stderr(f"keydesk: Nobody matches {plain(query, limit=80)}. {did_you_mean(near)}")
    if people.trouble:  # a part of the search failed, so there may be more
        print_trouble(people.trouble)
    return Code.OK if users else Code.NOT_FOUND
