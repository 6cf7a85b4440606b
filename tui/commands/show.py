"""`keydesk show`: one person with everything that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.commands.output import person_json, print_hanging, print_json

if TYPE_CHECKING:
    import argparse

    from tui.desk.people.person import Person
    from tui.desk.session import Session


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "show",
        parents=[common],
        help="one person: status, factors, groups, apps, events",
        description="Shows one person with everything that matters; parts that may not be read say so.",
    )
    sub.add_argument("person", help="login, id, or anything that finds exactly one person")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Load the person and print them as text or JSON."""
    from tui.commands.people import find_one_id
    from tui.commands.sessions import last_value, with_session

    async def work(session: Session) -> tuple[Person, list[tuple[str, str]]]:
        person = await last_value(session.load(await find_one_id(session, arguments.person)))
        if arguments.json:
            return person, []
        from tui.desk.people.card import card_lines
        from tui.desk.why.on_card import judge

        judged = await judge(session, person)
        return person, card_lines(person, session.now(), judged.answer)

    person, lines = with_session(arguments, work)
    if arguments.json:
        print_json(person_json(person))
    else:
        width = max(len(label) for label, _ in lines)
        for label, text in lines:
            print_hanging(f"{label:<{width}}  ", text)
    return Code.OK
