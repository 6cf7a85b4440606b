"""One app, the groups that it is assigned to, and what a person's assignment has of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.groups.group import Group


class AppRow(NamedTuple):
    """One app.

    Attributes:
        name: The catalogue key.
        groups: The names of the groups that it is assigned to.
        direct: One in how many has it directly; 0 for nobody.
        provisioned: Whether Okta makes the accounts in it.
        slow: Whether that takes minutes.
        failure: Why new accounts cannot be made in it; empty when they can.
        schema: What its profile has beyond a name and an address, with the value that everybody begins with.
    """

    name: str
    label: str
    mode: str = "SAML_2_0"
    groups: tuple[str, ...] = ()
    direct: int = 0
    status: str = "ACTIVE"
    hidden: bool = False
    provisioned: bool = False
    slow: bool = False
    failure: str = ""
    schema: tuple[tuple[str, str | None], ...] = ()


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


@dataclass(slots=True)
class App:
    """An app instance and the exceptions to its assignment functions that calls have made.

    Attributes:
        links: The groups that it is assigned to.
        leaving: Assignments of groups that were removed a moment ago; their members still have the app.
        given: By a person's number, what an assignment has of its own.
        removed: Who lost a direct assignment that chance had given.
        waiting: Who has just joined a group and gets the app in a moment.
        lingering: Who has just left a group and loses the app in a moment.
        settings: What callers have written over the settings, credentials and the rest of the app.
    """

    index: int
    id: str
    row: AppRow
    created: float
    links: list[Link]
    updated: float
    leaving: list[Link] = field(default_factory=list)
    given: dict[int, Given] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    lingering: set[int] = field(default_factory=set)
    settings: Json = field(default_factory=dict)

    @property
    def groups(self) -> list[Group]:
        """The groups that it is assigned to."""
        return [link.group for link in self.links]

    def link(self, group: Group) -> Link | None:
        """Return the assignment of a group, None for none."""
        return next((link for link in self.links if link.group is group), None)
