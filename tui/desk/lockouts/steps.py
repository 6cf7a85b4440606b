"""What one event of the System Log says about a sign-in. A sign-in leaves several events: `attempts` folds them.

The facts are from Okta's catalogue of event types and from events that others have recorded. On Identity Engine
`auth_via_mfa` is written for the password too; only its factor or its target tells which method it was.
"""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum
from sys import intern
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.lockouts.client_software import Via, software
from tui.desk.lockouts.directory_codes import OF_DIRECTORY, end_by_code, end_by_word
from tui.desk.lockouts.ends import End
from tui.desk.text.methods import METHODS, is_password, known, method_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tui.okta.log_events import Client, LogEvent

FIVE_MINUTES: Final = timedelta(minutes=5)
"""Five wrong codes within this time make the factor rest for as long (Okta: "rate limits" of one-time codes)."""


class Stage(IntEnum):
    """Which part of a sign-in a step is."""

    CHALLENGE = 0  # a factor was asked for, or a policy asks for one
    PASSWORD = 1
    FACTOR = 2
    METHOD = 3  # a method that the event does not name, or that may be the first or the second
    POLICY = 4  # on Classic a policy that allows: an end, but no sign-in by itself
    END = 5  # the person is in, or was refused as a whole
    USE = 6  # an app was opened with a session
    ASKED = 7  # a factor was asked for, which on Classic comes only after the right password


class Step(Struct, frozen=True):
    """One step of a sign-in. All texts are untrusted.

    Attributes:
        uuid: The uuid of the event.
        at: When it happened.
        stage: Which part of a sign-in it is.
        end: How it ended; `OPEN` for a method that was right.
        user_id: The id of the person; empty where the event names nobody.
        login: The login in the event.
        keys: What ties events to one sign-in, the strongest tie first, each as a kind and an id.
        method: The method in words, such as `Okta Verify push`; empty where the event does not name it.
        via: The kind of software.
        client: The software in a few words.
        ip: The IP address; empty for none.
        place: The place; empty for none.
        network: The owner of the address; empty for none.
        proxy: Whether Okta knows the address as a proxy.
        reason: Okta's own reason.
        threat: Whether Okta suspected an attack.
        borrowed: Whether software and address are not those of the device that signs in: a push is answered from the
            phone, and a directory's agent passes on what other software sent.
        by: The app, rule or policy that the event names; empty for none.
        until: Until when a factor rests.
    """

    uuid: str
    at: datetime
    stage: Stage
    end: End
    user_id: str
    login: str
    keys: tuple[str, ...]
    method: str
    via: Via
    client: str
    ip: str
    place: str
    network: str
    proxy: bool
    reason: str
    threat: bool
    borrowed: bool
    by: str
    until: datetime | None

    @property
    def failed(self) -> bool:
        """Whether the step is a failure."""
        return self.end not in {End.OK, End.OPEN}


Meaning = tuple[Stage, End]
MFA: Final = "user.authentication.auth_via_mfa"
SESSION: Final = "user.session.start"
POLICY: Final = "policy.evaluate_sign_on"
THREAT: Final = "security.threat.detected"
RADIUS: Final = "user.authentication.auth_via_radius"
RATE_LIMIT: Final = "system.operation.rate_limit.violation"
AGENTS: Final = frozenset(
    {
        "user.authentication.auth_via_AD_agent",
        "user.authentication.auth_via_LDAP_agent",
        "user.authentication.auth_via_inbound_delauth",
    }
)
"""The events of a directory's agent, which checks a password and names the cause where it refuses it."""
REPORT: Final = "user.account.report_suspicious_activity_by_enduser"
PHISHING: Final = "FastPass declined phishing attempt"
"""The reason that Okta gives where FastPass refuses a site that is not Okta's."""
_GOOD: Final = frozenset({"SUCCESS", "ALLOW"})
_NOBODY: Final = frozenset({"", "unknown", "null"})


