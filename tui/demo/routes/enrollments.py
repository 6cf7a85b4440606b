"""Authenticator enrolments of a user: list, one, and the removal of one; on Identity Engine only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import authenticators, enrolling, rights
from tui.demo.errors import ApiError, not_found
from tui.demo.routes.factors import take_away
from tui.demo.routes.users import find_person, readable
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.authenticators import Enrolment
    from tui.demo.person import Person
    from tui.demo.wire import Call, Json, Reply

_PATH = "/api/v1/users/{id}/authenticator-enrollments"


def _check_engine(call: Call) -> None:
    if call.org.pipeline != "idx":
        raise ApiError("E0000015")


def _find(call: Call, person: Person) -> Enrolment:
    enrolling.settle(call.org, person, call.now)
    wanted = call.params["enrollmentId"]
    for enrolment in authenticators.enrolments_of(call.org.enrolments, person):
        if enrolment.id == wanted:
            return enrolment
    raise not_found(wanted, "AuthenticatorEnrollment")


def _shown(call: Call, person: Person, enrolment: Enrolment) -> Json:
    disclose = "phone" in call.query.get("discloseIdentifiers", "").split(",")
    return authenticators.show(call.org.enrolments, person, enrolment, call.base, disclose=disclose)


def list_enrollments(call: Call) -> Reply:
    """GET …/authenticator-enrollments: an array, whatever the schema says."""
    _check_engine(call)
    person = readable(call, "factors.view")
    enrolling.settle(call.org, person, call.now)
    found = authenticators.enrolments_of(call.org.enrolments, person)
    return ok([_shown(call, person, enrolment) for enrolment in found])


def get_enrollment(call: Call) -> Reply:
    """GET …/authenticator-enrollments/{enrollmentId}."""
    _check_engine(call)
    person = readable(call, "factors.view")
    return ok(_shown(call, person, _find(call, person)))


def delete_enrollment(call: Call) -> Reply:
    """DELETE …/authenticator-enrollments/{enrollmentId}: 204, and its factors are gone; a password cannot be."""
    _check_engine(call)
    person = find_person(call)
    enrolment = _find(call, person)
    rights.require_for(call.org, call.principal, "users.factors", person)
    if enrolment.kind.type == "password" or person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    if enrolment.kind.type == "phone":
        call.org.people.touch(person, float(int(call.now)))
        person.recovery_phone = None
    if enrolment.factors:
        # Of Okta Verify's entries, one that takes the others along.
        first = min(enrolment.factors, key=lambda factor: factor["factorType"] == "token:software:totp")
        take_away(call, person, first, recovery=False)
    return no_content()


ROUTES = (
    Route("GET", _PATH, "okta.users.read", "user", list_enrollments),
    Route("GET", f"{_PATH}/{{enrollmentId}}", "okta.users.read", "user", get_enrollment),
    Route("DELETE", f"{_PATH}/{{enrollmentId}}", "okta.users.manage", "user-write", delete_enrollment),
)
