"""The same events give the same cases: in any order, with duplicates, after forgetting; old ones cost nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.desk.lockouts.casework import MAIL, NINA, ann, event, failure, good, lock, policy, row, unlock, when
from tests.work import calls_of
from tui.desk.lockouts.cases import Cases
from tui.okta.clock import stamp
from tui.okta.log_events import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.desk.lockouts.cases import Case
    from tui.okta.log_events import LogEvent

_AD = Actor("0oaAD", "AppInstance", "ad", "AD")
_KINDS: dict[str, Callable[[float], LogEvent]] = {
    "fail": failure,
    "mail": lambda at: failure(at, **MAIL),
    "good": good,
    "lock": lock,
    "limit": lambda at: lock(at, kind="user.account.lock.limit"),
    "timer": unlock,
    "self": lambda at: unlock(at, ann()),
    "admin": lambda at: unlock(at, NINA, kind="user.account.unlock_by_admin"),
    "reset": lambda at: unlock(at, NINA, kind="user.account.reset_password"),
    "ad-lock": lambda at: event("app.ad.api.user_import.account_locked", at, _AD, target=ann(), result="SUCCESS"),
    "ad-unlock": lambda at: unlock(at, NINA, kind="system.agent.ad.unlock_user_account"),
}
_SECONDS = st.one_of(st.integers(0, 90), st.integers(0, 7200))
_EVENTS = st.lists(st.builds(lambda kind, at: _KINDS[kind](at), st.sampled_from(sorted(_KINDS)), _SECONDS), max_size=14)
_READS = st.lists(st.tuples(st.sampled_from(["locked", "blocked", "free"]), _SECONDS, _SECONDS), max_size=3)


def _read(cases: Cases, read: tuple[str, int, int]) -> None:
    how, at, since = read
    rows = [] if how == "free" else [row(min(since, at), blocked=how == "blocked")]
    cases.now_locked(rows, at=when(at), complete=True)


def _plain(cases: Cases) -> list[Case]:
    """The cases but for their ids: an id is given once and kept, so it tells how the case was known at first."""
    return sorted((replace(case, id="", also=()) for case in cases.all()), key=lambda case: (case.began, case.shut))


def _family(case: Case) -> tuple[object, object]:
    """What a case is known by from one event to the next; that a lock is one for good is told later."""
    return case.shut in {"locked", "limit"} or case.shut, case.began


def _at_once(events: list[LogEvent], reads: list[tuple[str, int, int]]) -> Cases:
    cases = Cases()
    cases.add(events)
    for read in reads:
        _read(cases, read)
    cases.policies({"00uann": policy(30)})
    return cases


@given(_EVENTS, _READS, st.randoms(use_true_random=False), st.data())
def test_any_order_any_batches_and_duplicates_give_the_same_cases(
    events: list[LogEvent], reads: list[tuple[str, int, int]], dice: object, data: st.DataObject
) -> None:
    reads = sorted(reads, key=lambda read: read[1])
    mixed = data.draw(st.permutations(events + events[::2]))
    places = sorted(data.draw(st.lists(st.integers(0, len(mixed)), min_size=len(reads), max_size=len(reads))))
    cases = Cases()
    for number, one in enumerate(mixed):
        for place, read in zip(places, reads, strict=True):
            if place == number:
                _read(cases, read)
        cases.add([one])
    for place, read in zip(places, reads, strict=True):
        if place == len(mixed):
            _read(cases, read)
    cases.policies({"00uann": policy(30)})
    assert _plain(cases) == _plain(_at_once(events, reads))
    for case in cases.all():  # whoever kept the id that its beginning gives finds it by that
        kind = {"directory": "/ad", "blocked": "/blocked"}.get(case.shut, "")
        assert f"00uann@{stamp(case.began)}{kind}" in {case.id.rstrip("+"), *case.also}


@given(_EVENTS, _READS, st.data())
def test_an_id_belongs_to_one_case_and_stays_while_events_come_late(
    events: list[LogEvent], reads: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    cases = Cases()
    for read in sorted(reads, key=lambda read: read[1]):
        _read(cases, read)
    before: dict[tuple[object, object], str] = {}
    for one in data.draw(st.permutations(events)):
        cases.add([one])
        found = cases.all()
        assert len({case.id for case in found}) == len(found)
        for case in found:
            assert before.get(_family(case), case.id) == case.id
        families = [_family(case) for case in found]  # two of one moment, read so, may change places
        before = {_family(case): case.id for case in found if families.count(_family(case)) == 1}


@given(_EVENTS, _READS, _SECONDS, _SECONDS)
@example([_KINDS["limit"](0), _KINDS["reset"](0)], [("locked", 1, 1)], 0, 1)
def test_forgetting_brings_nothing_back_and_splits_nothing(
    events: list[LogEvent], reads: list[tuple[str, int, int]], first: int, second: int
) -> None:
    cases = _at_once(events, sorted(reads, key=lambda read: read[1]))
    before = {case.id: case for case in cases.all()}
    for limit in (first, second):
        cases.forget(when(limit))
        cut = max(first, limit) if limit is second else limit
        kept = {one.id for one in before.values() if one.ended_at is None or one.ended_at >= when(cut)}
        assert {case.id for case in cases.all()} == kept
        for case in cases.all():
            was = before[case.id]
            assert (case.began, case.shut, case.ended, case.ended_at) == (was.began, was.shut, was.ended, was.ended_at)
        cases.add(events)  # what was forgotten is not taken in again
        assert {case.id for case in cases.all()} == kept


def test_a_lock_that_only_a_read_shows_as_ended_stays_forgotten_beside_an_admins_unlock() -> None:
    cases = _at_once([_KINDS["admin"](0), _KINDS["limit"](11)], [("locked", 0, 0), ("blocked", 22, 0)])
    cases.forget(when(23))
    assert [(case.shut, case.ended_at) for case in cases.all()] == [("blocked", None)]


def test_forgetting_lets_go_of_the_memory_of_those_who_are_free() -> None:
    cases = Cases()
    cases.add([*[failure(at, "ann") for at in range(20)], lock(30), unlock(60), lock(40, "bob")])
    cases.forget(when(9000))
    assert [case.user_id for case in cases.all()] == ["00ubob"]
    assert cases.attempts(when(-9000)) == ()


def test_the_work_for_new_events_does_not_grow_with_those_that_are_known() -> None:
    events = []
    for number in range(1000):
        who = f"p{number}"
        events += [failure(number * 8 + step, who) for step in range(8)]
        events += [lock(number * 8 + 8, who), unlock(number * 8 + 600, who=who)]
    cases = Cases()
    work = [calls_of(partial(cases.add, events[start : start + 500])) for start in range(0, len(events), 500)]
    assert len(cases.all()) == 1000
    assert work[-1] < 2 * work[0]
