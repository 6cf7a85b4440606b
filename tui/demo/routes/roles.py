"""Admin roles of users, groups and service apps, custom roles and resource sets: for super admins only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.errors import not_found
from tui.demo.paging import cut, link_headers
from tui.demo.principals import ROLE_LABELS, TARGETABLE_ROLE_IDS
from tui.demo.routes.users import find_person
from tui.demo.times import iso
from tui.demo.wire import Route, ok

if TYPE_CHECKING:
    from tui.demo.principals import Grant
    from tui.demo.wire import Call, Json, Reply

_TARGETS, _TARGETS_MOST = 20, 200


def _role_id(call: Call, grant: Grant, owner: int) -> str:
    return TARGETABLE_ROLE_IDS.get(grant.role) or call.org.ids.make("ra1", owner)


def show_grants(call: Call, grants: tuple[Grant, ...], assignee: str, kind: str, owner: int) -> list[Json]:
    """Return role assignments; ``owner`` numbers whoever holds them."""
    since = iso(float(int(call.org.origin)) - 86_400 * 300)
    return [
        {
            "id": _role_id(call, grant, owner),
            "label": ROLE_LABELS[grant.role],
            "type": grant.role,
            "status": "ACTIVE",
            "created": since,
            "lastUpdated": since,
            "assignmentType": kind,
            "_links": {"assignee": {"href": call.href(assignee)}},
        }
        for grant in grants
    ]


def list_user_roles(call: Call) -> Reply:
    """GET /api/v1/users/{id}/roles: direct assignments and those through groups."""
    person = find_person(call)
    rights.require(call.principal, "roles.view")
    direct = call.org.direct_roles(person)
    through = call.org.roles_of(person)[len(direct) :]
    href = f"/api/v1/users/{person.id}"
    return ok(
        [
            *show_grants(call, direct, href, "USER", person.index),
            *show_grants(call, through, href, "GROUP", person.index),
        ]
    )


def list_user_role_groups(call: Call) -> Reply:
    """GET /api/v1/users/{id}/roles/{roleId}/targets/groups: empty means all groups."""
    person = find_person(call)
    rights.require(call.principal, "roles.view")
    for grant in call.org.roles_of(person):
        if _role_id(call, grant, person.index) == call.params["roleId"]:
            page, headers = cut(call, grant.groups, "rtg", _TARGETS, _TARGETS_MOST)
            reply = ok([call.org.groups.show(call.org.groups.named(name), call.base) for name in page])
            reply.headers = headers
            return reply
    raise not_found(call.params["roleId"], "RoleAssignment")


def list_client_roles(call: Call) -> Reply:
    """GET /oauth2/v1/clients/{clientId}/roles."""
    for number, principal in enumerate(call.org.principals):
        if principal.kind == "OAUTH" and principal.identity == call.params["clientId"]:
            rights.require(call.principal, "roles.view")
            href = f"/oauth2/v1/clients/{principal.identity}"
            return ok(show_grants(call, principal.grants, href, "CLIENT", 1_000_000 + number))
    raise not_found(call.params["clientId"], "PublicClientApp")


def _wrapped(call: Call, name: str) -> Reply:
    rights.require(call.principal, "roles.view")
    reply = ok({name: [], "_links": {"self": {"href": call.href(call.path)}}})
    reply.headers = link_headers(call, None, None)
    return reply


def list_custom_roles(call: Call) -> Reply:
    """GET /api/v1/iam/roles: an object, not an array; this org has no custom roles."""
    return _wrapped(call, "roles")


def list_resource_sets(call: Call) -> Reply:
    """GET /api/v1/iam/resource-sets: an object, not an array."""
    return _wrapped(call, "resource-sets")


def list_admins(call: Call) -> Reply:
    """GET /api/v1/iam/assignees/users: everybody with an admin role."""
    rights.require(call.principal, "roles.view")
    people = (call.org.people.at(index) for index in range(len(call.org.people.members)))
    admins = [person for person in people if not person.deleted and call.org.roles_of(person)]
    return ok(
        {
            "value": [
                {
                    "id": person.id,
                    "orn": f"orn:okta:directory:{call.org.org_id}:users:{person.id}",
                    "_links": {
                        "roles": {"href": call.href(f"/api/v1/users/{person.id}/roles")},
                        "self": {"href": call.href(f"/api/v1/users/{person.id}")},
                    },
                }
                for person in admins
            ]
        }
    )


_READ = "okta.roles.read"
ROUTES = (
    Route("GET", "/api/v1/users/{id}/roles", _READ, "user", list_user_roles),
    Route("GET", "/api/v1/users/{id}/roles/{roleId}/targets/groups", _READ, "user", list_user_role_groups),
    Route("GET", "/oauth2/v1/clients/{clientId}/roles", _READ, "other", list_client_roles),
    Route("GET", "/api/v1/iam/roles", _READ, "other", list_custom_roles),
    Route("GET", "/api/v1/iam/resource-sets", _READ, "other", list_resource_sets),
    Route("GET", "/api/v1/iam/assignees/users", _READ, "other", list_admins),
)
