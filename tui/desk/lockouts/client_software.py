"""The software that sent an attempt to sign in, recognised by its user agent, its endpoint or its browser."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.desk.text.methods import known
from tui.patterns import late_pattern

if TYPE_CHECKING:
    from tui.okta.log_events import LogEvent


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


class Software(Struct, frozen=True):
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
    Software(
        "app",
        "Okta Verify",
        r"oktaverify|okta verify|oktamobile|okta mobile|\bcom\.okta\.(mobile|verify|authenticator)",
    ),
    Software("app", "Slack", r"slack"),
    Software("app", "Microsoft Teams", r"\bteams/"),
    Software("app", "an app on an iPhone", r"cfnetwork/.*darwin"),
    Software("app", "an Android app", r"\bokhttp/|dalvik/"),
)
_COMPILED: Final = tuple((rule, late_pattern(rule.agent, re.IGNORECASE)) for rule in _RULES)
# Where a mail client signs in on behalf of its user, by WS-Trust or ActiveSync.
_MAIL_URI: Final = late_pattern(r"/wsfed/active|/sso/wsfed/(active|trust)|activesync|autodiscover|/ews/", re.IGNORECASE)
_BROWSERS: Final = late_pattern(r"\b(edg|opr|chrome|crios|firefox|fxios|safari|msie|trident)\b", re.IGNORECASE)
# Only so many characters of a user agent are matched: a longer one may be an attack on the patterns.
_AGENT_LENGTH: Final = 400


class _Agent(Struct, frozen=True):
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
    return _Agent((agent.raw_user_agent or "")[:_AGENT_LENGTH], known(agent.browser), known(agent.os))


@lru_cache(maxsize=1024)
def _by_rule(agent: _Agent) -> tuple[str, str] | None:
    """Recognise the software by the first rule that matches its user agent; a day's log has few that differ."""
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
