"""What the rules have to know of a person and of this desk: from the ledger, from the System Log, from Okta's roles."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.people.admins import AdminRole
from tui.desk.rules.judging import Request, Subject, judge, needs_log
from tui.desk.rules.rules import DAY, HOUR
from tui.desk.text.plain import plain
from tui.desk.verification.alerts import read_alert
from tui.desk.verification.kept import MOST_TRIES, asked_at, deeds_in, denied_in, proofs_in, tries_left
from tui.desk.verification.logged import NOTHING_LOGGED, read_logged
from tui.desk.verification.stamps import ahead_of_okta, by_okta
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.desk.connectors.agent import Agent
    from tui.desk.connectors.connector import Connector
    from tui.desk.ledger.entry import Entry
    from tui.desk.people.person import Person
    from tui.desk.rules.judging import Deed, Judgement
    from tui.desk.rules.proofs import CallerProof
    from tui.desk.rules.rules import DeskRules
    from tui.desk.session import Session
    from tui.desk.verification.alerts import Alert
    from tui.desk.verification.logged import Logged
    from tui.okta.models import User

_MOST_ENTRIES: Final = 2000
"""Entries of the whole desk that are looked through for the reasons of the last day; those of the last hour all are."""


class Facts(Struct, frozen=True):
    """What is known for the rules, at one moment.

    Attributes:
        subject: What counts of the person.
        past: What was done for them and by this desk.
        proofs: The proofs of callers that the ledger holds.
        reasons: The reasons that this agent gave within the last day.
        logged: What the System Log says of the person, or why it could not be read.
        alert: The alert that is raised; `None` for none.
        tries_left: How many wrong codes the person may still give in this call.
        attacked: Whether the System Log looks like an attack on them, as the lockouts and the verdicts have found.
    """

    subject: Subject
    past: tuple[Deed, ...] = ()
    proofs: tuple[CallerProof, ...] = ()
    reasons: tuple[str, ...] = ()
    logged: Logged = NOTHING_LOGGED
    alert: Alert | None = None
    tries_left: int = MOST_TRIES
    attacked: bool = False


async def rules_now(session: Session) -> DeskRules | None:
    """Return the desk's rules that are in force now, for what is judged by them; `None` for a desk without rules.

    Where a team shares them they are read from its record, each time: another agent may have changed them.

    Raises:
        RulesUnreadable: The team's rules cannot be read.
        LedgerError: The team's record could not be read.
    """
    if session.connector.store is not None:
        await asyncio.to_thread(session.team_rules.read, session.ledger)
    return session.rules


async def connector_now(session: Session) -> Connector:
    """Return the session's connector with the rules that are in force now; without rules where these cannot be read."""
    try:
        rules = await rules_now(session)
    except Trouble:
        rules = None
    return replace(session.connector, rules=rules)


async def read_facts(session: Session, person: Person, rules: DeskRules, action: str = "") -> Facts:
    """Read what the rules have to know of a person, all at the same time.

    Args:
        session: The session of the org.
        person: The person, as just read.
        rules: The desk's rules.
        action: The action's id: for one that the System Log cannot change anything about, it is not read. Empty to have
            it read.

    Raises:
        LedgerError: The ledger could not be read.
    """
    user = person.user
    since = session.now().timestamp() - max(rules.cool_off_hours * HOUR, rules.changed_days * DAY, DAY)
    looks = not action or needs_log(action, rules)
    logged, (protected, unsure), principal = await asyncio.gather(
        read_logged(session, user.id, since, rules) if looks else _no_log(),
        _protected(session, person, rules),
        session.client.principal(),
    )
    if not principal:
        unsure = f"{unsure} Which account keydesk signs in as is not known.".strip()
    subject = Subject(
        user.id,
        protected=protected,
        oneself=agent_is(session.agent, user),
        own_account=user.id == principal,
        changed=logged.changed,
        unsure=unsure,
    )
    known = Facts(subject, logged=logged, attacked=session.attack_signs.attacked(user.id))
    return await read_kept(session, known, rules)


async def _no_log() -> Logged:
    return NOTHING_LOGGED


