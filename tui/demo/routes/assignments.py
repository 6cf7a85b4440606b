"""Who gets and loses an app: people directly, and everybody in a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.assignments import Given, app_party
from tui.demo.bodies import read_object, read_part
from tui.demo.errors import ApiError, not_found
from tui.demo.events import Party
from tui.demo.record import write_event
from tui.demo.routes.apps import existing_app, require_app
from tui.demo.routes.users import find_person
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.apps import App
    from tui.demo.assignments import Link
    from tui.demo.groups import Group
    from tui.demo.person import Person
    from tui.demo.wire import Call, Json, Reply

_GRANTED = "The application cannot be unassigned from the user while their group memberships grant them access"
# Mapped from the person's own profile, so not to be set otherwise. Okta: "Assign an application user", error E0000075.
_MAPPED = {"email": "email", "firstName": "first", "lastName": "last"}


def _require(call: Call, app: App, person: Person) -> None:
    """Check that the caller may give this app to this person, and take it.

    Raises:
        ApiError: E0000006.
    """
    require_app(call, "apps.assign", app)
    rights.require_for(call.org, call.principal, "apps.assign", person)


def _assign(call: Call, app: App, person: Person, body: Json) -> Reply:
    """Answer the assignment as the body makes it; one that is there already stays and is changed."""
    apps, now = call.org.apps, call.now
    scope = _scope(call, app, person, body)
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
        write_event(call, "application.user_membership.add", *apps.process.targets(app, person))
        apps.process.provision(app, person, since)
    elif changed or had != scope:
        write_event(call, _kind(old, given), *apps.process.targets(app, person))
    return ok(apps.show_user(app, person, scope, call.base, now))


def _kind(old: Given, new: Given) -> str:
    """Return the type of the event about a changed assignment."""
    if new.password_changed != old.password_changed:
        return "application.user_membership.change_password"
    if new.user_name != old.user_name:
        return "application.user_membership.change_username"
    return "application.user_membership.update"


def _scope(call: Call, app: App, person: Person, body: Json) -> str:
    """Return which kind of assignment it shall be: as asked, as it is, or the person's own.

    Raises:
        ApiError: E0000001.
    """
    wanted, through = body.get("scope"), call.org.apps.through(app, person)
    if wanted is None:
        wanted = "GROUP" if through is not None and not call.org.apps.is_direct(app, person) else "USER"
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


def assign_user(call: Call) -> Reply:
    """POST /api/v1/apps/{appId}/users: 200, also for somebody who has the app already."""
    app = existing_app(call)
    body = read_object(call)
    identifier = body.get("id")
    if not isinstance(identifier, str) or not identifier:
        raise ApiError("E0000001", "id", causes=("id: The field cannot be left blank",))
    person = call.org.people.find(identifier)
    if person is None:
        raise not_found(identifier, "User")
    _require(call, app, person)
    return _assign(call, app, person, body)


def update_user(call: Call) -> Reply:
    """POST /api/v1/apps/{appId}/users/{userId}: name, profile or scope of an assignment; makes one if there is none."""
    app, person = existing_app(call), find_person(call, "userId")
    _require(call, app, person)
    return _assign(call, app, person, read_object(call))


def unassign_user(call: Call) -> Reply:
    """DELETE /api/v1/apps/{appId}/users/{userId}: 204, but not while a group gives the app.

    That E0000046 also meets a direct assignment of somebody to whom a group gives the app as well is from the vendor's
    own Terraform provider ("Common Errors"); its way out is to turn the assignment into one through the group first.
    """
    app, person, apps = existing_app(call), find_person(call, "userId"), call.org.apps
    scope = apps.scope(app, person)
    if scope is None:
        raise not_found(call.params["userId"], "AppUser")
    _require(call, app, person)
    if scope == "GROUP" or apps.through(app, person) is not None:
        raise ApiError("E0000046", causes=(_GRANTED,))
    debug = {"sendEmail": str(call.flag("sendEmail", default=False)).lower()}
    write_event(call, "application.user_membership.remove", *apps.process.targets(app, person), debug=debug)
    since = apps.since(app, person)
    app.given.pop(person.index, None)
    app.removed.add(person.index)
    apps.process.deprovision(app, person, since, call.now)
    return no_content()


def _find_group(call: Call) -> Group:
    group = call.org.groups.find(call.params["groupId"])
    if group is None:
        raise not_found(call.params["groupId"], "UserGroup")
    return group


def _targets(app: App, group: Group) -> tuple[Party, Party]:
    return Party(group.id, "UserGroup", "unknown", group.name), app_party(app)


def assign_group(call: Call) -> Reply:
    """PUT /api/v1/apps/{appId}/groups/{groupId}: 200; the members have the app a moment later."""
    app, group = existing_app(call), _find_group(call)
    require_app(call, "apps.assign.groups", app)
    rights.require_group(call.org, call.principal, "apps.assign.groups", group)
    body = read_object(call, needed=False)
    priority, profile = body.get("priority"), read_part(body, "profile")
    if priority is not None and (not isinstance(priority, int) or isinstance(priority, bool) or priority < 0):
        raise ApiError("E0000001", "priority", causes=("priority: The priority must be a number from 0 on",))
    if app.row.status != "ACTIVE":
        raise ApiError("E0000001", "appInstance", causes=("appInstance: The application is not active",))
    link, apps = app.link(group), call.org.apps
    if link is None:
        link = apps.process.assign_group(app, group, priority, profile, call.now)
        write_event(call, "group.application_assignment.add", *_targets(app, group))
    elif _change(link, priority, profile, body, call.now):
        write_event(call, "group.application_assignment.update", *_targets(app, group))
    return ok(apps.show_group(app, link, call.base))


def _change(link: Link, priority: int | None, profile: Json, body: Json, now: float) -> bool:
    """Write over an assignment of a group; tells whether anything is different then."""
    new = (link.priority if priority is None else priority, profile if "profile" in body else link.profile)
    if new == (link.priority, link.profile):
        return False
    link.priority, link.profile = new
    link.updated = now
    return True


def unassign_group(call: Call) -> Reply:
    """DELETE /api/v1/apps/{appId}/groups/{groupId}: 204; the members lose the app a moment later."""
    app, group = existing_app(call), _find_group(call)
    link = app.link(group)
    if link is None:
        raise not_found(call.params["groupId"], "ApplicationGroupAssignment")
    require_app(call, "apps.assign.groups", app)
    rights.require_group(call.org, call.principal, "apps.assign.groups", group)
    call.org.apps.process.remove_group(app, link, call.now)
    write_event(call, "group.application_assignment.remove", *_targets(app, group))
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
