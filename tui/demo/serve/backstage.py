"""Admin roles changed behind the callers' backs, as another admin does in the Admin Console, with the same events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins.grants import ROLE_LABELS
from tui.demo.admins.roles import APP_LIMITED, GROUP_LIMITED
from tui.demo.log.events import Party, party

if TYPE_CHECKING:
    from tui.demo.admins.grants import Grant
    from tui.demo.admins.principals import Principal
    from tui.demo.base.json import Json
    from tui.demo.org import Org

_ADMIN = "maria.silva"


def describe(grant: Grant) -> Json:
    """Return a role as the control endpoint shows it."""
    reach = grant.reach
    return {
        "type": grant.role,
        "groups": list(grant.groups if reach is None else reach.people),
        "apps": list(grant.apps if reach is None else reach.apps),
        "permissions": list(grant.permissions),
    }


def _find(org: Org, name: str) -> Principal:
    for principal in org.principals:
        if principal.name == name:
            return principal
    raise ValueError(f"no principal {name}; known: {', '.join(known.name for known in org.principals)}")


def _logged(org: Org, principal: Principal, what: str) -> Json:
    owner = org.owner(principal)
    kind, target = (
        (
            "app.oauth2.client.privilege",
            Party(principal.identity, "PublicClientApp", principal.identity, principal.label),
        )
        if owner is None
        else ("user.account.privilege", party(owner))
    )
    org.journal.write(f"{kind}.{what}", org.clock(), party(org.people.named(_ADMIN)), (target,))
    grants = org.roles.of_principal(principal)
    return {"principal": principal.name, "roles": [describe(grant) for grant in grants]}


def take_role(org: Org, name: str, role: str | None) -> Json:
    """Take a role, or every role, from a principal; of an API token, from its owner.

    Returns:
        The principal with the roles that are left, those through groups among them.

    Raises:
        ValueError: There is no such principal, or it does not hold the role directly.
    """
    principal = _find(org, name)
    held = [one for one in org.roles.of(org.roles.holder(principal)) if role in {None, one.role}]
    if not held:
        raise ValueError(f"{name} holds no role {role or 'at all'}")
    for assignment in held:
        org.roles.take(assignment)
    return _logged(org, principal, "revoke")


def give_role(org: Org, name: str, role: str, groups: list[str], apps: list[str]) -> Json:
    """Give a standard role to a principal, limited to groups by name or to catalogue apps; none for no limit.

    Returns:
        The principal with all its roles.

    Raises:
        ValueError: There is no such principal, role, group or app, or the role has no such limits.
    """
    principal = _find(org, name)
    known = [kind for kind in ROLE_LABELS if kind != "CUSTOM"]
    if role not in known:
        raise ValueError(f"no role {role}; known: {', '.join(known)}")
    if (groups and role not in GROUP_LIMITED) or (apps and role not in APP_LIMITED):
        raise ValueError(f"{role} has no limits of that kind")
    found = [org.groups.called(group) for group in groups]
    named = {app.row.name for app in org.apps.all}
    if None in found or not named.issuperset(apps):
        raise ValueError("no such group or app")
    holder = org.roles.holder(principal)
    assignment = org.roles.find(holder, role) or org.roles.give(holder, role, float(int(org.clock())))
    assignment.groups, assignment.apps = [group for group in found if group is not None], list(apps)
    return _logged(org, principal, "grant")
