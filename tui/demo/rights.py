"""What each standard admin role may do, to whom, and the refusal that Okta answers with.

From Okta's comparison of standard administrator roles. A limited role reaches only the members of its groups; only a
super admin may help a super admin; help desk and group admins may not help any admin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.errors import ApiError

if TYPE_CHECKING:
    from tui.demo.groups import Group
    from tui.demo.org import Org
    from tui.demo.person import Person
    from tui.demo.principals import Grant, Principal

_SUPER, _ORG, _APP, _USER = "SUPER_ADMIN", "ORG_ADMIN", "APP_ADMIN", "USER_ADMIN"
_HELP, _READ, _REPORT, _MEMBERS = "HELP_DESK_ADMIN", "READ_ONLY_ADMIN", "REPORT_ADMIN", "GROUP_MEMBERSHIP_ADMIN"
# What a help desk does to a person, each with the permission by which a custom role may do it.
HELP: dict[str, str] = {
    "users.unlock": "okta.users.lifecycle.unlock",
    "users.sessions": "okta.users.lifecycle.clearSessions",
    "users.reset": "okta.users.credentials.resetPassword",
    "users.expire": "okta.users.credentials.expirePassword",
    "users.factors": "okta.users.credentials.resetFactors",
}

RIGHTS: dict[str, frozenset[str]] = {
    "users.view": frozenset({_SUPER, _ORG, _APP, _USER, _HELP, _READ, _MEMBERS}),
    **dict.fromkeys(HELP, frozenset({_SUPER, _ORG, _USER, _HELP})),
    "users.manage": frozenset({_SUPER, _ORG, _USER}),
    "factors.view": frozenset({_SUPER, _ORG, _USER, _HELP, _READ}),
    "groups.view": frozenset({_SUPER, _ORG, _APP, _USER, _HELP, _READ, _MEMBERS}),
    "groups.members": frozenset({_SUPER, _ORG, _USER, _MEMBERS}),
    "apps.view": frozenset({_SUPER, _APP, _READ}),
    "apps.assign": frozenset({_SUPER, _APP}),
    "logs.view": frozenset({_SUPER, _ORG, _APP, _READ, _REPORT}),
    "policies.view": frozenset({_SUPER, _ORG, _READ}),
    "roles.view": frozenset({_SUPER}),
    "org.view": frozenset({_SUPER, _ORG, _READ}),
    "tokens.view": frozenset({_SUPER, _ORG, _READ}),
}
# What of a custom role carries a right; the rest no custom role can hold.
PERMISSIONS: dict[str, frozenset[str]] = {
    "users.view": frozenset({"okta.users.read"}),
    **{right: frozenset({permission}) for right, permission in HELP.items()},
    "factors.view": frozenset({"okta.users.read"}),
    "groups.view": frozenset({"okta.groups.read"}),
    "groups.members": frozenset({"okta.groups.members.manage", "okta.users.groupMembership.manage"}),
    "apps.view": frozenset({"okta.apps.read"}),
    "apps.assign": frozenset({"okta.apps.assignment.manage", "okta.users.appAssignment.manage"}),
}
_NOT_FOR_ADMINS = frozenset({_HELP, _USER})
_WRITES = frozenset({*HELP, "users.manage"})


def granting(principal: Principal, right: str) -> tuple[Grant, ...]:
    """Return the principal's roles that carry a right."""
    allowed, wanted = RIGHTS[right], PERMISSIONS.get(right)
    return tuple(
        grant
        for grant in principal.grants
        if grant.role in allowed or (wanted is not None and wanted <= set(grant.permissions))
    )


def require(principal: Principal, right: str) -> tuple[Grant, ...]:
    """Return the roles that carry a right.

    Raises:
        ApiError: E0000006 when there is none.
    """
    grants = granting(principal, right)
    if not grants:
        raise ApiError("E0000006")
    return grants


def limits(grants: tuple[Grant, ...]) -> frozenset[str] | None:
    """Return the names of the groups that roles are limited to together, None for no limit."""
    if any(not grant.groups for grant in grants):
        return None
    return frozenset(name for grant in grants for name in grant.groups)


def require_for(org: Org, principal: Principal, right: str, person: Person) -> None:
    """Check that a right reaches a person.

    Raises:
        ApiError: E0000006 when no role carries it, or the person is outside the role's groups or an admin out of reach.
    """
    grants = tuple(grant for grant in require(principal, right) if _reaches(org, grant, person))
    if right in _WRITES and grants:
        theirs = {grant.role for grant in org.roles_of(person)}
        if _SUPER in theirs and not principal.has_role(_SUPER):
            raise ApiError("E0000006")
        if theirs:
            grants = tuple(grant for grant in grants if grant.role not in _NOT_FOR_ADMINS)
    if not grants:
        raise ApiError("E0000006")


def require_group(org: Org, principal: Principal, right: str, group: Group) -> None:
    """Check that a right reaches a group; a group that carries admin roles is changed by a super admin only.

    Raises:
        ApiError: E0000006.
    """
    names = limits(require(principal, right))
    if names is not None and group.name not in names:
        raise ApiError("E0000006")
    if right == "groups.members" and org.group_grants(group) and not principal.has_role(_SUPER):
        raise ApiError("E0000006")


def _reaches(org: Org, grant: Grant, person: Person) -> bool:
    return not grant.groups or any(org.groups.is_member(org.groups.named(name), person) for name in grant.groups)