def step_of(event: LogEvent) -> Step | None:
    """Return the step of a sign-in in an event; `None` for an event that is none, or has no time.

    Two days of a large org are some 100,000 steps with few different names, places and programs: each is kept once.
    """
    at = event.at
    meaning = meaning_of(event)
    if at is None or meaning is None:
        return None
    client, person, security = event.client, event.person, event.security_context
    via, name = software(event)
    agent = event.event_type in AGENTS
    user_id = (person.id if person else None) or ""
    return Step(
        uuid=event.uuid,
        at=at,
        stage=meaning[0],
        end=meaning[1],
        user_id=intern(user_id),
        login=intern((person.alternate_id if person else None) or ""),
        keys=keys_of(event, user_id),
        method=intern(method_of(event)),
        via=Via.DIRECTORY if agent and via == Via.UNKNOWN else Via(via),
        client=intern(name),
        ip=intern(known(client.ip_address) if client else ""),
        place=intern(_place(client)),
        network=intern(known(security.as_org or security.isp) if security else ""),
        proxy=bool(security and security.is_proxy),
        reason=intern(event.reason),
        threat=event.event_type == THREAT or event.debug("threatSuspected").casefold() == "true",
        borrowed=agent or _by_phone(event),
        by=intern(_named(event)),
        until=_rests_until(event, at) if meaning[1] is End.RATE_LIMITED else None,
    )


def person_of(event: LogEvent) -> str:
    """Return the id of the person whom an event names; empty for nobody whom Okta knows."""
    person = event.person
    user_id = (person.id if person else None) or ""
    return "" if user_id in _NOBODY else user_id


def is_stray(event: LogEvent) -> bool:
    """Whether an event tells something though it names nobody.

    FastPass refuses a phishing site as `system@okta.com`; only the ids tell whose sign-in it was. ThreatInsight refuses
    an address, whoever tries.
    """
    step = step_of(event)
    return step is not None and (step.end is End.PHISHING or (step.stage is Stage.END and step.threat))


def meaning_of(event: LogEvent) -> Meaning | None:
    """Return which part of a sign-in an event is, and how it ended; `None` for no part of one."""
    kind, result = event.event_type or "", event.result.upper()
    if (read := _READERS.get(kind)) is not None:
        return read(event, result)
    asked = kind.startswith("system.") and ("send_factor_verify" in kind or "mfa_challenge" in kind)
    if not asked or result not in _GOOD:
        return None
    return Stage.ASKED if is_classic(event) else Stage.CHALLENGE, End.OPEN


def _mfa(event: LogEvent, result: str) -> Meaning | None:
    """Read `auth_via_mfa`, which Identity Engine writes for the first method too (Okta: "Event types")."""
    method = method_of(event)
    stage = Stage.PASSWORD if is_password(method) else Stage.FACTOR if method else Stage.METHOD
    if stage is Stage.METHOD and is_classic(event):
        stage = Stage.FACTOR  # Classic writes the event for second factors only
    if result in _GOOD:
        # On Classic the password came before; the sign-in is finished unless something else is asked.
        return stage, End.OK if stage is Stage.FACTOR and is_classic(event) else End.OPEN
    if result == "UNANSWERED":  # some methods were ignored, and the person got in by another
        return Stage.END, End.OK
    if result == "ABANDONED":
        return stage, End.ABANDONED
    if result not in {"FAILURE", "DENY"}:
        return None
    return stage, _refused(event, stage)


def _refused(event: LogEvent, stage: Stage) -> End:
    """Return how a method failed."""
    if event.reason.casefold().startswith(PHISHING.casefold()):
        return End.PHISHING
    if event.debug("pushOnlyResponseType").upper().endswith("_DENY"):
        return End.PUSH_DENIED
    if event.debug("pushWithNumberChallengeResponseType").upper().endswith("_INVALID"):
        return End.WRONG_NUMBER
    word = end_by_word(event.debug("loginResult"), event.reason)
    if word in {End.WHILE_LOCKED, End.EXPIRED, End.DIRECTORY_SILENT, End.DIRECTORY_ACCOUNT_EXPIRED}:
        return word
    if stage is Stage.FACTOR:
        return End.FACTOR
    if stage is Stage.PASSWORD:
        return word or End.OTHER
    return End.UNCLEAR


def _session(event: LogEvent, result: str) -> Meaning | None:
    """Read `user.session.start`. On Identity Engine it comes after the first method, which its target names."""
    method = method_of(event)
    stage = Stage.PASSWORD if is_password(method) else Stage.METHOD
    if result in _GOOD:
        return (Stage.END, End.OK) if is_classic(event) else (stage, End.OPEN)
    if result not in {"FAILURE", "DENY"}:
        return None
    end = end_by_code(event.debug("errorCode")) or end_by_word(event.debug("loginResult"), event.reason)
    if end is End.WRONG_PASSWORD and method and not is_password(method):
        return Stage.FACTOR, End.FACTOR
    if end is End.WRONG_PASSWORD:
        stage = Stage.PASSWORD
    return stage, end or (End.DENIED if result == "DENY" else End.OTHER)


