"""Addresses of orgs as people paste them, and where their console is."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.each import each
from tui.desk.connectors.connector import BadAddress, Connector, OrgAddress, parse_address
from tui.okta.auth import ApiToken
from tui.okta.network import OKTA_DOMAINS
from tui.okta.policy import Mode


@each(
    ("typed", "origin"),
    [
        ("https://acme.okta.com", "https://acme.okta.com"),
        ("acme.okta.com", "https://acme.okta.com"),
        ("  ACME.Okta.COM  ", "https://acme.okta.com"),
        ("https://acme.okta.com/", "https://acme.okta.com"),
        ("https://acme.okta.com/app/UserHome?fromLogin=true#x", "https://acme.okta.com"),
        ("https://acme-admin.okta.com/admin/dashboard", "https://acme.okta.com"),
        ("acme-admin.oktapreview.com", "https://acme.oktapreview.com"),
        ("acme-admin.okta-emea.com", "https://acme.okta-emea.com"),
        ("acme-admin.trex-govcloud.com", "https://acme.trex-govcloud.com"),
        ("https://acme.okta.com:443", "https://acme.okta.com"),
        ("https://acme.okta.com:8443/x", "https://acme.okta.com:8443"),
        ("https://acme.okta.com.", "https://acme.okta.com"),
        ("https://login.acme.example", "https://login.acme.example"),
        ("https://my-admin.acme.example", "https://my-admin.acme.example"),
        ("https://xn--mller-kva.example", "https://xn--mller-kva.example"),
        ("https://10.0.0.7", "https://10.0.0.7"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://[::1]", "https://[::1]"),
    ],
)
def test_an_address_is_read_as_people_paste_it(typed: str, origin: str) -> None:
    address = parse_address(typed)
    assert address == OrgAddress(origin)
    assert parse_address(address.origin) == address


def test_a_path_in_front_of_every_call_is_for_the_loopback_only() -> None:
    assert parse_address("http://127.0.0.1:9/replay/1/").prefix == "/replay/1"
    assert parse_address("https://acme.okta.com/replay").prefix == ""


@each(
    "typed",
    [
        "", "   ", "acme", "https://", "https:///x", "acme okta com", "https://{yourOktaDomain}", "{org}.okta.com",
        "https://acme.okta.com:99999", "https://acme.okta.com:port", "https://[::1", "https://[zz]", "//", "://", ".",
        "ftp://acme.okta.com", "file:///etc/passwd", "javascript:alert(1)", "https://müller.okta.com",
        "https://аcme.okta.com",
        "acme..okta.com", ".okta.com", "-acme.okta.com", "acme_org.okta.com", "acme,okta.com", "acme!.okta.com",
        "acme%2eokta.com", "https://acme.okta.com\\@evil.example", "https://[2001:db8::1]", "a" * 70 + ".okta.com",
        "\x00",
        "https://acme.okta.com\x7f",
    ],
)  # fmt: skip
def test_what_is_no_address_is_told_so(typed: str) -> None:
    with pytest.raises(BadAddress) as raised:
        parse_address(typed)
    assert raised.value.advice


@pytest.mark.parametrize(
    "typed", ["https://ann:secret@acme.okta.com", "https://ann@acme.okta.com", "http://x@127.0.0.1"]
)
def test_an_address_with_a_user_name_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(BadAddress, match="holds no user name") as raised:
        parse_address(typed)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("typed", ["http://acme.okta.com", "http://10.0.0.7", "http://localhost.evil.example"])
def test_plain_http_is_for_the_loopback_only(typed: str) -> None:
    with pytest.raises(BadAddress, match="https only"):
        parse_address(typed)


@each(
    ("origin", "console"),
    [
        *((f"https://acme.{domain}", f"https://acme-admin.{domain}") for domain in sorted(OKTA_DOMAINS)),
        ("https://login.acme.example", ""),
        ("https://id.okta.acme.example", ""),
        ("https://acme.oktaevil.example", ""),
        ("https://okta.com", ""),
        ("http://127.0.0.1:9", ""),
    ],
)
def test_the_console_is_known_for_oktas_own_domains_only(origin: str, console: str) -> None:
    assert OrgAddress(origin).admin == console


PIECES = st.sampled_from(
    ["https://", "http://", "acme", ".", "okta.com", "-admin", ":", "443", "@", "/", "\\", "[", "]", "::1", "127.0.0.1"]
)


@given(st.one_of(st.text(), st.lists(PIECES | st.characters(), max_size=12).map("".join)))
@example("https://acme.okta.com:٣")
@example("http://127.0.0.1%2f@evil.example")
def test_whatever_is_typed_ends_in_a_usable_address_or_a_clear_no(typed: str) -> None:
    try:
        address = parse_address(typed)
    except BadAddress:
        return
    url = httpx.URL(f"{address.origin}/api/v1/users")
    assert f"{url.scheme}://{url.netloc.decode()}".lower() == address.origin
    assert not url.userinfo
    assert url.scheme == "https" or url.host in {"localhost", "::1"} or url.host.startswith("127.")
    assert parse_address(address.origin) == OrgAddress(address.origin)


def test_a_connector_shows_its_token_nowhere_and_is_read_only_unless_told() -> None:
    connector = Connector("acme", OrgAddress("https://acme.okta.com"), ApiToken("00secret"))
    assert "00secret" not in repr(connector)
    assert connector.mode is Mode.READ_ONLY


@pytest.mark.parametrize(
    ("name", "made_up", "org", "connector", "leads"),
    [
        ("acme", False, "https://acme.okta.com", "other", True),
        ("acme", False, "https://other.okta.com", "acme", False),
        ("demo", False, "http://127.0.0.1:50123", "demo", False),  # a company may call its connector so
        ("demo", True, "http://127.0.0.1:50123", "demo", True),
        ("demo", True, "http://127.0.0.1:50123", "other", False),
        ("demo", True, "https://demo.okta.com", "demo", False),  # of that company's connector
        ("demo", True, "http://127.0.0.1.example.com", "demo", False),
    ],
)
def test_only_the_made_up_org_is_known_by_its_connectors_name(
    name: str, made_up: bool, org: str, connector: str, leads: bool
) -> None:
    made = Connector(name, OrgAddress("https://acme.okta.com"), ApiToken("00secret"), made_up=made_up)
    assert made.leads_to(org, connector) is leads
