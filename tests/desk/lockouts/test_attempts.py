"""Steps become attempts: one for each try, whatever the engine, the order of the events and the ids that they lack."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from tests.desk.lockouts.casework import ann, event, failure, method, tied, when
from tui.desk.lockouts.attempts import attempts_of
from tui.desk.lockouts.ends import End

if TYPE_CHECKING:
    from tui.okta.log_events import LogEvent

MFA = "user.authentication.auth_via_mfa"
AUTHN = "/api/v1/authn"
PHONE: dict[str, Any] = {"ip": "198.51.100.9", "agent": "OktaVerify/9.20 Android", "system": "Android", "browser": None}


def ends(*events: LogEvent) -> list[End]:
    return [attempt.end for attempt in attempts_of(events)]


def pair(at: float, transaction: str, request: str = "a1") -> list[LogEvent]:
    """A wrong password as Identity Engine writes it."""
    return [
        tied(method(at, "Password", reason="INVALID_CREDENTIALS"), transaction, request, "idx1"),
        tied(failure(at + 0.003), transaction, request, "idx1"),
    ]


def right(at: float, transaction: str = "t9", request: str = "a1") -> list[LogEvent]:
    """A right password as Identity Engine writes it: two events, and no end."""
    start = event("user.session.start", at + 0.004, ann(), result="SUCCESS", debug={"requestUri": "/idp/idx/identify"})
    return [
        tied(method(at, "Password", "SUCCESS"), transaction, request, "idx1"),
        tied(start, transaction, request, "idx1"),
    ]


def verify(at: float, transaction: str = "t10", request: str = "a1") -> LogEvent:
    return tied(event("user.authentication.verify", at, ann(), result="SUCCESS"), transaction, request, "idx1")


def test_the_two_events_of_a_wrong_password_are_one_attempt() -> None:
    assert ends(*pair(0, "t1")) == [End.WRONG_PASSWORD]


def test_five_wrong_passwords_of_one_page_are_five_attempts() -> None:
    events = [one for number in range(5) for one in pair(number * 7, f"t{number}")]
    assert ends(*events) == [End.WRONG_PASSWORD] * 5


def test_a_right_password_alone_is_open_and_a_verification_ends_it() -> None:
    (alone,) = attempts_of(right(0))
    assert (alone.end, alone.password_right, alone.failed, alone.good) == (End.OPEN, True, False, False)
    (whole,) = attempts_of([*right(0), tied(method(9, "Okta Verify", "SUCCESS"), "t10", "a1", "idx1"), verify(9.1)])
    assert (whole.end, whole.good, whole.at) == (End.OK, True, when(9.1))


def test_two_right_methods_that_nothing_refused_are_a_sign_in_even_where_its_end_is_not_read() -> None:
    assert ends(*right(0), tied(method(9, "Okta Verify", "SUCCESS"), "t10", "a1")) == [End.OK]


def test_a_wrong_code_after_the_right_password_is_one_attempt_and_the_next_code_another() -> None:
    codes = [tied(method(at, "Email", reason="INVALID_CREDENTIALS"), f"c{at}", "a1", "idx1") for at in (20, 40)]
    first, second = attempts_of([*right(0), *codes])
    assert (first.end, first.password_right, first.method) == (End.FACTOR, True, "Email")
    assert (second.end, second.password_right) == (End.FACTOR, True)


def test_a_factor_that_the_event_does_not_name_is_known_by_the_right_password_before_it() -> None:
    unnamed = tied(event(MFA, 20, ann(), reason="INVALID_CREDENTIALS"), "t10", "a1", "idx1")
    assert ends(*right(0), unnamed) == [End.FACTOR]
    assert ends(unnamed) == [End.UNCLEAR]


def test_who_left_at_the_second_factor_is_one_attempt() -> None:
    left = tied(method(310, "Okta Verify", "ABANDONED"), "t11", "a1", "idx1")
    (attempt,) = attempts_of([*right(0), left])
    assert (attempt.end, attempt.password_right, attempt.failed) == (End.ABANDONED, True, True)


def test_who_ignored_one_method_and_took_another_is_in() -> None:
    assert ends(*right(0), tied(method(60, "Okta Verify", "UNANSWERED"), "t11", "a1", "idx1")) == [End.OK]


def test_a_push_that_was_sent_says_that_a_factor_was_asked_for_and_is_no_attempt_by_itself() -> None:
    push = tied(event("system.push.send_factor_verify_push", 5, ann(), result="SUCCESS"), "t9b", "a1", "idx1")
    (attempt,) = attempts_of([*right(0), push])
    assert (attempt.end, attempt.asked) == (End.OPEN, True)
    assert ends(push) == []


def test_on_classic_a_push_that_was_sent_means_that_the_password_was_right() -> None:
    uri = {"requestUri": f"{AUTHN}/factors/opf1/verify"}
    sent = event("system.push.send_factor_verify_push", 5, ann(), result="SUCCESS", debug=uri)
    (attempt,) = attempts_of([sent])
    assert (attempt.end, attempt.asked, attempt.password_right) == (End.OPEN, True, True)
    assert attempt.method == "Okta Verify push"


def test_on_classic_the_factor_comes_in_another_transaction_and_session() -> None:
    first = {"requestUri": AUTHN, "requestId": "r1"}
    start = tied(event("user.session.start", 0, ann(), result="SUCCESS", debug=first), "r1", "", "102a")
    allow = tied(
        event("policy.evaluate_sign_on", 0.05, ann(), result="ALLOW", reason="… resulted in ALLOW",
              debug=first), "r1", "", "102a")  # fmt: skip
    code = tied(event(MFA, 36, ann(), result="SUCCESS", debug={"requestUri": f"{AUTHN}/factors/ost1/verify"}), "r2",
                "r1", "102b")  # fmt: skip
    assert ends(start, allow) == [End.OK]
    assert ends(allow) == []
    (whole,) = attempts_of([start, allow, code])
    assert (whole.end, whole.at) == (End.OK, when(36))


def test_an_app_opened_with_the_new_session_belongs_to_its_sign_in_and_hours_later_to_none() -> None:
    def sso(at: float) -> LogEvent:
        return tied(event("user.authentication.sso", at, ann(), result="SUCCESS"), f"s{at}", "", "idx1")

    assert ends(*right(0), verify(4), sso(5)) == [End.OK]
    _, later = attempts_of([*right(0), verify(4), sso(7200)])
    assert (later.end, later.fresh) == (End.OK, False)


def test_a_directorys_agent_and_okta_tell_of_one_wrong_password() -> None:
    agent = event(
        "user.authentication.auth_via_AD_agent", 1, ann(), agent=None, system=None, browser=None,
        ip=None, city=None, country=None, network=None, reason="Login failed", debug={"errorCode": "1330"},
    )  # fmt: skip
    for other in (failure(0), failure(2)):
        (attempt,) = attempts_of([agent, other])
        assert (attempt.end, attempt.client) == (End.DIRECTORY_PASSWORD_EXPIRED, "Chrome on Windows 10")
    assert len(ends(agent, failure(30))) == 2


def test_a_push_answered_on_the_phone_keeps_the_address_of_the_device_that_signs_in() -> None:
    uri = {"factor": "OKTA_VERIFY_PUSH", "requestUri": "/idp/authenticators/a/transactions/f/verify"}
    denied = tied(
        event(MFA, 20, ann(), reason="INVALID_CREDENTIALS", debug=uri | {"pushOnlyResponseType": "OV_RESPONSE_DENY"},
              **PHONE), "t10", "a1", "idx1")  # fmt: skip
    (attempt,) = attempts_of([*right(0), denied])
    assert (attempt.end, attempt.ip, attempt.by_phone) == (End.PUSH_DENIED, "203.0.113.7", False)
    (alone,) = attempts_of([denied])
    assert (alone.ip, alone.by_phone) == ("198.51.100.9", True)


def test_a_policy_that_denies_after_the_right_password_is_one_denied_attempt() -> None:
    denial = tied(event("policy.evaluate_sign_on", 1, ann(), result="DENY"), "t9", "a1", "idx1")
    assert ends(*right(0), denial) == [End.DENIED]


def test_old_ties_tie_nothing() -> None:
    late = timedelta(minutes=31).total_seconds()
    assert ends(*right(0), tied(method(late, "Email", reason="INVALID_CREDENTIALS"), "t10", "a1")) == [
        End.OPEN,
        End.FACTOR,
    ]


def named(kind: str, at: float, result: str, reason: str | None, name: str) -> LogEvent:
    if kind == MFA and name:
        return method(at, name, result, reason)
    return event(kind, at, ann(), result=result, reason=reason)


_IDS = st.sampled_from(["", "unknown", "i1", "i2"])
_STEPS = st.builds(
    lambda at, kind, result, reason, name, ids: tied(
        method(at, name, result, reason)
        if kind == MFA and name
        else event(kind, at, ann(), result=result, reason=reason),
        *ids,
    ),
    st.integers(-4000, 400),
    st.sampled_from(
        [
            MFA,
            "user.session.start",
            "user.authentication.verify",
            "user.authentication.sso",
            "policy.evaluate_sign_on",
            "user.authentication.auth_via_AD_agent",
            "system.push.send_factor_verify_push",
        ]
    ),
    st.sampled_from(["SUCCESS", "FAILURE", "DENY", "ALLOW", "ABANDONED", "UNANSWERED", "CHALLENGE", ""]),
    st.sampled_from([None, "INVALID_CREDENTIALS", "LOCKED_OUT"]),
    st.sampled_from(["", "Password", "Okta Verify"]),
    st.tuples(_IDS, _IDS, _IDS),
)


@given(st.lists(_STEPS, max_size=14), st.randoms())
def test_the_same_events_in_any_order_and_twice_give_the_same_attempts(
    events: list[LogEvent],
    dice: Any,  # noqa: ANN401 - hypothesis gives it no type
) -> None:
    mixed = [*events, *events[::2]]
    dice.shuffle(mixed)
    found = attempts_of(events)
    assert attempts_of(mixed) == found
    assert len(found) <= len(events)
    assert [attempt.at for attempt in found] == sorted(attempt.at for attempt in found)


@given(st.lists(_STEPS, max_size=8))
def test_no_failure_is_lost_in_a_good_attempt(events: list[LogEvent]) -> None:
    wrong = method(1000, "Password", reason="INVALID_CREDENTIALS")
    assert any(attempt.end is End.WRONG_PASSWORD for attempt in attempts_of([*events, wrong]))
