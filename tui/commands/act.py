"""The actions as subcommands, made from the catalogue: `keydesk unlock LOGIN`."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import complain, document, line, user_json
from tui.desk import words
from tui.desk.actions import Danger
from tui.desk.catalogue import ACTIONS
from tui.desk.ledger import Outcome
from tui.desk.obstacles import Obstructed
from tui.desk.plain import plain
from tui.trouble import Trouble

if TYPE_CHECKING:
    import argparse

    from tui.desk.actions import Action, Plan
    from tui.desk.performed import Performed
    from tui.desk.person import Person
    from tui.desk.session import Session

CODES = {Outcome.DONE: Code.OK, Outcome.UNKNOWN: Code.UNKNOWN}


class Unconfirmed(Trouble):
    """Nobody said yes."""

    title = "This was not confirmed; nothing was sent"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare one command for each action."""
    for action in ACTIONS.values():
        sub = commands.add_parser(
            action.id,
            parents=[common],
            help=f"{action.title.lower()}: {action.effect.partition('.')[0].lower()}",
            description=f"{action.title}. {action.effect}",
        )
        sub.add_argument("person", help="login, id, or anything that finds exactly one person")
        needed = ", needed here" if action.danger > Danger.ROUTINE else ""
        sub.add_argument("--reason", default="", help=f"why, for the ledger{needed}")
        sub.add_argument("--ticket", default="", help="ticket number, for the ledger")
        sub.add_argument("--dry-run", action="store_true", help="print the calls and the steps by hand; send nothing")
        if action.danger < Danger.DESTRUCTIVE:
            sub.add_argument("--yes", action="store_true", help="do not ask (takes only an exact login or id)")
        sub.add_argument("--json", action="store_true", help="print JSON")
        sub.set_defaults(run=run, action=action)


def run(arguments: argparse.Namespace) -> int:
    """Plan, confirm, perform, print."""
    from tui.commands.sessions import with_session  # noqa: PLC0415 - brings the client

    return with_session(arguments, lambda session: _work(session, arguments))


async def _work(session: Session, arguments: argparse.Namespace) -> int:
    from tui.commands.people import the_one  # noqa: PLC0415 - brings the client

    action: Action = arguments.action
    yes = getattr(arguments, "yes", False)
    person = await session.look(await the_one(session, arguments.person, exact=yes))
    plan = action.plan(person)
    if arguments.dry_run:
        _tell_dry(session, plan, as_json=arguments.json)
        return Code.OK
    if obstacle := session.obstacle(action, person):
        instructions = session.by_hand(action, person)
        if arguments.json:
            document(
                {
                    "outcome": "not possible",
                    "cause": obstacle.cause.value,
                    "reason": obstacle.reason,
                    "advice": obstacle.advice,
                    "steps": list(instructions.steps),
                    "person": user_json(person.user),
                }
            )
        else:
            complain(Obstructed(action, obstacle))
            line(instructions.text)
        return Code.NOT_POSSIBLE
    if action.danger > Danger.ROUTINE and not arguments.reason.strip():
        raise Unconfirmed(f"{action.title} needs a reason", advice="Add --reason TEXT. Nothing was sent.")
    if not yes:
        _confirm(plan, person)
    performed = await session.perform(plan, reason=arguments.reason, ticket=arguments.ticket)
    _tell(performed, as_json=arguments.json)
    return CODES.get(performed.outcome, Code.FAILED)


def _confirm(plan: Plan, person: Person) -> None:
    """Show what will be sent and ask.

    Raises:
        Unconfirmed: Not a terminal, or not a yes.
    """
    if not sys.stdin.isatty():
        advice = "Add --yes to confirm without a terminal." if plan.action.danger < Danger.DESTRUCTIVE else ""
        raise Unconfirmed(advice=advice)
    user = person.user
    sys.stderr.write(
        f"{plain(user.name)} · {plain(user.login)} · {plain(user.text('department'))}\n"
        f"{plain(words.status_words(user.status))}, password of {plain(words.provider_words(user))}\n"
        f"{plain(plan.sentence)} {plan.action.effect}\n" + "".join(f"  {call}\n" for call in plan.calls)
    )
    expected = user.login if plan.action.danger is Danger.DESTRUCTIVE else "y"
    answer = _ask("Type the login to go on: " if expected != "y" else "Go on? [y/N] ").strip().lower()
    if answer not in {expected.lower(), "yes" if expected == "y" else expected.lower()}:
        raise Unconfirmed


def _ask(question: str) -> str:
    """One line from the terminal. asyncio takes the first Ctrl+C to itself, which would leave the question standing."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.stderr.write(question)
        sys.stderr.flush()
        return sys.stdin.readline()
    finally:
        signal.signal(signal.SIGINT, before)


def _tell_dry(session: Session, plan: Plan, *, as_json: bool) -> None:
    instructions = session.by_hand(plan.action, plan.person)
    if as_json:
        document(
            {
                "calls": [{"method": call.method, "target": call.target} for call in plan.calls],
                "steps": list(instructions.steps),
                "person": user_json(plan.person.user),
            }
        )
        return
    line(f"{plain(plan.sentence)} {plan.action.effect}")
    line("Would be sent:")
    for call in plan.calls:
        line(f"  {call}")
    line()
    line(instructions.text)


def _tell(performed: Performed, *, as_json: bool) -> None:
    if as_json:
        value: dict[str, Any] = {
            "outcome": performed.outcome.value,
            "ledger": performed.entry,
            "before": performed.plan.person.user.status,
            "after": user_json(performed.after.user) if performed.after else None,
            "trouble": str(performed.trouble) if performed.trouble else None,
            "settled": performed.settled,
            "unrecorded": str(performed.unrecorded) if performed.unrecorded else None,
        }
        document(value)
    else:
        line(f"{performed.sentence}. Ledger entry {performed.entry}.")
    for trouble in (None if performed.settled else performed.trouble, performed.unrecorded):
        if trouble:
            complain(trouble)
