"""Authenticator enrolments of a user: read, removed, a phone enrolled, a temporary access code made.

On Identity Engine only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base.errors import ApiError, invalid, not_found
from tui.demo.base.json import read_part
from tui.demo.base.times import iso
from tui.demo.factors import authenticators, enrolling, methods
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, no_content, ok
from tui.demo.log.events import party
from tui.demo.routes.factors import take_away
from tui.demo.routes.users import find_person, readable

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.factors.access_codes import AccessCode
    from tui.demo.factors.authenticators import Enrolment
    from tui.demo.http.request import Request, Response
    from tui.demo.people.person import Person

_PATH = "/api/v1/users/{id}/authenticator-enrollments"


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


def _code(request: Request, person: Person, code: AccessCode, *, told: bool = False) -> Json:
    """Return a temporary access code as an enrolment; the code itself only where it was just made."""
    user = request.href(f"/api/v1/users/{person.id}")
    # The times of a code carry no zone in Okta's example.
    profile: Json = {"multiUse": code.several, "expiresAt": iso(code.until).removesuffix("Z")}
    if told:
        profile["tac"] = code.code
    return {
        "type": "tac",
        "id": code.id,
        "key": methods.TAC,
        "status": "ACTIVE",
        "name": authenticators.kind_of(methods.TAC).name,
        "created": iso(code.made),
        "lastUpdated": iso(code.made),
        "profile": profile,
        "_links": {
            "self": {
                "href": f"{user}/authenticator-enrollments/{code.id}",
                "hints": {"allow": ["GET", "DELETE"]},
            },
            "user": {"href": user, "hints": {"allow": ["GET"]}},
        },
    }


def _held(request: Request, person: Person) -> AccessCode | None:
    """Return the person's code, if it is the one that the path names."""
    code = request.org.access_codes.of(person, request.now)
    return code if code is not None and code.id == request.params["enrollmentId"] else None


def list_enrollments(request: Request) -> Response:
    """GET …/authenticator-enrollments: an array, whatever the schema says."""
    request.check_identity_engine()
    person = readable(request, "factors.view")
    enrolling.scan_codes(request.org.enrolments, person, request.now)
    found = authenticators.enrolments_of(request.org.enrolments, person)
    code = request.org.access_codes.of(person, request.now)
    codes = [] if code is None else [_code(request, person, code)]
    return ok([*(_shown(request, person, enrolment) for enrolment in found), *codes])


def get_enrollment(request: Request) -> Response:
    """GET …/authenticator-enrollments/{enrollmentId}."""
    request.check_identity_engine()
    person = readable(request, "factors.view")
    code = _held(request, person)
    return ok(_shown(request, person, _find(request, person)) if code is None else _code(request, person, code))


def delete_enrollment(request: Request) -> Response:
    """DELETE …/authenticator-enrollments/{enrollmentId}: 204, and its factors are gone; a password cannot be."""
    request.check_identity_engine()
    person = find_person(request)
    if _held(request, person) is not None:
        rights.require_for(request.org.roles, request.principal, "users.codes", person)
        request.org.access_codes.end(person)
        return no_content()
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


def _asked(request: Request, right: str, key: str) -> tuple[Person, Json]:
    """Return the person and the profile that a body asks for, if it names the authenticator of that key.

    Raises:
        ApiError: E0000015 on Classic, E0000007, E0000006, E0000001, or E0000038 for a deactivated person.
    """
    request.check_identity_engine()
    person = find_person(request)
    rights.require_for(request.org.roles, request.principal, right, person)
    body = read_object(request)
    method = request.org.methods.find(str(body.get("authenticatorId")))
    if method is None or method.key != key:
        raise invalid("authenticatorId", f"The field must be the id of the organization's '{key}' authenticator")
    if person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    return person, read_part(body, "profile")


def _minutes(profile: Json) -> int:
    """Return for how long a code is to be valid. Okta describes a text and shows a number: both are taken."""
    asked = profile.get("ttl")
    if asked is None:
        return methods.USUAL
    if isinstance(asked, bool) or not isinstance(asked, int | str) or not str(asked).isascii():
        raise invalid("ttl", "The field must be a number of minutes")
    if not str(asked).isdigit() or not methods.SHORTEST <= int(asked) <= methods.LONGEST:
        raise invalid("ttl", f"The field must be between {methods.SHORTEST} and {methods.LONGEST}")
    return int(asked)


def create_code(request: Request) -> Response:
    """POST …/authenticator-enrollments/tac: the code, this once; one that was made before no longer holds."""
    person, profile = _asked(request, "users.codes", methods.TAC)
    minutes, several = _minutes(profile), profile.get("multiUse", False)
    if not isinstance(several, bool):
        raise invalid("multiUse", "The field must be true or false")
    code = request.org.access_codes.make(person, float(int(request.now)), minutes, several=several)
    return ok(_code(request, person, code, told=True))


def create_phone(request: Request) -> Response:
    """POST …/authenticator-enrollments/phone: enrolled for text messages and active at once, with no code sent."""
    person, profile = _asked(request, "factors.enroll", methods.PHONE)
    wanted: Json = {"factorType": "sms", "provider": "OKTA", "profile": profile}
    enrolling.scan_codes(request.org.enrolments, person, request.now)
    factor = enrolling.enrol(request.org.enrolments, person, wanted, request.now, activate=True, update=False)
    log_event(request, "user.mfa.factor.activate", party(person), debug={"factor": "sms"})
    for enrolment in authenticators.enrolments_of(request.org.enrolments, person):
        if any(known["id"] == factor["id"] for known in enrolment.factors):
            return ok(_shown(request, person, enrolment))
    raise not_found(str(factor["id"]), "AuthenticatorEnrollment")


ROUTES = (
    Route("POST", f"{_PATH}/tac", "okta.users.manage", "user-write", create_code),
    Route("POST", f"{_PATH}/phone", "okta.users.manage", "user-write", create_phone),
    Route("GET", _PATH, "okta.users.read", "user", list_enrollments),
    Route("GET", f"{_PATH}/{{enrollmentId}}", "okta.users.read", "user", get_enrollment),
    Route("DELETE", f"{_PATH}/{{enrollmentId}}", "okta.users.manage", "user-write", delete_enrollment),
)
