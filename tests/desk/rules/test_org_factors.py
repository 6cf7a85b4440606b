"""What an org's own factors could prove, by a list of authenticators as a real org gave it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.conftest import SHARED
from tests.okta.recordings import FOLDER, needs_recordings
from tui.desk.rules.org_factors import factors_said, provable
from tui.desk.rules.rules import DEFAULT_RULES, BadRules, check_rules
from tui.desk.rules.strength import Measured

if TYPE_CHECKING:
    from tui.desk.rules.strength import Attested

RECORDED = FOLDER / "authenticators_list.json"


def switched_on(but: str = "") -> list[str]:
    found: list[dict[str, Any]] = json.loads(RECORDED.read_text("utf-8"))["body"]
    return [one["key"] for one in found if one["status"] == "ACTIVE" and one["key"] != but]


@needs_recordings
def test_a_real_orgs_list_says_what_a_caller_could_prove() -> None:
    can = provable(switched_on())
    assert can == frozenset(Measured)  # Okta Verify, mail and a question; the phone is switched off there
    assert factors_said(can) == (
        "a push, with a number where the org has that; a code from an app or token; a code by text, call or mail; "
        "a security question"
    )


@needs_recordings
def test_without_okta_verify_a_real_org_cannot_meet_a_rule_that_only_a_factor_meets() -> None:
    can = provable(switched_on(but="okta_verify"))
    assert can == frozenset({Measured.MESSAGE, Measured.QUESTION})
    assert check_rules(DEFAULT_RULES, can) is DEFAULT_RULES  # an agent may vouch
    nobody: frozenset[Attested] = frozenset()
    for strict in (replace(DEFAULT_RULES, attested=nobody), replace(DEFAULT_RULES, attested_top=nobody)):
        assert check_rules(strict, provable(switched_on())) is strict
        with pytest.raises(BadRules, match="cannot be used"):
            check_rules(strict, can)


def test_an_authenticator_that_is_not_known_rules_nothing_out() -> None:
    assert provable(["okta_password", "of_tomorrow"]) is None
    assert provable([""]) is None
    assert provable(["okta_password", "webauthn"]) == frozenset()
    assert factors_said(()) == "nothing"


@needs_recordings
def test_every_authenticator_that_oktas_description_names_is_known() -> None:
    text = (SHARED / "okta" / "management.yaml").read_text("utf-8")
    named = text.partition("    AuthenticatorEnrollmentPolicyAuthenticatorType:")[2]
    keys = re.findall(r"^      - (\w+)$", named.partition("\n    Authenticator")[0], re.MULTILINE)
    assert "okta_verify" in keys
    assert [key for key in [*keys, "tac", "smart_card_idp"] if provable([key]) is None] == []
