"""Links from templates: percent-encoded, of the web alone, and never led elsewhere by what is filled in."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.by_hand.test_instructions import somebody
from tests.desk.support import harmful
from tests.each import each
from tui.desk.connectors.portals import Portals
from tui.desk.text.links import fill_link, web_link

ANN = {"login": "ann@acme.example", "id": "00u1", "email": "ann@acme.example"}


@each(
    "text",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://files.acme.example/",
        "data:text/html,x",
        "//acme.example/x",
        "acme.example",
        "https://",
        "https:///path",
        "https://user@acme.example/",
        "https://acme.example:x/",
        "https://[::1/",
        "https://acme.example/a b",
        "https://acme.example/\x1b]8;;",
        "https://acme.example/\nx",
        "https://acme.example\\@evil.example/",
        "https://{login}.acme.example/",
        "",
    ],
)
def test_what_is_no_link_of_the_web_makes_none(text: str) -> None:
    assert web_link(text) == ""
    assert fill_link(text, ANN) == ""
    assert Portals(unlock=text).instead("unlock", somebody().user, of_directory=False) == ("", "")


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://acme.example/x?y=1&z=%20#top", "https://acme.example/x?y=1&z=%20#top"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("https://[::1]:8443/x", "https://[::1]:8443/x"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ('https://acme.example/"<x>`|', "https://acme.example/%22%3Cx%3E%60%7C"),
        ("https://acme.example/{other}", "https://acme.example/%7Bother%7D"),
    ],
)
def test_what_is_one_is_made_harmless_and_stays_the_same_page(text: str, link: str) -> None:
    assert web_link(text) == link


@pytest.mark.parametrize("login", ["a b+c@d", "ä@x", "{id}", "../../x", "a/b?c#d&e=f", "\x1b[2J", "x\ud800", "%2F"])
def test_an_odd_login_stays_one_value(login: str) -> None:
    link = fill_link("https://p.acme.example/u/{login}/go?who={login}&id={id}", ANN | {"login": login})
    parts = urlsplit(link)
    expected = login.replace("\ud800", "?")
    assert parts.netloc == "p.acme.example"
    assert [unquote(part) for part in parts.path.split("/")] == ["", "u", expected, "go"]
    assert parse_qs(parts.query, keep_blank_values=True) == {"who": [expected], "id": ["00u1"]}
    assert link.isascii()
    assert link.isprintable()


@pytest.mark.parametrize("login", [".", ".."])
def test_a_way_up_makes_no_link(login: str) -> None:
    assert fill_link("https://p.acme.example/u/{login}/go", ANN | {"login": login}) == ""


@given(st.text(), st.text())
def test_nothing_that_is_filled_in_leads_elsewhere(login: str, email: str) -> None:
    link = fill_link("https://p.acme.example/?a={login}&b={email}", {"login": login, "email": email, "id": "x"})
    assert not link or link.startswith("https://p.acme.example/?a=")
    assert not harmful(link)
    assert link.count("&") == (1 if link else 0)
    assert not set(link) & set(" <>\"'{}\\`")


@given(st.text())
def test_any_text_is_a_harmless_link_or_none(text: str) -> None:
    for one in (text, f"https://{text}", f"https://acme.example/{text}"):
        link = web_link(one)
        assert link == web_link(link)
        assert link == "" or (link.isascii() and link.isprintable() and link.startswith(("https://", "http://")))


@pytest.mark.parametrize("where", ["https://ad.acme.example/{login}", "Call 4711", "", "javascript:{login}"])
def test_the_directory_has_a_link_or_words(where: str) -> None:
    user = somebody("ACTIVE", "LDAP", login="ann").user
    told, link = Portals(directory=True, directory_where=where).instead("unlock", user, of_directory=True)
    assert told
    assert link == ("https://ad.acme.example/ann" if where.startswith("https") else "")
    assert link in told
