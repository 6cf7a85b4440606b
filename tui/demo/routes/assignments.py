"""Who gets and loses an app: people directly, and everybody in a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.apps.app import Given
from tui.demo.apps.assignments import app_party, group_party
from tui.demo.base.errors import ApiError, not_found
from tui.demo.base.json import read_part
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, no_content, ok
from tui.demo.routes.apps import existing_app
from tui.demo.routes.users import find_person

if TYPE_CHECKING:
    from tui.demo.apps.app import App, Link
    from tui.demo.base.json import Json
    from tui.demo.groups.group import Group
    from tui.demo.http.request import Request, Response
    from tui.demo.people.person import Person

_GRANTED = "The application cannot be unassigned from the user while their group memberships grant them access"
# Mapped from the person's own profile, so not to be set otherwise. Okta: "Assign an application user", error E0000075.
_MAPPED = {"email": "email", "firstName": "first", "lastName": "last"}


def _require(request: Request, person: Person) -> None:
    """Check that the caller may give this app to a person, and take it; that the app is in reach the gate has checked.

    Raises:
        ApiError: E0000006.
    """
    rights.require(request.principal, "apps.assign")
    rights.require_for(request.org.roles, request.principal, "apps.assign", person)


def _assign(request: Request, app: App, person: Person, body: Json) -> Response:
    """Make the assignment that the body asks for, or change the one that exists, and answer it."""
    apps, now = request.org.apps, request.now
    scope = _scope(request, app, person, body)
    credentials, profile = read_part(body, "credentials"), read_part(body, "profile")
    _check_assignable(app, person, credentials, profile)
    had = apps.scope(app, person)
    since = float(int(now)) if had is None else apps.since(app, person)
    old = app.given.get(person.index) or Given(since, direct=False)
    app.waiting.discard(person.index)
    if scope == "USER":
        app.lingering.discard(person.index)
    name = credentials.get("userName")
    given = Given(
        since,
        scope == "USER",
        name if isinstance(name, str) and name else old.user_name,
        {**old.profile, **profile},
        float(int(now)),
        float(int(now)) if credentials.get("password") else old.password_changed,
    )
    changed = (given.user_name, given.profile, given.password_changed) != (
        old.user_name,
        old.profile,
        old.password_changed,
    )
    if had != scope or changed:
        app.given[person.index] = given
        app.removed.add(person.index)
    if had is None:
        log_event(request, "application.user_membership.add", *request.org.assignments.targets(app, person))
        request.org.assignments.provision(app, person, since)
    elif changed or had != scope:
        log_event(request, _kind(old, given), *request.org.assignments.targets(app, person))
    return ok(apps.show_user(app, person, scope, request.base, now))


def _kind(old: Given, new: Given) -> str:
    """Return the type of the event about a changed assignment."""
    if new.password_changed != old.password_changed:
        return "application.user_membership.change_password"
    if new.user_name != old.user_name:
        return "application.user_membership.change_username"
    return "application.user_membership.update"


def _scope(request: Request, app: App, person: Person, body: Json) -> str:
    """Return which kind of assignment it shall be: as asked, as it is, or the person's own.

    Raises:
        ApiError: E0000001.
    """
    wanted, through = body.get("scope"), request.org.apps.through(app, person)
    if wanted is None:
        wanted = "GROUP" if through is not None and not request.org.apps.is_direct(app, person) else "USER"
    if wanted not in {"USER", "GROUP"}:
        raise ApiError("E0000001", "scope", causes=("scope: The scope must be USER or GROUP",))
    if wanted == "GROUP" and through is None:
        cause = "scope: The user is not a member of any group that is assigned to the application"
        raise ApiError("E0000001", "scope", causes=(cause,))
    return str(wanted)


def _check_assignable(app: App, person: Person, credentials: Json, profile: Json) -> None:
    if app.row.status != "ACTIVE":
        raise ApiError("E0000001", "appInstance", causes=("appInstance: The application is not active",))
    if "DEPROVISIONED" in {person.status, person.transitioning}:
        raise ApiError("E0000117")
    if person.transitioning is not None:
        raise ApiError("E0000112")
    if credentials.get("password") and app.row.mode != "BROWSER_PLUGIN":
        raise ApiError("E0000041")
    if app.row.provisioned:
        for attribute, own in _MAPPED.items():
            if attribute in profile and profile[attribute] != getattr(person, own):
                raise ApiError("E0000075", attribute)


def assign_user(request: Request) -> Response:
    """POST /api/v1/apps/{appId}/users: 200, also for somebody who has the app already."""
    app = existing_app(request)
    body = read_object(request)
    identifier = body.get("id")
    if not isinstance(identifier, str) or not identifier:
        raise ApiError("E0000001", "id", causes=("id: The field cannot be left blank",))
    person = request.org.people.find(identifier)
    if person is None:
        raise not_found(identifier, "User")
    _require(request, person)
    return _assign(request, app, person, body)


def update_user(request: Request) -> Response:
    """POST /api/v1/apps/{appId}/users/{userId}: name, profile or scope of an assignment; makes one if there is none."""
    app, person = existing_app(request), find_person(request, "userId")
    _require(request, person)
    return _assign(request, app, person, read_object(request))


def unassign_user(request: Request) -> Response:
    """DELETE /api/v1/apps/{appId}/users/{userId}: 204, but not while a group gives the app.

    That E0000046 also meets a direct assignment of somebody to whom a group gives the app as well is from the vendor's
    own Terraform provider ("Common Errors"); its way out is to turn the assignment into one through the group first.
    """
    app, person, apps = existing_app(request), find_person(request, "userId"), request.org.apps
    scope = apps.scope(app, person)
    if scope is None:
        raise not_found(request.params["userId"], "AppUser")
    _require(request, person)
    if scope == "GROUP" or apps.through(app, person) is not None:
        raise ApiError("E0000046", causes=(_GRANTED,))
    debug = {"sendEmail": str(request.flag("sendEmail", default=False)).lower()}
    log_event(request, "application.user_membership.remove", *request.org.assignments.targets(app, person), debug=debug)
    since = apps.since(app, person)
    app.given.pop(person.index, None)
    app.removed.add(person.index)
    request.org.assignments.deprovision(app, person, since, request.now)
    return no_content()


def _find_group(request: Request) -> Group:
    group = request.org.groups.find(request.params["groupId"])
    if group is None:
        raise not_found(request.params["groupId"], "UserGroup")
    return group


def assign_group(request: Request) -> Response:
    """PUT /api/v1/apps/{appId}/groups/{groupId}: 200; the members have the app a moment later."""
    app, group = existing_app(request), _find_group(request)
    rights.require(request.principal, "apps.assign.groups")
    rights.require_group(request.org.roles, request.principal, "apps.assign.groups", group)
    body = read_object(request, needed=False)
    priority, profile = body.get("priority"), read_part(body, "profile")
    if priority is not None and (not isinstance(priority, int) or isinstance(priority, bool) or priority < 0):
        raise ApiError("E0000001", "priority", causes=("priority: The priority must be a number from 0 on",))
    if app.row.status != "ACTIVE":
        raise ApiError("E0000001", "appInstance", causes=("appInstance: The application is not active",))
    link, apps = app.link(group), request.org.apps
    if link is None:
        link = request.org.assignments.assign_group(app, group, priority, profile, request.now)
        log_event(request, "group.application_assignment.add", group_party(group), app_party(app))
    elif _change(link, priority, profile, body, request.now):
        log_event(request, "group.application_assignment.update", group_party(group), app_party(app))
    return ok(apps.show_group(app, link, request.base))


def _change(link: Link, priority: int | None, profile: Json, body: Json, now: float) -> bool:
    """Write over an assignment of a group; returns whether anything is different then."""
    new = (link.priority if priority is None else priority, profile if "profile" in body else link.profile)
    if new == (link.priority, link.profile):
        return False
    link.priority, link.profile = new
    link.updated = now
    return True


def unassign_group(request: Request) -> Response:
    """DELETE /api/v1/apps/{appId}/groups/{groupId}: 204; the members lose the app a moment later."""
    app, group = existing_app(request), _find_group(request)
    link = app.link(group)
    if link is None:
        raise not_found(request.params["groupId"], "ApplicationGroupAssignment")
    rights.require(request.principal, "apps.assign.groups")
    rights.require_group(request.org.roles, request.principal, "apps.assign.groups", group)
    request.org.assignments.remove_group(app, link, request.now)
    log_event(request, "group.application_assignment.remove", group_party(group), app_party(app))
    return no_content()


_MANAGE = "okta.apps.manage"
_USERS, _GROUP = "/api/v1/apps/{appId}/users", "/api/v1/apps/{appId}/groups/{groupId}"
ROUTES = (
    Route("POST", _USERS, _MANAGE, "apps", assign_user),
    Route("POST", f"{_USERS}/{{userId}}", _MANAGE, "apps", update_user),
    Route("DELETE", f"{_USERS}/{{userId}}", _MANAGE, "apps", unassign_user),
    Route("PUT", _GROUP, _MANAGE, "apps", assign_group),
    Route("DELETE", _GROUP, _MANAGE, "apps", unassign_group),
)
