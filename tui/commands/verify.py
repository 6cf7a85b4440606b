"""`keydesk verify`: prove that a caller is who they say, before something of weight is done for them."""

from __future__ import annotations

import sys
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from tui.commands.codes import Code
from tui.commands.output import print_json, print_line, print_to_stderr, print_trouble, user_json
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse

    from tui.desk.actions.grammar import Action, Target
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.desk.verification.ruling import Ruling
    from tui.desk.verification.ways import Way

ABOUT = """\
Without --by it says what the desk's rules want before the action, and in which ways this person can be asked.
With --by it asks, once. A push with a number is printed with the words to say: the caller taps the number that you
tell them. A code is typed at the terminal, never as an argument. What you vouch for yourself takes --seen.
A denied push ends it: treat the call as an attack.
"""
_ASKED: Final = ("push", "code", "message", "question")
_VOUCHED: Final = ("called-back", "manager", "video", "in-person")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    import argparse

    from tui.desk.actions.catalogue import ACTIONS

    sub = commands.add_parser(
        "verify",
        parents=[common],
        help="prove that a caller is who they say",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("person", metavar="PERSON", help="login, id, or anything that finds exactly one person")
    needed = [action.id for action in ACTIONS.values()]
    sub.add_argument("--for", dest="purpose", required=True, choices=needed, metavar="ACTION", help="what they want")
    sub.add_argument("--by", choices=(*_ASKED, *_VOUCHED), metavar="WAY", help=f"{', '.join((*_ASKED, *_VOUCHED))}")
    sub.add_argument("--seen", default="", metavar="TEXT", help="what you saw and how, for what you vouch for")
    sub.add_argument("--factor", default="", metavar="NAME", help="with --for remove-factor: the factor to be removed")
    plain_push = "with --by push: a push without a number, which proves less, for an org whose pushes show none"
    sub.add_argument("--no-number", action="store_true", help=plain_push)
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Say what is wanted, or ask."""
    from tui.commands.sessions import with_session

    return with_session(arguments, lambda session: _verify(session, arguments))


async def _verify(session: Session, arguments: argparse.Namespace) -> int:
    from tui.commands.people import find_one_id
    from tui.desk.actions.catalogue import ACTIONS
    from tui.desk.verification.ruling import rule
    from tui.desk.verification.saying import how_else

    person = await session.person(await find_one_id(session, arguments.person))
    action = ACTIONS[arguments.purpose]
    targets = await _targets(session, action, person, arguments.factor)
    ruling = await rule(session, action, person, targets)
    ways = await _ways(session, person, ruling, numbers=not arguments.no_number)
    if arguments.by is None:
        _print_ways(person, action, ruling, ways, as_json=arguments.json)
        if not arguments.json and (how := how_else(session, ways)):
            print_line(f"  {how}")
        return Code.OK
    way = _chosen(ways, arguments.by)
    done = await (_vouch if arguments.by in _VOUCHED else _ask)(session, person, action, way, arguments)
    if not done:
        return Code.NOT_POSSIBLE
    ruling = await rule(session, action, person, targets)
    _print_ways(person, action, ruling, ways, as_json=arguments.json)
    return Code.OK if _is_proven(ruling) else Code.PARTLY


async def _targets(session: Session, action: Action, person: Person, factor: str) -> tuple[Target, ...]:
    """Return what decides which factors prove nothing; of other targets nothing depends on them."""
    from tui.desk.actions.grammar import TargetKind

    if action.aims == (TargetKind.FACTORS,):
        return await session.read_targets(action, person, {})
    if action.aims == (TargetKind.FACTOR,) and factor:
        from tui.commands.act.targets import find_targets

        ids = await find_targets(session, person, {TargetKind.FACTOR: factor}, exact=False, ask=False)
        return await session.read_targets(action, person, ids)
    return ()


async def _ways(session: Session, person: Person, ruling: Ruling, *, numbers: bool) -> tuple[Way, ...]:
    from tui.desk.rules.rules import DEFAULT_RULES
    from tui.desk.rules.strength import Attested, Strength
    from tui.desk.verification.saying import phones_of
    from tui.desk.verification.ways import ways_of

    factors = await session.factors_of(person.user.id)
    rules, need = session.rules or DEFAULT_RULES, ruling.judgement.proof or Strength.PUSH
    now, phones = session.now().timestamp(), phones_of(person)
    ways = ways_of(factors, rules, need, now=now, aimed_at=ruling.aimed_at, numbers=numbers, phones=phones)
    return ways if session.verifies else tuple(way for way in ways if isinstance(way.kind, Attested))


def _chosen(ways: tuple[Way, ...], by: str) -> Way:
    """Return the first way of a kind that can be used.

    Raises:
        BadInput: There is none; the message says why.
    """
    from tui.trouble import BadInput

    kinds = {"push": ("push", "number")}.get(by, (by,))
    fitting = [way for way in ways if way.kind is not None and str(way.kind) in kinds]
    for way in fitting:
        if not way.cannot:
            return way
    why = fitting[0].cannot if fitting else "They have none, or this connector asks no phone."
    raise BadInput(f"They cannot be asked by {by}", advice=plain(why), field="by")


async def _vouch(session: Session, person: Person, action: Action, way: Way, arguments: argparse.Namespace) -> bool:
    from tui.desk.verification.attesting import attest

    entry = await attest(session, person, way, action.id, arguments.seen)
    print_to_stderr(f"Ledger entry {entry}: {plain(way.title)}.")
    return True


async def _ask(session: Session, person: Person, action: Action, way: Way, arguments: argparse.Namespace) -> bool:
    """Ask a factor and print what happens; return whether it was passed."""
    from tui.desk.rules.rules import DEFAULT_RULES
    from tui.desk.rules.strength import Measured
    from tui.desk.verification.asking import AskingStage, ask
    from tui.desk.verification.saying import ENDED, ended_words, script

    del arguments
    place = (session.rules or DEFAULT_RULES).place
    code = _read_code() if way.kind is Measured.CODE else None
    async with aclosing(ask(session, person, way, action.id, code=code)) as states:
        async for asked in states:
            if asked.stage is AskingStage.WAITING:
                print_to_stderr(script(asked, place))
                print_to_stderr(f"Waiting for {plain(way.name)} …")
            elif asked.stage in ENDED:
                if asked.stage is AskingStage.DENIED:
                    await _sound(session, person, asked.entry)
                print_to_stderr(ended_words(asked, way))
                return False
    return asked.stage is AskingStage.PASSED


async def _sound(session: Session, person: Person, entry: int) -> None:
    """Tell the desk's channel of a denial; that it could not be told is printed, and stops nothing."""
    from tui.desk.notices.alarm import sound
    from tui.trouble import Trouble

    try:
        line = await sound(session, person, entry)
    except Trouble as trouble:
        print_trouble(trouble)
    else:
        if line is not None:
            print_to_stderr(f"The desk's channel: {line.words}.")


def _read_code() -> Any:  # noqa: ANN401 - a Secret, whose module is imported where it is needed
    """Read the code at the terminal, or from standard input for a script; never from an argument."""
    from getpass import getpass

    from tui.desk.connectors.secrets import Secret
    from tui.trouble import BadInput

    text = getpass("Code: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not text.strip():
        raise BadInput("There is no code", advice="Type what the caller reads out.", field="code")
    return Secret("".join(text.split()))


def _is_proven(ruling: Ruling) -> bool:
    from tui.desk.rules.judging import Want

    return ruling.judgement.ban is None and not {Want.PROOF, Want.TOP_PROOF} & set(ruling.judgement.wants)


def _print_ways(person: Person, action: Action, ruling: Ruling, ways: tuple[Way, ...], *, as_json: bool) -> None:
    from tui.desk.rules.judging import WORDS
    from tui.desk.verification.ruling import ban_words
    from tui.desk.verification.saying import look_at

    judgement = ruling.judgement
    if as_json:
        print_json(
            {
                "action": action.id,
                "tier": int(judgement.tier),
                "proven": _is_proven(ruling),
                "refused": str(judgement.ban) if judgement.ban else None,
                "wanted": judgement.proof.name.lower(),
                "missing": [str(want) for want in judgement.wants],
                "why": [*judgement.why, *filter(None, [judgement.unseen])],
                "ways": [
                    {
                        "kind": str(way.kind) if way.kind else None,
                        "name": way.name,
                        "enough": way.wanted,
                        "cannot": way.cannot,
                    }
                    for way in ways
                ],
                "person": user_json(person.user),
            }
        )
        return
    print_line(
        f"{plain(person.user.name)} · {plain(person.user.login)} · {action.title}: tier {int(judgement.tier)} of 4"
    )
    for why in filter(None, (*judgement.why, judgement.unseen)):
        print_line(f"  {plain(why)}")
    if judgement.ban is not None:
        print_line(f"  Refused: {ban_words(judgement)}")
    elif not judgement.proof:
        print_line("  No proof of the caller is wanted.")
    elif _is_proven(ruling):
        print_line("  The caller is proven.")
    else:
        print_line(f"  Wanted: {WORDS[judgement.proof]}, or what you vouch for.")
        for way in ways:
            mark = "✗" if way.cannot else "●" if way.wanted else "○"
            name = way.title if way.title in {"", way.name} else f"{way.title}: {way.name}"
            reason = f" ({plain(way.cannot)})" if way.cannot else ""
            reason = reason or f" {look_at(way, person)}".rstrip()
            print_line(f"  {mark} {plain(name or way.name)}{reason}")
