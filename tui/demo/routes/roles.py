"""Admin roles of users, groups and service apps, custom roles and resource sets: for super admins only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.errors import not_found
from tui.demo.paging import cut, link_headers
from tui.demo.principals import CUSTOM, DESK_PERMISSIONS, ROLE_LABELS, TARGETABLE_ROLE_IDS
from tui.demo.routes.users import find_person
from tui.demo.times import iso
from tui.demo.wire import Route, ok

if TYPE_CHECKING:
    from tui.demo.principals import Grant
    from tui.demo.wire import Call, Json, Reply

_TARGETS, _TARGETS_MOST = 20, 200
_CUSTOM = 1


def _role_id(call: Call, grant: Grant, owner: int) -> str:
    prefix = "irb" if grant.role == "CUSTOM" else "ra1"
    return TARGETABLE_ROLE_IDS.get(grant.role) or call.org.ids.make(prefix, owner)


def show_grants(call: Call, grants: tuple[Grant, ...], assignee: str, kind: str, owner: int) -> list[Json]:
    """Return role assignments; ``owner`` numbers whoever holds them."""
    since = iso(float(int(call.org.origin)) - 86_400 * 300)
    custom = {
        "role": call.org.ids.make("cr0", _CUSTOM),
        "resource-set": call.org.ids.make("iam", _CUSTOM),
    }
    return [
        {
            "id": _role_id(call, grant, owner),
            "label": ROLE_LABELS[grant.role],
            "type": grant.role,
            "status": "ACTIVE",
            "created": since,
            "lastUpdated": since,
            "assignmentType": kind,
            **(custom if grant.role == "CUSTOM" else {}),
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
            return _groups(call, grant)
    raise not_found(call.params["roleId"], "RoleAssignment")


def list_client_roles(call: Call) -> Reply:
    """GET /oauth2/v1/clients/{clientId}/roles."""
    for number, principal in enumerate(call.org.principals):
        if principal.kind == "OAUTH" and principal.identity == call.params["clientId"]:
            rights.require(call.principal, "roles.view")
            href = f"/oauth2/v1/clients/{principal.identity}"
            return ok(show_grants(call, principal.grants, href, "CLIENT", 1_000_000 + number))
    raise not_found(call.params["clientId"], "PublicClientApp")


def _wrapped(call: Call, name: str, one: Json) -> Reply:
    rights.require(call.principal, "roles.view")
    reply = ok({name: [one], "_links": {"self": {"href": call.href(call.path)}}})
    reply.headers = link_headers(call, None, None)
    return reply


def list_client_role_groups(call: Call) -> Reply:
    """GET /oauth2/v1/clients/{clientId}/roles/{roleId}/targets/groups: empty means all groups."""
    return _groups(call, _client_grant(call)[1])


def get_client_role(call: Call) -> Reply:
    """GET /oauth2/v1/clients/{clientId}/roles/{roleAssignmentId}."""
    number, grant = _client_grant(call)
    return ok(show_grants(call, (grant,), f"/oauth2/v1/clients/{call.params['clientId']}", "CLIENT", number)[0])


def list_client_role_apps(call: Call) -> Reply:
    """GET /oauth2/v1/clients/{clientId}/roles/{roleId}/targets/catalog/apps: no role here is limited to apps."""
    _client_grant(call)
    return _no_apps(call)


def list_user_role_apps(call: Call) -> Reply:
    """GET /api/v1/users/{id}/roles/{roleId}/targets/catalog/apps: no role here is limited to apps."""
    list_user_role_groups(call)
    return _no_apps(call)


def _no_apps(call: Call) -> Reply:
    reply = ok([])
    reply.headers = link_headers(call, None, None)
    return reply


def _client_grant(call: Call) -> tuple[int, Grant]:
    """Return the role assignment that the path names, after the number of the app that holds it."""
    for number, principal in enumerate(call.org.principals, 1_000_000):
        if principal.kind == "OAUTH" and principal.identity == call.params["clientId"]:
            rights.require(call.principal, "roles.view")
            for grant in principal.grants:
                if _role_id(call, grant, number) == call.params["roleId"]:
                    return number, grant
            raise not_found(call.params["roleId"], "RoleAssignment")
    raise not_found(call.params["clientId"], "PublicClientApp")


def _groups(call: Call, grant: Grant) -> Reply:
    page, headers = cut(call, grant.groups, "rtg", _TARGETS, _TARGETS_MOST)
    reply = ok([call.org.groups.show(call.org.groups.named(name), call.base) for name in page])
    reply.headers = headers
    return reply


def _dated(call: Call) -> Json:
    since = iso(float(int(call.org.origin)) - 86_400 * 300)
    return {"created": since, "lastUpdated": since}


def _role(call: Call) -> Json:
    identity = call.org.ids.make("cr0", _CUSTOM)
    href = call.href(f"/api/v1/iam/roles/{identity}")
    links = {"self": {"href": href}, "permissions": {"href": f"{href}/permissions"}}
    return {
        "id": identity,
        "label": ROLE_LABELS["CUSTOM"],
        "description": "What a desk does",
        **_dated(call),
        "_links": links,
    }


def _resource_set(call: Call) -> Json:
    identity = call.org.ids.make("iam", _CUSTOM)
    href = call.href(f"/api/v1/iam/resource-sets/{identity}")
    links = {
        "self": {"href": href},
        "resources": {"href": f"{href}/resources"},
        "bindings": {"href": f"{href}/bindings"},
    }
    return {
        "id": identity,
        "label": "Support and Sales",
        "description": "Whom the desk looks after",
        **_dated(call),
        "_links": links,
    }


def _one_of(call: Call, name: str, found: Json, kind: str) -> Json:
    """The custom role or resource set that the path names by id or label."""
    rights.require(call.principal, "roles.view")
    if call.params[name] not in {found["id"], found["label"]}:
        raise not_found(call.params[name], kind)
    return found


def list_custom_roles(call: Call) -> Reply:
    """GET /api/v1/iam/roles: an object, not an array."""
    return _wrapped(call, "roles", _role(call))


def get_custom_role(call: Call) -> Reply:
    """GET /api/v1/iam/roles/{roleIdOrLabel}."""
    return ok(_one_of(call, "role", _role(call), "CustomRole"))


def list_permissions(call: Call) -> Reply:
    """GET /api/v1/iam/roles/{roleIdOrLabel}/permissions."""
    role = _one_of(call, "role", _role(call), "CustomRole")
    href = call.href(f"/api/v1/iam/roles/{role['id']}")
    return ok(
        {
            "permissions": [
                {
                    "label": label,
                    **_dated(call),
                    "conditions": None,
                    "_links": {"role": {"href": href}, "self": {"href": f"{href}/permissions/{label}"}},
                }
                for label in DESK_PERMISSIONS
            ]
        }
    )


def list_resource_sets(call: Call) -> Reply:
    """GET /api/v1/iam/resource-sets: an object, not an array."""
    return _wrapped(call, "resource-sets", _resource_set(call))


def get_resource_set(call: Call) -> Reply:
    """GET /api/v1/iam/resource-sets/{resourceSetIdOrLabel}."""
    return ok(_one_of(call, "set", _resource_set(call), "IAMPolicy"))


def list_resources(call: Call) -> Reply:
    """GET /api/v1/iam/resource-sets/{resourceSetIdOrLabel}/resources: the groups that the role is good for."""
    found = _one_of(call, "set", _resource_set(call), "IAMPolicy")
    href = call.href(f"/api/v1/iam/resource-sets/{found['id']}")
    groups = [call.org.groups.named(name) for name in CUSTOM.groups]
    return ok(
        {
            "resources": [
                {
                    "id": call.org.ids.make("ire", number),
                    "orn": f"orn:okta:directory:{call.org.org_id}:groups:{group.id}",
                    **_dated(call),
                    "_links": {"self": {"href": call.href(f"/api/v1/groups/{group.id}")}},
                }
                for number, group in enumerate(groups)
            ],
            "_links": {"resource-set": {"href": href}},
        }
    )


def list_bindings(call: Call) -> Reply:
    """GET /api/v1/iam/resource-sets/{resourceSetIdOrLabel}/bindings: which roles are bound to it."""
    found = _one_of(call, "set", _resource_set(call), "IAMPolicy")
    href = call.href(f"/api/v1/iam/resource-sets/{found['id']}")
    role = call.org.ids.make("cr0", _CUSTOM)
    links = {"self": {"href": f"{href}/bindings/{role}"}, "members": {"href": f"{href}/bindings/{role}/members"}}
    return ok({"roles": [{"id": role, "_links": links}], "_links": {"resource-set": {"href": href}}})


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
    Route(
        "GET",
        "/oauth2/v1/clients/{clientId}/roles/{roleId}/targets/groups",
        _READ,
        "other",
        list_client_role_groups,
    ),
    Route("GET", "/oauth2/v1/clients/{clientId}/roles/{roleId}", _READ, "other", get_client_role),
    Route(
        "GET",
        "/oauth2/v1/clients/{clientId}/roles/{roleId}/targets/catalog/apps",
        _READ,
        "other",
        list_client_role_apps,
    ),
    Route("GET", "/api/v1/users/{id}/roles/{roleId}/targets/catalog/apps", _READ, "user", list_user_role_apps),
    Route("GET", "/api/v1/iam/roles", _READ, "other", list_custom_roles),
    Route("GET", "/api/v1/iam/roles/{role}", _READ, "other", get_custom_role),
    Route("GET", "/api/v1/iam/roles/{role}/permissions", _READ, "other", list_permissions),
    Route("GET", "/api/v1/iam/resource-sets", _READ, "other", list_resource_sets),
    Route("GET", "/api/v1/iam/resource-sets/{set}", _READ, "other", get_resource_set),
    Route("GET", "/api/v1/iam/resource-sets/{set}/resources", _READ, "other", list_resources),
    Route("GET", "/api/v1/iam/resource-sets/{set}/bindings", _READ, "other", list_bindings),
    Route("GET", "/api/v1/iam/assignees/users", _READ, "other", list_admins),
)
