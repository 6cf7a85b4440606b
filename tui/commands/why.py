"""`keydesk why`: why somebody can't sign in, with the evidence and the next step."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import print_hanging, print_json, print_line, user_json
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from tui.desk.session import Session
    from tui.desk.why.verdict import Verdict
    from tui.okta.models import User

HELP = """\
The verdict comes first, then the cause, how sure that is, the one next step, and the evidence.

With --json: rule (its stable name), blocker, headline, since, why, sure (certain, likely, a guess), step with text,
action (a command of keydesk, or empty) and detail, evidence, attempts, also, missing, and the person.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    import argparse

    sub = commands.add_parser(
        "why",
        parents=[common],
        help="why somebody can't sign in, and the next step",
        description="Says why somebody can't sign in, how sure that is, and the one right next step.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("person", help="login, id, or anything that finds exactly one person")
    sub.add_argument("--app", default="", metavar="NAME", help="the app that they want to get into")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Find the reason why a person cannot sign in, and print the verdict."""
    from tui.commands.people import find_one
    from tui.commands.sessions import with_session
    from tui.desk.why.why import why

    async def work(session: Session) -> tuple[User, Verdict, datetime]:
        user = await find_one(session, arguments.person)
        return user, await why(session, user.id, arguments.app), session.now()

    user, verdict, now = with_session(arguments, work)
    if arguments.json:
        print_json(_verdict_json(verdict) | {"person": user_json(user)})
    else:
        _print_verdict(user, verdict, now)
    return Code.OK


def _print_verdict(user: User, verdict: Verdict, now: datetime) -> None:
    from tui.desk.text.okta_terms import ago

    print_line(f"{plain(user.name)} · {plain(user.login)}")
    print_line(f"{verdict.headline}.")
    if verdict.since:
        since = f"{verdict.since.astimezone():%Y-%m-%d %H:%M}"
        print_line(f"Since      {since}{f', {ago(verdict.since, now)}' if sys.stdout.isatty() else ''}")
    if verdict.why:
        print_hanging("Why        ", f"{verdict.why} ({verdict.sure.value})")
    print_hanging("Next step  ", verdict.step.text)
    for text in (
        verdict.step.detail,
        f"keydesk {verdict.step.action} {plain(user.login)}" if verdict.step.action else "",
    ):
        if text:
            print_hanging("           ", text)
    for text in verdict.also:
        print_hanging("Also       ", text)
    if verdict.evidence:
        print_line("Evidence")
    for fact in verdict.evidence:
        when = f"{fact.at.astimezone():%m-%d %H:%M:%S}" if fact.at else ""
        origin = " · ".join(part for part in (fact.client, fact.place, fact.network) if part)
        print_hanging(f"  {when:<14} ", f"{fact.text}{f' · {origin}' if origin else ''}")
    for text in verdict.missing:
        print_hanging("Missing    ", text)


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "rule": verdict.rule,
        "blocker": verdict.blocker.value,
        "headline": verdict.headline,
        "since": _iso(verdict.since),
        "why": verdict.why,
        "sure": verdict.sure.value,
        "step": {"text": verdict.step.text, "action": verdict.step.action, "detail": verdict.step.detail},
        "evidence": [
            {
                "text": fact.text,
                "at": _iso(fact.at),
                "client": fact.client,
                "place": fact.place,
                "network": fact.network,
            }
            for fact in verdict.evidence
        ],
        "attempts": [
            {
                "at": _iso(attempt.at),
                "end": attempt.end.value,
                "via": attempt.via.value,
                "client": plain(attempt.client),
                "ip": plain(attempt.ip),
                "place": plain(attempt.place),
                "network": plain(attempt.network),
                "reason": plain(attempt.reason),
            }
            for attempt in verdict.attempts
        ],
        "also": list(verdict.also),
        "missing": list(verdict.missing),
    }


def _iso(moment: Any) -> str | None:  # noqa: ANN401 - a time or none
    return moment.isoformat(timespec="seconds") if moment else None
