"""Which cases an agent sees, in which order, and in which words; counts over the day; what is worth a bell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.desk.support import harmful
from tui.desk.lockouts import words
from tui.desk.lockouts.case import Case, Ended, Shut
from tui.desk.lockouts.causes import Diagnosis, LockoutCause, Sure
from tui.desk.lockouts.feed import FeedState, Pace
from tui.desk.lockouts.feed_store import Handled
from tui.desk.lockouts.picture import Picture
from tui.desk.lockouts.view import Order, Show, View, causes, fresh, rows, tallies
from tui.okta.errors import OktaDown

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
MAIL = Diagnosis(
    LockoutCause.MAIL, Sure.LIKELY, "A mail client (Outlook on Windows 10) sends an old password", "Outlook on a PC"
)
TYPED = Diagnosis(LockoutCause.MISTYPED, Sure.GUESS, "The password was mistyped", "Firefox on Linux")
NASTY = "\x1b]0;evil\x07\u202e[bold]"


def case(number: int, minutes: int = 5, diagnosis: Diagnosis = TYPED, **more: object) -> Case:
    base = Case(f"c{number}", f"u{number}", f"p{number}@x.example", f"Person {number}", Shut.LOCKED, NOW, diagnosis)
    return replace(base, began=NOW - timedelta(minutes=minutes), **more)


def over(one: Case, how: Ended = Ended.TIMER, minutes: int = 3, **more: object) -> Case:
    return replace(one, ended=how, ended_at=NOW - timedelta(minutes=minutes), **more)


def ids(picture: Picture, view: View) -> list[str]:
    return [row.id for row in rows(picture, view, "tess")]


@pytest.fixture
def picture() -> Picture:
    in_ten = NOW + timedelta(minutes=10)
    return Picture(
        cases=(
            case(1, heals=True, heals_at=in_ten),
            over(case(2)),
            case(3, diagnosis=MAIL, heals=False),
            case(4, heals=True, heals_at=in_ten + timedelta(hours=1)),
        ),
        handled={"c3": Handled("c3", "tess", 0.0), "c4": Handled("c4", "otto", 0.0), "c2": Handled("c2", "tess", 0.0)},
    )


def test_only_open_ones_at_first_then_all_mine_and_nobodys(picture: Picture) -> None:
    assert ids(picture, View()) == ["c1", "c3", "c4"]
    assert ids(picture, View(Show.ALL)) == ["c1", "c2", "c3", "c4"]
    assert ids(picture, View(Show.MINE)) == ["c2", "c3"]
    assert ids(picture, View(Show.NOBODYS)) == ["c1"]


def test_by_cause_by_time_left_and_by_name(picture: Picture) -> None:
    assert ids(picture, View(cause=LockoutCause.MAIL)) == ["c3"]
    assert ids(picture, View(order=Order.HEALS)) == ["c3", "c4", "c1"]
    assert ids(picture, View(order=Order.CAUSE)) == ["c1", "c4", "c3"]
    renamed = replace(picture, cases=(replace(picture.cases[0], name="zoe"), picture.cases[2]))
    assert ids(renamed, View(order=Order.NAME)) == ["c3", "c1"]
    assert causes(picture) == (LockoutCause.MISTYPED, LockoutCause.MAIL)


def test_every_word_of_a_search_has_to_be_there(picture: Picture) -> None:
    assert ids(picture, View(text="PERSON 4")) == ["c4"]
    assert ids(picture, View(text="outlook")) == ["c3"]
    assert ids(picture, View(text="person nobody")) == []


def test_what_is_chosen_is_said() -> None:
    view = View(Show.ALL, LockoutCause.MAIL, "ann\x1b", Order.NAME)
    assert view.words == "all of two days, only Mail client, by name, with “ann␛”"


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (case(1, heals=True, heals_at=NOW + timedelta(minutes=6, seconds=1)), "heals in 7 min"),
        (case(1, heals=True, heals_at=NOW + timedelta(hours=3)), "heals in 3 h"),
        (case(1, heals=True, heals_at=NOW), "heals any moment"),
        (case(1, heals=True, heals_at=NOW - timedelta(minutes=9)), "heal overdue"),
        (case(1, heals=False), "an admin must unlock"),
        (case(1), "not known"),
        (case(1, locks_again=True, heals=True, heals_at=NOW), "will lock again"),
        (case(1, shut=Shut.DIRECTORY), "Active Directory decides"),
        (over(case(1), Ended.ADMIN, ended_by="Nina\x1b Rossi"), "by Nina␛ Rossi, 3 min ago"),
        (over(case(1), Ended.SELF), "by themselves, 3 min ago"),
        (over(case(1), Ended.TIMER, locks_again=True), "will lock again"),
    ],
)
def test_when_it_heals_or_how_it_ended(one: Case, told: str) -> None:
    assert words.heals(one, NOW) == told


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (case(1), "Locked"),
        (case(1, shut=Shut.LIMIT), "Locked, no self-heal"),
        (case(1, shut=Shut.BLOCKED), "Blocked"),
        (case(1, shut=Shut.DIRECTORY), "In AD"),
        (over(case(1, shut=Shut.LIMIT)), "Unlocked"),
    ],
)
def test_how_somebody_is_shut_out(one: Case, told: str) -> None:
    assert words.state(one) == told


def test_a_cause_is_told_with_how_sure_it_is() -> None:
    assert words.cause(MAIL) == "Mail (Outlook), likely"
    assert words.cause(MAIL, short=True) == "Mail: Outlook"
    assert words.cause(replace(MAIL, client="Mail on an iPhone")) == "Mail (an iPhone), likely"
    assert words.cause(TYPED) == "Mistyped, a guess"
    assert words.cause(TYPED, short=True) == "Mistyped?"
    assert words.cause(replace(TYPED, sure=Sure.CERTAIN)) == "Mistyped"
    assert words.cause(Diagnosis(LockoutCause.UNKNOWN, Sure.GUESS, "Nothing")) == "Not known"


def test_a_case_in_one_line_is_harmless() -> None:
    one = case(1, name=NASTY, login=NASTY, shut=Shut.LIMIT)
    assert "Locked, no self-heal since 05:55, 5 min ago" in words.whole(one, NOW)
    ended = over(one, Ended.ADMIN, ended_by=NASTY)
    assert "was locked, no self-heal since 05:55" in words.whole(ended, NOW)
    for text in (words.whole(one, NOW), words.whole(ended, NOW), words.who(one)):
        assert harmful(text) == []


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (FeedState(), "log: starting"),
        (FeedState(Pace.LIVE, NOW.timestamp() - 20), "log live"),
        (FeedState(Pace.LIVE, NOW.timestamp() - 130), "log live, read 2 min ago"),
        (FeedState(Pace.BEHIND, reached=NOW.timestamp() - 3600), "log behind, at 05:00"),
        (FeedState(Pace.WAITING, until=NOW.timestamp() + 30), "log waits until 06:00:30"),
        (FeedState(Pace.PAUSED), "paused, z goes on"),
        (FeedState(Pace.STOPPED, trouble=OktaDown("Gone\x1b")), "log stopped: Gone␛"),
    ],
)
def test_how_the_log_is_followed(state: FeedState, told: str) -> None:
    assert words.feed(state, NOW) == told


def test_lockouts_are_counted_by_cause_over_a_day() -> None:
    found = tallies(
        [case(1, 5), case(2, 5), case(3, 65, MAIL), case(4, 60 * 25), case(5, 60 * 23, MAIL)], NOW, stretches=24
    )
    assert [(tally.cause, tally.total) for tally in found] == [
        (None, 4),
        (LockoutCause.MAIL, 2),
        (LockoutCause.MISTYPED, 2),
    ]
    assert found[0].counts[-3:] == (1, 2, 0)  # it is six o'clock: the newest stretch has just begun
    assert found[0].counts[0] == 1
    assert tallies([], NOW, stretches=24)[0].counts == (0,) * 24


def test_counts_change_only_with_a_case_or_a_new_stretch() -> None:
    cases = [case(1, 5), case(2, 65)]
    assert tallies(cases, NOW, stretches=24) == tallies(cases, NOW + timedelta(minutes=59), stretches=24)
    assert tallies(cases, NOW, stretches=24) != tallies(cases, NOW + timedelta(minutes=60), stretches=24)


def test_only_what_is_new_open_and_recent_is_worth_a_bell() -> None:
    cases = (case(1, 1), case(2, 1), over(case(3, 1)), case(4, 60))
    new = fresh(cases, frozenset({"c1"}), NOW, within=timedelta(minutes=15))
    assert [one.id for one in new] == ["c2"]


def test_a_lock_that_should_have_healed_says_so_and_that_unlocking_is_right() -> None:
    late = case(1, minutes=100, heals=True, heals_at=NOW - timedelta(minutes=90))
    assert words.overdue(late, NOW) == "it should have healed by itself; unlocking is right"
    assert "100 min ago by search and log: it should have healed by itself; unlocking is right" in words.whole(
        late, NOW
    )
    attack = Diagnosis(LockoutCause.ATTACK, Sure.LIKELY, "Somebody else seems to try passwords")
    assert words.overdue(replace(late, diagnosis=attack), NOW) == "it should have healed by itself"
    assert words.overdue(replace(late, locks_again=True), NOW) == "it should have healed by itself"
    for one in (over(late), case(1), replace(late, heals_at=NOW - timedelta(minutes=2))):
        assert words.overdue(one, NOW) == ""


def test_not_known_is_not_said_for_not_looked_yet() -> None:
    unknown = Diagnosis(LockoutCause.UNKNOWN, Sure.GUESS, "Nothing in the log says what led to it")
    one = case(1, diagnosis=unknown)
    for pace, unlooked in ((Pace.STARTING, {one.user_id}), (Pace.BEHIND, {one.user_id}), (Pace.LIVE, set[str]())):
        (row,) = rows(Picture(cases=(one,), feed=FeedState(pace), unlooked=frozenset(unlooked)), View(), "tess")
        told = (
            words.heals(row.case, NOW, short=True, looked=row.looked),
            words.cause(row.case.diagnosis, log_read=row.log_read),
        )
        whole = words.whole(row.case, NOW, log_read=row.log_read)
        assert ("Nothing in the log says" in whole) is (pace is Pace.LIVE)
        assert told == (("not known", "Not known") if pace is Pace.LIVE else ("not read yet", "Not read yet"))
