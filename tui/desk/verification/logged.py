"""What the System Log says of a person for the rules: what was done to them, what of them is new, what they denied."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.rules.judging import Deed
from tui.okta.clock import stamp
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.desk.rules.rules import DeskRules
    from tui.desk.session import Session
    from tui.okta.log_events import LogEvent

_DONE_BY_EVENT: Final = {
    "user.account.reset_password": "reset-password",
    "user.account.expire_password": "expire-password",
    "user.account.update_password": "reset-password",
    "user.mfa.factor.reset_all": "reset-mfa",
    "user.mfa.factor.deactivate": "remove-factor",
    "user.lifecycle.unsuspend": "unsuspend",
}
"""What an event of the log says was done to a person, as the action that does it here. Okta: "Event types"."""
_PROFILE: Final = "user.account.update_profile"
_CHANGES: Final = frozenset(
    {
        "user.mfa.factor.activate",
        "user.mfa.factor.update",
        "user.account.update_primary_email",
        "user.account.update_secondary_email",
        _PROFILE,
    }
)
"""Events after which a factor or contact data is new. Okta: "Event types"."""
_CONTACT: Final = frozenset({"email", "secondemail", "mobilephone", "primaryphone", "login"})
"""The attributes of a profile by which a person is reached, without upper case."""
_DENIED: Final = "user.mfa.okta_verify.deny_push"
_TRIED: Final = "user.authentication.auth_via_mfa"
_PAGES: Final = 3
_PAGE: Final = 200
_ANSWERED_WITHIN: Final = 120.0
"""Seconds after an asking in which a wrong number in the log is taken for the answer to it."""


class TooMuchLogged(Trouble):
    """The log holds more about a person than is read, so what lies further back is not known."""

    title = "The System Log holds too many events about this person"
    advice = "What was done to them before these is not known. Failed sign-ins in such numbers may be an attack."


class Logged(Struct, frozen=True):
    """What the log says of one person.

    Attributes:
        deeds: What was done to them, whoever did it.
        changed: When contact data or a factor of theirs changed last, in seconds since 1970; `None` for not lately.
        denials: When they denied a push.
        wrong_numbers: When a wrong number was tapped on their phone: at a sign-in of their own it may be a slip.
        trouble: Why the log could not be read whole; `None` where it was.
    """

    deeds: tuple[Deed, ...] = ()
    changed: float | None = None
    denials: tuple[float, ...] = ()
    wrong_numbers: tuple[float, ...] = ()
    trouble: Trouble | None = None

    def denied(self, asked: Collection[float]) -> float | None:
        """Return when a push was denied last; `None` for not lately.

        Args:
            asked: When keydesk asked this person, in seconds since 1970. A wrong number shortly after is a denial, also
                where nobody waited for the answer.
        """
        ours = [at for at in self.wrong_numbers if any(0 <= at - begun < _ANSWERED_WITHIN for begun in asked)]
        return max((*self.denials, *ours), default=None)


NOTHING_LOGGED: Final = Logged()


async def read_logged(session: Session, user_id: str, since: float, rules: DeskRules) -> Logged:
    """Read what the log says of a person; that it cannot be read is part of the answer.

    Args:
        session: The session of the org.
        user_id: Okta's id of the person.
        since: From when on, in seconds since 1970.
        rules: The desk's rules, for the tiers.
    """
    kinds = " or ".join(f'eventType eq "{kind}"' for kind in (*_DONE_BY_EVENT, *sorted(_CHANGES), _DENIED))
    denied = f'(eventType eq "{_TRIED}" and outcome.result eq "FAILURE")'
    query = {
        "since": stamp(datetime.fromtimestamp(since, UTC)),
        "until": stamp(session.now() + timedelta(minutes=5)),
        "filter": f'(actor.id eq "{user_id}" or target.id eq "{user_id}") and ({kinds} or {denied})',
        "sortOrder": "DESCENDING",
        "limit": str(_PAGE),
    }
    try:
        events = await session.client.log_pages(query, most=_PAGES)
    except Trouble as trouble:
        return Logged(trouble=trouble)
    found = logged_in(events, user_id, rules)
    if len(events) < _PAGE * _PAGES:
        return found
    return Logged(found.deeds, found.changed, found.denials, found.wrong_numbers, TooMuchLogged())


def logged_in(events: Iterable[LogEvent], user_id: str, rules: DeskRules) -> Logged:
    """Return what events say of one person.

    Args:
        events: Events, in any order; others than those that count say nothing.
        user_id: Okta's id of the person.
        rules: The desk's rules, for the tiers.
    """
    theirs = [event for event in events if event.at is not None and _about(event, user_id)]
    return Logged(
        tuple(_deeds(theirs, user_id, rules)),
        max((_time(event) for event in theirs if _changes(event)), default=None),
        tuple(_time(event) for event in theirs if _denies(event)),
        tuple(
            _time(event)
            for event in theirs
            if event.event_type == _TRIED
            and event.debug("pushWithNumberChallengeResponseType").upper().endswith("_INVALID")
        ),
    )


def _about(event: LogEvent, user_id: str) -> bool:
    """Whether an event is about a person: as its target, or as its actor where it has no person as target."""
    targets = event.target or ()
    if any(target.id == user_id for target in targets):
        return True
    actor = event.actor
    return actor is not None and actor.id == user_id and not any(target.type == "User" for target in targets)


def _time(event: LogEvent) -> float:
    return event.at.timestamp() if event.at else 0.0


def _changes(event: LogEvent) -> bool:
    """Whether a factor or contact data is new after an event; a profile whose changes are not named may hold some."""
    if event.event_type not in _CHANGES or event.result not in {"SUCCESS", ""}:
        return False
    if event.event_type != _PROFILE:
        return True
    named = event.debug("changedAttributes").casefold()
    return not named or bool(_CONTACT & set(named.replace(",", " ").split()))


def _denies(event: LogEvent) -> bool:
    """Whether somebody denied a push: an event of its own on Classic, a failure with one word of it on Engine."""
    return event.event_type == _DENIED or (
        event.event_type == _TRIED and event.debug("pushOnlyResponseType").upper().endswith("_DENY")
    )


def _deeds(events: Iterable[LogEvent], user_id: str, rules: DeskRules) -> list[Deed]:
    """Return what was done to a person; an event without a success was not done.

    A password that somebody has changed themselves took all that they sign in with, so it gives nothing away.
    """
    found = []
    for event in events:
        action = _DONE_BY_EVENT.get(event.event_type or "")
        if action is None or event.result not in {"SUCCESS", ""}:
            continue
        if event.event_type == "user.account.update_password" and event.actor and event.actor.id == user_id:
            continue
        found.append(Deed(user_id, "", action, _time(event), rules.tier_of(action)))
    return found
