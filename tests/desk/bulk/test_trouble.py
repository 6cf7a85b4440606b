"""Half of a job fails: what stops it, what does not, what is told, and what may be tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.desk.bulk.jobs import CREW, GROUP, UNLOCK, adding, came, locked, people, unlocking
from tests.desk.support import fault, user_id, world, writing
from tui.desk.actions.grammar import Cause
from tui.desk.bulk.job import LineState, job
from tui.desk.bulk.run import JobRun, NothingLeft, TargetGone
from tui.desk.ledger.errors import LedgerFull
from tui.desk.ledger.ledger import Ledger
from tui.desk.session import Session
from tui.okta.errors import AnswerLost, BadToken, MissingRole, NotReached, OktaDown, RateLimited, Refused

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org

D, R, U, NS, NT, NP = (
    LineState.DONE,
    LineState.REFUSED,
    LineState.UNKNOWN,
    LineState.NOT_SENT,
    LineState.NOT_TRIED,
    LineState.NOT_POSSIBLE,
)


def second(org: Org, ids: list[str], name: str, times: int = 1) -> None:
    """A fault for the second one's unlock."""
    fault(org, name, f"/users/{ids[1]}/lifecycle/", times=times)


async def test_a_role_that_does_not_reach_one_leaves_the_others(desk: Desk, org: Org, line: Line) -> None:
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)
    second(org, ids, "403-role")
    done = await several.run("storm", "INC-1")
    assert came(done) == [D, R, D, D]
    assert isinstance(done.lines[1].trouble, MissingRole)
    assert session.ledger.entry(done.lines[1].entry).intent.person_id == ids[1]
    assert done.lines[1].request_id
    assert "role" in done.lines[1].note
    assert len(line.writes) == 4


async def test_a_lost_answer_is_unknown_and_the_others_go_on(desk: Desk, org: Org, line: Line) -> None:
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)
    second(org, ids, "cut-before")
    done = await several.run("", "")
    assert came(done) == [D, U, D, D]
    assert isinstance(done.lines[1].trouble, AnswerLost)
    assert [entry.intent.person_id for entry in session.ledger.open_entries()] == [ids[1]]
    assert len(line.writes) == 4


async def test_a_lost_answer_that_a_look_settles_counts_as_done(desk: Desk, org: Org, line: Line) -> None:
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)
    second(org, ids, "cut")
    done = await several.run("", "")
    assert came(done) == [D, D, D, D]
    assert "a look shows that it worked" in done.lines[1].note
    assert session.ledger.open_entries() == []
    assert len(line.writes) == 4


async def test_a_rate_limit_in_the_middle_is_waited_for(desk: Desk, org: Org, line: Line, clock: FakeClock) -> None:
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)
    second(org, ids, "429")
    done = await several.run("", "")
    assert came(done) == [D, D, D, D]
    assert max(clock.slept) > 40
    assert [call for call in line.writes if ids[1] in call] == line.writes[1:3]
    assert len(session.ledger.entries()) == 4


REPEATING = {"429": (RateLimited, NS), "401": (BadToken, R)}


@pytest.mark.parametrize("name", REPEATING)
async def test_what_would_fail_for_all_stops_it(desk: Desk, org: Org, line: Line, name: str) -> None:
    kind, outcome = REPEATING[name]
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)
    second(org, ids, name, times=-1)
    done = await several.run("", "")
    assert came(done) == [D, outcome, NT, NT]
    assert isinstance(done.halted, kind)
    assert not done.clean
    assert {call.split("/")[4] for call in line.writes} == set(ids[:2])
    assert len(session.ledger.entries()) == 2


async def test_no_network_stops_it_before_the_next_is_recorded(desk: Desk, org: Org, line: Line) -> None:
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)

    async def gone(request: httpx.Request) -> None:
        if line.writes and ids[1] in request.url.path:
            raise httpx.ConnectError("no route", request=request)

    line.watch = gone
    done = await several.run("", "")
    assert came(done) == [D, NS, NT, NT]
    assert isinstance(done.halted, NotReached)
    assert len(line.writes) == 1
    assert len(session.ledger.entries()) == 1


async def test_two_lost_answers_in_a_row_stop_it(desk: Desk, org: Org, line: Line) -> None:
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)
    fault(org, "500", "/lifecycle/", times=-1)
    done = await several.run("", "")
    assert came(done) == [U, U, NT, NT]
    assert isinstance(done.halted, OktaDown)
    assert len(line.writes) == 2


async def test_a_ledger_that_takes_no_entry_stops_it_with_nothing_sent(
    desk: Desk, org: Org, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)

    def full(*_: object) -> None:
        raise LedgerFull

    monkeypatch.setattr(Ledger, "intend", full)
    done = await several.run("", "")
    assert came(done) == [NS, NT, NT, NT]
    assert isinstance(done.halted, LedgerFull)
    assert line.writes == []


