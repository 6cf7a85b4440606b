"""Admin roles of people, groups and service apps: read, assigned and taken away, by super admins only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.admins import rights
from tui.demo.admins.grants import ROLE_LABELS, Holder
from tui.demo.base.errors import ApiError, invalid, not_found
from tui.demo.base.times import iso
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, no_content, ok
from tui.demo.log.events import Party, party
from tui.demo.routes.users import find_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.admins.custom_roles import CustomRole, ResourceSet
    from tui.demo.admins.roles import Assignment
    from tui.demo.apps.app import App
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response

USERS, GROUPS = "/api/v1/users/{id}/roles", "/api/v1/groups/{groupId}/roles"
CLIENTS = "/oauth2/v1/clients/{clientId}/roles"
_EVENTS = {"USER": "user.account.privilege", "GROUP": "group.privilege", "CLIENT": "app.oauth2.client.privilege"}


class Assignee(NamedTuple):
    """Whose roles a path is about: the holder, its address, its name in the log, all its assignments."""

    holder: Holder
    href: str
    party: Party
    held: list[Assignment]


def assignee(request: Request, holder: Holder) -> Assignee:
    """Return a holder with its address, name and direct assignments; a deleted one has its id for a name."""
    org, key = request.org, str(holder.key)
    held = list(org.roles.of(holder))
    if holder.kind == "USER":
        person = org.people.at(int(holder.key))
        return Assignee(holder, f"/api/v1/users/{person.id}", party(person), held)
    if holder.kind == "GROUP":
        group = org.groups.find(key)
        target = Party(key, "UserGroup", "unknown", key if group is None else group.name)
        return Assignee(holder, f"/api/v1/groups/{key}", target, held)
    label = next((known.label for known in org.principals if known.identity == key), key)
    return Assignee(holder, f"/oauth2/v1/clients/{key}", Party(key, "PublicClientApp", key, label), held)


def user_of(request: Request) -> Assignee:
    """Return the person that the path names; their assignments are those through groups too.

    Raises:
        ApiError: E0000007.
    """
    person = find_person(request)
    whose = assignee(request, Holder("USER", person.index))
    return whose._replace(held=request.org.roles.of_person(person))


def group_of(request: Request) -> Assignee:
    """Return the group that the path names.

    Raises:
        ApiError: E0000007.
    """
    group = request.org.groups.find(request.params["groupId"])
    if group is None:
        raise not_found(request.params["groupId"], "UserGroup")
    return assignee(request, Holder("GROUP", group.id))


def client_of(request: Request) -> Assignee:
    """Return the service app that the path names.

    Raises:
        ApiError: E0000007.
    """
    key = request.params["clientId"]
    if not any(known.kind == "OAUTH" and known.identity == key for known in request.org.principals):
        raise not_found(key, "PublicClientApp")
    return assignee(request, Holder("CLIENT", key))


def find_assignment(request: Request, whose: Assignee, name: str = "roleId") -> Assignment:
    """Return the assignment that the path names.

    Raises:
        ApiError: E0000007.
    """
    for assignment in whose.held:
        if assignment.id == request.params[name]:
            return assignment
    raise not_found(request.params[name], "RoleAssignment")


def find_own(request: Request, whose: Assignee) -> Assignment:
    """Return the assignment that the path names, to change it: what comes through a group is changed there.

    Raises:
        ApiError: E0000007.
    """
    own = whose._replace(held=request.org.roles.of(whose.holder))
    return find_assignment(request, own)


def show(request: Request, assignment: Assignment, href: str, kind: str) -> Json:
    """Return a role assignment as Okta shows it to one of those who hold it."""
    answer: Json = {
        "id": assignment.id,
        "label": ROLE_LABELS[assignment.role],
        "type": assignment.role,
        "status": "ACTIVE",
        "created": iso(assignment.created),
        "lastUpdated": iso(assignment.updated),
        "assignmentType": kind,
    }
    links: Json = {"assignee": {"href": request.href(href)}}
    custom, limit = assignment.custom, assignment.limit
    if custom is not None and limit is not None:
        answer["label"] = custom.label
        answer["role"], answer["resource-set"] = custom.id, limit.id
        role, limited = request.href(f"/api/v1/iam/roles/{custom.id}"), f"/api/v1/iam/resource-sets/{limit.id}"
        links["role"] = {"href": role}
        links["permissions"] = {"href": f"{role}/permissions"}
        links["resource-set"] = {"href": request.href(limited)}
        links["member"] = {"href": request.href(f"{limited}/bindings/{custom.id}/members/{assignment.id}")}
    wanted, targets = request.query.get("expand", ""), dict[str, object]()
    if "targets/groups" in wanted:
        targets["groups"] = [request.org.groups.show(group, request.base) for group in assignment.groups]
    if "targets/catalog/apps" in wanted:
        targets["catalog"] = {"apps": [show_app(request, app) for app in assignment.apps]}
    if targets:
        answer["_embedded"] = {"targets": targets}
    answer["_links"] = links
    return answer


def instances(request: Request, name: str) -> list[App]:
    """Return the apps of a name of the catalogue."""
    return [app for app in request.org.apps.all if app.row.name == name]


def show_app(request: Request, target: App | str) -> Json:
    """Return an app as a target: a single one shows its id, one of the catalogue does not."""
    app = next(iter(instances(request, target)), None) if isinstance(target, str) else target
    name = target if isinstance(target, str) else target.row.name
    answer: Json = {
        "name": name,
        "displayName": name if app is None else app.row.label,
        "description": "",
        "status": "ACTIVE" if app is None else app.row.status,
        "lastUpdated": iso(request.org.origin if app is None else app.updated),
        "category": "",
        "verificationStatus": "OKTA_VERIFIED",
        "website": "",
        "signOnModes": [] if app is None else [app.row.mode],
        "features": [],
        "_links": {"self": {"href": request.href(f"/api/v1/catalog/apps/{name}")}},
    }
    if not isinstance(target, str):
        answer["id"] = target.id
        answer["_links"] = {"self": {"href": request.href(f"/api/v1/apps/{target.id}")}}
    return answer


def _list(find: Callable[[Request], Assignee], request: Request) -> Response:
    """GET …/roles: direct assignments, and of a person those through groups."""
    whose = find(request)
    rights.require(request.principal, "roles.view")
    return ok([show(request, one, whose.href, one.holder.kind) for one in whose.held])


def _get(find: Callable[[Request], Assignee], request: Request) -> Response:
    """GET …/roles/{roleAssignmentId}."""
    whose = find(request)
    rights.require(request.principal, "roles.view")
    one = find_assignment(request, whose)
    return ok(show(request, one, whose.href, one.holder.kind))


def _custom(request: Request, body: Json) -> tuple[CustomRole, ResourceSet]:
    role, limit = body.get("role"), body.get("resource-set")
    for name, value in (("role", role), ("resource-set", limit)):
        if not isinstance(value, str) or not value:
            raise invalid(name, "The field cannot be left blank")
    found, within = request.org.customs.find_role(str(role)), request.org.customs.find_set(str(limit))
    if found is None:
        raise not_found(str(role), "CustomRole")
    if within is None:
        raise not_found(str(limit), "IAMPolicy")
    return found, within


def log_change(request: Request, whose: Assignee, what: str, assignment: Assignment) -> None:
    """Write the event of a role given or taken away, with all that its holder has then."""
    left = request.org.roles.of(whose.holder)
    labels = ", ".join(one.custom.label if one.custom else ROLE_LABELS[one.role] for one in left)
    kind = _EVENTS[whose.holder.kind]
    if assignment.custom is not None and assignment.limit is not None:
        target = Party(assignment.limit.id, "ResourceSet", assignment.limit.id, assignment.limit.label)
        named = Party(assignment.custom.id, "CustomRole", assignment.custom.id, assignment.custom.label)
        what_log = "add" if what == "grant" else "delete"
        log_event(request, f"iam.resourceset.bindings.{what_log}", whose.party, target, named)
    log_event(request, f"{kind}.{what}", whose.party, debug={"privilegeGranted": labels or "none"})


def assign(
    request: Request, whose: Assignee, role: str, custom: tuple[CustomRole, ResourceSet] | None = None
) -> Assignment:
    """Give a role.

    Raises:
        ApiError: E0000090 for one that is there already.
    """
    roles, within = request.org.roles, custom or (None, None)
    if roles.find(whose.holder, role, *within) is not None:
        raise ApiError("E0000090")
    made = roles.give(whose.holder, role, float(int(request.now)), *within)
    log_change(request, whose, "grant", made)
    return made


def _assign(status: int, find: Callable[[Request], Assignee], request: Request) -> Response:
    """POST …/roles: a standard role by its type, or a custom role within a resource set."""
    whose = find(request)
    rights.require(request.principal, "roles.manage")
    body = read_object(request)
    role = body.get("type")
    if not isinstance(role, str) or not role:
        raise invalid("type", "The field cannot be left blank")
    if role not in ROLE_LABELS:
        raise invalid("type", f"'{role}' is not a valid role type")
    made = assign(request, whose, role, _custom(request, body) if role == "CUSTOM" else None)
    response = ok(show(request, made, whose.href, whose.holder.kind))
    response.status = status
    return response


def end(request: Request, assignment: Assignment) -> None:
    """End an assignment, with its event."""
    request.org.roles.take(assignment)
    log_change(request, assignee(request, assignment.holder), "revoke", assignment)


def _unassign(find: Callable[[Request], Assignee], request: Request) -> Response:
    """DELETE …/roles/{roleAssignmentId}: 204; what the role allowed is refused from then on."""
    whose = find(request)
    rights.require(request.principal, "roles.manage")
    end(request, find_own(request, whose))
    return no_content()


READ, MANAGE = "okta.roles.read", "okta.roles.manage"
# Okta: "Assign a user role" answers 201, the same for a group or a client 200.
KINDS = ((USERS, user_of, "user", 201), (GROUPS, group_of, "group", 200), (CLIENTS, client_of, "other", 200))
ROUTES = tuple(
    route
    for path, find, bucket, made in KINDS
    for route in (
        # The group routes own the list of a group's roles.
        *((Route("GET", path, READ, bucket, partial(_list, find)),) if path != GROUPS else ()),
        Route("POST", path, MANAGE, bucket, partial(_assign, made, find)),
        Route("GET", f"{path}/{{roleId}}", READ, bucket, partial(_get, find)),
        Route("DELETE", f"{path}/{{roleId}}", MANAGE, bucket, partial(_unassign, find)),
    )
)
