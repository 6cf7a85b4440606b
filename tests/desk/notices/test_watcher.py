"""The watcher against the demo org: who is told of what, with reads alone, whatever cannot be read."""

from __future__ import annotations

import re
from datetime import date, time
from shutil import rmtree
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.notices.test_sender import DOWN, RULES, Post, notifier
from tests.desk.support import OFF, fault, user_id, with_wrong_clock, world
from tui.desk.notices.notice import Topic
from tui.desk.notices.sender import Skip
from tui.desk.notices.watcher import Watcher
from tui.desk.people.providers import OUTSIDE
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk, FakeClock, Wire
    from tui.demo.org import Org
    from tui.desk.notices.rules import NoticeRules
    from tui.desk.notices.sender import NoticeLine
    from tui.desk.session import Session

LOCKOUTS = replace(RULES, expiries="", digest="")
EXPIRIES = replace(RULES, lockouts="", digest="", scan_hour=0)


@pytest.fixture
def session(desk: Desk) -> Session:
    return desk.session(mode=Mode.READ_ONLY)


def watcher(session: Session, post: Post, rules: NoticeRules = LOCKOUTS) -> Watcher:
    return Watcher(session, rules, notifier(session, post, rules))


def logins(lines: list[NoticeLine]) -> set[str]:
    return {line.occasion.user.login.partition("@")[0] for line in lines if line.occasion.user and line.delivery}


async def test_a_fresh_lockout_is_told_once(session: Session, org: Org, wire: Wire, clock: FakeClock) -> None:
    world(org, lock="bob.martin")
    clock.now += 60
    post = Post()
    made = watcher(session, post)
    lines = await made.once()
    again = await made.once()
    await made.aclose()
    assert "bob.martin" in logins(lines)
    assert logins(again) == set()
    (mail,) = [message for message in post.got if message.to == "bob.martin@acme.example"]
    assert "was locked on" in mail.body
    assert wire.writes == []


async def test_lockouts_of_long_ago_are_not_told(session: Session, org: Org) -> None:
    lines = await watcher(session, Post(), replace(LOCKOUTS, lockout_hours=1)).once()
    now = session.now()
    assert all((now - line.occasion.at).total_seconds() <= 3600 for line in lines)


async def test_a_restart_tells_nobody_again(session: Session, desk: Desk) -> None:
    first = watcher(session, Post())
    assert logins(await first.once())
    await first.aclose()
    assert logins(await watcher(desk.session(mode=Mode.READ_ONLY), Post()).once()) == set()


async def test_expiries_are_told_at_the_days_set_and_once_a_day_is_enough(
    session: Session, clock: FakeClock, wire: Wire
) -> None:
    post = Post()
    made = watcher(session, post, EXPIRIES)
    told = logins(await made.once())
    assert told
    reads = len(wire.sent)
    assert await made.once() == []
    assert len(wire.sent) == reads  # the org is not scanned again today
    assert {message.subject.rpartition(" ")[0] for message in post.got} <= {
        f"Your password expires in {days}" for days in ("1", *map(str, range(2, 15)))
    } | {"Your password expires in less than a"}
    today = session.now().astimezone().date()
    words = re.compile(r"in (\d+) days?, on about \w+, (\S+)\.")
    dated = [found for message in post.got if (found := words.search(message.body))]
    assert dated
    for found in dated:  # the days and the date beside them say the same
        assert int(found[1]) == (date.fromisoformat(found[2]) - today).days, found[0]
    clock.now += 86_400
    later = await made.once()
    assert told - logins(later)  # most are not due again the day after


async def test_somebody_is_told_at_the_nearest_day_and_not_for_all_that_were_missed(session: Session) -> None:
    post = Post()
    await watcher(session, post, EXPIRIES).once()
    assert len({message.to for message in post.got}) == len(post.got)


async def test_who_is_in_the_group_that_wants_none_is_left_out(session: Session, org: Org, clock: FakeClock) -> None:
    world(org, lock="bob.martin")
    clock.now += 60
    group = next(
        group.name
        for group in org.groups.all
        if org.groups.is_member(group, org.people.named("bob.martin")) and group.name != "Everyone"
    )
    lines = await watcher(session, Post(), replace(LOCKOUTS, opt_out=group)).once()
    bob = [line for line in lines if line.occasion.user and line.occasion.user.id == user_id(org, "bob.martin")]
    assert [line.skip for line in bob] == [Skip.OPTED_OUT]


async def test_a_group_that_cannot_be_found_sends_nothing_at_all(session: Session) -> None:
    post = Post()
    made = watcher(session, post, replace(LOCKOUTS, opt_out="zzyzx"))
    assert await made.once() == []
    assert "zzyzx" in made.troubles["opt_out"].title
    assert post.got == []


