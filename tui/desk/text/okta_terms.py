"""Okta's terms in the words of its Admin Console, as the screen, the command line and the instructions use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.text.methods import method_of
from tui.okta.policy import CAPABILITY_NAMES, SoftwareBy

if TYPE_CHECKING:
    from datetime import datetime

    from tui.okta.log_events import LogEvent
    from tui.okta.models import User

CAPABILITY: Final = CAPABILITY_NAMES
NOT_KNOWN: Final = "not known"
"""For what Okta's answer does not contain."""
SOFTWARE_BY: Final = {
    SoftwareBy.GROUPS_AND_APPS: "by groups and by apps",
    SoftwareBy.GROUPS: "by groups only; no app is read or changed",
}
STATUS: Final = {
    "STAGED": "Staged",
    "PROVISIONED": "Pending user action",
    "ACTIVE": "Active",
    "RECOVERY": "Password reset",
    "PASSWORD_EXPIRED": "Password expired",
    "LOCKED_OUT": "Locked out",
    "SUSPENDED": "Suspended",
    "DEPROVISIONED": "Deactivated",
}
MEANING: Final = {
    "STAGED": "created, never activated",
    "PROVISIONED": "activated, has not chosen a password yet",
    "ACTIVE": "can sign in",
    "RECOVERY": "a password reset was started and not finished; cannot sign in until then",
    "PASSWORD_EXPIRED": "must change the password at the next sign-in",
    "LOCKED_OUT": "too many failed sign-ins",
    "SUSPENDED": "access is paused by an admin, assignments are kept",
    "DEPROVISIONED": "the account is switched off, assignments are gone",
}
_PROVIDER: Final = {
    "OKTA": "Okta",
    "IMPORT": "Okta (imported password)",
    "ACTIVE_DIRECTORY": "Active Directory",
    "LDAP": "LDAP directory",
    "FEDERATION": "another identity provider",
    "SOCIAL": "a social sign-in",
}
_EVENT: Final = {
    "user.account.lock": "Locked out",
    "user.account.lock.limit": "Locked out, does not heal by itself",
    "user.account.unlock": "Unlocked",
    "user.account.unlock_by_admin": "Unlocked by an admin",
    "user.session.start": "Sign-in",
    "user.session.clear": "Sessions cleared",
    "user.authentication.auth_via_mfa": "Sign-in method",
    "user.authentication.verify": "Sign-in finished",
    "user.authentication.sso": "App opened",
    "user.authentication.auth_via_IDP": "Sign-in by another identity provider",
    "user.authentication.auth_via_richclient": "Mail client",
    "user.account.report_suspicious_activity_by_enduser": "Suspicious activity reported by themselves",
    "app.generic.unauth_app_access_attempt": "App not assigned",
    "system.operation.rate_limit.violation": "Too many tries",
    "user.account.reset_password": "Password reset",
    "user.account.update_password": "Password changed",
    "user.account.expire_password": "Password expired by an admin",
    "user.mfa.factor.activate": "Factor enrolled",
    "user.mfa.factor.deactivate": "Factor removed",
    "user.mfa.factor.reset_all": "All factors reset",
    "user.lifecycle.reactivate": "Activation mailed again",
    "user.lifecycle.activate": "Activated",
    "user.lifecycle.suspend": "Suspended",
    "user.lifecycle.unsuspend": "Suspension ended",
    "user.lifecycle.deactivate": "Deactivated",
    "app.ad.api.user_import.account_locked": "Locked in Active Directory",
    "system.agent.ad.unlock_user_account": "Unlocked in Active Directory",
    "user.authentication.auth_via_radius": "Sign-in by RADIUS",
    "user.authentication.auth_via_AD_agent": "Password checked by Active Directory",
    "user.authentication.auth_via_LDAP_agent": "Password checked by LDAP",
    "user.mfa.okta_verify.deny_push": "Okta Verify push denied",
    "security.threat.detected": "Threat detected",
    "group.user_membership.add": "Added to a group",
    "group.user_membership.remove": "Removed from a group",
    "application.user_membership.add": "App assigned",
    "application.user_membership.remove": "App unassigned",
    "group.application_assignment.add": "App given to a group",
    "policy.evaluate_sign_on": "Sign-on policy",
}
DOINGS: Final = frozenset(
    {
        "user.account.unlock",
        "user.account.unlock_by_admin",
        "user.account.reset_password",
        "user.account.update_password",
        "user.account.expire_password",
        "user.mfa.factor.deactivate",
        "user.mfa.factor.reset_all",
        "user.lifecycle.activate",
        "user.lifecycle.reactivate",
        "user.lifecycle.suspend",
        "user.lifecycle.unsuspend",
        "user.lifecycle.deactivate",
        "system.agent.ad.unlock_user_account",
    }
)
"""Events that change whether somebody can sign in."""
_REASON: Final = {
    "INVALID_CREDENTIALS": "wrong password",
    "LOCKED_OUT": "while locked",
    "VERIFICATION_ERROR": "no account for the typed name",
    "PASSWORD_EXPIRED": "password expired",
    "UNKNOWN_USER": "unknown user",
}
_OF_ANY_METHOD: Final = frozenset({"user.authentication.auth_via_mfa", "user.authentication.auth_via_radius"})
"""Events of a password or a factor: what was wrong is told by the method, where they name it."""
GOOD: Final = frozenset({"ACTIVE"})
BAD: Final = frozenset({"LOCKED_OUT", "SUSPENDED", "PASSWORD_EXPIRED", "RECOVERY"})
GONE: Final = frozenset({"DEPROVISIONED"})


