"""The whole org: its people, groups, apps, policies, admins and log, composed of their stores."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from tui.demo.admins.custom_roles import CustomRoles
from tui.demo.admins.grants import Holder
from tui.demo.admins.issued import Tokens
from tui.demo.admins.possession import Proofs
from tui.demo.admins.principals import make_principals
from tui.demo.admins.roles import Roles
from tui.demo.apps.apps import Apps
from tui.demo.apps.assignments import Assignments
from tui.demo.apps.changes import Changes
from tui.demo.base.agenda import Agenda
from tui.demo.base.faults import Faults
from tui.demo.base.ids import Ids
from tui.demo.base.limits import RateLimits
from tui.demo.base.times import DAY
from tui.demo.factors.access_codes import AccessCodes
from tui.demo.factors.challenges import Challenges
from tui.demo.factors.devices import Devices
from tui.demo.factors.enrolments import Enrolments
from tui.demo.factors.methods import Methods
from tui.demo.groups.groups import Groups
from tui.demo.log.journal import Journal
from tui.demo.people.people import People
from tui.demo.policies.policies import Policies
from tui.demo.policies.standing import StandingPolicies
from tui.demo.security.log_streams import LogStreams
from tui.demo.security.origins import Origins
from tui.demo.security.zones import Zones

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.admins.grants import Grant
    from tui.demo.admins.principals import Principal
    from tui.demo.base.json import Json
    from tui.demo.base.limits import Profile
    from tui.demo.groups.group import Group
    from tui.demo.people.person import Person


class Settings(TypedDict, total=False):
    """What an org can be made with.

    Attributes:
        seed: Another number, another org.
        people: How many people; the cast is always there.
        clock: Seconds since 1970.
        pipeline: ``idx`` for Identity Engine, ``v1`` for Classic.
        rate_limits: The org type whose limits hold.
        custom_domain: The address of a custom domain that the org says it has; it answers under any host.
        number_matching: Whether a push can show a number, which the person on the line has to be told.
        app_algorithm: The algorithm of the keys of the two apps that an admin is handed; empty for their own.
    """

    seed: int
    people: int
    clock: Callable[[], float]
    pipeline: str
    rate_limits: Profile
    custom_domain: str
    number_matching: bool
    app_algorithm: str


class Org:
    """All state of one simulated org, without a past or a life of its own: ``story.begin`` gives it both.

    It is deterministic from its settings and the sequence of requests. Nothing sleeps and nothing runs by itself:
    whoever asks the org for something first calls ``advance``. See ``Settings`` for what an org is made with.
    """

    def __init__(
        self,
        *,
        seed: int = 7,
        people: int = 2000,
        clock: Callable[[], float] = time.time,
        pipeline: str = "idx",
        rate_limits: Profile = "workforce",
        custom_domain: str = "",
        number_matching: bool = True,
        app_algorithm: str = "",
    ) -> None:
        self.seed = seed
        self.clock = clock
        self.pipeline = pipeline
        self.custom_domain = custom_domain
        self.origin = clock()
        self.ids = Ids(seed)
        self.org_id = self.ids.make("00o", 1)
        self.agenda = Agenda()
        self.journal = Journal(self.ids)
        self.people = People(self.ids, people, self.origin)
        self.groups = Groups(self.ids, self.people, self.origin)
        self.apps = Apps(self.ids, self.groups, self.origin)
        self.assignments = Assignments(self.apps, self.journal, self.agenda)
        self.groups.watch(self.assignments.moved)
        self.agenda.watchers.append(Changes(self.assignments, self.journal).follow)
        idx = pipeline == "idx"
        self.policies = Policies(self.ids, self.groups, self.origin)
        self.standing = StandingPolicies(self.ids, self.groups, self.origin, identity_engine=idx)
        self.enrolments = Enrolments(self.ids, self.journal, identity_engine=idx)
        self.challenges = Challenges(seed, numbers=number_matching)
        self.methods = Methods(self.ids, self.origin)
        self.access_codes = AccessCodes(self.ids)
        self.devices = Devices(self.enrolments, self.people)
        self.zones = Zones(self.ids, self.origin)
        self.origins = Origins(self.ids, self.people.named("maria.silva").id, self.origin)
        self.log_streams = LogStreams(self.ids, self.origin)
        self.console_sessions: Json = {"sessionIdleTimeoutMinutes": 15, "sessionMaxLifetimeMinutes": 720}
        self.principals = make_principals(self.ids, app_algorithm)
        self._by_token = {principal.token: principal for principal in self.principals}
        self.customs = CustomRoles(self.ids, self.groups, self.apps)
        self.roles = Roles(self.principals, self.customs, self.people, self.groups, self.origin)
        self.token_used: dict[str, float] = {}
        self.tokens = Tokens(self.ids)
        self.proofs = Proofs(seed)
        self.faults = Faults()
        self.limits = RateLimits(rate_limits)

    def advance(self) -> float:
        """Bring the org up to the clock; returns the time."""
        now = self.clock()
        self.agenda.advance(now)
        return now

    def principal_of(self, token: str) -> Principal | None:
        """Return whose token it is, valid or not, or None."""
        return self._by_token.get(token)

    def last_used(self, principal: Principal) -> float:
        """Return when an API token was last used, seconds since 1970."""
        return self.token_used.get(principal.identity, self.origin - principal.idle_days * DAY)

    def revoke(self, principal: Principal) -> None:
        """End an API token."""
        self.replace(principal, state="revoked")

    def replace(self, principal: Principal, *, state: str | None = None, label: str | None = None) -> Principal:
        """Give a principal another state or label; returns it as it is then."""
        old = self.principal(principal.name)
        new = replace(old, state=state or old.state, label=old.label if label is None else label)
        self.principals = tuple(new if known is old else known for known in self.principals)
        self._by_token[old.token] = new
        return new

    def present(self, principal: Principal) -> Principal:
        """Return a caller with the admin roles of now, whatever roles it had when its token was made."""
        return replace(principal, grants=self.roles.of_principal(principal))

    def principal(self, name: str) -> Principal:
        """Return the principal of that name."""
        return next(principal for principal in self.principals if principal.name == name)

    def owner(self, principal: Principal) -> Person | None:
        """Return the user behind an API token, None for a service app."""
        return self.roles.owner(principal)

    def group_grants(self, group: Group) -> tuple[Grant, ...]:
        """Return the admin roles that a group gives to its members."""
        return tuple(assignment.grant() for assignment in self.roles.of(Holder("GROUP", group.id)))

    def roles_of(self, person: Person) -> tuple[Grant, ...]:
        """Return a person's admin roles, direct and through groups."""
        return tuple(assignment.grant() for assignment in self.roles.of_person(person))
