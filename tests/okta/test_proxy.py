"""Which hosts are reached through a proxy, by the connector's own setting and by the environment."""

from __future__ import annotations

import traceback
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.each import each
from tui.okta.errors import NotReached
from tui.okta.network import AS_FOUND, Network
from tui.okta.network_errors import BadProxy
from tui.okta.proxy import Proxy, bypassed, is_loopback, parse_proxy, proxy_for
from tui.okta.wire import wire
from tui.trouble import BadInput

if TYPE_CHECKING:
    from ipaddress import IPv6Address

ORG = "acme.okta.com"
URL = "http://proxy.acme.example:8080"
PROXY = Proxy("http", "proxy.acme.example", 8080)

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
names = st.lists(labels, min_size=2, max_size=4).map(".".join).filter(lambda name: not name[-1].isdigit())
ports = st.integers(1, 65535)
texts = st.text(st.characters(codec="utf-8"), min_size=8, max_size=30)


def found(**environ: str) -> str | None:
    proxy = proxy_for(AS_FOUND, ORG, environ=environ)
    return proxy.url if proxy else None


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_the_environment_names_the_proxy(name: str) -> None:
    assert proxy_for(AS_FOUND, ORG, environ={name: URL}) == Proxy("http", "proxy.acme.example", 8080, name)


def test_a_proxy_for_http_alone_is_not_for_https() -> None:
    assert found(HTTP_PROXY=URL, http_proxy=URL) is None


def test_the_nearer_variable_wins() -> None:
    other = "http://other.example:3128"
    assert found(https_proxy=URL, HTTPS_PROXY=other, all_proxy=other) == URL
    assert found(https_proxy="", HTTPS_PROXY=other) is None
    assert found(HTTPS_PROXY=" ", ALL_PROXY=URL) == URL


def test_the_connectors_own_proxy_stands_above_the_environment() -> None:
    environ = {"HTTPS_PROXY": "http://other.example:3128", "NO_PROXY": "*"}
    proxy = proxy_for(Network(proxy=URL), ORG, environ=environ)
    assert proxy is not None
    assert (proxy.url, proxy.source) == (URL, "the connector's `proxy`")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8443", "127.0.0.1", "127.9.9.9:1", "[::1]:8443", "::1"])
@pytest.mark.parametrize("network", [AS_FOUND, Network(proxy=URL)], ids=["environment", "connector"])
def test_the_loopback_is_reached_directly(host: str, network: Network) -> None:
    assert proxy_for(network, host, environ={"HTTPS_PROXY": URL}) is None


@pytest.mark.parametrize("host", ["localhost.acme.example", "128.0.0.1", "127.0.0.1.example", "::2"])
def test_what_only_looks_like_the_loopback_is_not(host: str) -> None:
    assert not is_loopback(host)
    assert proxy_for(AS_FOUND, host, environ={"HTTPS_PROXY": URL}) is not None


def test_without_a_host_the_environments_proxy_is_not_used() -> None:
    assert proxy_for(AS_FOUND, "", environ={"HTTPS_PROXY": URL}) is None
    assert proxy_for(Network(proxy=URL), "", environ={}) is not None


@each(
    ("exceptions", "direct"),
    [
        ("", False),
        ("*", True),
        ("intranet, *", True),
        ("acme.okta.com", True),
        ("ACME.Okta.com", True),
        ("okta.com", True),
        (".okta.com", True),
        ("*.okta.com", True),
        ("intranet,.okta.com", True),
        ("intranet .okta.com", True),
        ("acme.okta.com:443", True),
        (".okta.com:443", True),
        ("acme.okta.com:8443", False),
        ("cme.okta.com", False),
        ("kta.com", False),
        ("beta.acme.okta.com", False),
        ("okta", False),
        ("10.0.0.0/8", False),
        (",, ,", False),
    ],
)
def test_no_proxy_names_hosts_and_domains(exceptions: str, direct: bool) -> None:
    assert (found(HTTPS_PROXY=URL, no_proxy=exceptions) is None) is direct


@each(
    ("host", "exceptions", "direct"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3:443", True),
        ("10.1.2.3", "10.1.2.3:8443", False),
        ("10.1.2.3:8443", "10.1.2.3:8443", True),
        ("10.1.2.3", "10.2.0.0/16", False),
        ("10.1.2.3", "2.3", False),
        ("[fd00::1]:8443", "fd00::/8", True),
        ("[fd00::1]", "[fd00::1]", True),
        ("[fd00::1]:8443", "[fd00::1]:8443", True),
        ("[fd00::1]:8443", "[fd00::1]:443", False),
        ("[fd00::1]", "fe80::/10", False),
        ("10.1.2.3", "10.0.0.0/99, nonsense/8", False),
    ],
)
def test_no_proxy_names_addresses_and_networks(host: str, exceptions: str, direct: bool) -> None:
    environ = {"HTTPS_PROXY": URL, "NO_PROXY": exceptions}
    assert (proxy_for(AS_FOUND, host, environ=environ) is None) is direct


