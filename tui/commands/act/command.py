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
    """Find the people, then plan, confirm and perform the action for them, and print the result."""
    from tui.commands.sessions import with_session

    people = [text for text in arguments.whom if text.strip()]
    if path := getattr(arguments, "file", None):
        from tui.commands.act.bulk import read_logins

        people += read_logins(path)
    elif not people:
        arguments.refuse("the following arguments are required: PERSON")
    if len(people) == 1:
        return with_session(arguments, lambda session: _act_on_one(session, arguments, people[0]))
    from tui.commands.act.bulk import act_on_several

    return with_session(arguments, lambda session: act_on_several(session, arguments, people))


async def _act_on_one(session: Session, arguments: argparse.Namespace, text: str) -> int:
    """Perform the action for the person whom the text finds, or print the steps by hand. Return the exit code."""
    from tui.commands.act import output
    from tui.commands.act.arguments import check, make_plan
    from tui.commands.people import find_one_id
    from tui.desk.actions.grammar import Cause
    from tui.desk.actions.obstacles import Obstructed
    from tui.desk.people.person import read_part
    from tui.desk.perform.perform import perform
    from tui.desk.rules.judging import Want
    from tui.desk.verification.ruling import rule
    from tui.desk.why.caution import caution

    action: Action = arguments.action
    confirmed = getattr(arguments, "yes", False)
    person = await session.person_with_blocks(await find_one_id(session, text, exact=confirmed))
    targets = await _targets(session, arguments, person)
    obstacle = session.obstacle(action, person, targets)
    unplannable = obstacle is not None and obstacle.cause is Cause.BY_GROUPS_ONLY  # no app may be read to aim at
    if obstacle and (unplannable or not arguments.dry_run):
        await output.print_instructions(session, action, person, targets, obstacle, as_json=arguments.json)
        return Code.NOT_POSSIBLE
    if arguments.dry_run or not confirmed:  # the plan is shown, and with it what the policy says and who is an admin
        person = await session.with_policy(action, person)
        role = read_part(session.admins.role_of, session.client, person.user.id, alone=True)
        person = person.with_part("admin", await role)
    plan = make_plan(arguments, person, targets)
    found = await caution(session, person)
    ruling = (
        await rule(session, action, person, targets, reason=arguments.reason, typed=True) if session.ruled else None
    )
    if arguments.dry_run:
        missing = ruling.obstacle if ruling is not None else None
        await output.print_dry_run(session, plan, obstacle or missing, found, as_json=arguments.json)
        return Code.OK
    if not (confirmed and found.attack and arguments.attacked != 1):  # what is the matter comes before what is missing
        check(arguments, session, attacked=bool(found.attack))
    if ruling is not None and ruling.obstacle is not None:  # what is missing is said before anything is asked
        raise Obstructed(action, ruling.obstacle)
    typed = ruling is not None and Want.LOGIN in ruling.judgement.wants
    if confirmed:
        from tui.commands.act.confirm import confirm_attack, refuse_unseen

        if typed:
            refuse_unseen()
        confirm_attack(found, arguments.attacked)
    else:
        from tui.commands.act.confirm import confirm

        confirm(session, plan, found, typed=typed)
    try:
        performed = await perform(session, plan, reason=arguments.reason.strip(), ticket=arguments.ticket, typed=typed)
    except Obstructed as obstructed:
        if not arguments.json:
            raise
        await output.print_instructions(session, action, person, targets, obstructed.obstacle, as_json=True)
        return Code.NOT_POSSIBLE
    return await output.print_result(session, performed, arguments)


async def _targets(session: Session, arguments: argparse.Namespace, person: Person) -> tuple[Target, ...]:
    """Read the targets of the action from Okta.

    Where an obstacle rules the action out for this person, targets that cannot be read are named as they were typed:
    the steps by hand are printed all the same.

    Raises:
        NotFound: A name finds no target, or more than one. Somebody in whose state the action is not possible may have
            none, so that the state is told instead; and what keydesk looks up by itself is no mistake of the agent's.
        BadInput: No factor or device is named.
        OktaError: The targets cannot be read, and there is no other obstacle.
    """
    from tui.commands.act.arguments import typed_targets
    from tui.commands.act.targets import find_targets, targets_as_typed
    from tui.desk.actions.grammar import Cause
    from tui.okta.errors import NotFound, OktaError

    action: Action = arguments.action
    confirmed, typed = getattr(arguments, "yes", False), typed_targets(arguments)
    obstacle = session.obstacle(action, person)
    if obstacle is not None and obstacle.cause is Cause.BY_GROUPS_ONLY:  # the guard does not let apps be read either
        return targets_as_typed(typed)
    impossible = not arguments.dry_run and obstacle is not None
    if impossible and not all(typed.values()):
        return targets_as_typed(typed)
    try:
        ids = await find_targets(session, person, typed, exact=confirmed, ask=not confirmed)
        return await session.read_targets(action, person, ids)
    except OktaError as error:
        mistyped = isinstance(error, NotFound) and typed and (obstacle is None or obstacle.cause is not Cause.STATE)
        if not impossible or mistyped:
            raise
        return targets_as_typed(typed)
