"""A person's factors as people know them: Okta Verify's up to three entries on one device are one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.okta.models import Factor

_KIND: Final = {
    "call": "Voice call",
    "email": "Email",
    "push": "Okta Verify",
    "question": "Security question",
    "signed_nonce": "Okta Verify",
    "sms": "SMS",
    "token": "Token",
    "token:hardware": "Hardware token",
    "token:hotp": "Counter-based token",
    "token:software:totp": "Authenticator app",
    "u2f": "Security key (U2F)",
    "web": "Web-based factor",
    "webauthn": "Security key or passkey",
}
_VENDOR: Final = {
    "GOOGLE": "Google Authenticator", "DUO": "Duo", "RSA": "RSA SecurID", "SYMANTEC": "Symantec VIP",
    "YUBICO": "YubiKey",
}  # fmt: skip
# Removing the first of these takes the others of the device along; the code alone is removed by itself
# (Okta: "Unenroll a factor").
_OKTA_VERIFY: Final = ("push", "signed_nonce", "token:software:totp")
PHONES: Final = frozenset({"sms", "call"})


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One thing that a person uses to sign in.

    Attributes:
        name: As they know it, untrusted: `Okta Verify on Ann's phone`, `SMS to +1 415 555 0132 (pending)`.
        id: The factor that is removed to remove it.
        ids: All the entries that it has at Okta.
        phone: Whether it is a number that may also serve to recover the password.
        active: Whether it can be used; a pending one cannot yet.
    """

    name: str
    id: str
    ids: tuple[str, ...]
    phone: bool = False
    active: bool = True


def enrolled(factors: Iterable[Factor]) -> tuple[Enrolled, ...]:
    """Put factors together as people know them, in Okta's order."""
    found: dict[str, list[Factor]] = {}
    for factor in factors:
        found.setdefault(_together(factor), []).append(factor)
    # The code of Okta Verify names no device; with exactly one device it is that one's.
    devices = [key for key in found if key.startswith("verify ")]
    if len(devices) == 1 and "verify" in found:
        found[devices[0]] += found.pop("verify")
    return tuple(_thing(parts) for parts in found.values())


def _together(factor: Factor) -> str:
    if factor.factor_type in _OKTA_VERIFY and (factor.provider or "").upper() == "OKTA":
        device = factor.text("name")
        return f"verify {device}" if device else "verify"
    return f"id {factor.id}"


def _thing(parts: list[Factor]) -> Enrolled:
    first = min(parts, key=_order)
    active = [part for part in parts if part.status in {None, "ACTIVE"}]
    name = _name(first)
    if not active and first.status:
        name += f" ({first.status.replace('_', ' ').lower()})"
    return Enrolled(
        name, first.id, tuple(part.id for part in parts), phone=first.factor_type in PHONES, active=bool(active)
    )


def _order(factor: Factor) -> int:
    kind = factor.factor_type or ""
    return _OKTA_VERIFY.index(kind) if kind in _OKTA_VERIFY else len(_OKTA_VERIFY)


def _name(factor: Factor) -> str:
    kind, vendor = factor.factor_type or "", (factor.provider or "").upper()
    if kind in _OKTA_VERIFY and vendor == "OKTA":
        device = factor.text("name")
        return f"Okta Verify on {device}" if device else "Okta Verify"
    name = _VENDOR.get(vendor) or _KIND.get(kind, kind or "unknown factor")
    where = factor.text("phoneNumber") or factor.text("email") or factor.text("authenticatorName")
    if not where:
        return name
    return f"{name} {'to ' if kind in {'sms', 'call', 'email'} else ''}{where}"
