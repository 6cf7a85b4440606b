"""Resource sets: what custom roles are limited to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.bodies import read_object
from tui.demo.errors import not_found
from tui.demo.events import Party
from tui.demo.record import write_event
from tui.demo.routes.iam import MANAGE, READ, invalid, read_label, read_list, wrapped
from tui.demo.routes.roles import end
from tui.demo.times import iso
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.custom_roles import Resource, ResourceSet, What
    from tui.demo.wire import Call, Json, Reply

_MOST_RESOURCES = 1000


def find_set(call: Call, right: str) -> ResourceSet:
    """Return the resource set that the path names.

    Raises:
        ApiError: E0000007 or E0000006.
    """
    found = call.org.customs.find_set(call.params["set"])
    if found is None:
        raise not_found(call.params["set"], "IAMPolicy")
    rights.require(call.principal, right)
    return found


def _party(found: ResourceSet) -> Party:
    return Party(found.id, "ResourceSet", found.id, found.label)


def set_href(call: Call, found: ResourceSet) -> str:
    """Return the address of a resource set."""
    return call.href(f"/api/v1/iam/resource-sets/{found.id}")


def _show(call: Call, found: ResourceSet) -> Json:
    href = set_href(call, found)
    return {
        "id": found.id,
        "label": found.label,
        "description": found.description,
        "created": iso(found.created),
        "lastUpdated": iso(found.updated),
        "_links": {
            "self": {"href": href},
            "resources": {"href": f"{href}/resources"},
            "bindings": {"href": f"{href}/bindings"},
        },
    }


def list_sets(call: Call) -> Reply:
    """GET /api/v1/iam/resource-sets: an object, not an array."""
    rights.require(call.principal, "roles.view")
    return wrapped(call, "resource-sets", call.org.customs.sets, "2rs", lambda found: _show(call, found))


def get_set(call: Call) -> Reply:
    """GET /api/v1/iam/resource-sets/{resourceSetIdOrLabel}."""
    return ok(_show(call, find_set(call, "roles.view")))


def _read(call: Call, texts: list[str]) -> list[What]:
    if len(texts) > _MOST_RESOURCES:
        raise invalid("resources", f"At most {_MOST_RESOURCES} resources are allowed")
    found = []
    for text in texts:
        what = call.org.customs.read(text)
        if what is None:
            raise invalid("resources", f"'{text}' is not a supported resource of this organization")
        found.append(what)
    return found


def create_set(call: Call) -> Reply:
    """POST /api/v1/iam/resource-sets: 200; resources by address or resource name."""
    rights.require(call.principal, "roles.manage")
    body, customs = read_object(call), call.org.customs
    label, description = read_label(body, customs.sets)
    resources = _read(call, read_list(body, "resources"))
    made = customs.make_set(label, description, resources, float(int(call.now)))
    write_event(call, "iam.resourceset.create", _party(made))
    return ok(_show(call, made))


def replace_set(call: Call) -> Reply:
    """PUT /api/v1/iam/resource-sets/{resourceSetIdOrLabel}: label and description."""
    found = find_set(call, "roles.manage")
    found.label, found.description = read_label(read_object(call), call.org.customs.sets, found)
    found.updated = float(int(call.now))
    write_event(call, "iam.resourceset.update", _party(found))
    return ok(_show(call, found))


def delete_set(call: Call) -> Reply:
    """DELETE /api/v1/iam/resource-sets/{resourceSetIdOrLabel}: 204; who held a role within it loses that."""
    found, org = find_set(call, "roles.manage"), call.org
    for assignment in [one for one in org.roles.all() if one.limit is found]:
        end(call, assignment)
    org.customs.sets.remove(found)
    write_event(call, "iam.resourceset.delete", _party(found))
    return no_content()


def _show_resource(call: Call, found: ResourceSet, resource: Resource) -> Json:
    customs, path = call.org.customs, call.org.customs.path(resource.what)
    links: Json = {"self": {"href": call.href(path)}}
    links["resource"] = {"href": f"{set_href(call, found)}/resources/{resource.id}"}
    if path.endswith("/users"):
        links["users"] = {"href": call.href(path)}
    return {
        "id": resource.id,
        "orn": customs.orn(resource.what),
        "created": iso(resource.created),
        "lastUpdated": iso(resource.updated),
        "_links": links,
    }


def list_resources(call: Call) -> Reply:
    """GET /api/v1/iam/resource-sets/{resourceSetIdOrLabel}/resources."""
    found = find_set(call, "roles.view")
    above: Json = {"resource-set": {"href": set_href(call, found)}}
    return wrapped(
        call, "resources", found.resources, "2re", lambda resource: _show_resource(call, found, resource), more=above
    )


def _resource(call: Call, right: str) -> tuple[ResourceSet, Resource]:
    found = find_set(call, right)
    for resource in found.resources:
        if resource.id == call.params["resource"]:
            return found, resource
    raise not_found(call.params["resource"], "IAMPolicyResource")


def get_resource(call: Call) -> Reply:
    """GET /api/v1/iam/resource-sets/{resourceSetIdOrLabel}/resources/{resourceId}."""
    return ok(_show_resource(call, *_resource(call, "roles.view")))


def _put(call: Call, found: ResourceSet, texts: list[str]) -> list[Resource]:
    wanted, now = _read(call, texts), float(int(call.now))
    made = [call.org.customs.put(found, what, now) for what in wanted]
    found.updated = now
    debug = {"resources": ", ".join(call.org.customs.orn(what) for what in wanted)}
    write_event(call, "iam.resourceset.resources.add", _party(found), debug=debug)
    return made


def add_resources(call: Call) -> Reply:
    """PATCH …/resources with ``additions``: 200 with the resource set."""
    found = find_set(call, "roles.manage")
    _put(call, found, read_list(read_object(call), "additions"))
    return ok(_show(call, found))


def add_resource(call: Call) -> Reply:
    """POST …/resources with one ``resourceOrnOrUrl``: 200 with the resource."""
    found = find_set(call, "roles.manage")
    text = read_object(call).get("resourceOrnOrUrl")
    if not isinstance(text, str) or not text:
        raise invalid("resourceOrnOrUrl", "The field cannot be left blank")
    (made,) = _put(call, found, [text])
    return ok(_show_resource(call, found, made))


def delete_resource(call: Call) -> Reply:
    """DELETE …/resources/{resourceId}: 204."""
    found, resource = _resource(call, "roles.manage")
    found.resources.remove(resource)
    found.updated = float(int(call.now))
    debug = {"resources": call.org.customs.orn(resource.what)}
    write_event(call, "iam.resourceset.resources.delete", _party(found), debug=debug)
    return no_content()


_ONE = "/api/v1/iam/resource-sets/{set}"
ROUTES = (
    Route("GET", "/api/v1/iam/resource-sets", READ, "other", list_sets),
    Route("POST", "/api/v1/iam/resource-sets", MANAGE, "other", create_set),
    Route("GET", _ONE, READ, "other", get_set),
    Route("PUT", _ONE, MANAGE, "other", replace_set),
    Route("DELETE", _ONE, MANAGE, "other", delete_set),
    Route("GET", f"{_ONE}/resources", READ, "other", list_resources),
    Route("PATCH", f"{_ONE}/resources", MANAGE, "other", add_resources),
    Route("POST", f"{_ONE}/resources", MANAGE, "other", add_resource),
    Route("GET", f"{_ONE}/resources/{{resource}}", READ, "other", get_resource),
    Route("DELETE", f"{_ONE}/resources/{{resource}}", MANAGE, "other", delete_resource),
)
