"""The list of what to do in Okta: made from the choices, tickable, copyable, and without any secret."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.desk.actions import needs
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.setup.checklist import Checklist, ChecklistSection, Item
from tui.desk.setup.checklist_items import checklist
from tui.okta.policy import USUAL, Capability, Mode

C = Capability
ALL = tuple(one for one in Capability if one in USUAL)
ACME = parse_address("acme.okta.com")
CUSTOM = parse_address("login.acme.example")
JWT, TOKEN = SignInKind.PRIVATE_KEY_JWT, SignInKind.API_TOKEN
READ, WRITE = Mode.READ_ONLY, Mode.READ_WRITE
CHOICES = st.frozensets(st.sampled_from(ALL))


def items(made: Checklist) -> dict[str, Item]:
    found = {item.id: item for section in made.sections for item in section.items}
    assert len(found) == sum(len(section.items) for section in made.sections)
    return found


def scopes(made: Checklist) -> set[str]:
    return {item.copy for item in items(made).values() if item.id.startswith("scope:")}


@settings(deadline=None, max_examples=60)
@given(CHOICES, st.sampled_from(list(Mode)), st.sampled_from(list(SignInKind)), st.booleans())
def test_whatever_is_chosen_the_list_fits_it(
    chosen: frozenset[Capability], mode: Mode, kind: SignInKind, limited: bool
) -> None:
    made = checklist(ACME, kind, chosen, mode, limited_groups=limited)
    found = items(made)
    assert all(section.items and section.title for section in made.sections)
    assert scopes(made) == (set(needs.scopes(chosen, mode)) if kind is JWT else set())
    assert all(item.text.endswith(".") for item in found.values())
    assert all(not item.link or item.link.startswith("https://acme-admin.okta.com/") for item in found.values())
    assert made == checklist(ACME, kind, chosen, mode, limited_groups=limited)
    for text in (made.text(), made.markdown()):
        for item in found.values():
            assert re.sub(r"\W", "", item.text) in re.sub(r"\W", "", text)


def test_each_scope_says_what_it_is_for() -> None:
    found = items(checklist(ACME, JWT, ALL, WRITE))
    assert found["scope:okta.policies.read"].why == "For the password policies: how long a password lives."
    assert "resetting factors" in found["scope:okta.users.manage"].why
    assert found["scope:okta.orgs.read"].optional
    assert not found["scope:okta.users.read"].optional


def test_read_only_asks_for_no_scope_that_writes() -> None:
    made = checklist(ACME, JWT, ALL, READ)
    assert not any(scope.endswith(".manage") for scope in scopes(made))
    assert "no scope that ends in .manage" in items(made)["scopes:only"].text


def test_only_what_is_switched_on_is_asked_for() -> None:
    assert scopes(checklist(ACME, JWT, {C.LOCKOUTS}, READ)) == {"okta.users.read", "okta.logs.read", "okta.orgs.read"}


def test_the_public_key_is_there_to_paste_and_nothing_private_is() -> None:
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": "xx",
        "y": "yy",
        "kid": "k1",
        "d": "PRIVATE",
        "p": "PRIVATE",
        "k": "PRIVATE",
    }
    made = checklist(ACME, JWT, ALL, WRITE, public_jwk=jwk)
    pasted = items(made)["app:key"].copy
    assert json.loads(pasted) == {"kty": "EC", "crv": "P-256", "x": "xx", "y": "yy", "kid": "k1"}
    assert pasted in made.text()
    assert pasted in made.markdown()
    assert "PRIVATE" not in made.text() + made.markdown() + repr(made)


def test_proof_of_possession_stays_on() -> None:
    item = items(checklist(ACME, JWT, ALL, WRITE))["app:dpop"]
    assert item.text.startswith("Leave “Require Demonstrating Proof of Possession (DPoP)")
    assert item.text.endswith("on.")
    assert "Guides for other tools have it switched off" in item.why


def test_links_lead_to_the_app_once_it_exists() -> None:
    before = items(checklist(ACME, JWT, ALL, WRITE))["scope:okta.users.read"].link
    after = items(checklist(ACME, JWT, ALL, WRITE, client_id="0oa1b2"))["scope:okta.users.read"].link
    assert before == "https://acme-admin.okta.com/admin/apps/active"
    assert after == "https://acme-admin.okta.com/admin/app/oidc_client/instance/0oa1b2"


@pytest.mark.parametrize("odd", ["../../x", "0oa<script>", "a b", "0oa\x1b[2J", "é"])
def test_a_client_id_that_is_none_makes_no_link(odd: str) -> None:
    made = checklist(ACME, JWT, ALL, WRITE, client_id=odd)
    assert items(made)["app:auth"].link == "https://acme-admin.okta.com/admin/apps/active"


@pytest.mark.parametrize("org", [CUSTOM, None])
def test_where_the_admin_console_cannot_be_told_there_are_menu_paths_only(org: object) -> None:
    made = checklist(org, JWT, ALL, WRITE, client_id="0oa1")  # type: ignore[arg-type]
    assert not any(item.link for item in items(made).values())
    assert "https://" not in made.text()
    assert "Applications > Applications" in made.text()


def test_no_single_standard_role_is_enough_so_there_are_several() -> None:
    found = items(checklist(ACME, JWT, ALL, WRITE))
    roles = {name.removeprefix("role:") for name in found if name.removeprefix("role:").isupper()}
    assert roles == {"READ_ONLY_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "HELP_DESK_ADMIN", "APP_ADMIN"}
    assert "resetting factors" in found["role:HELP_DESK_ADMIN"].why
    assert "the password policies" in found["role:READ_ONLY_ADMIN"].why


def test_a_custom_role_has_exactly_these_permissions_and_what_it_cannot_do() -> None:
    found = items(checklist(ACME, JWT, {C.UNLOCK, C.LOCKOUTS}, WRITE))
    assert found["custom:role"].copy == "okta.users.lifecycle.unlock, okta.users.read"
    assert "resource set with all people" in found["custom:resources"].text
    assert found["custom:rest"].text == "Beside it assign Report Administrator."
    assert "System Log" in found["custom:rest"].why
    assert found["custom:rest"].why.startswith("As far as known, no custom role can do this: ")


def test_there_is_no_custom_role_where_it_would_be_no_less() -> None:
    assert "custom:role" not in items(checklist(ACME, JWT, ALL, READ))


def test_chosen_groups_are_asked_for_and_what_reaches_further_is_named() -> None:
    found = items(checklist(ACME, JWT, {C.UNLOCK, C.EXPIRY}, WRITE, limited_groups=True))
    assert found["role:groups"].text.startswith("Limit Help Desk Administrator to the groups")
    assert not found["role:groups"].optional
    assert found["role:wide"].text == "Know that Read-only Administrator cannot be limited to groups."
    assert "the password policies" in found["role:wide"].why
    assert items(checklist(ACME, JWT, {C.UNLOCK}, WRITE))["role:groups"].optional


def test_an_org_that_gives_new_apps_too_much_is_looked_for() -> None:
    found = items(checklist(ACME, JWT, ALL, READ))
    assert "Super Administrator must not be there" in found["check:super"].text
    assert "check:super" not in items(checklist(ACME, TOKEN, ALL, READ))


def test_an_api_token_comes_with_what_it_means() -> None:
    found = items(checklist(ACME, TOKEN, ALL, READ))
    assert "all rights of the account" in found["token:rights"].text
    assert "cannot be narrowed" in found["token:rights"].text
    assert "could be used to write" in found["token:rights"].why
    assert "30 days without use; each use renews it" in found["token:idle"].text
    assert "belongs to a person's account" in found["token:person"].text
    assert found["token:create"].link == "https://acme-admin.okta.com/admin/access/api/tokens"
    assert "network zone" in found["token:network"].text
    assert not any(name.startswith(("scope:", "app:")) for name in found)


def test_a_help_desk_admin_may_not_create_a_token_by_itself() -> None:
    assert "okta.users.apitokens.manage" in items(checklist(ACME, TOKEN, {C.UNLOCK}, WRITE))["account:tokens"].text
    assert "account:tokens" not in items(checklist(ACME, TOKEN, {C.UNLOCK}, READ))


@pytest.mark.parametrize(
    ("pipeline", "says"),
    [("idx", "Security > Authenticators > Password"), ("v1", "Security > Authentication > Password")],
)
def test_both_engines_are_spoken_of_in_their_own_words(pipeline: str, says: str) -> None:
    made = checklist(ACME, JWT, {C.EXPIRY}, READ, pipeline=pipeline)
    assert says in items(made)["expiry:policies"].text
    assert ("Classic Engine" in items(made)["app:dpop"].why) is (pipeline == "v1")


def test_what_is_ticked_is_ticked() -> None:
    made = checklist(ACME, JWT, ALL, WRITE)
    assert made.text(["app:dpop"]).count("[x]") == 1
    assert "[x] Leave “Require" in made.text(["app:dpop", "gone:since"])
    assert "- [x] Leave “Require" in made.markdown(["app:dpop"])


def test_a_link_that_lines_in_a_row_share_is_told_once() -> None:
    made = checklist(ACME, JWT, {C.UNLOCK}, WRITE, client_id="0oa1")
    (section,) = (section for section in made.sections if section.title.startswith("Scopes"))
    alone = Checklist("acme", (section,))
    assert alone.text().count("https://") == alone.markdown().count("https://") == 1


HOSTILE = st.text(st.characters(codec="utf-8"), max_size=40)


@settings(deadline=None, max_examples=60)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_text_breaks_out_of_the_list(org: str, text: str, copied: str) -> None:
    made = Checklist(org, (ChecklistSection(text, (Item("a", text, text, "", copied), Item("b", "Second."))),))
    lines = made.markdown().splitlines()
    assert sum(line.startswith("- [") for line in lines) == 2
    assert sum(line.startswith("#") for line in lines) == 2
    assert "\x1b" not in made.text() + made.markdown()
    assert "\n[ ] Second." in made.text()


def test_markdown_of_a_hostile_name_is_shown_and_not_run() -> None:
    made = Checklist(
        "<b>acme</b> [x](y) `z` *w*", (ChecklistSection("1. # x", (Item("a", "# not a head", copy="``"),)),)
    )
    assert made.markdown().splitlines() == [
        r"# keydesk: what to do in Okta for \<b>acme\</b> \[x\](y) \`z\` \*w\*",
        "",
        r"## 1. 1\. # x",
        "",
        r"- [ ] \# not a head",
        "  - ``` `` ```",
    ]
