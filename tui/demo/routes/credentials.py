"""Credentials: a password changed by who knows the old one, the recovery question, and passwords forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import passwords, permits, rights
from tui.demo.bodies import read_object, read_part
from tui.demo.errors import ApiError
from tui.demo.events import party
from tui.demo.person import NO_PASSWORD, OWN_PASSWORD, credentials
from tui.demo.record import write_event
from tui.demo.routes.users import find_person
from tui.demo.wire import Route, done, ok

if TYPE_CHECKING:
    from tui.demo.person import Person
    from tui.demo.wire import Call, Json, Reply

_PATH = "/api/v1/users/{id}/credentials"
_MANAGE = "okta.users.manage"
# Okta: "Change password" and "Change recovery question", both for users with a password.
_CHANGEABLE = frozenset({"STAGED", "ACTIVE", "PASSWORD_EXPIRED", "RECOVERY"})
_SETTLED = frozenset({"PASSWORD_EXPIRED", "RECOVERY"})
_WRONG = "oldPassword: The credentials provided were incorrect."


def _shown(person: Person) -> Reply:
    """Return the credentials as these operations answer them: without the e-mail addresses."""
    return ok({name: value for name, value in credentials(person).items() if name != "emails"})


def _value(body: Json, name: str, field: str = "value") -> str:
    value = read_part(body, name).get(field)
    if not isinstance(value, str) or not value:
        raise ApiError("E0000001", name, causes=(f"{name}: The field cannot be left blank",))
    return value


def _changeable(call: Call, code: str) -> Person:
    """Return the person, whose password must live here and whose status must let it be changed.

    Raises:
        ApiError: E0000007, E0000006 or the operation's own code.
    """
    person = find_person(call)
    owner = call.org.owner(call.principal)
    if owner is None or owner.index != person.index:
        permits.require_for(call, permits.PASSWORD, person)
    if person.status not in _CHANGEABLE or not person.has_password or person.provider not in OWN_PASSWORD:
        raise ApiError(code, causes=("This operation is not allowed in the user's current status.",))
    return person


def change_password(call: Call) -> Reply:
    """POST …/change_password: needs the old password; ends the need for a new one."""
    person, body = _changeable(call, "E0000014"), read_object(call)
    old, new = _value(body, "oldPassword"), _value(body, "newPassword")
    if not passwords.fits(person, old):
        raise ApiError("E0000014", causes=(_WRONG,))
    passwords.check(call.org, person, new)
    _settle(call, person, new)
    write_event(call, "user.account.update_password", party(person))
    if body.get("revokeSessions") is True:
        write_event(call, "user.session.clear", party(person))
    return _shown(person)


def _settle(call: Call, person: Person, new: str) -> None:
    people, now = call.org.people, float(int(call.now))
    if person.status in _SETTLED:
        people.set_status(person, "ACTIVE", now)
    else:
        people.touch(person, now)
    passwords.put(person, new, now)


def change_question(call: Call) -> Reply:
    """POST …/change_recovery_question: needs the password."""
    person, body = _changeable(call, "E0000014"), read_object(call)
    if not passwords.fits(person, _value(body, "password")):
        raise ApiError("E0000014", causes=("password: The credentials provided were incorrect.",))
    question = read_part(body, "recovery_question")
    passwords.check_question(question)
    call.org.people.touch(person, float(int(call.now)))
    passwords.set_question(person, question)
    write_event(call, "user.account.update_profile", party(person))
    return _shown(person)


def forgot_password(call: Call) -> Reply:
    """POST …/forgot_password: the self-service flavour, for ACTIVE users only."""
    person = find_person(call)
    rights.require_for(call.org, call.principal, "users.reset", person)
    if person.status != "ACTIVE" or person.provider in NO_PASSWORD:
        raise ApiError("E0000034", causes=("Forgot password is not allowed in the user's current status.",))
    body = read_object(call, needed=False)
    if body.get("password") or body.get("recovery_question"):
        # With both in the body this is the other operation, under its older name.
        return _recover(call, person, body)
    call.org.people.set_status(person, "RECOVERY", float(int(call.now)))
    write_event(call, "user.account.reset_password", party(person))
    if call.flag("sendEmail", default=True):
        return done()
    token = call.org.ids.secret(f"forgot {call.request_id}", 20)
    return ok({"resetPasswordUrl": call.href(f"/signin/reset-password/{token}")})


def forgot_with_question(call: Call) -> Reply:
    """POST …/forgot_password_recovery_question: a new password for the right answer."""
    person = find_person(call)
    rights.require_for(call.org, call.principal, "users.reset", person)
    if person.status != "ACTIVE" or person.provider not in OWN_PASSWORD:
        raise ApiError("E0000034", causes=("Forgot password is not allowed in the user's current status.",))
    return _recover(call, person, read_object(call))


def _recover(call: Call, person: Person, body: Json) -> Reply:
    answer, new = _value(body, "recovery_question", "answer"), _value(body, "password")
    if not passwords.answers(person, answer):
        raise ApiError("E0000087")
    passwords.check(call.org, person, new)
    _settle(call, person, new)
    write_event(call, "user.account.update_password", party(person))
    return _shown(person)


ROUTES = (
    Route("POST", f"{_PATH}/change_password", _MANAGE, "user-write", change_password),
    Route("POST", f"{_PATH}/change_recovery_question", _MANAGE, "user-write", change_question),
    Route("POST", f"{_PATH}/forgot_password", _MANAGE, "user-write", forgot_password),
    Route("POST", f"{_PATH}/forgot_password_recovery_question", _MANAGE, "user-write", forgot_with_question),
)
