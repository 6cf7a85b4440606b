"""Apps and who has them, through a group or directly."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tui.demo import rights, scim
from tui.demo.errors import ApiError, not_found
from tui.demo.named_query import parse, text_leaf
from tui.demo.paging import cut, link_headers, read_limit, read_position
from tui.demo.routes.users import find_person, user_body
from tui.demo.wire import Route, ok

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.apps import App
    from tui.demo.assignments import Link
    from tui.demo.person import Person
    from tui.demo.wire import Call, Json, Reply

    Test = Callable[[App], bool]

_DEFAULT, _MOST = 20, 200
_USERS, _USERS_MOST = 50, 500
_TEXTS: dict[str, Callable[[App], str | None]] = {
    "id": lambda app: app.id,
    "status": lambda app: app.row.status,
    "name": lambda app: app.row.name,
}


def existing_app(call: Call) -> App:
    """Return the app that the path names, with its assignments brought up to date.

    Raises:
        ApiError: E0000007.
    """
    app = call.org.apps.find(call.params["appId"])
    if app is None:
        raise not_found(call.params["appId"], "AppInstance")
    call.org.apps.process.drive(call.org)
    return app


def require_app(call: Call, right: str, app: App) -> None:
    """Check that a right reaches an app.

    Raises:
        ApiError: E0000006.
    """
    del app  # no role is limited to apps
    rights.require(call.principal, right)


def find_app(call: Call) -> App:
    """Return the app that the path names, if the caller may see it.

    Raises:
        ApiError: E0000007 or E0000006.
    """
    app = existing_app(call)
    require_app(call, "apps.view", app)
    return app


def _filter(call: Call, text: str) -> tuple[Test, Person | None]:
    """Return the test of a filter, and the person it asks about if it does."""
    asked: list[Person] = []

    def leaf(compare: scim.Compare) -> Test:
        if compare.operator != "eq":
            raise ApiError("E0000031", causes=(f"The operator '{compare.operator}' is not supported.",))
        if compare.attribute == "user.id":
            person = call.org.people.find(str(compare.value))
            if person is None:
                raise not_found(str(compare.value), "User")
            asked.append(person)
            return lambda app: call.org.apps.scope(app, person) is not None
        if compare.attribute == "group.id":
            group = call.org.groups.find(str(compare.value))
            return lambda app: group in app.groups
        if compare.attribute not in _TEXTS:
            raise ApiError("E0000031", causes=(f"'{compare.attribute}' is not a searchable attribute.",))
        return text_leaf(_TEXTS, compare, fold=False)

    test = scim.build(parse(text), leaf)
    return test, asked[0] if asked else None


def list_apps(call: Call) -> Reply:
    """GET /api/v1/apps: ``q`` on name and label, or ``filter``, with the assignment of the person it names."""
    reached = rights.within_apps(rights.require(call.principal, "apps.view"))
    call.org.apps.process.drive(call.org)
    apps, person = [app for app in call.org.apps.all if reached is None or reached(app)], None
    if call.query.get("filter"):
        test, person = _filter(call, call.query["filter"])
        apps = list(filter(test, apps))
    if call.query.get("q"):
        wanted = call.query["q"].lower()
        apps = [a for a in apps if a.row.name.lower().startswith(wanted) or a.row.label.lower().startswith(wanted)]
    page, headers = cut(call, apps, "0oa", _DEFAULT, _MOST)
    reply = ok([_with_user(call, app, person) for app in page])
    reply.headers = headers
    return reply


def _with_user(call: Call, app: App, person: Person | None) -> Json:
    apps = call.org.apps
    answer = apps.show(app, call.base)
    scope = apps.scope(app, person) if person is not None else None
    if person is not None and scope is not None and call.query.get("expand") == f"user/{person.id}":
        answer["_embedded"] = {"user": apps.show_user(app, person, scope, call.base, call.now)}
    return answer


def get_app(call: Call) -> Reply:
    """GET /api/v1/apps/{appId}."""
    return ok(call.org.apps.show(find_app(call), call.base))


def list_app_users(call: Call) -> Reply:
    """GET /api/v1/apps/{appId}/users: assignments of people, direct and through groups."""
    app, apps = find_app(call), call.org.apps
    limit, start = read_limit(call, _USERS, _USERS_MOST), read_position(call, "0au")
    wanted = call.query.get("q", "").lower()
    assigned = (
        (person, scope)
        for person in call.org.people.from_index(start)
        if person.login.lower().startswith(wanted) and (scope := apps.scope(app, person)) is not None
    )
    page = list(islice(assigned, limit + 1))
    after = call.org.ids.cursor("0au", page[limit][0].index) if len(page) > limit else None
    reply = ok([_show_user(call, app, person, scope) for person, scope in page[:limit]])
    reply.headers = link_headers(call, limit, after)
    return reply


def get_app_user(call: Call) -> Reply:
    """GET /api/v1/apps/{appId}/users/{userId}."""
    app = find_app(call)
    person = find_person(call, "userId")
    scope = call.org.apps.scope(app, person)
    if scope is None:
        raise not_found(call.params["userId"], "AppUser")
    return ok(_show_user(call, app, person, scope))


def _show_user(call: Call, app: App, person: Person, scope: str) -> Json:
    answer = call.org.apps.show_user(app, person, scope, call.base, call.now)
    if call.query.get("expand") == "user":
        answer["_embedded"] = {"user": user_body(call, person)}
    return answer


def list_app_groups(call: Call) -> Reply:
    """GET /api/v1/apps/{appId}/groups."""
    app = find_app(call)
    wanted = call.query.get("q", "").lower()
    links = [link for link in app.links if link.group.name.lower().startswith(wanted)]
    page, headers = cut(call, links, "0ag", _DEFAULT, _MOST)
    reply = ok([_show_group(call, app, link) for link in page])
    reply.headers = headers
    return reply


def get_app_group(call: Call) -> Reply:
    """GET /api/v1/apps/{appId}/groups/{groupId}."""
    app = find_app(call)
    group = call.org.groups.find(call.params["groupId"])
    link = None if group is None else app.link(group)
    if link is None:
        raise not_found(call.params["groupId"], "ApplicationGroupAssignment")
    return ok(_show_group(call, app, link))


def _show_group(call: Call, app: App, link: Link) -> Json:
    answer = call.org.apps.show_group(app, link, call.base)
    if call.query.get("expand") == "group":
        answer["_embedded"] = {"group": call.org.groups.show(link.group, call.base)}
    return answer


_READ = "okta.apps.read"
ROUTES = (
    Route("GET", "/api/v1/apps", _READ, "apps", list_apps),
    Route("GET", "/api/v1/apps/{appId}", _READ, "app", get_app),
    Route("GET", "/api/v1/apps/{appId}/users", _READ, "apps", list_app_users),
    Route("GET", "/api/v1/apps/{appId}/users/{userId}", _READ, "apps", get_app_user),
    Route("GET", "/api/v1/apps/{appId}/groups", _READ, "apps", list_app_groups),
    Route("GET", "/api/v1/apps/{appId}/groups/{groupId}", _READ, "apps", get_app_group),
)
