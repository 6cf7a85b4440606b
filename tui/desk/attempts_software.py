"""Which software tried to sign in, read from what an event tells of its client. Rules as data, the first that fits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui.okta.log_events import LogEvent


@dataclass(frozen=True, slots=True)
class Software:
    """One rule.

    Attributes:
        via: The kind, a value of `tui.desk.attempts.Via`.
        name: What people call it.
        agent: What the raw user agent holds, without regard to case; a regular expression.
        bare: The name where the system is not told.
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
_UNKNOWN: Final = frozenset({"", "unknown", "null", "none"})
# Of an agent that is longer, by accident or to keep patterns busy, no more is looked at.
_READ: Final = 400


def software(event: LogEvent) -> tuple[str, str]:
    """The kind of software (a value of `Via`) and its name; the name is untrusted text where no rule knows it."""
    client = event.client
    agent = client.user_agent if client else None
    raw = ((agent.raw_user_agent if agent else None) or "")[:_READ]
    browser, system = (agent.browser or "", agent.os or "") if agent else ("", "")
    browser = "" if browser.casefold() in _UNKNOWN else browser
    system = "" if system.casefold() in _UNKNOWN else system
    for rule, pattern in _COMPILED:
        if pattern.search(raw):
            return rule.via, _on(rule.name, system) if system or not rule.bare else rule.bare
    if event.event_type == "user.authentication.auth_via_radius":
        return "radius", raw.partition("/")[0] or "RADIUS"
    if _MAIL_URI.search(f"{event.debug('requestUri')} {event.debug('url')}"):
        return "mail", _on(raw.partition("/")[0] or "a mail client", system)
    if browser or _BROWSERS.search(raw):
        name = browser.replace("_", " ").title() if browser else "a browser"
        return "browser", _on(name, system)
    return "unknown", (raw.split() or [""])[0].partition("/")[0] or system


def _on(name: str, system: str) -> str:
    """`Chrome on Windows 10`; nothing twice."""
    brief = system.partition(" (")[0]
    told = " on " in name or not brief or brief.casefold() in name.casefold()
    return name if told else f"{name} on {brief}"
