"""Authenticator enrolments of a user: list, one, and the removal of one; on Identity Engine only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError, not_found
from tui.demo.factors import authenticators, enrolling
from tui.demo.http.request import Route, no_content, ok
from tui.demo.routes.factors import take_away
from tui.demo.routes.users import find_person, readable

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.factors.authenticators import Enrolment
    from tui.demo.http.request import Request, Response
    from tui.demo.people.person import Person

_PATH = "/api/v1/users/{id}/authenticator-enrollments"


def _check_engine(request: Request) -> None:
    if request.org.pipeline != "idx":
        raise ApiError("E0000015")


def _find(request: Request, person: Person) -> Enrolment:
    enrolling.scan_codes(request.org.enrolments, person, request.now)
    wanted = request.params["enrollmentId"]
    for enrolment in authenticators.enrolments_of(request.org.enrolments, person):
        if enrolment.id == wanted:
            return enrolment
    raise not_found(wanted, "AuthenticatorEnrollment")


def _shown(request: Request, person: Person, enrolment: Enrolment) -> Json:
    disclose = "phone" in request.query.get("discloseIdentifiers", "").split(",")
    return authenticators.show(request.org.enrolments, person, enrolment, request.base, disclose=disclose)


def list_enrollments(request: Request) -> Response:
    """GET …/authenticator-enrollments: an array, whatever the schema says."""
    _check_engine(request)
    person = readable(request, "factors.view")
    enrolling.scan_codes(request.org.enrolments, person, request.now)
    found = authenticators.enrolments_of(request.org.enrolments, person)
    return ok([_shown(request, person, enrolment) for enrolment in found])


def get_enrollment(request: Request) -> Response:
    """GET …/authenticator-enrollments/{enrollmentId}."""
    _check_engine(request)
    person = readable(request, "factors.view")
    return ok(_shown(request, person, _find(request, person)))


def delete_enrollment(request: Request) -> Response:
    """DELETE …/authenticator-enrollments/{enrollmentId}: 204, and its factors are gone; a password cannot be."""
    _check_engine(request)
    person = find_person(request)
    enrolment = _find(request, person)
    rights.require_for(request.org.roles, request.principal, "users.factors", person)
    if enrolment.kind.type == "password" or person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    if enrolment.kind.type == "phone":
        request.org.people.touch(person, float(int(request.now)))
        person.recovery_phone = None
    if enrolment.factors:
        # Of Okta Verify's entries, one that takes the others along.
        first = min(enrolment.factors, key=lambda factor: factor["factorType"] == "token:software:totp")
        take_away(request, person, first, recovery=False)
    return no_content()


ROUTES = (
    Route("GET", _PATH, "okta.users.read", "user", list_enrollments),
    Route("GET", f"{_PATH}/{{enrollmentId}}", "okta.users.read", "user", get_enrollment),
    Route("DELETE", f"{_PATH}/{{enrollmentId}}", "okta.users.manage", "user-write", delete_enrollment),
)
