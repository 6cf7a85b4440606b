"""`keydesk lockouts`: who is locked or blocked now, why, and until when; `--follow` tells it as it comes about."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from tui.commands.codes import Code
from tui.commands.output import aside, columns, complain, document, line, user_json

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.picture import Picture
    from tui.desk.session import Session

EVERY: Final = 30.0
"""Seconds between two status searches."""
SHORTEST: Final = 1.0
PATIENCE: Final = timedelta(minutes=1)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "lockouts",
        parents=[common],
        help="who is locked or blocked now, newest first",
        description="Lists who is locked out now, and who is blocked from unknown devices, newest first; with the "
        "System Log also what led to it and when it heals.",
    )
    sub.add_argument("--all", action="store_true", help="also what has ended in the last two days")
    sub.add_argument("--follow", action="store_true", help="go on: a line for each that begins or ends, until Ctrl+C")
    sub.add_argument("--json", action="store_true", help="print JSON; with --follow, one document a line")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read and print."""
    from tui.commands.sessions import with_session
    from tui.desk.lockouts.picture import LOG

    if arguments.follow:

        async def go_on(session: Session) -> None:
            await follow(session, ended=arguments.all, json_lines=arguments.json)

        with_session(arguments, go_on)
        return Code.OK

    picture, now = with_session(arguments, _once)
    cases = picture.cases if arguments.all else picture.open
    why = all(one.what != LOG for one in picture.lacks)
    if arguments.json:
        document([value(case, picture, now) for case in cases])
    elif cases:
        titles = ("SINCE", "STATE", "NAME", "LOGIN", *(("CAUSE", "HEALS") if why else ()), "DEPARTMENT", "PASSWORD OF")
        columns(titles, [cells(case, picture, now, why=why) for case in cases])
        if picture.more:
            line("… and more; this list ends at 1,000.")
    else:
        line("Nobody was locked out in the last two days." if arguments.all else "Nobody is locked out now.")
    lack(picture)
    return Code.OK


async def _once(session: Session) -> tuple[Picture, datetime]:
    """One round of everything."""
    from tui.desk.lockouts.monitor import LockoutMonitor

    watching = LockoutMonitor(session)
    try:
        await watching.read_status()
        await watching.read_log()
        await watching.read_countdowns()
        return watching.picture, session.now()
    finally:
        watching.close()


def state(case: Case) -> str:
    """How somebody is shut out, in the words of Okta's Admin Console."""
    from tui.desk.lockouts import words as lockouts_words
    from tui.desk.lockouts.case import Shut

    if not case.open:
        return "Unlocked"
    return "Locked out" if case.shut in {Shut.LOCKED, Shut.LIMIT} else lockouts_words.state(case)


def cells(case: Case, picture: Picture, now: datetime, *, why: bool) -> tuple[str, ...]:
    """A row of the table, harmless.

    Args:
        case: The case.
        picture: What else is known.
        now: The time.
        why: With the columns that need the System Log.
    """
    from tui.desk.lockouts import words as lockouts_words
    from tui.desk.text import okta_terms
    from tui.desk.text.plain import plain

    user = picture.users.get(case.user_id)
    return (
        f"{case.began.astimezone():%Y-%m-%d %H:%M}",
        state(case),
        lockouts_words.who(case),
        plain(user.login if user else case.login),
        *((lockouts_words.cause(case.diagnosis), lockouts_words.heals(case, now)) if why else ()),
        plain(user.text("department")) if user else "",
        plain(okta_terms.provider_words(user)) if user else "",
    )