@given(names, ports, st.sampled_from(["", ".", "*."]), st.booleans())
def test_a_domain_covers_what_is_below_it(name: str, port: int, lead: str, named: bool) -> None:
    entry = f"{lead}{name}" + (f":{port}" if named else "")
    assert bypassed(f"beta.{name}", port, f"other.example, {entry}")
    assert bypassed(name.upper(), port, entry)
    assert not bypassed(f"x{name}", port, entry)
    assert not bypassed(f"{name}.example", port, entry) or name.endswith("example")
    if named:
        assert not bypassed(name, port % 65535 + 1, entry)


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_a_network_covers_its_addresses(address: IPv4Address | IPv6Address, length: int) -> None:
    network = IPv4Network((int(address), length), strict=False)
    assert bypassed(str(address), 443, str(network))
    assert bypassed(f"::ffff:{address}", 443, f"{address}/{length}")  # as some name servers write it
    other = int(address) ^ (1 << 31)
    assert bypassed(str(IPv4Address(other)), 443, str(network)) is (length == 0)


@given(st.text(max_size=40), names, ports)
@example("[", "acme.okta.com", 443)
@example("[]:", "acme.okta.com", 443)
def test_no_nonsense_in_no_proxy_is_a_crash(exceptions: str, name: str, port: int) -> None:
    for host in (name, "10.1.2.3", "fd00::1"):
        assert bypassed(host, port, exceptions) in {True, False}


# -- the URL itself


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (URL, URL),
        (f" {URL}/ ", URL),
        ("proxy.acme.example:8080", URL),
        ("http://proxy", "http://proxy:80"),
        ("https://proxy", "https://proxy:443"),
        ("HTTP://Proxy.Acme.example:8080", URL),
        ("http://[fd00::1]:3128", "http://[fd00::1]:3128"),
        ("tess:secret@proxy.acme.example:8080", URL),
    ],
)
def test_a_url_is_taken_apart(text: str, url: str) -> None:
    assert parse_proxy(text, "HTTPS_PROXY").url == url


@given(texts, texts)
def test_user_and_password_are_decoded_and_hidden(user: str, password: str) -> None:
    user, password = f"u{user}", f"p{password}"
    proxy = parse_proxy(f"http://{quote(user, safe='')}:{quote(password, safe='')}@proxy:1", "HTTPS_PROXY")
    assert (proxy.user, proxy.password, proxy.signs_in) == (user, password, True)
    assert repr(proxy) == "Proxy(scheme='http', host='proxy', port=1, source='HTTPS_PROXY')"


SLIPS = [
    "http://tess:Sesame-1@",
    "http://tess:Sesame/1@proxy:8080",
    "http://tess:12/Sesame-1@proxy:8080",
    "http://tess:Sesame#1@proxy:8080",
    "http://tess:1?Sesame@proxy:8080",
    "http://tess:Sesame-1@proxy:99999",
    "http://tess:Sesame-1@proxy:0",
    "http://tess:Sesame-1@proxy:port",
    "http://tess:Sesame-1@pro xy:8080",
    "http://tess:Sesame-1@pro\x1b[31mxy:8080",
    "http://tess:Sesame-1@a..b:8080",
    "http://tess:Sesame-1@[fd00::zz]:8080",
    "http://tess:Sesame-1@[fd00::1",
    "http://proxy:8080/Sesame-1",
    "ftp://tess:Sesame-1@proxy:8080",
    "socks5://tess:Sesame-1@proxy:1080",
    "://Sesame-1",
    "http:///Sesame-1",
]


@pytest.mark.parametrize("text", SLIPS)
@pytest.mark.parametrize("own", [True, False], ids=["connector", "environment"])
def test_a_slip_in_the_url_is_told_without_showing_it(text: str, own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    if not own:
        monkeypatch.setenv("HTTPS_PROXY", text)
    with pytest.raises(BadProxy) as caught:
        wire(secure=True, network=Network(proxy=text if own else ""), host=ORG)
    assert isinstance(caught.value, BadInput)
    assert isinstance(caught.value, NotReached)
    assert (caught.value.field, caught.value.sent) == ("proxy", False)
    assert ("the connector's `proxy`" if own else "HTTPS_PROXY") in str(caught.value).replace("The", "the")
    assert caught.value.__cause__ is caught.value.__context__ is None
    below = caught.tb.tb_next  # this test's own frame knows it, of course
    report = traceback.TracebackException(BadProxy, caught.value, below, capture_locals=True)
    shown = "".join(report.format())
    assert "parse_proxy" in shown
    assert "Sesame" not in shown


def test_socks_is_said_to_be_unknown() -> None:
    with pytest.raises(BadProxy, match="does not speak SOCKS"):
        parse_proxy("socks5h://proxy:1080", "ALL_PROXY")


@given(st.text(max_size=40))
@example("http://[::1]x:1")
def test_no_text_is_a_crash(text: str) -> None:
    try:
        proxy = parse_proxy(text, "HTTPS_PROXY")
    except BadProxy:
        return
    assert proxy.host
    assert 0 < proxy.port < 65536
    assert parse_proxy(proxy.url, "HTTPS_PROXY").url == proxy.url


def test_a_network_does_not_show_its_proxy() -> None:
    assert "Sesame" not in repr(Network(proxy="http://tess:Sesame-1@proxy:8080"))