def _agent(event: LogEvent, result: str) -> Meaning | None:
    """Read the event of a directory's agent: the error code names the cause (Okta: `DelAuthDebugData`)."""
    if result in _GOOD:
        return Stage.PASSWORD, End.OPEN
    if result not in {"FAILURE", "DENY"}:
        return None
    code = end_by_code(event.debug("errorCode"), event.reason, event.debug("errorMessage"))
    word = end_by_word(event.debug("loginResult"), event.reason)
    end = code or (OF_DIRECTORY.get(word, word) if word else None)
    return Stage.PASSWORD, end or End.UNCLEAR


def _radius(event: LogEvent, result: str) -> Meaning | None:
    """Read a sign-in by RADIUS: `auth_type` PRIMARY is the password, SECONDARY a factor (Okta: "RADIUS events")."""
    secondary = event.debug("authType").upper() == "SECONDARY"
    primary = event.debug("authType").upper() == "PRIMARY"
    stage = Stage.FACTOR if secondary else Stage.PASSWORD if primary else Stage.METHOD
    if result in _GOOD:
        return (Stage.END, End.OK) if secondary else (stage, End.OPEN)
    if result not in {"FAILURE", "DENY"}:
        return None
    if secondary:
        return stage, _refused(event, stage)
    end = end_by_code(event.debug("errorCode")) or end_by_word(event.debug("loginResult"), event.reason)
    if end is End.WRONG_PASSWORD and not primary:
        end = End.UNCLEAR  # which of the two was wrong, the event does not tell
    return stage, end or End.UNCLEAR


def _rich_client(event: LogEvent, result: str) -> Meaning | None:
    """Read a sign-in by a mail client that sends the password itself."""
    if result in _GOOD:
        return Stage.END, End.OK
    if result not in {"FAILURE", "DENY"}:
        return None
    end = end_by_code(event.debug("errorCode")) or end_by_word(event.debug("loginResult"), event.reason)
    return Stage.PASSWORD, end or End.OTHER


def _provider(_: LogEvent, result: str) -> Meaning | None:
    """Read a sign-in by another identity provider, which vouches for the person: a first method, the end is open."""
    if result in _GOOD:
        return Stage.METHOD, End.OPEN
    return (Stage.METHOD, End.OTHER) if result in {"FAILURE", "DENY"} else None


def _verify(_: LogEvent, result: str) -> Meaning | None:
    """Read `user.authentication.verify`, which comes only at the end of a sign-in."""
    if result in _GOOD:
        return Stage.END, End.OK
    return (Stage.METHOD, End.UNCLEAR) if result in {"FAILURE", "DENY"} else None


def _sso(event: LogEvent, result: str) -> Meaning | None:
    if result in _GOOD:
        return Stage.USE, End.OK
    if result not in {"FAILURE", "DENY"}:
        return None
    return Stage.USE, End.NOT_ASSIGNED if "assigned" in event.reason.casefold() else End.OTHER


def _policy(event: LogEvent, result: str) -> Meaning | None:
    """Read a sign-on policy: DENY refuses, CHALLENGE asks for more, AUTHENTICATED tells a finished sign-in."""
    if result == "DENY":
        return Stage.END, End.DENIED
    if result == "CHALLENGE":
        return Stage.CHALLENGE, End.OPEN
    if result not in _GOOD:
        return None
    if "AUTHENTICATED" in event.reason.upper():
        return Stage.END, End.OK
    return Stage.POLICY, End.OK if is_classic(event) else End.OPEN


def _threat(_: LogEvent, __: str) -> Meaning | None:
    return Stage.END, End.DENIED


def _denied_push(_: LogEvent, __: str) -> Meaning | None:
    return Stage.FACTOR, End.PUSH_DENIED


def _not_assigned(_: LogEvent, result: str) -> Meaning | None:
    return (Stage.USE, End.NOT_ASSIGNED) if result not in _GOOD else None


def _refused_app(_: LogEvent, __: str) -> Meaning | None:
    """Read a denial by an app's policy; its outcome is SUCCESS, since the policy did what it should."""
    return Stage.END, End.DENIED


