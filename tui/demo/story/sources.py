"""Where sign-ins come from: browsers, mail clients, VPN and RADIUS, sprays, and user agents that try something."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.demo.log.events import Source

if TYPE_CHECKING:
    from tui.demo.people.person import Person

_SF = ("San Francisco", "California", "United States", "94107", 37.7749, -122.4194)
_NY = ("New York", "New York", "United States", "10118", 40.7484, -73.9857)
_LONDON = ("London", "England", "United Kingdom", "EC1A", 51.5074, -0.1278)
_ZURICH = ("Zürich", "Zurich", "Switzerland", "8001", 47.3769, 8.5417)
_TOKYO = ("Tokyo", "Tokyo", "Japan", "100-0001", 35.6762, 139.6503)
_NOWHERE = ("Unknown", None, "Seychelles", None, -4.6796, 55.492)
_MOZILLA = "Mozilla/5.0 "
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
_MAIL_URI = "/app/office365/exk1demo/sso/wsfed/active"
_API = "/api/v1/authn"

BROWSERS = (
    Source(
        _MOZILLA + "(Windows NT 10.0; Win64; x64) " + _CHROME, "Windows 10", "CHROME", "Computer", "203.0.113.7", _SF
    ),
    Source(
        _MOZILLA + "(Macintosh; Intel Mac OS X 10_15_7) " + _CHROME,
        "Mac OS X",
        "CHROME",
        "Computer",
        "203.0.113.18",
        _NY,
    ),
    Source(
        _MOZILLA + "(X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
        "Linux",
        "FIREFOX",
        "Computer",
        "198.51.100.23",
        _LONDON,
    ),
    Source(
        _MOZILLA + "(iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1"
        " Mobile/15E148 Safari/604.1",
        "iOS (iPhone)",
        "SAFARI",
        "Mobile",
        "198.51.100.61",
        _ZURICH,
    ),
    Source(
        _MOZILLA + "(Linux; Android 14; Pixel 8) " + _CHROME, "Android 14", "CHROME", "Mobile", "203.0.113.99", _TOKYO
    ),
)
MAIL = (
    Source(
        "Apple-iPhone14C2/2107.310",
        "iOS (iPhone)",
        "UNKNOWN",
        "Mobile",
        "198.51.100.77",
        _SF,
        uri=_MAIL_URI,
        by="mail",
    ),
    Source("Outlook-iOS-Android/1.0", "Android", "UNKNOWN", "Mobile", "198.51.100.78", _NY, uri=_MAIL_URI, by="mail"),
    Source(
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
        "Windows 10",
        "UNKNOWN",
        "Computer",
        "203.0.113.40",
        _LONDON,
        uri=_MAIL_URI,
        by="mail",
    ),
    Source(
        "Android-Mail/2024.11.10.694",
        "Android",
        "UNKNOWN",
        "Mobile",
        "198.51.100.80",
        _TOKYO,
        uri=_MAIL_URI,
        by="mail",
    ),
)
RADIUS = (
    Source(
        "Okta RADIUS Server Agent/2.24.0", "Unknown", "UNKNOWN", "Unknown", "192.0.2.10", _SF, uri=_API, by="radius"
    ),
    Source("NetScaler NSM/14.1 RADIUS", "Unknown", "UNKNOWN", "Unknown", "192.0.2.11", _LONDON, uri=_API, by="radius"),
)
VPN = (
    Source("AnyConnect Windows 4.10.08029", "Windows 10", "UNKNOWN", "Computer", "192.0.2.30", _SF, uri=_API, by="api"),
    Source("GlobalProtect/6.2.1 (Mac OS X)", "Mac OS X", "UNKNOWN", "Computer", "192.0.2.31", _NY, uri=_API, by="api"),
)
SPRAY = (
    Source(
        "python-requests/2.31.0",
        "Unknown",
        "UNKNOWN",
        "Unknown",
        "192.0.2.200",
        _NOWHERE,
        64511,
        "bad host",
        "bad.example",
        True,
        _API,
        "api",
    ),
    Source(
        "Go-http-client/1.1",
        "Unknown",
        "UNKNOWN",
        "Unknown",
        "192.0.2.201",
        _NOWHERE,
        64511,
        "bad host",
        "bad.example",
        True,
        _API,
        "api",
    ),
    Source(
        "\x1b[31mscan\x1b[0m [bold]bot[/]\u202e=1+1",
        "Unknown",
        "UNKNOWN",
        "Unknown",
        "192.0.2.202",
        _NOWHERE,
        64511,
        "bad host",
        "bad.example",
        True,
        _API,
        "api",
    ),
)
# The helpdesk's own seat, for what administrators do in the console.
DESK = Source(
    _MOZILLA + "(Windows NT 10.0; Win64; x64) " + _CHROME,
    "Windows 10",
    "CHROME",
    "Computer",
    "203.0.113.200",
    _SF,
    uri="/api/internal/administrators",
)

TROUBLES: dict[str, tuple[Source, ...]] = {
    "mail": MAIL,
    "typing": BROWSERS,
    "radius": RADIUS,
    "vpn": VPN,
    "spray": SPRAY,
    "unknown-device": SPRAY,
}


def at_home(source: Source, person: Person) -> Source:
    """The source with a person's own address; a RADIUS server and an attacker have the same for everybody."""
    if source.proxy or source in RADIUS:
        return source
    salt = person.salt
    return replace(source, ip=f"198.{18 + (salt >> 40 & 1)}.{salt >> 32 & 255}.{1 + (salt >> 24) % 254}")


# How often each trouble is behind a living lock.
COMMON = ("mail", "mail", "mail", "typing", "typing", "radius", "vpn", "spray")
