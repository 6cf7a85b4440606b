"""`keydesk why`: why somebody can't sign in, with the evidence and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.commands.codes import Code
from tui.commands.output import document, line, user_json
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse

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
        help="why somebody can't sign in: the verdict, the evidence, the next step",
        description="Says why somebody can't sign in, how sure that is, and the one right next step.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("person", help="login, id, or anything that finds exactly one person")
    sub.add_argument("--app", default="", metavar="NAME", help="the app that they want to get into")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, decide, print."""
    from tui.commands.people import the_user
    from tui.commands.sessions import with_session
    from tui.desk.why.why import why

    async def work(session: Session) -> tuple[User, Verdict]:
        user = await the_user(session, arguments.person)
        return user, await why(session, user.id, arguments.app)

    user, found = with_session(arguments, work)
    if arguments.json:
        document(as_json(found) | {"person": user_json(user)})
    else:
        _print(user, found)
    return Code.OK


def _print(user: User, found: Verdict) -> None:
    line(f"{plain(user.name)} · {plain(user.login)}")
    line(f"{found.headline}.")
    if found.since:
        line(f"Since      {found.since.astimezone():%Y-%m-%d %H:%M}")
    if found.why:
        line(f"Why        {found.why} ({found.sure.value})")
    line(f"Next step  {found.step.text}")
    for text in (found.step.detail, f"keydesk {found.step.action} {plain(user.login)}" if found.step.action else ""):
        if text:
            line(f"           {text}")
    for text in found.also:
        line(f"Also       {text}")
    if found.evidence:
        line("Evidence")
    for one in found.evidence:
        when = f"{one.at.astimezone():%m-%d %H:%M:%S}" if one.at else ""
        where = " · ".join(part for part in (one.client, one.place, one.network) if part)
        line(f"  {when:<14} {one.text}{f' · {where}' if where else ''}")
    for text in found.missing:
        line(f"Missing    {text}")


def as_json(found: Verdict) -> dict[str, Any]:
    """A verdict as `--json` prints it."""
    return {
        "rule": found.rule,
        "blocker": found.blocker.value,
        "headline": found.headline,
        "since": _iso(found.since),
        "why": found.why,
        "sure": found.sure.value,
        "step": {"text": found.step.text, "action": found.step.action, "detail": found.step.detail},
        "evidence": [
            {"text": one.text, "at": _iso(one.at), "client": one.client, "place": one.place, "network": one.network}
            for one in found.evidence
        ],
        "attempts": [
            {
                "at": _iso(one.at),
                "end": one.end.value,
                "via": one.via.value,
                "client": plain(one.client),
                "ip": plain(one.ip),
                "place": plain(one.place),
                "network": plain(one.network),
                "reason": plain(one.reason),
            }
            for one in found.attempts
        ],
        "also": list(found.also),
        "missing": list(found.missing),
    }


def _iso(moment: Any) -> str | None:  # noqa: ANN401 - a time or none
    return moment.isoformat(timespec="seconds") if moment else None
