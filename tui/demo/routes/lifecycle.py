"""Lifecycle posts and the end of sessions: one handler for the table of operations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError
from tui.demo.http.audit import log_event
from tui.demo.http.request import Route, done, no_content, ok
from tui.demo.log.events import party
from tui.demo.people import lifecycle, passwords
from tui.demo.people.person import NO_PASSWORD
from tui.demo.routes.users import find_person, user_body

if TYPE_CHECKING:
    from tui.demo.http.request import Request, Response
    from tui.demo.people.person import Person

_MANAGE = "okta.users.manage"
# How long a deactivation takes that the caller does not wait for, in seconds.
_IN_BACKGROUND = 3.0
_TAKES_SESSIONS = frozenset({"reset_password", "expire_password", "expire_password_with_temp_password"})


def run(name: str, request: Request) -> Response:
    """POST /api/v1/users/{id}/lifecycle/{name}: existence, then role, then state, then the change and its event."""
    person = find_person(request)
    rights.require_for(request.org.roles, request.principal, lifecycle.OPERATIONS[name].right, person)
    if name == "expire_password" and request.flag("tempPassword", default=False):
        # The older spelling of the same operation.
        name = "expire_password_with_temp_password"
    operation = lifecycle.check(name, person)
    now = float(int(request.now))
    if name == "deactivate":
        _deactivate(request, person, now)
        return done()
    if name == "reset_password" and "provider" in request.query:
        return _federate(request, person, now)
    secret = _secret(request, name, person)
    _apply(request, name, person, now)
    log_event(request, operation.event, party(person), debug=_debug(request, name))
    asked = name in _TAKES_SESSIONS and request.flag("revokeSessions", default=False)
    if asked or name == "suspend":  # recorded beside a suspension, in the same request
        log_event(request, "user.session.clear", party(person))
    if name == "expire_password":
        return ok(user_body(request, person))
    if name == "expire_password_with_temp_password" and secret is not None:
        passwords.put(person, str(secret["tempPassword"]), now)
    return done() if secret is None else ok(secret)


def _apply(request: Request, name: str, person: Person, now: float) -> None:
    people, leads_to = request.org.people, lifecycle.OPERATIONS[name].leads_to
    if name == "activate" and (person.has_password or person.provider in NO_PASSWORD):
        leads_to = "ACTIVE"
    if leads_to is not None:
        people.set_status(person, leads_to, now)
    if name == "unlock":
        person.blocked = False
    elif name == "reset_factors":
        people.touch(person, now)
        request.org.enrolments.reset(person)
    elif name == "reset_password" and person.provider in NO_PASSWORD:
        # With default parameters Okta turns a federated user into one with an Okta password.
        person.provider = person.provider_name = "OKTA"
        person.has_password = True
    elif name == "activate":
        person.activated = now
        request.org.groups.forget_members()


def _federate(request: Request, person: Person, now: float) -> Response:
    """Turn a person with an Okta password into a federated one, as ``provider=FEDERATION&sendEmail=false`` asks.

    Okta: "Reset password", query parameter provider.
    """
    if request.query["provider"] not in NO_PASSWORD or request.flag("sendEmail", default=False):
        cause = "provider: Only FEDERATION or SOCIAL, with sendEmail=false"
        raise ApiError("E0000001", "provider", causes=(cause,))
    request.org.people.set_status(person, "ACTIVE", now)
    passwords.forget(person)
    person.provider = person.provider_name = request.query["provider"]
    log_event(request, "user.account.reset_password", party(person))
    return done()


def _deactivate(request: Request, person: Person, now: float) -> None:
    """Deactivate a person, at once or in the background where the caller prefers not to wait."""
    if request.headers.get("prefer", "").strip().lower() != "respond-async":
        switch_off(request, person)
        return
    request.org.people.touch(person, now)
    person.transitioning = "DEPROVISIONED"
    request.org.agenda.at(request.now + _IN_BACKGROUND, partial(_finish, request, person))


def _finish(request: Request, person: Person, at: float) -> None:
    if person.transitioning == "DEPROVISIONED" and not person.deleted:
        person.transitioning = None
        switch_off(request, person, at)


def switch_off(request: Request, person: Person, at: float | None = None) -> None:
    """Deactivate a person: factors, credentials, groups and apps are gone, and do not come back with activation."""
    org, now = request.org, float(int(request.now if at is None else at))
    for group in org.groups.of(person):
        group.added.discard(person.index)
        if group.kind == "OKTA_GROUP" and group.holds(person):
            group.removed.add(person.index)
    org.people.set_status(person, "DEPROVISIONED", now)
    passwords.forget(person)
    person.factors, person.blocked, person.recovery_phone = [], False, None
    org.groups.forget_members()
    log_event(request, "user.lifecycle.deactivate", party(person), at=at)


def _debug(request: Request, name: str) -> dict[str, str]:
    if not name.startswith("expire_password"):
        return {}
    return {
        "tempPassword": str(name.endswith("temp_password")).lower(),
        "revokeSessions": str(request.flag("revokeSessions", default=False)).lower(),
    }


def _secret(request: Request, name: str, person: Person) -> dict[str, object] | None:
    """Return what the answer gives away once: a link, a token or a temporary password; None for ``{}``."""
    token = request.org.ids.secret(f"{name} {request.request_id}", 20)
    if name == "expire_password_with_temp_password":
        # The last three see to it that every policy is content.
        return {"tempPassword": request.org.ids.secret(f"temp {request.request_id}", 7) + "x7Q"}
    if name == "reset_password" and not request.flag("sendEmail", default=True):
        page = "signin/reset-password" if request.org.pipeline == "idx" else "reset_password"
        return {"resetPasswordUrl": request.href(f"/{page}/{token}")}
    if name == "activate" and person.provider in NO_PASSWORD:
        return None
    mailed = request.flag("sendEmail", default=name == "activate")
    if name in {"activate", "reactivate"} and not mailed:
        path = f"/tokens/{token}/verify" if request.org.pipeline == "idx" else f"/welcome/{token}"
        return {"activationUrl": request.href(path), "activationToken": token}
    return None


def end_sessions(request: Request) -> Response:
    """DELETE /api/v1/users/{id}/sessions: 204, whether there was a session or not."""
    person = find_person(request)
    rights.require_for(request.org.roles, request.principal, "users.sessions", person)
    log_event(request, "user.session.clear", party(person))
    return no_content()


ROUTES = (
    *(
        Route("POST", f"/api/v1/users/{{id}}/lifecycle/{name}", _MANAGE, "user-write", partial(run, name))
        for name in lifecycle.OPERATIONS
    ),
    Route("DELETE", "/api/v1/users/{id}/sessions", _MANAGE, "user-write", end_sessions),
)
