"""The messages that one real person would get now, to look at; nothing is sent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from tui.desk.expiry.expiry import WORDS, Age, Expiry, expiry_of
from tui.desk.ledger.entry import Outcome
from tui.desk.lockouts.case import Case, Shut
from tui.desk.lockouts.causes import diagnose
from tui.desk.notices import due
from tui.desk.notices.notice import Topic
from tui.desk.notices.texts import message
from tui.desk.people.password_policies import policy_for
from tui.desk.perform.perform import is_of_this_org
from tui.desk.why.why import evidence
from tui.trouble import Trouble

if TYPE_CHECKING:
    from datetime import datetime

    from tui.desk.ledger.entry import Entry
    from tui.desk.notices.notice import Message, Occasion
    from tui.desk.notices.rules import NoticeRules
    from tui.desk.session import Session
    from tui.okta.models import User


MOST = 200
"""The newest entries of a person that are looked at."""


async def examples(session: Session, rules: NoticeRules, user: User) -> tuple[tuple[Message, str], ...]:
    """Both messages for one person, each with the reason why it does not apply to them now; empty where it applies."""
    occasions = [await occasion(session, rules, user, topic) for topic in (Topic.LOCKOUT, Topic.EXPIRY)]
    return tuple((message(example, rules.wording, user.email), untrue) for example, untrue in occasions)


async def occasion(session: Session, rules: NoticeRules, user: User, topic: Topic) -> tuple[Occasion, str]:
    """The occasion for a topic and one person, with the reason why it does not apply to them now.

    Where the person is not locked, or their password does not expire soon, the occasion is made up: it is there to be
    looked at and never sent.

    Returns:
        The occasion, and the reason; the reason is empty where the occasion applies.
    """
    now = session.now()
    if topic in due.DONE:
        return await _of_the_desk(session, user, topic, now)
    if topic is Topic.LOCKOUT:
        current = (await evidence(session, await session.person_with_blocks(user.id))).case
        if current is not None and current.shut not in due.TOLD:
            current = None
        case = current or Case(f"{user.id}@preview", user.id, user.login, user.name, Shut.LOCKED, now, diagnose(()))
        return due.lockout(case, user, rules, now), "" if current else "they are not locked"
    try:
        row = expiry_of(user, await policy_for(session.client, user), now)
    except Trouble:
        row = Expiry(user, Age.NO_POLICY)
    expires = (
        row.expires if row.age is Age.EXPIRES and row.expires else now + timedelta(days=max(rules.days, default=7))
    )
    left = ceil((expires - now) / timedelta(days=1))
    day = min((days for days in rules.days if left <= days), default=left)
    return due.expiry(row, expires, now, day, rules), "" if row.expires == expires else WORDS[row.age]


async def _of_the_desk(session: Session, user: User, topic: Topic, now: datetime) -> tuple[Occasion, str]:
    """The occasion for what this desk did for a person, from the ledger."""
    entries = await asyncio.to_thread(session.ledger.entries, limit=MOST, text=user.id)
    newest = next((entry for entry in entries if _is_of(session, entry, user, topic, now)), None)
    if newest is None:
        return due.done(topic, user, now, ""), "this desk did nothing of that kind for them in the last 24 hours"
    return due.done(topic, user, newest.at, newest.intent.action), ""


def _is_of(session: Session, entry: Entry, user: User, topic: Topic, now: datetime) -> bool:
    """Whether an entry is a change of the topic's kind that Okta carried out for this person a short while ago."""
    done = entry.outcome is Outcome.DONE and not entry.intent.notice and entry.intent.action in due.DONE[topic]
    fresh = now - entry.at <= due.TELL_FOR
    return done and fresh and entry.intent.person_id == user.id and is_of_this_org(session, entry)
