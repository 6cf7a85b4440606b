"""Lifecycle posts and the end of sessions: one handler for the table of operations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.demo import lifecycle, passwords, rights
from tui.demo.errors import ApiError
from tui.demo.events import party
from tui.demo.person import NO_PASSWORD
from tui.demo.record import write_event
from tui.demo.routes.users import find_person, user_body
from tui.demo.wire import Route, done, no_content, ok

if TYPE_CHECKING:
    from tui.demo.org import Org
    from tui.demo.person import Person
    from tui.demo.wire import Call, Reply

_MANAGE = "okta.users.manage"
# How long a deactivation takes that the caller does not wait for, in seconds.
_IN_BACKGROUND = 3.0
_TAKES_SESSIONS = frozenset({"reset_password", "expire_password", "expire_password_with_temp_password"})


def run(name: str, call: Call) -> Reply:
    """POST /api/v1/users/{id}/lifecycle/{name}: existence, then role, then state, then the change and its event."""
    person = find_person(call)
    rights.require_for(call.org, call.principal, lifecycle.OPERATIONS[name].right, person)
    if name == "expire_password" and call.flag("tempPassword", default=False):
        # The older spelling of the same operation.
        name = "expire_password_with_temp_password"
    operation = lifecycle.check(name, person)
    now = float(int(call.now))
    if name == "deactivate":
        _deactivate(call, person, now)
        return done()
    if name == "reset_password" and "provider" in call.query:
        return _federate(call, person, now)
    secret = _secret(call, name, person)
    _apply(call, name, person, now)
    write_event(call, operation.event, party(person), debug=_debug(call, name))
    if name in _TAKES_SESSIONS and call.flag("revokeSessions", default=False):
        write_event(call, "user.session.clear", party(person))
    call.org.apps.process.drive(call.org)
    if name == "expire_password":
        return ok(user_body(call, person))
    if name == "expire_password_with_temp_password" and secret is not None:
        passwords.put(person, str(secret["tempPassword"]), now)
    return done() if secret is None else ok(secret)


def _apply(call: Call, name: str, person: Person, now: float) -> None:
    people, leads_to = call.org.people, lifecycle.OPERATIONS[name].leads_to
    if name == "activate" and (person.has_password or person.provider in NO_PASSWORD):
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
    elif name == "activate":
        person.activated = now
        call.org.groups.forget_members()


def _federate(call: Call, person: Person, now: float) -> Reply:
    """Turn a person with an Okta password into a federated one, as ``provider=FEDERATION&sendEmail=false`` asks.

    Okta: "Reset password", query parameter provider.
    """
    if call.query["provider"] not in NO_PASSWORD or call.flag("sendEmail", default=False):
        cause = "provider: Only FEDERATION or SOCIAL, with sendEmail=false"
        raise ApiError("E0000001", "provider", causes=(cause,))
    call.org.people.set_status(person, "ACTIVE", now)
    passwords.forget(person)
    person.provider = person.provider_name = call.query["provider"]
    write_event(call, "user.account.reset_password", party(person))
    return done()


def _deactivate(call: Call, person: Person, now: float) -> None:
    """Deactivate a person, at once or in the background where the caller prefers not to wait."""
    if call.headers.get("prefer", "").strip().lower() != "respond-async":
        switch_off(call, person)
        return
    process = call.org.apps.process
    process.drive(call.org)
    call.org.people.touch(person, now)
    person.transitioning = "DEPROVISIONED"
    process.at(call.now + _IN_BACKGROUND, partial(_finish, call, person))


def _finish(call: Call, person: Person, _: Org, at: float) -> None:
    if person.transitioning == "DEPROVISIONED" and not person.deleted:
        person.transitioning = None
        switch_off(call, person, at)


def switch_off(call: Call, person: Person, at: float | None = None) -> None:
    """Deactivate a person: factors, credentials, groups and apps are gone, and do not come back with activation."""
    org, now = call.org, float(int(call.now if at is None else at))
    for group in org.groups.of(person):
        group.added.discard(person.index)
        if group.kind == "OKTA_GROUP" and group.holds(person):
            group.removed.add(person.index)
    org.people.set_status(person, "DEPROVISIONED", now)
    passwords.forget(person)
    person.factors, person.blocked, person.recovery_phone = [], False, None
    org.groups.forget_members()
    write_event(call, "user.lifecycle.deactivate", party(person), at=at)
    if at is None:
        org.apps.process.drive(org)


def _debug(call: Call, name: str) -> dict[str, str]:
    if not name.startswith("expire_password"):
        return {}
    return {
        "tempPassword": str(name.endswith("temp_password")).lower(),
        "revokeSessions": str(call.flag("revokeSessions", default=False)).lower(),
    }


def _secret(call: Call, name: str, person: Person) -> dict[str, object] | None:
    """Return what the answer gives away once: a link, a token or a temporary password; None for ``{}``."""
    token = call.org.ids.secret(f"{name} {call.request_id}", 20)
    if name == "expire_password_with_temp_password":
        # The last three see to it that every policy is content.
        return {"tempPassword": call.org.ids.secret(f"temp {call.request_id}", 7) + "x7Q"}
    if name == "reset_password" and not call.flag("sendEmail", default=True):
        page = "signin/reset-password" if call.org.pipeline == "idx" else "reset_password"
        return {"resetPasswordUrl": call.href(f"/{page}/{token}")}
    if name == "activate" and person.provider in NO_PASSWORD:
        return None
    mailed = call.flag("sendEmail", default=name == "activate")
    if name in {"activate", "reactivate"} and not mailed:
        path = f"/tokens/{token}/verify" if call.org.pipeline == "idx" else f"/welcome/{token}"
        return {"activationUrl": call.href(path), "activationToken": token}
    return None


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
    Route("DELETE", "/api/v1/users/{id}/sessions", _MANAGE, "user-write", end_sessions),
)
