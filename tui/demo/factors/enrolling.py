"""Enrolling: what each type of factor asks for, and how an enrolment becomes active."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.demo.base import otp
from tui.demo.base.errors import ApiError
from tui.demo.base.json import read_part
from tui.demo.factors import kits
from tui.demo.factors.enrolments import CATALOG, is_verify
from tui.demo.factors.kits import Piece
from tui.demo.log.events import Party, party

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.base.json import Json
    from tui.demo.factors.enrolments import Enrolments
    from tui.demo.people.person import Person

SCANNED_AFTER = 8.0
"""Seconds from the start of an Okta Verify enrolment to somebody's scanning its code with their phone."""
LIFETIME = 300.0
"""Seconds in which an activation can be completed."""
QUESTIONS = {
    "disliked_food": "What is the food you least liked as a child?",
    "name_of_first_plush_toy": "What is the name of your first stuffed animal?",
    "first_award": "What did you earn your first medal or award for?",
    "favorite_security_question": "What is your favorite security question?",
    "favorite_toy": "What is the toy/stuffed animal you liked the most as a kid?",
    "first_computer_game": "What was the first computer game you played?",
    "favorite_movie_quote": "What is your favorite movie quote?",
    "first_sports_team_mascot": "What was the mascot of the first sports team you played on?",
    "first_music_purchase": "What music album or song did you first purchase?",
    "favorite_art_piece": "What is your favorite piece of art?",
}
_SEVERAL = frozenset({"webauthn", "u2f"})
_AUTO = frozenset({"sms", "call", "email", "token:hotp"})
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
_SPACING = re.compile(r"[\s().-]")
_SHORTEST_ANSWER = 4
_WRONG = "Your passcode doesn't match our records. Please try again."


def wrong_code() -> ApiError:
    """Return the refusal of a passcode or an answer."""
    return ApiError("E0000068", causes=(_WRONG,))


def _bad(why: str) -> ApiError:
    return ApiError("E0000001", "factorEnrollRequest", causes=(why,))


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    return str(value) if isinstance(value, (str, int)) else ""


def _phone(enrolments: Enrolments, person: Person, body: Json, *, update: bool) -> Json:
    number = _SPACING.sub("", _text(read_part(body, "profile"), "phoneNumber"))
    if not _NUMBER.fullmatch(number):
        raise ApiError("E0000098")
    for factor in enrolments.of(person):
        known = factor["profile"]
        if factor["factorType"] not in {"sms", "call"} or factor["status"] != "ACTIVE" or not isinstance(known, dict):
            continue
        if known.get("phoneNumber") != number and not update:
            raise _bad("There is an existing verified phone number.")
    profile: Json = {"phoneNumber": number}
    if body.get("factorType") == "call" and _text(read_part(body, "profile"), "phoneExtension"):
        profile["phoneExtension"] = _text(read_part(body, "profile"), "phoneExtension")
    return profile


def _email(person: Person, body: Json) -> Json:
    email = _text(read_part(body, "profile"), "email") or person.email
    if email not in {person.email, person.more.get("secondEmail")}:
        raise ApiError("E0000001", "Only verified primary or secondary email can be enrolled.")
    return {"email": email}


def _question(body: Json) -> Json:
    profile = read_part(body, "profile")
    key, answer = _text(profile, "question"), _text(profile, "answer").strip()
    if key not in QUESTIONS:
        raise _bad("question: The security question is not one of those offered")
    if len(answer) < _SHORTEST_ANSWER:
        raise _bad(f"answer: The security answer must be at least {_SHORTEST_ANSWER} characters in length")
    return {"question": key, "questionText": QUESTIONS[key]}


def _token(person: Person, body: Json) -> Json:
    verify, provider = read_part(body, "verify"), body.get("provider")
    if not otp.looks_typed(_text(verify, "passCode")):
        raise wrong_code()
    if provider == "SYMANTEC" and not otp.looks_typed(_text(verify, "nextPassCode")):
        raise wrong_code()
    return {"credentialId": _text(read_part(body, "profile"), "credentialId") or person.login}


