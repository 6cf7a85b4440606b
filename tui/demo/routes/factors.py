"""Factors of a user: read, removed, enrolled, activated. Okta guards them with the users scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base import otp
from tui.demo.base.errors import ApiError, not_found
from tui.demo.base.times import iso
from tui.demo.factors import enrolling
from tui.demo.factors.enrolments import MESSAGED
from tui.demo.factors.kits import log_name
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, no_content, ok
from tui.demo.log.events import party
from tui.demo.routes.users import find_person, readable

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.factors.enrolments import Hidden
    from tui.demo.http.request import Request, Response
    from tui.demo.people.person import Person

PATH = "/api/v1/users/{id}/factors"
MANAGE = "okta.users.manage"
FACTOR = f"{PATH}/{{factorId}}"
# Okta: "Issue an SMS Factor challenge": one message per device every 30 seconds; the error codes say so of calls too.
_BETWEEN_MESSAGES = 30.0
_TOO_SOON = {"sms": "E0000109", "call": "E0000133"}


def find_factor(request: Request, person: Person) -> Json:
    """Return the factor that the path names, as it is by now.

    Raises:
        ApiError: E0000007.
    """
    enrolling.scan_codes(request.org.enrolments, person, request.now)
    factor = request.org.enrolments.find(person, request.params["factorId"])
    if factor is None:
        raise not_found(request.params["factorId"], "UserFactor")
    return factor


def list_factors(request: Request) -> Response:
    """GET …/factors: not paged."""
    person = readable(request, "factors.view")
    enrolling.scan_codes(request.org.enrolments, person, request.now)
    enrolments = request.org.enrolments
    return ok([enrolments.show(person, factor, request.base) for factor in enrolments.of(person)])


def list_catalog(request: Request) -> Response:
    """GET …/factors/catalog: what could be enrolled."""
    person = readable(request, "factors.view")
    enrolling.scan_codes(request.org.enrolments, person, request.now)
    return ok(request.org.enrolments.catalog(person, request.base))


def list_questions(request: Request) -> Response:
    """GET …/factors/questions: the security questions to choose from."""
    readable(request, "factors.view")
    return ok([{"question": key, "questionText": text} for key, text in enrolling.QUESTIONS.items()])


def get_factor(request: Request) -> Response:
    """GET …/factors/{factorId}."""
    person = readable(request, "factors.view")
    return ok(request.org.enrolments.show(person, find_factor(request, person), request.base))


def delete_factor(request: Request) -> Response:
    """DELETE …/factors/{factorId}: 204; not possible for a deactivated user."""
    person = find_person(request)
    factor = find_factor(request, person)
    rights.require_for(request.org.roles, request.principal, "users.factors", person)
    take_away(request, person, factor, recovery=not request.flag("removeRecoveryEnrollment", default=False))
    return no_content()


def take_away(request: Request, person: Person, factor: Json, *, recovery: bool) -> None:
    """Remove a factor with what goes with it; with ``recovery`` a phone's number may still recover the account.

    Raises:
        ApiError: E0000038.
    """
    if person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    request.org.people.touch(person, float(int(request.now)))
    for removed in request.org.enrolments.remove(person, factor):
        reason = f"User reset {log_name(removed)} factor"
        log_event(request, "user.mfa.factor.deactivate", party(person), reason=reason)
    profile = factor["profile"]
    if factor["factorType"] in {"sms", "call"} and isinstance(profile, dict):
        if not recovery:
            person.recovery_phone = None
        elif factor["status"] == "ACTIVE":
            person.recovery_phone = str(profile.get("phoneNumber"))


def _reached(request: Request) -> Person:
    """Return the person, if the caller may enrol factors for them and they can have any.

    Raises:
        ApiError: E0000007, E0000006 or E0000038.
    """
    person = find_person(request)
    owner = request.org.owner(request.principal)
    if owner is None or owner.index != person.index:
        rights.require_for(request.org.roles, request.principal, "factors.enroll", person)
    if person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    enrolling.scan_codes(request.org.enrolments, person, request.now)
    return person


def enroll_factor(request: Request) -> Response:
    """POST …/factors?activate=false&updatePhone=false: active at once, or pending with what completes it."""
    person, body = _reached(request), read_object(request)
    if not body.get("factorType") or not body.get("provider"):
        missing = "factorType" if not body.get("factorType") else "provider"
        raise ApiError("E0000001", "factorEnrollRequest", causes=(f"{missing}: The field cannot be left blank",))
    activate, update = request.flag("activate", default=False), request.flag("updatePhone", default=False)
    factor = enrolling.enrol(request.org.enrolments, person, body, request.now, activate=activate, update=update)
    if factor["status"] == "ACTIVE":
        _write(request, person, factor)
    else:
        _send(request, person, factor)
    return ok(_shown(request, person, factor))


def _write(request: Request, person: Person, factor: Json) -> None:
    log_event(request, "user.mfa.factor.activate", party(person), reason=f"User set up {log_name(factor)} factor")


def _send(request: Request, person: Person, factor: Json) -> None:
    """Send a message with a passcode, as far as this org sends anything."""
    if factor["factorType"] in MESSAGED:
        request.org.enrolments.hidden(factor).sent = request.now
    if factor["factorType"] == "sms":
        log_event(request, "system.sms.send_factor_verify_message", party(person))


def _shown(request: Request, person: Person, factor: Json) -> Json:
    """Return a factor as its enrolment answers it: with what completes it, which later reads do not show."""
    shown = request.org.enrolments.show(person, factor, request.base)
    if factor["status"] == "PENDING_ACTIVATION":
        activation = _activation(request, person, factor, request.org.enrolments.hidden(factor))
        if activation:
            shown["_embedded"] = {"activation": activation}
    return shown


def _activation(request: Request, person: Person, factor: Json, hidden: Hidden) -> Json:
    kind, href = factor["factorType"], request.href(f"/api/v1/users/{person.id}/factors/{factor['id']}")
    qrcode = {"href": f"{href}/qr/{hidden.nonce}", "type": "image/png"}
    if kind == "token:software:totp" and hidden.secret is not None:
        return {
            "timeStep": otp.STEP,
            "sharedSecret": otp.spell(hidden.secret),
            "encoding": "base32",
            "keyLength": 16,
            "_links": {"qrcode": qrcode},
        }
    if kind == "push":
        return _waiting(request, person, factor)
    if kind == "webauthn":
        return {
            "attestation": "direct",
            "authenticatorSelection": {"userVerification": "preferred", "requireResidentKey": False},
            "challenge": hidden.nonce,
            "excludeCredentials": [],
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
            "rp": {"name": "Acme"},
            "user": {"displayName": person.display_name, "name": person.login, "id": person.id},
        }
    if kind == "u2f":
        return {"version": "U2F_V2", "nonce": hidden.nonce, "timeoutSeconds": 20}
    if kind == "web":
        complete = {"href": f"{href}/lifecycle/duoCallback", "hints": {"allow": ["POST"]}}
        return {"host": "api-acme.duosecurity.com", "signature": hidden.nonce, "_links": {"complete": complete}}
    return {}


def _waiting(request: Request, person: Person, factor: Json) -> Json:
    """Return the state of an Okta Verify enrolment whose code has not been scanned yet."""
    hidden = request.org.enrolments.hidden(factor)
    href = request.href(f"/api/v1/users/{person.id}/factors/{factor['id']}")
    post = {"allow": ["POST"]}
    return {
        "expiresAt": iso(hidden.begun + enrolling.LIFETIME),
        "factorResult": "WAITING",
        "_links": {
            "poll": {"href": f"{href}/lifecycle/activate/poll", "hints": post},
            "qrcode": {"href": f"{href}/qr/{hidden.nonce}", "type": "image/png"},
            "send": [
                {"name": name, "href": f"{href}/lifecycle/activate/{name}", "hints": post} for name in ("email", "sms")
            ],
        },
    }


def activate_factor(request: Request) -> Response:
    """POST …/{factorId}/lifecycle/activate: with the passcode or the key's answer; polls for Okta Verify."""
    person = _reached(request)
    factor, body = find_factor(request, person), read_object(request, needed=False)
    if factor["status"] == "ACTIVE" and factor["factorType"] == "push":
        return ok(request.org.enrolments.show(person, factor, request.base))
    if factor["status"] != "PENDING_ACTIVATION":
        raise ApiError("E0000038")
    if factor["factorType"] == "push":
        return _poll(request, person, factor)
    hidden = request.org.enrolments.hidden(factor)
    late = hidden.begun and request.now > hidden.begun + enrolling.LIFETIME
    if late or not enrolling.fits(request.org.enrolments, factor, body, request.now):
        raise enrolling.wrong_code()
    factor = enrolling.make_active(request.org.enrolments, person, factor, request.now)
    _write(request, person, factor)
    return ok(request.org.enrolments.show(person, factor, request.base))