def _rate_limit(event: LogEvent, result: str) -> Meaning | None:
    """Read a limit of one operation: only that of wrong codes stops a sign-in (Okta: "Operation rate limits")."""
    words = f"{event.debug('operationRateLimitType')} {event.reason}".casefold().replace("_", " ")
    codes = "otp verification" in words or "verification attempts" in words
    return (Stage.FACTOR, End.RATE_LIMITED) if codes and result not in _GOOD else None


_READERS: Final[dict[str, Callable[[LogEvent, str], Meaning | None]]] = {
    MFA: _mfa,
    SESSION: _session,
    **dict.fromkeys(AGENTS, _agent),
    RADIUS: _radius,
    "user.authentication.auth_via_richclient": _rich_client,
    "user.authentication.auth_via_IDP": _provider,
    "user.authentication.auth_via_social": _provider,
    "user.authentication.auth_via_inbound_SAML": _provider,
    "user.authentication.verify": _verify,
    "user.authentication.sso": _sso,
    "user.session.access_admin_app": _sso,
    POLICY: _policy,
    "application.policy.sign_on.deny_access": _refused_app,
    "app.generic.unauth_app_access_attempt": _not_assigned,
    "user.mfa.okta_verify.deny_push": _denied_push,
    RATE_LIMIT: _rate_limit,
    THREAT: _threat,
}


def is_classic(event: LogEvent) -> bool:
    """Whether an event was written by the Classic Engine's sign-in, as far as it shows.

    Identity Engine signs in below `/idp/`, names the enrolment of the method in the target, and gives a
    `factorIntent`; its sessions have ids that begin with `idx`.
    """
    uri = event.debug("requestUri")
    if uri.startswith("/idp/") or event.debug("factorIntent") or _enrolment(event):
        return False
    context = event.authentication_context
    session = (context.external_session_id if context else None) or ""
    return not session.startswith("idx") and uri.startswith(("/api/v1/authn", "/login/", "/signin/", "/auth/"))


def keys_of(event: LogEvent, user_id: str) -> tuple[str, ...]:
    """Return what ties an event to others of its sign-in, the strongest tie first.

    An id can be `unknown`, and publishers put other ids in its place. On Classic `authnRequestId` of a later event is
    the request id of the first one, so that id stands among the ties of both.
    """
    context, transaction = event.authentication_context, event.transaction
    of_transaction = transaction.id if transaction and (transaction.type or "WEB") == "WEB" else None
    request = event.debug("authnRequestId") or event.debug("requestId")
    ties = (
        ("t", of_transaction),
        ("a", request),
        ("r", context.root_session_id if context else None),
        ("x", context.external_session_id if context else None),
    )
    return tuple(f"{kind}:{value}" for kind, value in ties if value and known(value) and value != user_id)


def _enrolment(event: LogEvent) -> bool:
    return any(target.type in METHODS for target in event.target or ())


def _by_phone(event: LogEvent) -> bool:
    """Whether the event came from the phone that answered a push, rather than the device that signs in."""
    if event.event_type == "user.mfa.okta_verify.deny_push":
        return True
    push = "push" in event.debug("factor").casefold() or "push" in method_of(event).casefold()
    return event.event_type == MFA and push and "/transactions/" in event.debug("requestUri")


def _rests_until(event: LogEvent, at: datetime) -> datetime:
    seconds = event.debug("operationRateLimitSecondsToReset")
    rest = timedelta(seconds=int(seconds)) if seconds.isascii() and seconds.isdigit() and len(seconds) < 6 else None  # noqa: PLR2004 - a day at most
    return at + (FIVE_MINUTES if rest is None else rest)


def _named(event: LogEvent) -> str:
    """Return the app, or for a policy its rules, as the targets name them; empty for none."""
    targets = event.target or ()
    if event.event_type in {POLICY, "application.policy.sign_on.deny_access"}:
        rules = [target for target in targets if target.type in {"Rule", "PolicyRule"} and target.display_name]
        return ", ".join(str(rule.display_name) for rule in rules)
    app = next((target for target in targets if target.type == "AppInstance"), None)
    return known(app.display_name or app.alternate_id) if app else ""


def _place(client: Client | None) -> str:
    where = client.geographical_context if client else None
    parts = (known(where.city), known(where.country)) if where else ()
    return ", ".join(part for part in parts if part)
