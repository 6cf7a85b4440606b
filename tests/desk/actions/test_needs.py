"""What the capabilities need of Okta: scopes, and the least powerful roles."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.demo.admins.principals import ALL_SCOPES
from tui.demo.admins.rights import RIGHTS
from tui.desk.actions import needs
from tui.desk.actions.catalogue import ACTIONS
from tui.okta.endpoints import ENDPOINTS, KNOWN
from tui.okta.policy import USUAL, Capability, Mode

C = Capability
CHOICES = st.frozensets(st.sampled_from(list(Capability)))
MODES = st.sampled_from(list(Mode))
READ, WRITE = Mode.READ_ONLY, Mode.READ_WRITE
ALL = tuple(Capability)


def test_all_in_read_only_mode() -> None:
    assert needs.scopes(ALL, READ) == (
        "okta.apps.read", "okta.authenticators.read", "okta.groups.read", "okta.logs.read", "okta.orgs.read",
        "okta.policies.read", "okta.userRisk.read", "okta.users.read",
    )  # fmt: skip


def test_all_in_read_write_mode() -> None:
    added = set(needs.scopes(ALL, WRITE)) - set(needs.scopes(ALL, READ))
    assert added == {"okta.users.manage", "okta.groups.manage", "okta.apps.manage", "okta.devices.manage"}


@pytest.mark.parametrize(
    ("capability", "scopes"),
    [
        (C.IDENTIFY, {"okta.users.read"}),
        (C.LOCKOUTS, {"okta.users.read", "okta.logs.read"}),
        (C.EXPIRY, {"okta.users.read", "okta.groups.read", "okta.policies.read"}),
        (C.UNLOCK, {"okta.users.read", "okta.users.manage"}),
        (C.PASSWORDS, {"okta.users.read", "okta.users.manage"}),
        (C.MFA, {"okta.users.read", "okta.users.manage"}),
        (C.VERIFICATION, {"okta.users.read", "okta.users.manage"}),
        (C.SUSPENSION, {"okta.users.read", "okta.users.manage"}),
        (C.ACCESS_CODES, {"okta.users.read", "okta.users.manage", "okta.authenticators.read"}),
        (C.DEVICES, {"okta.users.read", "okta.users.manage", "okta.devices.manage"}),
        (C.RISK, {"okta.users.read", "okta.userRisk.read"}),
    ],
)
def test_each_capability_needs_its_own(capability: Capability, scopes: set[str]) -> None:
    assert set(needs.scopes([capability], WRITE)) == scopes | {"okta.orgs.read"}


@settings(max_examples=60)
@given(CHOICES, MODES)
def test_whatever_is_chosen(chosen: frozenset[Capability], mode: Mode) -> None:
    found = needs.scopes(chosen, mode)
    assert "okta.users.read" in found
    assert list(found) == sorted(set(found))
    assert set(found) <= set(ALL_SCOPES)
    assert not any(scope.startswith("okta.factors.") for scope in found)
    asks = mode is Mode.VERIFY_ONLY and C.VERIFICATION in chosen  # Okta has no smaller scope for a challenge
    allowed = {"okta.users.manage"} if asks else set()
    assert mode is WRITE or {scope for scope in found if not scope.endswith(".read")} <= allowed
    assert set(needs.purposes(chosen, mode)) == set(found)
    assert all(needs.purposes(chosen, mode).values())


@settings(max_examples=60)
@given(CHOICES, MODES, st.booleans())
def test_the_smallest_roles_allow_everything_and_none_is_too_many(
    chosen: frozenset[Capability], mode: Mode, limited: bool
) -> None:
    wanted = [need for need in needs.needed(chosen, mode) if not need.extra]
    roles = set(needs.smallest_roles(needs.needed(chosen, mode), limited=limited))
    assert all(roles & set(need.roles) for need in wanted)
    for role in roles:
        rest = roles - {role}
        assert any(not rest & set(need.roles) for need in wanted)
    assert "SUPER_ADMIN" not in roles
    assert "ORG_ADMIN" not in roles


def test_no_single_role_short_of_super_admin_covers_everything() -> None:
    wanted = needs.needed(ALL, WRITE)
    common = set.intersection(*(set(need.roles) for need in wanted))
    assert common == {"SUPER_ADMIN"}
    smaller = [set(some) for some in combinations(needs.POWER[:-1], 3)]
    assert not any(all(some & set(need.roles) for need in wanted) for some in smaller if "ORG_ADMIN" not in some
                   and "USER_ADMIN" not in some)  # fmt: skip
    assert len(needs.smallest_roles(needs.needed(USUAL, WRITE))) == 4
    # Whoever may suspend people is a Group Administrator, who may do what the two lesser ones may.
    assert needs.smallest_roles(wanted) == ("READ_ONLY_ADMIN", "USER_ADMIN", "APP_ADMIN")


def test_a_log_reader_alone_is_a_report_admin() -> None:
    wanted = needs.needed({C.LOCKOUTS, C.UNLOCK}, WRITE)
    assert needs.smallest_roles(wanted) == ("REPORT_ADMIN", "HELP_DESK_ADMIN")


def test_for_chosen_groups_roles_that_can_be_limited_come_first() -> None:
    wanted = needs.needed({C.IDENTIFY, C.UNLOCK}, READ)
    assert needs.smallest_roles(wanted) == ("READ_ONLY_ADMIN",)
    (role,) = needs.smallest_roles(wanted, limited=True)
    assert role in needs.LIMITABLE


@pytest.mark.parametrize(
    ("endpoint", "right"),
    [
        ("users", "users.view"),
        ("user_factors", "factors.view"),
        ("groups", "groups.view"),
        ("apps", "apps.view"),
        ("logs", "logs.view"),
        ("policies", "policies.view"),
    ],
)
def test_the_roles_agree_with_what_the_demo_org_enforces(endpoint: str, right: str) -> None:
    found = [need for need in needs.NEEDS if endpoint in need.endpoints and not need.writes]
    assert found
    for need in found:
        assert set(need.roles) == RIGHTS[right]


def test_each_action_of_the_catalogue_is_a_need_of_its_capability() -> None:
    for action in ACTIONS.values():
        mine = (need for need in needs.NEEDS if need.capability is action.capability and need.writes)
        (need,) = (need for need in mine if action.endpoint.id in need.endpoints)
        assert need.scope == action.endpoint.scope
        assert need.roles[0] == action.roles[0]
        assert set(action.permissions) <= set(need.permissions)


def test_what_takes_a_powerful_role_for_little_is_not_asked_for() -> None:
    extra = [need for need in needs.NEEDS if need.extra]
    assert [need.endpoints for need in extra] == [
        *(("reactivate",), ("suspend_device",), ("unsuspend_device",), ("deactivate_device",))
    ]
    assert not any("HELP_DESK_ADMIN" in need.roles for need in extra)
    # A lost laptop is seen with little power; what changes it is known to Organization Administrators and custom roles.
    assert needs.smallest_roles(needs.needed({C.DEVICES}, WRITE)) == ("HELP_DESK_ADMIN",)
    assert "okta.devices.lifecycle.suspend" in needs.permissions(needs.needed({C.DEVICES}, WRITE))
    assert needs.smallest_roles(needs.needed({C.PASSWORDS}, WRITE)) == ("HELP_DESK_ADMIN",)


def test_no_permission_is_needed_twice_for_the_same_change() -> None:
    changes = [need for need in needs.NEEDS if need.writes and need.capability is C.UNLOCK]
    assert [need.permissions for need in changes] == [("okta.users.lifecycle.unlock",)]


def test_every_call_of_a_need_exists_and_has_its_scope() -> None:
    for need in needs.NEEDS:
        for name in need.endpoints:
            assert KNOWN[name].scope == need.scope


def test_each_call_that_a_capability_allows_takes_a_scope_that_it_asks_for() -> None:
    without = {
        (capability, name)
        for capability, names in needs.ENDPOINT_MAP.by_capability.items()
        for name in names
        if not needs.holds(needs.scopes([capability], WRITE), KNOWN[name].scope or "")
    }
    # Worth no scope of their own: the group of those who want no notices, whether a group brings admin rights, who
    # is an administrator, and which factors the org has.
    who = {(capability, "role_assignees") for capability in C} | {(C.VERIFICATION, "authenticators")}
    assert without == who | {(C.LOCKOUTS, "groups"), (C.LOCKOUTS, "group_users"), (C.PROVISIONING, "group_roles")}


def test_each_capability_allows_what_its_needs_and_its_actions_name() -> None:
    for need in needs.NEEDS:
        assert set(need.endpoints) <= needs.ENDPOINT_MAP.by_capability[need.capability]
    for action in ACTIONS.values():
        sent = {endpoint.id for endpoint in action.endpoints}
        assert sent <= needs.ENDPOINT_MAP.by_capability[action.capability]


def test_a_change_is_allowed_by_the_capabilities_of_the_actions_that_send_it_alone() -> None:
    for endpoint in (one for one in ENDPOINTS.values() if one.writes):
        of_actions = {action.capability for action in ACTIONS.values() if endpoint in action.endpoints}
        assert set(needs.ENDPOINT_MAP.allowing(endpoint.id)) == of_actions


def test_a_manage_scope_brings_the_matching_read() -> None:
    assert needs.holds(["okta.users.manage"], "okta.users.read")
    assert not needs.holds(["okta.users.read"], "okta.users.manage")
    assert not needs.holds(["okta.users.manage"], "okta.groups.read")


def test_roles_are_named_as_the_admin_console_names_them() -> None:
    assert needs.role_words(["HELP_DESK_ADMIN"]) == "Help Desk Administrator"
    assert needs.role_words(["REPORT_ADMIN", "APP_ADMIN", "USER_ADMIN"], last="and") == (
        "Report Administrator, Application Administrator and Group Administrator"
    )
    assert needs.role_words(["NEW_ADMIN"]) == "NEW_ADMIN"
    assert needs.role_words([]) == ""
