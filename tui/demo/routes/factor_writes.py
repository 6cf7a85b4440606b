"""Factors enrolled, activated, verified and sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import enrolling, otp, permits
from tui.demo.bodies import read_object
from tui.demo.enrolments import MESSAGED
from tui.demo.errors import ApiError, not_found
from tui.demo.events import party
from tui.demo.record import write_event
from tui.demo.routes.factors import PATH, find_factor
from tui.demo.routes.users import find_person
from tui.demo.times import iso
from tui.demo.wire import Route, no_content, ok

if TYPE_CHECKING:
    from tui.demo.enrolments import Hidden
    from tui.demo.person import Person
    from tui.demo.wire import Call, Json, Reply

_MANAGE = "okta.users.manage"
_FACTOR = f"{PATH}/{{factorId}}"
# Okta: "Issue an SMS Factor challenge": one message per device every 30 seconds.
_BETWEEN_MESSAGES = 30.0
# Seconds until somebody taps on Yes.
_TAPPED_AFTER = 5.0


def _reached(call: Call) -> Person:
    """Return the person, if the caller may enrol factors for them and they can have any.

    Raises:
        ApiError: E0000007, E0000006 or E0000038.
    """
    person = find_person(call)
    owner = call.org.owner(call.principal)
    if owner is None or owner.index != person.index:
        permits.require_for(call, permits.ENROLL, person)
    if person.status == "DEPROVISIONED":
        raise ApiError("E0000038")
    enrolling.settle(call.org, person, call.now)
    return person


def enroll_factor(call: Call) -> Reply:
    """POST …/factors?activate=false&updatePhone=false: active at once, or pending with what completes it."""
    person, body = _reached(call), read_object(call)
    if not body.get("factorType") or not body.get("provider"):
        missing = "factorType" if not body.get("factorType") else "provider"
        raise ApiError("E0000001", "factorEnrollRequest", causes=(f"{missing}: The field cannot be left blank",))
    activate, update = call.flag("activate", default=False), call.flag("updatePhone", default=False)
    factor = enrolling.enrol(call.org, person, body, call.now, activate=activate, update=update)
    if factor["status"] == "ACTIVE":
        _write(call, person, factor)
    else:
        _send(call, person, factor)
    return ok(_shown(call, person, factor))


def _write(call: Call, person: Person, factor: Json) -> None:
    write_event(call, "user.mfa.factor.activate", party(person), debug={"factor": str(factor["factorType"])})


def _send(call: Call, person: Person, factor: Json) -> None:
    """Send a message with a passcode, as far as this org sends anything."""
    if factor["factorType"] in MESSAGED:
        call.org.enrolments.hidden(factor).sent = call.now
    if factor["factorType"] == "sms":
        write_event(call, "system.sms.send_factor_verify_message", party(person))


def _shown(call: Call, person: Person, factor: Json) -> Json:
    """Return a factor as its enrolment answers it: with what completes it, which later reads do not tell."""
    shown = call.org.enrolments.show(person, factor, call.base)
    if factor["status"] == "PENDING_ACTIVATION":
        activation = _activation(call, person, factor, call.org.enrolments.hidden(factor))
        if activation:
            shown["_embedded"] = {"activation": activation}
    return shown


def _activation(call: Call, person: Person, factor: Json, hidden: Hidden) -> Json:
    kind, href = factor["factorType"], call.href(f"/api/v1/users/{person.id}/factors/{factor['id']}")
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
        return _waiting(call, person, factor)
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


def _waiting(call: Call, person: Person, factor: Json) -> Json:
    """Return the state of an Okta Verify enrolment whose code has not been scanned yet."""
    hidden = call.org.enrolments.hidden(factor)
    href = call.href(f"/api/v1/users/{person.id}/factors/{factor['id']}")
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


def activate_factor(call: Call) -> Reply:
    """POST …/{factorId}/lifecycle/activate: with the passcode or the key's answer; polls for Okta Verify."""
    person = _reached(call)
    factor, body = find_factor(call, person), read_object(call, needed=False)
    if factor["status"] == "ACTIVE" and factor["factorType"] == "push":
        return ok(call.org.enrolments.show(person, factor, call.base))
    if factor["status"] != "PENDING_ACTIVATION":
        raise ApiError("E0000038")
    if factor["factorType"] == "push":
        return _poll(call, person, factor)
    hidden = call.org.enrolments.hidden(factor)
    late = hidden.begun and call.now > hidden.begun + enrolling.LIFETIME
    if late or not enrolling.fits(call.org, factor, body, call.now):
        raise enrolling.wrong()
    factor = enrolling.make_active(call.org, person, factor, call.now)
    _write(call, person, factor)
    return ok(call.org.enrolments.show(person, factor, call.base))


def _poll(call: Call, person: Person, factor: Json) -> Reply:
    """Tell how far an Okta Verify enrolment is; one that has run out of time begins again."""
    hidden = call.org.enrolments.hidden(factor)
    known, late = bool(hidden.begun), call.now > hidden.begun + enrolling.LIFETIME
    if late:
        enrolling.begin_again(call.org, factor, call.now)
    if known and late:
        href = call.href(f"/api/v1/users/{person.id}/factors/{factor['id']}/lifecycle/activate")
        return ok({"factorResult": "TIMEOUT", "_links": {"activate": {"href": href, "hints": {"allow": ["POST"]}}}})
    return ok(_waiting(call, person, factor))


