"""Groups as they are read: lists, one group, what it gives and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.errors import ApiError, not_found
from tui.demo.named_query import group_test
from tui.demo.paging import cut
from tui.demo.routes.roles import show_grants
from tui.demo.routes.users import encode_list, within_reach
from tui.demo.wire import Reply, Route, ok

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.groups import Group
    from tui.demo.wire import Call, Json

_MOST = 10_000
_Q_MOST = 300
_MEMBERS = 1000
_APPS, _APPS_MOST = 20, 200


def find_group(call: Call, name: str = "groupId") -> Group:
    """Return the group that the path names.

    Raises:
        ApiError: E0000007.
    """
    call.org.apps.process.drive(call.org)
    group = call.org.groups.find(call.params[name])
    if group is None:
        raise not_found(call.params[name], "UserGroup")
    return group


def readable_group(call: Call) -> Group:
    """Return the group that the path names, if the caller's roles reach it.

    Raises:
        ApiError: E0000007 or E0000006.
    """
    group = find_group(call)
    rights.require_group(call.org, call.principal, "groups.view", group)
    return group


def list_groups(call: Call) -> Reply:
    """GET /api/v1/groups: ``search``, ``filter`` or ``q``; limited roles see their own groups only."""
    names = rights.limits(rights.require(call.principal, "groups.view"))
    call.org.apps.process.drive(call.org)
    groups = [group for group in call.org.groups.all if names is None or group.name in names]
    query, source = call.query, call.org.groups.type_source
    if query.get("search") and query.get("filter"):
        raise ApiError("E0000033")
    if query.get("search"):
        custom = frozenset(name for group in call.org.groups.all for name in group.more)
        groups = list(filter(group_test(query["search"], search=True, source_id=source, custom=custom), groups))
    elif query.get("filter"):
        groups = list(filter(group_test(query["filter"], search=False, source_id=source), groups))
    elif query.get("q"):
        wanted = query["q"].lower()
        found = [group for group in groups if group.name.lower().startswith(wanted)]
        page, _ = cut(call, found, "00g", _Q_MOST, _MOST)
        return ok([show_group(call, group) for group in page])
    if query.get("sortBy") and query.get("search"):
        groups.sort(key=_sort_key(query["sortBy"]), reverse=query.get("sortOrder", "asc").lower() == "desc")
    page, headers = cut(call, groups, "00g", _MOST, _MOST)
    reply = ok([show_group(call, group) for group in page])
    reply.headers = headers
    return reply


def _sort_key(attribute: str) -> Callable[[Group], tuple[str | float, str]]:
    if attribute == "profile.name":
        return lambda group: (group.name.lower(), group.id)
    if attribute == "lastUpdated":
        return lambda group: (group.updated, group.id)
    if attribute == "lastMembershipUpdated":
        return lambda group: (group.members_changed, group.id)
    return lambda group: (group.created, group.id)


def show_group(call: Call, group: Group) -> Json:
    """Return a group with what ``expand`` asks for."""
    answer = call.org.groups.show(group, call.base)
    embedded: Json = {}
    if "stats" in call.query.get("expand", ""):
        embedded["stats"] = {
            "usersCount": len(call.org.groups.members(group)),
            "appsCount": sum(app.link(group) is not None for app in call.org.apps.all),
            "groupPushMappingsCount": 0,
            "hasAdminPrivilege": bool(call.org.group_grants(group)),
            "_links": {},
        }
    source = call.org.apps.find(call.org.groups.type_source)
    if "app" in call.query.get("expand", "") and group.kind == "APP_GROUP" and source is not None:
        embedded["app"] = call.org.apps.show(source, call.base)
    if embedded:
        answer["_embedded"] = embedded
    return answer


def get_group(call: Call) -> Reply:
    """GET /api/v1/groups/{groupId}."""
    return ok(show_group(call, readable_group(call)))


def list_members(call: Call) -> Reply:
    """GET /api/v1/groups/{groupId}/users."""
    group = readable_group(call)
    within_reach(call)
    people, groups = call.org.people, call.org.groups
    numbers, headers = cut(call, groups.members(group), "00m", _MEMBERS, _MEMBERS)
    present = (person for person in map(people.at, numbers) if not person.deleted and groups.is_member(group, person))
    return Reply(200, encode_list(call, present), headers)


def list_apps_of(call: Call) -> Reply:
    """GET /api/v1/groups/{groupId}/apps."""
    group = readable_group(call)
    apps = [app for app in call.org.apps.all if app.link(group) is not None]
    page, headers = cut(call, apps, "0oa", _APPS, _APPS_MOST)
    reply = ok([call.org.apps.show(app, call.base) for app in page])
    reply.headers = headers
    return reply


def list_roles_of(call: Call) -> Reply:
    """GET /api/v1/groups/{groupId}/roles: for super admins only."""
    group = find_group(call)
    rights.require(call.principal, "roles.view")
    return ok(show_grants(call, call.org.group_grants(group), f"/api/v1/groups/{group.id}", "GROUP"))


_READ = "okta.groups.read"
ROUTES = (
    Route("GET", "/api/v1/groups", _READ, "groups", list_groups),
    Route("GET", "/api/v1/groups/{groupId}", _READ, "group", get_group),
    Route("GET", "/api/v1/groups/{groupId}/users", _READ, "group", list_members),
    Route("GET", "/api/v1/groups/{groupId}/apps", _READ, "group", list_apps_of),
    Route("GET", "/api/v1/groups/{groupId}/roles", "okta.roles.read", "group", list_roles_of),
)
