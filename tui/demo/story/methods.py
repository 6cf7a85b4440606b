"""What people prove that they are themselves with, as the System Log names it: a password and the second factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.factors.kits import PHONE
from tui.demo.log.events import Party
from tui.demo.story.visits import made

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.log.events import Manner, Source
    from tui.demo.people.person import Person
    from tui.demo.story.visits import Visit


class Method(NamedTuple):
    """One way to prove it.

    Attributes:
        factor: The value of ``factor`` in debugData.
        authenticator: The name of the authenticator, which the enrolment bears in the log.
        prefix: The letters that the id of an enrolment begins with.
        key: The authenticator's key.
        way: The method of the authenticator, as in ``authMethodSecondType``.
        used: ``methodTypeUsed`` of the enrolment: recorded for the password, push and FastPass, and else not known.
        proves: ``methodUsedVerifiedProperties`` after a success.
        kind: The factor type, whose letters begin the factor's id.
        credential: The credentialType on a Classic org.
    """

    factor: str
    authenticator: str
    prefix: str
    key: str
    way: str
    used: str
    proves: str
    kind: str
    credential: str | None = None


PASSWORD = Method(
    "PASSWORD_AS_FACTOR", "Password", "lae", "okta_password", "password", "Password", "[USER_PRESENCE]", ""
)
PUSH = Method(
    "OKTA_VERIFY_PUSH",
    "Okta Verify",
    "pfd",
    "okta_verify",
    "push",
    "Get a push notification",
    "[DEVICE_BOUND, USER_PRESENCE]",
    "opf",
)
FASTPASS = Method(
    "SIGNED_NONCE",
    "Okta Verify",
    "pfd",
    "okta_verify",
    "signed_nonce",
    "Use Okta FastPass",
    "[DEVICE_BOUND, PHISHING_RESISTANT]",
    "crp",
)
VERIFY_CODE = Method(
    "OKTA_SOFT_TOKEN", "Okta Verify", "pfd", "okta_verify", "totp", "Enter a code", "[USER_PRESENCE]", "ost", "OTP"
)
GOOGLE = Method(
    "SOFT_TOKEN", "Google Authenticator", "uft", "google_otp", "otp", "Enter a code", "[USER_PRESENCE]", "uft", "OTP"
)
SMS = Method("SMS_FACTOR", "Phone", "sms", "phone_number", "sms", "SMS", "[USER_PRESENCE]", "mbl", "SMS")
EMAIL = Method("EMAIL_FACTOR", "Email", "eae", "okta_email", "email", "Email", "[USER_PRESENCE]", "emf", "EMAIL")
KEY = Method(
    "FIDO_WEBAUTHN",
    "Security Key or Biometric",
    "fwf",
    "webauthn",
    "webauthn",
    "Security Key or Biometric",
    "[DEVICE_BOUND, PHISHING_RESISTANT, USER_PRESENCE]",
    "fwf",
)


def enrolment(ids: Ids, person: Person, method: Method, *, done: bool, key: bool = False) -> Party:
    """Return what somebody has enrolled as a target: the enrolment that the authenticator enrolments show.

    Args:
        ids: The org's ids.
        person: Whose it is.
        method: What they used of it.
        done: Whether it proved them.
        key: Whether the target names the authenticator too, as those of the end of a sign-in do.
    """
    detail: dict[str, object] = {"methodTypeUsed": method.used}
    if done:
        detail["methodUsedVerifiedProperties"] = method.proves
    if key:
        detail["authenticatorKey"] = method.key
    identifier = made(ids, method.prefix, person.index)
    return Party(identifier, "AuthenticatorEnrollment", "unknown", method.authenticator, detail)


def where(method: Method, source: Source) -> Source:
    """Return where an answer comes from: that to a push comes from the phone, not from the browser that signs in."""
    return PHONE if method in {PUSH, FASTPASS} and source is not PHONE else source


def by_factor(one: Visit, credential: str | None = None) -> Manner:
    """Return how an event comes about in which a factor was tried: the authentication context says so."""
    return one.manner()._replace(authentication=("FACTOR_PROVIDER", "OKTA_CREDENTIAL_PROVIDER", credential))
