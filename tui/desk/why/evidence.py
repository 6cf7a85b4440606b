"""What a verdict is reached from: everything that was read of one person, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tui.desk.expiry.expiry import Age, expiry_of
from tui.desk.lockouts.attempts import attempt_of
from tui.desk.lockouts.case import Shut
from tui.desk.lockouts.cases import Cases
from tui.desk.lockouts.causes import diagnose
from tui.desk.lockouts.now import Lockout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tui.desk.actions.grammar import Obstacle
    from tui.desk.expiry.expiry import Expiry
    from tui.desk.lockouts.attempts import Attempt, End
    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.causes import Diagnosis
    from tui.desk.people.password_policies import Applied
    from tui.desk.people.person import Person
    from tui.okta.log_events import LogEvent

RECENT: Final = timedelta(hours=24)
"""What failed longer ago does not explain a call of today."""
SOON: Final = timedelta(minutes=10)
"""A lock that heals within this is waited for."""


@dataclass(frozen=True, slots=True)
class AppWanted:
    """The app that somebody wants to get into.

    Attributes:
        asked: What the agent typed; harmless.
        name: Its name; harmless, empty where none was found.
        assigned: Whether they have it; `None` where that is not known.
        inactive: Whether the app itself is switched off.
    """

    asked: str
    name: str = ""
    assigned: bool | None = None
    inactive: bool = False


@dataclass(frozen=True)
class Evidence:
    """Everything that was read. Pure: the rules look at nothing else.

    Attributes:
        person: The person with blocks, groups and factors.
        now: The time.
        events: The System Log about them; `None` where it could not be read.
        policy: The password policy that applies; `None` for none, or where it could not be read.
        obstacles: By action, what stands in the way of keydesk doing it; `None` for nothing.
        app: The app that they want, if one was asked about.
        missing: What could not be read, in a sentence each; harmless.
        shared: Addresses from which many people are tried.
    """

    person: Person
    now: datetime
    events: tuple[LogEvent, ...] | None = ()
    policy: Applied | None = None
    obstacles: Mapping[str, Obstacle | None] | None = None
    app: AppWanted | None = None
    missing: tuple[str, ...] = ()
    shared: frozenset[str] = frozenset()

    @property
    def status(self) -> str:
        """Okta's word."""
        return self.person.user.status or ""

    @property
    def provider(self) -> str:
        """Whose the password is."""
        return self.person.user.provider_type

    @cached_property
    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts, oldest first, each event once."""
        found = {one.uuid: one for event in self.events or () if (one := attempt_of(event)) is not None}
        return tuple(sorted(found.values(), key=lambda one: (one.at, one.uuid)))

    @cached_property
    def failures(self) -> tuple[Attempt, ...]:
        """What failed within a day and since the last good sign-in, oldest first."""
        good = self.last_good
        return tuple(
            one
            for one in self.attempts
            if one.failed and one.at >= self.now - RECENT and (not good or one.at > good.at)
        )

    @cached_property
    def last_good(self) -> Attempt | None:
        """The last sign-in that worked."""
        return next((one for one in reversed(self.attempts) if not one.failed), None)

    def mostly(self, *ends: End) -> bool:
        """Whether the newest failure, or most of them, ended in one of these ways."""
        failures = self.failures
        return bool(failures) and (
            failures[-1].end in ends or 2 * sum(one.end in ends for one in failures) > len(failures)
        )

    @cached_property
    def case(self) -> Case | None:
        """The lockout that lasts, as the feed would show it."""
        cases = Cases()
        cases.add(self.events or ())
        cases.shared(self.shared)
        user = self.person.user
        locked, blocked = self.person.locked, self.person.blocked
        rows = (
            [Lockout(user, user.when("status_changed") if locked else None, blocked=not locked)]
            if locked or blocked
            else []
        )
        cases.now_locked(rows, at=self.now, complete=True)
        if self.policy is not None:
            cases.policies({user.id: self.policy})
        wanted = (Shut.LOCKED, Shut.LIMIT) if locked else (Shut.BLOCKED,) if blocked else ()
        found = [case for case in cases.open() if case.shut in wanted]
        return found[0] if found else None

    @cached_property
    def directory_case(self) -> Case | None:
        """A lock of Active Directory that no unlock followed."""
        cases = Cases()
        cases.add(self.events or ())
        good = self.last_good
        found = [case for case in cases.open() if case.shut is Shut.DIRECTORY and (not good or good.at < case.began)]
        return found[0] if found else None

    @cached_property
    def reading(self) -> Diagnosis:
        """What led to the lock, or to the failures where nobody is locked."""
        case = self.case
        return case.reading if case is not None else diagnose([*self.attempts], None, shared=self.shared)

    @cached_property
    def expiry(self) -> Expiry:
        """When their password expires."""
        return expiry_of(self.person.user, self.policy, self.now)

    @property
    def overdue(self) -> bool:
        """Whether the password is past its age and Okta has not asked for a new one yet."""
        return self.policy is not None and self.expiry.age is Age.OVERDUE

    def possible(self, action_id: str) -> bool:
        """Whether keydesk may do it now."""
        return self.obstacles is not None and action_id in self.obstacles and self.obstacles[action_id] is None
