"""The whole org: people, groups, apps, policies, principals and the log, brought up to date by a clock."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.demo.apps import Apps
from tui.demo.custom_roles import CustomRoles
from tui.demo.enrolments import Enrolments
from tui.demo.faults import Faults
from tui.demo.groups import Groups
from tui.demo.history import write_history
from tui.demo.ids import Ids
from tui.demo.issued import Tokens
from tui.demo.journal import Journal
from tui.demo.life import Life
from tui.demo.limits import Limits
from tui.demo.people import People
from tui.demo.policies import Policies
from tui.demo.possession import Proofs
from tui.demo.principals import make_principals
from tui.demo.roles import Holder, Roles
from tui.demo.times import DAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.groups import Group
    from tui.demo.limits import Profile
    from tui.demo.person import Person
    from tui.demo.principals import Grant, Principal


class Org:
    """All state of one simulated org. Deterministic from its arguments and the sequence of requests.

    Args:
        people: How many people; the cast is always there.
        clock: Seconds since 1970. Nothing sleeps and nothing runs by itself: each request first brings the org up to
            the clock.
        lockouts_per_minute: The living log's rate; 0 for a quiet org.
        pipeline: ``idx`` for Identity Engine, ``v1`` for Classic.
        rate_limits: The org type whose limits hold.
        custom_domain: The address of a custom domain that the org says it has; it answers under any host.
    """

    def __init__(
        self,
        *,
        seed: int = 7,
        people: int = 2000,
        clock: Callable[[], float] = time.time,
        lockouts_per_minute: float = 7.5,
        pipeline: str = "idx",
        rate_limits: Profile = "workforce",
        custom_domain: str = "",
    ) -> None:
        self.seed = seed
        self.clock = clock
        self.pipeline = pipeline
        self.custom_domain = custom_domain
        self.origin = clock()
        self.ids = Ids(seed)
        self.org_id = self.ids.make("00o", 1)
        self.people = People(self.ids, people, self.origin)
        self.groups = Groups(self.ids, self.people, self.origin)
        self.apps = Apps(self.ids, self.groups, self.origin)
        self.policies = Policies(self.ids, self.groups, self.origin)
        self.enrolments = Enrolments(self.ids)
        self.principals = make_principals(self.ids)
        self._by_token = {principal.token: principal for principal in self.principals}
        self.customs = CustomRoles(self)
        self.roles = Roles(self)
        self.token_used: dict[str, float] = {}
        self.tokens = Tokens(self)
        self.proofs = Proofs(self)
        self.faults = Faults()
        self.limits = Limits(rate_limits)
        self.journal = Journal(self.ids)
        self.life = Life(self, lockouts_per_minute)
        write_history(self)

    def advance(self) -> float:
        """Bring the org up to the clock; returns the time."""
        now = self.clock()
        self.life.advance(now)
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
        """Return a caller with the admin roles that it has now, whatever it had when its token was made."""
        return replace(principal, grants=self.roles.of_principal(principal))

    def principal(self, name: str) -> Principal:
        """Return the principal of that name."""
        return next(principal for principal in self.principals if principal.name == name)

    def owner(self, principal: Principal) -> Person | None:
        """Return the user behind an API token, None for a service app."""
        return None if principal.user_key is None else self.people.named(principal.user_key)

    def group_grants(self, group: Group) -> tuple[Grant, ...]:
        """Return the admin roles that a group gives to its members."""
        return tuple(assignment.grant() for assignment in self.roles.of(Holder("GROUP", group.id)))

    def roles_of(self, person: Person) -> tuple[Grant, ...]:
        """Return a person's admin roles, direct and through groups."""
        return tuple(assignment.grant() for assignment in self.roles.of_person(person))

    def direct_roles(self, person: Person) -> tuple[Grant, ...]:
        """Return the admin roles assigned to a person directly."""
        return tuple(assignment.grant() for assignment in self.roles.of(Holder("USER", person.index)))