def status_words(status: str | None, *, blocked: bool = False) -> str:
    """Return a status in words, `Locked out` for `LOCKED_OUT`; an unknown status as Okta writes it.

    Args:
        status: Okta's status of the account.
        blocked: Whether Okta blocks devices of theirs; somebody who is active by status is then not called so.
    """
    if blocked and status == "ACTIVE":
        return "Blocked"
    return STATUS.get(status or "", status or "unknown")


def provider_words(user: User) -> str:
    """Return who owns the person's password, with the AD domain or the provider's name where that adds something.

    It is `not known` where Okta does not say.
    """
    if not user.has_provider:
        return NOT_KNOWN
    kind, name = user.provider_type, user.provider_name
    words = _PROVIDER.get(kind, kind)
    if name and name.upper() not in {kind, "OKTA"}:
        words += f" ({name})"
    return words


def event_name(event_type: str) -> str:
    """Return an event type in a few words."""
    return _EVENT.get(event_type, event_type)


def event_words(event: LogEvent) -> str:
    """Return an event in a few words, with its outcome where it is not a success."""
    words = _EVENT.get(event.event_type or "") or event.display_message or event.event_type or "event"
    if event.event_type == "user.authentication.auth_via_mfa":  # on Identity Engine also written for the password
        words = method_of(event) or words
    outcome = event.outcome
    if outcome and outcome.result and outcome.result not in {"SUCCESS", "ALLOW"} and not words.startswith("Locked"):
        reason = outcome.reason or outcome.result
        if reason == "INVALID_CREDENTIALS" and event.event_type in _OF_ANY_METHOD:
            reason = "wrong"  # of the method that stands before it: a code, a push, a password
        words += f": {_REASON.get(reason, reason.replace('_', ' ').lower())}"
    return words


def event_source(event: LogEvent) -> str:
    """Return the source of an event: client, IP address, city, system; empty where Okta gives none."""
    client = event.client
    if client is None:
        return ""
    agent = client.user_agent
    raw = (agent.raw_user_agent or "").split() if agent else []
    browser = agent.browser if agent and agent.browser not in {None, "UNKNOWN"} else None
    software = browser or (raw[0].partition("/")[0] if raw else "")
    place = client.geographical_context
    parts = (
        software.title() if software.isupper() else software,
        client.ip_address,
        place.city if place else None,
        agent.os if agent else None,
    )
    return " · ".join(part for part in parts if part and part not in {"Unknown", "unknown", "null"})


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago a time was, coarsely: `just now`, `4 min ago`, `3 h ago`; `not known` for `None`."""
    if moment is None:
        return NOT_KNOWN
    seconds = (now - moment).total_seconds()
    if seconds < -90:  # noqa: PLR2004 - the local clock is behind Okta's
        return f"{moment.astimezone():%Y-%m-%d %H:%M}"
    text = span(seconds)
    return f"{text} ago" if text else "just now"


def clock_off(seconds: float) -> str:
    """Return by how much this machine's clock is off: `5 h ahead of Okta's`; empty for 0.

    Args:
        seconds: The seconds by which it is ahead of Okta's, negative behind it (`OktaClock.off`).
    """
    if not seconds:
        return ""
    return f"{span(round(abs(seconds) / 60) * 60)} {'ahead of' if seconds > 0 else 'behind'} Okta's"


def last_sign_in(user: User, now: datetime) -> str:
    """Return how long ago the last sign-in was; `never` only where Okta says so by a null."""
    return "never" if user.last_login is None else ago(user.when("last_login"), now)


def span(seconds: float) -> str:
    """Return a duration (seconds) in words, coarsely; empty for less than a minute."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return ""
    if minutes < 120:  # noqa: PLR2004 - up to two hours in minutes
        return f"{minutes} min"
    if minutes < 48 * 60:  # up to two days in hours
        return f"{minutes // 60} h"
    days = minutes // (24 * 60)
    return f"{days} days" if days < 2 * 365 else f"{days // 365} years"
