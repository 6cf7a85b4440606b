"""What the System Log says for the rules: denials of both engines, what is new of a person, and what it cannot say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.conftest import SHARED
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.tiers import Tier
from tui.desk.verification.logged import Logged, logged_in
from tui.okta.clock import stamp
from tui.okta.log_events import LogEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

ANN, OMAR = "00uann", "00uomar"
AT = 1_795_413_600.0
MFA, CLASSIC = "user.authentication.auth_via_mfa", "user.mfa.okta_verify.deny_push"
APPROVED = {"pushOnlyResponseType": "OV_RESPONSE_APPROVE"}
WRONG_NUMBER = APPROVED | {"pushWithNumberChallengeResponseType": "OV_WITH_CHALLENGE_RESPONSE_INVALID"}


def event(
    kind: str, actor: str = ANN, target: str = "", result: str = "SUCCESS", debug: dict[str, str] | None = None
) -> LogEvent:
    raw: dict[str, Any] = {
        "uuid": f"{kind}{actor}{target}{debug}",
        "published": stamp(datetime.fromtimestamp(AT, UTC)),
        "eventType": kind,
        "actor": {"id": actor, "type": "User"},
        "target": [{"id": target, "type": "User"}] if target else None,
        "outcome": {"result": result},
        "debugContext": {"debugData": debug or {}},
    }
    return msgspec.convert(raw, LogEvent)


def said(*events: LogEvent) -> Logged:
    return logged_in(events, ANN, DEFAULT_RULES)


@pytest.mark.parametrize(
    ("kind", "debug", "denied"),
    [
        (CLASSIC, {}, True),
        (MFA, {"pushOnlyResponseType": "OV_RESPONSE_DENY"}, True),
        (MFA, {"push_only_response_type": "ov_response_deny"}, True),
        (MFA, APPROVED | {"pushWithNumberChallengeResponseType": "OV_WITH_CHALLENGE_RESPONSE_ERROR"}, False),
        (MFA, {}, False),
        (MFA, {"factor": "PASSWORD_AS_FACTOR"}, False),
    ],
)
def test_a_denial_in_the_form_of_each_engine(kind: str, debug: dict[str, str], denied: bool) -> None:
    found = said(event(kind, result="FAILURE", debug=debug))
    assert (found.denied(()) == AT) is denied


def test_a_recorded_push_that_failed_by_an_error_is_no_denial() -> None:
    path = SHARED / "okta" / "events" / "mfa_failure_push_number_challenge_error.json"
    if not path.exists():
        pytest.skip("the reference data is not there")
    events = [msgspec.convert(one, LogEvent) for one in json.loads(path.read_text())["body"]]
    person = events[0].person
    assert person is not None
    found = logged_in(events, str(person.id), DEFAULT_RULES)
    assert (found.denials, found.wrong_numbers, found.deeds, found.changed) == ((), (), (), None)


def test_a_wrong_number_is_a_denial_where_keydesk_has_just_asked_and_a_slip_at_a_sign_in_of_their_own() -> None:
    found = said(event(MFA, result="FAILURE", debug=WRONG_NUMBER))
    assert found.denied((AT - 40,)) == AT
    assert found.denied(()) is None
    assert found.denied((AT - 900, AT + 5)) is None


@pytest.mark.parametrize(
    ("kind", "debug", "new"),
    [
        ("user.mfa.factor.activate", {}, True),
        ("user.account.update_primary_email", {}, True),
        ("user.account.update_secondary_email", {}, True),
        ("user.account.update_profile", {}, True),
        ("user.account.update_profile", {"changedAttributes": "title,mobilePhone"}, True),
        ("user.account.update_profile", {"changedAttributes": "title, department"}, False),
        ("user.session.start", {}, False),
    ],
)
def test_contact_data_and_factors_that_are_new(kind: str, debug: dict[str, str], new: bool) -> None:
    assert (said(event(kind, OMAR, ANN, debug=debug)).changed == AT) is new
    assert said(event(kind, OMAR, ANN, "FAILURE", debug)).changed is None


def test_what_a_person_did_to_others_says_nothing_of_them() -> None:
    kinds = ("user.mfa.factor.reset_all", "user.account.update_profile", "user.mfa.factor.activate")
    assert said(*(event(kind, ANN, OMAR) for kind in kinds)) == Logged()


def tiers(events: Iterable[LogEvent]) -> list[tuple[str, Tier]]:
    return [(deed.action, deed.tier) for deed in said(*events).deeds]


def test_what_was_done_to_a_person_has_the_tier_of_the_rules() -> None:
    done = [event(kind, OMAR, ANN) for kind in ("user.mfa.factor.reset_all", "user.account.reset_password")]
    assert tiers(done) == [("reset-mfa", Tier.TOP), ("reset-password", Tier.REASON)]
    own = event("user.account.update_password", ANN, ANN)
    assert tiers([own, event("user.mfa.factor.deactivate", OMAR, ANN, "FAILURE")]) == []
