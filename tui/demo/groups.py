"""The groups: about forty, with memberships that follow from a rule, from a directory or from the people's salt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.demo.cast import AD_DOMAIN
from tui.demo.crowd import DEPARTMENTS
from tui.demo.times import DAY, iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.ids import Ids
    from tui.demo.people import People
    from tui.demo.person import Person
    from tui.demo.wire import Json

EVERYONE = "Everyone"
CONTRACTORS = "Contractors"
_LOGO = "https://ok12static.oktacdn.com/assets/img/logos/groups/odyssey/okta-medium.png"
_BIG_LOGO = "https://ok12static.oktacdn.com/assets/img/logos/groups/odyssey/okta-large.png"


@dataclass(slots=True)
class Group:
    """A group and the exceptions to its membership function that calls have made."""

    index: int
    id: str
    name: str
    description: str | None
    kind: str
    holds: Callable[[Person], bool]
    created: float
    members_changed: float
    added: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Rule:
    """A group rule; who is removed by hand from its group lands in its exclusions."""

    id: str
    name: str
    status: str
    expression: str
    group: Group
    created: float
    excluded: list[str] = field(default_factory=list)


def _share(salt: int, out_of: int) -> Callable[[Person], bool]:
    # Another salt makes another, independent choice of people.
    return lambda person: (person.salt >> salt) % out_of == 0


def _works_in(*departments: str) -> Callable[[Person], bool]:
    return lambda person: person.department in departments


def _is_one_of(*names: str) -> Callable[[Person], bool]:
    logins = {f"{name}@acme.example" for name in names}
    return lambda person: person.login in logins


def _in_city(city: str) -> Callable[[Person], bool]:
    return lambda person: person.more.get("city") == city


def _from(provider: str) -> Callable[[Person], bool]:
    return lambda person: person.provider == provider


Row = tuple[str, str | None, str, "Callable[[Person], bool]"]

ROWS: tuple[Row, ...] = (
    (EVERYONE, "All users in your organization", "BUILT_IN", lambda _: True),
    (
        "Okta Administrators",
        "Okta manages this group, which contains all administrators in your organization.",
        "BUILT_IN",
        _is_one_of("maria.silva", "omar.haddad", "nina.rossi", "pia.jensen", "adam.brooks"),
    ),
    *((name, None, "OKTA_GROUP", _works_in(name)) for name in DEPARTMENTS),
    ("VPN Users", "Filled by a rule", "OKTA_GROUP", _works_in("Sales", "Engineering", "Operations", "IT")),
    (CONTRACTORS, "People with an end date", "OKTA_GROUP", lambda person: person.contractor),
    ("Service Desk Admins", "Carries an admin role", "OKTA_GROUP", _is_one_of("grace.kim")),
    ("Executives", None, "OKTA_GROUP", _share(9, 211)),
    (f"{AD_DOMAIN}/Domain Users", None, "APP_GROUP", _from("ACTIVE_DIRECTORY")),
    (
        f"{AD_DOMAIN}/Dispatch",
        "Imported from Active Directory",
        "APP_GROUP",
        lambda person: person.provider == "ACTIVE_DIRECTORY" and person.department == "Operations",
    ),
    ("ldap.acme.example/people", None, "APP_GROUP", _from("LDAP")),
    ("Creative Cloud", "Licensed", "OKTA_GROUP", _works_in("Design", "Marketing")),
    ("Figma Editors", None, "OKTA_GROUP", _share(3, 11)),
    ("GitHub Developers", None, "OKTA_GROUP", _works_in("Engineering")),
    ("Jira Users", None, "OKTA_GROUP", _share(5, 3)),
    ("Salesforce Users", None, "OKTA_GROUP", _works_in("Sales", "Partners")),
    ("Zoom Licensed", "Meetings over 40 minutes", "OKTA_GROUP", _share(7, 4)),
    ("Slack Guests", None, "OKTA_GROUP", _share(11, 37)),
    ("AWS Administrators", None, "OKTA_GROUP", _share(13, 173)),
    ("Tableau Viewers", None, "OKTA_GROUP", _share(15, 9)),
    ("Confluence Editors", None, "OKTA_GROUP", _share(17, 5)),
    ("MFA Exempt", "Empty on purpose", "OKTA_GROUP", lambda _: False),
    ("Remote Workers", None, "OKTA_GROUP", _share(19, 6)),
    ("Beta Testers", None, "OKTA_GROUP", _share(21, 41)),
    ("London Office", None, "OKTA_GROUP", _in_city("London")),
    ("Tokyo Office", None, "OKTA_GROUP", _in_city("Tokyo")),
    ("[bold red]Loud[/] Group", "[@click=app.quit]Quit[/]", "OKTA_GROUP", _share(23, 67)),
    ("\x1b[31mRed\x1b[0m Group\x07", "\x1b]0;title\x07", "OKTA_GROUP", _share(25, 71)),
    ('=HYPERLINK("http://evil.example")', "+cmd|' /C calc'!A0", "OKTA_GROUP", _share(27, 73)),
    ("\u202epuorG desreveR", "\u200b", "OKTA_GROUP", _share(29, 79)),
)
_RULED = (*DEPARTMENTS, "VPN Users")


class Groups:
    """All groups and rules of the org."""

    def __init__(self, ids: Ids, people: People, origin: float) -> None:
        self.people = people
        self.ids = ids
        self.type_source = ids.make("0oa", 1)
        whole = float(int(origin))
        self.all = [
            Group(index, ids.make("00g", index), name, about, kind, holds, whole - 900 * DAY, whole - index * DAY)
            for index, (name, about, kind, holds) in enumerate(ROWS)
        ]
        self._named = {group.name: group for group in self.all}
        self.rules = [self._rule(number, name, whole) for number, name in enumerate(_RULED)]
        self._members: dict[int, list[int]] = {}

    def _rule(self, number: int, name: str, whole: float) -> Rule:
        expression = (
            'user.department=="Sales" OR user.department=="Engineering" OR user.department=="Operations"'
            ' OR user.department=="IT"'
            if name == "VPN Users"
            else f'user.department=="{name}"'
        )
        return Rule(
            self.ids.make("0pr", number),
            f"{name} by department",
            "ACTIVE",
            expression,
            self.named(name),
            whole - 800 * DAY,
        )

    def named(self, name: str) -> Group:
        """Return the group of that name."""
        return self._named[name]

    def find(self, identifier: str) -> Group | None:
        """Return the group with that id, or None."""
        index = self.ids.read("00g", identifier)
        return self.all[index] if index is not None and index < len(self.all) else None

    def is_member(self, group: Group, person: Person) -> bool:
        """Tell whether a person is in a group; a deactivated person is in none."""
        if person.status == "DEPROVISIONED" or person.index in group.removed:
            return False
        return person.index in group.added or group.holds(person)

    def of(self, person: Person) -> list[Group]:
        """Return the groups of a person, Everyone first."""
        return [group for group in self.all if self.is_member(group, person)]

    def members(self, group: Group) -> list[int]:
        """Return the numbers of everybody who is or was lately a member; ask ``is_member`` for the present."""
        if group.index not in self._members:
            self._members[group.index] = [p.index for p in self.people.from_index() if self.is_member(group, p)]
        return self._members[group.index]

    def add(self, group: Group, person: Person, now: float) -> bool:
        """Put a person into a group and tell whether that changed anything."""
        if self.is_member(group, person):
            return False
        group.added.add(person.index)
        group.removed.discard(person.index)
        return self._changed(group, now)

    def remove(self, group: Group, person: Person, now: float) -> Rule | None:
        """Take a person out of a group; returns the rule that now excludes them, if one had put them there."""
        if not self.is_member(group, person):
            return None
        group.added.discard(person.index)
        group.removed.add(person.index)
        self._changed(group, now)
        for rule in self.rules:
            if rule.group is group and group.holds(person):
                rule.excluded.append(person.id)
                return rule
        return None

    def forget_members(self) -> None:
        """Drop the kept member lists, after somebody's status changed who may be a member again."""
        self._members.clear()

    def _changed(self, group: Group, now: float) -> bool:
        group.members_changed = now
        self._members.pop(group.index, None)
        return True

    def show(self, group: Group, base: str) -> Json:
        """Return the group object."""
        answer: Json = {
            "id": group.id,
            "created": iso(group.created),
            "lastUpdated": iso(group.created),
            "lastMembershipUpdated": iso(group.members_changed),
            "objectClass": ["okta:user_group"],
            "type": group.kind,
            "profile": {"name": group.name, "description": group.description},
        }
        links: Json = {
            "logo": [
                {"name": "medium", "href": _LOGO, "type": "image/png"},
                {"name": "large", "href": _BIG_LOGO, "type": "image/png"},
            ],
            "users": {"href": f"{base}/api/v1/groups/{group.id}/users"},
            "apps": {"href": f"{base}/api/v1/groups/{group.id}/apps"},
        }
        if group.kind == "APP_GROUP":
            answer["objectClass"] = ["okta:windows_security_principal"]
            answer["source"] = {"id": self.type_source}
            links["source"] = {"href": f"{base}/api/v1/apps/{self.type_source}"}
        answer["_links"] = links
        return answer
