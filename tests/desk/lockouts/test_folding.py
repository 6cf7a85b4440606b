"""Opening from what is folded shows what folding every event anew shows: in any order, after a kill at any moment."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import ORIGIN
from tests.desk.lockouts.casework import (
    MAIL,
    NINA,
    SYSTEM,
    ann,
    cases_of,
    event,
    failure,
    good,
    lock,
    policy,
    row,
    tied,
    unlock,
    when,
)
from tests.desk.lockouts.feed_support import asking
from tui.desk.lockouts.attempts import Attempt
from tui.desk.lockouts.cases import Cases
from tui.desk.lockouts.feed_store import FeedStore, FeedStoreTrouble
from tui.desk.lockouts.folded import _AttemptRow
from tui.desk.lockouts.folding import Folding
from tui.desk.lockouts.spray import HOME_WINDOW, WINDOW, sprays
from tui.desk.lockouts.steps import PHISHING, THREAT
from tui.desk.lockouts.view import tallies

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from tui.okta.log_events import LogEvent

HOUR = 3600
_PEOPLE = ("ann", "bob", "eve")


def phished(at: float, who: str) -> LogEvent:
    """FastPass refuses a page, and only the transaction tells whose sign-in it was."""
    told = event("user.authentication.auth_via_mfa", at, SYSTEM, reason=PHISHING)
    return tied(told, f"t-{who}")


def threat(at: float, _: str) -> LogEvent:
    return event(THREAT, at, SYSTEM, result="DENY", ip="198.51.100.9", debug={"threatSuspected": "true"})


def reported(at: float, who: str) -> LogEvent:
    return event("user.account.report_suspicious_activity_by_enduser", at, ann(who), result="SUCCESS")


KINDS: dict[str, Callable[[float, str], LogEvent]] = {
    "fail": failure,
    "fail in a sign-in": lambda at, who: tied(failure(at, who), f"t-{who}"),
    "fail from the wave": lambda at, who: failure(at, who, ip="198.51.100.9"),
    "mail": lambda at, who: failure(at, who, **MAIL),
    "good": good,
    "good elsewhere": lambda at, who: good(at, who, ip="192.0.2.4", city="Oslo", network="other"),
    "lock": lock,
    "limit": lambda at, who: lock(at, who, kind="user.account.lock.limit"),
    "timer": lambda at, who: unlock(at, who=who),
    "admin": lambda at, who: unlock(at, NINA, who, kind="user.account.unlock_by_admin"),
    "reset": lambda at, who: unlock(at, NINA, who, kind="user.account.reset_password"),
    "ad-lock": lambda at, who: event(
        "app.ad.api.user_import.account_locked", at, SYSTEM, target=ann(who), result="SUCCESS"
    ),
    "ad-unlock": lambda at, who: unlock(at, NINA, who, kind="system.agent.ad.unlock_user_account"),
    "renamed": lambda at, who: replace(good(at, who), actor=replace(ann(who), display_name=f"{who} {at}")),
    "reported": reported,
    "phished": phished,
    "threat": threat,
    "nothing": lambda at, who: event("user.account.unlock_failure", at, ann(who)),
}
_OFTEN = ("lock", "lock", "lock", "fail in a sign-in", "phished", "fail from the wave", "fail", "good", "timer")
_SECONDS = st.one_of(st.integers(0, 200), st.integers(0, 2 * HOUR), st.integers(0, 41 * HOUR))
EVENTS = st.lists(
    st.builds(
        lambda kind, at, who: KINDS[kind](at, who),
        st.sampled_from([*sorted(KINDS), *_OFTEN]),
        _SECONDS,
        st.sampled_from(["ann", *_PEOPLE]),
    ),
    min_size=3,
    max_size=20,
)
DOINGS = st.lists(
    st.sampled_from(
        ["events", "events", "again", "fold", "open", "kill", "status", "status", "policy", "wave", "checked"]
    ),
    min_size=3,
    max_size=10,
)
NOW = when(41 * HOUR)
ALL_QUIET = when(99 * HOUR)


def seen(cases: Cases, now: datetime = NOW) -> dict[str, Any]:
    """All that is shown: the cases with their attempts and their evidence, the waves, the day by cause."""
    locked = {case.user_id for case in cases.all() if case.began >= now - WINDOW}
    attempts = cases.attempts(now - HOME_WINDOW)
    counted = [one for one in attempts if not one.failed or one.at >= now - WINDOW]
    return {
        "cases": [
            (case, tuple(case.attempts), tuple(case.diagnosis.evidence), len(case.attempts)) for case in cases.all()
        ],
        "waves": sprays(attempts, locked, now=now),
        "counted for waves": sorted(counted, key=lambda one: (one.at, one.uuid)),
        "threats": cases.threats(now - WINDOW),
        "day": tallies(cases.all(), now, stretches=24),
    }


@dataclass
class Watching:
    """A keydesk that opens the feed from its file, and one beside it that folds every event from the beginning."""

    path: Path | None
    store: FeedStore = field(init=False)
    cases: Cases = field(default_factory=Cases)
    whole: Cases = field(default_factory=Cases)
    row: int = 0
    told: list[LogEvent] = field(default_factory=list)
    read_at: int = 0

    def __post_init__(self) -> None:
        self.store = FeedStore(self.path, ORIGIN)
        self.open()

    def open(self) -> None:
        """Begin anew, as after a restart."""
        if self.path is not None:
            self.store.close()
            self.store = FeedStore(self.path, ORIGIN)
        self.cases, self.whole = Cases(), Cases()
        self.folding = Folding(self.store, self.cases, lambda: NOW)
        self.row = asyncio.run(self.folding.open())
        self.whole.add(self.store.after(0)[1])
        self.hand_over()

    def arrive(self, events: list[LogEvent]) -> None:
        self.store.add(events, "cursor")
        self.hand_over()

    def hand_over(self) -> None:
        last, events = self.store.after(self.row)
        self.row = last
        self.cases.add(events)
        self.whole.add(events)

    def fold(self, quiet_since: datetime = ALL_QUIET) -> None:
        asyncio.run(self.folding.fold(quiet_since))

    def both(self, do: Callable[[Cases], None]) -> None:
        do(self.cases)
        do(self.whole)


def do(watching: Watching, doing: str, data: st.DataObject, waiting: list[LogEvent]) -> None:
    """Let one thing happen, at random."""
    match doing:
        case "events":
            count = data.draw(st.integers(0, 12))
            watching.arrive(waiting[:count])
            watching.told += waiting[:count]
            del waiting[:count]
        case "again":  # a lost cursor: what is known comes once more
            watching.arrive(watching.told[-4:])
        case "fold":
            watching.fold(data.draw(st.sampled_from([ALL_QUIET, when(HOUR), when(20 * HOUR)])))
        case "open":
            watching.open()
        case "kill":  # between the writing of the events and that of their fold
            watching.store.add(waiting[:2], "cursor")
            watching.told += waiting[:2]
            del waiting[:2]
            watching.open()
        case "status":
            watching.read_at += data.draw(st.sampled_from([20, 60, 150, HOUR, 9 * HOUR]))
            people = data.draw(st.lists(st.sampled_from(_PEOPLE), max_size=2, unique=True))
            rows = [
                row(data.draw(_SECONDS) % watching.read_at, who, blocked=data.draw(st.booleans())) for who in people
            ]
            at = when(watching.read_at)
            watching.both(lambda cases: cases.now_locked(rows, at=at, complete=True))
        case "policy":
            watching.both(lambda cases: cases.policies({"00uann": policy(30)}))
        case "wave":
            wave = data.draw(st.sampled_from([(), ("198.51.100.9",), ("203.0.113.7", "198.51.100.9")]))
            watching.both(lambda cases: cases.shared(wave))
        case "checked":
            watching.read_at += 60
            watching.both(lambda cases: cases.checked(None, "00ubob", at=when(watching.read_at)))


@settings(max_examples=60)
@given(EVENTS, DOINGS, st.data())
def test_whatever_happens_all_that_is_shown_is_as_if_every_event_had_been_folded(
    events: list[LogEvent], doings: list[str], data: st.DataObject
) -> None:
    watching, waiting = Watching(None), list(events)
    try:
        for doing in ["events", "fold", "open", *doings, "fold", "open"]:
            do(watching, doing, data, waiting)
            assert seen(watching.cases) == seen(watching.whole)
    finally:
        watching.store.close()


LOCKED = (failure(0), failure(5), lock(9), failure(20, "bob"), good(30, "eve"))


def test_a_folded_feed_is_opened_without_reading_anybodys_events(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Watching(home / "feed.sqlite3")
    first.arrive([*LOCKED])
    first.fold()
    asked = asking(monkeypatch)
    first.open()
    assert [case.user_id for case in first.cases.all()] == ["00uann"]
    assert len(first.cases.all()[0].attempts) == 2
    assert asked == []
    assert first.cases.all()[0].attempts[0].ip == "203.0.113.7"
    first.arrive([failure(60)])
    assert asked == ["00uann", "00uann"]  # for the attempts that were looked at, and for the new event
    assert seen(first.cases) == seen(first.whole)
    first.store.close()


def test_a_wave_is_known_from_the_folds_alone() -> None:
    watching = Watching(None)
    for number in range(8):
        who, at = f"p{number}", 40.5 * HOUR + number
        watching.arrive([failure(HOUR, who), good(20 * HOUR, who), failure(at, who, ip="198.51.100.9")])
    watching.fold()
    watching.open()
    assert watching.cases.whole == set()
    (wave,) = seen(watching.cases)["waves"]
    assert len(wave.people) == 8
    assert seen(watching.cases) == seen(watching.whole)


def test_an_attempt_on_disk_has_every_attribute_of_an_attempt_in_its_order() -> None:
    assert _AttemptRow.__struct_fields__ == Attempt.__struct_fields__


HARM = {
    "torn": "UPDATE fold SET body = x'93a1'",
    "text": "UPDATE fold SET body = 'no fold'",
    "number": "UPDATE fold SET body = 7",
    "of another keydesk": "UPDATE fold SET made_by = '0', body = x'90'",
    "too old": "UPDATE fold SET upto = upto - 1, body = x'90'",
    "too few": "UPDATE fold SET events = events - 1, body = x'90'",
    "gone": "DELETE FROM fold",
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_a_fold_that_is_damaged_or_behind_is_made_anew(home: Path, harm: str) -> None:
    path = home / "feed.sqlite3"
    watching = Watching(path)
    watching.arrive([*LOCKED])
    watching.fold()
    with closing(sqlite3.connect(path)) as db, db:
        good_folds = db.execute("SELECT person, upto, events, body FROM fold ORDER BY person").fetchall()
        db.execute(harm)
    watching.open()
    assert seen(watching.cases) == seen(watching.whole)
    assert watching.store.set_aside is None
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT person, upto, events, body FROM fold ORDER BY person").fetchall() == good_folds
    watching.store.close()


def test_the_file_of_the_keydesk_before_is_kept_and_gets_its_people(home: Path) -> None:
    path = home / "feed.sqlite3"
    watching = Watching(path)
    watching.arrive([*LOCKED, phished(40, "ann"), tied(failure(41), "t-ann")])
    watching.store.handle("case", "tess", 0.0)
    watching.store.close()
    shown = seen(watching.whole)
    with closing(sqlite3.connect(path)) as db, db:
        for name in ("event_person", "event_stray"):
            db.execute(f"DROP INDEX {name}")
        db.execute("DROP TABLE fold")
        db.execute("ALTER TABLE event DROP COLUMN person")
        db.execute("ALTER TABLE event DROP COLUMN stray")
        db.execute("PRAGMA user_version = 3")
    watching.open()
    assert seen(watching.cases) == shown
    assert list(watching.store.handled()) == ["case"]
    assert watching.store.cursor() == "cursor"
    watching.store.close()


def test_who_is_quiet_leaves_the_memory_and_comes_back_with_the_next_event() -> None:
    watching = Watching(None)
    watching.arrive([*LOCKED])
    watching.fold(when(10))  # of ann alone there is nothing newer
    assert watching.cases.whole == {"00ubob", "00ueve"}
    assert seen(watching.cases) == seen(watching.whole)
    watching.arrive([unlock(90)])
    assert watching.cases.whole == {"00uann", "00ubob", "00ueve"}
    assert seen(watching.cases) == seen(watching.whole)


def test_who_is_locked_by_the_status_stays_in_memory() -> None:
    watching = Watching(None)
    watching.arrive([*LOCKED])
    watching.both(lambda cases: cases.now_locked([row(9)], at=when(60), complete=True))
    watching.fold()
    assert watching.cases.whole == {"00uann"}
    assert seen(watching.cases) == seen(watching.whole)


def test_what_is_forgotten_leaves_the_fold_and_what_lasts_stays_whole() -> None:
    watching = Watching(None)
    old = [lock(0), unlock(60), lock(0, "bob"), lock(30 * HOUR, "eve"), good(31 * HOUR, "bob"), good(31 * HOUR)]
    watching.arrive(old)
    watching.fold()
    watching.open()
    assert watching.cases.whole == set()
    for limit in (when(0.9 * HOUR), when(20 * HOUR)):  # bob's lock is read while its events are there, and lasts
        watching.cases.forget(limit)
        watching.whole.forget(limit)
        watching.store.forget(limit.timestamp())
        assert {case.user_id for case in watching.cases.all() if case.open} == {"00ubob", "00ueve"}
        assert [case.id for case in watching.cases.all()] == [case.id for case in watching.whole.all()]
    assert watching.cases.whole == {"00ubob"}
    watching.fold()
    watching.open()  # what is not stored any more is not shown after a restart
    assert {case.user_id for case in watching.cases.all()} == {"00ueve"}
    assert seen(watching.cases) == seen(watching.whole)


def test_a_lock_whose_beginning_is_forgotten_is_shown_until_its_end_is() -> None:
    watching = Watching(None)
    watching.arrive([lock(0), unlock(3 * HOUR), good(4 * HOUR), good(5 * HOUR, "bob")])
    watching.fold()
    watching.store.forget(when(HOUR).timestamp())
    watching.open()
    (case,) = watching.cases.all()
    assert (case.began, case.ended_at) == (when(0), when(3 * HOUR))
    watching.store.forget(when(3.5 * HOUR).timestamp())
    watching.open()
    assert watching.cases.all() == ()


def test_a_store_that_cannot_be_read_costs_nobody_the_events_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Watching(None)
    watching.arrive([*LOCKED])
    watching.fold()
    watching.open()

    def busy(_: FeedStore, __: str) -> tuple[int, tuple[LogEvent, ...]]:
        raise FeedStoreTrouble

    with monkeypatch.context() as patch:
        patch.setattr(FeedStore, "of_person", busy)
        watching.both(lambda cases: cases.now_locked([row(9)], at=when(60), complete=True))
        with pytest.raises(FeedStoreTrouble):
            watching.fold()
    watching.fold()
    assert seen(watching.cases) == seen(watching.whole)


def test_nobody_is_folded_twice_while_nothing_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Watching(None)
    watching.arrive([*LOCKED])
    watching.fold(when(0))
    asked = asking(monkeypatch)
    watching.fold(when(0))
    assert asked == []
    watching.fold()
    watching.fold()
    assert asked == ["00uann", "00ubob", "00ueve"]
    assert cases_of(*LOCKED).all() == watching.whole.all()
