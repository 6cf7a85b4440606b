"""Authenticator enrolments: the same enrolments as Identity Engine shows them, one for each thing that people have."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.times import iso
from tui.demo.factors import kits
from tui.demo.factors.enrolments import is_verify
from tui.demo.people.person import OWN_PASSWORD

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.factors.enrolments import Enrolments
    from tui.demo.people.person import Person


class AuthenticatorKind(NamedTuple):
    """How an authenticator is called, and the letters that the ids of its enrolments begin with."""

    type: str
    key: str
    name: str
    prefix: str


_PASSWORD = AuthenticatorKind("password", "okta_password", "Password", "lae")
_PHONE = AuthenticatorKind("phone", "phone_number", "Phone", "pae")
_VERIFY = AuthenticatorKind("app", "okta_verify", "Okta Verify", "pfd")
_CODE = AuthenticatorKind("tac", "tac", "Temporary Access Code", "tac")
_KINDS: dict[tuple[str, str], AuthenticatorKind] = {
    ("email", "OKTA"): AuthenticatorKind("email", "okta_email", "Email", "eae"),
    ("sms", "OKTA"): _PHONE._replace(prefix="sms"),
    ("call", "OKTA"): _PHONE._replace(prefix="clf"),
    ("question", "OKTA"): AuthenticatorKind("security_question", "security_question", "Security Question", "qae"),
    ("webauthn", "FIDO"): AuthenticatorKind("security_key", "webauthn", "Security Key or Biometric", "fwf"),
    ("u2f", "FIDO"): AuthenticatorKind("security_key", "webauthn", "Security Key or Biometric", "fuf"),
    ("token:software:totp", "GOOGLE"): AuthenticatorKind("app", "google_otp", "Google Authenticator", "uft"),
    ("web", "DUO"): AuthenticatorKind("app", "duo", "Duo Security", "dsf"),
    ("token", "RSA"): AuthenticatorKind("security_key", "rsa_token", "RSA SecurID", "rsf"),
    ("token", "SYMANTEC"): AuthenticatorKind("app", "symantec_vip", "Symantec VIP", "ufv"),
    ("token:hardware", "YUBICO"): AuthenticatorKind("security_key", "yubikey_token", "YubiKey OTP", "ykf"),
    ("token:hotp", "CUSTOM"): AuthenticatorKind("security_key", "custom_otp", "Custom OTP", "chf"),
}
_KEYS = ("okta_password", "phone_number", "okta_verify", *sorted({kind.key for kind in _KINDS.values()}), "tac")
_BY_KEY = {kind.key: kind for kind in (_PASSWORD, _PHONE, _VERIFY, _CODE, *_KINDS.values())}


def kind_of(key: str) -> AuthenticatorKind:
    """Return how the authenticator with a key is called."""
    return _BY_KEY[key]


def authenticator_id(ids: Ids, key: str) -> str:
    """Return the id of an org's authenticator."""
    return ids.make("aut", _KEYS.index(key))


class Enrolment(NamedTuple):
    """One enrolment, with the factors that go when it goes: none for the password."""

    kind: AuthenticatorKind
    id: str
    since: str
    updated: str
    factors: tuple[Json, ...] = ()
    number: str | None = None
    status: str = "ACTIVE"


def enrolments_of(enrolments: Enrolments, person: Person) -> list[Enrolment]:
    """Return everything that a person can sign in or recover their account with."""
    ids, found = enrolments.ids, []
    since = iso(person.created)
    if person.has_password and person.provider in OWN_PASSWORD:
        changed = iso(person.password_changed or person.created)
        found.append(Enrolment(_PASSWORD, ids.make(_PASSWORD.prefix, person.index), since, changed))
    phones: dict[int, list[Json]] = {}
    number_known = False
    for factor in enrolments.of(person):
        if factor["status"] != "ACTIVE":
            continue
        block = enrolments.block(factor)
        if is_verify(factor):
            phones.setdefault(block, []).append(factor)
            continue
        kind = _KINDS[str(factor["factorType"]), str(factor["provider"])]
        number = None
        if kind.type == "phone":
            profile, number_known = factor["profile"], True
            number = str(profile.get("phoneNumber")) if isinstance(profile, dict) else None
        identifier = ids.make(kind.prefix, block * kits.BLOCK + person.index)
        created, updated = str(factor["created"]), str(factor["lastUpdated"])
        found.append(Enrolment(kind, identifier, created, updated, (factor,), number))
    for block, entries in phones.items():
        identifier = ids.make(_VERIFY.prefix, block * kits.BLOCK + person.index)
        created, updated = str(entries[0]["created"]), str(entries[0]["lastUpdated"])
        found.append(Enrolment(_VERIFY, identifier, created, updated, tuple(entries)))
    if person.recovery_phone is not None and not number_known:
        # No factor any more, but the number still recovers the account: the phone is still enrolled.
        identifier = ids.make(_PHONE.prefix, person.index)
        found.append(Enrolment(_PHONE, identifier, since, iso(person.last_updated), (), person.recovery_phone))
    return found


def _mask(number: str) -> str:
    return f"{number[:2]} XXX-XXX-{number[-4:]}"


def show(enrolments: Enrolments, person: Person, enrolment: Enrolment, base: str, *, disclose: bool) -> Json:
    """Return an enrolment as it is answered; phone numbers whole only where ``discloseIdentifiers=phone`` asks."""
    kind, user = enrolment.kind, f"{base}/api/v1/users/{person.id}"
    answer: Json = {
        "type": kind.type,
        "id": enrolment.id,
        "key": kind.key,
        "status": enrolment.status,
        "name": kind.name,
        "nickname": None,
        "created": enrolment.since,
        "lastUpdated": enrolment.updated,
    }
    if enrolment.number is not None:
        answer["profile"] = {"phoneNumber": enrolment.number if disclose else _mask(enrolment.number)}
    elif kind.key == "okta_email":
        answer["profile"] = enrolment.factors[0]["profile"]
    answer["_links"] = {
        "self": {
            "href": f"{user}/authenticator-enrollments/{enrolment.id}",
            "hints": {"allow": ["GET", "DELETE"]},
        },
        "user": {"href": user, "hints": {"allow": ["GET"]}},
        "authenticator": {
            "href": f"{base}/api/v1/authenticators/{authenticator_id(enrolments.ids, kind.key)}",
            "hints": {"allow": ["GET"]},
        },
    }
    return answer
