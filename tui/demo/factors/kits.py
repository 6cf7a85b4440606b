"""What people have enrolled before anybody calls: by chance for the crowd, by name for some of the cast."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.times import DAY, iso
from tui.demo.log.events import Source

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.people.person import Person

# The letters that factor ids begin with; where two providers share a type, the second has its own row.
PREFIXES = {
    "push": "opf",
    "token:software:totp": "ost",
    "signed_nonce": "crp",
    "sms": "mbl",
    "call": "clf",
    "email": "emf",
    "question": "ufs",
    "webauthn": "fwf",
    "u2f": "fuf",
    "token:hardware": "ykf",
    "token:hotp": "chf",
    "web": "dsf",
    "token": "uft",
    "token/SYMANTEC": "ufv",
}
BLOCK = 1 << 24
"""How far the numbers of one person's factors of the same type lie apart: entries of one phone share their block."""
LAPTOP = 2
"""The block of a computer: FastPass alone, without a push and without codes."""
NO_FACTORS = frozenset({"STAGED", "PROVISIONED", "DEPROVISIONED"})
QUESTION = "disliked_food"
_HUNDRED, _WITH_PHONE = 100, 80


# The app Okta Verify on a phone that is not on the browser's network.
PHONE = Source(
    "B7F62B65BN.com.okta.mobile/9.56.1 OktaDeviceSDK/0.0.1 iOS/26.2.1 Apple/iPhone15,2",
    "iOS",
    "UNKNOWN",
    "Mobile",
    "198.51.100.140",
    ("San Francisco", "California", "United States", "94107", 37.7749, -122.4194),
    as_number=64497,
    isp="example mobile",
    domain="mobile.example",
)


class Piece(NamedTuple):
    """One factor of a kit."""

    kind: str
    provider: str = "OKTA"
    block: int = 0


# Names that a member of the cast may carry; ``name:STATUS`` for another status than ACTIVE.
KITS: dict[str, tuple[Piece, ...]] = {
    "verify": (Piece("push"), Piece("token:software:totp"), Piece("signed_nonce")),
    "verify-again": (Piece("push", block=1), Piece("token:software:totp", block=1), Piece("signed_nonce", block=1)),
    "push": (Piece("push"),),
    "laptop": (Piece("signed_nonce", block=LAPTOP),),
    "google": (Piece("token:software:totp", "GOOGLE", 9),),
    "duo": (Piece("web", "DUO"),),
    "rsa": (Piece("token", "RSA"),),
    "symantec": (Piece("token", "SYMANTEC"),),
    "yubikey": (Piece("token:hardware", "YUBICO"),),
    "hotp": (Piece("token:hotp", "CUSTOM"),),
    "u2f": (Piece("u2f", "FIDO"),),
    "keys": (Piece("webauthn", "FIDO"), Piece("webauthn", "FIDO", 1)),
    "sms": (Piece("sms"),),
    "call": (Piece("call"),),
    "email": (Piece("email"),),
    "question": (Piece("question"),),
}
# What the log calls them. Recorded: push, FastPass, Okta Verify's codes, security keys, e-mail. In Okta's catalogue:
# the question, texts, calls, YubiKeys, Duo, and SOFT_TOKEN for the codes of other apps. The others are not known.
_NAMES = {
    "push": "OKTA_VERIFY_PUSH",
    "signed_nonce": "SIGNED_NONCE",
    "token:software:totp": "OKTA_SOFT_TOKEN",
    "token:software:totp/GOOGLE": "SOFT_TOKEN",
    "webauthn": "FIDO_WEBAUTHN",
    "email": "EMAIL_FACTOR",
    "question": "SECURITY_QUESTION",
    "sms": "SMS_FACTOR",
    "call": "CALL_FACTOR",
    "token:hardware": "YUBIKEY_OTP_FACTOR",
    "web": "DUO_SECURITY",
    "u2f": "FIDO_U2F",
    "token": "RSA_SECURID",
    "token/SYMANTEC": "SYMANTEC_VIP",
    "token:hotp": "CUSTOM_HOTP",
}
_VENDORS = {"token:hotp": "Entrust Datacard"}
_KEYS = ("MacBook Touch ID", "YubiKey 5 NFC")


