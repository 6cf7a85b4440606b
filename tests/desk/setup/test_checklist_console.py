"""The checklist where it leads: to the org's own pages, and what it says where it cannot lead there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.setup.checklist_items import checklist, compare
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from tui.desk.setup.checklist import Checklist

KINDS = pytest.mark.parametrize("kind", list(SignInKind))


def made(address: str, kind: SignInKind = SignInKind.PRIVATE_KEY_JWT) -> Checklist:
    return checklist(parse_address(address), kind, set(Capability), Mode.READ_WRITE)


@KINDS
def test_an_org_of_this_machine_has_no_admin_console(kind: SignInKind) -> None:
    found = made("http://127.0.0.1:8099", kind)
    assert "has no Admin Console" in found.sections[0].items[0].text
    assert not any(item.link for section in found.sections for item in section.items)


@KINDS
def test_for_a_custom_domain_it_says_how_to_get_to_the_console(kind: SignInKind) -> None:
    found = made("https://login.acme.example", kind)
    assert found.sections[0].items[0].text.startswith("Open the Admin Console")
    assert not any(item.link for section in found.sections for item in section.items)


@KINDS
def test_where_links_lead_there_nothing_is_said(kind: SignInKind) -> None:
    found = made("https://acme.okta.com", kind)
    links = [item.link for section in found.sections for item in section.items if item.link]
    assert "console:open" not in [item.id for section in found.sections for item in section.items]
    assert links
    assert all(link.startswith("https://acme-admin.okta.com/admin/") for link in links)


def test_roles_of_an_account_are_assigned_on_the_page_of_administrators() -> None:
    found = made("https://acme.okta.com", SignInKind.API_TOKEN)
    roles = [item.link for section in found.sections for item in section.items if item.id.startswith("role:USER")]
    assert roles == ["https://acme-admin.okta.com/admin/access/admins"]


@pytest.mark.parametrize("given", ["okta.users.*", "users.*", "`okta.users.*`,", "OKTA.Users.*"])
def test_a_star_means_reading_and_managing(given: str) -> None:
    found = compare(given, {Capability.UNLOCK}, Mode.READ_WRITE)
    assert found.known == ("okta.users.manage", "okta.users.read")
    assert found.not_needed == ()
