"""A person's factors as people know them: the entries of Okta Verify on one device, up to three, are one factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

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
# Okta removes the others of a device with the first of these; the code alone is removed by itself
# (Okta: "Unenroll a factor").
_OKTA_VERIFY: Final = ("push", "signed_nonce", "token:software:totp")
PHONES: Final = frozenset({"sms", "call"})


class Enrolled(Struct, frozen=True):
    """One factor as a person knows it, made from one or more entries at Okta.

    Attributes:
        name: The name that people know, untrusted: `Okta Verify on Ann's phone`, `SMS to +1 415 555 0132 (pending)`.
        id: The id of the entry whose removal removes the factor.
        ids: The ids of all its entries at Okta.
        phone: Whether it is a phone number, which may also serve to recover the password.
        active: Whether it can be used; a pending factor cannot be used yet.
        created: When the first of its entries was enrolled, as Okta writes it; empty where Okta does not say.
        changed: When the last of them was changed, as Okta writes it; that is no use of it.
    """

    name: str
    id: str
    ids: tuple[str, ...]
    phone: bool = False
    active: bool = True
    created: str = ""
    changed: str = ""


def enrolled(factors: Iterable[Factor]) -> tuple[Enrolled, ...]:
    """Return the factors as people know them, in Okta's order."""
    groups: dict[str, list[Factor]] = {}
    for factor in factors:
        groups.setdefault(_group_key(factor), []).append(factor)
    # The code of Okta Verify names no device; where there is exactly one device, the code is of that device.
    devices = [key for key in groups if key.startswith("verify ")]
    if len(devices) == 1 and "verify" in groups:
        groups[devices[0]] += groups.pop("verify")
    return tuple(_combined(entries) for entries in groups.values())


def _group_key(factor: Factor) -> str:
    """Return a key that the entries of one factor share."""
    if factor.factor_type in _OKTA_VERIFY and (factor.provider or "").upper() == "OKTA":
        device = factor.text("name")
        return f"verify {device}" if device else "verify"
    return f"id {factor.id}"


def _combined(entries: list[Factor]) -> Enrolled:
    first = min(entries, key=_order)
    active = [entry for entry in entries if entry.status in {None, "ACTIVE"}]
    name = _name(first)
    if not active and first.status:
        name += f" ({first.status.replace('_', ' ').lower()})"
    return Enrolled(
        name,
        first.id,
        tuple(entry.id for entry in entries),
        phone=first.factor_type in PHONES,
        active=bool(active),
        created=min((entry.created for entry in entries if entry.created), default=""),
        changed=max((entry.last_updated for entry in entries if entry.last_updated), default=""),
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
