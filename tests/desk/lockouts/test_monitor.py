"""The lockouts in one picture: status, log and policies; what is missing is said; nothing is asked too often."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from tests.conftest import Desk
from tests.desk.lockouts.feed_support import asking
from tests.desk.support import Line, fault, service_session, user_id, world
from tui.demo.serve.asgi import create_app
from tui.demo.story.begin import begin_org
from tui.desk.lockouts.case import Ended, Shut
from tui.desk.lockouts.causes import LockoutCause
from tui.desk.lockouts.feed import Pace
from tui.desk.lockouts.healing import AT_ONCE
from tui.desk.lockouts.monitor import BLOCKS_EVERY, PAUSE, LockoutMonitor
from tui.desk.lockouts.picture import BLOCKS, LOG, POLICIES, STORE
from tui.okta.clock import stamp
from tui.okta.errors import MissingRole, MissingScope, OktaDown

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import FakeClock
    from tui.demo.org import Org
    from tui.desk.lockouts.case import Case
    from tui.desk.lockouts.picture import Picture
    from tui.desk.session import Session


async def watched(session: Session) -> LockoutMonitor:
    watching = LockoutMonitor(session)
    await watching.read_status()
    await watching.read_log()
    return watching


def of(picture: Picture, name: str) -> list[Case]:
    return [case for case in picture.cases if case.login.startswith(f"{name}@")]


def is_due(watching: LockoutMonitor) -> bool:
    return watching.due


def asked(line: Line, part: str) -> int:
    return sum(part in unquote(request) for request in line.story)


async def test_status_log_and_policies_make_one_case(desk: Desk) -> None:
    picture = (await watched(desk.session())).picture
    (ann,) = of(picture, "ann.lee")
    assert (ann.shut, ann.open, ann.diagnosis.cause, ann.locks_again) == (Shut.LOCKED, True, LockoutCause.MAIL, True)
    (henry,) = of(picture, "henry.stone")
    assert henry.heals is False  # his policy has no timer
    (carla,) = of(picture, "carla.diaz")
    assert carla.shut is Shut.BLOCKED
    (megan,) = of(picture, "megan.russell")
    assert (megan.ended, megan.ended_by) == (Ended.ADMIN, "Nina Rossi")
    assert of(picture, "kai.nguyen")[0].diagnosis.cause is LockoutCause.MISTYPED  # from an office, which is no wave
    assert picture.lacks == ()
    assert picture.feed.pace is Pace.LIVE
    assert picture.users[ann.user_id].text("department") == "Sales"


async def test_a_persons_own_status_is_read_once_in_a_while_and_told_with_its_time(
    desk: Desk, org: Org, line: Line, clock: FakeClock
) -> None:
    watching = await watched(desk.session())
    ann = user_id(org, "ann.lee")
    assert of(watching.picture, "ann.lee")[0].open
    org.people.named("ann.lee").status = "ACTIVE"  # the search and the log do not show it yet
    line.sent.clear()
    await watching.check(ann)
    assert not of(watching.picture, "ann.lee")[0].open
    assert watching.picture.checked == {ann: clock.now}
    await watching.check(ann)
    assert asked(line, f"GET /api/v1/users/{ann}") <= 2  # the person and the blocks, once
    clock.now += 60
    line.sent.clear()
    await watching.check(ann)
    assert asked(line, f"GET /api/v1/users/{ann}") >= 1


async def test_the_next_opening_shows_the_same_and_reads_the_events_of_few(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await watched(replace(desk.session(), folder=tmp_path))
    first.close()
    asked = asking(monkeypatch)
    second = await watched(replace(desk.session(), folder=tmp_path))
    assert second.picture.cases == first.picture.cases
    assert (second.picture.sprays, second.picture.tried) == (first.picture.sprays, first.picture.tried)
    named = set(first.picture.users)
    quiet = {case.user_id for case in first.picture.cases} - named
    assert named
    assert quiet - {*asked}
    second.close()


async def test_where_a_person_cannot_be_read_what_search_and_log_tell_stays(desk: Desk, org: Org) -> None:
    watching = await watched(desk.session())
    ann = user_id(org, "ann.lee")
    fault(org, "500", match="/users/", times=9)
    await watching.check(ann)
    assert of(watching.picture, "ann.lee")[0].open
    assert watching.picture.checked == {}


async def test_without_the_log_scope_the_status_alone_is_shown_and_what_is_missing_is_said(desk: Desk) -> None:
    watching = await watched(service_session(desk, "service-nologs"))
    picture = watching.picture
    lacks = {lack.what: lack.trouble for lack in picture.lacks}
    assert isinstance(lacks[LOG], MissingScope)
    assert isinstance(lacks[BLOCKS], MissingScope)
    assert "okta.logs.read" in lacks[LOG].title
    assert picture.feed.pace is Pace.STOPPED
    assert not watching.due
    (ann,) = of(picture, "ann.lee")
    assert ann.open
    assert ann.diagnosis.cause is LockoutCause.UNKNOWN


async def test_without_the_log_who_is_not_locked_any_more_is_not_shown_as_locked(
    desk: Desk, org: Org, clock: FakeClock
) -> None:
    watching = await watched(desk.session(principal="helpdesk"))
    assert of(watching.picture, "ann.lee")[0].open
    world(org, unlock="ann.lee")
    clock.now += 60
    await watching.read_status(background=True)
    assert [case.ended for case in of(watching.picture, "ann.lee")] == [Ended.GONE]
    assert isinstance({lack.what: lack.trouble for lack in watching.picture.lacks}[LOG], MissingRole)


async def test_a_role_that_was_given_meanwhile_brings_the_log_back_when_asked_again(desk: Desk, org: Org) -> None:
    watching = await watched(desk.session(principal="helpdesk"))
    assert LOG in {lack.what for lack in watching.picture.lacks}
    world(org, give_role={"principal": "helpdesk", "role": "READ_ONLY_ADMIN"})
    await watching.read_log()
    assert LOG in {lack.what for lack in watching.picture.lacks}
    await watching.read_log(again=True)
    assert LOG not in {lack.what for lack in watching.picture.lacks}
    assert of(watching.picture, "ann.lee")[0].diagnosis.cause is LockoutCause.MAIL


async def test_without_the_policies_what_heals_is_not_known_and_that_is_said(desk: Desk, org: Org) -> None:
    fault(org, "403-role", "/policies", times=-1)
    picture = (await watched(desk.session())).picture
    assert {lack.what for lack in picture.lacks} == {POLICIES}
    assert {case.heals for case in picture.open if case.shut is not Shut.LIMIT} == {None}
    assert {case.heals for case in picture.open if case.shut is Shut.LIMIT} == {False}


async def test_a_lock_that_begins_and_ends_is_heard(desk: Desk, org: Org, clock: FakeClock) -> None:
    watching = await watched(desk.session())
    world(org, lock="bob.martin")
    clock.now += 60
    await watching.read_log()
    (bob,) = of(watching.picture, "bob.martin")
    assert bob.open
    world(org, unlock="bob.martin")
    clock.now += 60
    await watching.read_status(background=True)
    assert of(watching.picture, "bob.martin")[0].ended is not None


async def test_groups_are_asked_for_a_few_people_a_round_and_not_again(
    desk: Desk, line: Line, clock: FakeClock
) -> None:
    watching = LockoutMonitor(desk.session())
    await watching.read_status()
    assert asked(line, "/groups") == AT_ONCE
    for _ in range(5):
        clock.now += 30
        await watching.read_status(background=True)
    everybody = asked(line, "/groups")
    clock.now += 30
    await watching.read_status(background=True)
    assert asked(line, "/groups") == everybody
    assert asked(line, "policies?type=PASSWORD") == 1
    assert everybody == len({request for request in line.story if "/groups" in request})


async def test_a_command_asks_for_all_of_them_at_once(desk: Desk) -> None:
    watching = LockoutMonitor(desk.session())
    await watching.read_status()
    before = sum(case.heals is None for case in watching.picture.open if case.shut is Shut.LOCKED)
    await watching.read_countdowns()
    after = sum(case.heals is None for case in watching.picture.open if case.shut is Shut.LOCKED)
    assert after < before


async def test_blocked_people_are_asked_about_rarely_by_itself_and_stay_meanwhile(
    desk: Desk, line: Line, clock: FakeClock
) -> None:
    watching = await watched(desk.session())
    first = asked(line, "/blocks")
    clock.now += 30
    await watching.read_status(background=True)
    assert asked(line, "/blocks") == first
    assert of(watching.picture, "carla.diaz")[0].open
    await watching.read_status(younger=31.0)
    assert asked(line, "/blocks") == first
    assert of(watching.picture, "carla.diaz")[0].open
    clock.now += BLOCKS_EVERY
    await watching.read_status(background=True)
    assert asked(line, "/blocks") > first


async def test_paused_asks_for_nothing_until_it_goes_on(desk: Desk, org: Org, line: Line, clock: FakeClock) -> None:
    watching = await watched(desk.session())
    watching.pause()
    assert watching.paused
    assert not watching.due
    before = len(line.sent)
    world(org, lock="bob.martin")
    clock.now += 600
    await watching.read_log()
    assert len(line.sent) == before
    watching.resume()
    await watching.read_log()
    assert of(watching.picture, "bob.martin")[0].open


async def test_after_a_fault_of_okta_it_waits_and_goes_on_by_itself(desk: Desk, org: Org, clock: FakeClock) -> None:
    watching = LockoutMonitor(desk.session())
    await watching.read_status()
    fault(org, "500", "/logs", times=-1)
    await watching.read_log()
    waiting = watching.picture.feed
    assert waiting.pace is Pace.WAITING
    assert isinstance(waiting.trouble, OktaDown)
    assert not is_due(watching)
    assert LOG not in {lack.what for lack in watching.picture.lacks}  # it comes back
    org.faults.clear()
    clock.now += watching.rest
    assert is_due(watching)
    await watching.read_log()
    assert watching.picture.feed.pace is Pace.LIVE


async def test_who_takes_care_is_known_also_where_the_case_has_got_another_id_since(desk: Desk) -> None:
    watching = await watched(desk.session())
    (ann,) = of(watching.picture, "ann.lee")
    older = replace(ann, id="another id", also=(ann.id,))
    await watching.handle(ann.id)
    assert watching.picture.taken(older) == watching.picture.handled[ann.id]
    assert watching.picture.taken(replace(ann, id="another id")) is None


async def test_taking_care_of_a_case_is_kept_and_seen_by_another_keydesk(desk: Desk, tmp_path: Path) -> None:
    one, other = (replace(desk.session(), folder=tmp_path) for _ in range(2))
    watching = await watched(one)
    (ann,) = of(watching.picture, "ann.lee")
    await watching.handle(ann.id)
    assert watching.picture.handled[ann.id].agent == "tess"
    seen = await watched(other)
    assert seen.picture.handled[ann.id].agent == "tess"
    await seen.leave(ann.id)
    assert seen.picture.handled == {}
    watching.close()
    seen.close()


async def test_where_nothing_can_be_kept_the_log_is_followed_in_memory_and_that_is_said(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    watching = await watched(replace(desk.session(), folder=tmp_path / "file"))
    assert STORE in {lack.what for lack in watching.picture.lacks}
    assert of(watching.picture, "ann.lee")[0].diagnosis.cause is LockoutCause.MAIL


def many(count: int, now: float, *, ip: str = "192.0.2.9") -> bytes:
    """Failures of so many people, from one address, as Okta tells them."""
    return msgspec.json.encode(
        [
            {
                "uuid": f"{number}",
                "published": stamp(datetime.fromtimestamp(now - 600 + number % 500, UTC)),
                "eventType": "user.session.start",
                "outcome": {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"},
                "actor": {"id": f"00u{number}", "type": "User", "alternateId": f"p{number}@acme.example"},
                "client": {"ipAddress": ip},
            }
            for number in range(count)
        ]
    )


async def test_a_wave_from_one_address_is_seen_with_who_was_tried(desk: Desk, line: Line, clock: FakeClock) -> None:
    async def okta(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/api/v1/logs" and request.url.params.get("sortOrder") == "ASCENDING":
            return httpx.Response(200, content=many(20, clock.now), headers={"x-okta-request-id": "1"})
        return None

    line.watch = okta
    watching = LockoutMonitor(desk.session())
    await watching.read_log()
    (spray,) = watching.picture.sprays
    assert (spray.source, len(spray.people), spray.internal) == ("192.0.2.9", 20, False)
    assert watching.picture.tried["00u3"] == "p3@acme.example"


async def test_a_thousand_events_at_once_are_no_thousand_pictures(desk: Desk, line: Line, clock: FakeClock) -> None:
    async def okta(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/api/v1/logs":
            return httpx.Response(200, content=many(1000, clock.now), headers={"x-okta-request-id": "1"})
        return None

    line.watch = okta
    pictures: list[Picture] = []
    watching = LockoutMonitor(desk.session(), pictures.append)
    await watching.read_log()
    assert PAUSE > 0
    assert 1 <= len(pictures) <= 4  # the clock stands still: the first, and the end of the round
    assert pictures[-1] is watching.picture


async def test_a_round_that_is_cancelled_loses_nothing(desk: Desk, line: Line) -> None:
    begun = asyncio.Event()
    watching = LockoutMonitor(desk.session(), lambda picture: begun.set() if picture.cases else None)
    round_ = asyncio.ensure_future(watching.read_log())
    await begun.wait()
    round_.cancel()
    with pytest.raises(asyncio.CancelledError):
        await round_
    await watching.read_log()
    whole = LockoutMonitor(desk.session())
    await whole.read_log()
    assert {case.id for case in watching.picture.cases} == {case.id for case in whole.picture.cases}
    assert user_id(desk.org, "ann.lee") in {case.user_id for case in whole.picture.cases}


@pytest.mark.parametrize("pipeline", ["idx", "v1"])
async def test_classic_and_identity_engine_make_the_same_cases(clock: FakeClock, pipeline: str) -> None:
    org = begin_org(seed=7, people=200, clock=clock.time, lockouts_per_minute=0.0, pipeline=pipeline)
    desk = Desk(org, Line(httpx.ASGITransport(app=create_app(org))), clock)
    watching = await watched(desk.session())
    (ann,) = of(watching.picture, "ann.lee")
    assert (ann.open, ann.diagnosis.cause, ann.locks_again) == (True, LockoutCause.MAIL, True)
    assert of(watching.picture, "carla.diaz")[0].shut is Shut.BLOCKED
    assert watching.picture.lacks == ()
    world(org, lock="bob.martin")
    clock.now += 60
    await watching.read_log()
    assert of(watching.picture, "bob.martin")[0].open
    desk.made[0].ledger.close()
