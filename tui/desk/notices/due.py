"""Which notices are due: for new lockouts, for passwords that expire soon, and the help desk's daily digest."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

from tui.desk.expiry.expiry import Age
from tui.desk.ledger.claims import Twins
from tui.desk.lockouts.case import Ended, Shut
from tui.desk.lockouts.causes import LockoutCause
from tui.desk.notices.notice import Occasion, Topic
from tui.desk.text.plain import plain
from tui.okta.clock import instant, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from tui.desk.expiry.expiry import Expiry
    from tui.desk.expiry.scan import ExpiryScan
    from tui.desk.ledger.entry import Entry
    from tui.desk.lockouts.case import Case
    from tui.desk.notices.rules import NoticeRules
    from tui.okta.models import User

STILL: Final = timedelta(minutes=30)
"""So long after the end of a lock its notice is still sent; later the person knows by now."""
TOLD: Final = frozenset({Shut.LOCKED, Shut.LIMIT})
"""The kinds of lockouts that people get a notice of."""
TELL_FOR: Final = timedelta(hours=24)
"""So long after the desk did something the person can be told of it by hand."""
DONE: Final[Mapping[Topic, Mapping[str, str]]] = {
    Topic.UNLOCKED: {"unlock": "The lock was lifted."},
    Topic.RESET: {
        "reset-password": "A mail with a link to choose a new password is on its way to you.",
        "reset-link": "You were given a link to choose a new password.",
        "temp-password": "You were given a temporary password, which has to be changed at the next sign-in.",
        "expire-password": "You have to choose a new password at the next sign-in.",
    },
    Topic.FACTORS: {
        "reset-mfa": "All were removed. You are asked to set them up again at the next sign-in.",
        "remove-factor": "One of them was removed. You may be asked to set it up again at the next sign-in.",
    },
}
"""What the desk does that people can be told of: by topic, the ids of the actions and what each means to the person."""
SAME_LOCK: Final = timedelta(minutes=2)
"""Two lockouts of one person this close together are one lockout, whose time is known more exactly by now."""


def lockouts(cases: Iterable[Case], rules: NoticeRules, now: datetime) -> Iterator[Case]:
    """The lockouts that a notice is due for, the oldest first; not those that people have lifted themselves."""
    for case in sorted(cases, key=lambda case: (case.began, case.id)):
        fresh = now - case.began <= timedelta(hours=rules.lockout_hours)
        ended = case.ended_at or now
        known = case.ended in {Ended.SELF, Ended.RESET} or now - ended > STILL
        if case.shut in TOLD and fresh and not known:
            yield case


def lockout(case: Case, user: User, rules: NoticeRules, now: datetime) -> Occasion:
    """The occasion for a lockout, as the lockout stands at a time."""
    client = case.diagnosis.client
    newest = next((attempt for attempt in reversed(case.attempts) if attempt.failed), None)
    place = plain(newest.place, limit=80) if newest else ""
    what = where = ""
    if case.diagnosis.cause is LockoutCause.RADIUS:
        what = "They came by Wi-Fi or VPN: one of your devices has an old password there. Enter the new one on it."
    elif case.diagnosis.stale and client:
        what = f"They came from {client}, which still has an old password: enter the new one there."
    if place:
        where = f"The sign-ins came from about {place}{f', with {client}' if client else ''}."
    if case.ended is not None:
        unlock = "It is unlocked again."
    elif case.heals_at is not None and case.heals_at > now:
        unlock = f"It unlocks by itself at about {case.heals_at.astimezone():%H:%M}."
    else:
        unlock = f"If it stays locked, ask {rules.wording.desk}."
    fields = {"when": f"{case.began.astimezone():%Y-%m-%d at %H:%M}", "where": where, "what": what, "unlock": unlock}
    also = tuple(at for case_id in (case.id, *case.also) if (at := _time_of(case_id)) is not None)
    return Occasion(Topic.LOCKOUT, f"lockout/{case.user_id}@{stamp(case.began)}", case.began, user, fields, also)


def _time_of(case_id: str) -> datetime | None:
    """The time that a case began, read from one of its ids; `None` where the id holds no time."""
    return instant(case_id.rpartition("@")[2].partition("/")[0].rstrip("+"))


def expiries(rows: Iterable[Expiry], rules: NoticeRules, now: datetime) -> Iterator[Occasion]:
    """The coming expiries that a notice is due for, the soonest first.

    Each of the days in the rules brings one notice; a day on which keydesk did not run is not made up for.
    """
    dated = ((row, row.expires) for row in rows if row.age is Age.EXPIRES)
    for row, expires in sorted(
        ((r, e) for r, e in dated if e is not None), key=lambda pair: (pair[1], pair[0].user.id)
    ):
        left = ceil((expires - now) / timedelta(days=1))
        due = [day for day in rules.days if left <= day]
        if due and expires > now:
            yield expiry(row, expires, now, min(due), rules)


def expiry(row: Expiry, expires: datetime, now: datetime, day: int, rules: NoticeRules) -> Occasion:
    """The occasion for a coming expiry.

    Args:
        row: The person, and what is known of their password.
        expires: When the password expires.
        now: The present.
        day: Which of the days in the rules the notice is for.
        rules: The rules.
    """
    how = "Sign in as always and change it in your account's settings."
    if row.warn and ceil((expires - now) / timedelta(days=1)) <= row.warn:
        how = "Sign in as always: Okta offers you to change it."
    left = (expires.astimezone().date() - now.astimezone().date()).days  # as the date beside it says
    days = "1 day" if left == 1 else "less than a day" if left < 1 else f"{left} days"
    fields = {"days": days, "date": f"{expires.astimezone():%A, %Y-%m-%d}", "how": how}
    key = f"expiry/{row.user.id}/{row.user.password_changed or ''}/{expires:%Y-%m-%d}/{day}"
    return Occasion(Topic.EXPIRY, key, expires, row.user, fields | {"desk": rules.wording.desk})


def done(topic: Topic, user: User, at: datetime, action: str) -> Occasion:
    """The occasion for what the desk did for a person.

    Args:
        topic: One of the topics in `DONE`.
        user: The person.
        at: When it was done.
        action: The action's id; empty for an example.
    """
    what = DONE[topic].get(action, "") or next(iter(DONE[topic].values()))
    fields = {"when": f"{at.astimezone():%Y-%m-%d at %H:%M}", "what": what}
    return Occasion(topic, f"{topic.value}/{user.id}@{stamp(at)}", at, user, fields)


def digest(
    now: datetime, cases: Iterable[Case], scan: ExpiryScan | None, notices: Mapping[str, int], missing: Iterable[str]
) -> Occasion:
    """The occasion for the help desk's daily digest.

    Args:
        now: The time.
        cases: The known cases; those of the last day are counted.
        scan: The last scan of the org; `None` where there was none.
        notices: The number of notices of the last day, by outcome.
        missing: What could not be read, in a sentence each.
    """
    recent = [case for case in cases if now - case.began <= timedelta(days=1)]
    causes = Counter(case.diagnosis.cause.value for case in recent)
    lines = [f"Lockouts in the last 24 hours: {len(recent)}, of which {sum(case.open for case in recent)} last."]
    lines += [f"  {name}: {count}" for name, count in causes.most_common()]
    if scan is not None:
        soon = sum(count for _, count in scan.histogram)
        lines.append(
            f"Passwords that expire within {scan.days} days: {soon}; past their age: {scan.counts[Age.OVERDUE]}."
        )
    lines.append("Notices in the last 24 hours: " + (", ".join(f"{n} {w}" for w, n in notices.items()) or "none") + ".")
    lines += [plain(text, limit=300) for text in missing]
    day = f"{now.astimezone():%Y-%m-%d}"
    return Occasion(Topic.DIGEST, f"digest/{day}", now, None, {"date": day, "summary": "\n".join(lines)})


def twins_of(occasion: Occasion, key: str) -> Twins | None:
    """Which earlier notices in the ledger say the same under another key, so that nothing is sent twice.

    A notice of an expiry may have gone by another way; that of a lockout also under a time that is known better now.

    Args:
        occasion: What the notice is about.
        key: Its own key in the ledger.

    Returns:
        How to find them; `None` where there can be none.
    """
    if occasion.user is None or occasion.topic not in {Topic.LOCKOUT, Topic.EXPIRY}:
        return None
    if occasion.topic is Topic.EXPIRY:
        before, _, _ = key.rpartition("/")
        return Twins(f"{before}/", lambda _: True)
    before, _, _ = key.partition("@")
    times = (occasion.at, *occasion.also)
    return Twins(f"{before}@", lambda entry: any(_is_near(entry, at) for at in times))


def _is_near(entry: Entry, at: datetime) -> bool:
    """Whether a ledger entry's notice was about a lockout at this time; its key holds the time of the lockout."""
    match = re.search(r"@([0-9T:.Z-]+)/", entry.intent.notice)
    when = instant(match[1]) if match else None
    return when is not None and abs(when - at.astimezone(UTC)) <= SAME_LOCK
