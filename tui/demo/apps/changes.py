"""What follows for groups and apps when a person is made, changed, switched on or off: moves, apps and their events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.apps.assignments import group_party
from tui.demo.log.events import SYSTEM, party

if TYPE_CHECKING:
    from tui.demo.apps.app import App
    from tui.demo.apps.assignments import Assignments
    from tui.demo.groups.group import Group
    from tui.demo.log.journal import Journal
    from tui.demo.people.person import Person

# Without groups and apps of any kind; STAGED people have groups, but no apps through them.
_NO_APPS = frozenset({"DEPROVISIONED", "STAGED"})


class Changes:
    """Finds who has changed since the last time, and lets groups and apps follow."""

    def __init__(self, assignments: Assignments, journal: Journal) -> None:
        self._assignments = assignments
        self._apps = assignments.apps
        self._groups = assignments.groups
        self._people = assignments.people
        self._journal = journal
        self._mark = self._people.mark()

    def follow(self, now: float) -> None:
        """Let groups and apps follow the changes of people since the last time."""
        changes = self._people.changes_since(self._mark)
        if not changes:
            return
        self._mark = self._people.mark()
        for before, person in changes:
            if before is None:
                self._follow_newcomer(person, now)
            elif _differs(before, person):
                self._follow(before, person, now)

    def _follow_newcomer(self, person: Person, now: float) -> None:
        self._groups.forget_members()
        self._move(person, set(), now)
        for app in self._apps.all:
            if self._apps.scope(app, person) == "GROUP" and person.index not in app.lingering:
                self._assignments.arrived(app, person, now)

    def _follow(self, before: Person, person: Person, now: float) -> None:
        # All that a person had is asked before the first move, which changes what the groups and apps answer.
        ruled = {group.index for group in self._groups.all if self._by_rule_alone(group, before)}
        had = [app for app in self._apps.all if self._had(app, before)]
        if _absent(before) != _absent(person):
            self._groups.forget_members()
        self._move(person, ruled, now)
        if _lacks_apps(before) == _lacks_apps(person):
            return
        for app in self._apps.all:
            self._reassign(app, before, person, now, had=app in had)

    def _move(self, person: Person, ruled: set[int], now: float) -> None:
        """Note which groups a person joins and leaves by a rule; an absent person leaves without an event.

        Args:
            person: Who has changed.
            ruled: The numbers of the groups that a rule had them in.
            now: When.
        """
        for group in self._groups.all:
            joined = self._by_rule_alone(group, person)
            if joined is (group.index in ruled) or _absent(person):
                continue
            self._groups.moved(group, person, now, joined=joined)
            kind = "group.user_membership.add" if joined else "group.user_membership.remove"
            self._journal.write(kind, now, SYSTEM, (party(person), group_party(group)))

    def _reassign(self, app: App, before: Person, person: Person, now: float, *, had: bool) -> None:
        """Give one app to a person whose status now allows apps, or take it from one whose status does not."""
        scope = self._apps.scope(app, person)
        if scope is None and had:
            app.removed.add(person.index)
            app.waiting.discard(person.index)
            app.lingering.discard(person.index)
            self._assignments.departed(app, person, now)
        elif scope == "GROUP" and not had and person.index not in app.lingering:
            self._assignments.arrived(app, person, now)
        elif scope == "USER" and before.status == "STAGED":
            given = app.given.get(person.index)
            if given is not None:  # nothing was provisioned for somebody who was only staged
                given.since = float(int(now))
            self._assignments.provision(app, person, self._apps.since(app, person))

    def _had(self, app: App, before: Person) -> bool:
        """Return whether a person had an app, also where memberships were ended before the person was switched off."""
        if self._apps.scope(app, before) is not None:
            return True
        if _lacks_apps(before):
            return False
        index = before.index
        return index in app.given or any(
            link.live and link.group.holds(before) and index not in link.group.taken_out for link in app.links
        )

    def _by_rule_alone(self, group: Group, person: Person) -> bool:
        """Return whether a rule, and nothing else, has a person in a group."""
        if _absent(person) or person.index in group.removed or person.index in group.added:
            return False
        return not group.holds(person) and self._groups.by_rule.hold(group, person)


def _absent(person: Person) -> bool:
    return person.deleted or person.status == "DEPROVISIONED"


def _lacks_apps(person: Person) -> bool:
    return person.deleted or person.status in _NO_APPS


def _differs(before: Person, person: Person) -> bool:
    """Return whether anything has changed that groups and apps follow from."""
    return (
        _absent(before) != _absent(person)
        or _lacks_apps(before) != _lacks_apps(person)
        or before.more != person.more
        or (before.first, before.last, before.login, before.email)
        != (person.first, person.last, person.login, person.email)
    )