def _hardware(body: Json) -> Json:
    code = _text(read_part(body, "verify"), "passCode")
    if not otp.looks_pressed(code):
        raise wrong_code()
    # The first letters of what a YubiKey types are its own.
    return {"credentialId": f"{sum(map(ord, code[:12])) * 3571 % 10**12:012d}"}


def _hotp(body: Json) -> Json:
    if not _text(body, "factorProfileId"):
        raise _bad("factorProfileId: The field cannot be left blank")
    if otp.read_secret(_text(read_part(body, "profile"), "sharedSecret")) is None:
        raise _bad("sharedSecret: The field must be hexadecimal or base32")
    return {}


def profile_for(enrolments: Enrolments, person: Person, body: Json, *, update: bool) -> Json:
    """Return the profile of the factor that a body asks for; ``update`` lets a number replace a verified one.

    Raises:
        ApiError: E0000001, E0000098 for a phone number that is none, E0000068 for a passcode that does not fit.
    """
    makers: dict[str, Callable[[], Json]] = {
        "sms": lambda: _phone(enrolments, person, body, update=update),
        "call": lambda: _phone(enrolments, person, body, update=update),
        "email": lambda: _email(person, body),
        "question": lambda: _question(body),
        "token": lambda: _token(person, body),
        "token:hardware": lambda: _hardware(body),
        "token:hotp": lambda: _hotp(body),
        "token:software:totp": lambda: {"credentialId": person.login},
        "web": lambda: {"credentialId": _text(read_part(body, "profile"), "credentialId") or person.login},
        "push": dict,
        "webauthn": dict,
        "u2f": dict,
    }
    return makers[str(body["factorType"])]()


def enrol(enrolments: Enrolments, person: Person, body: Json, now: float, *, activate: bool, update: bool) -> Json:
    """Enrol the factor that a body asks for and return it, active or pending.

    Raises:
        ApiError: E0000001 for a type that cannot be enrolled or is set up already; see also ``profile_for``.
    """
    kind, provider = str(body.get("factorType")), str(body.get("provider"))
    if (kind, provider) not in CATALOG:
        raise _bad(f"factorType: {kind} of the provider {provider} cannot be enrolled through the API")
    profile = profile_for(enrolments, person, body, update=update)
    if kind == "token:hotp" and not activate:
        raise _bad("activate: Only automatic activation is supported for this factor")
    pending = _make_room(enrolments, person, kind, provider, profile, update=update)
    at_once = kind in {"question", "token", "token:hardware"} or (activate and kind in _AUTO)
    status = "ACTIVE" if at_once else "PENDING_ACTIVATION"
    if pending is not None:
        factor = enrolments.change(person, pending, now, profile=profile, status=status)
    else:
        piece = Piece(kind, provider, enrolments.next_block())
        factor = enrolments.add(person, piece, profile, status, float(int(now)))
    _hide(enrolments, factor, body, now)
    return factor


def _make_room(
    enrolments: Enrolments, person: Person, kind: str, provider: str, profile: Json, *, update: bool
) -> Json | None:
    """Return an enrolment that waits to be completed and may be begun anew, None for none.

    Raises:
        ApiError: E0000001 when such a factor is set up already.
    """
    if kind in _SEVERAL:
        return None
    same = [f for f in enrolments.of(person) if (f["factorType"], f["provider"]) == (kind, provider)]
    for factor in same:
        if factor["status"] == "PENDING_ACTIVATION":
            return factor
        if update and kind in {"sms", "call"} and factor["profile"] != profile:
            enrolments.remove(person, factor)
            return None
        raise _bad("A factor of this type is already set up.")
    return None


def _hide(enrolments: Enrolments, factor: Json, body: Json, now: float) -> None:
    hidden = enrolments.hidden(factor)
    kind, letters = factor["factorType"], enrolments.ids.secret(f"factor {factor['id']} {now}", 40)
    hidden.begun, hidden.nonce = now, letters[:20]
    if kind == "token:software:totp":
        hidden.secret = otp.new_secret(letters)
    elif kind == "token:hotp":
        hidden.secret = otp.read_secret(_text(read_part(body, "profile"), "sharedSecret"))
    elif kind == "question":
        hidden.answer = _text(read_part(body, "profile"), "answer").strip().lower()


