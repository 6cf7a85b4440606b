"""The checklist's two sections on admin roles: the smallest standard roles, and a custom role in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tui.desk.actions import needs
from tui.desk.connectors.connector import SignInKind
from tui.desk.setup.checklist import ChecklistSection, Item

if TYPE_CHECKING:
    from tui.desk.setup.checklist_choices import Choices

_ADMINS: Final = "/admin/access/admins"
# What the Admin Console calls the permissions of a custom role (Okta's help: "Role permissions").
_TITLES: Final = {
    "okta.users.read": "View users and their details",
    "okta.users.groupMembership.manage": "Edit users' group membership",
    "okta.groups.read": "View groups and their details",
    "okta.groups.members.manage": "Manage group membership",
}


def standard_roles(choices: Choices) -> ChecklistSection:
    """Return the section on the smallest set of standard roles, and on how to limit them."""
    jwt = choices.kind is SignInKind.PRIVATE_KEY_JWT
    where = "the app's “Admin roles” tab" if jwt else "Security > Administrators"
    link = choices.app() if jwt else choices.page(_ADMINS)
    items = [
        Item(f"role:{role}", f"Assign {needs.ROLE[role]}.", f"For {_role_purpose(choices, role)}.", link)
        for role in choices.roles
    ]
    limitable = [role for role in choices.roles if role in needs.LIMITABLE]
    if limitable:
        roles = needs.role_words(limitable, last="and")
        items.append(
            Item(
                "role:groups",
                f"Limit {roles} to the groups {_limits(choices)}.",
                _limit_purpose(choices),
                link,
                optional=not choices.limited_groups,
            )
        )
    if choices.limited_groups and (wide := [role for role in choices.roles if role not in needs.LIMITABLE]):
        items.append(
            Item(
                "role:wide",
                f"Know that {needs.role_words(wide, last='and')} cannot be limited to groups.",
                _unlimited_purpose(choices),
                link,
            )
        )
    if needs.APP in choices.roles:
        items.append(
            Item(
                "role:apps",
                "Limit Application Administrator to the apps that keydesk may assign.",
                "Without a limit it may change every app's settings.",
                link,
                optional=True,
            )
        )
    if not choices.custom_role_does:
        return ChecklistSection(f"Admin roles: {where} (takes a super admin)", tuple(items))
    more = _would_do_too(choices)
    if more:
        why = "Limit it to the same groups. It may do more, such as resetting passwords, though keydesk does not."
        items.append(Item("role:more", f"{needs.role_words(more)} would do as well.", why, link))
    return ChecklistSection(
        f"Or, in place of the custom role, a standard role: {where} (takes a super admin)",
        tuple(replace(item, optional=True) for item in items),
    )


def _limits(choices: Choices) -> str:
    return "that give software" if choices.custom_role_does else "whose members keydesk is for"


def _limit_purpose(choices: Choices) -> str:
    """Return what a limit to groups brings (Okta's help: "Group membership administrators", who view all users)."""
    if choices.custom_role_does:
        return (
            "keydesk then changes no other group. A Group Membership Administrator may still see all people. Without a "
            "last group the role reaches every group again."
        )
    return "keydesk then finds and changes nobody else. Without a last group the role reaches everybody again."


def _would_do_too(choices: Choices) -> tuple[str, ...]:
    """Return the more powerful roles that can be limited to groups and that alone meet every need, too."""
    every = set.intersection(*(set(need.roles) for need in choices.needed))
    return needs.by_power((every & needs.LIMITABLE) - set(choices.roles))


def _unlimited_purpose(choices: Choices) -> str:
    """Return what keydesk can read of everybody, by roles that cannot be limited to groups, and for what."""
    what = [need.what for need in choices.needed if not set(need.roles) & needs.LIMITABLE]
    return f"With it keydesk can read everybody. It is there for {'; '.join(dict.fromkeys(what))}."


def _role_purpose(choices: Choices, role: str) -> str:
    """Return the purpose of a role of the smallest set: the needs that no earlier role of the set meets."""
    order = needs.preferred(choices.roles, limited=choices.limited_groups)
    before = set(order[: order.index(role)])
    mine = [need for need in choices.needed if role in need.roles]
    alone = [need.what for need in mine if not before & set(need.roles)]
    return "; ".join(dict.fromkeys(alone or [need.what for need in mine]))


def custom_role(choices: Choices) -> ChecklistSection:
    """Return the section on a custom role, with standard roles for the needs that it cannot meet.

    It is the alternative to the standard roles. Where software is given by groups only and the custom role meets every
    need, it is the first choice, and the standard role is the alternative.
    """
    permissions = needs.permissions(choices.needed)
    rest = [need for need in choices.needed if not need.permissions]
    if not permissions or set(choices.roles) <= set(needs.smallest_roles(rest)):
        return ChecklistSection("", ())  # standard roles are needed all the same, and do for everything
    if choices.custom_role_does:
        return ChecklistSection(
            "The admin role: a custom role, Security > Administrators (takes a super admin)",
            _by_groups_only(choices, permissions),
        )
    resources = dict.fromkeys(resource for need in choices.needed for resource in need.resources)
    groups = "the members of the chosen groups" if choices.limited_groups else "all people, or the members of groups"
    held = {"users": groups, "groups": "the groups", "apps": "the apps", "devices": "all devices"}
    link = choices.page(_ADMINS)
    items = [
        Item(
            "custom:role",
            "Under Roles create a role with exactly these permissions.",
            "It allows what you chose, and nothing else.",
            link,
            ", ".join(permissions),
            optional=True,
        ),
        Item(
            "custom:resources",
            f"Under Resources create a resource set with {needs.join_words(held[name] for name in resources)}.",
            "Permissions on people need people in the resource set; groups alone do not bring their members.",
            link,
            optional=True,
        ),
        Item(
            "custom:assign",
            f"Assign role and resource set to {_whom(choices)}.",
            "It takes the place of the standard roles above.",
            link,
            optional=True,
        ),
    ]
    if rest:
        roles = needs.smallest_roles(rest)
        items.append(
            Item(
                "custom:rest",
                f"Beside it assign {needs.role_words(roles, last='and')}.",
                f"As far as known, no custom role can do this: {'; '.join(dict.fromkeys(need.what for need in rest))}.",
                link,
                optional=True,
            )
        )
    return ChecklistSection(
        "Instead of standard roles, with even less power: a custom role, Security > Administrators", tuple(items)
    )


def _by_groups_only(choices: Choices, permissions: tuple[str, ...]) -> tuple[Item, ...]:
    """Return the steps to the custom role of a connector that gives software by groups only, for a newcomer to Okta."""
    link = choices.page(_ADMINS)
    writes = any(need.writes for need in choices.needed)
    ticked = needs.join_words(f"“{_TITLES.get(permission, permission)}”" for permission in permissions)
    what = "read people and groups, and change who is in a group" if writes else "read people and groups"
    return (
        Item(
            "custom:role",
            f"On the Roles tab choose Create new role, name it “Software by groups” or the like, tick only {ticked}.",
            f"With these keydesk may {what}; no permission on apps is needed. Okta's API calls them:",
            link,
            ", ".join(permissions),
        ),
        Item(
            "custom:resources",
            "On the Resources tab choose Create new resource set: as users add all people whom the desk serves, as "
            "groups the groups that give software.",
            "keydesk finds nobody else and changes no other group. Adding a group does not add its members.",
            link,
        ),
        Item(
            "custom:assign",
            f"On the Admins tab assign this role with this resource set to {_whom(choices)}.",
            "Until it is assigned, Okta refuses every call of keydesk's.",
            link,
        ),
    )


def _whom(choices: Choices) -> str:
    return "the app" if choices.kind is SignInKind.PRIVATE_KEY_JWT else "the service account"
