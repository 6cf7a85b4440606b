"""Assignments in time: what follows a moment after a change, and how an account downstream comes about."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from tui.demo.changes import Changes
from tui.demo.dice import roll
from tui.demo.events import SYSTEM, Party, party

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.apps import App, Apps
    from tui.demo.groups import Group
    from tui.demo.org import Org
    from tui.demo.person import Person
    from tui.demo.wire import Json

    Happening = Callable[[Org, float], None]

LAG = 1.2
"""Seconds from a change of a group, or of its assignments, to what its members get or lose by it."""
# Seconds until an account downstream is there, or until it is known that it cannot be made.
_SOONEST, _SPAN = 5, 11
_SLOW = 90
_FASTEST_GOODBYE = 2
# Of how many members the log tells when a whole group gets or loses an app; the rest changes without an event.
TOLD = 500


@dataclass(slots=True)
class Link:
    """The assignment of a group to an app; not live for the moment until its members have the app."""

    group: Group
    since: float
    priority: int
    profile: Json = field(default_factory=dict)
    updated: float = 0.0
    live: bool = True


@dataclass(slots=True)
class Given:
    """What a person's assignment has of its own.

    Attributes:
        direct: Whether it is the person's own, and not through a group.
        user_name: The name in the app; None for the login.
    """

    since: float
    direct: bool
    user_name: str | None = None
    profile: Json = field(default_factory=dict)
    updated: float = 0.0
    password_changed: float | None = None


def app_party(app: App) -> Party:
    """Return an app as the log names it."""
    return Party(app.id, "AppInstance", app.row.label, app.row.label)


class Assignments:
    """What is still to happen to assignments; it happens when ``advance`` reaches its time."""

    def __init__(self, apps: Apps) -> None:
        self.apps = apps
        self._agenda: list[tuple[float, int, Happening]] = []
        self._order = 0
        self._driven = False
        self.changes = Changes(len(apps.groups.people))

    def at(self, when: float, happen: Happening) -> None:
        """Let something happen at a time, in seconds since 1970."""
        self._order += 1
        heapq.heappush(self._agenda, (when, self._order, happen))

    def drive(self, org: Org) -> None:
        """Bring the assignments up to date, and see to it that the org's own clockwork does so from now on."""
        self.advance(org, org.clock())
        if not self._driven:
            self._driven = True
            self._tick(org, 0.0)

    def _tick(self, org: Org, _: float) -> None:
        now = org.clock()
        self.advance(org, now)
        # Later than now, so that it comes again with the next moment and not in this one.
        org.life._at(now + 0.001, partial(self._tick, org))  # noqa: SLF001 - the org's agenda has no other entry

    def advance(self, org: Org, now: float) -> None:
        """Let everything happen that is due, and follow what has been done to people."""
        self.changes.look(org, now)
        while self._agenda and self._agenda[0][0] <= now:
            at, _, happen = heapq.heappop(self._agenda)
            happen(org, at)

    def targets(self, app: App, person: Person) -> tuple[Party, ...]:
        """Return what events about an assignment are about: the assignment, the app and the person."""
        given = app.given.get(person.index)
        name = (given.user_name if given else None) or person.login
        own = Party(self.apps.assignment_id(app, person), "AppUser", name, person.display_name)
        return own, app_party(app), party(person)

    def ready(self, app: App, person: Person, since: float) -> float:
        """Return when provisioning is over that began at a time."""
        chance = roll(self.apps.ids.seed, 0xA44, app.index, person.index)
        return since + (_SLOW if app.row.slow else 0) + _SOONEST + chance % _SPAN

    def state(self, app: App, person: Person, since: float, now: float) -> tuple[str, str, float]:
        """Return status and syncState of an assignment, and when the account downstream is done."""
        if not app.row.provisioned:
            return "ACTIVE", "DISABLED", since
        if person.status in {"STAGED", "SUSPENDED"}:
            return ("STAGED" if person.status == "STAGED" else "SUSPENDED"), "DISABLED", since
        ready = self.ready(app, person, since)
        if now < ready:
            return "STAGED", "SYNCING", ready
        if app.row.failure and since >= self.apps.origin:
            return "STAGED", "ERROR", ready
        return "PROVISIONED", "SYNCHRONIZED", ready

    def provision(self, app: App, person: Person, since: float) -> None:
        """Begin to make the account downstream, if the app has them made."""
        if app.row.provisioned:
            self.at(self.ready(app, person, since), partial(self._provisioned, app, person, since))

    def _provisioned(self, app: App, person: Person, since: float, org: Org, at: float) -> None:
        if self.apps.scope(app, person) is None or self.apps.since(app, person) != since:
            return
        targets = self.targets(app, person)
        if app.row.failure:
            why = f"Automatic provisioning of user {person.display_name} to app {app.row.label} failed: "
            org.journal.write(
                "application.provision.user.push",
                at,
                SYSTEM,
                targets,
                result="FAILURE",
                reason=why + app.row.failure,
            )
            return
        org.journal.write("application.provision.user.push", at, SYSTEM, targets)
        org.journal.write("application.user_membership.provision", at, SYSTEM, targets)

    def deprovision(self, app: App, person: Person, since: float, now: float) -> None:
        """Begin to take the account downstream away that an assignment had made, if it had."""
        if app.row.provisioned and self.state(app, person, since, now)[1] == "SYNCHRONIZED":
            chance = roll(self.apps.ids.seed, 0xA45, app.index, person.index)
            self.at(now + _FASTEST_GOODBYE + chance % _SOONEST, partial(self._deprovisioned, app, person))

    def _deprovisioned(self, app: App, person: Person, org: Org, at: float) -> None:
        targets = self.targets(app, person)
        org.journal.write("application.provision.user.deactivate", at, SYSTEM, targets)
        org.journal.write("application.user_membership.deprovision", at, SYSTEM, targets)

    def moved(self, group: Group, person: Person, now: float, *, joined: bool) -> None:
        """Note that a person has joined or left a group: the apps that it gives follow in a moment."""
        for app in self.apps.all:
            link = app.link(group)
            if link is None or not link.live or self.apps.is_direct(app, person):
                continue
            index = person.index
            other = any(
                known is not link and known.live and self.apps.groups.is_member(known.group, person)
                for known in (*app.links, *app.leaving)
            )
            if other or person.status in {"STAGED", "DEPROVISIONED"}:
                continue
            if joined and index in app.lingering:
                app.lingering.discard(index)
            elif joined:
                app.waiting.add(index)
                self.at(now + LAG, partial(self._arrive, app, person))
            elif index in app.waiting:
                app.waiting.discard(index)
            else:
                app.lingering.add(index)
                self.at(now + LAG, partial(self._depart, app, person))

    def _arrive(self, app: App, person: Person, org: Org, at: float) -> None:
        if person.index in app.waiting:
            app.waiting.discard(person.index)
            if self.apps.scope(app, person) == "GROUP":
                self.arrived(app, person, org, at)

    def arrived(self, app: App, person: Person, org: Org, at: float) -> None:
        """Write down that a group has brought a person an app."""
        app.given[person.index] = Given(float(int(at)), direct=False)
        org.journal.write("application.user_membership.add", at, SYSTEM, self.targets(app, person))
        self.provision(app, person, float(int(at)))

    def _depart(self, app: App, person: Person, org: Org, at: float) -> None:
        if person.index in app.lingering:
            app.lingering.discard(person.index)
            if self.apps.scope(app, person) is None:
                self.departed(app, person, org, at)

    def departed(self, app: App, person: Person, org: Org, at: float) -> None:
        """Write down that a person has lost an app with a group."""
        org.journal.write("application.user_membership.remove", at, SYSTEM, self.targets(app, person))
        since = self.apps.since(app, person)
        app.given.pop(person.index, None)
        self.deprovision(app, person, since, at)

    def assign_group(self, app: App, group: Group, priority: int | None, profile: Json, now: float) -> Link:
        """Assign an app to a group; its members have it a moment later."""
        last = max((link.priority for link in app.links), default=-1)
        link = Link(group, float(int(now + LAG)), last + 1 if priority is None else priority, profile, now, live=False)
        app.links.append(link)
        self.at(now + LAG, partial(self._live, app, link))
        return link

    def _live(self, app: App, link: Link, org: Org, at: float) -> None:
        if link not in app.links:
            return
        people = map(org.people.at, org.groups.members(link.group))
        new = (p for p in people if org.groups.is_member(link.group, p) and self.apps.scope(app, p) is None)
        gained = list(islice(new, TOLD))
        link.live = True
        for person in gained:
            if self.apps.scope(app, person) == "GROUP":
                self.arrived(app, person, org, at)

    def remove_group(self, app: App, link: Link, now: float) -> None:
        """Take an app from a group; its members lose it a moment later."""
        app.links.remove(link)
        if link.live:
            app.leaving.append(link)
            self.at(now + LAG, partial(self._left, app, link))

    def _left(self, app: App, link: Link, org: Org, at: float) -> None:
        if link not in app.leaving:
            return
        people = map(org.people.at, org.groups.members(link.group))
        had = list(islice((p for p in people if self.apps.through(app, p) is link), TOLD))
        app.leaving.remove(link)
        for person in had:
            if self.apps.scope(app, person) is None:
                self.departed(app, person, org, at)
        for index in [index for index, given in app.given.items() if not given.direct]:
            if self.apps.scope(app, org.people.at(index)) is None:
                del app.given[index]

    def drop_group(self, org: Org, group: Group, now: float) -> None:
        """Take every app from a group that is about to be deleted; its members lose them at once."""
        for app in self.apps.all:
            for link in [known for known in (*app.links, *app.leaving) if known.group is group]:
                if link in app.links:
                    app.links.remove(link)
                    app.leaving.append(link)
                self._left(app, link, org, now)