def begin_again(enrolments: Enrolments, factor: Json, now: float) -> None:
    """Give a pending enrolment its whole time again."""
    enrolments.hidden(factor).begun = now


def fits(enrolments: Enrolments, factor: Json, body: Json, now: float) -> bool:
    """Return whether a body holds the passcode, answer or signature that a factor asks for."""
    kind, hidden, code = factor["factorType"], enrolments.hidden(factor), _text(body, "passCode")
    if kind in {"sms", "call", "email"}:
        return code == otp.SENT
    if kind in {"token:software:totp", "token:hotp"}:
        return hidden.secret is not None and otp.fits_secret(hidden.secret, code, now)
    if kind == "token":
        return otp.looks_typed(code)
    if kind == "token:hardware":
        return otp.looks_pressed(code)
    if kind == "question":
        return hidden.answer is not None and _text(body, "answer").strip().lower() == hidden.answer
    if kind in _SEVERAL:
        signed = body.get("attestation") or body.get("registrationData") or body.get("signatureData")
        return bool(signed and body.get("clientData"))
    return kind == "web"


def make_active(enrolments: Enrolments, person: Person, factor: Json, now: float) -> Json:
    """Let a pending enrolment become active."""
    profile = factor["profile"]
    if factor["factorType"] == "webauthn":
        nonce = enrolments.hidden(factor).nonce
        profile = {"credentialId": nonce, "authenticatorName": "MacBook Touch ID"}
    elif factor["factorType"] == "u2f":
        profile = {"credentialId": enrolments.hidden(factor).nonce, "version": "U2F_V2"}
    return enrolments.change(person, factor, now, status="ACTIVE", profile=profile)


def scan_codes(enrolments: Enrolments, person: Person, now: float) -> None:
    """Let a person scan the codes of Okta Verify that they have been shown for long enough."""
    if not person.factors:
        return
    for factor in person.factors:
        if factor["factorType"] == "push" and factor["status"] == "PENDING_ACTIVATION":
            begun = enrolments.hidden(factor).begun
            if begun and now >= begun + SCANNED_AFTER:
                _scanned(enrolments, person, factor, begun + SCANNED_AFTER)


def _scanned(enrolments: Enrolments, person: Person, push: Json, at: float) -> None:
    block = enrolments.block(push)
    profile = kits.device(person, block)
    enrolments.change(person, push, at, status="ACTIVE", profile=profile)
    have = {factor["factorType"] for factor in enrolments.of(person) if is_verify(factor)}
    more: list[tuple[str, Json]] = [("token:software:totp", {"credentialId": person.login})]
    if enrolments.identity_engine:
        more.append(("signed_nonce", profile))
    for kind, shown in more:
        if kind not in have:
            enrolments.add(person, Piece(kind, "OKTA", block), shown, "ACTIVE", float(int(at)))
    someone, phone = party(person), replace(kits.PHONE, uri="/idp/authenticators")
    if enrolments.identity_engine:
        enrolments.journal.write(
            "device.enrollment.create", at, someone, (_phone_party(enrolments, person, profile),), source=phone
        )
    reason = f"User set up {kits.log_name(push)} factor"
    enrolments.journal.write("user.mfa.factor.activate", at, someone, (someone,), source=phone, reason=reason)


def _phone_party(enrolments: Enrolments, person: Person, profile: Json) -> Party:
    """Return a phone as the log names one that has just been enrolled."""
    identifier = enrolments.ids.make("guo", kits.BLOCK + person.index)
    detail: Json = {
        "oktaDeviceId": identifier,
        "deviceStatus": "CREATED",
        "managed": "false",
        "osPlatform": profile["platform"],
        "osVersion": profile["version"],
        "tpmPresent": "false",
    }
    return Party(identifier, "UDDevice", "unknown", str(profile["name"]), detail)
