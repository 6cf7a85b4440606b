"""Cases as a real org makes them: device locks, relocks, events that name nobody, reports, a person's own status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from tests.desk.lockouts.casework import (
    MAIL,
    NINA,
    SYSTEM,
    ann,
    cases_of,
    event,
    failure,
    lock,
    method,
    only,
    policy,
    row,
    tied,
    unlock,
    when,
)
from tui.desk.lockouts.cases import Ended, Shut
from tui.desk.lockouts.causes import LockoutCause, Sure
from tui.desk.lockouts.ends import End
from tui.desk.lockouts.steps import MFA, PHISHING, REPORT
from tui.okta.log_events import Actor

if TYPE_CHECKING:
    from tui.okta.log_events import LogEvent

NEW_DEVICES = "Account Locked from New Devices - Max sign-in attempts exceeded."
BY_ADMIN: dict[str, Any] = {"kind": "user.account.unlock_by_admin"}


def test_a_lock_of_new_devices_is_a_block_and_never_a_lock_of_the_account() -> None:
    cases = cases_of(failure(-20), replace(lock(0), display_message=NEW_DEVICES))
    assert cases.all() == ()  # whether it lasts, only the status shows
    cases.now_locked([row(None, blocked=True)], at=when(60), complete=True)
    case = only(cases)
    assert (case.shut, case.began, case.seen) == (Shut.BLOCKED, when(0), True)


def test_a_relock_after_an_admins_unlock_heals_when_the_first_lock_would_have() -> None:
    cases = cases_of(lock(0), unlock(120, NINA, **BY_ADMIN), lock(240))
    cases.policies({"00uann": policy(10)})
    relocked, first = cases.all()
    assert (first.ended, relocked.open) == (Ended.ADMIN, True)
    assert relocked.heals_at == when(600)


def test_a_lock_long_after_an_admins_unlock_or_after_the_timer_counts_anew() -> None:
    for events in (
        (lock(0), unlock(120, NINA, **BY_ADMIN), lock(700)),
        (lock(0), unlock(600, SYSTEM), lock(650)),
        (lock(0), unlock(60, ann()), lock(90)),
    ):
        cases = cases_of(*events)
        cases.policies({"00uann": policy(10)})
        newest = cases.all()[0]
        assert newest.heals_at is not None
        assert (newest.heals_at - newest.began).total_seconds() == 600


def test_a_wrong_password_of_identity_engine_counts_once_and_is_mistyped() -> None:
    events = [
        tied(found, f"t{at}", "a1", "idx1")
        for at in (-71, -52, -40, -11)
        for found in (method(at, "Password", reason="INVALID_CREDENTIALS"), failure(at + 0.003))
    ]
    case = only(cases_of(*events, lock(0)))
    assert [attempt.end for attempt in case.attempts] == [End.WRONG_PASSWORD] * 4
    assert case.diagnosis.cause is LockoutCause.MISTYPED


def test_what_a_person_reports_stands_above_what_the_attempts_look_like() -> None:
    report = event(REPORT, 20, ann(), target=ann(), result="SUCCESS")
    case = only(cases_of(*(failure(-at, **MAIL) for at in (9, 18, 27)), lock(0), report))
    assert (case.diagnosis.cause, case.diagnosis.sure) == (LockoutCause.ATTACK, Sure.CERTAIN)
    assert "reported" in case.diagnosis.words


def phishing(at: float, request: str) -> LogEvent:
    return tied(event(MFA, at, SYSTEM, reason=PHISHING), f"p{at}", request)


def test_a_refusal_by_fastpass_is_tied_to_the_person_by_the_ids_of_the_sign_in_in_either_order() -> None:
    tries = [tied(failure(-at), f"t{at}", "a1") for at in (20, 10)]
    for events in ((*tries, phishing(-5, "a1"), lock(0)), (phishing(-5, "a1"), *tries, lock(0))):
        assert only(cases_of(*events)).diagnosis.cause is LockoutCause.ATTACK
    other = only(cases_of(*tries, phishing(-5, "a2"), lock(0)))
    assert other.diagnosis.cause is not LockoutCause.ATTACK


def test_what_threatinsight_refuses_is_known_by_its_address() -> None:
    threat = event("security.threat.detected", -5, Actor("192.0.2.9", "IP address"), result="DENY", ip="192.0.2.9")
    cases = cases_of(threat, *(failure(-at, ip="192.0.2.9") for at in (30, 20, 10)), lock(0))
    assert cases.threats(when(-60)) == {"192.0.2.9"}
    assert cases.threats(when(0)) == frozenset()
    cases.shared(cases.threats(when(-60)))
    assert only(cases).diagnosis.cause is LockoutCause.ATTACK


def test_a_persons_own_status_ends_a_lock_that_the_search_still_shows() -> None:
    cases = cases_of(lock(0))
    cases.now_locked([row(0)], at=when(30), complete=True)
    cases.checked(None, "00uann", at=when(40))
    case = only(cases)
    assert (case.ended, case.ended_at) == (Ended.GONE, when(40))
    cases.now_locked([row(0)], at=when(60), complete=True)  # the index is behind, as it was before
    assert cases.open() == ()


def test_a_persons_own_status_opens_a_lock_that_the_search_does_not_show_yet() -> None:
    cases = cases_of(failure(-10))
    cases.now_locked([], at=when(5), complete=True)
    cases.checked(row(0), "00uann", at=when(8))
    assert only(cases).open
    assert only(cases).began == when(0)


def test_a_persons_own_status_of_a_block_is_no_end_of_the_block() -> None:
    cases = cases_of(failure(-10))
    cases.now_locked([row(None, blocked=True)], at=when(5), complete=True)
    cases.checked(row(None, blocked=True), "00uann", at=when(8))
    assert only(cases).open
    cases.checked(None, "00uann", at=when(9))
    assert only(cases).ended is Ended.GONE
