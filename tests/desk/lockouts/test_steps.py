"""What one event says of a sign-in: as Identity Engine, Classic and the directories' agents write it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.desk.lockouts.casework import APP, SYSTEM, ann, event, method, tied, when
from tests.each import each
from tui.desk.lockouts.client_software import Via
from tui.desk.lockouts.ends import End
from tui.desk.lockouts.steps import Stage, keys_of, step_of
from tui.okta.log_events import Actor, LogEvent, Transaction

MFA = "user.authentication.auth_via_mfa"
AD = "user.authentication.auth_via_AD_agent"
RADIUS = "user.authentication.auth_via_radius"
SESSION = "user.session.start"
POLICY = "policy.evaluate_sign_on"
WRONG: dict[str, Any] = {"reason": "INVALID_CREDENTIALS"}
LIMIT = "system.operation.rate_limit.violation"


def of(kind: str, data: dict[str, str] | None = None, **more: Any) -> LogEvent:  # noqa: ANN401 - parts of an event
    return event(kind, 0, debug=data, **more)


@each(
    ("found", "stage", "end"),
    [
        # Identity Engine writes the same event for the password and for a factor
        (of(MFA, {"factor": "PASSWORD_AS_FACTOR"}, **WRONG), Stage.PASSWORD, End.WRONG_PASSWORD),
        (method(0, "Password", reason="INVALID_CREDENTIALS"), Stage.PASSWORD, End.WRONG_PASSWORD),
        (method(0, "Password", "SUCCESS"), Stage.PASSWORD, End.OPEN),
        (method(0, "Password", reason="LOCKED_OUT"), Stage.PASSWORD, End.WHILE_LOCKED),
        (method(0, "Email", reason="INVALID_CREDENTIALS"), Stage.FACTOR, End.FACTOR),
        (method(0, "Okta Verify", "SUCCESS"), Stage.FACTOR, End.OPEN),
        (method(0, "Okta Verify", "ABANDONED"), Stage.FACTOR, End.ABANDONED),
        (method(0, "Okta Verify", "UNANSWERED"), Stage.END, End.OK),
        (of(MFA, **WRONG), Stage.METHOD, End.UNCLEAR),
        (of(MFA, result="SUCCESS"), Stage.METHOD, End.OPEN),
        # Classic writes it for second factors only
        (of(MFA, {"requestUri": "/api/v1/authn/factors/x/verify"}, **WRONG), Stage.FACTOR, End.FACTOR),
        (of(MFA, {"requestUri": "/api/v1/authn/factors/x/verify"}, result="SUCCESS"), Stage.FACTOR, End.OK),
        # a push: denied, answered with another number, or approved beside an error
        (of(MFA, {"factor": "OKTA_VERIFY_PUSH", "pushOnlyResponseType": "OV_RESPONSE_DENY"}, **WRONG), Stage.FACTOR,
            End.PUSH_DENIED),
        (of(MFA, {"factor": "OKTA_VERIFY_PUSH",
            "pushWithNumberChallengeResponseType": "OV_WITH_CHALLENGE_RESPONSE_INVALID"}, **WRONG), Stage.FACTOR,
            End.WRONG_NUMBER),
        (of(MFA, {"factor": "OKTA_VERIFY_PUSH", "pushOnlyResponseType": "OV_RESPONSE_APPROVE",
            "pushWithNumberChallengeResponseType": "OV_WITH_CHALLENGE_RESPONSE_ERROR"}, **WRONG), Stage.FACTOR,
            End.FACTOR),
        (of("user.mfa.okta_verify.deny_push", result="SUCCESS"), Stage.FACTOR, End.PUSH_DENIED),
        (of("user.mfa.okta_verify.deny_push"), Stage.FACTOR, End.PUSH_DENIED),
        (of(MFA, {"factor": "signed_nonce"}, reason="FastPass declined phishing attempt"), Stage.FACTOR, End.PHISHING),
        # a session
        (of(SESSION, {"requestUri": "/api/v1/authn"}, result="SUCCESS"), Stage.END, End.OK),
        (of(SESSION, {"requestUri": "/idp/idx/identify"}, result="SUCCESS"), Stage.METHOD, End.OPEN),
        (of(SESSION, result="SUCCESS"), Stage.METHOD, End.OPEN),
        (of(SESSION, **WRONG), Stage.PASSWORD, End.WRONG_PASSWORD),
        (of(SESSION, reason="LOCKED_OUT"), Stage.METHOD, End.WHILE_LOCKED),
        (of(SESSION, reason="VERIFICATION_ERROR"), Stage.METHOD, End.NO_SUCH_NAME),
        (of(SESSION, reason="PASSWORD_EXPIRED"), Stage.METHOD, End.EXPIRED),
        (of(SESSION, reason="Password expired"), Stage.METHOD, End.EXPIRED),
        (of(SESSION, reason="GENERAL_NONSUCCESS"), Stage.METHOD, End.OTHER),
        (of(SESSION, result="DENY", reason="ZONE"), Stage.METHOD, End.DENIED),
        # directories
        (of(AD, {"errorCode": "1326"}, reason="Login failed"), Stage.PASSWORD, End.WRONG_PASSWORD),
        (of(AD, {"ErrorCode": "1330"}, reason="Login failed"), Stage.PASSWORD, End.DIRECTORY_PASSWORD_EXPIRED),
        (of(AD, {"error_code": "1331"}, reason="Login failed"), Stage.PASSWORD, End.DIRECTORY_DISABLED),
        (of(AD, {"errorCode": "1328"}), Stage.PASSWORD, End.DIRECTORY_HOURS),
        (of(AD, {"errorCode": "1329"}), Stage.PASSWORD, End.DIRECTORY_WORKSTATION),
        (of(AD, {"errorCode": "1793"}), Stage.PASSWORD, End.DIRECTORY_ACCOUNT_EXPIRED),
        (of(AD, {"errorCode": "1907"}), Stage.PASSWORD, End.DIRECTORY_MUST_CHANGE),
        (of(AD, {"errorCode": "1909"}), Stage.PASSWORD, End.DIRECTORY_LOCKED),
        (of(AD, {"loginResult": "LOCKED_OUT"}), Stage.PASSWORD, End.DIRECTORY_LOCKED),
        (of(AD, {"loginResult": "PASSWORD_EXPIRED"}), Stage.PASSWORD, End.DIRECTORY_PASSWORD_EXPIRED),
        (of(AD, {"loginResult": "DEL_AUTH_TIMEOUT"}), Stage.PASSWORD, End.DIRECTORY_SILENT),
        (of(AD, {"loginResult": "DEL_AUTH_NO_CONNECTED_AGENTS"}), Stage.PASSWORD, End.DIRECTORY_SILENT),
        (of(AD, {"errorCode": "5"}, reason="Login failed"), Stage.PASSWORD, End.UNCLEAR),
        (of(AD), Stage.PASSWORD, End.UNCLEAR),
        (of(AD, result="SUCCESS"), Stage.PASSWORD, End.OPEN),
        (of("user.authentication.auth_via_LDAP_agent", reason="AcceptSecurityContext error, data 532, v4563"),
            Stage.PASSWORD, End.DIRECTORY_PASSWORD_EXPIRED),
        (of("user.authentication.auth_via_inbound_delauth", {"login_result": "INVALID_CREDENTIALS"}), Stage.PASSWORD,
            End.WRONG_PASSWORD),
        # RADIUS and mail clients that send the password themselves
        (of(RADIUS, {"authType": "PRIMARY"}, **WRONG), Stage.PASSWORD, End.WRONG_PASSWORD),
        (of(RADIUS, {"auth_type": "SECONDARY", "factor_type": "SMS_FACTOR"}, **WRONG), Stage.FACTOR, End.FACTOR),
        (of(RADIUS, **WRONG), Stage.METHOD, End.UNCLEAR),
        (of(RADIUS, {"authType": "SECONDARY"}, result="SUCCESS"), Stage.END, End.OK),
        (of(RADIUS, {"authType": "PRIMARY"}, result="SUCCESS"), Stage.PASSWORD, End.OPEN),
        (of("user.authentication.auth_via_richclient", {"loginResult": "PASSWORD_BASED_LOGIN_DISALLOWED"}),
            Stage.PASSWORD, End.DENIED),
        (of("user.authentication.auth_via_richclient", {"loginResult": "INVALID_CREDENTIALS"}), Stage.PASSWORD,
            End.WRONG_PASSWORD),
        # ends
        (of("user.authentication.verify", result="SUCCESS"), Stage.END, End.OK),
        (of("user.authentication.sso", result="SUCCESS"), Stage.USE, End.OK),
        (of("user.authentication.auth_via_IDP", result="SUCCESS"), Stage.METHOD, End.OPEN),
        (of(POLICY, result="ALLOW", reason="Sign-on policy evaluation resulted in AUTHENTICATED"), Stage.END, End.OK),
        (of(POLICY, {"requestUri": "/api/v1/authn"}, result="ALLOW", reason="… resulted in ALLOW"), Stage.POLICY,
            End.OK),
        (of(POLICY, result="CHALLENGE"), Stage.CHALLENGE, End.OPEN),
        (of(POLICY, result="DENY"), Stage.END, End.DENIED),
        (of("application.policy.sign_on.deny_access", result="SUCCESS"), Stage.END, End.DENIED),
        (of("app.generic.unauth_app_access_attempt"), Stage.USE, End.NOT_ASSIGNED),
        (of("security.threat.detected", result="ALLOW"), Stage.END, End.DENIED),
        (of("system.push.send_factor_verify_push", result="SUCCESS"), Stage.CHALLENGE, End.OPEN),
        (of("system.sms.send_factor_verify_message", result="SUCCESS"), Stage.CHALLENGE, End.OPEN),
        (of(LIMIT, result="DENY", reason="Too many OTP verification attempts for Email factor"), Stage.FACTOR,
            End.RATE_LIMITED),
        (of(LIMIT, {"operationRateLimitType": "authenticator_otp_verification"}, result="DENY"), Stage.FACTOR,
            End.RATE_LIMITED),
    ],
    ids=lambda part: f"{part.event_type} {part.outcome}" if isinstance(part, LogEvent) else str(part),
)  # fmt: skip
def test_what_an_event_says(found: LogEvent, stage: Stage, end: End) -> None:
    step = step_of(found)
    assert step is not None
    assert (step.stage, step.end) == (stage, end)


@each(
    "found",
    [
        of("group.user_membership.add", result="SUCCESS"),
        of(LIMIT, result="DENY", reason="Profile reload for ann@example.com skipped due to rate limiting"),
        of(LIMIT, result="DENY", reason="Too many requests attempted by an individual user"),
        of("user.mfa.attempt_bypass", result="SUCCESS"),
        of("user.account.update_password", reason="Password requirements were not met"),
        of("system.email.password_reset.sent_message", result="SUCCESS"),
        replace(of(MFA), outcome=None),
        replace(of(SESSION), outcome=None),
        replace(of(SESSION), published="one day"),
    ],
    ids=lambda found: str(found.event_type),
)
def test_what_is_no_step_of_a_sign_in(found: LogEvent) -> None:
    assert step_of(found) is None


def test_where_debug_data_are_missing_the_target_is_read() -> None:
    step = step_of(replace(method(0, "Password", reason="INVALID_CREDENTIALS"), debug_context={}))
    assert step is not None
    assert (step.end, step.method) == (End.WRONG_PASSWORD, "Password")


def test_a_factor_rests_as_long_as_okta_says_or_five_minutes() -> None:
    for data, seconds in (({"operationRateLimitSecondsToReset": "282"}, 282), ({}, 300), (
        {"operationRateLimitSecondsToReset": "9" * 40}, 300)):  # fmt: skip
        step = step_of(of(LIMIT, data, result="DENY", reason="Too many OTP verification attempts for Email factor"))
        assert step is not None
        assert step.until == when(seconds)


def test_a_push_is_answered_from_the_phone() -> None:
    uri = "/api/v1/authn/factors/opf1/transactions/ft1/verify"
    step = step_of(of(MFA, {"factor": "OKTA_VERIFY_PUSH", "requestUri": uri}, result="SUCCESS"))
    assert step is not None
    assert step.borrowed
    typed = step_of(of(MFA, {"factor": "OKTA_SOFT_TOKEN", "requestUri": "/api/v1/authn/factors/ost1/verify"}))
    assert typed is not None
    assert not typed.borrowed


def test_a_directorys_agent_passes_on_what_other_software_sent() -> None:
    step = step_of(of(AD, agent=None, system=None, browser=None))
    assert step is not None
    assert (step.via, step.borrowed) == (Via.DIRECTORY, True)


def test_ties_are_ordered_by_their_strength_and_ids_that_say_nothing_are_no_tie() -> None:
    found = tied(of(SESSION), "t1", "a1", "x1")
    assert keys_of(found, "00uann") == ("t:t1", "a:a1", "x:x1")
    assert keys_of(tied(of(SESSION), "unknown", "", "unknown"), "00uann") == ()
    assert keys_of(replace(found, transaction=Transaction("JOB", "t1")), "00uann") == ("a:a1", "x:x1")
    assert keys_of(tied(of(SESSION), "00uann"), "00uann") == ()  # as one publisher wrote it


def test_a_threat_is_known_by_its_event_or_by_what_okta_suspects() -> None:
    for one in (
        of("security.threat.detected", result="DENY"),
        of(SESSION, {"threatSuspected": "true"}),
        of(SESSION, {"threatSuspected": "True"}),
    ):
        step = step_of(one)
        assert step is not None
        assert step.threat


def test_a_denial_names_the_rules_that_were_looked_at() -> None:
    rules = [Actor("1", "Rule", "Authentication policy", "Catch-all"), Actor("2", "Rule", "x", "Enrolment")]
    step = step_of(replace(of(POLICY, result="DENY"), target=rules))
    assert step is not None
    assert step.by == "Catch-all, Enrolment"


def test_who_is_not_the_person_is_nobody() -> None:
    for actor in (SYSTEM, APP, Actor("192.0.2.1", "IP address", "unknown", "unknown")):
        step = step_of(event("security.threat.detected", 0, actor, result="DENY"))
        assert step is not None
        assert step.user_id == ""


@given(st.text(max_size=600), st.text(max_size=30), st.text(max_size=30), st.text(max_size=60))
def test_any_texts_of_a_client_are_read(agent: str, system: str, browser: str, uri: str) -> None:
    one = event(SESSION, 0, ann(), agent=agent, system=system, browser=browser, debug={"requestUri": uri})
    found = step_of(one)
    assert found is not None
    assert found.via in set(Via)
    assert len(found.client) <= 500
