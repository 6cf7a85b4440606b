"""What each standard admin role may do, to whom, and the refusal that Okta answers with.

From Okta's comparison of standard administrator roles. A limited role reaches only the members of its groups; only a
super admin may help a super admin; help desk and group admins may not help any admin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins.custom_roles import opened
from tui.demo.admins.grants import Holder
from tui.demo.base.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.admins.grants import Grant
    from tui.demo.admins.principals import Principal
    from tui.demo.admins.roles import Roles
    from tui.demo.apps.app import App
    from tui.demo.groups.group import Group
    from tui.demo.groups.groups import Groups
    from tui.demo.people.person import Person

_SUPER, _ORG, _APP, _USER = "SUPER_ADMIN", "ORG_ADMIN", "APP_ADMIN", "USER_ADMIN"
_HELP, _READ, _REPORT, _MEMBERS = "HELP_DESK_ADMIN", "READ_ONLY_ADMIN", "REPORT_ADMIN", "GROUP_MEMBERSHIP_ADMIN"
# What a help desk does to a person, each with the permission by which a custom role may do it.
HELP: dict[str, str] = {
    "users.unlock": "okta.users.lifecycle.unlock",
    "users.sessions": "okta.users.lifecycle.clearSessions",
    "users.reset": "okta.users.credentials.resetPassword",
    "users.expire": "okta.users.credentials.expirePassword",
    "users.factors": "okta.users.credentials.resetFactors",
    "users.codes": "okta.users.credentials.manageTemporaryAccessCode",
}

_DEVICE_CHANGES = ("suspend", "unsuspend", "deactivate", "activate", "delete")

RIGHTS: dict[str, frozenset[str]] = {
    "users.view": frozenset({_SUPER, _ORG, _APP, _USER, _HELP, _READ, _MEMBERS}),
    **dict.fromkeys(HELP, frozenset({_SUPER, _ORG, _USER, _HELP})),
    **dict.fromkeys(("users.manage", "users.suspend", "users.unsuspend"), frozenset({_SUPER, _ORG, _USER})),
    "users.create": frozenset({_SUPER, _ORG, _USER}),
    "users.delete": frozenset({_SUPER, _ORG}),
    "users.profile": frozenset({_SUPER, _ORG, _USER}),
    "users.password": frozenset({_SUPER, _ORG, _USER}),
    "factors.enroll": frozenset({_SUPER, _ORG, _USER}),
    "factors.verify": frozenset({_SUPER, _ORG, _USER, _HELP}),
    "schemas.manage": frozenset({_SUPER, _ORG}),
    "factors.view": frozenset({_SUPER, _ORG, _USER, _HELP, _READ}),
    "groups.view": frozenset({_SUPER, _ORG, _APP, _USER, _HELP, _READ, _MEMBERS}),
    "groups.members": frozenset({_SUPER, _ORG, _USER, _MEMBERS}),
    "groups.manage": frozenset({_SUPER, _ORG, _USER}),
    "rules.manage": frozenset({_SUPER, _ORG, _USER}),
    "apps.view": frozenset({_SUPER, _APP, _READ}),
    "apps.manage": frozenset({_SUPER, _APP}),
    "apps.assign": frozenset({_SUPER, _APP}),
    "apps.assign.groups": frozenset({_SUPER, _APP}),
    "logs.view": frozenset({_SUPER, _ORG, _APP, _READ, _REPORT}),
    "policies.view": frozenset({_SUPER, _ORG, _READ}),
    # Nobody could verify which standard roles change a device, or see these; log streaming is a super admin's alone.
    **{f"devices.{what}": frozenset({_SUPER, _ORG}) for what in _DEVICE_CHANGES},
    "devices.view": frozenset({_SUPER, _ORG, _USER, _HELP, _READ}),
    "security.view": frozenset({_SUPER, _ORG, _READ}),
    "users.risk": frozenset({_SUPER, _ORG, _READ}),
    "streams.view": frozenset({_SUPER}),
    "policies.manage": frozenset({_SUPER, _ORG}),
    "roles.view": frozenset({_SUPER}),
    "roles.manage": frozenset({_SUPER}),
    "org.view": frozenset({_SUPER, _ORG, _READ}),
    "tokens.view": frozenset({_SUPER, _ORG, _READ}),
    "tokens.manage": frozenset({_SUPER, _ORG}),
}
# What of a custom role carries a right; the rest no custom role can hold, as far as known.
PERMISSIONS: dict[str, frozenset[str]] = {
    "users.view": frozenset({"okta.users.read"}),
    **{right: frozenset({permission}) for right, permission in HELP.items()},
    "users.manage": frozenset({"okta.users.lifecycle.manage"}),
    "users.suspend": frozenset({"okta.users.lifecycle.suspend"}),
    "users.unsuspend": frozenset({"okta.users.lifecycle.unsuspend"}),
    "users.create": frozenset({"okta.users.create"}),
    "users.delete": frozenset({"okta.users.lifecycle.delete"}),
    "users.profile": frozenset({"okta.users.userprofile.manage"}),
    "users.password": frozenset({"okta.users.credentials.manage"}),
    "factors.view": frozenset({"okta.users.read"}),
    "factors.enroll": frozenset({"okta.users.credentials.manage"}),
    # Okta's description names no permission for it; that it is this one is likely, and not verified.
    "factors.verify": frozenset({"okta.users.credentials.resetFactors"}),
    "devices.view": frozenset({"okta.devices.read"}),
    **{f"devices.{what}": frozenset({f"okta.devices.lifecycle.{what}"}) for what in _DEVICE_CHANGES},
    "groups.view": frozenset({"okta.groups.read"}),
    "groups.members": frozenset({"okta.groups.members.manage", "okta.users.groupMembership.manage"}),
    "groups.manage": frozenset({"okta.groups.manage"}),
    "apps.view": frozenset({"okta.apps.read"}),
    "apps.manage": frozenset({"okta.apps.manage"}),
    "roles.view": frozenset({"okta.iam.read"}),
    "apps.assign.groups": frozenset({"okta.apps.assignment.manage", "okta.groups.appAssignment.manage"}),
    "apps.assign": frozenset({"okta.apps.assignment.manage", "okta.users.appAssignment.manage"}),
}
_NOT_FOR_ADMINS = frozenset({_HELP, _USER})
_WRITES = frozenset(
    {*HELP, "factors.enroll", "factors.verify"}
    | {f"users.{what}" for what in ("manage", "suspend", "unsuspend", "delete", "profile", "password")}
)


_ABOUT = {"users": "people", "factors": "people", "groups": "groups", "rules": "groups", "apps": "apps"}


def _kind(right: str) -> str:
    """Return what a right is about: people, groups, apps, or the org as a whole."""
    return _ABOUT.get(right.partition(".")[0], "org")


def _limited(grant: Grant, kind: str) -> Grant | None:
    """Return a role with its limits for things of a kind only; None when it reaches none of them."""
    if kind == "org":
        return grant._replace(groups=(), apps=())
    if grant.reach is None:
        return grant._replace(groups=()) if kind == "apps" else grant._replace(apps=())
    whole, some = {
        "people": (grant.reach.all_people, grant.reach.people),
        "groups": (grant.reach.all_groups, grant.reach.groups),
        "apps": (grant.reach.all_apps, grant.reach.apps),
    }[kind]
    if not whole and not some:
        return None
    limit = () if whole else some
    return grant._replace(groups=() if kind == "apps" else limit, apps=limit if kind == "apps" else ())


def _carrying(principal: Principal, right: str, kind: str) -> tuple[Grant, ...]:
    allowed, wanted = RIGHTS[right], PERMISSIONS.get(right)
    found = []
    for grant in principal.grants:
        if grant.role in allowed or (wanted is not None and wanted <= opened(grant.permissions)):
            limited = _limited(grant, kind)
            if limited is not None:
                found.append(limited)
    return tuple(found)


def granting(principal: Principal, right: str) -> tuple[Grant, ...]:
    """Return the principal's roles that carry a right, each with its limits for what the right is about."""
    return _carrying(principal, right, _kind(right))


