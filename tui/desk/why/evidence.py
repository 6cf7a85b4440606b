"""The evidence for a verdict: everything that was read about one person, and what could not be read."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.expiry.expiry import Age, expiry_of
from tui.desk.lockouts.attempts import attempts_of
from tui.desk.lockouts.case import Shut
from tui.desk.lockouts.cases import Cases
from tui.desk.lockouts.causes import diagnose, reported_diagnosis
from tui.desk.lockouts.ends import FACTOR_ENDS, End
from tui.desk.lockouts.now import Lockout
from tui.desk.lockouts.steps import REPORT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tui.desk.actions.grammar import Obstacle
    from tui.desk.expiry.expiry import Expiry
    from tui.desk.lockouts.attempts import Attempt
    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.causes import Diagnosis
    from tui.desk.people.password_policies import Applied
    from tui.desk.people.person import Person
    from tui.okta.log_events import LogEvent

RECENT: Final = timedelta(hours=24)
"""Older failures do not explain why somebody asks for help now."""
REPORTED: Final = timedelta(hours=72)
"""So long a person's own report of suspicious activity stands above all else."""
UNDER_WAY: Final = timedelta(minutes=2)
"""A sign-in this young may still be going on: the person has the page with the second factor before them."""
UNLOCKS: Final = frozenset({"user.account.unlock", "user.account.unlock_by_admin"})
"""The types of the events that end a lock."""
SOON: Final = timedelta(minutes=10)
"""A lock that heals within this time is not worth an unlock."""


class AppWanted(Struct, frozen=True):
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


class Evidence(Struct, frozen=True, dict=True):
    """Everything that was read about one person. The rules use nothing else, and this does no I/O.

    Attributes:
        person: The person, with device blocks, groups and factors.
        now: The time.
        events: The events about the person in the System Log; `None` where they could not be read.
        policy: The password policy that applies; `None` for none, or where it could not be read.
        obstacles: The obstacle to each action, by the id of the action; `None` where the action is possible.
        app: The app that the person wants to open, if the agent named one.
        missing: What could not be read, in a harmless sentence each.
        shared: Addresses from which many people are tried, and those that ThreatInsight refuses.
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
        """All attempts to sign in, oldest first, each folded from the events that it left."""
        own = self.person.user.id
        return attempts_of(e for e in self.events or () if (person := e.person) is None or person.id in {own, None})

    @cached_property
    def failures(self) -> tuple[Attempt, ...]:
        """The failed attempts of the last 24 hours that no good sign-in has made good, oldest first."""
        return tuple(attempt for attempt in self._since_recently if attempt.failed)

    @cached_property
    def stuck(self) -> tuple[Attempt, ...]:
        """The attempts that stand at the second factor, oldest first: the right password, and no end since.

        Where the log shows no end, the sign-in may be under way, or may have needed the password alone.
        """
        return tuple(
            attempt
            for attempt in self._since_recently
            if attempt.end is End.ABANDONED or (attempt.end is End.OPEN and attempt.at <= self.now - UNDER_WAY)
        )

    @cached_property
    def newest(self) -> Attempt | None:
        """The newest attempt that was refused or stands still; `None` where the person got in since, or never tried."""
        return max((*self.failures, *self.stuck), key=lambda attempt: (attempt.at, attempt.uuid), default=None)

    @cached_property
    def _since_recently(self) -> tuple[Attempt, ...]:
        """The attempts of the last 24 hours after which the person did not get in by the same way.

        An app that was opened with a session on one device says nothing about a sign-in that fails on another.
        """
        return tuple(
            attempt
            for number, attempt in enumerate(self.attempts)
            if not attempt.good
            and attempt.at >= self.now - RECENT
            and not any(
                later.good and (later.fresh or (later.ip, later.client) == (attempt.ip, attempt.client))
                for later in self.attempts[number + 1 :]
            )
        )

    @cached_property
    def last_good(self) -> Attempt | None:
        """The last sign-in that worked."""
        return next((attempt for attempt in reversed(self.attempts) if attempt.good), None)

    @cached_property
    def report(self) -> datetime | None:
        """When the person last reported suspicious activity themselves; `None` for never this week."""
        return max((at for event in self.events or () if event.event_type == REPORT and (at := event.at)), default=None)

    @cached_property
    def unlocked(self) -> bool:
        """Whether the log shows an unlock within 24 hours after which no sign-in has failed."""
        unlocks = [e.at for e in self.events or () if e.event_type in UNLOCKS and e.result == "SUCCESS" and e.at]
        last = max((at for at in unlocks if at >= self.now - RECENT), default=None)
        return last is not None and not any(attempt.failed and attempt.at > last for attempt in self.attempts)

    def newest_is(self, *ends: End) -> bool:
        """Whether the newest attempt that failed or stands still ended in one of these ways."""
        return self.newest is not None and self.newest.end in ends

    def mostly(self, *ends: End) -> bool:
        """Whether the newest failure, or most of them, ended in one of these ways."""
        failures = self.failures
        return bool(failures) and (
            failures[-1].end in ends or 2 * sum(attempt.end in ends for attempt in failures) > len(failures)
        )

    @property
    def at_the_factor(self) -> bool:
        """Whether the second factor is what fails, rather than the password."""
        return self.newest_is(*FACTOR_ENDS)

    @property
    def under_way(self) -> bool:
        """Whether the person seems to be signing in just now."""
        last = self.attempts[-1] if self.attempts else None
        return last is not None and last.end is End.OPEN and last.at > self.now - UNDER_WAY

    @cached_property
    def from_home(self) -> bool:
        """Whether the newest attempt is from an address, network or place of a good sign-in."""
        return self.newest is not None and self._is_home(self.newest)

    @cached_property
    def from_elsewhere(self) -> bool:
        """Whether it is from none of them, while good sign-ins are known."""
        newest = self.newest
        known = any(attempt.good and attempt.ip for attempt in self.attempts)
        return newest is not None and bool(newest.ip) and not newest.by_phone and known and not self.from_home

    def _is_home(self, attempt: Attempt) -> bool:
        good = [good for good in self.attempts if good.good and good.ip and not good.by_phone]
        return not attempt.by_phone and any(
            attempt.ip == one.ip
            or bool(attempt.network and attempt.network == one.network)
            or bool(attempt.place and attempt.place == one.place)
            for one in good
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
        if case is not None:
            return case.diagnosis
        if self.report is not None:
            return reported_diagnosis()
        return diagnose([*self.attempts], None, shared=self.shared)

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
