"""The actions as subcommands, made from the catalogue: `keydesk unlock LOGIN`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.desk.actions.catalogue import ACTIONS

if TYPE_CHECKING:
    import argparse

    from tui.desk.actions.grammar import Action, Target
    from tui.desk.people.person import Person
    from tui.desk.session import Session


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare one command for each action."""
    from tui.commands.act.arguments import declare, description_of, title_of

    for action in ACTIONS.values():
        about = description_of(action)
        sub = commands.add_parser(action.id, parents=[common], help=title_of(action), description=about)
        declare(sub, action)
        sub.set_defaults(run=run, action=action, refuse=sub.error)


def run(arguments: argparse.Namespace) -> int:
    """Plan, confirm, perform, print."""
    from tui.commands.sessions import with_session

    people = [text for text in arguments.whom if text.strip()]
    if path := getattr(arguments, "file", None):
        from tui.commands.act.bulk import read

        people += read(path)
    elif not people:
        arguments.refuse("the following arguments are required: PERSON")
    if len(people) == 1:
        return with_session(arguments, lambda session: _work(session, arguments, people[0]))
    from tui.commands.act.bulk import several

    return with_session(arguments, lambda session: several(session, arguments, people))


async def _work(session: Session, arguments: argparse.Namespace, text: str) -> int:
    from tui.commands.act import output as tell
    from tui.commands.act.arguments import check, plan
    from tui.commands.people import the_one
    from tui.desk.actions.obstacles import Obstructed
    from tui.desk.perform.perform import perform

    action: Action = arguments.action
    sure = getattr(arguments, "yes", False)
    person = await session.person_with_blocks(await the_one(session, text, exact=sure))
    targets = await _targets(session, arguments, person)
    found = session.obstacle(action, person, targets)
    if found and not arguments.dry_run:
        await tell.by_hand(session, action, person, targets, found, as_json=arguments.json)
        return Code.NOT_POSSIBLE
    planned = plan(arguments, person, targets)
    if arguments.dry_run:
        await tell.dry(session, planned, found, as_json=arguments.json)
        return Code.OK
    check(arguments, session)
    if not sure:
        from tui.commands.act.confirm import confirm

        confirm(session, planned)
    try:
        performed = await perform(session, planned, reason=arguments.reason.strip(), ticket=arguments.ticket)
    except Obstructed as meanwhile:
        if not arguments.json:
            raise
        await tell.by_hand(session, action, person, targets, meanwhile.obstacle, as_json=True)
        return Code.NOT_POSSIBLE
    return await tell.done(session, performed, arguments)


async def _targets(session: Session, arguments: argparse.Namespace, person: Person) -> tuple[Target, ...]:
    """What it is aimed at. Where it is not possible anyway, what cannot be read is named as it was typed.

    Raises:
        NotFound: There is none, or more than one.
        BadInput: Nothing says which.
        OktaError: It cannot be read, and only that is in the way.
    """
    from tui.commands.act.arguments import typed_aims
    from tui.commands.act.targets import chosen, named
    from tui.okta.errors import NotFound, OktaError

    action: Action = arguments.action
    sure, typed = getattr(arguments, "yes", False), typed_aims(arguments)
    stuck = not arguments.dry_run and session.obstacle(action, person) is not None
    if stuck and not all(typed.values()):
        return named(typed)
    try:
        ids = await chosen(session, person, typed, exact=sure, ask=not sure)
        return await session.read_targets(action, person, ids)
    except NotFound:
        raise
    except OktaError:
        if not stuck:
            raise
        return named(typed)
