"""Admin roles of people, groups and service apps: read, assigned and taken away, by super admins only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tui.demo import rights
from tui.demo.bodies import read_object
from tui.demo.errors import ApiError, not_found
from tui.demo.events import Party, party
from tui.demo.principals import ROLE_LABELS
from tui.demo.record import write_event
from tui.demo.roles import Holder
from tui.demo.routes.users import find_person
from tui.demo.times import iso
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.apps import App
    from tui.demo.custom_roles import CustomRole, ResourceSet
    from tui.demo.principals import Grant
    from tui.demo.roles import Assignment
    from tui.demo.wire import Call, Json, Reply

USERS, GROUPS = "/api/v1/users/{id}/roles", "/api/v1/groups/{groupId}/roles"
CLIENTS = "/oauth2/v1/clients/{clientId}/roles"
_EVENTS = {"USER": "user.account.privilege", "GROUP": "group.privilege", "CLIENT": "app.oauth2.client.privilege"}


class Assignee(NamedTuple):
    """Whose roles a path is about: the holder, its address, its name in the log, all its assignments."""

    holder: Holder
    href: str
    party: Party
    held: list[Assignment]


def assignee(call: Call, holder: Holder) -> Assignee:
    """Return a holder with its address, name and direct assignments; a deleted one has its id for a name."""
    org, key = call.org, str(holder.key)
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


def user_of(call: Call) -> Assignee:
    """Return the person that the path names; their assignments are those through groups too.

    Raises:
        ApiError: E0000007.
    """
    person = find_person(call)
    whose = assignee(call, Holder("USER", person.index))
    return whose._replace(held=call.org.roles.of_person(person))


def group_of(call: Call) -> Assignee:
    """Return the group that the path names.

    Raises:
        ApiError: E0000007.
    """
    group = call.org.groups.find(call.params["groupId"])
    if group is None:
        raise not_found(call.params["groupId"], "UserGroup")
    return assignee(call, Holder("GROUP", group.id))


def client_of(call: Call) -> Assignee:
    """Return the service app that the path names.

    Raises:
        ApiError: E0000007.
    """
    key = call.params["clientId"]
    if not any(known.kind == "OAUTH" and known.identity == key for known in call.org.principals):
        raise not_found(key, "PublicClientApp")
    return assignee(call, Holder("CLIENT", key))


def find_assignment(call: Call, whose: Assignee, name: str = "roleId") -> Assignment:
    """Return the assignment that the path names.

    Raises:
        ApiError: E0000007.
    """
    for assignment in whose.held:
        if assignment.id == call.params[name]:
            return assignment
    raise not_found(call.params[name], "RoleAssignment")


def find_own(call: Call, whose: Assignee) -> Assignment:
    """Return the assignment that the path names, to change it: what comes through a group is changed there.

    Raises:
        ApiError: E0000007.
    """
    own = whose._replace(held=call.org.roles.of(whose.holder))
    return find_assignment(call, own)


def show(call: Call, assignment: Assignment, href: str, kind: str) -> Json:
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
    links: Json = {"assignee": {"href": call.href(href)}}
    custom, limit = assignment.custom, assignment.limit
    if custom is not None and limit is not None:
        answer["label"] = custom.label
        answer["role"], answer["resource-set"] = custom.id, limit.id
        role, limited = call.href(f"/api/v1/iam/roles/{custom.id}"), f"/api/v1/iam/resource-sets/{limit.id}"
        links["role"] = {"href": role}
        links["permissions"] = {"href": f"{role}/permissions"}
        links["resource-set"] = {"href": call.href(limited)}
        links["member"] = {"href": call.href(f"{limited}/bindings/{custom.id}/members/{assignment.id}")}
    wanted, targets = call.query.get("expand", ""), dict[str, object]()
    if "targets/groups" in wanted:
        targets["groups"] = [call.org.groups.show(group, call.base) for group in assignment.groups]
    if "targets/catalog/apps" in wanted:
        targets["catalog"] = {"apps": [show_app(call, app) for app in assignment.apps]}
    if targets:
        answer["_embedded"] = {"targets": targets}
    answer["_links"] = links
    return answer


def instances(call: Call, name: str) -> list[App]:
    """Return the apps of a name of the catalogue."""
    return [app for app in call.org.apps.all if app.row.name == name]


def show_app(call: Call, target: App | str) -> Json:
    """Return an app as a target: a single one shows its id, one of the catalogue does not."""
    app = next(iter(instances(call, target)), None) if isinstance(target, str) else target
    name = target if isinstance(target, str) else target.row.name
    answer: Json = {
        "name": name,
        "displayName": name if app is None else app.row.label,
        "description": "",
        "status": "ACTIVE" if app is None else app.row.status,
        "lastUpdated": iso(call.org.origin if app is None else app.updated),
        "category": "",
        "verificationStatus": "OKTA_VERIFIED",
        "website": "",
        "signOnModes": [] if app is None else [app.row.mode],
        "features": [],
        "_links": {"self": {"href": call.href(f"/api/v1/catalog/apps/{name}")}},
    }
    if not isinstance(target, str):
        answer["id"] = target.id
        answer["_links"] = {"self": {"href": call.href(f"/api/v1/apps/{target.id}")}}
    return answer


def show_grants(call: Call, grants: tuple[Grant, ...], assignee: str, kind: str) -> list[Json]:
    """Return the assignments behind roles."""
    return [show(call, grant.source, assignee, kind) for grant in grants if grant.source is not None]


def _list(find: Callable[[Call], Assignee], call: Call) -> Reply:
    """GET …/roles: direct assignments, and of a person those through groups."""
    whose = find(call)
    rights.require(call.principal, "roles.view")
    return ok([show(call, one, whose.href, one.holder.kind) for one in whose.held])


def _get(find: Callable[[Call], Assignee], call: Call) -> Reply:
    """GET …/roles/{roleAssignmentId}."""
    whose = find(call)
    rights.require(call.principal, "roles.view")
    one = find_assignment(call, whose)
    return ok(show(call, one, whose.href, one.holder.kind))


def _invalid(name: str, why: str) -> ApiError:
    return ApiError("E0000001", name, causes=(f"{name}: {why}",))


def _custom(call: Call, body: Json) -> tuple[CustomRole, ResourceSet]:
    role, limit = body.get("role"), body.get("resource-set")
    for name, value in (("role", role), ("resource-set", limit)):
        if not isinstance(value, str) or not value:
            raise _invalid(name, "The field cannot be left blank")
    found, within = call.org.customs.find_role(str(role)), call.org.customs.find_set(str(limit))
    if found is None:
        raise not_found(str(role), "CustomRole")
    if within is None:
        raise not_found(str(limit), "IAMPolicy")
    return found, within


def tell(call: Call, whose: Assignee, what: str, assignment: Assignment) -> None:
    """Write the event of a role given or taken away, with all that its holder has then."""
    left = call.org.roles.of(whose.holder)
    labels = ", ".join(one.custom.label if one.custom else ROLE_LABELS[one.role] for one in left)
    kind = _EVENTS[whose.holder.kind]
    if assignment.custom is not None and assignment.limit is not None:
        target = Party(assignment.limit.id, "ResourceSet", assignment.limit.id, assignment.limit.label)
        named = Party(assignment.custom.id, "CustomRole", assignment.custom.id, assignment.custom.label)
        what_log = "add" if what == "grant" else "delete"
        write_event(call, f"iam.resourceset.bindings.{what_log}", whose.party, target, named)
    write_event(call, f"{kind}.{what}", whose.party, debug={"privilegeGranted": labels or "none"})


def assign(call: Call, whose: Assignee, role: str, custom: tuple[CustomRole, ResourceSet] | None = None) -> Assignment:
    """Give a role.

    Raises:
        ApiError: E0000090 for one that is there already.
    """
    roles, within = call.org.roles, custom or (None, None)
    if roles.find(whose.holder, role, *within) is not None:
        raise ApiError("E0000090")
    made = roles.give(whose.holder, role, float(int(call.now)), *within)
    tell(call, whose, "grant", made)
    return made


def _assign(status: int, find: Callable[[Call], Assignee], call: Call) -> Reply:
    """POST …/roles: a standard role by its type, or a custom role within a resource set."""
    whose = find(call)
    rights.require(call.principal, "roles.manage")
    body = read_object(call)
    role = body.get("type")
    if not isinstance(role, str) or not role:
        raise _invalid("type", "The field cannot be left blank")
    if role not in ROLE_LABELS:
        raise _invalid("type", f"'{role}' is not a valid role type")
    made = assign(call, whose, role, _custom(call, body) if role == "CUSTOM" else None)
    reply = ok(show(call, made, whose.href, whose.holder.kind))
    reply.status = status
    return reply


def end(call: Call, assignment: Assignment) -> None:
    """End an assignment, with its event."""
    call.org.roles.take(assignment)
    tell(call, assignee(call, assignment.holder), "revoke", assignment)


def _unassign(find: Callable[[Call], Assignee], call: Call) -> Reply:
    """DELETE …/roles/{roleAssignmentId}: 204; what the role allowed is refused from then on."""
    whose = find(call)
    rights.require(call.principal, "roles.manage")
    end(call, find_own(call, whose))
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
