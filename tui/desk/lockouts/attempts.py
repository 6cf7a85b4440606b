"""One attempt to sign in, read from the System Log: when, with what software, from where, and how it ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from tui.okta.log_events import Client, LogEvent


class Via(StrEnum):
    """The kind of software that sent an attempt."""

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
    """One attempt to sign in. All texts are untrusted: pass them through `tui.desk.text.plain` to show them.

    Attributes:
        uuid: The uuid of the event.
        at: When the attempt was made.
        user_id: The id of the person; empty where Okta names nobody.
        login: The login in the event.
        via: The kind of software.
        client: The software in a few words: `Outlook`, `Chrome on Windows 10`, `Cisco AnyConnect`.
        ip: The IP address; empty for none.
        place: `San Francisco, United States`; empty for none.
        network: The owner of the address: the AS organisation or the provider; empty for none.
        proxy: Whether Okta knows the address as a proxy.
        end: How the attempt ended.
        reason: Okta's own reason.
        threat: Whether Okta suspected an attack.
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
        """Whether the attempt did not let the person in."""
        return self.end is not End.OK


def attempt_of(event: LogEvent) -> Attempt | None:
    """Return the attempt in an event; `None` for an event that is no attempt, or has no time."""
    at, kind, result = event.at, event.event_type or "", event.result
    is_attempt = kind in _ALWAYS or kind == THREAT or (kind == POLICY and result == "DENY")
    if at is None or not is_attempt:
        return None
    client, person = event.client, event.person
    via, name = software(event)
    security = event.security_context
    return Attempt(
        uuid=event.uuid,
        at=at,
        user_id=(person.id if person else None) or "",
        login=(person.alternate_id if person else None) or "",
        via=Via.DIRECTORY if kind in _DIRECTORY and via == Via.UNKNOWN else Via(via),
        client=name,
        ip=_known(client.ip_address) if client else "",
        place=_place(client),
        network=_known(security.as_org or security.isp) if security else "",
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
    parts = (_known(where.city), _known(where.country)) if where else ()
    return ", ".join(part for part in parts if part)


def _known(text: str | None) -> str:
    """Return a text, or an empty one where Okta writes `null` or `Unknown`."""
    return "" if text is None or text.strip().casefold() in _NONE else text.strip()


@dataclass(frozen=True, slots=True)
class Software:
    """One rule that recognises software by its user agent; the first rule that matches counts.

    Attributes:
        via: The kind of software, a value of `Via`.
        name: The name that people use.
        agent: A regular expression that the raw user agent matches, without regard to case.
        bare: The name where the operating system is not known.
    """

    via: str
    name: str
    agent: str
    bare: str = ""


_RULES: Final = (
    Software("radius", "NetScaler (RADIUS)", r"netscaler|citrix.*radius"),
    Software("radius", "FreeRADIUS", r"freeradius"),
    Software("radius", "Okta RADIUS agent", r"okta.?radius|radius server agent"),
    Software("radius", "RADIUS", r"\bradius\b"),
    Software("vpn", "Cisco AnyConnect", r"anyconnect|cisco secure client"),
    Software("vpn", "GlobalProtect", r"globalprotect|pan.?gp"),
    Software("vpn", "FortiClient", r"forti(client|net|sslvpn|gate)"),
    Software("vpn", "Ivanti Secure Access", r"pulse.?secure|ivanti|junos.?pulse"),
    Software("vpn", "OpenVPN", r"openvpn"),
    Software("vpn", "Zscaler", r"zscaler|\bzapp\b"),
    Software("mail", "Outlook", r"outlook-?(ios|android)", "Outlook on a phone"),
    Software("mail", "Outlook", r"microsoft outlook|outlook/|\bmsoutlook|macoutlook"),
    Software("mail", "Microsoft Office", r"microsoft office"),
    Software("mail", "Mail on an iPhone", r"^apple-iphone|iphone.*(maild|mobilemail)"),
    Software("mail", "Mail on an iPad", r"^apple-ipad|ipad.*(maild|mobilemail)"),
    Software("mail", "Mail on Android", r"android-?mail|android-eas|^android/|samsung.*(mail|eas)|^sam[a-z]+-?sm"),
    Software("mail", "Apple Mail", r"mac ?os ?x?/?.*\bmail/|exchangewebservices|macexchange|accountsd|dataaccessd"),
    Software("mail", "Thunderbird", r"thunderbird"),
    Software("mail", "Windows Mail", r"windowscommunicationsapps|windows-?mail|msft-win"),
    Software("mail", "Exchange", r"exchange|\bcba(inprod|intar)|bav2ropc"),
    Software("mail", "ActiveSync", r"activesync|\beas\b"),
    Software("script", "python-requests", r"python-requests"),
    Software("script", "Python", r"python-urllib|aiohttp|python-httpx|\bpython/"),
    Software("script", "a Go program", r"go-http-client"),
    Software("script", "curl", r"\bcurl/"),
    Software("script", "wget", r"\bwget/"),
    Software("script", "PowerShell", r"powershell"),
    Software("script", "Postman", r"postmanruntime"),
    Software("script", "a Java program", r"apache-httpclient|\bjava/"),
    Software("script", "OkHttp", r"^okhttp/[\d.]*$"),
    Software("script", "a headless browser", r"headlesschrome|phantomjs|puppeteer|playwright|selenium"),
    Software("app", "Okta Verify", r"oktaverify|okta verify|oktamobile|okta mobile"),
    Software("app", "Slack", r"slack"),
    Software("app", "Microsoft Teams", r"\bteams/"),
    Software("app", "an app on an iPhone", r"cfnetwork/.*darwin"),
    Software("app", "an Android app", r"\bokhttp/|dalvik/"),
)
_COMPILED: Final = tuple((rule, re.compile(rule.agent, re.IGNORECASE)) for rule in _RULES)
# Where a mail client signs in on behalf of its user, by WS-Trust or ActiveSync.
_MAIL_URI: Final = re.compile(r"/wsfed/active|/sso/wsfed/(active|trust)|activesync|autodiscover|/ews/", re.IGNORECASE)
_BROWSERS: Final = re.compile(r"\b(edg|opr|chrome|crios|firefox|fxios|safari|msie|trident)\b", re.IGNORECASE)
# Only so many characters of a user agent are matched: a longer one may be an attack on the patterns.
_AGENT_LENGTH: Final = 400


@dataclass(frozen=True, slots=True)
class _Agent:
    """The raw user agent of an event, and the browser and operating system that Okta derives from it."""

    raw: str
    browser: str
    system: str


def software(event: LogEvent) -> tuple[str, str]:
    """Return the kind of software (a value of `Via`) and its name; a name that no rule gave is untrusted text."""
    agent = _agent_of(event)
    recognised = _by_rule(agent) or _by_endpoint(event, agent) or _by_browser(agent)
    return recognised or (Via.UNKNOWN, (agent.raw.split() or [""])[0].partition("/")[0] or agent.system)


def _agent_of(event: LogEvent) -> _Agent:
    agent = event.client.user_agent if event.client else None
    if agent is None:
        return _Agent("", "", "")
    return _Agent((agent.raw_user_agent or "")[:_AGENT_LENGTH], _known(agent.browser), _known(agent.os))


def _by_rule(agent: _Agent) -> tuple[str, str] | None:
    """Recognise the software by the first rule that matches its user agent."""
    rule = next((rule for rule, pattern in _COMPILED if pattern.search(agent.raw)), None)
    if rule is None:
        return None
    return rule.via, rule.bare if rule.bare and not agent.system else _on(rule.name, agent.system)


def _by_endpoint(event: LogEvent, agent: _Agent) -> tuple[str, str] | None:
    """Recognise the software by the event's type, or by the URL that it called."""
    name = agent.raw.partition("/")[0]
    if event.event_type == "user.authentication.auth_via_radius":
        return Via.RADIUS, name or "RADIUS"
    if _MAIL_URI.search(f"{event.debug('requestUri')} {event.debug('url')}"):
        return Via.MAIL, _on(name or "a mail client", agent.system)
    return None


def _by_browser(agent: _Agent) -> tuple[str, str] | None:
    """Recognise a browser by what Okta derived, or by the user agent."""
    if agent.browser:
        return Via.BROWSER, _on(agent.browser.replace("_", " ").title(), agent.system)
    return (Via.BROWSER, _on("a browser", agent.system)) if _BROWSERS.search(agent.raw) else None


def _on(name: str, system: str) -> str:
    """Return a name with its operating system, such as `Chrome on Windows 10`, unless the name has it already."""
    brief = system.partition(" (")[0]
    complete = " on " in name or not brief or brief.casefold() in name.casefold()
    return name if complete else f"{name} on {brief}"