async def test_an_outcome_that_is_not_recorded_stops_it_and_is_told(
    desk: Desk, org: Org, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)

    def full(*_: object, **__: object) -> None:
        raise LedgerFull

    monkeypatch.setattr(Ledger, "outcome", full)
    done = await several.run("", "")
    assert came(done) == [D, NT, NT, NT]
    assert "not in the ledger" in done.lines[0].note
    assert len(line.writes) == 1


async def test_a_scope_that_is_missing_stops_it(desk: Desk, org: Org, line: Line) -> None:
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)

    async def scopeless(request: httpx.Request) -> httpx.Response | None:
        if not writing(request):
            return None
        named = {"www-authenticate": 'Bearer error="insufficient_scope", scope="okta.users.manage"'}
        return httpx.Response(403, headers=named | {"x-okta-request-id": "r1"}, request=request)

    line.watch = scopeless
    done = await several.run("", "")
    assert came(done) == [R, NT, NT, NT]
    assert "okta.users.manage" in str(done.halted)
    again = JobRun(session, await several.retry())
    looked = await again.preview()
    assert {row.obstacle.cause for row in looked.lines if row.obstacle} == {Cause.PERMISSION}
    assert len(line.writes) == 1


async def test_a_group_that_is_deleted_meanwhile_stops_it(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    several = await adding(session, org, [user_id(org, name) for name in CREW])
    org.groups.delete(org.groups.named(GROUP))
    done = await several.run("", "")
    assert came(done) == [NP, NT, NT, NT]
    assert isinstance(done.halted, TargetGone)
    assert line.writes == []
    looked = await JobRun(session, job(done.action, await people(session, [done.lines[0].id]), done.ids)).preview()
    assert isinstance(looked.halted, TargetGone)


async def test_bad_credentials_end_the_look(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    crowd = await people(session, locked(org))
    fault(org, "401", "/users/", times=-1)
    looked = await JobRun(session, job(UNLOCK, crowd)).preview()
    assert isinstance(looked.halted, BadToken)
    assert looked.ready == ()


async def test_only_the_failed_ones_again_and_nothing_twice(desk: Desk, org: Org, line: Line) -> None:
    session, ids = desk.session(), locked(org)
    several = await unlocking(session, ids)
    second(org, ids, "403-role")
    fault(org, "cut-before", f"/users/{ids[2]}/lifecycle/")
    await several.run("storm", "")
    assert came(several.job) == [D, R, U, D]
    again = await several.retry()
    assert came(several.job) == [D, R, LineState.NOT_DONE, D]  # the look settled what was unknown
    assert session.ledger.open_entries() == []
    assert [row.id for row in again.lines] == [ids[1], ids[2]]
    second_round = JobRun(session, again)
    await second_round.preview()
    done = await second_round.run("storm", "")
    assert came(done) == [D, D]
    whole = several.job.followed_by(done)
    assert came(whole) == [D, D, D, D]
    assert [session.ledger.entry(row.entry).intent.person_id for row in whole.lines] == ids
    assert len(session.ledger.entries()) == 6
    assert [sum(one in call for call in line.writes) for one in ids] == [1, 2, 2, 1]


async def test_what_turns_out_to_be_done_is_not_tried_again(desk: Desk, org: Org, line: Line) -> None:
    session, ids = desk.session(), locked(org, *CREW[:2])
    several = await unlocking(session, ids)
    second(org, ids, "cut-before")
    await several.run("", "")
    assert came(several.job) == [D, U]
    world(org, unlock=CREW[1])
    with pytest.raises(NothingLeft):
        await several.retry()
    assert came(several.job) == [D, D]
    assert len(line.writes) == 2


async def test_what_nobody_can_find_out_stays_unknown_and_is_not_tried_again(desk: Desk, org: Org, line: Line) -> None:
    session, ids = desk.session(), locked(org, *CREW[:2])
    several = await unlocking(session, ids)
    second(org, ids, "cut-before")
    await several.run("", "")
    fault(org, "403-role", f"/users/{ids[1]}", times=-1)
    with pytest.raises(NothingLeft) as raised:
        await several.retry()
    assert "F4" in raised.value.advice
    assert came(several.job) == [D, U]
    assert len(line.writes) == 2
    assert [entry.intent.person_id for entry in session.ledger.open_entries()] == [ids[1]]


async def test_whom_okta_was_just_changing_belongs_to_those_tried_again(desk: Desk, org: Org) -> None:
    session, ids = desk.session(), locked(org, *CREW[:2])
    org.people.named(CREW[1]).transitioning = "ACTIVE"
    several = await unlocking(session, ids)
    assert came(await several.run("", "")) == [D, NP]
    org.people.named(CREW[1]).transitioning = None
    assert [row.id for row in (await several.retry()).lines] == [ids[1]]


async def test_with_the_mirror_broken_read_only_still_sends_nothing(
    desk: Desk, org: Org, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "obstacle", lambda *_: None)
    several = await unlocking(desk.session(read_only=True), locked(org))
    done = await several.run("", "")
    assert came(done) == [NS, NT, NT, NT]
    assert isinstance(done.halted, Refused)
    assert line.writes == []
