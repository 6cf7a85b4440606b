"""Cases: one per lockout, of every kind, with how it ended, when it heals, and one id for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.desk.lockouts.casework import (
    APP,
    MAIL,
    NINA,
    SYSTEM,
    ann,
    cases_of,
    event,
    failure,
    good,
    lock,
    only,
    policy,
    row,
    unlock,
    when,
)
from tui.desk.lockouts.cases import Cases, Ended, Shut
from tui.okta.log_events import Actor, LogEvent


def test_a_lock_that_names_the_person_only_as_the_actor_is_a_case() -> None:
    case = only(cases_of(failure(-20), failure(-10), lock(0)))
    assert (case.user_id, case.login, case.name) == ("00uann", "ann@example.com", "Ann")
    assert (case.shut, case.began, case.open, case.seen) == (Shut.LOCKED, when(0), True, True)
    assert [one.at for one in case.attempts] == [when(-20), when(-10)]
    assert case.id == "00uann@2026-11-23T12:00:00.000Z"


@pytest.mark.parametrize(
    ("end", "ended", "by"),
    [
        (unlock(60, SYSTEM), Ended.TIMER, ""),
        (unlock(60, ann()), Ended.SELF, ""),
        (unlock(60, NINA, kind="user.account.unlock_by_admin"), Ended.ADMIN, "Nina Rossi"),
        (unlock(60, APP, kind="user.account.unlock_by_admin"), Ended.ADMIN, "Desk robot"),
        (unlock(60, NINA, kind="user.account.reset_password"), Ended.RESET, ""),
        (unlock(60, ann(), kind="user.account.update_password"), Ended.RESET, ""),
    ],
)
def test_how_a_lock_ended_and_by_whom_is_told(end: LogEvent, ended: Ended, by: str) -> None:
    case = only(cases_of(end, lock(0)))  # the unlock came first
    assert (case.ended, case.ended_at, case.ended_by) == (ended, when(60), by)


def test_an_unlock_or_reset_that_failed_ends_nothing() -> None:
    failed = event("user.account.reset_password", 60, NINA, target=ann(), result="FAILURE")
    assert only(cases_of(lock(0), failed, event("user.account.unlock_failure", 70, NINA, target=ann()))).open


def test_an_unlock_by_an_admin_that_names_nobody_does_not_end_the_admins_own_lock() -> None:
    nobody = event("user.account.unlock_by_admin", 60, ann(), result="SUCCESS")
    assert only(cases_of(lock(0), nobody)).open


def test_a_lock_told_twice_within_seconds_is_one_case() -> None:
    assert only(cases_of(lock(0), lock(3))).began == when(0)


def test_locked_again_after_an_unlock_is_a_second_case_and_the_first_knows_it_would_be() -> None:
    mail = [failure(at, **MAIL) for at in (-90, -60, -30, 150, 180, 210)]
    second, first = cases_of(*mail, lock(0), unlock(120), lock(240)).all()
    assert (first.ended, first.locks_again, first.diagnosis.stale) == (Ended.TIMER, True, True)
    assert (second.open, second.began) == (True, when(240))


def test_it_will_lock_again_only_where_software_keeps_trying() -> None:
    typed = [failure(at, ip="203.0.113.7") for at in (-70, -41, -30)]
    assert not only(cases_of(*typed, lock(0), unlock(120))).locks_again
    mail = [failure(at, **MAIL) for at in (-90, -60, -30)]
    assert not only(cases_of(*mail, lock(0), unlock(120))).locks_again
    goes_on = [failure(at, reason="LOCKED_OUT", **MAIL) for at in (30, 60)]
    assert only(cases_of(*mail, lock(0), *goes_on)).locks_again


def test_a_lock_at_the_limit_does_not_heal_whatever_the_policy_says() -> None:
    cases = cases_of(lock(0), lock(2, kind="user.account.lock.limit"))
    cases.policies({"00uann": policy(30)})
    case = only(cases)
    assert (case.shut, case.heals, case.heals_at) == (Shut.LIMIT, False, None)


@pytest.mark.parametrize(("minutes", "heals", "seconds"), [(30, True, 1800), (0, False, None)])
def test_when_it_heals_follows_from_the_policy(minutes: int, heals: bool, seconds: float | None) -> None:
    cases = cases_of(lock(0))
    assert only(cases).heals is None
    cases.policies({"00uann": policy(minutes)})
    assert (only(cases).heals, only(cases).heals_at) == (heals, None if seconds is None else when(seconds))


def test_a_lock_in_active_directory_is_its_own_case_and_okta_s_unlock_does_not_end_it() -> None:
    there = Actor("0oaAD", "AppInstance", "ad", "AD")
    locked = event("app.ad.api.user_import.account_locked", 0, there, target=ann(), result="SUCCESS")
    cases = cases_of(locked, lock(200), unlock(300))
    okta, directory = cases.all()
    assert (okta.shut, okta.open) == (Shut.LOCKED, False)
    assert (directory.shut, directory.open, directory.diagnosis.cause) == (Shut.DIRECTORY, True, "directory")
    cases.add([unlock(400, NINA, kind="system.agent.ad.unlock_user_account")])
    assert [case.ended for case in cases.all()] == [Ended.TIMER, Ended.ADMIN]


def test_who_signs_in_well_is_free_of_a_lock_in_active_directory() -> None:
    there = Actor("0oaAD", "AppInstance", "ad", "AD")
    locked = event("app.ad.api.user_import.account_locked", 0, there, target=ann(), result="SUCCESS")
    case = only(cases_of(good(900), locked, good(-60)))
    assert (case.ended, case.ended_at) == (Ended.GONE, when(900))


def test_a_lock_seen_in_the_status_first_keeps_its_id_when_its_event_comes() -> None:
    cases = Cases()
    cases.now_locked([row(1)], at=when(20), complete=True)
    before = only(cases)
    assert (before.seen, before.began) == (False, when(1))
    cases.add([lock(0)])
    after = only(cases)
    assert (after.id, after.seen, after.began) == (before.id, True, when(0))
    restarted = cases_of(lock(0))
    assert only(restarted).id in after.also


def test_a_lock_without_a_time_in_the_status_stays_one_case_over_many_reads() -> None:
    cases = Cases()
    ids = set()
    for at in (20, 80, 140):
        cases.now_locked([row(None)], at=when(at), complete=True)
        ids.add(only(cases).id)
    assert ids == {"00uann@2026-11-23T12:00:20.000Z"}


def test_who_is_not_locked_any_more_is_gone_at_the_first_read_that_says_so() -> None:
    cases = cases_of(lock(0))
    cases.now_locked([row(0)], at=when(60), complete=True)
    cases.now_locked([], at=when(100), complete=False)
    assert only(cases).open
    for at in (120, 180):
        cases.now_locked([], at=when(at), complete=True)
    assert (only(cases).ended, only(cases).ended_at) == (Ended.GONE, when(120))


def test_a_lock_that_the_status_shows_no_more_after_its_time_was_ended_by_the_timer() -> None:
    cases = cases_of(lock(0))
    cases.policies({"00uann": policy(1)})
    cases.now_locked([], at=when(120), complete=True)
    assert (only(cases).ended, only(cases).ended_at) == (Ended.TIMER, when(60))


def test_a_status_read_just_behind_the_lock_does_not_end_it() -> None:
    cases = cases_of(lock(0))
    cases.now_locked([], at=when(3), complete=True)
    assert only(cases).open


def test_the_status_that_lags_behind_an_unlock_opens_nothing() -> None:
    cases = cases_of(lock(0), unlock(50))
    cases.now_locked([row(1)], at=when(51), complete=True)
    assert not only(cases).open


def test_the_status_tells_of_a_second_lock_whose_event_is_late() -> None:
    cases = cases_of(lock(0))
    cases.now_locked([row(600)], at=when(620), complete=True)
    second, first = cases.all()
    assert (first.ended, first.ended_at, second.open, second.seen) == (Ended.GONE, when(600), True, False)
    cases.add([unlock(300)])
    assert [case.ended for case in cases.all()] == [None, Ended.TIMER]


def test_a_block_by_device_began_with_the_first_failure_of_its_run_and_keeps_its_id() -> None:
    cases = cases_of(failure(-9000), *[failure(at, ip="192.0.2.200") for at in (-60, -40, -20)])
    cases.now_locked([row(-20, blocked=True)], at=when(0), complete=True)
    first = only(cases)
    assert (first.shut, first.began, first.seen, first.heals) == (Shut.BLOCKED, when(-60), False, None)
    cases.add([failure(-80, ip="192.0.2.200"), failure(30, ip="192.0.2.200")])
    cases.now_locked([row(30, blocked=True)], at=when(60), complete=True)
    assert (only(cases).id, only(cases).began) == (first.id, when(-80))
    cases.now_locked([], at=when(120), complete=True)
    assert (only(cases).ended, only(cases).ended_at, only(cases).id) == (Ended.GONE, when(120), first.id)


def test_blocked_and_then_locked_out_are_two_cases() -> None:
    cases = cases_of(failure(-20))
    cases.now_locked([row(-20, blocked=True)], at=when(0), complete=True)
    cases.now_locked([row(30)], at=when(60), complete=True)
    locked, blocked = cases.all()
    assert (blocked.ended, locked.open, locked.shut) == (Ended.GONE, True, Shut.LOCKED)


def test_attempts_from_a_wave_make_an_attack_likelier() -> None:
    cases = cases_of(*[failure(at, ip="192.0.2.200") for at in (-50, -31, -20)], lock(0))
    assert only(cases).diagnosis.cause == "mistyped"
    cases.shared(["192.0.2.200"])
    assert only(cases).diagnosis.cause == "attack"


def test_a_case_holds_the_newest_fifty_attempts_of_its_hour() -> None:
    case = only(cases_of(failure(-3700), *[failure(-at) for at in range(1, 61)], lock(0)))
    assert [one.at for one in case.attempts] == [when(-at) for at in range(50, 0, -1)]


def test_what_cannot_be_placed_is_left_out_without_a_word() -> None:
    nobody = LogEvent(uuid="1", event_type="user.account.lock", published="2026-11-23T12:00:00.000Z")
    no_time = LogEvent(uuid="2", event_type="user.account.lock", actor=ann())
    unknown = event("user.session.start", 0, Actor("unknown", "User", "x@example.com"), reason="INVALID_CREDENTIALS")
    cases = cases_of(nobody, no_time, unknown)
    assert cases.all() == ()
    assert cases.attempts(when(-60)) == ()


def test_the_newest_cases_come_first_and_the_open_ones_can_be_had_alone() -> None:
    cases = cases_of(lock(0, "ann"), lock(100, "bob"), unlock(150, who="bob"), lock(50, "cat"))
    assert [case.user_id for case in cases.all()] == ["00ubob", "00ucat", "00uann"]
    assert [case.user_id for case in cases.open()] == ["00ucat", "00uann"]
    assert len(cases.attempts(when(0) - timedelta(hours=1))) == 0
