"""What is to be told to whom: lockouts that just happened, passwords that expire, and once a day the help desk."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

from tui.desk.case import Ended, Shut
from tui.desk.expiry import Age
from tui.desk.notices import Occasion, Topic
from tui.desk.plain import plain
from tui.desk.triggers import Trigger
from tui.okta.clock import instant, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from tui.desk.case import Case
    from tui.desk.expiry import Expiry
    from tui.desk.expiry_scan import ExpiryScan
    from tui.desk.notice_rules import NoticeRules
    from tui.okta.models import User

STILL: Final = timedelta(minutes=30)
"""A lock that is over this long is not told any more: whoever was locked knows by now."""
TOLD: Final = frozenset({Shut.LOCKED, Shut.LIMIT})


def lockouts(cases: Iterable[Case], rules: NoticeRules, now: datetime) -> Iterator[Case]:
    """The lockouts to be told, the oldest first; not those that people have lifted themselves."""
    for case in sorted(cases, key=lambda case: (case.began, case.id)):
        fresh = now - case.began <= timedelta(hours=rules.lockout_hours)
        ended = case.ended_at or now
        known = case.ended in {Ended.SELF, Ended.RESET} or now - ended > STILL
        if case.shut in TOLD and fresh and not known:
            yield case


def lockout(case: Case, user: User, rules: NoticeRules, now: datetime) -> Occasion:
    """The occasion that a lockout is, as it stands at a time."""
    client = case.reading.client
    newest = next((one for one in reversed(case.attempts) if one.failed), None)
    place = plain(newest.place, limit=80) if newest else ""
    what = where = ""
    if case.reading.trigger is Trigger.RADIUS:
        what = "They came by Wi-Fi or VPN: one of your devices has an old password there. Enter the new one on it."
    elif case.reading.stale and client:
        what = f"They came from {client}, which still has an old password: enter the new one there."
    if place:
        where = f"The sign-ins came from about {place}{f', with {client}' if client else ''}."
    if case.ended is not None:
        unlock = "It is unlocked again."
    elif case.heals_at is not None and case.heals_at > now:
        unlock = f"It unlocks by itself at about {case.heals_at.astimezone():%H:%M}."
    else:
        unlock = f"If it stays locked, ask {rules.desk}."
    fields = {"when": f"{case.began.astimezone():%Y-%m-%d at %H:%M}", "where": where, "what": what, "unlock": unlock}
    also = tuple(at for one in (case.id, *case.also) if (at := _time_of(one)) is not None)
    return Occasion(Topic.LOCKOUT, f"lockout/{case.user_id}@{stamp(case.began)}", case.began, user, fields, also)


def _time_of(case_id: str) -> datetime | None:
    """When a case began, by one of its ids."""
    return instant(case_id.rpartition("@")[2].partition("/")[0].rstrip("+"))


def expiries(rows: Iterable[Expiry], rules: NoticeRules, now: datetime) -> Iterator[Occasion]:
    """The coming expiries to be told, the soonest first: each day set is told once, a missed one not made up for."""
    dated = ((row, row.expires) for row in rows if row.age is Age.EXPIRES)
    for row, expires in sorted(
        ((r, e) for r, e in dated if e is not None), key=lambda pair: (pair[1], pair[0].user.id)
    ):
        left = ceil((expires - now) / timedelta(days=1))
        due = [day for day in rules.days if left <= day]
        if due and expires > now:
            yield expiry(row, expires, left, min(due), rules)


def expiry(row: Expiry, expires: datetime, left: int, day: int, rules: NoticeRules) -> Occasion:
    """The occasion that a coming expiry is.

    Args:
        row: Whose.
        expires: When.
        left: Days left.
        day: Which of the days set it is for.
        rules: The rules.
    """
    how = "Sign in as always and change it in your account's settings."
    if row.warn and left <= row.warn:
        how = "Sign in as always: Okta offers you to change it."
    days = "1 day" if left == 1 else "less than a day" if left < 1 else f"{left} days"
    fields = {"days": days, "date": f"{expires.astimezone():%A, %Y-%m-%d}", "how": how}
    key = f"expiry/{row.user.id}/{row.user.password_changed or ''}/{expires:%Y-%m-%d}/{day}"
    return Occasion(Topic.EXPIRY, key, expires, row.user, fields | {"desk": rules.desk})


def digest(
    now: datetime, cases: Iterable[Case], scan: ExpiryScan | None, notices: Mapping[str, int], missing: Iterable[str]
) -> Occasion:
    """The occasion of the daily word to the help desk.

    Args:
        now: The time.
        cases: Of the last day.
        scan: The last scan of the org; `None` where there was none.
        notices: How many notices of the last day came to what.
        missing: What could not be read, in a sentence each.
    """
    found = [case for case in cases if now - case.began <= timedelta(days=1)]
    causes = Counter(case.reading.trigger.value for case in found)
    lines = [f"Lockouts in the last 24 hours: {len(found)}, of which {sum(case.open for case in found)} last."]
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
