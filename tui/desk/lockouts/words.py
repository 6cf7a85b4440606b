"""A case in words: how the person is shut out, why, when the lock heals, and who takes care of the case."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.case import Ended, Shut
from tui.desk.lockouts.causes import LockoutCause, Sure
from tui.desk.lockouts.feed import Pace
from tui.desk.text import okta_terms
from tui.desk.text.named_keys import key_of
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
"""The causes where the software's name says more than the cause alone."""
BRIEF: Final = CAUSE | {LockoutCause.RADIUS: "RADIUS", LockoutCause.MAIL: "Mail", LockoutCause.VPN: "VPN"}
NOT_READ: Final = "not read yet"
"""Said where keydesk has not looked yet; `not known` is for what a look did not tell."""
_HOURS_FROM: Final = 120
_OVERDUE: Final = 300
"""Seconds by which Okta may be late in lifting a lock."""


def state(case: Case, *, short: bool = False) -> str:
    """Return how the person is shut out, or `Unlocked`."""
    if not case.open:
        return "Unlocked"
    return (_SHORT if short else _STATE)[case.shut]


def tone(case: Case) -> Tone:
    """Return the tone in which a case's state is shown."""
    if not case.open:
        return Tone.GOOD
    return Tone.WARN if case.shut is Shut.BLOCKED else Tone.BAD


def who(case: Case) -> str:
    """Return the person's name, else their login, else their id; harmless."""
    return plain(case.name or case.login or case.user_id, limit=120)


def cause(diagnosis: Diagnosis, *, short: bool = False, log_read: bool = True) -> str:
    """Return the cause and how sure it is: `Mail (Outlook), likely`; short: `Mail: Outlook`, or `Mail?` for a guess.

    Args:
        diagnosis: The diagnosis.
        short: Whether there is little room.
        log_read: Whether the log has been read to its end; before that no cause is called not known.
    """
    name = named(diagnosis, short=short, log_read=log_read)
    if diagnosis.cause is LockoutCause.UNKNOWN or diagnosis.sure is Sure.CERTAIN:
        return name
    if short:
        return f"{name}?" if diagnosis.sure is Sure.GUESS else name
    return f"{name}, {diagnosis.sure.value}"


def named(diagnosis: Diagnosis, *, short: bool = False, log_read: bool = True) -> str:
    """Return the cause with the software's name, without how sure it is: `Mail (Outlook)`; arguments as for `cause`."""
    name = BRIEF[diagnosis.cause]
    if diagnosis.cause is LockoutCause.UNKNOWN:
        return name if log_read else NOT_READ.capitalize()
    if diagnosis.client and diagnosis.cause in _NAMED:
        program, _, machine = diagnosis.client.partition(" on ")
        client = machine if machine and program == name else program.partition(" (")[0]
        name = f"{name}: {client}" if short else f"{name} ({client})"
    return name


def sentence(diagnosis: Diagnosis, *, log_read: bool = True) -> str:
    """Return the cause and how sure it is, in a sentence without a full stop; `log_read` as for `cause`."""
    if diagnosis.cause is LockoutCause.UNKNOWN and not log_read:
        return "The log is not read as far as that yet"
    return diagnosis.words if diagnosis.cause is LockoutCause.UNKNOWN else f"{diagnosis.words} ({diagnosis.sure.value})"


def heals(case: Case, now: datetime, *, short: bool = False, looked: bool = True) -> str:
    """Return when the lock heals, or how it ended: `heals in 7 min`, `an admin must unlock`, `will lock again`.

    Args:
        case: The case.
        now: The time.
        short: Whether there is little room.
        looked: Whether somebody has looked which password policy applies; before that nothing is called not known.
    """
    if case.ended is not None:
        if case.locks_again:
            return "will lock again"
        how = plain(f"by {case.ended_by}", limit=60) if case.ended_by else _ENDED[case.ended]
        return how if short else f"{how}, {okta_terms.ago(case.ended_at, now)}" if case.ended_at else how
    if case.locks_again:
        return "will lock again"
    if case.shut is Shut.DIRECTORY:
        return "AD decides" if short else "Active Directory decides"
    if case.heals_at is not None:
        return _countdown((case.heals_at - now).total_seconds())
    if case.heals is False:
        return "needs an admin" if short else "an admin must unlock"
    return "not known" if looked else NOT_READ


def overdue(case: Case, now: datetime) -> str:
    """Return that a lock should have healed by itself, and what follows; empty where it is not overdue.

    Okta lifts a lock some minutes late at most, so that waiting longer is of no use. Under attack the lock is what
    keeps the other out, whatever the time.
    """
    late = case.open and case.heals_at is not None and (now - case.heals_at).total_seconds() >= _OVERDUE
    if not late:
        return ""
    right = case.diagnosis.cause is not LockoutCause.ATTACK and not case.locks_again
    return "it should have healed by itself" + ("; unlocking is right" if right else "")


def _countdown(seconds: float) -> str:
    if seconds <= 0:
        return "heals any moment" if seconds > -_OVERDUE else "heal overdue"
    minutes = max(1, math.ceil((seconds - 0.1) / 60))  # an event is some milliseconds younger than the status
    return f"heals in {minutes} min" if minutes < _HOURS_FROM else f"heals in {minutes // 60} h"


def whole(case: Case, now: datetime, taken_by: str = "", checked: float | None = None, *, log_read: bool = True) -> str:
    """Return a case in one line: who, why, since when, how the state is known, the source of the newest failure.

    Args:
        case: The case.
        now: The time.
        taken_by: Who takes care of it; empty for nobody.
        checked: When the person's own status was read, seconds since 1970; `None` where search and log tell.
        log_read: Whether the log has been read to its end.
    """
    name = plain(who(case), limit=40)
    parts = [
        f"{name} ({plain(case.login, limit=80)})" if case.login and case.name else name,
        sentence(case.diagnosis, log_read=log_read),
        f"{state(case)} since {case.began.astimezone():%H:%M}, {okta_terms.ago(case.began, now)}",
    ]
    if case.ended is not None:
        parts[2] = (
            f"{state(case)} {heals(case, now)}, was {_STATE[case.shut].lower()} since {case.began.astimezone():%H:%M}"
        )
    if checked is None:
        parts[2] += " by search and log"
    else:
        parts[2] += f", checked {okta_terms.ago(datetime.fromtimestamp(checked, UTC), now)}"
    if (late := overdue(case, now)) and not case.locks_again:
        parts[2] += f": {late}"
    if taken_by:
        parts.insert(1, f"{plain(taken_by, limit=40)} takes care of it")
    newest = next((attempt for attempt in reversed(case.attempts) if attempt.failed), None)
    if newest is not None:
        place = ", ".join(filter(None, (newest.ip, newest.place, newest.network)))
        parts.append(
            plain(f"newest failure {okta_terms.ago(newest.at, now)}" + (f" from {place}" if place else ""), limit=160)
        )
    return " · ".join(parts)


def feed(state: FeedState, now: datetime) -> str:
    """Return the state of the feed: `log live`, `log behind, at 05:12`, `log waits until 06:00:30`; harmless."""
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
            return f"paused, {key_of('lockouts.pause')} goes on"
        case Pace.STOPPED:
            return plain(f"log stopped: {state.trouble.title}" if state.trouble else "log stopped", limit=100)


def clock(seconds: float) -> datetime:
    """Return seconds since 1970 as a local time."""
    return datetime.fromtimestamp(seconds, UTC).astimezone()
