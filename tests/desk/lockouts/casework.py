"""Events of the System Log for the tests of cases: short to write, shaped as Okta shapes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from tui.desk.lockouts.cases import Cases
from tui.desk.lockouts.now import Lockout
from tui.desk.people.password_policies import Applied
from tui.okta.clock import stamp
from tui.okta.log_events import (
    Actor,
    AuthenticationContext,
    Client,
    GeoPlace,
    LogEvent,
    Result,
    SecurityContext,
    Transaction,
    UserAgent,
)
from tui.okta.models import User

if TYPE_CHECKING:
    from tui.desk.lockouts.cases import Case

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
SYSTEM = Actor("okta", "SystemPrincipal", "system@okta.com", "Okta System")
NINA = Actor("00uNINA", "User", "nina.rossi@example.com", "Nina Rossi")
APP = Actor("0oaAPP", "PublicClientApp", "0oaAPP", "Desk robot")
_NUMBERS = count(1)


def when(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def ann(who: str = "ann") -> Actor:
    return Actor(f"00u{who}", "User", f"{who}@example.com", who.title())


def event(
    kind: str,
    at: float,
    actor: Actor | None = None,
    *,
    target: Actor | None = None,
    result: str = "FAILURE",
    reason: str | None = None,
    agent: str | None = CHROME,
    system: str | None = "Windows 10",
    browser: str | None = "CHROME",
    ip: str | None = "203.0.113.7",
    city: str | None = "New York",
    country: str | None = "United States",
    network: str | None = "example",
    proxy: bool = False,
    debug: dict[str, str] | None = None,
) -> LogEvent:
    return LogEvent(
        uuid=f"{next(_NUMBERS):08}",
        published=stamp(when(at)),
        event_type=kind,
        actor=actor or ann(),
        target=[target] if target else None,
        client=Client(UserAgent(agent, system, browser), "null", "Computer", ip, GeoPlace(city, None, country)),
        outcome=Result(result, reason),
        security_context=SecurityContext(64500, network, network, "example.net", proxy),
        debug_context={"debugData": debug or {}},
    )


def failure(at: float, who: str = "ann", reason: str = "INVALID_CREDENTIALS", **more: Any) -> LogEvent:  # noqa: ANN401 - parts of an event
    return event("user.session.start", at, ann(who), reason=reason, **more)


def good(at: float, who: str = "ann", **more: Any) -> LogEvent:  # noqa: ANN401 - parts of an event
    """A finished sign-in: on Classic, a session starts once everything was right."""
    return event(
        "user.session.start", at, ann(who), result="SUCCESS", **{"debug": {"requestUri": "/api/v1/authn"}} | more
    )


def method(
    at: float,
    name: str,
    result: str = "FAILURE",
    reason: str | None = None,
    who: str = "ann",
    **more: Any,  # noqa: ANN401 - parts of an event
) -> LogEvent:
    """A method of Identity Engine, right or wrong, named by its target alone."""
    found = event("user.authentication.auth_via_mfa", at, ann(who), result=result, reason=reason, **more)
    enrolment = Actor("lae1", "AuthenticatorEnrollment", "unknown", name, {"methodTypeUsed": name})
    return replace(found, target=[ann(who), enrolment])


def tied(found: LogEvent, transaction: str, request: str = "", session: str = "") -> LogEvent:
    """The same event, as part of a transaction, of a sign-in, of a session."""
    data = dict((found.debug_context or {}).get("debugData") or {}) | ({"authnRequestId": request} if request else {})
    return replace(
        found,
        transaction=Transaction("WEB", transaction),
        authentication_context=AuthenticationContext(external_session_id=session or None),
        debug_context={"debugData": data},
    )


MAIL: dict[str, Any] = {"agent": "Outlook-iOS-Android/1.0", "system": "iOS (iPhone)", "browser": "UNKNOWN"}


def lock(at: float, who: str = "ann", kind: str = "user.account.lock") -> LogEvent:
    return event(kind, at, ann(who), reason="LOCKED_OUT")


def unlock(at: float, actor: Actor = SYSTEM, who: str = "ann", kind: str = "user.account.unlock") -> LogEvent:
    return event(kind, at, actor, target=ann(who), result="SUCCESS")


def row(since: float | None, who: str = "ann", *, blocked: bool = False) -> Lockout:
    return Lockout(User(id=f"00u{who}"), None if since is None else when(since), blocked)


def policy(minutes: int) -> Applied:
    return Applied("00p1", "Default", 0, 0, 10, minutes, mails_lockouts=False)


def cases_of(*events: LogEvent) -> Cases:
    cases = Cases()
    cases.add(events)
    return cases


def only(cases: Cases) -> Case:
    (case,) = cases.all()
    return case
