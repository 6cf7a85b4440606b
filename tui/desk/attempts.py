"""One attempt to sign in, as the System Log tells it: when, with what software, from where, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.desk.attempts_software import software

if TYPE_CHECKING:
    from datetime import datetime

    from tui.okta.log_events import Client, LogEvent


class Via(StrEnum):
    """What kind of software tried."""

    BROWSER = "browser"
    MAIL = "mail"
    RADIUS = "radius"
    VPN = "vpn"
    APP = "app"
    SCRIPT = "script"
    DIRECTORY = "directory"
    UNKNOWN = "unknown"


class End(StrEnum):
    """How an attempt ended. Both FAILURE and DENY are read."""

    OK = "ok"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a term, no password
    WHILE_LOCKED = "while-locked"
    FACTOR = "factor"
    DENIED = "denied"
    EXPIRED = "expired"
    OTHER = "other"


MFA: Final = "user.authentication.auth_via_mfa"
POLICY: Final = "policy.evaluate_sign_on"
THREAT: Final = "security.threat.detected"
_ALWAYS: Final = frozenset(
    {
        "user.session.start",
        MFA,
        "user.authentication.auth_via_radius",
        "user.authentication.auth_via_AD_agent",
        "user.authentication.auth_via_LDAP_agent",
        "user.mfa.okta_verify.deny_push",
    }
)
_DIRECTORY: Final = frozenset({"user.authentication.auth_via_AD_agent", "user.authentication.auth_via_LDAP_agent"})
_GOOD: Final = frozenset({"SUCCESS", "ALLOW"})
_BAD: Final = frozenset({"FAILURE", "DENY"})
_NONE: Final = frozenset({"", "unknown", "null", "none"})
_REASONS: Final = {
    "INVALID_CREDENTIALS": End.WRONG_PASSWORD,
    "LOCKED_OUT": End.WHILE_LOCKED,
    "VERIFICATION_ERROR": End.FACTOR,
    "PASSWORD_EXPIRED": End.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. All texts are untrusted and not yet harmless: `tui.desk.plain` before they are shown.

    Attributes:
        uuid: Of the event.
        at: When.
        user_id: Whose; empty where Okta names nobody.
        login: As the event gives it.
        via: What kind of software.
        client: The software in a few words: `Outlook`, `Chrome on Windows 10`, `Cisco AnyConnect`.
        ip: The address; empty for none.
        place: `San Francisco, United States`; empty for none.
        network: Who owns the address: the AS organisation or the provider; empty for none.
        proxy: Whether Okta knows the address as a proxy.
        end: How it ended.
        reason: Okta's own reason.
        threat: Okta suspected an attack.
    """

    uuid: str
    at: datetime
    user_id: str
    login: str
    via: Via
    client: str
    ip: str
    place: str
    network: str
    proxy: bool
    end: End
    reason: str
    threat: bool = False

    @property
    def failed(self) -> bool:
        """Whether it did not let them in."""
        return self.end is not End.OK


def attempt_of(event: LogEvent) -> Attempt | None:
    """The attempt that an event is; `None` for an event that is none, or has no time."""
    at, kind, result = event.at, event.event_type or "", event.result
    is_one = kind in _ALWAYS or kind == THREAT or (kind == POLICY and result == "DENY")
    if at is None or not is_one:
        return None
    client, person = event.client, event.person
    via, named = software(event)
    security = event.security_context
    return Attempt(
        uuid=event.uuid,
        at=at,
        user_id=(person.id if person else None) or "",
        login=(person.alternate_id if person else None) or "",
        via=Via.DIRECTORY if kind in _DIRECTORY and via == Via.UNKNOWN else Via(via),
        client=named,
        ip=_told(client.ip_address) if client else "",
        place=_place(client),
        network=_told(security.as_org or security.isp) if security else "",
        proxy=bool(security and security.is_proxy),
        end=_end(kind, result, event.reason),
        reason=event.reason,
        threat=kind == THREAT or event.debug("threatSuspected") == "true",
    )


def _end(kind: str, result: str, reason: str) -> End:
    if kind == "user.mfa.okta_verify.deny_push":
        return End.FACTOR
    if kind == THREAT or result == "DENY":
        return End.DENIED
    if result in _GOOD:
        return End.OK
    if kind == MFA and result in _BAD:
        return End.FACTOR
    words = reason.upper().replace(" ", "_")
    for name, end in _REASONS.items():
        if name in words:
            return end
    if kind in _DIRECTORY:
        return End.WRONG_PASSWORD
    return End.OTHER


def _place(client: Client | None) -> str:
    where = client.geographical_context if client else None
    parts = (_told(where.city), _told(where.country)) if where else ()
    return ", ".join(part for part in parts if part)


def _told(text: str | None) -> str:
    """A text where it says something; Okta writes `null` and `Unknown` as words."""
    return "" if text is None or text.strip().casefold() in _NONE else text.strip()
