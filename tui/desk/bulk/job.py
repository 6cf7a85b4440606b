"""One safe thing for several people: the job as a value, and what came of it person by person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from tui.desk.actions.grammar import Cause
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.desk.actions.grammar import Action, Obstacle, Plan, Target, TargetKind
    from tui.desk.people.person import Person
    from tui.trouble import Trouble

T = TypeVar("T")
MOST: Final = 50
"""People in one job: as many as somebody still reads through before confirming."""


class LineState(StrEnum):
    """How far one person of a job is, or what came of it; the value is the word for people."""

    UNREAD = "not read yet"
    READY = "ready"
    NOT_POSSIBLE = "not possible"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_SENT = "not sent"
    NOT_DONE = "not done"
    """The answer was lost, and a later look showed that Okta had not acted."""
    NOT_TRIED = "not tried"


AGAIN: Final = frozenset({LineState.REFUSED, LineState.NOT_SENT, LineState.NOT_DONE, LineState.NOT_TRIED})
"""What may be tried once more: Okta has certainly not acted."""
FAILED: Final = AGAIN | {LineState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class JobLine:
    """One person of a job.

    Attributes:
        person: The person as last read before the change.
        came: How far it is.
        note: Why, or what is seen now; one line, harmless.
        targets: What it is aimed at for this person; empty where that was not read.
        plan: What will be sent; only where it is possible.
        obstacle: What stands in the way.
        trouble: What went wrong.
        entry: The ledger entry's number, 0 for none.
        request_id: Okta's id of the request, for support.
        after: The person as read afterwards.
        reason: Why, in the agent's words; empty for whom it was not tried.
        ticket: The ticket's number.
    """

    person: Person
    came: LineState = LineState.UNREAD
    note: str = ""
    targets: tuple[Target, ...] = ()
    plan: Plan | None = None
    obstacle: Obstacle | None = None
    trouble: Trouble | None = None
    entry: int = 0
    request_id: str = ""
    after: Person | None = None
    reason: str = ""
    ticket: str = ""

    @property
    def id(self) -> str:
        """The person's id at Okta."""
        return self.person.user.id

    @property
    def failed(self) -> bool:
        """Whether there is something to try again, or to look at first."""
        return self.retried or self.came is LineState.UNKNOWN

    @property
    def retried(self) -> bool:
        """Whether it belongs to what is tried again: it failed, or Okta was busy changing the person."""
        return self.came in AGAIN or (self.obstacle is not None and self.obstacle.cause is Cause.CHANGING)


@dataclass(frozen=True, slots=True)
class Job:
    """One action for several people, a new value with each thing that happens.

    Attributes:
        action: What is done.
        lines: The people, in order.
        ids: Okta's ids of what it is aimed at, by kind.
        target: What it is aimed at, once it has been read.
        reason: Why, in the agent's words; the same in each ledger entry.
        ticket: The ticket's number; the same in each.
        now: The id of the person who is at it; empty between two.
        step: What is going on with them.
        halted: What made it stop before its end.
        stopped: Whether the agent stopped it.
        over: Whether nothing more will happen.
    """

    action: Action
    lines: tuple[JobLine, ...]
    ids: tuple[tuple[TargetKind, str], ...] = ()
    target: Target | None = None
    reason: str = ""
    ticket: str = ""
    now: str = ""
    step: str = ""
    halted: Trouble | None = None
    stopped: bool = False
    over: bool = False

    def count(self, *came: LineState) -> int:
        """How many people are that far."""
        return sum(line.came in came for line in self.lines)

    @property
    def ready(self) -> tuple[JobLine, ...]:
        """Those for whom it is possible, not done yet."""
        return tuple(line for line in self.lines if line.came is LineState.READY)

    @property
    def read(self) -> int:
        """How many people have been looked at."""
        return len(self.lines) - self.count(LineState.UNREAD)

    @property
    def done_ids(self) -> frozenset[str]:
        """The ids of those for whom it is done."""
        return frozenset(line.id for line in self.lines if line.came is LineState.DONE)

    @property
    def clean(self) -> bool:
        """Whether all that was possible is done."""
        return not self.count(*FAILED) and self.halted is None

    @property
    def what(self) -> str:
        """What is done, with its target: `Add to a group: VPN Users`; harmless."""
        return f"{self.action.title}: {plain(self.target.name, limit=60)}" if self.target else self.action.title

    @property
    def sentence(self) -> str:
        """What came of it in one sentence, without a full stop."""
        order = (
            LineState.NOT_POSSIBLE,
            LineState.REFUSED,
            LineState.UNKNOWN,
            LineState.NOT_SENT,
            LineState.NOT_DONE,
            LineState.NOT_TRIED,
        )
        parts = [f"{self.count(came)} {came}" for came in order if self.count(came)]
        return f"{self.what}: {', '.join([f'{self.count(LineState.DONE)} of {len(self.lines)} done', *parts])}"

    def having(self, line: JobLine) -> Job:
        """The same job with one person's line renewed."""
        return replace(self, lines=tuple(line if one.id == line.id else one for one in self.lines))

    def followed_by(self, later: Job) -> Job:
        """This job with what came of a later one for some of its people."""
        newer = {line.id: line for line in later.lines}
        return replace(later, lines=tuple(newer.get(line.id, line) for line in self.lines))


def job(action: Action, people: Iterable[Person], ids: Iterable[tuple[TargetKind, str]] = ()) -> Job:
    """A job; nothing is asked or sent. Whoever is named twice is in it once.

    Raises:
        ValueError: The action is not for several people, lacks a target, or there are nobody or more than `MOST`.
    """
    if not action.several or action.reveals is not None:
        raise ValueError(f"{action.id} is never done to several people at once")
    once = {person.user.id: person for person in people}
    if not 0 < len(once) <= MOST:
        raise ValueError(f"a job is for 1 to {MOST} people")
    chosen = tuple(ids)
    if {kind for kind, _ in chosen} != set(action.chosen):
        raise ValueError(f"{action.id} is aimed at {[kind.value for kind in action.chosen]}")
    return Job(action, tuple(JobLine(person) for person in once.values()), chosen)


def capped(people: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    """The people that one job takes, and those that are too many for it."""
    return people[:MOST], people[MOST:]
