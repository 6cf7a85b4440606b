"""Apps and who has them; made, changed, switched on and off and deleted, as the vendor's SDKs and Terraform do."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.apps.app import AppRow
from tui.demo.apps.assignments import app_party
from tui.demo.base.errors import ApiError, invalid, not_found
from tui.demo.base.json import read_part
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.paging import cut, link_headers, read_limit, read_position
from tui.demo.http.request import Route, done, no_content, ok
from tui.demo.query import scim
from tui.demo.query.named_query import parse, text_leaf
from tui.demo.routes.users import find_person, user_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.apps.app import App, Link
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response
    from tui.demo.people.person import Person

    Test = Callable[[App], bool]

_DEFAULT, _MOST = 20, 200
_USERS, _USERS_MOST = 50, 500
_READ, _MANAGE = "okta.apps.read", "okta.apps.manage"
_ONE = "/api/v1/apps/{appId}"
_MODES = frozenset(
    {
        "AUTO_LOGIN",
        "BASIC_AUTH",
        "BOOKMARK",
        "BROWSER_PLUGIN",
        "OPENID_CONNECT",
        "SAML_1_1",
        "SAML_2_0",
        "SECURE_PASSWORD_STORE",
        "WS_FEDERATION",
    }
)
# Catalogue keys of apps that are made of a template, by sign-on mode; custom SAML apps have a key of their own.
_TEMPLATES = {
    "BASIC_AUTH": "template_basic_auth",
    "BOOKMARK": "bookmark",
    "BROWSER_PLUGIN": "template_swa",
    "OPENID_CONNECT": "oidc_client",
    "SECURE_PASSWORD_STORE": "template_sps",
    "WS_FEDERATION": "template_wsfed",
}
_KEPT = ("accessibility", "credentials", "features", "profile", "settings", "universalLogout", "visibility")
_SECRETS = frozenset({"password", "client_secret"})
_LONGEST_LABEL = 100
# Okta's own apps and the directories: no call changes them.
_FIXED = frozenset({"okta_enduser", "saasure", "active_directory", "ldap_sun_one"})
_TEXTS: dict[str, Callable[[App], str | None]] = {
    "id": lambda app: app.id,
    "status": lambda app: app.row.status,
    "name": lambda app: app.row.name,
}


def existing_app(request: Request) -> App:
    """Return the app that the path names.

    Raises:
        ApiError: E0000007.
    """
    app = request.org.apps.find(request.params["appId"])
    if app is None:
        raise not_found(request.params["appId"], "AppInstance")
    return app


def find_app(request: Request) -> App:
    """Return the app that the path names, if the caller may see it.

    Raises:
        ApiError: E0000007 or E0000006.
    """
    app = existing_app(request)
    rights.require(request.principal, "apps.view")
    return app


def _filter(request: Request, text: str) -> tuple[Test, Person | None]:
    """Return the test of a filter, and the person it asks about if it does."""
    asked: list[Person] = []

    def leaf(compare: scim.Compare) -> Test:
        if compare.operator != "eq":
            raise ApiError("E0000031", causes=(f"The operator '{compare.operator}' is not supported.",))
        if compare.attribute == "user.id":
            person = request.org.people.find(str(compare.value))
            if person is None:
                raise not_found(str(compare.value), "User")
            asked.append(person)
            return lambda app: request.org.apps.scope(app, person) is not None
        if compare.attribute == "group.id":
            group = request.org.groups.find(str(compare.value))
            return lambda app: group in app.groups
        if compare.attribute not in _TEXTS:
            raise ApiError("E0000031", causes=(f"'{compare.attribute}' is not a searchable attribute.",))
        return text_leaf(_TEXTS, compare, fold=False)

    test = scim.build(parse(text), leaf)
    return test, asked[0] if asked else None


def list_apps(request: Request) -> Response:
    """GET /api/v1/apps: ``q`` on name and label, or ``filter``, with the assignment of the person it names."""
    reached = rights.within_apps(rights.require(request.principal, "apps.view"))
    apps, person = [app for app in request.org.apps.all if reached is None or reached(app)], None
    if request.query.get("filter"):
        test, person = _filter(request, request.query["filter"])
        apps = list(filter(test, apps))
    if request.query.get("q"):
        wanted = request.query["q"].lower()
        apps = [a for a in apps if a.row.name.lower().startswith(wanted) or a.row.label.lower().startswith(wanted)]
    page, headers = cut(request, apps, "0oa", _DEFAULT, _MOST)
    response = ok([_with_user(request, app, person) for app in page])
    response.headers = headers
    return response


def _with_user(request: Request, app: App, person: Person | None) -> Json:
    apps = request.org.apps
    answer = apps.show(app, request.base)
    scope = apps.scope(app, person) if person is not None else None
    if person is not None and scope is not None and request.query.get("expand") == f"user/{person.id}":
        answer["_embedded"] = {"user": apps.show_user(app, person, scope, request.base, request.now)}
    return answer


def get_app(request: Request) -> Response:
    """GET /api/v1/apps/{appId}."""
    return ok(request.org.apps.show(find_app(request), request.base))


def list_app_users(request: Request) -> Response:
    """GET /api/v1/apps/{appId}/users: assignments of people, direct and through groups."""
    app, apps = find_app(request), request.org.apps
    limit, start = read_limit(request, _USERS, _USERS_MOST), read_position(request, "0au")
    wanted = request.query.get("q", "").lower()
    assigned = (
        (person, scope)
        for person in request.org.people.from_index(start)
        if person.login.lower().startswith(wanted) and (scope := apps.scope(app, person)) is not None
    )
    page = list(islice(assigned, limit + 1))
    after = request.org.ids.cursor("0au", page[limit][0].index) if len(page) > limit else None
    response = ok([_show_user(request, app, person, scope) for person, scope in page[:limit]])
    response.headers = link_headers(request, limit, after)
    return response


def get_app_user(request: Request) -> Response:
    """GET /api/v1/apps/{appId}/users/{userId}."""
    app = find_app(request)
    person = find_person(request, "userId")
    scope = request.org.apps.scope(app, person)
    if scope is None:
        raise not_found(request.params["userId"], "AppUser")
    return ok(_show_user(request, app, person, scope))


def _show_user(request: Request, app: App, person: Person, scope: str) -> Json:
    answer = request.org.apps.show_user(app, person, scope, request.base, request.now)
    if request.query.get("expand") == "user":
        answer["_embedded"] = {"user": user_body(request, person)}
    return answer


def list_app_groups(request: Request) -> Response:
    """GET /api/v1/apps/{appId}/groups."""
    app = find_app(request)
    wanted = request.query.get("q", "").lower()
    links = [link for link in app.links if link.group.name.lower().startswith(wanted)]
    page, headers = cut(request, links, "0ag", _DEFAULT, _MOST)
    response = ok([_show_group(request, app, link) for link in page])
    response.headers = headers
    return response


def get_app_group(request: Request) -> Response:
    """GET /api/v1/apps/{appId}/groups/{groupId}."""
    app = find_app(request)
    group = request.org.groups.find(request.params["groupId"])
    link = None if group is None else app.link(group)
    if link is None:
        raise not_found(request.params["groupId"], "ApplicationGroupAssignment")
    return ok(_show_group(request, app, link))


def _show_group(request: Request, app: App, link: Link) -> Json:
    answer = request.org.apps.show_group(app, link, request.base)
    if request.query.get("expand") == "group":
        answer["_embedded"] = {"group": request.org.groups.show(link.group, request.base)}
    return answer


def _without_secrets(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_secrets(inside) for key, inside in value.items() if key not in _SECRETS}
    if isinstance(value, list):
        return [_without_secrets(inside) for inside in value]
    return value


def _read(request: Request) -> tuple[str, str, Json]:
    """Return label, sign-on mode and the rest of the body, without what is secret in it.

    Raises:
        ApiError: E0000003 or E0000001.
    """
    body = read_object(request)
    label, mode = body.get("label"), body.get("signOnMode")
    if not isinstance(label, str) or not label.strip():
        raise invalid("label", "The field cannot be left blank")
    if len(label) > _LONGEST_LABEL:
        raise invalid("label", f"The field must be at most {_LONGEST_LABEL} characters long")
    if not isinstance(mode, str) or mode not in _MODES:
        raise invalid("signOnMode", "The sign on mode specified for the application is not supported")
    written = read_part(body, "settings")
    if mode == "BOOKMARK" and not read_part(written, "app").get("url"):
        raise invalid("url", "The field cannot be left blank")
    if mode in {"SAML_2_0", "SAML_1_1"} and not body.get("name") and not read_part(written, "signOn").get("ssoAcsUrl"):
        raise invalid("settings.signOn.ssoAcsUrl", "The field cannot be left blank")
    for name in ("accessibility", "credentials", "visibility"):
        read_part(body, name)
    kept = _without_secrets({name: body[name] for name in _KEPT if body.get(name) is not None})
    return label, mode, kept if isinstance(kept, dict) else {}


def create_app(request: Request) -> Response:
    """POST /api/v1/apps: 200, active unless ``activate=false``; for roles that are not limited to apps."""
    rights.require(request.principal, "apps.manage")
    label, mode, kept = _read(request)
    apps, name = request.org.apps, read_object(request).get("name")
    if not isinstance(name, str) or not name:
        name = _TEMPLATES.get(mode, f"acme_{re.sub(r'[^a-z0-9]+', '', label.lower()) or 'app'}_{len(apps.all)}")
    status = "ACTIVE" if request.flag("activate", default=True) else "INACTIVE"
    app = apps.add(AppRow(name, label, mode, status=status), float(int(request.now)))
    app.settings = kept
    log_event(request, "application.lifecycle.create", app_party(app))
    return ok(apps.show(app, request.base))


def _changeable(request: Request) -> App:
    app = existing_app(request)
    rights.require(request.principal, "apps.manage")
    if app.row.name in _FIXED:
        raise ApiError("E0000006")
    return app


def update_app(request: Request) -> Response:
    """PUT /api/v1/apps/{appId}: everything but the sign-on mode, which stays as it was made."""
    app = _changeable(request)
    label, mode, kept = _read(request)
    if mode != app.row.mode:
        raise invalid("signOnMode", "The sign on mode cannot be changed")
    app.row = app.row._replace(label=label)
    app.settings, app.updated = kept, float(int(request.now))
    log_event(request, "application.lifecycle.update", app_party(app))
    return ok(request.org.apps.show(app, request.base))


def _switch(request: Request, status: str, event: str) -> Response:
    app = _changeable(request)
    if app.row.status != status:
        app.row = app.row._replace(status=status)
        app.updated = float(int(request.now))
        log_event(request, event, app_party(app))
    return done()


def activate_app(request: Request) -> Response:
    """POST …/lifecycle/activate: 200 with ``{}``, also when it is active."""
    return _switch(request, "ACTIVE", "application.lifecycle.activate")


def deactivate_app(request: Request) -> Response:
    """POST …/lifecycle/deactivate: 200 with ``{}``, also when it is inactive."""
    return _switch(request, "INACTIVE", "application.lifecycle.deactivate")


def delete_app(request: Request) -> Response:
    """DELETE /api/v1/apps/{appId}: 204, of an inactive app only."""
    app = _changeable(request)
    if app.row.status == "ACTIVE":
        raise ApiError("E0000056", causes=("The application must be deactivated before deletion.",))
    request.org.apps.delete(app)
    log_event(request, "application.lifecycle.delete", app_party(app))
    return no_content()


ROUTES = (
    Route("GET", "/api/v1/apps", _READ, "apps", list_apps),
    Route("GET", _ONE, _READ, "app", get_app),
    Route("GET", f"{_ONE}/users", _READ, "apps", list_app_users),
    Route("GET", f"{_ONE}/users/{{userId}}", _READ, "apps", get_app_user),
    Route("GET", f"{_ONE}/groups", _READ, "apps", list_app_groups),
    Route("GET", f"{_ONE}/groups/{{groupId}}", _READ, "apps", get_app_group),
    Route("POST", "/api/v1/apps", _MANAGE, "apps", create_app),
    Route("PUT", _ONE, _MANAGE, "app", update_app),
    Route("DELETE", _ONE, _MANAGE, "app", delete_app),
    Route("POST", f"{_ONE}/lifecycle/activate", _MANAGE, "app", activate_app),
    Route("POST", f"{_ONE}/lifecycle/deactivate", _MANAGE, "app", deactivate_app),
)
