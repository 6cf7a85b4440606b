"""The messages that one real person would get now, to look at; nothing is sent."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from tui.desk.expiry.expiry import WORDS, Age, Expiry, expiry_of
from tui.desk.lockouts.case import Case, Shut
from tui.desk.lockouts.causes import diagnose
from tui.desk.notices import due
from tui.desk.notices.notice import Topic
from tui.desk.notices.texts import message
from tui.desk.people.password_policies import policy_for
from tui.desk.why.why import evidence
from tui.trouble import Trouble

if TYPE_CHECKING:
    from tui.desk.notices.notice import Message, Occasion
    from tui.desk.notices.rules import NoticeRules
    from tui.desk.session import Session
    from tui.okta.models import User


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
    return due.expiry(row, expires, left, day, rules), "" if row.expires == expires else WORDS[row.age]
