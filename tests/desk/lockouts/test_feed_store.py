"""The feed's store: events once each, the cursor with them, one file for several processes, damage survived."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.conftest import ORIGIN, START
from tests.desk.lockouts.feed_support import Ear, Log, Told, event, feeding
from tui.desk.lockouts.feed_store import FeedStore, FeedStoreTrouble, Handled
from tui.desk.lockouts.steps import keys_of
from tui.desk.text.methods import method_of
from tui.okta.log_events import Actor, AuthenticationContext, LogEvent, Transaction

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock


@pytest.fixture
def path(home: Path) -> Path:
    return home / "state" / "feed.sqlite3"


def one(number: int, at: float = START, **more: Any) -> LogEvent:  # noqa: ANN401 - as the event takes them
    return msgspec.convert(event(number, at, **more), LogEvent)


def test_events_come_back_once_each_in_the_order_they_were_kept(path: Path) -> None:
    store = FeedStore(path, ORIGIN)
    assert store.add([one(2), one(1, START - 5)], "c1", at=START) == 2
    assert store.add([one(1, START - 5), one(3)], "c2", at=START) == 1
    row, events = store.after(0)
    assert events == (one(2), one(1, START - 5), one(3))
    assert store.after(row) == (row, ())
    assert store.cursor() == "c2"
    assert store.newest() == START


def test_of_what_okta_adds_only_what_is_read_is_kept_and_no_query(path: Path) -> None:
    debug = {
        "url": "/login/token/redirect?stateToken=secret",
        "requestUri": "/x",
        "dtHash": "secret",
        "promptingFor": None,
    }
    store = FeedStore(path, ORIGIN)
    store.add([msgspec.structs.replace(one(1), debug_context={"debugData": debug, "more": "secret"})], "c", at=START)
    kept = store.after(0)[1][0]
    assert kept.debug_context == {"debugData": {"requestUri": "/x", "url": "/login/token/redirect"}}
    store.close()
    assert b"secret" not in path.read_bytes()


def test_what_ties_and_names_a_sign_in_is_kept_however_it_is_spelled(path: Path) -> None:
    debug = {"authn_request_id": "a1", "ErrorCode": "1330", "factor": "PASSWORD_AS_FACTOR", "deviceFingerprint": "x"}
    enrolment = Actor("lae1", "AuthenticatorEnrollment", "unknown", "Password", {"methodTypeUsed": "Password", "x": 1})
    context = AuthenticationContext(external_session_id="idx1", root_session_id="idx0")
    event = msgspec.structs.replace(
        one(1),
        debug_context={"debugData": debug},
        target=[enrolment],
        authentication_context=context,
        transaction=Transaction("WEB", "t1"),
    )
    store = FeedStore(path, ORIGIN)
    store.add([event], "c", at=START)
    kept = store.after(0)[1][0]
    assert keys_of(kept, "") == keys_of(event, "") == ("t:t1", "a:a1", "r:idx0", "x:idx1")
    assert (kept.debug("errorCode"), method_of(kept), kept.debug("deviceFingerprint")) == ("1330", "Password", "")
    assert kept.target is not None
    assert kept.target[0].detail_entry == {"methodTypeUsed": "Password"}


def test_the_file_is_its_owners_alone(path: Path) -> None:
    FeedStore(path, ORIGIN).add([one(1)], "c", at=START)
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_each_org_has_its_own_events_cursor_and_handled_cases(path: Path) -> None:
    mine, other = FeedStore(path, ORIGIN), FeedStore(path, "https://other.okta.com")
    mine.add([one(1)], "c", at=START)
    mine.handle("case", "tess", START)
    assert other.cursor() is None
    assert other.after(0)[1] == ()
    assert other.newest() is None
    assert other.handled() == {}
    assert other.add([one(1)], None) == 1


def test_what_is_old_is_forgotten_for_every_org_also_without_a_time(path: Path) -> None:
    mine, other = FeedStore(path, ORIGIN), FeedStore(path, "https://other.okta.com")
    other.add([one(9, START - 90), one(8, published=None)], None, at=START)
    mine.add([one(1, START - 90), one(2)], None, at=START)
    mine.forget(START - 60)
    assert mine.after(0)[1] == (one(2),)
    assert other.after(0)[1] == ()


def test_an_event_without_a_time_is_kept_as_long_as_its_neighbours(path: Path) -> None:
    store = FeedStore(path, ORIGIN)
    store.add([one(1), one(2, published=None)], None, at=START)
    store.forget(START - 60)
    assert len(store.after(0)[1]) == 2
    assert store.newest() == START


def test_row_numbers_are_never_used_again(path: Path) -> None:
    store = FeedStore(path, ORIGIN)
    store.add([one(1, START - 90)], None)
    row, _ = store.after(0)
    store.forget(START)
    store.add([one(2)], None)
    assert store.after(row)[1] == (one(2),)


def test_a_cursor_from_before_a_time_is_not_given(path: Path) -> None:
    store = FeedStore(path, ORIGIN)
    store.add((), "c", at=START)
    assert store.cursor(since=START) == "c"
    assert store.cursor(since=START + 1) is None
    store.lose_cursor()
    assert store.cursor() is None


def test_who_handles_a_case_is_seen_by_another_process_and_can_leave_it(path: Path) -> None:
    mine, other = FeedStore(path, ORIGIN), FeedStore(path, ORIGIN)
    mine.handle("case", "tess", START)
    assert other.handled() == {"case": Handled("case", "tess", START)}
    other.handle("case", "omar", START + 1)
    assert mine.handled()["case"].agent == "omar"
    mine.leave("case")
    assert other.handled() == {}


def test_a_file_that_is_no_store_is_set_aside_and_begun_anew(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database at all " * 200)
    store = FeedStore(path, ORIGIN)
    assert store.add([one(1)], "c") == 1
    assert store.set_aside == path.with_name("feed.sqlite3.bad")
    assert store.set_aside.read_bytes().startswith(b"not a database")


def test_a_newer_keydesks_file_is_refused_and_left_as_it_is(path: Path) -> None:
    FeedStore(path, ORIGIN).add([one(1)], "c")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(FeedStoreTrouble, match="newer keydesk") as told:
        FeedStore(path, ORIGIN).cursor()
    assert "delete the file" in told.value.advice
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM event").fetchone() == (1,)


def test_an_older_keydesks_file_is_emptied(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as db:
        db.execute('CREATE TABLE "odd ""name" (a)')
        db.execute("CREATE TABLE event (a)")
    store = FeedStore(path, ORIGIN)
    assert store.add([one(1)], "c") == 1
    assert store.set_aside is None


def test_a_folder_that_cannot_be_written_is_told_with_its_path(home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    (home.parent / "file").write_text("")
    with pytest.raises(FeedStoreTrouble) as told:
        FeedStore(home.parent / "file" / "feed.sqlite3", ORIGIN).cursor()
    assert "feed.sqlite3" in told.value.detail


def test_a_full_transaction_or_none_of_it(path: Path) -> None:
    store = FeedStore(path, ORIGIN)
    store.add([one(1)], "c1")
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON cursor BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        db.commit()
    with pytest.raises(FeedStoreTrouble):
        store.add([one(2)], "c2")
    assert store.after(0)[1] == (one(1),)
    assert store.cursor() == "c1"


def damage(path: Path) -> None:
    """Overwrite all but the header."""
    body = path.read_bytes()
    path.write_bytes(body[:4096] + b"\xff" * (len(body) - 4096))


async def test_damage_while_it_runs_is_healed_from_okta(clock: FakeClock, path: Path) -> None:
    log = Log(clock)
    log.tell(*(Told(START - 900 + n / 10, event(n, START - 900 + n / 10)) for n in range(3000)))
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
        feed.store.close()  # so that the next look reads the disk
        damage(path)
        log.tell(Told(START, event(5000, START)))
        await feed.follow(ear, once=True)
        assert feed.store.set_aside is not None
    assert set(ear.uuids) == log.uuids


INSIDE_A_ROW = (
    "UPDATE event SET body = x'7b2275756964' WHERE seq = 3",
    "UPDATE event SET body = 'no JSON' WHERE seq = 3",
    "UPDATE event SET body = 7 WHERE seq = 3",
    "UPDATE event SET body = x'' WHERE seq = 3",
    "UPDATE event SET body = x'ff00fe' WHERE seq = 3",
    """UPDATE event SET body = '{"debugContext":{"debugData":{"a":' || replace(hex(zeroblob(50000)), '00', '[')""",
    "UPDATE event SET at = 'yesterday' WHERE seq = 3",
    "UPDATE cursor SET url = x'ff00fe'",
    "UPDATE cursor SET url = CAST(x'ff00fe' AS TEXT)",
)


@pytest.mark.parametrize("harm", INSIDE_A_ROW)
async def test_damage_inside_a_row_is_healed_from_okta(clock: FakeClock, path: Path, harm: str) -> None:
    log = Log(clock)
    log.tell(*(Told(START - 900 + n, event(n, START - 900 + n)) for n in range(9)))
    async with feeding(log, path) as feed:
        await feed.follow(Ear(), once=True)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(harm)
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.follow(ear, once=True)
        assert feed.store.set_aside is not None
    assert set(ear.uuids) == log.uuids


def test_a_damaged_note_of_who_handles_a_case_is_set_aside_too(path: Path) -> None:
    store = FeedStore(path, ORIGIN)
    store.handle("case", "ann", START)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE handled SET agent = x'ff'")
    with pytest.raises(FeedStoreTrouble):
        store.handled()
    assert store.set_aside is not None
    assert store.handled() == {}
