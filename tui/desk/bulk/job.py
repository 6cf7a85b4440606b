"""A job: one safe action for several people, as a value, with the state of each person."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tui.desk.actions.grammar import Cause
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tui.desk.actions.grammar import Action, Obstacle, Plan, Target, TargetKind
    from tui.desk.people.person import Person
    from tui.trouble import Trouble

T = TypeVar("T")
MOST: Final = 50
"""People in one job: as many as somebody still reads through before confirming."""


class LineState(StrEnum):
    """How far the action is for one person of a job, or its result; the value is the word for people and exports."""

    UNREAD = "not read yet"
    READY = "ready"
    HELD = "left out"
    """It may be an attack, and nobody has ticked the person."""
    NOT_POSSIBLE = "not possible"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_SENT = "not sent"
    NOT_DONE = "not done"
    """The answer was lost, and a later look showed that Okta had not acted."""
    NOT_TRIED = "not tried"


RETRYABLE: Final = frozenset({LineState.REFUSED, LineState.NOT_SENT, LineState.NOT_DONE, LineState.NOT_TRIED})
"""The states after which the action may be tried once more: Okta has certainly not acted."""
FAILED: Final = RETRYABLE | {LineState.UNKNOWN}


class JobLine(Struct, frozen=True):
    """One person of a job.

    Attributes:
        person: The person as last read before the change.
        state: How far the action is for this person, or its result.
        note: The reason for the state, or what Okta shows now; one harmless line.
        targets: The targets as read for this person; empty where they were not read.
        plan: The plan that will be carried out; only where the action is possible.
        obstacle: Why the action is not possible.
        attack: Why it may be an attack, in a harmless sentence without a full stop; empty where nothing points to it.
        trouble: Why the action failed.
        entry: The number of the ledger entry; 0 for none.
        request_id: Okta's id of the request, for support.
        after: The person as read afterwards.
        reason: The agent's reason; empty where the action was not tried.
        ticket: The ticket's number.
        unrecorded: Whether the outcome could not be recorded in the ledger.
    """

    person: Person
    state: LineState = LineState.UNREAD
    note: str = ""
    targets: tuple[Target, ...] = ()
    plan: Plan | None = None
    obstacle: Obstacle | None = None
    attack: str = ""
    trouble: Trouble | None = None
    entry: int = 0
    request_id: str = ""
    after: Person | None = None
    reason: str = ""
    ticket: str = ""
    unrecorded: bool = False

    @property
    def id(self) -> str:
        """The person's id at Okta."""
        return self.person.user.id

    @property
    def failed(self) -> bool:
        """Whether the action may be tried again, or its entry has to be settled first."""
        return self.retryable or self.state is LineState.UNKNOWN

    @property
    def retryable(self) -> bool:
        """Whether the action may be tried again: it failed, or Okta was busy changing the person."""
        return self.state in RETRYABLE or (self.obstacle is not None and self.obstacle.cause is Cause.CHANGING)


class Job(Struct, frozen=True):
    """One action for several people. Each event makes a new value.

    Attributes:
        action: The action.
        lines: The people, in order.
        ids: Okta's ids of the chosen targets, by kind.
        target: The target that all people share, once it has been read.
        reason: The agent's reason; the same in each ledger entry.
        ticket: The ticket's number; the same in each ledger entry.
        current_id: The id of the person for whom the action is under way; empty between two people.
        step: The current step, in words.
        halted: The trouble that ended the job early.
        stopped: Whether the agent stopped the job.
        over: Whether the job has ended.
    """

    action: Action
    lines: tuple[JobLine, ...]
    ids: tuple[tuple[TargetKind, str], ...] = ()
    target: Target | None = None
    reason: str = ""
    ticket: str = ""
    current_id: str = ""
    step: str = ""
    halted: Trouble | None = None
    stopped: bool = False
    over: bool = False

    def count(self, *states: LineState) -> int:
        """The number of people in one of these states."""
        return sum(line.state in states for line in self.lines)

    @property
    def ready(self) -> tuple[JobLine, ...]:
        """The people for whom the action is possible and not done yet."""
        return tuple(line for line in self.lines if line.state is LineState.READY)

    @property
    def suspects(self) -> tuple[JobLine, ...]:
        """The people for whom the action is possible and who may be under attack, ticked or not."""
        return tuple(line for line in self.lines if line.attack and line.state in {LineState.READY, LineState.HELD})

    @property
    def ticked(self) -> int:
        """The number of people under attack for whom the action will be done all the same."""
        return sum(line.state is LineState.READY for line in self.suspects)

    def ticking(self, ids: Collection[str]) -> Job:
        """Return the job with these people ticked, or unticked where they were; only people under attack change."""
        other = {LineState.READY: LineState.HELD, LineState.HELD: LineState.READY}
        changed = {line.id for line in self.suspects if line.id in ids}
        return replace(
            self,
            lines=tuple(replace(line, state=other[line.state]) if line.id in changed else line for line in self.lines),
        )

    @property
    def read(self) -> int:
        """The number of people who have been read."""
        return len(self.lines) - self.count(LineState.UNREAD)

    @property
    def done_ids(self) -> frozenset[str]:
        """The ids of the people for whom the action is done."""
        return frozenset(line.id for line in self.lines if line.state is LineState.DONE)

    @property
    def clean(self) -> bool:
        """Whether the action is done for everybody for whom it was possible."""
        return not self.count(*FAILED) and self.halted is None

    @property
    def title(self) -> str:
        """The action with its target: `Add to a group: VPN Users`; harmless."""
        return f"{self.action.title}: {plain(self.target.name, limit=60)}" if self.target else self.action.title

    @property
    def sentence(self) -> str:
        """The result in one sentence, without a full stop."""
        order = (
            LineState.NOT_POSSIBLE,
            LineState.HELD,
            LineState.REFUSED,
            LineState.UNKNOWN,
            LineState.NOT_SENT,
            LineState.NOT_DONE,
            LineState.NOT_TRIED,
        )
        parts = [f"{self.count(state)} {state}" for state in order if self.count(state)]
        return f"{self.title}: {', '.join([f'{self.count(LineState.DONE)} of {len(self.lines)} done', *parts])}"

    def having(self, line: JobLine) -> Job:
        """Return the job with a newer line for one person."""
        return replace(self, lines=tuple(line if old.id == line.id else old for old in self.lines))

    def followed_by(self, later: Job) -> Job:
        """Return this job with the results of a later job for some of its people."""
        newer = {line.id: line for line in later.lines}
        return replace(later, lines=tuple(newer.get(line.id, line) for line in self.lines))


def job(action: Action, people: Iterable[Person], ids: Iterable[tuple[TargetKind, str]] = ()) -> Job:
    """Make a job; nothing is read or sent. Somebody who is named twice is in it once.

    Raises:
        ValueError: The action is not for several people, lacks a target, or the people are none or more than `MOST`.
    """
    if not action.several or action.reveals is not None:
        raise ValueError(f"{action.id} is never done to several people at once")
    by_id = {person.user.id: person for person in people}
    if not 0 < len(by_id) <= MOST:
        raise ValueError(f"a job is for 1 to {MOST} people")
    chosen = tuple(ids)
    if {kind for kind, _ in chosen} != set(action.chosen):
        raise ValueError(f"{action.id} is aimed at {[kind.value for kind in action.chosen]}")
    return Job(action, tuple(JobLine(person) for person in by_id.values()), chosen)


def capped(people: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    """Split people into those that one job takes and those that are too many for it."""
    return people[:MOST], people[MOST:]