def _poll(request: Request, person: Person, factor: Json) -> Response:
    """Answer how far an Okta Verify enrolment is; one that has run out of time begins again."""
    hidden = request.org.enrolments.hidden(factor)
    known, late = bool(hidden.begun), request.now > hidden.begun + enrolling.LIFETIME
    if late:
        enrolling.begin_again(request.org.enrolments, factor, request.now)
    if known and late:
        href = request.href(f"/api/v1/users/{person.id}/factors/{factor['id']}/lifecycle/activate")
        return ok({"factorResult": "TIMEOUT", "_links": {"activate": {"href": href, "hints": {"allow": ["POST"]}}}})
    return ok(_waiting(request, person, factor))


def send_factor(request: Request) -> Response:
    """POST …/{factorId}/resend: the message once more, of a factor that is named in the body again."""
    person = _reached(request)
    factor, body = find_factor(request, person), read_object(request, needed=False)
    kind = factor["factorType"]
    if kind not in MESSAGED or body.get("factorType") not in {None, kind}:
        cause = "factorType: The type must be that of the factor, and one whose passcodes are sent"
        raise ApiError("E0000001", "factorType", causes=(cause,))
    send_message(request, person, factor)
    return ok(request.org.enrolments.show(person, factor, request.base))


def send_message(request: Request, person: Person, factor: Json) -> None:
    """Send a passcode to a phone or a mailbox, as far as this org sends anything.

    Raises:
        ApiError: E0000109 or E0000133 when one was sent less than 30 seconds ago.
    """
    sent, kind = request.org.enrolments.hidden(factor).sent, str(factor["factorType"])
    if kind in _TOO_SOON and sent and request.now < sent + _BETWEEN_MESSAGES:
        raise ApiError(_TOO_SOON[kind])
    _send(request, person, factor)


ROUTES = (
    Route("GET", PATH, "okta.users.read", "user", list_factors),
    Route("GET", f"{PATH}/catalog", "okta.users.read", "user", list_catalog),
    Route("GET", f"{PATH}/questions", "okta.users.read", "user", list_questions),
    Route("GET", FACTOR, "okta.users.read", "user", get_factor),
    Route("DELETE", FACTOR, MANAGE, "user-write", delete_factor),
    Route("POST", PATH, MANAGE, "user-write", enroll_factor),
    Route("POST", f"{FACTOR}/lifecycle/activate", MANAGE, "user-write", activate_factor),
    Route("POST", f"{FACTOR}/lifecycle/activate/poll", MANAGE, "user-write", activate_factor),
    Route("POST", f"{FACTOR}/resend", MANAGE, "user-write", send_factor),
)
