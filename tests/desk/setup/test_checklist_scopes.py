"""A list of scopes that somebody was given, in any form, held against what the choices need."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.support import harmful
from tui.desk.actions import needs
from tui.desk.setup.checklist_items import compare
from tui.desk.setup.checklist_scopes import USUAL_TEN, scope_names
from tui.okta.policy import USUAL, Capability, Mode

C = Capability
ALL = tuple(one for one in Capability if one in USUAL)
READ, WRITE = Mode.READ_ONLY, Mode.READ_WRITE
SEPARATORS = st.text(" ,;|\n\t\r/+&\"'`()[]{}<>=*•", min_size=1, max_size=4)
SCOPES = st.lists(st.sampled_from([*USUAL_TEN, "okta.policies.read", "okta.roles.read"]), unique=True, max_size=12)


def test_the_usual_ten_lack_the_password_policies_and_have_two_too_many() -> None:
    found = compare("\n".join(USUAL_TEN), ALL, WRITE)
    assert [scope for scope, _ in found.not_needed] == ["okta.factors.read", "okta.factors.manage"]
    assert "okta.users.manage" in dict(found.not_needed)["okta.factors.manage"]
    assert found.missing == (("okta.policies.read", "the password policies: how long a password lives"),)
    assert set(found.known) == set(USUAL_TEN) - {"okta.factors.read", "okta.factors.manage"}


def test_in_read_only_mode_what_writes_is_not_needed() -> None:
    found = compare(" ".join(USUAL_TEN), ALL, READ)
    assert dict(found.not_needed)["okta.groups.manage"] == "this connector is read-only"
    assert dict(found.not_needed)["okta.users.manage"] == "this connector is read-only"


def test_what_is_switched_off_is_named() -> None:
    found = compare("okta.logs.read okta.users.manage okta.groups.manage", {C.IDENTIFY}, WRITE)
    why = dict(found.not_needed)
    assert why["okta.logs.read"] == "only for what is switched off: The lockout list"
    assert "Unlocking accounts" in why["okta.users.manage"]
    assert why["okta.groups.manage"] == "only for what is switched off: Provisioning software"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("okta.users.read/manage", ("okta.users.read", "okta.users.manage")),
        ("okta.users.read, .manage; okta.logs.read", ("okta.users.read", "okta.users.manage", "okta.logs.read")),
        ("users.read and logs.read", ("okta.users.read", "okta.logs.read")),
        ("Scopes: OKTA.USERS.READ", ("okta.users.read",)),
        ("okta.apitokens.read", ("okta.apiTokens.read",)),
        ('["okta.users.read","okta.users.read"]', ("okta.users.read",)),
        ("- okta.users.read.\n- okta.apps.read", ("okta.users.read", "okta.apps.read")),
        ("", ()),
        (" ,;- ", ()),
        ("read", ("read",)),
    ],
)
def test_any_form_is_read(given: str, expected: tuple[str, ...]) -> None:
    assert scope_names(given) == expected


@settings(deadline=None, max_examples=60)
@given(SCOPES, st.data())
def test_any_separators_will_do(scopes: list[str], data: st.DataObject) -> None:
    text = "".join(scope + data.draw(SEPARATORS) for scope in scopes)
    assert list(scope_names(data.draw(SEPARATORS) + text)) == scopes


@settings(deadline=None, max_examples=60)
@given(SCOPES, st.frozensets(st.sampled_from(ALL)), st.sampled_from(list(Mode)))
def test_every_scope_is_told_of_once(scopes: list[str], chosen: frozenset[Capability], mode: Mode) -> None:
    found = compare(" ".join(scopes), chosen, mode)
    told = [*found.known, *(scope for scope, _ in found.not_needed)]
    assert sorted(told) == sorted(scopes)
    wanted = set(needs.scopes(chosen, mode))
    assert set(found.known) == set(scopes) & wanted
    assert all(not needs.holds(scopes, scope) for scope, _ in found.missing)
    assert {scope for scope, _ in found.missing} | set(found.known) <= wanted
    assert all(why for _, why in (*found.not_needed, *found.missing))


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_any_text_is_harmless(text: str) -> None:
    found = compare(text, ALL, WRITE)
    for scope, why in (*found.not_needed, *found.missing):
        assert not harmful(scope + why)
        assert len(scope) <= 80
    assert all(scope in needs.scopes(ALL, WRITE) for scope in found.known)


def test_a_manage_scope_brings_the_read_so_it_is_not_missing() -> None:
    found = compare("okta.users.manage", {C.UNLOCK}, WRITE)
    assert [scope for scope, _ in found.missing] == ["okta.orgs.read"]
    assert found.missing[0][1].endswith("optional")


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        ("okta.logs.reed", "is it okta.logs.read?"),
        ("okta.brands.manage", "no call of keydesk needs it"),
        ("openid", "no person"),
        ("foo", "no scope of Okta's management API"),
        ("okta.sessions.manage", "sessions are ended by okta.users.manage"),
    ],
)
def test_unknown_names_are_named(scope: str, says: str) -> None:
    ((name, why),) = compare(scope, ALL, WRITE).not_needed
    assert name == scope
    assert says in why
