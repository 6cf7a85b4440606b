"""The checklist of a connector that gives software by groups only: a custom role first, and nothing on apps."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.setup.checklist_items import checklist, compare
from tui.okta.policy import Capability, Mode, SoftwareBy

if TYPE_CHECKING:
    from tui.desk.setup.checklist import Checklist, Item

ACME = parse_address("https://acme.okta.com")
SMALL = {Capability.IDENTIFY, Capability.PROVISIONING}
PERMISSIONS = "okta.groups.members.manage, okta.groups.read, okta.users.groupMembership.manage, okta.users.read"


def made(
    capabilities: set[Capability] = SMALL,
    mode: Mode = Mode.READ_WRITE,
    kind: SignInKind = SignInKind.PRIVATE_KEY_JWT,
    software_by: SoftwareBy = SoftwareBy.GROUPS,
) -> Checklist:
    return checklist(ACME, kind, capabilities, mode, software_by=software_by)


def items(given: Checklist) -> dict[str, Item]:
    return {item.id: item for section in given.sections for item in section.items}


def test_the_custom_role_comes_first_and_the_standard_role_is_the_alternative() -> None:
    titles = [section.title for section in made().sections]
    custom = next(number for number, title in enumerate(titles) if title.startswith("The admin role: a custom role"))
    assert titles[custom + 1].startswith("Or, in place of the custom role, a standard role")
    found = items(made())
    assert found["custom:role"].copy == PERMISSIONS
    for title in ("View users and their details", "Edit users' group membership", "Manage group membership"):
        assert f"“{title}”" in found["custom:role"].text
    assert not any(found[name].optional for name in ("custom:role", "custom:resources", "custom:assign"))
    assert found["role:GROUP_MEMBERSHIP_ADMIN"].optional
    assert found["role:groups"].text == "Limit Group Membership Administrator to the groups that give software."
    assert found["role:more"].text == "Group Administrator would do as well."


def test_a_read_only_connector_is_told_the_reading_permissions_only() -> None:
    found = items(made(mode=Mode.READ_ONLY))
    assert found["custom:role"].copy == "okta.groups.read, okta.users.read"
    assert "change who is in a group" not in found["custom:role"].why


def test_nothing_on_apps_is_to_be_granted_whatever_else_is_on() -> None:
    for capabilities, mode, kind in product((SMALL, set(Capability)), Mode, SignInKind):
        found = items(made(capabilities, mode, kind))
        assert not any(name.startswith("scope:okta.apps") for name in found)
        assert {"role:APP_ADMIN", "role:apps"}.isdisjoint(found)
        assert not any("okta.apps" in item.copy or "appAssignment" in item.copy for item in found.values())


def test_with_what_no_custom_role_can_do_the_standard_roles_come_first() -> None:
    titles = [section.title for section in made(SMALL | {Capability.LOCKOUTS}).sections]
    assert any(title.startswith("Admin roles:") for title in titles)
    assert not any(title.startswith("The admin role: a custom role") for title in titles)


def test_the_account_of_an_api_token_with_that_role_has_to_be_let_make_one() -> None:
    token = items(made(kind=SignInKind.API_TOKEN))
    assert token["account:tokens"].why == "That custom role alone may not create tokens."
    assert token["custom:assign"].text.endswith("to the service account.")


def test_a_pasted_scope_on_apps_is_not_needed_because_of_the_choice() -> None:
    given = "okta.apps.read okta.apps.manage okta.groups.manage"
    found = compare(given, SMALL, Mode.READ_WRITE, SoftwareBy.GROUPS)
    why = "this connector gives software by groups only, so it needs no right on apps"
    assert dict(found.not_needed) == {"okta.apps.read": why, "okta.apps.manage": why}
    assert found.known == ("okta.groups.manage",)
    without = compare(given, {Capability.IDENTIFY}, Mode.READ_WRITE, SoftwareBy.GROUPS)
    assert "only for what is switched off" in dict(without.not_needed)["okta.apps.read"]