def prefix(kind: str, provider: str) -> str:
    """Return the letters that the ids of such factors begin with."""
    return PREFIXES.get(f"{kind}/{provider}") or PREFIXES[kind]


def log_name(factor: Json) -> str:
    """Return what the System Log calls a factor."""
    kind = str(factor["factorType"])
    return _NAMES.get(f"{kind}/{factor['provider']}") or _NAMES[kind]


def number(person: Person) -> str:
    """Return the phone number that a person's phone factors begin with."""
    return f"+1415555{(person.salt >> 40) % 10_000:04d}"


def device(person: Person, block: int = 0) -> Json:
    """Return the profile of an entry of Okta Verify; the second phone is of the other make."""
    if block == LAPTOP:  # no real profile of one is known
        name = f"{person.first or person.login}'s laptop"
        return {"credentialId": person.login, "keys": [], "name": name, "platform": "MACOS", "version": "15.6.1"}
    apple = (person.salt + block) % 2 == 0
    which = "new phone" if block else "phone"
    return {
        "credentialId": person.login,
        "deviceType": "SmartPhone_IPhone" if apple else "SmartPhone_Android",
        "keys": [],
        "name": f"{person.first or person.login}'s {which}",
        "platform": "IOS" if apple else "ANDROID",
        "version": "18.0" if apple else "14",
    }


def _profile(person: Person, piece: Piece) -> Json:
    if piece.kind in {"push", "signed_nonce"}:
        return device(person, piece.block)
    if piece.kind in {"sms", "call"}:
        return {"phoneNumber": number(person)}
    if piece.kind == "email":
        return {"email": person.email}
    if piece.kind == "question":
        return {"question": QUESTION, "questionText": "What is the food you least liked as a child?"}
    if piece.kind == "webauthn":
        return {"credentialId": f"{person.login}-{piece.block}", "authenticatorName": _KEYS[piece.block]}
    if piece.kind == "token:hardware":
        return {"credentialId": f"{person.index + 4_100_000:012d}"}
    if piece.kind == "token:hotp":
        return {}
    if piece.provider == "SYMANTEC":
        return {"credentialId": f"VSMT{14_393_000 + person.index}"}
    return {"credentialId": person.login}


def build(ids: Ids, person: Person, piece: Piece, profile: Json, *, status: str, now: float) -> Json:
    """Return a factor without links."""
    since = iso(now)
    return {
        "id": ids.make(prefix(piece.kind, piece.provider), piece.block * BLOCK + person.index),
        "factorType": piece.kind,
        "provider": piece.provider,
        "vendorName": _VENDORS.get(piece.kind, piece.provider),
        "status": status,
        "created": since,
        "lastUpdated": since,
        "profile": profile,
    }


def first_factors(ids: Ids, person: Person) -> list[Json]:
    """Return the factors that a person has enrolled before anybody calls."""
    since = person.created + DAY
    if person.kit:
        return [
            build(ids, person, piece, _profile(person, piece), status=status or "ACTIVE", now=since)
            for name, _, status in (entry.partition(":") for entry in person.kit)
            for piece in KITS[name]
        ]
    if person.status in NO_FACTORS:
        return []
    chance = person.salt >> 40
    pieces = [Piece("email")]
    if chance % _HUNDRED < _WITH_PHONE:
        pieces += [Piece("token:software:totp"), Piece("push")]
        if chance % 3 == 0:
            pieces.append(Piece("signed_nonce"))
    factors = [build(ids, person, piece, _profile(person, piece), status="ACTIVE", now=since) for piece in pieces]
    if chance % 4 == 0:
        status = "PENDING_ACTIVATION" if chance % 8 == 0 else "ACTIVE"
        factors.append(build(ids, person, Piece("sms"), {"phoneNumber": number(person)}, status=status, now=since))
    if chance % 7 == 0:
        profile: Json = {"credentialId": person.login, "authenticatorName": _KEYS[0]}
        factors.append(build(ids, person, Piece("webauthn", "FIDO"), profile, status="ACTIVE", now=since))
    if person.question is not None:
        profile = {"question": QUESTION, "questionText": person.question}
        factors.append(build(ids, person, Piece("question"), profile, status="ACTIVE", now=since))
    return factors