def send_factor(call: Call) -> Reply:
    """POST …/{factorId}/resend: the message once more, of a factor that is named in the body again."""
    person = _reached(call)
    factor, body = find_factor(call, person), read_object(call, needed=False)
    kind = factor["factorType"]
    if kind not in MESSAGED or body.get("factorType") not in {None, kind}:
        cause = "factorType: The type must be that of the factor, and one whose passcodes are sent"
        raise ApiError("E0000001", "factorType", causes=(cause,))
    _message(call, person, factor)
    return ok(call.org.enrolments.show(person, factor, call.base))


def _message(call: Call, person: Person, factor: Json) -> None:
    sent = call.org.enrolments.hidden(factor).sent
    if factor["factorType"] == "sms" and sent and call.now < sent + _BETWEEN_MESSAGES:
        raise ApiError("E0000109")
    _send(call, person, factor)


def verify_factor(call: Call) -> Reply:
    """POST …/{factorId}/verify: asks for a passcode where one is sent, else checks what the body holds."""
    person = _reached(call)
    factor, body = find_factor(call, person), read_object(call, needed=False)
    kind = str(factor["factorType"])
    if factor["status"] != "ACTIVE" or kind == "signed_nonce":
        raise ApiError("E0000038")
    if kind == "push":
        return _push(call, person, factor)
    if kind in MESSAGED and not body.get("passCode"):
        _message(call, person, factor)
        return ok(_challenge(call, person, factor))
    if kind in {"webauthn", "u2f"} and not body.get("clientData"):
        hidden = call.org.enrolments.hidden(factor)
        hidden.nonce = call.org.ids.secret(f"challenge {call.request_id}", 20)
        challenge = {"challenge": hidden.nonce, "userVerification": "preferred", "extensions": {}}
        return ok({**_challenge(call, person, factor), "_embedded": {"challenge": challenge}})
    right = enrolling.fits(call.org, factor, body, call.now)
    result, reason = ("SUCCESS", None) if right else ("FAILURE", "INVALID_CREDENTIALS")
    write_event(
        call,
        "user.authentication.auth_via_mfa",
        party(person),
        debug={"factor": kind},
        result=result,
        reason=reason,
    )
    if not right:
        raise enrolling.wrong()
    return ok({"factorResult": "SUCCESS"})


def _challenge(call: Call, person: Person, factor: Json) -> Json:
    href = call.href(f"/api/v1/users/{person.id}/factors/{factor['id']}")
    return {
        "factorResult": "CHALLENGE",
        "expiresAt": iso(call.now + enrolling.LIFETIME),
        "profile": factor["profile"],
        "_links": {
            "verify": {"href": f"{href}/verify", "hints": {"allow": ["POST"]}},
            "factor": {"href": href, "hints": {"allow": ["GET", "DELETE"]}},
        },
    }


def _push(call: Call, person: Person, factor: Json) -> Reply:
    transaction = call.org.ids.make("mst", call.org.ids.next_number())
    call.org.enrolments.hidden(factor).pushes[transaction] = call.now
    write_event(call, "system.push.send_factor_verify_push", party(person))
    return ok(_pushed(call, person, factor, transaction))


def _pushed(call: Call, person: Person, factor: Json, transaction: str) -> Json:
    sent = call.org.enrolments.hidden(factor).pushes[transaction]
    href = call.href(f"/api/v1/users/{person.id}/factors/{factor['id']}/transactions/{transaction}")
    return {
        "expiresAt": iso(sent + enrolling.LIFETIME),
        "factorResult": "WAITING",
        "_links": {
            "poll": {"href": href, "hints": {"allow": ["GET"]}},
            "cancel": {"href": href, "hints": {"allow": ["DELETE"]}},
        },
    }


def _transaction(call: Call, factor: Json) -> float:
    pushes = call.org.enrolments.hidden(factor).pushes
    transaction = call.params["transactionId"]
    if transaction not in pushes:
        raise not_found(transaction, "Transaction")
    return pushes[transaction]


def poll_push(call: Call) -> Reply:
    """GET …/{factorId}/transactions/{transactionId}: waiting until the person has tapped on Yes."""
    person = _reached(call)
    factor = find_factor(call, person)
    sent = _transaction(call, factor)
    if call.now < sent + _TAPPED_AFTER:
        return ok(_pushed(call, person, factor, call.params["transactionId"]))
    return ok({"factorResult": "SUCCESS" if call.now <= sent + enrolling.LIFETIME else "TIMEOUT"})


def cancel_push(call: Call) -> Reply:
    """DELETE …/{factorId}/transactions/{transactionId}."""
    factor = find_factor(call, _reached(call))
    _transaction(call, factor)
    del call.org.enrolments.hidden(factor).pushes[call.params["transactionId"]]
    return no_content()


ROUTES = (
    Route("POST", PATH, _MANAGE, "user-write", enroll_factor),
    Route("POST", f"{_FACTOR}/lifecycle/activate", _MANAGE, "user-write", activate_factor),
    Route("POST", f"{_FACTOR}/lifecycle/activate/poll", _MANAGE, "user-write", activate_factor),
    Route("POST", f"{_FACTOR}/resend", _MANAGE, "user-write", send_factor),
    Route("POST", f"{_FACTOR}/verify", _MANAGE, "user-write", verify_factor),
    Route("GET", f"{_FACTOR}/transactions/{{transactionId}}", "okta.users.read", "user", poll_push),
    Route("DELETE", f"{_FACTOR}/transactions/{{transactionId}}", _MANAGE, "user-write", cancel_push),
)
