"""The method of a sign-in, as an event names it: by its target, or by `factor` in `debugData`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui.okta.log_events import LogEvent

METHODS: Final = frozenset({"AuthenticatorEnrollment", "AuthenticatorMethod"})
"""The types of a target that names the method."""
_NONE: Final = frozenset({"", "unknown", "null", "none"})
PASSWORD: Final = "Password"  # noqa: S105 - a term, no password
_FACTORS: Final = {
    "PASSWORD_AS_FACTOR": PASSWORD,
    "PASSWORD": PASSWORD,
    "OKTA_VERIFY_PUSH": "Okta Verify push",
    "SIGNED_NONCE": "Okta FastPass",
    "OKTA_SOFT_TOKEN": "Okta Verify code",
    "SOFT_TOKEN": "an authenticator app's code",
    "GOOGLE_AUTHENTICATOR": "Google Authenticator",
    "FIDO_WEBAUTHN": "security key or passkey",
    "FIDO2_WEBAUTHN": "security key or passkey",
    "EMAIL_FACTOR": "code by mail",
    "SMS_FACTOR": "code by SMS",
    "CALL_FACTOR": "code by call",
    "SECURITY_QUESTION": "security question",
    "YUBIKEY_OTP_FACTOR": "YubiKey code",
    "DUO_SECURITY": "Duo",
}
_SENT: Final = {
    "push": "Okta Verify push",
    "sms": "code by SMS",
    "voice": "code by call",
    "email": "code by mail",
}
"""What was sent, by the type of the event that tells of it."""


def known(text: str | None) -> str:
    """Return a text, or an empty one where Okta writes `null` or `Unknown`."""
    return "" if text is None or text.strip().casefold() in _NONE else text.strip()


def method_of(event: LogEvent) -> str:
    """Return the method of an event in words; empty where the event names none. A name that is not known is untrusted.

    `debugData` can be missing, so the target is read as well; its `methodTypeUsed` tells a push from a code.
    """
    factor = event.debug("factor") or event.debug("factorType")
    if factor:
        return _FACTORS.get(factor.upper(), factor.replace("_", " ").lower())
    kind = event.event_type or ""
    if kind.startswith("system."):
        return next((words for part, words in _SENT.items() if kind.startswith(f"system.{part}.")), "")
    for target in event.target or ():
        if target.type in METHODS:
            name, used = known(target.display_name), known(target.detail("methodTypeUsed"))
            if PASSWORD in {name, used}:
                return PASSWORD
            return used if used and name in used else ": ".join(filter(None, (name, used)))
    return ""


def is_password(method: str) -> bool:
    """Whether a method is the password."""
    return method == PASSWORD
