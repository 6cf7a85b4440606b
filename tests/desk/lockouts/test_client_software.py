"""The software that sent an attempt, recognised by the user agents that there are, by its endpoint or its browser."""

from __future__ import annotations

from typing import Any

from tests.desk.lockouts.casework import event
from tests.each import each
from tui.desk.lockouts import client_software
from tui.desk.lockouts.client_software import software

BARE: dict[str, Any] = {"system": None, "browser": "UNKNOWN"}
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
AGENTS = (
    ("NetScaler NSM/14.1 RADIUS", "radius", "NetScaler (RADIUS)"),
    ("FreeRADIUS/3.2.3", "radius", "FreeRADIUS"),
    ("Okta RADIUS Server Agent/2.24.0", "radius", "Okta RADIUS agent"),
    ("Aruba RADIUS", "radius", "RADIUS"),
    ("AnyConnect Windows 4.10.08029", "vpn", "Cisco AnyConnect"),
    ("Cisco Secure Client/5.1", "vpn", "Cisco AnyConnect"),
    ("PAN GlobalProtect/6.2.1-132 (Microsoft Windows 11)", "vpn", "GlobalProtect"),
    ("FortiClient/7.2 FortiSSLVPN", "vpn", "FortiClient"),
    ("Pulse-Secure/9.1.15", "vpn", "Ivanti Secure Access"),
    ("OpenVPN_GUI_11", "vpn", "OpenVPN"),
    ("Zscaler/4.3", "vpn", "Zscaler"),
    ("Outlook-iOS-Android/1.0", "mail", "Outlook on a phone"),
    ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)", "mail", "Outlook"),
    ("MacOutlook/16.80.1 (Intelx64 Mac OS X)", "mail", "Outlook"),
    ("Microsoft Office/16.0 (Windows NT 10.0; MSOffice 16)", "mail", "Microsoft Office"),
    ("Apple-iPhone14C2/2107.310", "mail", "Mail on an iPhone"),
    ("Apple-iPad13C1/2107.93", "mail", "Mail on an iPad"),
    ("Android-Mail/2024.11.10.694", "mail", "Mail on Android"),
    ("Mac OS X/14.5 (23F79) Mail/3774", "mail", "Apple Mail"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.9", "mail", "Thunderbird"),
    ("microsoft.windowscommunicationsapps/16005", "mail", "Windows Mail"),
    ("CBAInPROD", "mail", "Exchange"),
    ("BAV2ROPC", "mail", "Exchange"),
    ("MSActiveSync/14.1", "mail", "ActiveSync"),
    ("python-requests/2.31.0", "script", "python-requests"),
    ("Python/3.11 aiohttp/3.9", "script", "Python"),
    ("Go-http-client/2.0", "script", "a Go program"),
    ("curl/8.5.0", "script", "curl"),
    ("Wget/1.21.4", "script", "wget"),
    (f"{WINDOWS} WindowsPowerShell/5.1", "script", "PowerShell"),
    ("PostmanRuntime/7.36", "script", "Postman"),
    ("Apache-HttpClient/4.5.13 (Java/17.0.9)", "script", "a Java program"),
    ("okhttp/4.12.0", "script", "OkHttp"),
    (f"{WINDOWS} AppleWebKit/537.36 HeadlessChrome/120.0", "script", "a headless browser"),
    ("OktaVerify/9.20 Android", "app", "Okta Verify"),
    ("B7F62B65BN.com.okta.mobile/9.1", "app", "Okta Verify"),
    ("Slack/24.1 iOS", "app", "Slack"),
    ("Teams/1.6", "app", "Microsoft Teams"),
    ("Concur/10 CFNetwork/1490 Darwin/23.2.0", "app", "an app on an iPhone"),
    ("Dalvik/2.1.0 (Linux; U; Android 14)", "app", "an Android app"),
)


@each(("agent", "via", "name"), AGENTS)
def test_software_is_known_by_its_user_agent(agent: str, via: str, name: str) -> None:
    assert software(event("user.session.start", 0, agent=agent, **BARE)) == (via, name)


def test_every_rule_has_a_user_agent_that_it_is_for() -> None:
    rules = {(rule.via, rule.bare or rule.name) for rule in client_software._RULES}
    assert {(via, name) for _, via, name in AGENTS} == rules


def test_a_browser_is_named_with_its_system() -> None:
    found = software(event("user.session.start", 0))
    assert found == ("browser", "Chrome on Windows 10")
    phone: dict[str, Any] = {"system": "iOS (iPhone)", "browser": "SAFARI"}
    assert software(event("user.session.start", 0, agent="Mozilla/5.0 Safari/604.1", **phone))[1] == "Safari on iOS"


def test_mail_by_an_address_of_microsofts_sign_in_is_mail_whatever_the_agent() -> None:
    uri = {"requestUri": "/app/office365/exk1/sso/wsfed/active"}
    assert software(event("user.session.start", 0, agent="Kopano/8", debug=uri, **BARE)) == ("mail", "Kopano")
    assert software(event("user.session.start", 0, agent=None, debug=uri, **BARE)) == ("mail", "a mail client")


def test_radius_is_told_by_its_event_alone() -> None:
    found = software(event("user.authentication.auth_via_radius", 0, agent=None, **BARE))
    assert found == ("radius", "RADIUS")
