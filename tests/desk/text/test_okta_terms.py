"""Okta's terms in words: states, owners of passwords, factors, events, ages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.each import each
from tui.desk.people.factors import enrolled
from tui.desk.text import okta_terms
from tui.okta.log_events import LogEvent
from tui.okta.models import Factor, User

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def factors(*rows: dict[str, Any]) -> list[str]:
    given = [{"id": f"f{number}", "status": "ACTIVE", "provider": "OKTA", **row} for number, row in enumerate(rows)]
    return [thing.name for thing in enrolled(msgspec.convert(given, list[Factor]))]


def event(**fields: object) -> LogEvent:
    return msgspec.convert({"uuid": "1", **fields}, LogEvent)


@each(
    ("status", "shown"),
    [
        ("STAGED", "Staged"),
        ("PROVISIONED", "Pending user action"),
        ("ACTIVE", "Active"),
        ("RECOVERY", "Password reset"),
        ("PASSWORD_EXPIRED", "Password expired"),
        ("LOCKED_OUT", "Locked out"),
        ("SUSPENDED", "Suspended"),
        ("DEPROVISIONED", "Deactivated"),
        ("HIBERNATING", "HIBERNATING"),
        (None, "unknown"),
        ("", "unknown"),
    ],
)
def test_a_status_is_called_as_in_the_admin_console(status: str | None, shown: str) -> None:
    assert okta_terms.status_words(status) == shown


def test_every_known_status_has_a_meaning() -> None:
    assert set(okta_terms.MEANING) == set(okta_terms.STATUS)


@each(
    ("kind", "name", "shown"),
    [
        ("OKTA", "OKTA", "Okta"),
        ("IMPORT", "IMPORT", "Okta (imported password)"),
        ("ACTIVE_DIRECTORY", "corp.acme.example", "Active Directory (corp.acme.example)"),
        ("ACTIVE_DIRECTORY", "ACTIVE_DIRECTORY", "Active Directory"),
        ("LDAP", "ldap.acme.example", "LDAP directory (ldap.acme.example)"),
        ("FEDERATION", "FEDERATION", "another identity provider"),
        ("FEDERATION", "Entra", "another identity provider (Entra)"),
        ("SOCIAL", None, "a social sign-in"),
        ("PIGEON", "Coo", "PIGEON (Coo)"),
        (None, None, "not known"),
    ],
)
def test_who_owns_the_password(kind: str | None, name: str | None, shown: str) -> None:
    user = msgspec.convert({"id": "1", "credentials": {"provider": {"type": kind, "name": name}}}, User)
    assert okta_terms.provider_words(user) == shown


PUSH = {"factorType": "push", "profile": {"name": "Ann's phone"}}
NONCE = {"factorType": "signed_nonce", "profile": {"name": "Ann's phone"}}
TOTP = {"factorType": "token:software:totp", "profile": {"credentialId": "ann"}}


@pytest.mark.parametrize("rows", [(PUSH, NONCE, TOTP), (TOTP, PUSH, NONCE), (NONCE, TOTP, PUSH)])
def test_the_three_entries_of_okta_verify_are_one_device(rows: tuple[dict[str, Any], ...]) -> None:
    assert factors(*rows) == ["Okta Verify on Ann's phone"]


@each(
    ("row", "shown"),
    [
        ({"factorType": "sms", "profile": {"phoneNumber": "+1 415 555 0132"}}, "SMS to +1 415 555 0132"),
        (
            {"factorType": "sms", "status": "PENDING_ACTIVATION", "profile": {"phoneNumber": "+1 415"}},
            "SMS to +1 415 (pending activation)",
        ),
        ({"factorType": "call", "profile": {"phoneNumber": "+1 415"}}, "Voice call to +1 415"),
        ({"factorType": "email", "profile": {"email": "a@b.c"}}, "Email to a@b.c"),
        ({"factorType": "question"}, "Security question"),
        ({"factorType": "token:software:totp", "provider": "GOOGLE"}, "Google Authenticator"),
        ({"factorType": "token:software:totp"}, "Okta Verify"),
        ({"factorType": "webauthn", "provider": "FIDO", "profile": {"authenticatorName": "Touch ID"}},
         "Security key or passkey Touch ID"),
        ({"factorType": "web", "provider": "DUO"}, "Duo"),
        ({"factorType": "telepathy"}, "telepathy"),
        ({"factorType": None}, "unknown factor"),
    ],
)  # fmt: skip
def test_a_factor_is_called_as_people_know_it(row: dict[str, Any], shown: str) -> None:
    assert factors(row) == [shown]


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"eventType": "user.account.lock", "outcome": {"result": "FAILURE", "reason": "LOCKED_OUT"}}, "Locked out"),
        ({"eventType": "user.account.unlock_by_admin", "outcome": {"result": "SUCCESS"}}, "Unlocked by an admin"),
        (
            {"eventType": "user.session.start", "outcome": {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}},
            "Sign-in: wrong password",
        ),
        ({"eventType": "user.session.start", "outcome": {"result": "DENY"}}, "Sign-in: deny"),
        ({"eventType": "policy.evaluate_sign_on", "outcome": {"result": "ALLOW"}}, "Sign-on policy"),
        ({"eventType": "new.thing", "displayMessage": "Something new"}, "Something new"),
        ({"eventType": "new.thing"}, "new.thing"),
        ({}, "event"),
    ],
)
def test_an_event_in_a_few_words(fields: dict[str, Any], shown: str) -> None:
    assert okta_terms.event_words(event(**fields)) == shown


@pytest.mark.parametrize(
    ("client", "shown"),
    [
        (None, ""),
        ({}, ""),
        (
            {
                "userAgent": {"browser": "CHROME", "os": "Windows 10", "rawUserAgent": "Mozilla/5.0 x"},
                "ipAddress": "203.0.113.7",
                "geographicalContext": {"city": "Zürich"},
            },
            "Chrome · 203.0.113.7 · Zürich · Windows 10",
        ),
        (
            {"userAgent": {"browser": "UNKNOWN", "os": "Unknown", "rawUserAgent": "python-requests/2.31.0"}},
            "python-requests",
        ),
        ({"userAgent": {"browser": None, "os": None, "rawUserAgent": " "}, "ipAddress": "192.0.2.1"}, "192.0.2.1"),
    ],
)
def test_where_an_event_came_from(client: dict[str, Any] | None, shown: str) -> None:
    assert okta_terms.event_source(event(client=client)) == shown


@each(
    ("seconds", "shown"),
    [
        (-3600, "2026-11-23 07:00"),
        (-90, "just now"),
        (0, "just now"),
        (59.9, "just now"),
        (60, "1 min ago"),
        (119 * 60, "119 min ago"),
        (120 * 60, "2 h ago"),
        (48 * 3600 - 1, "47 h ago"),
        (48 * 3600, "2 days ago"),
        (729 * 86400, "729 days ago"),
        (730 * 86400, "2 years ago"),
    ],
)
def test_how_long_ago(seconds: float, shown: str) -> None:
    assert okta_terms.ago(NOW - timedelta(seconds=seconds), NOW) == shown


def test_no_time_at_all_is_not_known() -> None:
    assert okta_terms.ago(None, NOW) == "not known"


@given(st.floats(min_value=-1e9, max_value=1e11, allow_nan=False))
def test_a_span_never_fails_and_never_grows_shorter_with_time(seconds: float) -> None:
    shown = okta_terms.span(seconds)
    assert (shown == "") == (seconds < 60)
