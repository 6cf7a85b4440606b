"""The values of admin roles: what a role is called, who holds it, what limits it."""

from __future__ import annotations

from typing import Literal, NamedTuple

ROLE_LABELS = {
    "SUPER_ADMIN": "Super Administrator",
    "ORG_ADMIN": "Organization Administrator",
    "APP_ADMIN": "Application Administrator",
    "USER_ADMIN": "Group Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "READ_ONLY_ADMIN": "Read-only Administrator",
    "REPORT_ADMIN": "Report Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "CUSTOM": "Desk",
}
# Roles that can be limited to groups or apps have these fixed ids: base32 of their names.
TARGETABLE_ROLE_IDS = {
    "HELP_DESK_ADMIN": "JBCUYUC7IRCVGS27IFCE2SKO",
    "USER_ADMIN": "KVJUKUS7IFCE2SKO",
    "APP_ADMIN": "IFIFAX2BIRGUSTQ",
    "GROUP_MEMBERSHIP_ADMIN": "I5JE6VKQL5GUKTKCIVJFGSCJKBPUCRCNJFHA",
}


class Reach(NamedTuple):
    """What a resource set holds: all of a kind, or the members of groups, groups and apps by name or id."""

    all_people: bool = False
    all_groups: bool = False
    all_apps: bool = False
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()


class Grant(NamedTuple):
    """An admin role and what it is limited to; nothing means no limit.

    Attributes:
        groups: Names of groups.
        permissions: Of a custom role. In the table of principals its groups (all when it names none), and their
            members, make its resource set, and all apps where a permission is about apps.
        apps: Names of catalogue apps, or ids of single ones.
        reach: Of a custom role, what its resource set holds.
        label: Of a custom role in the table of principals, its name.
    """

    role: str
    groups: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    reach: Reach | None = None
    label: str = ROLE_LABELS["CUSTOM"]


class Holder(NamedTuple):
    """Who holds roles: the number of a person, or the id of a group or a client."""

    kind: Literal["USER", "GROUP", "CLIENT"]
    key: int | str
