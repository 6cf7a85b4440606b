"""The view that an agent has chosen: filters, a search and an order, applied to one picture."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.lockouts.case import Shut
from tui.desk.lockouts.words import CAUSE, clock, feed, state, who
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.causes import LockoutCause
    from tui.desk.lockouts.feed_store import Handled
    from tui.desk.lockouts.picture import Picture
    from tui.okta.models import User

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
DAY: Final = timedelta(hours=24)


class Show(StrEnum):
    """Which cases are shown, by their state and by who takes care of them."""

    OPEN = "open"
    ALL = "all of two days"
    MINE = "mine"
    NOBODYS = "nobody's"


class Order(StrEnum):
    """The order of the rows."""

    NEWEST = "newest first"
    HEALS = "what lasts longest first"
    CAUSE = "by cause"
    NAME = "by name"


class LockoutRow(Struct, frozen=True):
    """A case with the person and the note of who takes care of it.

    Attributes:
        case: The case.
        user: The person as the status search read them; `None` where it did not.
        handled: Who takes care of it.
        checked: When the person's own status was read, seconds since 1970; `None` where the search and the log tell.
        looked: Whether somebody has looked which password policy applies to them.
        log_read: Whether the log has been read to its end.
    """

    case: Case
    user: User | None = None
    handled: Handled | None = None
    checked: float | None = None
    looked: bool = True
    log_read: bool = True

    @property
    def id(self) -> str:
        """The id of the case."""
        return self.case.id


class View(Struct, frozen=True):
    """What an agent has chosen to see.

    Attributes:
        show: Which cases, by their state and by who takes care of them.
        cause: Only cases of this cause; `None` for all.
        text: Only cases of people whose name, login or department contains these words.
        order: The order of the rows.
    """

    show: Show = Show.OPEN
    cause: LockoutCause | None = None
    text: str = ""
    order: Order = Order.NEWEST

    @property
    def words(self) -> str:
        """The choice in words."""
        parts = [self.show.value]
        if self.cause is not None:
            parts.append(f"only {CAUSE[self.cause]}")
        if self.order is not Order.NEWEST:
            parts.append(self.order.value)
        if self.text:
            parts.append(f"with “{plain(self.text, limit=20)}”")
        return ", ".join(parts)


def chosen(kept: Mapping[str, str]) -> View:
    """Return the view that was kept as names; what is no choice today is that of a fresh view.

    Args:
        kept: The names of `show` and `order`, the value of `cause`, and `text`.
    """
    shows, orders = {one.name: one for one in Show}, {one.name: one for one in Order}
    causes = {str(one): one for one in CAUSE}
    fresh = View()
    return View(
        shows.get(kept.get("show", ""), fresh.show),
        causes.get(kept.get("cause", "")),
        kept.get("text", ""),
        orders.get(kept.get("order", ""), fresh.order),
    )


def rows(picture: Picture, view: View, agent: str) -> tuple[LockoutRow, ...]:
    """Return the rows of a view, in order.

    Args:
        picture: The picture.
        view: The agent's choice.
        agent: The name of the agent, for `Show.MINE`.
    """
    wanted = view.text.casefold().split()
    shown = []
    for case in picture.cases:
        handled = picture.taken(case)
        if not _fits(case, view, None if handled is None else handled.agent, agent):
            continue
        row = LockoutRow(
            case,
            picture.users.get(case.user_id),
            handled,
            picture.checked.get(case.user_id),
            looked=case.user_id not in picture.unlooked,
            log_read=picture.log_read,
        )
        if not wanted or all(word in _searched(row) for word in wanted):
            shown.append(row)
    return _ordered(shown, view.order)


def _fits(case: Case, view: View, handled_by: str | None, agent: str) -> bool:
    if view.cause is not None and case.diagnosis.cause is not view.cause:
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
    parts = [row.case.name, row.case.login, row.case.diagnosis.client, state(row.case)]
    if user is not None:
        parts += [user.name, user.login, user.text("department")]
    return "\n".join(parts).casefold()


def _ordered(shown: list[LockoutRow], order: Order) -> tuple[LockoutRow, ...]:
    """Sort rows; rows that are equal in the order stay newest first."""
    match order:
        case Order.NEWEST:
            pass
        case Order.HEALS:
            shown.sort(key=lambda row: (not row.case.open, -_heals(row.case)))
        case Order.CAUSE:
            common = Counter(row.case.diagnosis.cause for row in shown)
            shown.sort(key=lambda row: (-common[row.case.diagnosis.cause], row.case.diagnosis.cause))
        case Order.NAME:
            shown.sort(key=lambda row: who(row.case).casefold())
    return tuple(shown)


def _heals(case: Case) -> float:
    """Return when a lock heals, as a number; the largest for one that does not heal by itself, or is not known to."""
    return (case.heals_at or _NEVER).timestamp()


def causes(picture: Picture) -> tuple[LockoutCause, ...]:
    """Return the causes in a picture, the commonest first."""
    counted = Counter(case.diagnosis.cause for case in picture.cases)
    return tuple(cause for cause, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


class Tally(Struct, frozen=True):
    """How many lockouts began, over time.

    Attributes:
        cause: The cause of the lockouts; `None` for all causes together.
        counts: Per stretch of time, oldest first.
    """

    cause: LockoutCause | None
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """The number of lockouts in all stretches."""
        return sum(self.counts)


def tallies(cases: Iterable[Case], now: datetime, *, stretches: int) -> tuple[Tally, ...]:
    """Count the lockouts of the last 24 hours by cause: all together first, then each cause, the commonest first.

    The stretches begin at round times, so that the counts change only with a case or a new stretch.

    Args:
        cases: All cases, in any order.
        now: The time.
        stretches: The number of stretches into which the day is divided.
    """
    length = DAY.total_seconds() / stretches
    last = int(now.timestamp() // length)
    by_cause: dict[LockoutCause | None, list[int]] = {None: [0] * stretches}
    for case in cases:
        place = stretches - 1 - (last - int(case.began.timestamp() // length))
        if 0 <= place < stretches:
            by_cause[None][place] += 1
            by_cause.setdefault(case.diagnosis.cause, [0] * stretches)[place] += 1
    tallied = [Tally(cause, tuple(counts)) for cause, counts in by_cause.items()]
    return tuple(sorted(tallied, key=lambda tally: (tally.cause is not None, -tally.total, tally.cause or "")))


def summary(picture: Picture, view: View, shown: int, now: datetime) -> list[str]:
    """Return what the list is about, in parts: who is locked, as of when, and the state of the log; harmless.

    Args:
        picture: The picture, which has read who is locked.
        view: The agent's choice.
        shown: The number of rows.
        now: The time by Okta's clock.
    """
    cases = picture.open
    blocked = sum(case.shut is Shut.BLOCKED for case in cases)
    locked = len({case.user_id for case in cases if case.shut is not Shut.BLOCKED})
    blocks = f"{blocked}{'' if picture.blocks_known else ' or more'} blocked by device"
    if not picture.blocks_known and not blocked:
        blocks = "device blocks not known"
    parts = [f"{locked}{'+' if picture.more else ''} locked out, {blocks}"]
    parts += [f"as of {clock(picture.read_at):%H:%M}"] if picture.read_at is not None else []
    parts.append(feed(picture.feed, now))
    if view != View():  # first, since a narrow terminal cuts the rest, and hidden rows must be noticed
        parts.insert(0, f"{shown} shown: {view.words}")
    return parts


def empty_words(picture: Picture, view: View) -> str:
    """Return what an empty list says, once it is read."""
    if picture.read_at is None:
        return ""
    return "Nobody is locked out now." if view == View() else "No case is like that. esc clears the filter."


def fresh(cases: Sequence[Case], known: frozenset[str], now: datetime, *, within: timedelta) -> tuple[Case, ...]:
    """Return the open cases that are not known yet and began a short while ago, for which the terminal rings."""
    return tuple(case for case in cases if case.open and case.id not in known and now - case.began <= within)
