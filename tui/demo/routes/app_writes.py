"""Apps made, changed, switched on and off and deleted by callers, as the vendor's SDKs and Terraform do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo import rights
from tui.demo.apps import Row
from tui.demo.assignments import app_party
from tui.demo.bodies import read_object, read_part
from tui.demo.errors import ApiError
from tui.demo.record import write_event
from tui.demo.routes.apps import existing_app, require_app
from tui.demo.wire import Route, done, no_content, ok

if TYPE_CHECKING:
    from tui.demo.apps import App
    from tui.demo.wire import Call, Json, Reply

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


def _invalid(name: str, why: str) -> ApiError:
    return ApiError("E0000001", name, causes=(f"{name}: {why}",))


def _without_secrets(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_secrets(inside) for key, inside in value.items() if key not in _SECRETS}
    if isinstance(value, list):
        return [_without_secrets(inside) for inside in value]
    return value


def _read(call: Call) -> tuple[str, str, Json]:
    """Return label, sign-on mode and the rest of the body, without what is secret in it.

    Raises:
        ApiError: E0000003 or E0000001.
    """
    body = read_object(call)
    label, mode = body.get("label"), body.get("signOnMode")
    if not isinstance(label, str) or not label.strip():
        raise _invalid("label", "The field cannot be left blank")
    if len(label) > _LONGEST_LABEL:
        raise _invalid("label", f"The field must be at most {_LONGEST_LABEL} characters long")
    if not isinstance(mode, str) or mode not in _MODES:
        raise _invalid("signOnMode", "The sign on mode specified for the application is not supported")
    written = read_part(body, "settings")
    if mode == "BOOKMARK" and not read_part(written, "app").get("url"):
        raise _invalid("url", "The field cannot be left blank")
    if mode in {"SAML_2_0", "SAML_1_1"} and not body.get("name") and not read_part(written, "signOn").get("ssoAcsUrl"):
        raise _invalid("settings.signOn.ssoAcsUrl", "The field cannot be left blank")
    for name in ("accessibility", "credentials", "visibility"):
        read_part(body, name)
    kept = _without_secrets({name: body[name] for name in _KEPT if body.get(name) is not None})
    return label, mode, kept if isinstance(kept, dict) else {}


def create_app(call: Call) -> Reply:
    """POST /api/v1/apps: 200, active unless ``activate=false``; for roles that are not limited to apps."""
    rights.require(call.principal, "apps.manage")
    label, mode, kept = _read(call)
    apps, name = call.org.apps, read_object(call).get("name")
    if not isinstance(name, str) or not name:
        name = _TEMPLATES.get(mode, f"acme_{re.sub(r'[^a-z0-9]+', '', label.lower()) or 'app'}_{len(apps.all)}")
    status = "ACTIVE" if call.flag("activate", default=True) else "INACTIVE"
    app = apps.add(Row(name, label, mode, status=status), float(int(call.now)))
    app.settings = kept
    write_event(call, "application.lifecycle.create", app_party(app))
    return ok(apps.show(app, call.base))


def _changeable(call: Call) -> App:
    app = existing_app(call)
    require_app(call, "apps.manage", app)
    if app.row.name in _FIXED:
        raise ApiError("E0000006")
    return app


def update_app(call: Call) -> Reply:
    """PUT /api/v1/apps/{appId}: everything but the sign-on mode, which stays as it was made."""
    app = _changeable(call)
    label, mode, kept = _read(call)
    if mode != app.row.mode:
        raise _invalid("signOnMode", "The sign on mode cannot be changed")
    app.row = app.row._replace(label=label)
    app.settings, app.updated = kept, float(int(call.now))
    write_event(call, "application.lifecycle.update", app_party(app))
    return ok(call.org.apps.show(app, call.base))


def _switch(call: Call, status: str, event: str) -> Reply:
    app = _changeable(call)
    if app.row.status != status:
        app.row = app.row._replace(status=status)
        app.updated = float(int(call.now))
        write_event(call, event, app_party(app))
    return done()


def activate_app(call: Call) -> Reply:
    """POST …/lifecycle/activate: 200 with ``{}``, also when it is active."""
    return _switch(call, "ACTIVE", "application.lifecycle.activate")


def deactivate_app(call: Call) -> Reply:
    """POST …/lifecycle/deactivate: 200 with ``{}``, also when it is inactive."""
    return _switch(call, "INACTIVE", "application.lifecycle.deactivate")


def delete_app(call: Call) -> Reply:
    """DELETE /api/v1/apps/{appId}: 204, of an inactive app only."""
    app = _changeable(call)
    if app.row.status == "ACTIVE":
        raise ApiError("E0000056", causes=("The application must be deactivated before deletion.",))
    call.org.apps.delete(app)
    write_event(call, "application.lifecycle.delete", app_party(app))
    return no_content()


_MANAGE = "okta.apps.manage"
_ONE = "/api/v1/apps/{appId}"
ROUTES = (
    Route("POST", "/api/v1/apps", _MANAGE, "apps", create_app),
    Route("PUT", _ONE, _MANAGE, "app", update_app),
    Route("DELETE", _ONE, _MANAGE, "app", delete_app),
    Route("POST", f"{_ONE}/lifecycle/activate", _MANAGE, "app", activate_app),
    Route("POST", f"{_ONE}/lifecycle/deactivate", _MANAGE, "app", deactivate_app),
)
