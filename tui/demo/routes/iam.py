"""Custom admin roles and their permissions, and who is an admin at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tui.demo.admins import rights
from tui.demo.admins.custom_roles import PERMISSIONS
from tui.demo.base.errors import invalid, not_found
from tui.demo.base.times import iso
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.paging import cut
from tui.demo.http.request import Route, no_content, ok
from tui.demo.log.events import Party
from tui.demo.routes.roles import end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from tui.demo.admins.custom_roles import CustomRole
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response

    class Labelled(Protocol):
        """What has a label and a description that callers may change."""

        id: str
        label: str
        description: str


T = TypeVar("T")

_DEFAULT, _MOST = 100, 100
_LONGEST = 255
READ, MANAGE = "okta.roles.read", "okta.roles.manage"


def wrapped(
    request: Request, name: str, items: Sequence[T], cursor: str, show: Callable[[T], Json], *, more: Json | None = None
) -> Response:
    """Return one page of a list as an object with its links, and not as an array."""
    page, headers = cut(request, items, cursor, _DEFAULT, _MOST)
    links: Json = {"self": {"href": request.href(request.path)}, **(more or {})}
    for _, link in headers:
        address, _, rel = link.partition(">; ")
        if rel == 'rel="next"':
            links["next"] = {"href": address[1:]}
    response = ok({name: [show(item) for item in page], "_links": links})
    response.headers = headers
    return response


def read_label(body: Json, others: Sequence[Labelled], known: Labelled | None = None) -> tuple[str, str]:
    """Return label and description of a body.

    Raises:
        ApiError: E0000001 when one is missing or too long, or the label is taken.
    """
    texts = []
    for name in ("label", "description"):
        value = body.get(name)
        if not isinstance(value, str) or not value.strip():
            raise invalid(name, "The field cannot be left blank")
        if len(value) > _LONGEST:
            raise invalid(name, f"The field must be at most {_LONGEST} characters long")
        texts.append(value)
    if any(other.label == texts[0] and other is not known for other in others):
        raise invalid("label", "An object with this field already exists in the current organization")
    return texts[0], texts[1]


def read_list(body: Json, name: str) -> list[str]:
    """Return a list of texts of a body.

    Raises:
        ApiError: E0000001 when it is missing, empty or something else.
    """
    values = body.get(name)
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise invalid(name, "The field must be a list of at least one text")
    return values


def _find(request: Request, right: str) -> CustomRole:
    role = request.org.customs.find_role(request.params["role"])
    if role is None:
        raise not_found(request.params["role"], "CustomRole")
    rights.require(request.principal, right)
    return role


def role_party(role: CustomRole) -> Party:
    """Return a custom role as the log names it."""
    return Party(role.id, "CustomRole", role.id, role.label)


def _show(request: Request, role: CustomRole) -> Json:
    href = request.href(f"/api/v1/iam/roles/{role.id}")
    return {
        "id": role.id,
        "label": role.label,
        "isCloneable": False,
        "description": role.description,
        "created": iso(role.created),
        "lastUpdated": iso(role.updated),
        "_links": {"permissions": {"href": f"{href}/permissions"}, "self": {"href": href}},
    }


def list_roles(request: Request) -> Response:
    """GET /api/v1/iam/roles: an object, not an array."""
    rights.require(request.principal, "roles.view")
    return wrapped(request, "roles", request.org.customs.roles, "2rl", lambda role: _show(request, role))


def get_role(request: Request) -> Response:
    """GET /api/v1/iam/roles/{roleIdOrLabel}."""
    return ok(_show(request, _find(request, "roles.view")))


def _check_permissions(labels: list[str]) -> list[str]:
    for label in labels:
        if label not in PERMISSIONS:
            raise invalid("permissions", f"'{label}' is not a valid permission")
    return labels


def create_role(request: Request) -> Response:
    """POST /api/v1/iam/roles: 200."""
    rights.require(request.principal, "roles.manage")
    body, customs = read_object(request), request.org.customs
    label, description = read_label(body, customs.roles)
    permissions = _check_permissions(read_list(body, "permissions"))
    role = customs.make_role(label, description, permissions, float(int(request.now)))
    log_event(request, "iam.role.create", role_party(role))
    return ok(_show(request, role))


def replace_role(request: Request) -> Response:
    """PUT /api/v1/iam/roles/{roleIdOrLabel}: label and description; permissions have operations of their own."""
    role = _find(request, "roles.manage")
    role.label, role.description = read_label(read_object(request), request.org.customs.roles, role)
    role.updated = float(int(request.now))
    log_event(request, "iam.role.update", role_party(role))
    return ok(_show(request, role))


def delete_role(request: Request) -> Response:
    """DELETE /api/v1/iam/roles/{roleIdOrLabel}: 204; whoever holds it loses it."""
    role, org = _find(request, "roles.manage"), request.org
    for assignment in [one for one in org.roles.all() if one.custom is role]:
        end(request, assignment)
    for limit in org.customs.sets:
        if role in limit.bound:
            limit.bound.remove(role)
    org.customs.roles.remove(role)
    log_event(request, "iam.role.delete", role_party(role))
    return no_content()


def _show_permission(request: Request, role: CustomRole, label: str) -> Json:
    href, since = request.href(f"/api/v1/iam/roles/{role.id}"), iso(role.permissions[label])
    return {
        "label": label,
        "created": since,
        "lastUpdated": since,
        "conditions": None,
        "_links": {"role": {"href": href}, "self": {"href": f"{href}/permissions/{label}"}},
    }


def list_permissions(request: Request) -> Response:
    """GET /api/v1/iam/roles/{roleIdOrLabel}/permissions: all of them, on one page."""
    role = _find(request, "roles.view")
    return ok({"permissions": [_show_permission(request, role, label) for label in role.permissions]})


def _permission(request: Request, right: str) -> tuple[CustomRole, str]:
    role, label = _find(request, right), request.params["permission"]
    if label not in role.permissions:
        raise not_found(label, "Permission")
    return role, label


def get_permission(request: Request) -> Response:
    """GET /api/v1/iam/roles/{roleIdOrLabel}/permissions/{permissionType}."""
    return ok(_show_permission(request, *_permission(request, "roles.view")))


def _add(request: Request) -> tuple[CustomRole, str]:
    role = _find(request, "roles.manage")
    (label,) = _check_permissions([request.params["permission"]])
    if label not in role.permissions:
        role.permissions[label] = role.updated = float(int(request.now))
        log_event(request, "iam.role.permissions.add", role_party(role), debug={"permissions": label})
    return role, label


def create_permission(request: Request) -> Response:
    """POST /api/v1/iam/roles/{roleIdOrLabel}/permissions/{permissionType}: 204, also when it was there."""
    _add(request)
    return no_content()


def replace_permission(request: Request) -> Response:
    """PUT /api/v1/iam/roles/{roleIdOrLabel}/permissions/{permissionType}: 200."""
    return ok(_show_permission(request, *_add(request)))


def delete_permission(request: Request) -> Response:
    """DELETE /api/v1/iam/roles/{roleIdOrLabel}/permissions/{permissionType}: 204; a role keeps at least one."""
    role, label = _permission(request, "roles.manage")
    if len(role.permissions) == 1:
        raise invalid("permissions", "A role must have at least one permission")
    del role.permissions[label]
    role.updated = float(int(request.now))
    log_event(request, "iam.role.permissions.delete", role_party(role), debug={"permissions": label})
    return no_content()


def list_admins(request: Request) -> Response:
    """GET /api/v1/iam/assignees/users: everybody with an admin role."""
    rights.require(request.principal, "roles.view")
    org, numbers = request.org, set[int]()
    for one in org.roles.all():
        group = org.groups.find(str(one.holder.key)) if one.holder.kind == "GROUP" else None
        if one.holder.kind == "USER":
            numbers.add(int(one.holder.key))
        elif group is not None:
            numbers.update(org.groups.members(group))
    admins = [person for person in map(org.people.at, sorted(numbers)) if not person.deleted and org.roles_of(person)]
    page, headers = cut(request, admins, "2ad", _DEFAULT, _MOST)
    answer: Json = {
        "value": [
            {
                "id": person.id,
                "orn": f"orn:okta:directory:{org.org_id}:users:{person.id}",
                "_links": {
                    "roles": {"href": request.href(f"/api/v1/users/{person.id}/roles")},
                    "self": {"href": request.href(f"/api/v1/users/{person.id}")},
                },
            }
            for person in page
        ]
    }
    following = [link for _, link in headers if link.endswith('rel="next"')]
    if following:  # Okta's example has the next page in the body
        answer["_links"] = {"next": {"href": following[0].partition(">")[0][1:]}}
    response = ok(answer)
    response.headers = headers
    return response


_ONE = "/api/v1/iam/roles/{role}"
ROUTES = (
    Route("GET", "/api/v1/iam/roles", READ, "other", list_roles),
    Route("POST", "/api/v1/iam/roles", MANAGE, "other", create_role),
    Route("GET", _ONE, READ, "other", get_role),
    Route("PUT", _ONE, MANAGE, "other", replace_role),
    Route("DELETE", _ONE, MANAGE, "other", delete_role),
    Route("GET", f"{_ONE}/permissions", READ, "other", list_permissions),
    Route("GET", f"{_ONE}/permissions/{{permission}}", READ, "other", get_permission),
    Route("POST", f"{_ONE}/permissions/{{permission}}", MANAGE, "other", create_permission),
    Route("PUT", f"{_ONE}/permissions/{{permission}}", MANAGE, "other", replace_permission),
    Route("DELETE", f"{_ONE}/permissions/{{permission}}", MANAGE, "other", delete_permission),
    Route("GET", "/api/v1/iam/assignees/users", READ, "other", list_admins),
)
