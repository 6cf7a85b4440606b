"""A lockout as the command line tells it: a row for people, a value for programs, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.commands.output import aside, complain, user_json
from tui.desk import lockouts_words, words
from tui.desk.case import Shut
from tui.desk.plain import plain
from tui.desk.watching_picture import BLOCKS, LOG

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.case import Case
    from tui.desk.watching_picture import Picture


def state(case: Case) -> str:
    """How somebody is shut out, in the words of Okta's Admin Console."""
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
    user = picture.users.get(case.user_id)
    return (
        f"{case.began.astimezone():%Y-%m-%d %H:%M}",
        state(case),
        lockouts_words.who(case),
        plain(user.login if user else case.login),
        *((lockouts_words.cause(case.reading), lockouts_words.heals(case, now)) if why else ()),
        plain(user.text("department")) if user else "",
        plain(words.provider_words(user)) if user else "",
    )


def value(case: Case, picture: Picture, now: datetime) -> dict[str, Any]:
    """A case as JSON: the person as `keydesk find` has them, where the status search read them, and the lockout."""
    user, handled = picture.users.get(case.user_id), picture.taken(case)
    person = user_json(user) if user else {"id": case.user_id, "login": case.login, "name": case.name}
    return person | {
        "case": case.id,
        "blocked": case.shut is Shut.BLOCKED,
        "shut": case.shut.value,
        "open": case.open,
        "since": _time(case.began),
        "cause": case.reading.trigger.value,
        "sure": case.reading.sure.value,
        "causeWords": case.reading.words,
        "client": case.reading.client or None,
        "attempts": len(case.attempts),
        "heals": case.heals,
        "healsAt": _time(case.heals_at),
        "healsWords": lockouts_words.heals(case, now),
        "locksAgain": case.again,
        "ended": case.ended.value if case.ended else None,
        "endedAt": _time(case.ended_at),
        "endedBy": case.ended_by or None,
        "handledBy": handled.agent if handled else None,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def lack(picture: Picture) -> None:
    """Say on standard error what is missing, each reason once."""
    told: set[str] = set()
    without_log = any(one.what == LOG for one in picture.lacks)
    for one in sorted(picture.lacks, key=lambda one: (one.what != LOG, one.what)):
        if one.what == BLOCKS and without_log:
            continue
        if one.trouble.title not in told:
            told.add(one.trouble.title)
            complain(one.trouble)
        aside(f"  So this is missing: {one.what[0].lower()}{one.what[1:]}.")
