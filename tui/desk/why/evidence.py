"""The evidence for a verdict: everything that was read about one person, and what could not be read."""

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
"""Older failures do not explain why somebody asks for help now."""
SOON: Final = timedelta(minutes=10)
"""A lock that heals within this time is not worth an unlock."""


@dataclass(frozen=True, slots=True)
class AppWanted:
    """The app that the person wants to open.

    Attributes:
        asked: The text that the agent typed; harmless.
        name: The app's name; harmless, empty where no app was found.
        assigned: Whether the app is assigned to the person; `None` where that is not known.
        inactive: Whether the app itself is switched off.
    """

    asked: str
    name: str = ""
    assigned: bool | None = None
    inactive: bool = False


@dataclass(frozen=True)
class Evidence:
    """Everything that was read about one person. The rules use nothing else, and this does no I/O.

    Attributes:
        person: The person, with device blocks, groups and factors.
        now: The time.
        events: The events about the person in the System Log; `None` where they could not be read.
        policy: The password policy that applies; `None` for none, or where it could not be read.
        obstacles: The obstacle to each action, by the id of the action; `None` where the action is possible.
        app: The app that the person wants to open, if the agent named one.
        missing: What could not be read, in a harmless sentence each.
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
        """Okta's status of the account; empty where it is not known."""
        return self.person.user.status or ""

    @property
    def provider(self) -> str:
        """The type of the provider that owns the password."""
        return self.person.user.provider_type

    @cached_property
    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts to sign in, oldest first, each event once."""
        by_uuid = {attempt.uuid: attempt for event in self.events or () if (attempt := attempt_of(event)) is not None}
        return tuple(sorted(by_uuid.values(), key=lambda attempt: (attempt.at, attempt.uuid)))

    @cached_property
    def failures(self) -> tuple[Attempt, ...]:
        """The failed attempts of the last 24 hours and since the last good sign-in, oldest first."""
        good = self.last_good
        return tuple(
            attempt
            for attempt in self.attempts
            if attempt.failed and attempt.at >= self.now - RECENT and (not good or attempt.at > good.at)
        )

    @cached_property
    def last_good(self) -> Attempt | None:
        """The last sign-in that worked."""
        return next((attempt for attempt in reversed(self.attempts) if not attempt.failed), None)

    def mostly(self, *ends: End) -> bool:
        """Whether the newest failure, or most of them, ended in one of these ways."""
        failures = self.failures
        return bool(failures) and (
            failures[-1].end in ends or 2 * sum(attempt.end in ends for attempt in failures) > len(failures)
        )

    @cached_property
    def case(self) -> Case | None:
        """The current lockout, as the lockout list shows it; `None` for none."""
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
        kinds = (Shut.LOCKED, Shut.LIMIT) if locked else (Shut.BLOCKED,) if blocked else ()
        matching = [case for case in cases.open() if case.shut in kinds]
        return matching[0] if matching else None

    @cached_property
    def directory_case(self) -> Case | None:
        """A lock in Active Directory after which there was no unlock or good sign-in; `None` for none."""
        cases = Cases()
        cases.add(self.events or ())
        good = self.last_good
        locks = [case for case in cases.open() if case.shut is Shut.DIRECTORY and (not good or good.at < case.began)]
        return locks[0] if locks else None

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What led to the lockout, or to the failures of somebody who is not locked."""
        case = self.case
        return case.diagnosis if case is not None else diagnose([*self.attempts], None, shared=self.shared)

    @cached_property
    def expiry(self) -> Expiry:
        """When the password expires."""
        return expiry_of(self.person.user, self.policy, self.now)

    @property
    def overdue(self) -> bool:
        """Whether the password is past its age and Okta has not asked for a new one yet."""
        return self.policy is not None and self.expiry.age is Age.OVERDUE

    def possible(self, action_id: str) -> bool:
        """Whether keydesk can do an action now."""
        return self.obstacles is not None and action_id in self.obstacles and self.obstacles[action_id] is None
