"""What answers to a verification mean, in every form that was ever seen, and that nothing else proves anybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SHARED, half_as_many
from tui.okta.answers import Answer
from tui.okta.challenges import ChallengeState, read_challenge
from tui.okta.errors import Unreadable

if TYPE_CHECKING:
    from tui.okta.challenges import Challenge

RECORDED = SHARED / "okta" / "recorded" / "factor_verify.json"


def read(body: Any, status: int = 201) -> Challenge:  # noqa: ANN401 - JSON is what it is
    return read_challenge(Answer(status, {}, json.dumps(body).encode()))


@pytest.mark.skipif(not RECORDED.exists(), reason="needs the recorded answers")
def test_the_recorded_push_waits_and_names_its_link() -> None:
    found = read(json.loads(RECORDED.read_text())["body"])
    assert (found.state, found.number) == (ChallengeState.WAITING, None)
    assert "/transactions/mst" in found.poll_url
    assert found.ends is not None


def test_the_number_is_found_where_either_api_puts_it() -> None:
    beside = {"factorResult": "WAITING", "_embedded": {"challenge": {"correctAnswer": 72}}}
    beneath = {"factorResult": "WAITING", "_embedded": {"factor": {"_embedded": {"challenge": {"correctAnswer": 7}}}}}
    assert (read(beside).number, read(beneath).number) == (72, 7)
    assert read({"_embedded": {"challenge": {"correctAnswer": "07"}}}).number == 7
    for odd in (None, True, -1, 10**9, "72; rm", [72], {"correctAnswer": 72}, 7.5):
        assert read({"_embedded": {"challenge": {"correctAnswer": odd}}}).number is None
    assert read({"_embedded": {"challenge": None}}).number is None


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("SUCCESS", ChallengeState.PASSED),
        ("REJECTED", ChallengeState.REFUSED),
        ("TIMEOUT", ChallengeState.ENDED),
        ("CANCELLED", ChallengeState.ENDED),
        ("CHALLENGE", ChallengeState.ASKED),
        ("success", ChallengeState.UNKNOWN),
        ("PASSCODE_REPLAYED", ChallengeState.UNKNOWN),
        (None, ChallengeState.UNKNOWN),
        (200, ChallengeState.UNKNOWN),
    ],
)
def test_only_success_is_a_success(said: object, state: ChallengeState) -> None:
    assert read({"factorResult": said}).state is state


@half_as_many()
@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_any_json_is_no_proof_by_accident(body: object) -> None:
    try:
        found = read(body)
    except Unreadable:
        return
    assert found.state is ChallengeState.UNKNOWN
