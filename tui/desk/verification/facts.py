"""What the rules have to know of a person and of this desk: from the ledger, from the System Log, from Okta's roles."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tui.desk.people.admins import AdminRole
from tui.desk.rules.judging import Deed, Request, Subject, judge
from tui.desk.rules.rules import DAY, HOUR
from tui.desk.rules.tiers import TIERS, Tier
from tui.desk.text.plain import plain
from tui.desk.verification.alerts import read_alert
from tui.desk.verification.kept import MOST_TRIES, deeds_in, denied_in, proofs_in, tries_left
from tui.okta.clock import stamp
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.ledger.entry import Entry
    from tui.desk.people.person import Person
    from tui.desk.rules.judging import Judgement
    from tui.desk.rules.proofs import CallerProof
    from tui.desk.rules.rules import DeskRules
    from tui.desk.session import Session
    from tui.desk.verification.alerts import Alert
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
_CHANGES: Final = frozenset({"user.mfa.factor.activate", "user.mfa.factor.update", "user.account.update_profile"})
"""Events after which a factor or contact data is new."""
_DENIED: Final = "user.mfa.okta_verify.deny_push"
_TRIED: Final = "user.authentication.auth_via_mfa"
_PAGES: Final = 3
_MOST_ENTRIES: Final = 2000
"""Entries that are looked through for the caps of the last hour and the reasons of the last day."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known for the rules, at one moment.

    Attributes:
        subject: What counts of the person.
        past: What was done for them and by this desk.
        proofs: The proofs of callers that the ledger holds.
        reasons: The reasons that this agent gave within the last day.
        log_trouble: Why the System Log could not be read; `None` where it was.
        role_trouble: Why it is not known whether the person is an administrator; `None` where it is.
        alert: The alert that is raised; `None` for none.
        tries_left: How many wrong codes the person may still give in this call.
        attacked: Whether the System Log looks like an attack on them, as the lockouts and the verdicts have found.
    """

    subject: Subject
    past: tuple[Deed, ...] = ()
    proofs: tuple[CallerProof, ...] = ()
    reasons: tuple[str, ...] = ()
    log_trouble: Trouble | None = None
    role_trouble: Trouble | None = None
    alert: Alert | None = None
    tries_left: int = MOST_TRIES
    attacked: bool = False


async def read_facts(session: Session, person: Person, rules: DeskRules) -> Facts:
    """Read what the rules have to know of a person, all at the same time.

    Args:
        session: The session of the org.
        person: The person, as just read.
        rules: The desk's rules.

    Raises:
        LedgerError: The ledger could not be read.
    """
    user, now = person.user, session.now().timestamp()
    since = now - max(rules.cool_off_hours * HOUR, rules.changed_days * DAY, DAY)
    mine, own, alert, (events, log_trouble), (protected, role_trouble), principal = await asyncio.gather(
        asyncio.to_thread(_entries_of, session, user.id, since),
        asyncio.to_thread(_lately, session, now - DAY),
        read_alert(session),
        _events(session, user.id, since),
        _protected(session, person, rules),
        session.client.principal(),
    )
    entries = {entry.seq: entry for entry in (*mine, *own)}.values()
    times = [at for at in (denied_in(entries, user.id), _denied(events)) if at is not None]
    subject = Subject(
        user.id,
        protected=protected,
        oneself=user.login.casefold() == session.agent.name.casefold(),
        own_account=user.id == principal,
        changed=_newest(event for event in events if event.event_type in _CHANGES),
        denied=max(times, default=None),
    )
    past = (*deeds_in(entries), *_deeds(events, user.id))
    reasons = tuple(entry.intent.reason for entry in own if entry.intent.agent == session.agent.name)
    left = tries_left(entries, user.id, now)
    attacked = session.attack_signs.attacked(user.id)
    return Facts(subject, past, tuple(proofs_in(entries)), reasons, log_trouble, role_trouble, alert, left, attacked)


def judge_by(
    facts: Facts, action: str, rules: DeskRules, *, agent: str, now: float, aimed_at: Iterable[str] = ()
) -> Judgement:
    """Return what the rules say of an action by these facts; the same for every way in which it is asked for."""
    return judge(
        Request(
            action,
            agent,
            facts.subject,
            now,
            frozenset(aimed_at),
            facts.proofs,
            facts.past,
            log_read=facts.log_trouble is None,
            alert=facts.alert is not None,
            attacked=facts.attacked,
        ),
        rules,
    )


async def lately_before(session: Session, entry: int) -> list[Deed]:
    """Return what counts for the caps of the last hour and was recorded before an entry.

    Raises:
        LedgerError: The ledger could not be read.
    """
    since = session.now().timestamp() - HOUR
    entries = await asyncio.to_thread(_lately, session, since)
    return [deed for deed in deeds_in(one for one in entries if one.seq < entry) if deed.tier >= Tier.PROOF]


def _entries_of(session: Session, user_id: str, since: float) -> list[Entry]:
    """Return the entries about a person, back to a time."""
    return _until(session, since, text=user_id)


def _lately(session: Session, since: float) -> list[Entry]:
    """Return the newest entries of the whole desk, back to a time."""
    return _until(session, since)


def _until(session: Session, since: float, text: str = "") -> list[Entry]:
    """Return entries, newest first, back to a time; a clock that was set back a little ends nothing early."""
    found: list[Entry] = []
    before: int | None = None
    while len(found) < _MOST_ENTRIES:
        page = session.ledger.entries(limit=100, before=before, text=text)
        found += [entry for entry in page if entry.at.timestamp() >= since]
        if len(page) < 100 or page[-1].at.timestamp() < since - HOUR:  # noqa: PLR2004 - the page's size, just above
            break
        before = page[-1].seq
    return found


async def _events(session: Session, user_id: str, since: float) -> tuple[tuple[LogEvent, ...], Trouble | None]:
    """Read what the log says was done to a person, and what they denied."""
    kinds = " or ".join(f'eventType eq "{kind}"' for kind in (*_DONE_BY_EVENT, *sorted(_CHANGES), _DENIED))
    denied = f'(eventType eq "{_TRIED}" and outcome.result eq "FAILURE")'
    query = {
        "since": stamp(datetime.fromtimestamp(since, UTC)),
        "until": stamp(session.now() + timedelta(minutes=5)),
        "filter": f'(actor.id eq "{user_id}" or target.id eq "{user_id}") and ({kinds} or {denied})',
        "sortOrder": "DESCENDING",
        "limit": "200",
    }
    try:
        return await session.client.log_pages(query, most=_PAGES), None
    except Trouble as trouble:
        return (), trouble


async def _protected(session: Session, person: Person, rules: DeskRules) -> tuple[str, Trouble | None]:
    """Return why a person is protected, and why it is not known whether they are an administrator."""
    user, trouble = person.user, None
    try:
        role = await session.admins.role_of(session.client, user.id)
    except Trouble as error:
        role, trouble = AdminRole.NONE, error
    if role is not AdminRole.NONE:
        kind = "a super administrator" if role is AdminRole.SUPER else "an administrator"
        return f"{plain(user.name)} is {kind} of Okta's", None
    groups: tuple[str, ...] = ()
    if rules.protected.groups:
        try:
            groups = tuple(group.name for group in await session.groups_of(user.id))
        except Trouble as error:
            trouble = trouble or error
    attribute = user.text(rules.protected.attribute) if rules.protected.attribute else ""
    return plain(rules.protected.why(user.login, groups, attribute)), trouble


def _newest(events: Iterable[LogEvent]) -> float | None:
    return max((event.at.timestamp() for event in events if event.at is not None), default=None)


def _denied(events: Iterable[LogEvent]) -> float | None:
    """Return when a push was denied last: an event of its own on Classic, a failure with one word of it on Engine."""
    return _newest(
        event
        for event in events
        if event.event_type == _DENIED
        or (event.event_type == _TRIED and event.debug("pushOnlyResponseType").upper().endswith("_DENY"))
    )


def _deeds(events: Iterable[LogEvent], user_id: str) -> list[Deed]:
    """Return what the log says was done to a person, whoever did it; an event without a success was not done.

    A password that somebody has changed themselves took all that they sign in with, so it gives nothing away.
    """
    found = []
    for event in events:
        action = _DONE_BY_EVENT.get(event.event_type or "")
        if action is None or event.at is None or event.result not in {"SUCCESS", ""}:
            continue
        if event.event_type == "user.account.update_password" and event.actor and event.actor.id == user_id:
            continue
        if any(target.id == user_id for target in event.target or ()):
            found.append(Deed(user_id, "", action, event.at.timestamp(), TIERS[action]))
    return found
