"""Lifecycle posts, forgotten passwords and the end of sessions: one handler for the table of operations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.demo import lifecycle, rights
from tui.demo.errors import ApiError
from tui.demo.events import party
from tui.demo.person import NO_PASSWORD
from tui.demo.record import write_event
from tui.demo.routes.users import find_person, user_body
from tui.demo.wire import Route, done, no_content, ok

if TYPE_CHECKING:
    from tui.demo.person import Person
    from tui.demo.wire import Call, Reply

_MANAGE = "okta.users.manage"


def run(name: str, call: Call) -> Reply:
    """POST /api/v1/users/{id}/lifecycle/{name}: existence, then role, then state, then the change and its event."""
    person = find_person(call)
    rights.require_for(call.org, call.principal, lifecycle.OPERATIONS[name].right, person)
    if name == "expire_password" and call.flag("tempPassword", default=False):
        # The older spelling of the same operation.
        name = "expire_password_with_temp_password"
    operation = lifecycle.check(name, person)
    now = float(int(call.now))
    _apply(call, name, person, now)
    write_event(call, operation.event, party(person), debug=_debug(call, name))
    if name == "expire_password":
        return ok(user_body(call, person))
    secret = _secret(call, name)
    return done() if secret is None else ok(secret)


def _apply(call: Call, name: str, person: Person, now: float) -> None:
    people, leads_to = call.org.people, lifecycle.OPERATIONS[name].leads_to
    if name == "activate" and person.has_password:
        leads_to = "ACTIVE"
    if leads_to is not None:
        people.set_status(person, leads_to, now)
    if name == "unlock":
        person.blocked = False
    elif name == "reset_factors":
        people.touch(person, now)
        call.org.enrolments.reset(person)
    elif name == "reset_password" and person.provider in NO_PASSWORD:
        # With default parameters Okta turns a federated user into one with an Okta password.
        person.provider = person.provider_name = "OKTA"
        person.has_password = True
    elif name == "expire_password_with_temp_password":
        person.password_changed = now
    elif name == "deactivate":
        person.factors, person.has_password, person.blocked = [], False, False
        call.org.groups.forget_members()
    elif name == "activate":
        call.org.groups.forget_members()


def _debug(call: Call, name: str) -> dict[str, str]:
    if not name.startswith("expire_password"):
        return {}
    return {
        "tempPassword": str(name.endswith("temp_password")).lower(),
        "revokeSessions": str(call.flag("revokeSessions", default=False)).lower(),
    }


def _secret(call: Call, name: str) -> dict[str, object] | None:
    """Return what the answer gives away once: a link, a token or a temporary password; None for ``{}``."""
    token = call.org.ids.secret(f"{name} {call.request_id}", 20)
    if name == "expire_password_with_temp_password":
        return {"tempPassword": call.org.ids.secret(f"temp {call.request_id}", 10)}
    if name == "reset_password" and not call.flag("sendEmail", default=True):
        page = "signin/reset-password" if call.org.pipeline == "idx" else "reset_password"
        return {"resetPasswordUrl": call.href(f"/{page}/{token}")}
    mailed = call.flag("sendEmail", default=name == "activate")
    if name in {"activate", "reactivate"} and not mailed:
        path = f"/tokens/{token}/verify" if call.org.pipeline == "idx" else f"/welcome/{token}"
        return {"activationUrl": call.href(path), "activationToken": token}
    return None


def forgot_password(call: Call) -> Reply:
    """POST /api/v1/users/{id}/credentials/forgot_password: the self-service flavour, for ACTIVE users only."""
    person = find_person(call)
    rights.require_for(call.org, call.principal, "users.reset", person)
    if person.status != "ACTIVE" or person.provider in NO_PASSWORD:
        raise ApiError("E0000034", causes=("Forgot password is not allowed in the user's current status.",))
    call.org.people.set_status(person, "RECOVERY", float(int(call.now)))
    write_event(call, "user.account.reset_password", party(person))
    if call.flag("sendEmail", default=True):
        return done()
    token = call.org.ids.secret(f"forgot {call.request_id}", 20)
    return ok({"resetPasswordUrl": call.href(f"/signin/reset-password/{token}")})


def end_sessions(call: Call) -> Reply:
    """DELETE /api/v1/users/{id}/sessions: 204, whether there was a session or not."""
    person = find_person(call)
    rights.require_for(call.org, call.principal, "users.sessions", person)
    debug = {
        "oauthTokens": str(call.flag("oauthTokens", default=False)).lower(),
        "forgetDevices": str(call.flag("forgetDevices", default=call.org.pipeline == "idx")).lower(),
    }
    write_event(call, "user.session.clear", party(person), debug=debug)
    return no_content()


ROUTES = (
    *(
        Route("POST", f"/api/v1/users/{{id}}/lifecycle/{name}", _MANAGE, "user-write", partial(run, name))
        for name in lifecycle.OPERATIONS
    ),
    Route("POST", "/api/v1/users/{id}/credentials/forgot_password", _MANAGE, "user-write", forgot_password),
    Route("DELETE", "/api/v1/users/{id}/sessions", _MANAGE, "user-write", end_sessions),
)
