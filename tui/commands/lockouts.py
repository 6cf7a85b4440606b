"""`keydesk lockouts`: who is locked or blocked now, why, and until when; `--follow` prints each change."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from tui.commands.codes import Code
from tui.commands.output import (
    add_wide,
    badge_words,
    badges_json,
    print_json,
    print_line,
    print_table,
    print_to_stderr,
    print_trouble,
    user_json,
    when_words,
)

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.picture import Picture
    from tui.desk.people.badges import Badges
    from tui.desk.session import Session

SEARCH_INTERVAL: Final = 30.0
"""Seconds between two status searches."""
SHORTEST_PAUSE: Final = 1.0
"""Seconds between two rounds of `--follow`, at least."""
EVENT_DELAY: Final = timedelta(minutes=1)
"""How long the end of a case waits for the event that says how it ended."""


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
    add_wide(sub)
    sub.add_argument("--json", action="store_true", help="print JSON; with --follow, one document a line")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read the lockouts and print them, once or until Ctrl+C."""
    from tui.commands.sessions import with_session
    from tui.desk.lockouts.picture import LOG

    if arguments.follow:

        async def work(session: Session) -> None:
            await _follow(session, ended=arguments.all, json_lines=arguments.json)

        with_session(arguments, work)
        return Code.OK

    picture, badges, now = with_session(arguments, _read_once)
    cases = picture.cases if arguments.all else picture.open
    has_log = all(gap.what != LOG for gap in picture.lacks)
    if arguments.json:
        print_json([_case_json(case, picture, badges, now) for case in cases])
    elif cases:
        causes = ("CAUSE", "HEALS") if has_log else ()
        titles = ("SINCE", "STATE", "NAME", "LOGIN", "MARKS", *causes, "DEPARTMENT", "PASSWORD OF")
        rows = [_row(case, picture, badges, now, with_cause=has_log, wide=arguments.wide) for case in cases]
        spare = ("PASSWORD OF", "DEPARTMENT", "NAME", *causes[1:])
        print_table(titles, rows, wide=arguments.wide, spare=spare)
        if picture.more:
            print_line("… and more; this list ends at 1,000.")
    else:
        print_line("Nobody was locked out in the last two days." if arguments.all else "Nobody is locked out now.")
    _print_gaps(picture)
    return Code.OK


async def _read_once(session: Session) -> tuple[Picture, Badges, datetime]:
    """Read all lockouts and their causes once, and who is an administrator; return them and the time."""
    import asyncio

    from tui.desk.lockouts.monitor import LockoutMonitor

    monitor = LockoutMonitor(session)
    try:
        await asyncio.gather(monitor.read_status(), session.admins.ask(session.client))
        await monitor.read_log()
        await monitor.read_countdowns()
        return monitor.picture, session.badges, session.now()
    finally:
        monitor.close()


def _state_words(case: Case) -> str:
    """Return how the person is shut out, in the words of Okta's Admin Console."""
    from tui.desk.lockouts import words as lockouts_words
    from tui.desk.lockouts.case import Shut

    if not case.open:
        return "Unlocked"
    return "Locked out" if case.shut in {Shut.LOCKED, Shut.LIMIT} else lockouts_words.state(case)


def heals_words(case: Case, picture: Picture, now: datetime, *, short: bool = False) -> str:
    """Return when the lock heals, or how it ended, in harmless words; `short` ones where there is little room."""
    from tui.desk.lockouts import words as lockouts_words

    text = lockouts_words.heals(case, now, short=short, looked=case.user_id not in picture.unlooked)
    late = "" if short else lockouts_words.overdue(case, now)
    return f"{text}: {late}" if late and not case.locks_again else text


def _row(
    case: Case, picture: Picture, badges: Badges, now: datetime, *, with_cause: bool, wide: bool
) -> tuple[str, ...]:
    """Return a case as a row of the table, in harmless text; `with_cause` adds the columns that need the System Log."""
    from tui.commands.colour import Toned
    from tui.desk.lockouts import words as lockouts_words
    from tui.desk.lockouts.causes import LockoutCause
    from tui.desk.text import okta_terms
    from tui.desk.text.plain import plain
    from tui.desk.text.tone import Tone

    user = picture.users.get(case.user_id)
    attack = case.diagnosis.cause is LockoutCause.ATTACK
    short = sys.stdout.isatty() and not wide
    causes = (
        Toned(lockouts_words.cause(case.diagnosis, short=short), Tone.BAD if attack else Tone.PLAIN),
        Toned(heals_words(case, picture, now, short=short), Tone.WARN if case.locks_again else Tone.PLAIN),
    )
    return (
        when_words(case.began, now, wide=wide),
        Toned(_state_words(case), lockouts_words.tone(case)),
        lockouts_words.who(case),
        plain(user.login if user else case.login),
        badge_words(badges.admin(case.user_id)),
        *(causes if with_cause else ()),
        plain(user.text("department")) if user else "",
        plain(okta_terms.provider_words(user)) if user else "",
    )