def require(principal: Principal, right: str, kind: str = "") -> tuple[Grant, ...]:
    """Return the roles that carry a right.

    Args:
        principal: Who calls, with the roles of now.
        right: A key of ``RIGHTS``.
        kind: ``people``, ``groups`` or ``apps``, for the limits of another kind than the right is about: who assigns an
            app must reach both the app and the person.

    Raises:
        ApiError: E0000006 when there is none.
    """
    grants = _carrying(principal, right, kind or _kind(right))
    if not grants:
        raise ApiError("E0000006")
    return grants


def limits(grants: tuple[Grant, ...]) -> frozenset[str] | None:
    """Return the names of the groups that roles are limited to together, None for no limit."""
    if any(not grant.groups for grant in grants):
        return None
    return frozenset(name for grant in grants for name in grant.groups)


def within_apps(grants: tuple[Grant, ...]) -> Callable[[App], bool] | None:
    """Return which apps roles reach together, None for all."""
    if any(not grant.apps for grant in grants):
        return None
    names = frozenset(name for grant in grants for name in grant.apps)
    return lambda app: app.id in names or app.row.name in names


def require_app(principal: Principal, right: str, app: App) -> None:
    """Check that a right reaches an app.

    Raises:
        ApiError: E0000006.
    """
    reached = within_apps(require(principal, right, "apps"))
    if reached is not None and not reached(app):
        raise ApiError("E0000006")


def require_for(roles: Roles, principal: Principal, right: str, person: Person) -> None:
    """Check that a right reaches a person.

    Raises:
        ApiError: E0000006 when no role carries it, or the person is outside the role's groups or an admin out of reach.
    """
    grants = tuple(grant for grant in require(principal, right, "people") if _reaches(roles.groups, grant, person))
    if right in _WRITES and grants:
        theirs = {assignment.role for assignment in roles.of_person(person)}
        if _SUPER in theirs and not principal.has_role(_SUPER):
            raise ApiError("E0000006")
        if theirs:
            grants = tuple(grant for grant in grants if grant.role not in _NOT_FOR_ADMINS)
    if not grants:
        raise ApiError("E0000006")


def require_group(roles: Roles, principal: Principal, right: str, group: Group) -> None:
    """Check that a right reaches a group; a group that carries admin roles is changed by a super admin only.

    Raises:
        ApiError: E0000006.
    """
    names = limits(require(principal, right, "groups"))
    if names is not None and group.name not in names:
        raise ApiError("E0000006")
    if right == "groups.members" and roles.of(Holder("GROUP", group.id)) and not principal.has_role(_SUPER):
        raise ApiError("E0000006")


def _reaches(groups: Groups, grant: Grant, person: Person) -> bool:
    return not grant.groups or any(groups.is_member(groups.named(name), person) for name in grant.groups)