async def test_where_okta_mails_lockouts_itself_nobody_is_told_twice(session: Session, org: Org) -> None:
    for policy in org.policies.all:
        password = policy.settings["password"]
        assert isinstance(password, dict)
        lockout = password["lockout"]
        assert isinstance(lockout, dict)
        lockout["userLockoutNotificationChannels"] = ["EMAIL"]
    post = Post()
    lines = await watcher(session, post).once()
    users = {line.occasion.user.id: line for line in lines if line.occasion.user}
    assert any(line.skip is Skip.OKTA_MAILS for line in users.values())
    for line in users.values():
        outside = line.occasion.user is not None and line.occasion.user.provider_type in {*OUTSIDE, "LDAP"}
        assert (line.skip is Skip.OKTA_MAILS) != outside  # no policy of Okta's is for those
    told = await watcher(session, post, replace(LOCKOUTS, even_if_okta_mails=True)).once()
    skipped = {user_id for user_id, line in users.items() if line.skip is Skip.OKTA_MAILS}
    assert {line.occasion.user.id for line in told if line.occasion.user and line.delivery} == skipped


async def test_a_log_that_cannot_be_read_is_named_and_the_rest_goes_on(session: Session, org: Org) -> None:
    fault(org, "500", match="/api/v1/logs", times=99)
    post = Post()
    made = watcher(session, post, replace(RULES, digest="", scan_hour=0))
    lines = await made.once()
    assert "lockouts" in made.troubles
    assert {line.occasion.topic for line in lines} == {Topic.EXPIRY}


async def test_the_digest_goes_to_the_desk_once_a_day(session: Session, clock: FakeClock) -> None:
    post = Post()
    rules = replace(RULES, lockouts="", expiries="", digest="mail", digest_to="desk@example.com", digest_hour=0)
    made = watcher(session, post, rules)
    await made.once()
    await made.once()
    assert [message.to for message in post.got] == ["desk@example.com"]
    assert "Lockouts in the last 24 hours:" in post.got[0].body
    clock.now += 86_400
    await made.once()
    assert len(post.got) == 2


async def test_nobody_is_read_for_what_is_held_back(session: Session, org: Org, wire: Wire, clock: FakeClock) -> None:
    names = [p.login.partition("@")[0] for p in org.people.from_index(80) if p.status == "ACTIVE"][:12]
    for name in names:
        world(org, lock=name)
    clock.now += 60
    made = watcher(session, Post(), replace(LOCKOUTS, quiet=(time(0, 0), time(23, 59, 59))))
    await made.once()
    wire.sent.clear()
    lines = await made.once()
    await made.aclose()
    assert len(lines) >= len(names)
    assert {line.skip for line in lines} == {Skip.QUIET}
    assert {sent.url.path for sent in wire.sent} == {"/api/v1/logs"}


async def test_an_expiry_that_waited_is_told_only_if_it_is_still_true(
    session: Session, org: Org, clock: FakeClock
) -> None:
    post = Post(answers=[DOWN])
    made = watcher(session, post, EXPIRIES)
    held = [line for line in await made.once() if line.held]
    assert len(held) > 1
    changed, other = (line.occasion.user for line in held[:2])
    assert changed
    assert other
    one = org.people.find(changed.id)
    assert one
    one.password_changed = clock.now
    org.people.touch(one, clock.now)
    clock.now += 3600
    post.got.clear()
    await made.once()
    await made.aclose()
    told = {message.to for message in post.got}
    assert other.email in told
    assert changed.email not in told


@pytest.mark.parametrize(
    "kept",
    [b"", b"7", b"[" * 100_000, b"\xff", b'{"a": 1}'],
    ids=["empty", "number", "nested", "not UTF-8", "not text"],
)
async def test_a_broken_note_of_what_was_done_costs_a_scan_and_no_round(
    session: Session, tmp_path: Path, kept: bytes
) -> None:
    (tmp_path / "notify.json").write_bytes(kept)
    made = watcher(replace(session, folder=tmp_path), Post(), EXPIRIES)
    await made.once()
    await made.aclose()
    assert made.troubles == {}
    assert made.scan is not None
    assert made.scan.done


async def test_a_watcher_with_a_wrong_clock_tells_the_same_people_once(
    desk: Desk, clock: FakeClock, home: Path
) -> None:
    world(desk.org, lock="bob.martin")
    clock.now += 60
    rules = replace(LOCKOUTS, expiries=RULES.expiries, scan_hour=0)
    told = {}
    for name, off in OFF.items():
        wrong = watcher(with_wrong_clock(desk, off, Mode.READ_ONLY), Post(), rules)
        told[name] = logins(await wrong.once())
        clock.now += 30
        assert logins(await wrong.once()) == set(), name
        await wrong.aclose()
        rmtree(home / "demo")
    right = watcher(desk.session(mode=Mode.READ_ONLY), Post(), rules)
    expected = logins(await right.once())
    await right.aclose()
    assert "bob.martin" in expected
    assert told == dict.fromkeys(OFF, expected)
