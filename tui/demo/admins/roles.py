"""Who holds which admin role, limited to what: the assignments as they are now, of people, groups and service apps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.demo.admins.grants import TARGETABLE_ROLE_IDS, Grant, Holder
from tui.demo.admins.principals import GROUP_ADMINS, OTHER_ADMINS
from tui.demo.base.times import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.demo.admins.custom_roles import CustomRole, CustomRoles, ResourceSet
    from tui.demo.admins.principals import Principal
    from tui.demo.apps.app import App
    from tui.demo.groups.group import Group
    from tui.demo.groups.groups import Groups
    from tui.demo.people.people import People
    from tui.demo.people.person import Person

GROUP_LIMITED = frozenset({"HELP_DESK_ADMIN", "USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"})
APP_LIMITED = frozenset({"APP_ADMIN"})
_SINCE = 300 * DAY


@dataclass(slots=True, eq=False)
class Assignment:
    """One role held by one holder; dates in seconds since 1970.

    Attributes:
        groups: What it is limited to; none means all groups.
        apps: Single apps, and names of catalogue apps; none means all apps.
        custom: The custom role, and ``limit`` its resource set; both None for a standard role.
    """

    id: str
    holder: Holder
    role: str
    created: float
    updated: float
    groups: list[Group] = field(default_factory=list)
    apps: list[App | str] = field(default_factory=list)
    custom: CustomRole | None = None
    limit: ResourceSet | None = None

    def grant(self) -> Grant:
        """Return the role with its limits by the names that hold today."""
        if self.custom is not None and self.limit is not None:
            return Grant(self.role, (), tuple(self.custom.permissions), (), self.limit.reach())
        # A role whose groups are all deleted is still limited to them: to nobody.
        live = [group for group in self.groups if not group.deleted] or self.groups
        groups = tuple(group.name for group in live)
        return Grant(self.role, groups, (), tuple(app if isinstance(app, str) else app.id for app in self.apps))


class Roles:
    """All role assignments of the org.

    Args:
        principals: The callers of the start, with the roles of the start.
        customs: The custom roles, of which those of the start are made here.
        people: Everybody.
        origin: When the org started, in seconds since 1970.
    """

    def __init__(
        self, principals: tuple[Principal, ...], customs: CustomRoles, people: People, groups: Groups, origin: float
    ) -> None:
        self._customs = customs
        self._people = people
        self.groups = groups
        self._ids = people.ids
        self._made = 0
        self._held: dict[Holder, list[Assignment]] = {}
        since = float(int(origin)) - _SINCE
        for principal in principals:
            holder = self.holder(principal)
            if principal.kind == "OAUTH" or principal.state == "valid":
                self._begin(holder, principal.grants, since)
        for name, grants in OTHER_ADMINS.items():
            self._begin(Holder("USER", people.named(name).index), grants, since)
        for name, grants in GROUP_ADMINS.items():
            self._begin(Holder("GROUP", groups.named(name).id), grants, since)

    def _begin(self, holder: Holder, grants: tuple[Grant, ...], since: float) -> None:
        for grant in grants:
            if grant.role == "CUSTOM":
                self.give(holder, "CUSTOM", since, *self._customs.begin(grant, since))
            elif not any(known.role == grant.role for known in self.of(holder)):
                made = self.give(holder, grant.role, since)
                made.groups = [self.groups.named(name) for name in grant.groups]
                made.apps = list(grant.apps)

    def owner(self, principal: Principal) -> Person | None:
        """Return the user behind an API token, None for a service app."""
        return None if principal.user_key is None else self._people.named(principal.user_key)

    def of(self, holder: Holder) -> list[Assignment]:
        """Return what somebody holds directly."""
        return self._held.get(holder, [])

    def all(self) -> Iterator[Assignment]:
        """Yield every assignment, in the order of its making for each holder."""
        for held in self._held.values():
            yield from held

    def of_person(self, person: Person) -> list[Assignment]:
        """Return what a person holds directly, then through groups."""
        return self.of(Holder("USER", person.index)) + [
            assignment
            for holder, held in self._held.items()
            if held and holder.kind == "GROUP" and (group := self.groups.find(str(holder.key))) is not None
            if self.groups.is_member(group, person)
            for assignment in held
        ]

    def of_principal(self, principal: Principal) -> tuple[Grant, ...]:
        """Return what a caller may do now: a token as much as its owner, a service app what it holds itself."""
        owner = self.owner(principal)
        held = self.of(Holder("CLIENT", principal.identity)) if owner is None else self.of_person(owner)
        return tuple(assignment.grant() for assignment in held)

    def holder(self, principal: Principal) -> Holder:
        """Return who holds the roles that a principal acts with."""
        owner = self.owner(principal)
        return Holder("CLIENT", principal.identity) if owner is None else Holder("USER", owner.index)

    def find(
        self, holder: Holder, role: str, custom: CustomRole | None = None, limit: ResourceSet | None = None
    ) -> Assignment | None:
        """Return the very assignment, if somebody holds it directly."""
        for known in self.of(holder):
            if known.role == role and known.custom is custom and known.limit is limit:
                return known
        return None

    def give(
        self, holder: Holder, role: str, now: float, custom: CustomRole | None = None, limit: ResourceSet | None = None
    ) -> Assignment:
        """Assign a role without limits, or a custom role within a resource set."""
        self._made += 1
        prefix = "ra1" if custom is None else "irb"
        identity = TARGETABLE_ROLE_IDS.get(role) or self._ids.make(prefix, self._made)
        made = Assignment(identity, holder, role, now, now, custom=custom, limit=limit)
        self._held.setdefault(holder, []).append(made)
        if custom is not None and limit is not None and custom not in limit.bound:
            limit.bound.append(custom)
        return made

    def take(self, assignment: Assignment) -> None:
        """End an assignment; the binding that a custom role had stays, without this member."""
        self._held[assignment.holder].remove(assignment)

    def bound(self, custom: CustomRole, limit: ResourceSet) -> list[Assignment]:
        """Return the members of a binding."""
        return [one for one in self.all() if one.custom is custom and one.limit is limit]
