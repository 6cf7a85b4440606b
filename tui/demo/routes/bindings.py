"""Bindings: who holds which custom role within a resource set."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.demo.admins.grants import Holder
from tui.demo.base.errors import invalid, not_found
from tui.demo.base.times import iso
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, no_content, ok
from tui.demo.routes.iam import MANAGE, READ, read_list, wrapped
from tui.demo.routes.resource_sets import find_set, set_href
from tui.demo.routes.roles import assign, assignee, end

if TYPE_CHECKING:
    from tui.demo.admins.custom_roles import CustomRole, ResourceSet
    from tui.demo.admins.roles import Assignment
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response
    from tui.demo.routes.roles import Assignee


def _show_binding(request: Request, found: ResourceSet, role: CustomRole, *, listed: bool = False) -> Json:
    href = set_href(request, found)
    links: Json = {
        "self": {"href": f"{href}/bindings/{role.id}"},
        "members": {"href": f"{href}/bindings/{role.id}/members"},
    }
    if not listed:
        links["bindings"] = {"href": f"{href}/bindings"}
        links["resource-set"] = {"href": href}
    return {"id": role.id, "_links": links}


def list_bindings(request: Request) -> Response:
    """GET …/bindings: which roles are bound to a resource set."""
    found = find_set(request, "roles.view")
    above: Json = {"resource-set": {"href": set_href(request, found)}}
    return wrapped(
        request, "roles", found.bound, "2rb", lambda role: _show_binding(request, found, role, listed=True), more=above
    )


def _binding(request: Request, right: str) -> tuple[ResourceSet, CustomRole]:
    found = find_set(request, right)
    for role in found.bound:
        if request.params["role"] in {role.id, role.label}:
            return found, role
    raise not_found(request.params["role"], "IAMPolicyBinding")


def get_binding(request: Request) -> Response:
    """GET …/bindings/{roleIdOrLabel}."""
    return ok(_show_binding(request, *_binding(request, "roles.view")))


def _assignee(request: Request, text: str) -> Assignee:
    """Return the person, group or service app that an address names.

    Raises:
        ApiError: E0000001 for anything else.
    """
    org, holder = request.org, None
    match urlsplit(text).path.strip("/").split("/"):
        case ["api", "v1", "users", one] if (person := org.people.find(one)) is not None:
            holder = Holder("USER", person.index)
        case ["api", "v1", "groups", one] if (group := org.groups.find(one)) is not None:
            holder = Holder("GROUP", group.id)
        case ["oauth2", "v1", "clients", one] if any(one == known.identity for known in org.principals):
            holder = Holder("CLIENT", one)
    if holder is None:
        raise invalid("members", f"'{text}' is not a user, group or client of this organization")
    return assignee(request, holder)


def create_binding(request: Request) -> Response:
    """POST …/bindings with a role and its first members: 200."""
    found = find_set(request, "roles.manage")
    body = read_object(request)
    named = body.get("role")
    if not isinstance(named, str) or not named:
        raise invalid("role", "The field cannot be left blank")
    role = request.org.customs.find_role(named)
    if role is None:
        raise not_found(named, "CustomRole")
    members = [_assignee(request, text) for text in read_list(body, "members")]
    if role in found.bound:
        raise invalid("role", "A binding of this role and resource set already exists")
    for member in members:
        assign(request, member, "CUSTOM", (role, found))
    return ok(_show_binding(request, found, role))


def delete_binding(request: Request) -> Response:
    """DELETE …/bindings/{roleIdOrLabel}: 204; its members lose the role."""
    found, role = _binding(request, "roles.manage")
    for assignment in request.org.roles.bound(role, found):
        end(request, assignment)
    found.bound.remove(role)
    return no_content()


def _show_member(request: Request, found: ResourceSet, role: CustomRole, member: Assignment) -> Json:
    return {
        "id": member.id,
        "created": iso(member.created),
        "lastUpdated": iso(member.updated),
        "_links": {
            "self": {"href": request.href(assignee(request, member.holder).href)},
            "binding": {"href": f"{set_href(request, found)}/bindings/{role.id}"},
        },
    }


def list_members(request: Request) -> Response:
    """GET …/bindings/{roleIdOrLabel}/members."""
    found, role = _binding(request, "roles.view")
    members = request.org.roles.bound(role, found)
    above: Json = {"binding": {"href": f"{set_href(request, found)}/bindings/{role.id}"}}
    return wrapped(
        request, "members", members, "2rm", lambda member: _show_member(request, found, role, member), more=above
    )


def _member(request: Request, right: str) -> tuple[ResourceSet, CustomRole, Assignment]:
    found, role = _binding(request, right)
    for member in request.org.roles.bound(role, found):
        if member.id == request.params["member"]:
            return found, role, member
    raise not_found(request.params["member"], "IAMPolicyMember")


def get_member(request: Request) -> Response:
    """GET …/bindings/{roleIdOrLabel}/members/{memberId}."""
    return ok(_show_member(request, *_member(request, "roles.view")))


def add_members(request: Request) -> Response:
    """PATCH …/bindings/{roleIdOrLabel}/members with ``additions``: 200; those already there stay."""
    found, role = _binding(request, "roles.manage")
    for member in [_assignee(request, text) for text in read_list(read_object(request), "additions")]:
        if request.org.roles.find(member.holder, "CUSTOM", role, found) is None:
            assign(request, member, "CUSTOM", (role, found))
    return ok(_show_binding(request, found, role))


def remove_member(request: Request) -> Response:
    """DELETE …/bindings/{roleIdOrLabel}/members/{memberId}: 204."""
    _, _, member = _member(request, "roles.manage")
    end(request, member)
    return no_content()


_ONE = "/api/v1/iam/resource-sets/{set}"
_BINDING = f"{_ONE}/bindings/{{role}}"
ROUTES = (
    Route("GET", f"{_ONE}/bindings", READ, "other", list_bindings),
    Route("POST", f"{_ONE}/bindings", MANAGE, "other", create_binding),
    Route("GET", _BINDING, READ, "other", get_binding),
    Route("DELETE", _BINDING, MANAGE, "other", delete_binding),
    Route("GET", f"{_BINDING}/members", READ, "other", list_members),
    Route("PATCH", f"{_BINDING}/members", MANAGE, "other", add_members),
    Route("GET", f"{_BINDING}/members/{{member}}", READ, "other", get_member),
    Route("DELETE", f"{_BINDING}/members/{{member}}", MANAGE, "other", remove_member),
)