def value(case: Case, picture: Picture, now: datetime) -> dict[str, Any]:
    """A case as JSON: the person as `keydesk find` has them, where the status search read them, and the lockout."""
    from tui.desk.lockouts import words as lockouts_words
    from tui.desk.lockouts.case import Shut

    user, handled = picture.users.get(case.user_id), picture.taken(case)
    person = user_json(user) if user else {"id": case.user_id, "login": case.login, "name": case.name}
    return person | {
        "case": case.id,
        "blocked": case.shut is Shut.BLOCKED,
        "shut": case.shut.value,
        "open": case.open,
        "since": _time(case.began),
        "cause": case.diagnosis.cause.value,
        "sure": case.diagnosis.sure.value,
        "causeWords": case.diagnosis.words,
        "client": case.diagnosis.client or None,
        "attempts": len(case.attempts),
        "heals": case.heals,
        "healsAt": _time(case.heals_at),
        "healsWords": lockouts_words.heals(case, now),
        "locksAgain": case.locks_again,
        "ended": case.ended.value if case.ended else None,
        "endedAt": _time(case.ended_at),
        "endedBy": case.ended_by or None,
        "handledBy": handled.agent if handled else None,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def lack(picture: Picture) -> None:
    """Say on standard error what is missing, each reason once."""
    from tui.desk.lockouts.picture import BLOCKS, LOG

    told: set[str] = set()
    without_log = any(one.what == LOG for one in picture.lacks)
    for one in sorted(picture.lacks, key=lambda one: (one.what != LOG, one.what)):
        if one.what == BLOCKS and without_log:
            continue
        if one.trouble.title not in told:
            told.add(one.trouble.title)
            complain(one.trouble)
        aside(f"  So this is missing: {one.what[0].lower()}{one.what[1:]}.")


async def follow(session: Session, *, ended: bool, json_lines: bool) -> None:
    """Tell what is, then what comes about; ends only by being cancelled.

    Args:
        session: The session.
        ended: Begin with what has ended in the last two days too.
        json_lines: One JSON document a line, rather than text.

    Raises:
        OktaError: The first status search failed; later ones are told and tried again.
    """
    from tui.desk.lockouts import words as lockouts_words
    from tui.desk.lockouts.feed import Pace
    from tui.desk.lockouts.monitor import LockoutMonitor
    from tui.okta.errors import OktaError

    watching, known, lacks = LockoutMonitor(session), dict[str, bool](), ""
    clock, read_at, pace = session.client.clock, float("-inf"), Pace.STARTING
    try:
        while True:
            if clock.time() - read_at >= EVERY:
                try:
                    await watching.read_status(background=bool(known))
                except OktaError as error:
                    if read_at == float("-inf"):
                        raise
                    complain(error)
                read_at = clock.time()
            if watching.due:
                await watching.read_log()
                await watching.read_countdowns()
            picture = watching.picture
            told = _tell(picture, known, session.now(), first=not known and ended, json_lines=json_lines)
            known.update(told)
            missing = "".join(one.what for one in picture.lacks)
            if missing != lacks:
                lacks = missing
                lack(picture)
            if picture.feed.pace is not pace:
                pace = picture.feed.pace
                if pace is Pace.WAITING:
                    aside(f"keydesk: {lockouts_words.feed(picture.feed, session.now())}")
            sys.stdout.flush()
            left = read_at + EVERY - clock.time()
            rest = watching.rest if pace is not Pace.STOPPED else left
            await clock.sleep(max(SHORTEST, min(left, rest)))
    finally:
        watching.close()


def _tell(picture: Picture, known: dict[str, bool], now: datetime, *, first: bool, json_lines: bool) -> dict[str, bool]:
    """Tell what is new among the cases, oldest first; how each of them stands now, by id."""
    from tui.desk.lockouts.case import Ended

    waiting: set[str] = set()
    for case in reversed(picture.cases):
        before = known.get(case.id)
        if before and case.ended is Ended.GONE and case.ended_at is not None and now - case.ended_at < PATIENCE:
            waiting.add(case.id)  # the status is read before its event comes, which says how it ended
            continue
        if before is case.open or (before is None and not case.open and not (first or known)):
            continue  # told already, or over before this began
        if json_lines:
            what = "began" if case.open else "ended"
            line(json.dumps({"event": what} | value(case, picture, now), ensure_ascii=True))
        else:
            line(sentence(case, now))
    return {case.id: case.open for case in picture.cases if case.id not in waiting}


def sentence(case: Case, now: datetime) -> str:
    """A case that began or ended, in a line: `2026-11-23 05:41  Locked out  Ann Lee  login  why  heals in 7 min`."""
    from tui.desk.lockouts import words as lockouts_words
    from tui.desk.text.plain import plain

    at = case.began if case.open else case.ended_at or case.began
    parts = [f"{at.astimezone():%Y-%m-%d %H:%M}", f"{state(case):<10}", lockouts_words.who(case), plain(case.login)]
    if case.open:
        parts.append(lockouts_words.cause(case.diagnosis))
    parts.append(lockouts_words.heals(case, now, short=not case.open))
    return "  ".join(part for part in parts if part)
