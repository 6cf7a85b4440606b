"""Resource sets: what custom roles are limited to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import invalid, not_found
from tui.demo.base.times import iso
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, no_content, ok
from tui.demo.log.events import Party
from tui.demo.routes.iam import MANAGE, READ, read_label, read_list, wrapped
from tui.demo.routes.roles import end

if TYPE_CHECKING:
    from tui.demo.admins.custom_roles import Resource, ResourceSet, What
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response

_MOST_RESOURCES = 1000


def find_set(request: Request, right: str) -> ResourceSet:
    """Return the resource set that the path names.

    Raises:
        ApiError: E0000007 or E0000006.
    """
    found = request.org.customs.find_set(request.params["set"])
    if found is None:
        raise not_found(request.params["set"], "IAMPolicy")
    rights.require(request.principal, right)
    return found


def _party(found: ResourceSet) -> Party:
    return Party(found.id, "ResourceSet", found.id, found.label)


def set_href(request: Request, found: ResourceSet) -> str:
    """Return the address of a resource set."""
    return request.href(f"/api/v1/iam/resource-sets/{found.id}")


def _show(request: Request, found: ResourceSet) -> Json:
    href = set_href(request, found)
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


def list_sets(request: Request) -> Response:
    """GET /api/v1/iam/resource-sets: an object, not an array."""
    rights.require(request.principal, "roles.view")
    return wrapped(request, "resource-sets", request.org.customs.sets, "2rs", lambda found: _show(request, found))


def get_set(request: Request) -> Response:
    """GET /api/v1/iam/resource-sets/{resourceSetIdOrLabel}."""
    return ok(_show(request, find_set(request, "roles.view")))


def _read(request: Request, texts: list[str]) -> list[What]:
    if len(texts) > _MOST_RESOURCES:
        raise invalid("resources", f"At most {_MOST_RESOURCES} resources are allowed")
    found = []
    for text in texts:
        what = request.org.customs.read(text)
        if what is None:
            raise invalid("resources", f"'{text}' is not a supported resource of this organization")
        found.append(what)
    return found


def create_set(request: Request) -> Response:
    """POST /api/v1/iam/resource-sets: 200; resources by address or resource name."""
    rights.require(request.principal, "roles.manage")
    body, customs = read_object(request), request.org.customs
    label, description = read_label(body, customs.sets)
    resources = _read(request, read_list(body, "resources"))
    made = customs.make_set(label, description, resources, float(int(request.now)))
    log_event(request, "iam.resourceset.create", _party(made))
    return ok(_show(request, made))


def replace_set(request: Request) -> Response:
    """PUT /api/v1/iam/resource-sets/{resourceSetIdOrLabel}: label and description."""
    found = find_set(request, "roles.manage")
    found.label, found.description = read_label(read_object(request), request.org.customs.sets, found)
    found.updated = float(int(request.now))
    log_event(request, "iam.resourceset.update", _party(found))
    return ok(_show(request, found))


def delete_set(request: Request) -> Response:
    """DELETE /api/v1/iam/resource-sets/{resourceSetIdOrLabel}: 204; who held a role within it loses that."""
    found, org = find_set(request, "roles.manage"), request.org
    for assignment in [one for one in org.roles.all() if one.limit is found]:
        end(request, assignment)
    org.customs.sets.remove(found)
    log_event(request, "iam.resourceset.delete", _party(found))
    return no_content()


def _show_resource(request: Request, found: ResourceSet, resource: Resource) -> Json:
    customs, path = request.org.customs, request.org.customs.path(resource.what)
    links: Json = {"self": {"href": request.href(path)}}
    links["resource"] = {"href": f"{set_href(request, found)}/resources/{resource.id}"}
    if path.endswith("/users"):
        links["users"] = {"href": request.href(path)}
    return {
        "id": resource.id,
        "orn": customs.orn(resource.what),
        "created": iso(resource.created),
        "lastUpdated": iso(resource.updated),
        "_links": links,
    }


def list_resources(request: Request) -> Response:
    """GET /api/v1/iam/resource-sets/{resourceSetIdOrLabel}/resources."""
    found = find_set(request, "roles.view")
    above: Json = {"resource-set": {"href": set_href(request, found)}}
    return wrapped(
        request,
        "resources",
        found.resources,
        "2re",
        lambda resource: _show_resource(request, found, resource),
        more=above,
    )


def _resource(request: Request, right: str) -> tuple[ResourceSet, Resource]:
    found = find_set(request, right)
    for resource in found.resources:
        if resource.id == request.params["resource"]:
            return found, resource
    raise not_found(request.params["resource"], "IAMPolicyResource")


def get_resource(request: Request) -> Response:
    """GET /api/v1/iam/resource-sets/{resourceSetIdOrLabel}/resources/{resourceId}."""
    return ok(_show_resource(request, *_resource(request, "roles.view")))


def _put(request: Request, found: ResourceSet, texts: list[str]) -> list[Resource]:
    wanted, now = _read(request, texts), float(int(request.now))
    made = [request.org.customs.put(found, what, now) for what in wanted]
    found.updated = now
    debug = {"resources": ", ".join(request.org.customs.orn(what) for what in wanted)}
    log_event(request, "iam.resourceset.resources.add", _party(found), debug=debug)
    return made


def add_resources(request: Request) -> Response:
    """PATCH …/resources with ``additions``: 200 with the resource set."""
    found = find_set(request, "roles.manage")
    _put(request, found, read_list(read_object(request), "additions"))
    return ok(_show(request, found))


def add_resource(request: Request) -> Response:
    """POST …/resources with one ``resourceOrnOrUrl``: 200 with the resource."""
    found = find_set(request, "roles.manage")
    text = read_object(request).get("resourceOrnOrUrl")
    if not isinstance(text, str) or not text:
        raise invalid("resourceOrnOrUrl", "The field cannot be left blank")
    (made,) = _put(request, found, [text])
    return ok(_show_resource(request, found, made))


def delete_resource(request: Request) -> Response:
    """DELETE …/resources/{resourceId}: 204."""
    found, resource = _resource(request, "roles.manage")
    found.resources.remove(resource)
    found.updated = float(int(request.now))
    debug = {"resources": request.org.customs.orn(resource.what)}
    log_event(request, "iam.resourceset.resources.delete", _party(found), debug=debug)
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
