"""The Admin Console's pages: exact, harmless whatever the ids are, also behind a custom domain."""

from __future__ import annotations

from urllib.parse import unquote

import httpx

from tests.conftest import FakeClock
from tests.desk.support import harmful
from tests.each import each
from tests.okta.support import client_of, line
from tui.desk.connectors.connector import OrgAddress
from tui.desk.connectors.console import app_page, console_of, group_page, person_pages

CONSOLE = "https://acme-admin.okta.com"


def test_the_pages_of_a_person_a_group_and_an_app() -> None:
    person, log = person_pages("00u1", "Ann Lee")
    assert person.link(CONSOLE) == f"{CONSOLE}/admin/user/profile/view/00u1"
    assert unquote(log.link(CONSOLE)) == (
        f'{CONSOLE}/report/system_log_2?search=actor.id eq "00u1" or target.id eq "00u1"'
    )
    assert group_page("00g1", "VPN").link(CONSOLE) == f"{CONSOLE}/admin/group/00g1"
    assert app_page("0oa1", "oidc_client", "Mail").link(CONSOLE) == f"{CONSOLE}/admin/app/oidc_client/instance/0oa1"
    assert person.link("") == ""


@each("hostile", ["../../x", "a/b?c#d", "x\x1b[31m\n", "..", "", "\u202ex", "é", "\ud800"], ids=repr)
def test_no_id_leads_anywhere_else(hostile: str) -> None:
    pages = (*person_pages(hostile, hostile), group_page(hostile, hostile), app_page(hostile, hostile, hostile))
    for page in pages:
        link = page.link(CONSOLE)
        assert harmful(page.title + link) == []
        assert link == "" or link.startswith((f"{CONSOLE}/admin/", f"{CONSOLE}/report/system_log_2?search="))
        assert "/../" not in link
        assert link.count("/") <= 8
        assert "#" not in link


async def test_behind_a_custom_domain_okta_s_own_page_tells_the_address() -> None:
    wire = line(httpx.Response(200, json={"id": "00o1", "_links": {"organization": {"href": "https://acme.okta.com"}}}))
    client = client_of(wire, FakeClock())
    assert await console_of(OrgAddress("https://login.acme.com"), client) == CONSOLE
    assert [sent.target for sent in wire.sent] == ["/.well-known/okta-organization"]
    assert await console_of(OrgAddress("https://acme.okta.com"), client) == CONSOLE
    assert await console_of(OrgAddress("http://127.0.0.1:9"), client) == ""
    assert len(wire.sent) == 1


@each("href", ["https://evil.example", "javascript:alert(1)", "", None], ids=repr)
async def test_an_address_of_nobody_s_is_not_opened(href: str | None) -> None:
    wire = line(httpx.Response(200, json={"id": "00o1", "_links": {"organization": {"href": href}}}))
    assert await console_of(OrgAddress("https://login.acme.com"), client_of(wire, FakeClock())) == ""
