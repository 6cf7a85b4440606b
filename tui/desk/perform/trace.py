"""The trace of a change in the System Log: whether an event there can only be the one of a ledger entry."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import TargetKind
from tui.desk.ledger.entry import Outcome
from tui.desk.text import okta_terms
from tui.desk.text.plain import plain
from tui.okta.calls import OWN_ID
from tui.okta.clock import instant, stamp
from tui.okta.errors import OktaError
from tui.trouble import Trouble

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.actions.grammar import Action
    from tui.desk.ledger.entry import Entry, Intent
    from tui.desk.session import Session
    from tui.okta.log_events import LogEvent

LOG_LAG: Final = timedelta(minutes=2)
"""How far the System Log may be behind; only after that does it prove that an event is missing, or the only one."""
SERVERS: Final = timedelta(seconds=5)
"""How far the clocks of Okta's own servers may be apart; an event so close to the window proves nothing."""
LATE: Final = timedelta(seconds=30)
"""How long after keydesk gave a request up Okta may still have acted on it."""
UNRECORDED: Final = timedelta(minutes=3)
"""How long after the intent a keydesk that was killed may have sent the request."""
PAGES: Final = 3
MOST: Final = 100
"""The most events that are read; more in so short a time prove nothing."""


class NotLoggedYet(Trouble):
    """Only the System Log shows the change, and the log is behind."""

    title = "The System Log does not show it yet"
    advice = "It runs up to a minute behind. Settle the entry again in two minutes; until then it stays open."


class CannotTell(Trouble):
    """Neither the state nor the System Log proves what came of the entry, which stays open."""

    title = "What came of it cannot be told for sure"
    advice = "The entry stays open. Look at the person in the Admin Console, under Reports > System Log."

    @classmethod
    def because(cls, reason: str) -> CannotTell:
        """Return it with a reason, in harmless words."""
        return cls(advice=f"{reason} {cls.advice}")


async def search_log(session: Session, action: Action | None, entry: Entry) -> str:
    """Return what the System Log proves about an entry, in words for the ledger.

    An event is the entry's by Okta's id of the request, where an answer came; else by the time on Okta's clock and the
    acting principal, and only if nothing else that is known could have caused it.

    Raises:
        NotLoggedYet: The log may still be behind.
        CannotTell: The log proves nothing, or cannot be read.
    """
    trace = _Trace(entry, action)
    if action is None or not action.event or not trace.subject:
        raise CannotTell.because("This action leaves no trace that keydesk knows.")
    began = trace.began
    if began is None:
        raise CannotTell.because("An earlier keydesk recorded it, without Okta's time.")
    try:
        events = await session.client.log_pages(trace.query(action.event, began), most=PAGES)
    except OktaError as error:
        raise CannotTell.because(f"keydesk cannot read the System Log: {error.title}.") from error
    events = tuple(event for event in events if trace.concerns(event))
    name = okta_terms.event_name(action.event)
    if trace.request_id:
        return _by_request(session, trace, events, name)
    if session.now() < trace.given_up + LOG_LAG:
        raise NotLoggedYet
    if len(events) >= MOST or any(event.at is None for event in events):
        raise CannotTell.because("The System Log has more of this than can be told apart.")
    return await _by_time(session, trace, [event for event in events if event.result == "SUCCESS"], name)


def _by_request(session: Session, trace: _Trace, events: tuple[LogEvent, ...], name: str) -> str:
    """Judge by Okta's id of the request, which the answer carried and the event carries."""
    for event in events:
        if trace.request_id in _requests(event):
            if event.result in {"SUCCESS", ""}:
                return f"The System Log has “{name}” of this very request at {event.published}: it took effect."
            reason = plain(event.reason or event.result)
            return f"The System Log has “{name}” of this very request as failed ({reason}): it did not take effect."
    if session.now() < trace.given_up + LOG_LAG:
        raise NotLoggedYet
    return f"The System Log has no “{name}” of this very request: it did not take effect."


