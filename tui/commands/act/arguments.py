"""The flags of an action's subcommand, made from the action's data, and the plan that the typed flags make."""

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

# What stands in the help for the names that an action's effect mentions.
_HELP_NAMES: Final = {
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


OF_THE_PERSON: Final = frozenset({TargetKind.FACTOR, TargetKind.DEVICE})
"""What a person has few of, and whose names no agent knows by heart: where none is typed, keydesk lists them."""


class Unconfirmed(Trouble):
    """The agent did not confirm the plan, or gave no reason where one is needed."""

    title = "This was not confirmed; nothing was sent"


def title_of(action: Action) -> str:
    """Return the line on an action in the list of commands: its title, or its effect where the title adds nothing."""
    effect = action.effect.format(**_HELP_NAMES).partition(".")[0]
    text = effect if action.title.casefold() == action.id else action.title
    return _escaped(_uncapitalized(text))


def description_of(action: Action) -> str:
    """Return what an action does, for the help of its command."""
    effect = action.effect.format(**_HELP_NAMES)
    return f"{action.title}. {effect} {_REVEALING if action.reveals else ''}".strip()


def declare(sub: argparse.ArgumentParser, action: Action) -> None:
    """Add all arguments and flags of an action to its parser."""
    _declare_people(sub, action)
    for kind in action.chosen:
        asked = "; without it you are asked at a terminal" if kind in OF_THE_PERSON else ""
        about = f"the {kind.value}: its name, its id, or what exactly one name begins with or holds{asked}"
        flag, required = f"--{kind.value}", kind not in OF_THE_PERSON
        sub.add_argument(flag, dest=f"aim_{kind.value}", metavar="NAME", required=required, help=about)
    for option in action.options:
        chosen = f", unless --no-{option.id}" if option.on else ""
        about = _escaped(f"{_uncapitalized(option.title)}{chosen}. {option.effect}")
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
        about = "with --yes: go on although this many of the people may be under attack (for one person 1)"
        sub.add_argument("--attacked", metavar="NUMBER", type=int, default=0, help=about)
    if action.reveals:
        about = f"the {_uncapitalized(action.reveals.title)} may go where it can be kept: into a pipe, a file, the JSON"
        sub.add_argument("--print-secret", action="store_true", help=about)
    if can_be_followed(action):
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


def can_be_followed(action: Action) -> bool:
    """Whether the action makes or removes an account in an app, for which `--follow` can wait."""
    return action.wants is not None and len(action.aims) == 1 and action.aims[0] in {TargetKind.APP, TargetKind.GROUP}


def typed_targets(arguments: argparse.Namespace) -> dict[TargetKind, str]:
    """Return what was typed for each target of the action; an empty text where nothing was typed."""
    action: Action = arguments.action
    return {kind: (getattr(arguments, f"aim_{kind.value}") or "").strip() for kind in action.chosen}


def make_plan(arguments: argparse.Namespace, person: Person, targets: tuple[Target, ...]) -> Plan:
    """Return the plan of the action for a person, its targets and the typed options.

    Raises:
        BadInput: An option that was typed is not offered for the targets.
    """
    action: Action = arguments.action
    typed: dict[str, bool | None] = {option.id: getattr(arguments, _dest(option.id)) for option in action.options}
    offered = {option.id: option for option in action.offers(targets)}
    for name, value in typed.items():
        if value and name not in offered:
            from tui.desk.text.plain import plain

            subject = ", ".join(plain(target.name, limit=60) for target in targets) or action.title
            raise BadInput(f"--{name} does not go with {subject}", advice="Leave it out. Nothing was sent.")
    wanted = {name: option.on if typed[name] is None else typed[name] for name, option in offered.items()}
    return action.plan(person, targets, [name for name, value in wanted.items() if value])


def check(arguments: argparse.Namespace, session: Session, *, attacked: bool = False) -> None:
    """Check the reason, the ticket and the place for a secret, before anything is sent.

    Args:
        arguments: What was typed.
        session: The session of the org.
        attacked: Whether somebody of the people may be under attack, so that a reason is needed in any case.

    Raises:
        Unconfirmed: A reason is needed, and there is none.
        BadInput: The connector does not accept the ticket, the secret would go where it is stored, or apps would have
            to be read by a connector that gives software by groups only.
    """
    action: Action = arguments.action
    if getattr(arguments, "follow", False) and session.by_groups_only:
        title = "--follow waits for accounts in apps, and this connector reads no app"
        raise BadInput(title, advice="Leave it out. Nothing was sent.")
    if (attacked or action.danger > Danger.ROUTINE) and not arguments.reason.strip():
        why = " where it may be an attack" if attacked else ""
        raise Unconfirmed(f"{action.title} needs a reason{why}", advice="Add --reason TEXT. Nothing was sent.")
    arguments.ticket = session.connector.ticket.check(arguments.ticket)
    if action.reveals and not arguments.print_secret and (arguments.json or not sys.stdout.isatty()):
        destination = "into the JSON" if arguments.json else "to a file or a pipe: standard output is no terminal"
        advice = "Run it at a terminal, or add --print-secret if that is what you want. Nothing was sent."
        raise BadInput(f"The {_uncapitalized(action.reveals.title)} would go {destination}", advice=advice)


def _dest(option: str) -> str:
    return f"option_{option.replace('-', '_')}"


def _uncapitalized(text: str) -> str:
    return text[0].lower() + text[1:]


def _escaped(text: str) -> str:
    """Return a help text with `%` escaped, which argparse would replace."""
    return text.replace("%", "%%")
