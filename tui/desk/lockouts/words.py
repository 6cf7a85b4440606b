"""A case in words: how somebody is shut out, why and how sure that is, when it heals, who takes care of it."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.case import Ended, Shut
from tui.desk.lockouts.causes import LockoutCause, Sure
from tui.desk.lockouts.feed import Pace
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone

if TYPE_CHECKING:
    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.causes import Diagnosis
    from tui.desk.lockouts.feed import FeedState

_STATE: Final = {
    Shut.LOCKED: "Locked",
    Shut.LIMIT: "Locked, no self-heal",
    Shut.BLOCKED: "Blocked",
    Shut.DIRECTORY: "In AD",
}
_SHORT: Final = _STATE | {Shut.LIMIT: "Locked, stays"}
_ENDED: Final = {
    Ended.TIMER: "by the timer",
    Ended.SELF: "by themselves",
    Ended.ADMIN: "by an admin",
    Ended.RESET: "by a new password",
    Ended.GONE: "how is not known",
}
CAUSE: Final = {
    LockoutCause.MAIL: "Mail client",
    LockoutCause.RADIUS: "Wi-Fi or VPN by RADIUS",
    LockoutCause.VPN: "VPN client",
    LockoutCause.STALE: "Old password",
    LockoutCause.MISTYPED: "Mistyped",
    LockoutCause.ATTACK: "Attack",
    LockoutCause.FACTOR: "Second factor",
    LockoutCause.DIRECTORY: "Active Directory",
    LockoutCause.UNKNOWN: "Not known",
}
"""Each cause in two or three words."""
_NAMED: Final = frozenset({LockoutCause.MAIL, LockoutCause.RADIUS, LockoutCause.VPN, LockoutCause.STALE})
"""Where the software's name says more than the kind alone."""
_BRIEF: Final = CAUSE | {LockoutCause.RADIUS: "RADIUS", LockoutCause.MAIL: "Mail", LockoutCause.VPN: "VPN"}
_HOURS_FROM: Final = 120
_OVERDUE: Final = 300
"""Seconds for which Okta may be late with a lock that heals."""


def state(case: Case, *, short: bool = False) -> str:
    """How somebody is shut out, or `Unlocked`."""
    if not case.open:
        return "Unlocked"
    return (_SHORT if short else _STATE)[case.shut]


def tone(case: Case) -> Tone:
    """How a state is meant."""
    if not case.open:
        return Tone.GOOD
    return Tone.WARN if case.shut is Shut.BLOCKED else Tone.BAD


def who(case: Case) -> str:
    """The person's name, else their login, else the id; harmless."""
    return plain(case.name or case.login or case.user_id, limit=120)


def cause(reading: Diagnosis, *, short: bool = False) -> str:
    """Why, with how sure that is: `Mail (Outlook), likely`, or short `Mail: Outlook`, a guess with `?`; harmless."""
    name = _BRIEF[reading.trigger]
    if reading.trigger is LockoutCause.UNKNOWN:
        return name
    if reading.client and reading.trigger in _NAMED:
        program, _, machine = reading.client.partition(" on ")
        client = machine if machine and program == name else program.partition(" (")[0]
        name = f"{name}: {client}" if short else f"{name} ({client})"
    if reading.sure is Sure.CERTAIN:
        return name
    if short:
        return f"{name}?" if reading.sure is Sure.GUESS else name
    return f"{name}, {reading.sure.value}"


def sentence(reading: Diagnosis) -> str:
    """Why, in a sentence without a full stop, with how sure that is."""
    return reading.words if reading.trigger is LockoutCause.UNKNOWN else f"{reading.words} ({reading.sure.value})"


def heals(case: Case, now: datetime, *, short: bool = False) -> str:
    """When it ends by itself, or how it ended: `heals in 7 min`, `an admin must unlock`, `will lock again`."""
    if case.ended is not None:
        if case.again:
            return "will lock again"
        how = plain(f"by {case.ended_by}", limit=60) if case.ended_by else _ENDED[case.ended]
        return how if short else f"{how}, {okta_terms.ago(case.ended_at, now)}" if case.ended_at else how
    if case.again:
        return "will lock again"
    if case.shut is Shut.DIRECTORY:
        return "AD decides" if short else "Active Directory decides"
    if case.heals_at is not None:
        return _countdown((case.heals_at - now).total_seconds())
    if case.heals is False:
        return "needs an admin" if short else "an admin must unlock"
    return "not known"


def _countdown(seconds: float) -> str:
    if seconds <= 0:
        return "heals any moment" if seconds > -_OVERDUE else "heal overdue"
    minutes = math.ceil(seconds / 60)
    return f"heals in {minutes} min" if minutes < _HOURS_FROM else f"heals in {minutes // 60} h"


def whole(case: Case, now: datetime, taken_by: str = "") -> str:
    """A case in one line, first what the list cuts off: who, why, since when, where the newest failure came from."""
    name = plain(who(case), limit=40)
    parts = [
        f"{name} ({plain(case.login, limit=80)})" if case.login and case.name else name,
        sentence(case.reading),
        f"{state(case)} since {case.began.astimezone():%H:%M}, {okta_terms.ago(case.began, now)}",
    ]
    if case.ended is not None:
        parts[2] = (
            f"{state(case)} {heals(case, now)}, was {_STATE[case.shut].lower()} since {case.began.astimezone():%H:%M}"
        )
    if taken_by:
        parts.insert(1, f"{plain(taken_by, limit=40)} takes care of it")
    newest = next((one for one in reversed(case.attempts) if one.failed), None)
    if newest is not None:
        place = ", ".join(filter(None, (newest.ip, newest.place, newest.network)))
        parts.append(
            plain(f"newest failure {okta_terms.ago(newest.at, now)}" + (f" from {place}" if place else ""), limit=160)
        )
    return " · ".join(parts)


def feed(state: FeedState, now: datetime) -> str:
    """How the following of the log goes: `log live`, `log behind, at 05:12`, `log waits until 06:00:30`; harmless."""
    match state.pace:
        case Pace.STARTING:
            return "log: starting"
        case Pace.LIVE:
            age = okta_terms.span(now.timestamp() - (state.read_at or now.timestamp()))
            return f"log live, read {age} ago" if age else "log live"
        case Pace.BEHIND:
            return f"log behind, at {clock(state.reached):%H:%M}" if state.reached else "log behind"
        case Pace.WAITING:
            return f"log waits until {clock(state.until):%H:%M:%S}" if state.until else "log waits"
        case Pace.PAUSED:
            return "paused, p goes on"
        case Pace.STOPPED:
            return plain(f"log stopped: {state.trouble.title}" if state.trouble else "log stopped", limit=100)


def clock(seconds: float) -> datetime:
    """Seconds since 1970 as the agent's clock shows it."""
    return datetime.fromtimestamp(seconds, UTC).astimezone()
