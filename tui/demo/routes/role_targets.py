"""What a standard role is limited to: groups, apps of the catalogue, single apps."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.admins.roles import APP_LIMITED, GROUP_LIMITED
from tui.demo.base.errors import ApiError, not_found
from tui.demo.http.paging import cut
from tui.demo.http.request import Route, no_content, ok
from tui.demo.routes.roles import (
    GROUPS,
    KINDS,
    MANAGE,
    READ,
    USERS,
    find_assignment,
    find_own,
    instances,
    log_change,
    show_app,
    user_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.admins.roles import Assignment
    from tui.demo.apps.app import App
    from tui.demo.groups.group import Group
    from tui.demo.http.request import Request, Response
    from tui.demo.routes.roles import Assignee

    Find = Callable[[Request], Assignee]

_DEFAULT, _MOST = 20, 200


def _read(find: Find, request: Request) -> Assignment:
    whose = find(request)
    rights.require(request.principal, "roles.view")
    return find_assignment(request, whose)


def _list_groups(find: Find, request: Request) -> Response:
    """GET …/targets/groups: empty means all groups."""
    page, headers = cut(request, _read(find, request).groups, "rtg", _DEFAULT, _MOST)
    response = ok([request.org.groups.show(group, request.base) for group in page])
    response.headers = headers
    return response


def _list_apps(find: Find, request: Request) -> Response:
    """GET …/targets/catalog/apps: empty means all apps; a single app shows its id, one of the catalogue does not."""
    page, headers = cut(request, _read(find, request).apps, "rta", _DEFAULT, _MOST)
    response = ok([show_app(request, target) for target in page])
    response.headers = headers
    return response


def _list_all(request: Request) -> Response:
    """GET …/targets of a person's role: groups and apps by their resource names."""
    assignment, org = _read(user_of, request), request.org
    kind = "GROUP" if assignment.holder.kind == "GROUP" else "USER"
    wanted = request.query.get("assignmentType", kind)
    found: list[tuple[str, str]] = [
        (f"orn:okta:directory:{org.org_id}:groups:{group.id}", f"/api/v1/groups/{group.id}")
        for group in assignment.groups
    ]
    for app in assignment.apps:
        name = app if isinstance(app, str) else f"{app.row.name}:{app.id}"
        path = f"/api/v1/apps?filter=name+eq+%22{app}%22" if isinstance(app, str) else f"/api/v1/apps/{app.id}"
        found.append((f"orn:okta:idp:{org.org_id}:apps:{name}", path))
    page, headers = cut(request, found if wanted == kind else [], "rtt", _DEFAULT, _MOST)
    response = ok(
        [{"orn": orn, "assignmentType": kind, "_links": {"self": {"href": request.href(path)}}} for orn, path in page]
    )
    response.headers = headers
    return response


def _change(find: Find, request: Request, roles: frozenset[str]) -> tuple[Assignee, Assignment]:
    """Return the assignment whose limits are about to change.

    Raises:
        ApiError: E0000007, E0000006, or E0000091 for a role that has no such limits.
    """
    whose = find(request)
    rights.require(request.principal, "roles.manage")
    assignment = find_own(request, whose)
    if assignment.role not in roles:
        raise ApiError("E0000091")
    return whose, assignment


def _changed(request: Request, whose: Assignee, assignment: Assignment, what: str) -> Response:
    assignment.updated = float(int(request.now))
    log_change(request, whose, what, assignment)
    return no_content()


def _group(request: Request, name: str) -> Group:
    group = request.org.groups.find(request.params[name])
    if group is None:
        raise not_found(request.params[name], "UserGroup")
    return group


def _add_group(name: str, find: Find, request: Request) -> Response:
    """PUT …/targets/groups/{groupId}: 204, also when it was one already."""
    whose, assignment = _change(find, request, GROUP_LIMITED)
    group = _group(request, name)
    if group in assignment.groups:
        return no_content()
    assignment.groups.append(group)
    return _changed(request, whose, assignment, "grant")


