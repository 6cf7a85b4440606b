"""`keydesk lockouts --follow`: a line for each lockout that begins or ends, until it is stopped."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tui.commands.lockouts_tell import lack, state, value
from tui.commands.output import aside, complain, line
from tui.desk import lockouts_words
from tui.desk.case import Ended
from tui.desk.feed import Pace
from tui.desk.plain import plain
from tui.desk.watching import Watching
from tui.okta.errors import OktaError

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.case import Case
    from tui.desk.session import Session
    from tui.desk.watching_picture import Picture

EVERY: Final = 30.0
"""Seconds between two status searches."""
SHORTEST: Final = 1.0
PATIENCE: Final = timedelta(minutes=1)


async def follow(session: Session, *, ended: bool, json_lines: bool) -> None:
    """Tell what is, then what comes about; ends only by being cancelled.

    Args:
        session: The session.
        ended: Begin with what has ended in the last two days too.
        json_lines: One JSON document a line, rather than text.

    Raises:
        OktaError: The first status search failed; later ones are told and tried again.
    """
    watching, known, lacks = Watching(session), dict[str, bool](), ""
    clock, read_at, pace = session.client.clock, float("-inf"), Pace.STARTING
    try:
        while True:
            if clock.time() - read_at >= EVERY:
                try:
                    await watching.read(background=bool(known))
                except OktaError as error:
                    if read_at == float("-inf"):
                        raise
                    complain(error)
                read_at = clock.time()
            if watching.due:
                await watching.hear()
                await watching.fill_in()
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
    at = case.began if case.open else case.ended_at or case.began
    parts = [f"{at.astimezone():%Y-%m-%d %H:%M}", f"{state(case):<10}", lockouts_words.who(case), plain(case.login)]
    if case.open:
        parts.append(lockouts_words.cause(case.reading))
    parts.append(lockouts_words.heals(case, now, short=not case.open))
    return "  ".join(part for part in parts if part)
