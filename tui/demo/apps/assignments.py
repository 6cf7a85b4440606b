"""Assignments in time: what follows a moment after a change, and when an account downstream is made."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from tui.demo.apps.app import Given, Link
from tui.demo.base.dice import roll
from tui.demo.log.events import SYSTEM, Party, party

if TYPE_CHECKING:
    from tui.demo.apps.app import App
    from tui.demo.apps.apps import Apps
    from tui.demo.base.agenda import Agenda
    from tui.demo.base.json import Json
    from tui.demo.groups.group import Group
    from tui.demo.log.journal import Journal
    from tui.demo.people.person import Person

LAG = 1.2
"""Seconds from a change of a group, or of its assignments, to what its members get or lose by it."""
_SOONEST_REMOVAL, _REMOVAL_SPAN = 2, 5
# Of how many members the log holds an event when a whole group gets or loses an app; the rest change without one.
_MOST_EVENTS = 500


def app_party(app: App) -> Party:
    """Return an app as the log names it."""
    return Party(app.id, "AppInstance", app.row.label, app.row.label)


def group_party(group: Group) -> Party:
    """Return a group as the log names it."""
    return Party(group.id, "UserGroup", "unknown", group.name)


class Assignments:
    """Gives apps to people and takes them away; what happens later waits on the org's agenda."""

    def __init__(self, apps: Apps, journal: Journal, agenda: Agenda) -> None:
        self.apps = apps
        self.groups = apps.groups
        self.people = apps.groups.people
        self._journal = journal
        self._agenda = agenda

    def targets(self, app: App, person: Person) -> tuple[Party, ...]:
        """Return what events about an assignment are about: the assignment, the app and the person."""
        given = app.given.get(person.index)
        name = (given.user_name if given else None) or person.login
        own = Party(self.apps.assignment_id(app, person), "AppUser", name, person.display_name)
        return own, app_party(app), party(person)

    def provision(self, app: App, person: Person, since: float) -> None:
        """Begin to make the account downstream, if the app has them made."""
        if app.row.provisioned:
            self._agenda.at(self.apps.ready(app, person, since), partial(self._provisioned, app, person, since))

    def _provisioned(self, app: App, person: Person, since: float, at: float) -> None:
        if self.apps.scope(app, person) is None or self.apps.since(app, person) != since:
            return
        targets = self.targets(app, person)
        if app.row.failure:
            why = f"Automatic provisioning of user {person.display_name} to app {app.row.label} failed: "
            self._journal.write(
                "application.provision.user.push",
                at,
                SYSTEM,
                targets,
                result="FAILURE",
                reason=why + app.row.failure,
            )
            return
        self._journal.write("application.provision.user.push", at, SYSTEM, targets)
        self._journal.write("application.user_membership.provision", at, SYSTEM, targets)

    def deprovision(self, app: App, person: Person, since: float, now: float) -> None:
        """Begin to take the account downstream away that an assignment had made, if it had."""
        if app.row.provisioned and self.apps.state(app, person, since, now)[1] == "SYNCHRONIZED":
            chance = roll(self.apps.ids.seed, 0xA45, app.index, person.index)
            self._agenda.at(now + _SOONEST_REMOVAL + chance % _REMOVAL_SPAN, partial(self._deprovisioned, app, person))

    def _deprovisioned(self, app: App, person: Person, at: float) -> None:
        targets = self.targets(app, person)
        self._journal.write("application.provision.user.deactivate", at, SYSTEM, targets)
        self._journal.write("application.user_membership.deprovision", at, SYSTEM, targets)

    def moved(self, group: Group, person: Person, now: float, *, joined: bool) -> None:
        """Note that a person has joined or left a group: the apps that it gives follow in a moment."""
        for app in self.apps.all:
            link = app.link(group)
            if link is None or not link.live or self.apps.is_direct(app, person):
                continue
            index = person.index
            other = any(
                known is not link and known.live and self.groups.is_member(known.group, person)
                for known in (*app.links, *app.leaving)
            )
            if other or person.status in {"STAGED", "DEPROVISIONED"}:
                continue
            if joined and index in app.lingering:
                app.lingering.discard(index)
            elif joined:
                app.waiting.add(index)
                self._agenda.at(now + LAG, partial(self._arrive, app, person))
            elif index in app.waiting:
                app.waiting.discard(index)
            else:
                app.lingering.add(index)
                self._agenda.at(now + LAG, partial(self._depart, app, person))

    def _arrive(self, app: App, person: Person, at: float) -> None:
        if person.index in app.waiting:
            app.waiting.discard(person.index)
            if self.apps.scope(app, person) == "GROUP":
                self.arrived(app, person, at)

    def arrived(self, app: App, person: Person, at: float) -> None:
        """Write down that a group has brought a person an app."""
        app.given[person.index] = Given(float(int(at)), direct=False)
        self._journal.write("application.user_membership.add", at, SYSTEM, self.targets(app, person))
        self.provision(app, person, float(int(at)))

    def _depart(self, app: App, person: Person, at: float) -> None:
        if person.index in app.lingering:
            app.lingering.discard(person.index)
            if self.apps.scope(app, person) is None:
                self.departed(app, person, at)

    def departed(self, app: App, person: Person, at: float) -> None:
        """Write down that a person has lost an app with a group."""
        self._journal.write("application.user_membership.remove", at, SYSTEM, self.targets(app, person))
        since = self.apps.since(app, person)
        app.given.pop(person.index, None)
        self.deprovision(app, person, since, at)

    def assign_group(self, app: App, group: Group, priority: int | None, profile: Json, now: float) -> Link:
        """Assign an app to a group; its members have it a moment later."""
        last = max((link.priority for link in app.links), default=-1)
        link = Link(group, float(int(now + LAG)), last + 1 if priority is None else priority, profile, now, live=False)
        app.links.append(link)
        self._agenda.at(now + LAG, partial(self._live, app, link))
        return link

    def _live(self, app: App, link: Link, at: float) -> None:
        if link not in app.links:
            return
        people = map(self.people.at, self.groups.members(link.group))
        new = (p for p in people if self.groups.is_member(link.group, p) and self.apps.scope(app, p) is None)
        gained = list(islice(new, _MOST_EVENTS))
        link.live = True
        for person in gained:
            if self.apps.scope(app, person) == "GROUP":
                self.arrived(app, person, at)

    def remove_group(self, app: App, link: Link, now: float) -> None:
        """Take an app from a group; its members lose it a moment later."""
        app.links.remove(link)
        if link.live:
            app.leaving.append(link)
            self._agenda.at(now + LAG, partial(self._left, app, link))

    def _left(self, app: App, link: Link, at: float) -> None:
        if link not in app.leaving:
            return
        people = map(self.people.at, self.groups.members(link.group))
        had = list(islice((p for p in people if self.apps.through(app, p) is link), _MOST_EVENTS))
        app.leaving.remove(link)
        for person in had:
            if self.apps.scope(app, person) is None:
                self.departed(app, person, at)
        for index in [index for index, given in app.given.items() if not given.direct]:
            if self.apps.scope(app, self.people.at(index)) is None:
                del app.given[index]

    def drop_group(self, group: Group, now: float) -> None:
        """Take every app from a group that is about to be deleted; its members lose them at once."""
        for app in self.apps.all:
            for link in [known for known in (*app.links, *app.leaving) if known.group is group]:
                if link in app.links:
                    app.links.remove(link)
                    app.leaving.append(link)
                self._left(app, link, now)
