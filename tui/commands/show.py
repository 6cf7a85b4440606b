"""`keydesk show`: one person with everything that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import document, line, person_json

if TYPE_CHECKING:
    import argparse

    from tui.desk.people.person import Person
    from tui.desk.session import Session


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "show",
        parents=[common],
        help="one person: status, blocks, sign-in, factors, groups, apps, last events",
        description="Shows one person with everything that matters; parts that may not be read say so.",
    )
    sub.add_argument("person", help="login, id, or anything that finds exactly one person")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Load and print."""
    from tui.commands.people import the_one
    from tui.commands.sessions import last, with_session
    from tui.desk.people.card import card_lines

    async def work(session: Session) -> tuple[Person, list[tuple[str, str]]]:
        person = await last(session.load(await the_one(session, arguments.person)))
        return person, card_lines(person, session.now())

    person, lines = with_session(arguments, work)
    if arguments.json:
        document(person_json(person))
    else:
        width = max(len(label) for label, _ in lines)
        for label, text in lines:
            line(f"{label:<{width}}  {text}".rstrip())
    return Code.OK
