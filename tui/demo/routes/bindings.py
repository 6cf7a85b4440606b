"""Bindings: who holds which custom role within a resource set."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.demo.bodies import read_object
from tui.demo.errors import not_found
from tui.demo.roles import Holder
from tui.demo.routes.iam import MANAGE, READ, invalid, read_list, wrapped
from tui.demo.routes.resource_sets import find_set, set_href
from tui.demo.routes.roles import assign, assignee, end
from tui.demo.times import iso
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.custom_roles import CustomRole, ResourceSet
    from tui.demo.roles import Assignment
    from tui.demo.routes.roles import Assignee
    from tui.demo.wire import Call, Json, Reply


def _show_binding(call: Call, found: ResourceSet, role: CustomRole, *, listed: bool = False) -> Json:
    href = set_href(call, found)
    links: Json = {
        "self": {"href": f"{href}/bindings/{role.id}"},
        "members": {"href": f"{href}/bindings/{role.id}/members"},
    }
    if not listed:
        links["bindings"] = {"href": f"{href}/bindings"}
        links["resource-set"] = {"href": href}
    return {"id": role.id, "_links": links}


def list_bindings(call: Call) -> Reply:
    """GET …/bindings: which roles are bound to a resource set."""
    found = find_set(call, "roles.view")
    above: Json = {"resource-set": {"href": set_href(call, found)}}
    return wrapped(
        call, "roles", found.bound, "2rb", lambda role: _show_binding(call, found, role, listed=True), more=above
    )


def _binding(call: Call, right: str) -> tuple[ResourceSet, CustomRole]:
    found = find_set(call, right)
    for role in found.bound:
        if call.params["role"] in {role.id, role.label}:
            return found, role
    raise not_found(call.params["role"], "IAMPolicyBinding")


def get_binding(call: Call) -> Reply:
    """GET …/bindings/{roleIdOrLabel}."""
    return ok(_show_binding(call, *_binding(call, "roles.view")))


def _assignee(call: Call, text: str) -> Assignee:
    """Return the person, group or service app that an address names.

    Raises:
        ApiError: E0000001 for anything else.
    """
    org, holder = call.org, None
    match urlsplit(text).path.strip("/").split("/"):
        case ["api", "v1", "users", one] if (person := org.people.find(one)) is not None:
            holder = Holder("USER", person.index)
        case ["api", "v1", "groups", one] if (group := org.groups.find(one)) is not None:
            holder = Holder("GROUP", group.id)
        case ["oauth2", "v1", "clients", one] if any(one == known.identity for known in org.principals):
            holder = Holder("CLIENT", one)
    if holder is None:
        raise invalid("members", f"'{text}' is not a user, group or client of this organization")
    return assignee(call, holder)


def create_binding(call: Call) -> Reply:
    """POST …/bindings with a role and its first members: 200."""
    found = find_set(call, "roles.manage")
    body = read_object(call)
    named = body.get("role")
    if not isinstance(named, str) or not named:
        raise invalid("role", "The field cannot be left blank")
    role = call.org.customs.find_role(named)
    if role is None:
        raise not_found(named, "CustomRole")
    members = [_assignee(call, text) for text in read_list(body, "members")]
    if role in found.bound:
        raise invalid("role", "A binding of this role and resource set already exists")
    for member in members:
        assign(call, member, "CUSTOM", (role, found))
    return ok(_show_binding(call, found, role))


def delete_binding(call: Call) -> Reply:
    """DELETE …/bindings/{roleIdOrLabel}: 204; its members lose the role."""
    found, role = _binding(call, "roles.manage")
    for assignment in call.org.roles.bound(role, found):
        end(call, assignment)
    found.bound.remove(role)
    return no_content()


def _show_member(call: Call, found: ResourceSet, role: CustomRole, member: Assignment) -> Json:
    return {
        "id": member.id,
        "created": iso(member.created),
        "lastUpdated": iso(member.updated),
        "_links": {
            "self": {"href": call.href(assignee(call, member.holder).href)},
            "binding": {"href": f"{set_href(call, found)}/bindings/{role.id}"},
        },
    }


def list_members(call: Call) -> Reply:
    """GET …/bindings/{roleIdOrLabel}/members."""
    found, role = _binding(call, "roles.view")
    members = call.org.roles.bound(role, found)
    above: Json = {"binding": {"href": f"{set_href(call, found)}/bindings/{role.id}"}}
    return wrapped(call, "members", members, "2rm", lambda member: _show_member(call, found, role, member), more=above)


def _member(call: Call, right: str) -> tuple[ResourceSet, CustomRole, Assignment]:
    found, role = _binding(call, right)
    for member in call.org.roles.bound(role, found):
        if member.id == call.params["member"]:
            return found, role, member
    raise not_found(call.params["member"], "IAMPolicyMember")


def get_member(call: Call) -> Reply:
    """GET …/bindings/{roleIdOrLabel}/members/{memberId}."""
    return ok(_show_member(call, *_member(call, "roles.view")))


def add_members(call: Call) -> Reply:
    """PATCH …/bindings/{roleIdOrLabel}/members with ``additions``: 200; those already there stay."""
    found, role = _binding(call, "roles.manage")
    for member in [_assignee(call, text) for text in read_list(read_object(call), "additions")]:
        if call.org.roles.find(member.holder, "CUSTOM", role, found) is None:
            assign(call, member, "CUSTOM", (role, found))
    return ok(_show_binding(call, found, role))


def remove_member(call: Call) -> Reply:
    """DELETE …/bindings/{roleIdOrLabel}/members/{memberId}: 204."""
    _, _, member = _member(call, "roles.manage")
    end(call, member)
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