async def _by_time(session: Session, trace: _Trace, events: list[LogEvent], name: str) -> str:
    """Judge by the time on Okta's clock and by who acted, for a request whose answer was lost."""
    if not events:
        return f"The System Log has no “{name}” for them since: it did not take effect."
    principal = trace.intent.principal
    if not principal:
        raise CannotTell.because(f"The System Log has “{name}” for them, but not known is as whom keydesk acted.")
    ours = [event for event in events if _is_by(event, principal)]
    if any(event.actor is None or not event.actor.id for event in events if event not in ours):
        raise CannotTell.because(f"The System Log has “{name}” for them, and does not say by whom.")
    others = await asyncio.to_thread(session.ledger.entries, text=trace.intent.person_id)
    rivals = [_Trace(other, ACTIONS.get(other.intent.action)) for other in others if other.seq != trace.entry.seq]
    rivals = [rival for rival in rivals if rival.rivals(trace)]
    ours = [event for event in ours if not any(rival.is_certainly(event) for rival in rivals)]
    if not ours:
        return f"The System Log has no “{name}” for them by {plain(principal)} then: it did not take effect."
    if len(ours) > 1:
        raise CannotTell.because(f"The System Log has “{name}” for them more than once, by the same account.")
    (event,) = ours
    if any(rival.could_be(event) for rival in rivals):
        raise CannotTell.because("Another entry of this ledger could explain the event as well.")
    if event.at is not None and trace.began is not None and event.at < trace.began:
        raise CannotTell.because("The event is so early that it may be of something done before.")
    if not principal.startswith("0oa") and not _has_token(event):
        raise CannotTell.because("The owner of the API token may have done it in the Admin Console.")
    by = plain((event.actor and (event.actor.display_name or event.actor.alternate_id)) or "?")
    return f"The System Log has “{name}” for them at {event.published} by {by}: it took effect."


class _Trace:
    """What an entry would have left in the System Log.

    Args:
        entry: The entry.
        action: Its action; `None` for one that this keydesk does not know.
    """

    def __init__(self, entry: Entry, action: Action | None) -> None:
        self.entry = entry
        self.intent: Intent = entry.intent
        self.event = action.event if action else ""
        calls = entry.intent.calls
        values = (action.endpoint.path_values(calls[0]) if action and calls else None) or {}
        aims = action.aims if action else ()
        # Giving an app to a group is about the group, and no person is named in its event.
        about_person = not {TargetKind.GROUP, TargetKind.APP} <= set(aims)
        self.ids = {value for kind, value in values.items() if kind in {TargetKind.GROUP, TargetKind.APP}}
        self.subject = self.intent.person_id if about_person else values.get(TargetKind.GROUP, "")
        if TargetKind.DEVICE in aims:  # the event of a device names the device, and nobody
            self.subject = values.get(TargetKind.DEVICE, "")
        if TargetKind.FACTOR in aims:
            self.subject = ""  # the event of a factor does not name it, so that two factors cannot be told apart
        # With several calls, the id is that of the one that failed, which may be another.
        answered = len(calls) == 1 and entry.request_id and not entry.request_id.startswith(OWN_ID)
        self.request_id = entry.request_id if answered else ""

    @property
    def began(self) -> datetime | None:
        """The time on Okta's clock of the last answer before the request; `None` in entries of earlier versions."""
        return instant(self.intent.okta_time)

    @property
    def given_up(self) -> datetime:
        """When keydesk waited no longer, on Okta's clock; where it was killed, the latest that this can have been."""
        return self.entry.outcome_at or (self.began or self.entry.at) + UNRECORDED

    def query(self, event: str, began: datetime) -> dict[str, str]:
        """Return the query for the events in the time in which the change can have happened."""
        return {
            "since": stamp(began - SERVERS),
            "until": stamp(self.given_up + LATE),
            "filter": f'eventType eq "{event}" and target.id eq "{self.subject}"',
            "sortOrder": "ASCENDING",
            "limit": str(MOST),
        }

    def concerns(self, event: LogEvent) -> bool:
        """Whether an event names the group and the app that the entry is about."""
        return self.ids <= {target.id for target in event.target or ()}

    def rivals(self, other: _Trace) -> bool:
        """Whether this entry may have caused an event of the same kind; what was not sent or refused caused none."""
        caused = self.entry.outcome not in {Outcome.NOT_SENT, Outcome.REFUSED}
        return caused and self.event == other.event and self.intent.org == other.intent.org and self.ids == other.ids

    def is_certainly(self, event: LogEvent) -> bool:
        """Whether the event is that of this entry by Okta's id of the request."""
        return bool(self.request_id) and self.request_id in _requests(event)

    def could_be(self, event: LogEvent) -> bool:
        """Whether the event may be that of this entry by its time; an entry with another request's id is none."""
        if (self.request_id and _requests(event)) or event.at is None:
            return False
        return (self.began or self.entry.at) - SERVERS <= event.at <= self.given_up + LATE


def _requests(event: LogEvent) -> set[str]:
    """Return the ids of the request behind an event; Okta keeps it twice (Okta: "System Log", transaction)."""
    ids = {event.transaction.id if event.transaction else "", event.debug("requestId")}
    return {request_id for request_id in ids if request_id}


def _detail(event: LogEvent) -> dict[str, object]:
    return (event.transaction.detail if event.transaction else None) or {}


def _is_by(event: LogEvent, principal: str) -> bool:
    """Whether a principal acted: the owner of the API token as the actor, or the service app there or as the client."""
    actor = event.actor.id if event.actor else ""
    return principal in {actor, _detail(event).get("requestApiTokenClientId")}


def _has_token(event: LogEvent) -> bool:
    return bool(_detail(event).get("requestApiTokenId"))