def _check_last(left: int) -> None:
    """Refuse to take away the last limit, which would widen the role to everything.

    Okta: "Unassign a group target from a role": that causes an exception; its code is not documented.

    Raises:
        ApiError: E0000001.
    """
    if left <= 1:
        why = "The last target of a role assignment can't be removed; delete the role assignment instead."
        raise ApiError("E0000001", "targets", causes=(why,))


def _remove_group(name: str, find: Find, request: Request) -> Response:
    """DELETE …/targets/groups/{groupId}: 204, but not for the last one."""
    whose, assignment = _change(find, request, GROUP_LIMITED)
    group = _group(request, name)
    if group not in assignment.groups:
        raise not_found(request.params[name], "UserGroup")
    _check_last(len(assignment.groups))
    assignment.groups.remove(group)
    return _changed(request, whose, assignment, "revoke")


def _app(request: Request) -> App | str:
    """Return the app of the catalogue, or the single app, that the path names.

    Raises:
        ApiError: E0000007.
    """
    name, identifier = request.params["appName"], request.params.get("targetAppId")
    if not instances(request, name):
        raise not_found(name, "CatalogApplication")
    if identifier is None:
        return name
    for app in instances(request, name):
        if app.id == identifier:
            return app
    raise not_found(identifier, "AppInstance")


def _add_app(find: Find, request: Request) -> Response:
    """PUT …/targets/catalog/apps/{appName}(/{appId}): 204, also when it was one already."""
    whose, assignment = _change(find, request, APP_LIMITED)
    app = _app(request)
    if app in assignment.apps:
        return no_content()
    assignment.apps.append(app)
    return _changed(request, whose, assignment, "grant")


def _remove_app(find: Find, request: Request) -> Response:
    """DELETE …/targets/catalog/apps/{appName}(/{appId}): 204, but not for the last one."""
    whose, assignment = _change(find, request, APP_LIMITED)
    app = _app(request)
    if app not in assignment.apps:
        raise not_found(request.params.get("targetAppId", request.params["appName"]), "AppInstance")
    _check_last(len(assignment.apps))
    assignment.apps.remove(app)
    return _changed(request, whose, assignment, "revoke")


def _all_apps(request: Request) -> Response:
    """PUT …/targets/catalog/apps of a person's role: no limit any more."""
    whose, assignment = _change(user_of, request, APP_LIMITED)
    assignment.apps.clear()
    return _changed(request, whose, assignment, "grant")


def _of(path: str, find: Find, bucket: str) -> tuple[Route, ...]:
    name = {USERS: "groupId", GROUPS: "targetGroupId"}.get(path, "groupId")
    groups, apps = f"{path}/{{roleId}}/targets/groups", f"{path}/{{roleId}}/targets/catalog/apps"
    one, single = f"{groups}/{{{name}}}", f"{apps}/{{appName}}"
    return (
        Route("GET", groups, READ, bucket, partial(_list_groups, find)),
        Route("PUT", one, MANAGE, bucket, partial(_add_group, name, find)),
        Route("DELETE", one, MANAGE, bucket, partial(_remove_group, name, find)),
        Route("GET", apps, READ, bucket, partial(_list_apps, find)),
        Route("PUT", single, MANAGE, bucket, partial(_add_app, find)),
        Route("DELETE", single, MANAGE, bucket, partial(_remove_app, find)),
        Route("PUT", f"{single}/{{targetAppId}}", MANAGE, bucket, partial(_add_app, find)),
        Route("DELETE", f"{single}/{{targetAppId}}", MANAGE, bucket, partial(_remove_app, find)),
    )


ROUTES = (
    *(route for path, find, bucket, _ in KINDS for route in _of(path, find, bucket)),
    Route("GET", f"{USERS}/{{roleId}}/targets", READ, "user", _list_all),
    Route("PUT", f"{USERS}/{{roleId}}/targets/catalog/apps", MANAGE, "user", _all_apps),
)