async def read_kept(session: Session, facts: Facts, rules: DeskRules, *, before: int | None = None) -> Facts:
    """Return facts with what the ledger says now; what Okta said stays as it was.

    Args:
        session: The session of the org.
        facts: What is known of the person.
        rules: The desk's rules.
        before: The number of an entry; only what was recorded before it counts. `None` for all.

    Raises:
        LedgerError: The ledger could not be read.
    """
    user_id, now = facts.subject.id, session.now().timestamp()
    ahead = await ahead_of_okta(session)
    since = now - max(rules.cool_off_hours * HOUR, rules.changed_days * DAY, DAY) + ahead
    mine, own, alert = await asyncio.gather(
        asyncio.to_thread(_entries_of, session, user_id, since, before),
        asyncio.to_thread(_lately, session, now + ahead, before),
        read_alert(session),
    )
    reasons = tuple(entry.intent.reason for entry in own if entry.intent.agent == session.agent.name)
    entries = by_okta({entry.seq: entry for entry in (*mine, *own)}.values(), ahead)
    return replace(by_entries(facts, entries, rules, now), reasons=reasons, alert=alert)


def by_entries(facts: Facts, entries: Collection[Entry], rules: DeskRules, now: float) -> Facts:
    """Return facts with what entries of the ledger say, beside what Okta said.

    Args:
        facts: What is known of the person.
        entries: Entries in any order.
        rules: The desk's rules.
        now: Okta's time, in seconds since 1970.
    """
    user_id = facts.subject.id
    denials = denied_in(entries, user_id), facts.logged.denied(asked_at(entries, user_id))
    return replace(
        facts,
        subject=replace(facts.subject, denied=max((at for at in denials if at is not None), default=None)),
        past=(*deeds_in(entries, rules), *facts.logged.deeds),
        proofs=tuple(proofs_in(entries)),
        tries_left=tries_left(entries, user_id, now),
    )


def agent_is(agent: Agent, user: User) -> bool:
    """Whether a person is the agent, by the names that the agent goes by."""
    return not agent.names.isdisjoint(_names(user.login, user.text("email")))


def _names(login: str, email: str) -> set[str]:
    """Return what an agent may be called who is this person: their login, their address, or either without a domain."""
    whole = {login.casefold(), email.casefold()}
    return (whole | {name.partition("@")[0] for name in whole}) - {""}


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
            log_read=facts.logged.trouble is None,
            alert=facts.alert is not None,
            attacked=facts.attacked,
        ),
        rules,
    )


def _entries_of(session: Session, user_id: str, since: float, before: int | None) -> list[Entry]:
    """Return the entries about a person, back to a time."""
    return _until(session, since, text=user_id, before=before)


def _lately(session: Session, now: float, before: int | None) -> list[Entry]:
    """Return the entries of the whole desk: all of the last hour, for the caps, and of the last day the newest."""
    return _until(session, now - DAY, before=before, most=_MOST_ENTRIES, all_since=now - HOUR)


def _until(
    session: Session,
    since: float,
    *,
    before: int | None,
    text: str = "",
    most: int | None = None,
    all_since: float = 0.0,
) -> list[Entry]:
    """Return entries, newest first, back to a time; a clock that was set back a little ends nothing early.

    Args:
        session: The session of the org.
        since: Back to when, in seconds since 1970.
        before: The number of an entry; only those before it. `None` for all.
        text: What the entries mention; empty for anything.
        most: How many are enough; `None` for no end.
        all_since: Back to when all are returned, however many these are.
    """
    found: list[Entry] = []
    while True:
        page = session.ledger.entries(limit=100, before=before, text=text)
        found += [entry for entry in page if entry.at.timestamp() >= since]
        oldest = page[-1].at.timestamp() if page else 0.0
        full = most is not None and len(found) >= most and oldest < all_since - HOUR
        if len(page) < 100 or oldest < since - HOUR or full:  # noqa: PLR2004 - the page's size, just above
            return found
        before = page[-1].seq


async def _protected(session: Session, person: Person, rules: DeskRules) -> tuple[str, str]:
    """Return why a person is protected, and what of that is not known, in a sentence; each empty for nothing."""
    user, unsure = person.user, ""
    try:
        role = await session.admins.role_of(session.client, user.id, alone=True)
    except Trouble:
        role, unsure = AdminRole.NONE, "Whether they have an admin role is not known."
    if role is not AdminRole.NONE:
        kind = "a super administrator" if role is AdminRole.SUPER else "an administrator"
        return f"{plain(user.name)} is {kind} of Okta's", ""
    groups: tuple[str, ...] = ()
    if rules.protected.groups:
        try:
            groups = tuple(group.name for group in await session.groups_of(user.id))
        except Trouble:  # whoever is not known to be unprotected is protected
            return "Whether they are in a group that the desk's rules protect could not be read", unsure
    attribute = user.text(rules.protected.attribute) if rules.protected.attribute else ""
    return plain(rules.protected.why(user.login, groups, attribute)), unsure
