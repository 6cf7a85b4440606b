"""What follows for groups and apps when a person is made, changed, switched on or off: the log is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.events import SYSTEM, Party, party

if TYPE_CHECKING:
    from tui.demo.apps import App
    from tui.demo.groups import Group
    from tui.demo.org import Org
    from tui.demo.person import Person

# Without groups and apps of any kind; STAGED people have groups, but no apps through them.
_NO_APPS = frozenset({"DEPROVISIONED", "STAGED"})


class Changes:
    """Finds who has changed since it last looked, and what they have gained and lost by it."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._seen: dict[int, object] = {}

    def look(self, org: Org, now: float) -> None:
        """Tell the log, and the apps, what has followed from the changes of people since the last look."""
        people = org.people
        for index in range(self._count, len(people)):
            self._seen[index] = people._before.get(index)  # noqa: SLF001 - the records before a change have no reader
            self._settle(org, None, people.at(index), now)
        self._count = len(people)
        new = [
            (index, entry)
            for index, entry in people._before.items()  # noqa: SLF001 - as above
            if self._seen.get(index) is not entry
        ]
        for index, entry in new:
            self._seen[index] = entry
            person = people.at(index)
            if _differs(entry[1], person):
                self._settle(org, entry[1], person, now)

    def _settle(self, org: Org, before: Person | None, person: Person, now: float) -> None:
        groups, apps = org.groups, org.apps
        was = set() if before is None else {group.index for group in groups.all if _ruled(org, group, before)}
        had = [] if before is None else [app for app in apps.all if _had(org, app, before)]
        if before is None or _absent(before) != _absent(person):
            groups.forget_members()
        for group in groups.all:
            joined = _ruled(org, group, person)
            if joined is not (group.index in was):
                self._move(org, group, person, now, joined=joined)
        if before is not None and _lacks_apps(before) == _lacks_apps(person):
            return
        for app in apps.all:
            scope = apps.scope(app, person)
            if scope is None and app in had:
                self._take(org, app, person, now)
            elif scope == "GROUP" and app not in had and person.index not in app.lingering:
                apps.process.arrived(app, person, org, now)
            elif scope == "USER" and before is not None and before.status == "STAGED":
                _begin(app, person, now)
                apps.process.provision(app, person, apps.since(app, person))

    def _move(self, org: Org, group: Group, person: Person, now: float, *, joined: bool) -> None:
        """Write down that a rule has moved a person; who is switched off or deleted has left without a word."""
        if _absent(person):
            return
        org.groups.moved(group, person, now, joined=joined)
        kind = "group.user_membership.add" if joined else "group.user_membership.remove"
        org.journal.write(kind, now, SYSTEM, (party(person), Party(group.id, "UserGroup", "unknown", group.name)))

    def _take(self, org: Org, app: App, person: Person, now: float) -> None:
        app.removed.add(person.index)
        app.waiting.discard(person.index)
        app.lingering.discard(person.index)
        org.apps.process.departed(app, person, org, now)


def _had(org: Org, app: App, before: Person) -> bool:
    """Tell whether a person had an app, also where their memberships have been ended before they were switched off."""
    if org.apps.scope(app, before) is not None:
        return True
    if _lacks_apps(before):
        return False
    index = before.index
    return index in app.given or any(
        link.live and link.group.holds(before) and index not in link.group.taken_out for link in app.links
    )


def _begin(app: App, person: Person, now: float) -> None:
    """Let an assignment count from now on: nothing is provisioned for somebody who is only staged."""
    given = app.given.get(person.index)
    if given is not None:
        given.since = float(int(now))


def _absent(person: Person) -> bool:
    return person.deleted or person.status == "DEPROVISIONED"


def _lacks_apps(person: Person) -> bool:
    return person.deleted or person.status in _NO_APPS


def _ruled(org: Org, group: Group, person: Person) -> bool:
    """Tell whether a rule, and nothing else, has a person in a group."""
    if _absent(person) or person.index in group.removed or person.index in group.added:
        return False
    return not group.holds(person) and org.groups.by_rule.hold(group, person)


def _differs(before: Person, person: Person) -> bool:
    """Tell whether anything has changed that groups and apps follow from."""
    return (
        _absent(before) != _absent(person)
        or _lacks_apps(before) != _lacks_apps(person)
        or before.more != person.more
        or (before.first, before.last, before.login, before.email)
        != (person.first, person.last, person.login, person.email)
    )
