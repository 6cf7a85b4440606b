"""Groups: lists, one group, its members and what it gives; made, renamed and deleted, and members put in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.admins.grants import Holder
from tui.demo.apps.assignments import group_party
from tui.demo.base.errors import ApiError, invalid, not_found
from tui.demo.base.json import read_part
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.paging import cut
from tui.demo.http.request import Response, Route, no_content, ok
from tui.demo.log.events import SYSTEM, Party, party
from tui.demo.query.named_query import group_test
from tui.demo.routes.roles import show
from tui.demo.routes.users import encode_list, find_person, within_reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.base.json import Json
    from tui.demo.groups.group import Group
    from tui.demo.http.request import Request
    from tui.demo.people.person import Person

_MOST = 10_000
_Q_MOST = 300
_MEMBERS = 1000
_APPS, _APPS_MOST = 20, 200
_LONGEST_NAME, _LONGEST_DESCRIPTION = 255, 1024
_TAKEN = "An object with this field already exists in the current organization"
_READ, _MANAGE = "okta.groups.read", "okta.groups.manage"
_MEMBER = "/api/v1/groups/{groupId}/users/{userId}"


def find_group(request: Request, name: str = "groupId") -> Group:
    """Return the group that the path names.

    Raises:
        ApiError: E0000007.
    """
    group = request.org.groups.find(request.params[name])
    if group is None:
        raise not_found(request.params[name], "UserGroup")
    return group


def readable_group(request: Request) -> Group:
    """Return the group that the path names, if the caller's roles reach it.

    Raises:
        ApiError: E0000007 or E0000006.
    """
    group = find_group(request)
    rights.require_group(request.org.roles, request.principal, "groups.view", group)
    return group


def list_groups(request: Request) -> Response:
    """GET /api/v1/groups: ``search``, ``filter`` or ``q``; limited roles see their own groups only."""
    names = rights.limits(rights.require(request.principal, "groups.view"))
    groups = [group for group in request.org.groups.all if names is None or group.name in names]
    query, source = request.query, request.org.groups.type_source
    if query.get("search") and query.get("filter"):
        raise ApiError("E0000033")
    if query.get("search"):
        custom = frozenset(name for group in request.org.groups.all for name in group.more)
        groups = list(filter(group_test(query["search"], search=True, source_id=source, custom=custom), groups))
    elif query.get("filter"):
        groups = list(filter(group_test(query["filter"], search=False, source_id=source), groups))
    elif query.get("q"):
        wanted = query["q"].lower()
        found = [group for group in groups if group.name.lower().startswith(wanted)]
        page, _ = cut(request, found, "00g", _Q_MOST, _MOST)
        return ok([show_group(request, group) for group in page])
    if query.get("sortBy") and query.get("search"):
        groups.sort(key=_sort_key(query["sortBy"]), reverse=query.get("sortOrder", "asc").lower() == "desc")
    page, headers = cut(request, groups, "00g", _MOST, _MOST)
    response = ok([show_group(request, group) for group in page])
    response.headers = headers
    return response


def _sort_key(attribute: str) -> Callable[[Group], tuple[str | float, str]]:
    if attribute == "profile.name":
        return lambda group: (group.name.lower(), group.id)
    if attribute == "lastUpdated":
        return lambda group: (group.updated, group.id)
    if attribute == "lastMembershipUpdated":
        return lambda group: (group.members_changed, group.id)
    return lambda group: (group.created, group.id)


def show_group(request: Request, group: Group) -> Json:
    """Return a group with what ``expand`` asks for."""
    answer = request.org.groups.show(group, request.base)
    embedded: Json = {}
    if "stats" in request.query.get("expand", ""):
        embedded["stats"] = {
            "usersCount": len(request.org.groups.members(group)),
            "appsCount": sum(app.link(group) is not None for app in request.org.apps.all),
            "groupPushMappingsCount": 0,
            "hasAdminPrivilege": bool(request.org.group_grants(group)),
            "_links": {},
        }
    source = request.org.apps.find(request.org.groups.type_source)
    if "app" in request.query.get("expand", "") and group.kind == "APP_GROUP" and source is not None:
        embedded["app"] = request.org.apps.show(source, request.base)
    if embedded:
        answer["_embedded"] = embedded
    return answer


def get_group(request: Request) -> Response:
    """GET /api/v1/groups/{groupId}."""
    return ok(show_group(request, readable_group(request)))


def list_members(request: Request) -> Response:
    """GET /api/v1/groups/{groupId}/users."""
    group = readable_group(request)
    within_reach(request)
    people, groups = request.org.people, request.org.groups
    numbers, headers = cut(request, groups.members(group), "00m", _MEMBERS, _MEMBERS)
    present = (person for person in map(people.at, numbers) if not person.deleted and groups.is_member(group, person))
    return Response(200, encode_list(request, present), headers)


def list_apps_of(request: Request) -> Response:
    """GET /api/v1/groups/{groupId}/apps."""
    group = readable_group(request)
    apps = [app for app in request.org.apps.all if app.link(group) is not None]
    page, headers = cut(request, apps, "0oa", _APPS, _APPS_MOST)
    response = ok([request.org.apps.show(app, request.base) for app in page])
    response.headers = headers
    return response


def list_roles_of(request: Request) -> Response:
    """GET /api/v1/groups/{groupId}/roles: for super admins only."""
    group = find_group(request)
    rights.require(request.principal, "roles.view")
    held = request.org.roles.of(Holder("GROUP", group.id))
    return ok([show(request, assignment, f"/api/v1/groups/{group.id}", "GROUP") for assignment in held])


def _read(request: Request, known: Group | None = None) -> tuple[str, str | None, Json]:
    """Return name, description and the other profile attributes of the body.

    Raises:
        ApiError: E0000003 or E0000001.
    """
    more = dict(read_part(read_object(request), "profile"))
    name, description = more.pop("name", None), more.pop("description", None)
    if not isinstance(name, str) or not name.strip():
        raise invalid("name", "The field cannot be left blank")
    if len(name) > _LONGEST_NAME:
        raise invalid("name", f"The field must be at most {_LONGEST_NAME} characters long")
    if description is not None and (not isinstance(description, str) or len(description) > _LONGEST_DESCRIPTION):
        raise invalid("description", f"The field must be at most {_LONGEST_DESCRIPTION} characters long")
    holder = request.org.groups.called(name)
    if holder is not None and holder is not known:
        raise invalid("name", _TAKEN)
    return name, description or None, more


def _changeable(request: Request) -> Group:
    """Return the group that the path names, if callers may change it and this one does.

    Raises:
        ApiError: E0000007; E0000006 out of reach, from a directory, or with admin roles that the caller may not touch;
            E0000060 for a built-in group.
    """
    group = find_group(request)
    rights.require_group(request.org.roles, request.principal, "groups.manage", group)
    if request.org.group_grants(group) and not request.principal.has_role("SUPER_ADMIN"):
        raise ApiError("E0000006")
    if group.kind == "APP_GROUP":
        raise ApiError("E0000006")
    if group.kind == "BUILT_IN":
        raise ApiError("E0000060")
    return group


def create_group(request: Request) -> Response:
    """POST /api/v1/groups: 200; for roles that are not limited to groups."""
    if rights.limits(rights.require(request.principal, "groups.manage")) is not None:
        raise ApiError("E0000006")
    name, description, more = _read(request)
    group = request.org.groups.make(name, description, "OKTA_GROUP", float(int(request.now)))
    group.more = more
    log_event(request, "group.lifecycle.create", group_party(group))
    return ok(show_group(request, group))


def update_group(request: Request) -> Response:
    """PUT /api/v1/groups/{groupId}: the whole profile, so what the body lacks is gone."""
    group = _changeable(request)
    name, description, more = _read(request, group)
    request.org.groups.rename(group, name)
    group.description, group.more, group.updated = description, more, float(int(request.now))
    log_event(request, "group.profile.update", group_party(group))
    return ok(show_group(request, group))


def delete_group(request: Request) -> Response:
    """DELETE /api/v1/groups/{groupId}: 204; its members lose what it gave, rules that fill it are invalid."""
    group, org = _changeable(request), request.org
    org.assignments.drop_group(group, request.now)
    filled_by = [rule for rule in org.groups.rules if group in rule.groups]
    org.groups.delete(group)
    log_event(request, "group.lifecycle.delete", group_party(group))
    for rule in filled_by:
        target = Party(rule.id, "GroupRule", "unknown", rule.name)
        org.journal.write("group.user_membership.rule.invalidate", request.now, SYSTEM, (target,))
    return no_content()


def _both(request: Request) -> tuple[Group, Person]:
    """Return group and person, if the group may be changed by hand and the caller may change it.

    Raises:
        ApiError: E0000007; E0000006 for a group from a directory or out of reach; E0000060 for a built-in group.
    """
    group = find_group(request)
    person = find_person(request, "userId")
    rights.require_group(request.org.roles, request.principal, "groups.members", group)
    if group.kind == "APP_GROUP":
        raise ApiError("E0000006")
    if group.kind == "BUILT_IN":
        raise ApiError("E0000060")
    return group, person


def add_member(request: Request) -> Response:
    """PUT …/users/{userId}: 204, also when nothing changed."""
    group, person = _both(request)
    if person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    if request.org.groups.add(group, person, request.now):
        log_event(request, "group.user_membership.add", party(person), group_party(group))
    return no_content()


def remove_member(request: Request) -> Response:
    """DELETE …/users/{userId}: 204; a rule that had put the person there excludes them from now on."""
    group, person = _both(request)
    if request.org.groups.is_member(group, person):
        rule = request.org.groups.remove(group, person, request.now)
        log_event(request, "group.user_membership.remove", party(person), group_party(group))
        if rule is not None:
            target = Party(rule.id, "GroupRule", "unknown", rule.name)
            log_event(request, "group.user_membership.rule.add_exclusion", party(person), target)
    return no_content()


ROUTES = (
    Route("GET", "/api/v1/groups", _READ, "groups", list_groups),
    Route("GET", "/api/v1/groups/{groupId}", _READ, "group", get_group),
    Route("GET", "/api/v1/groups/{groupId}/users", _READ, "group", list_members),
    Route("GET", "/api/v1/groups/{groupId}/apps", _READ, "group", list_apps_of),
    Route("GET", "/api/v1/groups/{groupId}/roles", "okta.roles.read", "group", list_roles_of),
    Route("POST", "/api/v1/groups", _MANAGE, "groups", create_group),
    Route("PUT", "/api/v1/groups/{groupId}", _MANAGE, "group", update_group),
    Route("DELETE", "/api/v1/groups/{groupId}", _MANAGE, "group", delete_group),
    Route("PUT", _MEMBER, _MANAGE, "group", add_member),
    Route("DELETE", _MEMBER, _MANAGE, "group", remove_member),
)
