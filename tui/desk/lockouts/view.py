"""Which cases an agent wants to see, and in which order: filters, a search, a sort, over one picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.desk.lockouts.words import CAUSE, state, who
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.causes import LockoutCause
    from tui.desk.lockouts.feed_store import Handled
    from tui.desk.lockouts.picture import Picture
    from tui.okta.models import User

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
DAY: Final = timedelta(hours=24)


class Show(StrEnum):
    """Which cases are shown, by what has become of them."""

    OPEN = "open"
    ALL = "all of two days"
    MINE = "mine"
    NOBODYS = "nobody's"


class Order(StrEnum):
    """What stands first."""

    NEWEST = "newest first"
    HEALS = "what lasts longest first"
    CAUSE = "by cause"
    NAME = "by name"


@dataclass(frozen=True, slots=True)
class LockoutRow:
    """A case with what else is known of it.

    Attributes:
        case: The case.
        user: The person as the status search read them; `None` where it did not.
        handled: Who takes care of it.
    """

    case: Case
    user: User | None = None
    handled: Handled | None = None

    @property
    def id(self) -> str:
        """What the row is known by."""
        return self.case.id


@dataclass(frozen=True, slots=True)
class View:
    """What an agent has chosen.

    Attributes:
        show: Which cases, by what has become of them.
        cause: Only those that this led to; `None` for all.
        text: Only those of people whose name, login or department has this in it.
        order: What stands first.
    """

    show: Show = Show.OPEN
    cause: LockoutCause | None = None
    text: str = ""
    order: Order = Order.NEWEST

    @property
    def words(self) -> str:
        """What is chosen, in words."""
        parts = [self.show.value]
        if self.cause is not None:
            parts.append(f"only {CAUSE[self.cause]}")
        if self.order is not Order.NEWEST:
            parts.append(self.order.value)
        if self.text:
            parts.append(f"with “{plain(self.text, limit=20)}”")
        return ", ".join(parts)


def rows(picture: Picture, view: View, agent: str) -> tuple[LockoutRow, ...]:
    """The rows to be shown, in order.

    Args:
        picture: What is known.
        view: What is wanted.
        agent: Who looks, for `Show.MINE`.
    """
    wanted = view.text.casefold().split()
    found = []
    for case in picture.cases:
        handled = picture.taken(case)
        if not _fits(case, view, None if handled is None else handled.agent, agent):
            continue
        row = LockoutRow(case, picture.users.get(case.user_id), handled)
        if not wanted or all(word in _searched(row) for word in wanted):
            found.append(row)
    return _ordered(found, view.order)


def _fits(case: Case, view: View, handled_by: str | None, agent: str) -> bool:
    if view.cause is not None and case.reading.trigger is not view.cause:
        return False
    match view.show:
        case Show.OPEN:
            return case.open
        case Show.MINE:
            return handled_by == agent
        case Show.NOBODYS:
            return case.open and handled_by is None
        case Show.ALL:
            return True


def _searched(row: LockoutRow) -> str:
    user = row.user
    parts = [row.case.name, row.case.login, row.case.reading.client, state(row.case)]
    if user is not None:
        parts += [user.name, user.login, user.text("department")]
    return "\n".join(parts).casefold()


def _ordered(found: list[LockoutRow], order: Order) -> tuple[LockoutRow, ...]:
    """In order; among equals the newest first, as they come."""
    match order:
        case Order.NEWEST:
            pass
        case Order.HEALS:
            found.sort(key=lambda row: (not row.case.open, -_heals(row.case)))
        case Order.CAUSE:
            common = Counter(row.case.reading.trigger for row in found)
            found.sort(key=lambda row: (-common[row.case.reading.trigger], row.case.reading.trigger))
        case Order.NAME:
            found.sort(key=lambda row: who(row.case).casefold())
    return tuple(found)


def _heals(case: Case) -> float:
    """When it heals, as a number; what does not, or is not known to, is last of all."""
    return (case.heals_at or _NEVER).timestamp()


def causes(picture: Picture) -> tuple[LockoutCause, ...]:
    """The causes that there are, the commonest first."""
    counted = Counter(case.reading.trigger for case in picture.cases)
    return tuple(trigger for trigger, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lockouts began, over time.

    Attributes:
        trigger: What led to them; `None` for all together.
        counts: Per stretch of time, oldest first.
    """

    trigger: LockoutCause | None
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


def tallies(cases: Iterable[Case], now: datetime, *, stretches: int) -> tuple[Tally, ...]:
    """Lockouts of the last 24 hours by cause: all together first, then each cause, the commonest first.

    The stretches begin at round times, so that the counts change only with a case or a new stretch.

    Args:
        cases: All cases, in any order.
        now: The time.
        stretches: Into how many the day is divided.
    """
    length = DAY.total_seconds() / stretches
    last = int(now.timestamp() // length)
    by_cause: dict[LockoutCause | None, list[int]] = {None: [0] * stretches}
    for case in cases:
        place = stretches - 1 - (last - int(case.began.timestamp() // length))
        if 0 <= place < stretches:
            by_cause[None][place] += 1
            by_cause.setdefault(case.reading.trigger, [0] * stretches)[place] += 1
    found = [Tally(trigger, tuple(counts)) for trigger, counts in by_cause.items()]
    return tuple(sorted(found, key=lambda one: (one.trigger is not None, -one.total, one.trigger or "")))


def fresh(cases: Sequence[Case], known: frozenset[str], now: datetime, *, within: timedelta) -> tuple[Case, ...]:
    """Open cases that are new to somebody who knows some, and began a short while ago: what is worth a bell."""
    return tuple(case for case in cases if case.open and case.id not in known and now - case.began <= within)
