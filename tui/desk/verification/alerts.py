"""The raised alert: everything takes one tier more, for all who share the ledger, until a time that was named."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.ledger.entry import Outcome, canonical
from tui.desk.ledger.verified import LOWERED, RAISED, kept_in
from tui.desk.recording import intent_of
from tui.desk.text.plain import plain
from tui.desk.verification.stamps import ahead_of_okta, by_okta
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.ledger.entry import Entry
    from tui.desk.session import Session

LONGEST: Final = 24 * 3600.0
"""Seconds that an alert may last; longer ones are raised again, by somebody who still means it."""
_MENTIONED: Final = "-alert"
_PAGE: Final = 50
_SKEW: Final = 3600.0
"""Seconds by which a clock may have been set back between two entries."""
_SPAN: Final = re.compile(r"([0-9]{1,4})(m|h)")
_SHORTEST: Final = 60.0
_WORDS: Final = 2


class BadAlert(BadInput):
    """An alert without an end or a reason."""

    title = "This alert cannot be raised"


class Alert(Struct, frozen=True):
    """An alert that is on.

    Attributes:
        entry: The number of its ledger entry.
        agent: Who raised it.
        reason: Why, in the agent's words; untrusted.
        until: When it ends, in seconds since 1970 on Okta's clock.
    """

    entry: int
    agent: str
    reason: str
    until: float


def alert_in(entries: Iterable[Entry], now: float) -> Alert | None:
    """Return the alert that is on; `None` for none. What was said last counts.

    Args:
        entries: Entries of the ledger of a day at least, in any order.
        now: Okta's time, in seconds since 1970.
    """
    said = [entry for entry in entries if _holds(entry)]
    last = max(said, key=lambda entry: entry.seq, default=None)
    if last is None or last.intent.action == LOWERED:
        return None
    until = _until(last)
    # An entry without a readable end counts as long as it could: whoever damaged it must not end the alert.
    until = last.at.timestamp() + LONGEST if until is None else min(until, last.at.timestamp() + LONGEST)
    return Alert(last.seq, last.intent.agent, last.intent.reason, until) if now < until else None


def _until(entry: Entry) -> float | None:
    until = kept_in(entry).get("until")
    return float(until) if isinstance(until, (int, float)) and not isinstance(until, bool) else None


async def read_alert(session: Session) -> Alert | None:
    """Return the alert that is on in this ledger; `None` for none. From then on every screen of the session says so.

    Raises:
        LedgerError: The ledger could not be read.
    """
    now = session.now().timestamp()
    ahead = await ahead_of_okta(session)
    said = await asyncio.to_thread(_said, session, now - LONGEST + ahead)
    alert = alert_in(by_okta(said, ahead), now)
    session.attack_signs.alert = f"ALERT until {_clock(alert.until)}" if alert else ""
    return alert


def _said(session: Session, since: float) -> list[Entry]:
    """Return the entries that may be of an alert, as far back as one could still be on.

    Others mention the word too, by accident or on purpose, so that no number of entries is enough.
    """
    found: list[Entry] = []
    before: int | None = None
    while True:
        page = session.ledger.entries(limit=_PAGE, before=before, text=_MENTIONED)
        found += [entry for entry in page if entry.intent.action in {RAISED, LOWERED}]
        if len(page) < _PAGE or page[-1].at.timestamp() < since - _SKEW or any(map(_holds, found)):
            return found
        before = page[-1].seq


def _holds(entry: Entry) -> bool:
    """Whether an entry says whether the alert is on; one whose raising was not recorded whole is taken at its word."""
    action, outcome = entry.intent.action, entry.outcome
    if action == RAISED:
        return outcome is Outcome.DONE or entry.open
    return action == LOWERED and outcome is Outcome.DONE


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%H:%M}"


def span_seconds(span: str) -> float:
    """Return the seconds of a span as it is typed: `30m`, `4h`.

    Raises:
        BadInput: It is none.
    """
    match = _SPAN.fullmatch(span.strip())
    if match is None:
        raise BadInput(f"{plain(span, limit=20)} is no span", advice="Write it as 30m or 4h.", field="lasts")
    return float(match[1]) * (3600 if match[2] == "h" else 60)


async def raise_alert(session: Session, reason: str, until: float) -> int:
    """Raise the alert, or change its end; returns the number of the ledger entry.

    Args:
        session: The session of the org.
        reason: Why.
        until: When it ends, in seconds since 1970 on Okta's clock.

    Raises:
        BadAlert: There is no reason, or the end is past or more than a day ahead.
        LedgerError: It could not be recorded.
    """
    lasts = until - session.now().timestamp()
    if not _SHORTEST - 1 <= lasts <= LONGEST:  # a moment goes by between what is typed and here
        raise BadAlert(advice="It ends in a minute at least and a day at most; raise it again then.", field="lasts")
    reason = plain(reason).strip()
    if len(reason.split()) < _WORDS:
        raise BadAlert(advice="Say why, for the others who will read it.", field="reason")
    return await _record(session, RAISED, "Raise the alert", reason, canonical({"until": until}))


async def lower_alert(session: Session, reason: str = "") -> int:
    """End the alert; returns the number of the ledger entry.

    Raises:
        LedgerError: It could not be recorded.
    """
    return await _record(session, LOWERED, "End the alert", plain(reason).strip(), "")


async def _record(session: Session, action: str, title: str, reason: str, kept: str) -> int:
    intent = intent_of(session, action, title, reason=reason, proof=kept)
    approval = await asyncio.to_thread(session.ledger.intend, intent)
    await asyncio.to_thread(session.ledger.outcome, approval.entry, Outcome.DONE)
    return approval.entry
