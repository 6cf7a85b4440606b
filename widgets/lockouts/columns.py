"""The columns of the lockout feed: one set for wide terminals, one for eighty columns."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tui.desk.lockouts import words as lockouts_words
from tui.desk.lockouts.causes import LockoutCause
from tui.desk.people.answer import SURE_SIGNS
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.bars import meter
from widgets.columns import Column, Tail
from widgets.people.columns import tails_of
from widgets.tones import state

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tui.desk.lockouts.view import LockoutRow
    from tui.desk.people.badges import Badges

_AGENT = 7
"""Letters of an agent's name where there is room for the state alone."""
METER = 5
"""Cells of the bar of a lock that heals."""
HEALS_IN = "heals in "
_NARROW = {
    "heals any moment": "any moment",
    "heal overdue": "overdue",
    "needs an admin": "needs admin",
    "will lock again": "locks again",
    "by themselves": "themselves",
    "by a new password": "new password",
}
"""What the column says in fewer cells, beneath the title that says the rest."""
_STYLE = {Tone.BAD: "rows--danger", Tone.WARN: "rows--warning", Tone.GOOD: "rows--good"}


def lockout_columns(now: Callable[[], datetime], badges: Badges, *, narrow: bool) -> Sequence[Column[LockoutRow]]:
    """Return the columns of the lockout feed.

    Args:
        now: Returns the time from which ages and countdowns are counted.
        badges: What the session knows of people beside what the feed reads. Where there is no room for names, an
            administrator is marked behind the state.
        narrow: Whether the terminal has about eighty columns: then there are fewer columns and shorter words, so that
            a login has 28 cells. That a lock stays is then said by the column that says when it heals.
    """
    cause = lockouts_words.cause if narrow else lockouts_words.named

    def badges_of(row: LockoutRow) -> Sequence[Tail]:
        return tails_of(badges.of(row.user) if row.user else badges.admin(row.case.user_id))

    people: tuple[Column[LockoutRow], ...] = (
        Column("Who", lambda row: lockouts_words.who(row.case), 15, grow=2, fit=True, tails=badges_of),
        Column("Login", _login, 16, grow=2, whole=True),
    )
    return (
        Column(
            "State",
            _brief_state if narrow else _state_and_agent,
            9 if narrow else 15,
            fit=True,
            style=lambda row: _STYLE[lockouts_words.tone(row.case)],
            tails=(lambda row: tails_of(badges.admin(row.case.user_id))) if narrow else None,
        ),
        *(people[1:] if narrow else people),
        Column(
            "Since",
            lambda row: _since(row, now(), narrow=narrow),
            8 if narrow else 11,
            order=lambda row: -row.case.began.timestamp(),  # by the age, which the column shows
        ),
        Column(
            "Cause",
            lambda row: cause(row.case.diagnosis, short=narrow, log_read=row.log_read),
            12 if narrow else 23,
            grow=2,
            tails=None if narrow else _sure,
            style=lambda row: "rows--warning" if row.case.diagnosis.cause is LockoutCause.ATTACK else "",
        ),
        Column(
            "Heals",
            lambda row: _heals(row, now(), narrow=narrow),
            12 if narrow else 16,
            style=lambda row: "rows--warning" if row.case.locks_again else "",
            order=lambda row: row.case.heals_at.timestamp() if row.case.open and row.case.heals_at else None,
        ),
        Column("Department", lambda row: plain(row.user.text("department")) if row.user else "", 12, drop=6),
        Column("Password of", lambda row: plain(okta_terms.provider_words(row.user)) if row.user else "", 14, drop=7),
    )


def _since(row: LockoutRow, now: datetime, *, narrow: bool) -> str:
    """Return how long ago a case began; in a narrow table without the word that the column's title says."""
    text = okta_terms.ago(row.case.began, now)
    return text.removesuffix(" ago") if narrow else text


def _sure(row: LockoutRow) -> Sequence[Tail]:
    """Return how sure the cause is as a sign; the line beneath the table has the word."""
    diagnosis = row.case.diagnosis
    known = diagnosis.cause is not LockoutCause.UNKNOWN
    return (Tail(SURE_SIGNS[diagnosis.sure.value], "rows--muted", weighs=True),) if known else ()


def _state_and_agent(row: LockoutRow) -> str:
    """Return the state, and behind it the agent who handles the case, if any: `● Locked · tess`."""
    words = lockouts_words.state(row.case, short=True)
    if row.handled:
        words = f"{words.partition(',')[0]} · {_agent(row)}"
    return state(words, lockouts_words.tone(row.case))


def _brief_state(row: LockoutRow) -> str:
    """Return the state in one word, or who handles the case: sign and colour say the state too."""
    words = _agent(row)[:_AGENT] if row.handled else lockouts_words.state(row.case, short=True).partition(",")[0]
    return state(words, lockouts_words.tone(row.case))


def _heals(row: LockoutRow, now: datetime, *, narrow: bool) -> str:
    """Return when the lock heals, where there is room with a bar that is full when it does."""
    case = row.case
    words = lockouts_words.heals(case, now, short=True, looked=row.looked)
    if narrow:
        return _NARROW.get(words, words.removeprefix("heals "))
    if not case.open or case.heals_at is None or not words.startswith(HEALS_IN):
        return words
    began = case.counted_from or case.began
    share = (now - began) / max(case.heals_at - began, timedelta(seconds=1))
    return f"{meter(share, METER)} {words.removeprefix('heals ')}"


def _agent(row: LockoutRow) -> str:
    return plain(row.handled.agent, limit=40) if row.handled else ""


def _login(row: LockoutRow) -> str:
    return plain((row.user.login if row.user else row.case.login) or row.case.name or row.case.user_id)
