"""Credentials: a password changed by who knows the old one, the recovery question, and passwords forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError
from tui.demo.base.json import read_part
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, done, ok
from tui.demo.log.events import party
from tui.demo.people import passwords
from tui.demo.people.person import NO_PASSWORD, OWN_PASSWORD, credentials
from tui.demo.routes.users import find_person

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.http.request import Request, Response
    from tui.demo.people.person import Person

_PATH = "/api/v1/users/{id}/credentials"
_MANAGE = "okta.users.manage"
# Okta: "Change password" and "Change recovery question", both for users with a password.
_CHANGEABLE = frozenset({"STAGED", "ACTIVE", "PASSWORD_EXPIRED", "RECOVERY"})
_ENDED_BY_PASSWORD = frozenset({"PASSWORD_EXPIRED", "RECOVERY"})
_WRONG = "oldPassword: The credentials provided were incorrect."


def _shown(person: Person) -> Response:
    """Return the credentials as these operations answer them: without the e-mail addresses."""
    return ok({name: value for name, value in credentials(person).items() if name != "emails"})


def _value(body: Json, name: str, field: str = "value") -> str:
    value = read_part(body, name).get(field)
    if not isinstance(value, str) or not value:
        raise ApiError("E0000001", name, causes=(f"{name}: The field cannot be left blank",))
    return value


def _changeable(request: Request, code: str) -> Person:
    """Return the person, whose password must live here and whose status must let it be changed.

    Raises:
        ApiError: E0000007, E0000006 or the operation's own code.
    """
    person = find_person(request)
    owner = request.org.owner(request.principal)
    if owner is None or owner.index != person.index:
        rights.require_for(request.org.roles, request.principal, "users.password", person)
    if person.status not in _CHANGEABLE or not person.has_password or person.provider not in OWN_PASSWORD:
        raise ApiError(code, causes=("This operation is not allowed in the user's current status.",))
    return person


def change_password(request: Request) -> Response:
    """POST …/change_password: needs the old password; ends the need for a new one."""
    person, body = _changeable(request, "E0000014"), read_object(request)
    old, new = _value(body, "oldPassword"), _value(body, "newPassword")
    if not passwords.fits(person, old):
        raise ApiError("E0000014", causes=(_WRONG,))
    passwords.check(request.org.policies.of(person).settings, person, new)
    _set_password(request, person, new)
    log_event(request, "user.account.update_password", party(person))
    if body.get("revokeSessions") is True:
        log_event(request, "user.session.clear", party(person))
    return _shown(person)


def _set_password(request: Request, person: Person, new: str) -> None:
    people, now = request.org.people, float(int(request.now))
    if person.status in _ENDED_BY_PASSWORD:
        people.set_status(person, "ACTIVE", now)
    else:
        people.touch(person, now)
    passwords.put(person, new, now)


def change_question(request: Request) -> Response:
    """POST …/change_recovery_question: needs the password."""
    person, body = _changeable(request, "E0000014"), read_object(request)
    if not passwords.fits(person, _value(body, "password")):
        raise ApiError("E0000014", causes=("password: The credentials provided were incorrect.",))
    question = read_part(body, "recovery_question")
    passwords.check_question(question)
    request.org.people.touch(person, float(int(request.now)))
    passwords.set_question(person, question)
    log_event(request, "user.account.update_profile", party(person))
    return _shown(person)


def forgot_password(request: Request) -> Response:
    """POST …/forgot_password: the self-service flavour, for ACTIVE users only."""
    person = find_person(request)
    rights.require_for(request.org.roles, request.principal, "users.reset", person)
    if person.status != "ACTIVE" or person.provider in NO_PASSWORD:
        raise ApiError("E0000034", causes=("Forgot password is not allowed in the user's current status.",))
    body = read_object(request, needed=False)
    if body.get("password") or body.get("recovery_question"):
        # With both in the body this is the other operation, under its older name.
        return _recover(request, person, body)
    request.org.people.set_status(person, "RECOVERY", float(int(request.now)))
    log_event(request, "user.account.reset_password", party(person))
    if request.flag("sendEmail", default=True):
        return done()
    token = request.org.ids.secret(f"forgot {request.request_id}", 20)
    return ok({"resetPasswordUrl": request.href(f"/signin/reset-password/{token}")})


def forgot_with_question(request: Request) -> Response:
    """POST …/forgot_password_recovery_question: a new password for the right answer."""
    person = find_person(request)
    rights.require_for(request.org.roles, request.principal, "users.reset", person)
    if person.status != "ACTIVE" or person.provider not in OWN_PASSWORD:
        raise ApiError("E0000034", causes=("Forgot password is not allowed in the user's current status.",))
    return _recover(request, person, read_object(request))


def _recover(request: Request, person: Person, body: Json) -> Response:
    answer, new = _value(body, "recovery_question", "answer"), _value(body, "password")
    if not passwords.answers(person, answer):
        raise ApiError("E0000087")
    passwords.check(request.org.policies.of(person).settings, person, new)
    _set_password(request, person, new)
    log_event(request, "user.account.update_password", party(person))
    return _shown(person)


ROUTES = (
    Route("POST", f"{_PATH}/change_password", _MANAGE, "user-write", change_password),
    Route("POST", f"{_PATH}/change_recovery_question", _MANAGE, "user-write", change_question),
    Route("POST", f"{_PATH}/forgot_password", _MANAGE, "user-write", forgot_password),
    Route("POST", f"{_PATH}/forgot_password_recovery_question", _MANAGE, "user-write", forgot_with_question),
)
