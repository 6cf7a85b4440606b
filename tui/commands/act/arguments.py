"""The flags of an action's subcommand, made from its data; and what was typed in them, read back."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from tui.desk.actions.grammar import Danger, TargetKind
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Action, Plan, Target
    from tui.desk.people.person import Person
    from tui.desk.session import Session

_GENERAL: Final = {
    "name": "The person",
    "login": "the login",
    "group": "the group",
    "app": "the app",
    "factor": "the factor",
}
_REVEALING: Final = """\
This prints a secret. At a terminal it is shown once, after a warning, and kept nowhere. Where standard output is no
terminal, and with --json, nothing is sent unless --print-secret says that the secret may go there; without --json
the secret is then all that standard output gets."""


class Unconfirmed(Trouble):
    """Nobody said yes."""

    title = "This was not confirmed; nothing was sent"


def title_of(action: Action) -> str:
    """A line on an action, for the list of commands."""
    effect = action.effect.format(**_GENERAL).partition(".")[0]
    return _safe(f"{_small(action.title)}: {_small(effect)}")


def description_of(action: Action) -> str:
    """What an action does, for its own help."""
    effect = action.effect.format(**_GENERAL)
    return f"{action.title}. {effect} {_REVEALING if action.reveals else ''}".strip()


def declare(sub: argparse.ArgumentParser, action: Action) -> None:
    """Add everything that can be typed for an action."""
    _declare_people(sub, action)
    for kind in action.chosen:
        asked = "; without it you are asked at a terminal" if kind is TargetKind.FACTOR else ""
        about = f"the {kind.value}: its name, its id, or what exactly one name begins with or holds{asked}"
        flag, required = f"--{kind.value}", kind is not TargetKind.FACTOR
        sub.add_argument(flag, dest=f"aim_{kind.value}", metavar="NAME", required=required, help=about)
    for option in action.options:
        about = _safe(f"{_small(option.title)}. {option.effect}")
        flag, dest = f"--{option.id}", _dest(option.id)
        if option.on:
            sub.add_argument(flag, dest=dest, action=argparse.BooleanOptionalAction, default=None, help=about)
        else:
            sub.add_argument(flag, dest=dest, action="store_const", const=True, default=None, help=about)
    why = "why, for the ledger" if action.danger is Danger.ROUTINE else "why, for the ledger, needed here"
    sub.add_argument("--reason", metavar="TEXT", default="", help=why)
    sub.add_argument("--ticket", metavar="NUMBER", default="", help="ticket number, for the ledger")
    sub.add_argument("--dry-run", action="store_true", help="print the calls and the steps by hand; send nothing")
    if action.danger < Danger.DESTRUCTIVE:
        names = ", and exact names" if action.chosen else ""
        sub.add_argument("--yes", action="store_true", help=f"do not ask (takes only an exact login or id{names})")
    if action.reveals:
        about = f"the {_small(action.reveals.title)} may go where it can be kept: into a pipe, a file, the JSON"
        sub.add_argument("--print-secret", action="store_true", help=about)
    if follows(action):
        about = "wait until the app has made the account, or has failed" if action.wants else "wait until it is gone"
        sub.add_argument("--follow", action="store_true", help=about)
    sub.add_argument("--json", action="store_true", help="print JSON")


def _declare_people(sub: argparse.ArgumentParser, action: Action) -> None:
    whom = "login, id, or anything that finds exactly one person"
    if not action.several:
        sub.add_argument("whom", nargs=1, metavar="PERSON", help=whom)
        return
    sub.add_argument("whom", nargs="*", metavar="PERSON", help=f"{whom}; more of them are looked at together first")
    about = "take logins from a file, one on each line; - for standard input"
    sub.add_argument("--from", dest="file", metavar="FILE", help=about)


def follows(action: Action) -> bool:
    """Whether there is an account in an app to wait for."""
    return action.wants is not None and len(action.aims) == 1 and action.aims[0] in {TargetKind.APP, TargetKind.GROUP}


def typed_aims(arguments: argparse.Namespace) -> dict[TargetKind, str]:
    """What the action was aimed at, as it was typed; empty where nothing was."""
    action: Action = arguments.action
    return {kind: (getattr(arguments, f"aim_{kind.value}") or "").strip() for kind in action.chosen}


def plan(arguments: argparse.Namespace, person: Person, targets: tuple[Target, ...]) -> Plan:
    """Aim the action, with the options that were typed.

    Raises:
        BadInput: An option does not go with the targets.
    """
    action: Action = arguments.action
    typed: dict[str, bool | None] = {option.id: getattr(arguments, _dest(option.id)) for option in action.options}
    offered = {option.id: option for option in action.offers(targets)}
    for name, value in typed.items():
        if value and name not in offered:
            from tui.desk.text.plain import plain

            what = ", ".join(plain(target.name, limit=60) for target in targets) or action.title
            raise BadInput(f"--{name} does not go with {what}", advice="Leave it out. Nothing was sent.")
    wanted = {name: option.on if typed[name] is None else typed[name] for name, option in offered.items()}
    return action.plan(person, targets, [name for name, value in wanted.items() if value])


def check(arguments: argparse.Namespace, session: Session) -> None:
    """Stop where something is missing that the action needs; nothing has been sent then.

    Raises:
        Unconfirmed: A reason is missing.
        BadInput: The connector does not take the ticket; the secret has nowhere to go.
    """
    action: Action = arguments.action
    if action.danger > Danger.ROUTINE and not arguments.reason.strip():
        raise Unconfirmed(f"{action.title} needs a reason", advice="Add --reason TEXT. Nothing was sent.")
    arguments.ticket = session.connector.ticket.check(arguments.ticket)
    if action.reveals and not arguments.print_secret and (arguments.json or not sys.stdout.isatty()):
        where = "into the JSON" if arguments.json else "to a file or a pipe: standard output is no terminal"
        advice = "Run it at a terminal, or add --print-secret if that is what you want. Nothing was sent."
        raise BadInput(f"The {_small(action.reveals.title)} would go {where}", advice=advice)


def _dest(option: str) -> str:
    return f"option_{option.replace('-', '_')}"


def _small(text: str) -> str:
    return text[0].lower() + text[1:]


def _safe(text: str) -> str:
    """A help text in which argparse fills nothing in."""
    return text.replace("%", "%%")