def _case_json(case: Case, picture: Picture, badges: Badges, now: datetime) -> dict[str, Any]:
    """Return a case for a program: the lockout, and the person with all facts that the status search read."""
    from tui.desk.lockouts.case import Shut

    user, taken = picture.users.get(case.user_id), picture.taken(case)
    person = user_json(user) if user else {"id": case.user_id, "login": case.login, "name": case.name}
    return person | {
        "case": case.id,
        "admin": badges_json(badges, case.user_id)["admin"],
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
        "healsWords": heals_words(case, picture, now),
        "locksAgain": case.locks_again,
        "ended": case.ended.value if case.ended else None,
        "endedAt": _time(case.ended_at),
        "endedBy": case.ended_by or None,
        "handledBy": taken.agent if taken else None,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _print_gaps(picture: Picture) -> None:
    """Print to standard error what could not be read, with each reason once."""
    from tui.desk.lockouts.picture import BLOCKS, LOG

    printed: set[str] = set()
    without_log = any(gap.what == LOG for gap in picture.lacks)
    for gap in sorted(picture.lacks, key=lambda gap: (gap.what != LOG, gap.what)):
        if gap.what == BLOCKS and without_log:
            continue
        if gap.trouble.title not in printed:
            printed.add(gap.trouble.title)
            print_trouble(gap.trouble)
        print_to_stderr(f"  So this is missing: {gap.what[0].lower()}{gap.what[1:]}.")


async def _follow(session: Session, *, ended: bool, json_lines: bool) -> None:
    """Print all cases, then each that begins or ends, until it is cancelled.

    Args:
        session: The session of the org.
        ended: Whether to begin with the cases that ended in the last two days too.
        json_lines: Whether to print one JSON document on each line, in the place of text.

    Raises:
        OktaError: The first status search failed; the failure of a later one is printed, and the search is repeated.
    """
    from tui.desk.lockouts import words as lockouts_words
    from tui.desk.lockouts.feed import Pace
    from tui.desk.lockouts.monitor import LockoutMonitor
    from tui.okta.errors import OktaError

    monitor, open_by_id, reported_gaps = LockoutMonitor(session), dict[str, bool](), ""
    clock, read_at, pace = session.client.clock, float("-inf"), Pace.STARTING
    try:
        while True:
            if clock.monotonic() - read_at >= SEARCH_INTERVAL:
                try:
                    await monitor.read_status(background=bool(open_by_id))
                    await session.admins.ask(session.client)
                except OktaError as error:
                    if read_at == float("-inf"):
                        raise
                    print_trouble(error)
                read_at = clock.monotonic()
            if monitor.due:
                await monitor.read_log()
                await monitor.read_countdowns()
            picture = monitor.picture
            first = not open_by_id and ended
            open_by_id |= _print_changes(
                picture, session.badges, open_by_id, session.now(), first=first, json_lines=json_lines
            )
            gaps = "".join(gap.what for gap in picture.lacks)
            if gaps != reported_gaps:
                reported_gaps = gaps
                _print_gaps(picture)
            if picture.feed.pace is not pace:
                pace = picture.feed.pace
                if pace is Pace.WAITING:
                    print_to_stderr(f"keydesk: {lockouts_words.feed(picture.feed, session.now())}")
            sys.stdout.flush()
            left = read_at + SEARCH_INTERVAL - clock.monotonic()
            rest = monitor.rest if pace is not Pace.STOPPED else left
            await clock.sleep(max(SHORTEST_PAUSE, min(left, rest)))
    finally:
        monitor.close()


def _print_changes(
    picture: Picture, badges: Badges, open_by_id: dict[str, bool], now: datetime, *, first: bool, json_lines: bool
) -> dict[str, bool]:
    """Print the cases that began or ended since the last round, oldest first.

    Args:
        picture: The cases as they are now.
        badges: What the session knows of people beside the cases.
        open_by_id: Whether each case was open in the last round, by its id.
        now: The time.
        first: Whether to print ended cases in the first round, before any case is known.
        json_lines: As for `_follow`.

    Returns:
        Whether each case is open now, by its id.
    """
    from tui.desk.lockouts.case import Ended

    waiting: set[str] = set()
    for case in reversed(picture.cases):
        was_open = open_by_id.get(case.id)
        if was_open and case.ended is Ended.GONE and case.ended_at is not None and now - case.ended_at < EVENT_DELAY:
            waiting.add(case.id)  # the status changes before the event can be read that says how the case ended
            continue
        if was_open is case.open or (was_open is None and not case.open and not (first or open_by_id)):
            continue  # printed already, or ended before the first round
        if json_lines:
            change = "began" if case.open else "ended"
            print_line(json.dumps({"event": change} | _case_json(case, picture, badges, now), ensure_ascii=True))
        else:
            print_line(_case_line(case, badges, now))
    return {case.id: case.open for case in picture.cases if case.id not in waiting}


def _case_line(case: Case, badges: Badges, now: datetime) -> str:
    """Return a case that began or ended: `2026-11-23 05:41  Locked out  Ann Lee  login  why  heals in 7 min`."""
    from tui.desk.lockouts import words as lockouts_words
    from tui.desk.text.plain import plain

    at = case.began if case.open else case.ended_at or case.began
    parts = [
        f"{at.astimezone():%Y-%m-%d %H:%M}",
        f"{_state_words(case):<10}",
        lockouts_words.who(case),
        plain(case.login),
        badge_words(badges.admin(case.user_id)),
    ]
    if case.open:
        parts.append(lockouts_words.cause(case.diagnosis))
    parts.append(lockouts_words.heals(case, now, short=not case.open))
    return "  ".join(part for part in parts if part)
