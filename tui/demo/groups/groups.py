"""The groups: about fifty, with memberships that follow from a rule, from a directory or from the people's salt."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from tui.demo.base.times import DAY, iso
from tui.demo.groups.group import Group
from tui.demo.groups.rules import Rules
from tui.demo.people.cast import AD_DOMAIN
from tui.demo.people.crowd import DEPARTMENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.groups.group import GroupRule, Watch
    from tui.demo.people.people import People
    from tui.demo.people.person import Person

EVERYONE = "Everyone"
CONTRACTORS = "Contractors"
_LOGO = "https://ok12static.oktacdn.com/assets/img/logos/groups/odyssey/okta-medium.png"
_BIG_LOGO = "https://ok12static.oktacdn.com/assets/img/logos/groups/odyssey/okta-large.png"


def _share(salt: int, out_of: int) -> Callable[[Person], bool]:
    # Another salt makes another, independent choice of people.
    return lambda person: (person.salt >> salt) % out_of == 0


def _nobody(_: Person) -> bool:
    return False


def _works_in(*departments: str) -> Callable[[Person], bool]:
    return lambda person: person.department in departments


def _is_one_of(*names: str) -> Callable[[Person], bool]:
    logins = {f"{name}@acme.example" for name in names}
    return lambda person: person.login in logins


def _in_city(city: str) -> Callable[[Person], bool]:
    return lambda person: person.more.get("city") == city


def _works_in_city(department: str, city: str) -> Callable[[Person], bool]:
    return lambda person: person.department == department and person.more.get("city") == city


def _from_city(provider: str, city: str) -> Callable[[Person], bool]:
    return lambda person: person.provider == provider and person.more.get("city") == city


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
    *((name, None, "OKTA_GROUP", _nobody) for name in DEPARTMENTS),
    ("VPN Users", "Filled by a rule", "OKTA_GROUP", _nobody),
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
    ("Jira Agents", "Answer tickets in Jira Service Management", "OKTA_GROUP", _works_in_city("Support", "Berlin")),
    (f"{AD_DOMAIN}/Warehouse", "Imported from Active Directory", "APP_GROUP", _from_city("ACTIVE_DIRECTORY", "Tokyo")),
    ("Zürich Office", "Filled by a rule", "OKTA_GROUP", _nobody),
    ("Lucidchart Editors", "Gives Lucidchart; licenses are used up", "OKTA_GROUP", _nobody),
    ("Concur Travellers", "Gives SAP Concur", "OKTA_GROUP", _nobody),
    ("Notion", "Shared notes; gives no app", "OKTA_GROUP", _nobody),
)
_RULED = (*DEPARTMENTS, "VPN Users", "Zürich Office")
_EXPRESSIONS = {
    "VPN Users": 'user.department=="Sales" OR user.department=="Engineering" OR user.department=="Operations"'
    ' OR user.department=="IT"',
    "Zürich Office": 'user.city=="Zürich"',
}


class Groups:
    """All groups and rules of the org."""

    def __init__(self, ids: Ids, people: People, origin: float) -> None:
        self.people = people
        self.ids = ids
        self.type_source = ids.make("0oa", 1)
        whole = float(int(origin))
        self.all: list[Group] = []
        self._numbered: dict[int, Group] = {}
        # By every name that a group has or had, so that a role limited to a group outlives a new name.
        self._named: dict[str, Group] = {}
        self._members: dict[int, list[int]] = {}
        self._watches: list[Watch] = []
        for index, (name, about, kind, holds) in enumerate(ROWS):
            self.make(name, about, kind, whole - 900 * DAY, holds).members_changed = whole - index * DAY
        self.by_rule = Rules(self)
        for name in _RULED:
            expression = _EXPRESSIONS.get(name, f'user.department=="{name}"')
            title = f"{name} by {'city' if 'user.city' in expression else 'department'}"
            rule = self.by_rule.make(title, expression, [self.named(name)], whole - 800 * DAY)
            rule.status = "ACTIVE"

    @property
    def rules(self) -> list[GroupRule]:
        """All group rules."""
        return self.by_rule.all

    def watch(self, watch: Watch) -> None:
        """Call a function for everyone who joins or leaves a group."""
        self._watches.append(watch)

    def make(
        self,
        name: str,
        description: str | None,
        kind: str,
        now: float,
        holds: Callable[[Person], bool] = _nobody,
    ) -> Group:
        """Make a group."""
        index = len(self._numbered)
        group = Group(index, self.ids.make("00g", index), name, description, kind, holds, now, now, now)
        self.all.append(group)
        self._numbered[index] = group
        self._named[name] = group
        return group

    def rename(self, group: Group, name: str) -> None:
        """Give a group another name."""
        group.name = name
        self._named[name] = group

    def delete(self, group: Group) -> None:
        """Delete a group: nobody is in it any more, and rules that fill it are invalid."""
        group.deleted = True
        self.all.remove(group)
        self.by_rule.lose(group)
        self._members.pop(group.index, None)

    def named(self, name: str) -> Group:
        """Return the group that has, or had, that name."""
        return self._named[name]

    def called(self, name: str) -> Group | None:
        """Return the group with that very name, None for none."""
        return next((group for group in self.all if group.name == name), None)

    def find(self, identifier: str) -> Group | None:
        """Return the group with that id, or None."""
        index = self.ids.read("00g", identifier)
        group = None if index is None else self._numbered.get(index)
        return None if group is None or group.deleted else group

    def is_member(self, group: Group, person: Person) -> bool:
        """Return whether a person is in a group; a deactivated person is in none."""
        if person.status == "DEPROVISIONED" or group.deleted or person.index in group.removed:
            return False
        return person.index in group.added or group.holds(person) or self.by_rule.hold(group, person)

    def of(self, person: Person) -> list[Group]:
        """Return the groups of a person, Everyone first."""
        return [group for group in self.all if self.is_member(group, person)]

    def members(self, group: Group) -> list[int]:
        """Return the numbers of everybody who is or was lately a member; ask ``is_member`` for the present."""
        if group.index not in self._members:
            self._members[group.index] = [p.index for p in self.people.from_index() if self.is_member(group, p)]
        return self._members[group.index]

    def add(self, group: Group, person: Person, now: float) -> bool:
        """Put a person into a group and return whether that changed anything."""
        if self.is_member(group, person):
            return False
        group.added.add(person.index)
        group.removed.discard(person.index)
        group.taken_out.discard(person.index)
        self.moved(group, person, now, joined=True)
        return True

    def remove(self, group: Group, person: Person, now: float) -> GroupRule | None:
        """Take a person out of a group; returns the rule that now excludes them, if one had put them there."""
        if not self.is_member(group, person):
            return None
        group.added.discard(person.index)
        rule = self.by_rule.exclude(group, person)
        if self.is_member(group, person):
            group.removed.add(person.index)
        group.taken_out.add(person.index)
        self.moved(group, person, now, joined=False)
        return rule

    def moved(self, group: Group, person: Person, now: float, *, joined: bool) -> None:
        """Note that a person has joined or left a group, and call whoever watches."""
        self._note(group, person, joined=joined)
        group.members_changed = float(int(now))
        for watch in self._watches:
            watch(group, person, now, joined=joined)

    def _note(self, group: Group, person: Person, *, joined: bool) -> None:
        """Bring the list of members that is kept up to date, rather than ask everybody again."""
        kept = self._members.get(group.index)
        if kept is None:
            return
        place = bisect_left(kept, person.index)
        known = place < len(kept) and kept[place] == person.index
        if joined and not known:
            insort(kept, person.index)
        elif known and not joined:
            del kept[place]

    def forget_members(self) -> None:
        """Drop the kept member lists, after somebody's status changed who may be a member again."""
        self._members.clear()

    def show(self, group: Group, base: str) -> Json:
        """Return the group object."""
        answer: Json = {
            "id": group.id,
            "created": iso(group.created),
            "lastUpdated": iso(group.updated),
            "lastMembershipUpdated": iso(group.members_changed),
            "objectClass": ["okta:user_group"],
            "type": group.kind,
            "profile": {"name": group.name, "description": group.description, **group.more},
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
