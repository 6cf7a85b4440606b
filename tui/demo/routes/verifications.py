"""A factor is verified: a passcode is checked, a message or a push is sent, and what became of a push is told.

Okta: "Factors", verify a factor and retrieve a factor transaction status. The log says of each what it says of a
second factor at a sign-in; which events exactly a verification through the Management API leaves, nobody has published.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.demo.admins import rights
from tui.demo.base import otp
from tui.demo.base.errors import ApiError, not_found
from tui.demo.base.times import iso
from tui.demo.factors import challenges, enrolling
from tui.demo.factors.enrolments import MESSAGED, ONE_TIME, is_verify
from tui.demo.factors.kits import log_name
from tui.demo.http.audit import log_event
from tui.demo.http.bodies import read_object
from tui.demo.http.request import Route, created, no_content, ok
from tui.demo.log.events import party
from tui.demo.routes.factors import FACTOR, MANAGE, find_factor, send_message
from tui.demo.routes.users import find_person
from tui.demo.story import stories
from tui.demo.story.engine import BAD, GOOD
from tui.demo.story.sources import DESK

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.factors.challenges import Push
    from tui.demo.http.request import Request, Response
    from tui.demo.people.person import Person

_LONGEST = 86_400
_KEYS = frozenset({"webauthn", "u2f"})
# A later answer names a transaction in another form than the first, so that a client has to follow links as given.
_LATER = "v2mst."
_DENIED = BAD._replace(debug={"pushOnlyResponseType": "OV_RESPONSE_DENY"})
_MISSED = BAD._replace(
    debug={
        "pushOnlyResponseType": "OV_RESPONSE_APPROVE",
        "pushWithNumberChallengeResponseType": "OV_WITH_CHALLENGE_RESPONSE_INVALID",
    }
)


def _reached(request: Request) -> tuple[Person, Json]:
    """Return the person and the factor that the path names, if the caller may verify that factor.

    A Help Desk Administrator may push and check Okta Verify's codes and texts; a code of Google Authenticator was
    refused to one, and allowed to a Group Administrator. Of the other factors nothing is known: they are refused too.

    Raises:
        ApiError: E0000007, E0000006 or E0000038; E0000180 for a factor on a suspended device.
    """
    person = find_person(request)
    factor = find_factor(request, person)
    owner = request.org.owner(request.principal)
    if owner is None or owner.index != person.index:
        easy = is_verify(factor) or factor["factorType"] == "sms"
        right = "factors.verify" if easy else "factors.enroll"
        rights.require_for(request.org.roles, request.principal, right, person)
    if person.status == "DEPROVISIONED" or factor["status"] != "ACTIVE" or factor["factorType"] == "signed_nonce":
        raise ApiError("E0000038")
    if request.org.devices.suspended(person, factor):
        raise ApiError("E0000180")
    return person, factor


def _lifetime(request: Request) -> float:
    """Return for how many seconds a challenge waits.

    Raises:
        ApiError: E0000001.
    """
    asked = request.query.get("tokenLifetimeSeconds")
    if asked is None:
        return challenges.LIFETIME
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= _LONGEST):
        raise ApiError(
            "E0000001", "tokenLifetimeSeconds", causes=(f"tokenLifetimeSeconds: must be between 1 and {_LONGEST}",)
        )
    return float(asked)


def verify_factor(request: Request) -> Response:
    """POST …/{factorId}/verify: asks for a passcode where one is sent, pushes, else checks what the body holds."""
    person, factor = _reached(request)
    body, kind = read_object(request, needed=False), str(factor["factorType"])
    lifetime = _lifetime(request)
    if person.status == "LOCKED_OUT":
        raise ApiError("E0000069")
    if kind == "push":
        return _send_push(request, person, factor, lifetime, numbered=body.get("useNumberMatchingChallenge") is True)
    if kind in MESSAGED and not body.get("passCode"):
        send_message(request, person, factor)
        request.org.enrolments.hidden(factor).until = request.now + lifetime
        return ok(_challenge(request, person, factor, lifetime))
    if kind in _KEYS and not body.get("clientData"):
        hidden = request.org.enrolments.hidden(factor)
        hidden.nonce = request.org.ids.secret(f"challenge {request.request_id}", 20)
        challenge = {"challenge": hidden.nonce, "userVerification": "preferred", "extensions": {}}
        return ok({**_challenge(request, person, factor, lifetime), "_embedded": {"challenge": challenge}})
    return _check(request, person, factor, body)


def _check(request: Request, person: Person, factor: Json, body: Json) -> Response:
    """Check what a body holds, count what is wrong, and write either down.

    Raises:
        ApiError: E0000068, E0000082 or E0000083 for a wrong one; E0000047 once there were too many of these.
    """
    known = request.org.challenges
    if known.tries_left(person, request.now) <= 0:
        raise ApiError("E0000047")
    wrong = _what_is_wrong(request, factor, body)
    result, reason = ("FAILURE", "INVALID_CREDENTIALS") if wrong else ("SUCCESS", None)
    debug = {"factor": log_name(factor)}
    log_event(request, "user.authentication.auth_via_mfa", party(person), debug=debug, result=result, reason=reason)
    if wrong is None:
        known.was_right(person)
        return ok({"factorResult": "SUCCESS"})
    if known.was_wrong(person, request.now) <= 0 and request.org.pipeline != "idx":
        _lock(request, person)
    raise wrong


def _what_is_wrong(request: Request, factor: Json, body: Json) -> ApiError | None:
    """Return the refusal of what a body holds, if it is refused; a one-time password is good once, and only now."""
    hidden, code = request.org.enrolments.hidden(factor), str(body.get("passCode", ""))
    counter = None
    if factor["factorType"] in ONE_TIME and hidden.secret is not None:
        counter = otp.counter_of(hidden.secret, code, request.now)
    if counter in hidden.used:
        return ApiError("E0000082")
    if not enrolling.fits(request.org.enrolments, factor, body, request.now):
        return enrolling.wrong_code() if counter is None else ApiError("E0000083")
    if not _still_holds(request, factor):
        return enrolling.wrong_code()
    if counter is not None:
        hidden.used.add(counter)
    return None


def _still_holds(request: Request, factor: Json) -> bool:
    """Return whether a passcode that was sent has been asked for, and is not too old."""
    return factor["factorType"] not in MESSAGED or request.now < request.org.enrolments.hidden(factor).until


def _lock(request: Request, person: Person) -> None:
    """Lock somebody for whom too many wrong codes were tried, as a Classic org does."""
    stories.engine_of(request.org).lock(person, DESK, request.now, request_id=request.request_id)
    request.org.people.set_status(person, "LOCKED_OUT", float(int(request.now)))


def _challenge(request: Request, person: Person, factor: Json, lifetime: float) -> Json:
    href = request.href(f"/api/v1/users/{person.id}/factors/{factor['id']}")
    return {
        "factorResult": "CHALLENGE",
        "expiresAt": iso(request.now + lifetime),
        "profile": factor["profile"],
        "_links": {
            "verify": {"href": f"{href}/verify", "hints": {"allow": ["POST"]}},
            "factor": {"href": href, "hints": {"allow": ["GET", "DELETE"]}},
        },
    }


def _send_push(request: Request, person: Person, factor: Json, lifetime: float, *, numbered: bool) -> Response:
    org = request.org
    push = org.challenges.push(request.now, lifetime, numbered=numbered)
    transaction = org.ids.make("mst", org.ids.next_number())
    org.enrolments.hidden(factor).pushes[transaction] = push
    log_event(request, "system.push.send_factor_verify_push", party(person))
    at = request.now + org.challenges.habit(person).after
    org.agenda.at(at, partial(_tap, request, person, factor, transaction))
    return created(_pushed(request, person, factor, transaction, push))


def _tap(request: Request, person: Person, factor: Json, transaction: str, at: float) -> None:
    """Let the owner of the phone answer, if the push is still there."""
    org = request.org
    push = org.enrolments.hidden(factor).pushes.get(transaction)
    if push is None or at >= push.ends:
        return
    tapped = org.challenges.tap(person, push)
    engine = stories.engine_of(org)
    if tapped == "approve":
        engine.answer_alone(person, at, GOOD)
    elif tapped:
        engine.answer_alone(person, at, _MISSED if tapped == "wrong" else _DENIED)


def _pushed(request: Request, person: Person, factor: Json, transaction: str, push: Push) -> Json:
    href = request.href(f"/api/v1/users/{person.id}/factors/{factor['id']}/transactions/{transaction}")
    shown: Json = {
        "expiresAt": iso(push.ends),
        "factorResult": push.result(request.now),
        "profile": factor["profile"],
        "_links": {
            "poll": {"href": href, "hints": {"allow": ["GET"]}},
            "cancel": {"href": href, "hints": {"allow": ["DELETE"]}},
        },
    }
    if push.number is not None:
        shown["_embedded"] = {"challenge": {"correctAnswer": push.number}}
    return shown


def _transaction(request: Request, factor: Json) -> tuple[str, Push]:
    """Return the transaction that the path names, in either form, by its first one.

    Raises:
        ApiError: E0000007.
    """
    pushes = request.org.enrolments.hidden(factor).pushes
    name = request.params["transactionId"]
    transaction = name.removeprefix(_LATER)
    if transaction not in pushes:
        raise not_found(name, "Transaction")
    return transaction, pushes[transaction]


def poll_push(request: Request) -> Response:
    """GET …/{factorId}/transactions/{transactionId}: waiting, or what the person has tapped."""
    person, factor = _reached(request)
    transaction, push = _transaction(request, factor)
    if push.result(request.now) == "WAITING":
        return ok(_pushed(request, person, factor, f"{_LATER}{transaction}", push))
    return ok({"factorResult": push.result(request.now)})


def cancel_push(request: Request) -> Response:
    """DELETE …/{factorId}/transactions/{transactionId}: the link names it, though Okta's description has it not."""
    _, factor = _reached(request)
    transaction, _ = _transaction(request, factor)
    del request.org.enrolments.hidden(factor).pushes[transaction]
    return no_content()


_PUSHED = f"{FACTOR}/transactions/{{transactionId}}"
ROUTES = (
    Route("POST", f"{FACTOR}/verify", MANAGE, "user-write", verify_factor),
    Route("GET", _PUSHED, "okta.users.read", "user", poll_push),
    Route("DELETE", _PUSHED, MANAGE, "user-write", cancel_push),
)
