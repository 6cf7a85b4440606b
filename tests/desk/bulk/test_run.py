"""One thing for several people: who can be in a job, the look beforehand, one change after the other, what is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.desk.bulk.jobs import ADD, CREW, GROUP, UNLOCK, adding, came, locked, people, unlocking
from tests.desk.support import Gate, fault, until, user_id, world, writing
from tests.each import each
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import TargetKind
from tui.desk.bulk import run
from tui.desk.bulk.job import MOST, LineState, capped, job
from tui.desk.bulk.run import JobRun
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import PersonBusy
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    import httpx

    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.bulk.job import Job
    from tui.desk.ledger.entry import Intent
    from tui.okta.policy import Approval


# -- who and what can be in a job


@each("name", ACTIONS)
async def test_passwords_and_factors_are_never_changed_for_several(desk: Desk, org: Org, name: str) -> None:
    action = ACTIONS[name]
    ann = await desk.session().person(user_id(org, "ann.lee"))
    chosen = [(kind, "00g1") for kind in action.chosen]
    if action.several:
        assert action.capability in {Capability.UNLOCK, Capability.PROVISIONING}
        assert not action.mails
        assert action.reveals is None
        assert not action.options
        assert job(action, [ann], chosen).lines
    else:
        with pytest.raises(ValueError, match="never done to several"):
            job(action, [ann], chosen)


def test_only_unlocking_and_adding_to_a_group_are_for_several() -> None:
    assert {name for name, action in ACTIONS.items() if action.several} == {"unlock", "add-to-group"}


async def test_a_job_has_a_cap_and_names_nobody_twice(desk: Desk, org: Org) -> None:
    ann = await desk.session().person(user_id(org, "ann.lee"))
    crowd = [await desk.session().person(person.id) for person in list(org.people.from_index())[: MOST + 1]]
    assert len(job(UNLOCK, [ann, ann]).lines) == 1
    for wrong in ([], crowd):
        with pytest.raises(ValueError, match="1 to 50"):
            job(UNLOCK, wrong)
    taken, left = capped(crowd)
    assert [*taken, *left] == crowd
    assert len(job(UNLOCK, taken).lines) == MOST
    with pytest.raises(ValueError, match="aimed at"):
        job(ADD, [ann])


# -- the look


async def test_a_look_reads_everybody_and_sends_nothing(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    ids = [*locked(org), user_id(org, "ann.lee2"), user_id(org, "george.wu")]
    told: list[int] = []
    crowd = await people(session, ids)
    line.sent.clear()
    several = JobRun(session, job(UNLOCK, crowd), lambda now: told.append(now.read))
    looked = await several.preview()
    assert came(looked) == [LineState.READY] * 4 + [LineState.NOT_POSSIBLE] * 2
    assert [line.plan is not None for line in looked.lines] == [True] * 4 + [False] * 2
    assert "not locked" in looked.lines[4].note
    assert told == sorted(told)
    assert told[-1] == 6
    assert line.writes == []
    assert session.ledger.entries() == []
    (_,) = (one for one in line.story if "/iam/" in one)  # who is an administrator, once for all of them
    of_people = [one for one in line.story if "/logs" not in one and "/iam/" not in one]
    assert sorted(of_people) == sorted(f"GET /api/v1/users/{one}{part}" for one in ids for part in ("", "/blocks"))
    weeks = [one for one in line.story if "/logs" in one and "actor.id" in one]
    assert len(weeks) == 4  # whether it may be an attack, for those alone for whom it is possible


async def test_whoever_may_be_under_attack_is_done_only_when_ticked(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    ids = locked(org, "tara.singh", "bob.martin")
    several = await unlocking(session, ids)
    assert came(several.job) == [LineState.HELD, LineState.READY]
    assert [one.id for one in several.job.suspects] == ids[:1]
    assert several.job.lines[0].note.startswith("May be an attack: ")
    several.tick(ids[1])  # nothing points to an attack on him
    assert came(several.job) == [LineState.HELD, LineState.READY]
    done = await several.run("", "")
    assert came(done) == [LineState.HELD, LineState.DONE]
    assert done.sentence == "Unlock: 1 of 2 done, 1 left out"
    again = await unlocking(session, ids[:1])
    again.tick(ids[0])
    assert again.job.ticked == 1
    assert came(await again.run("security said so", "")) == [LineState.DONE]


async def test_a_log_that_cannot_be_read_is_not_asked_for_everybody(desk: Desk, org: Org, line: Line) -> None:
    fault(org, "500", match="/logs", times=-1)
    ids = locked(org)
    line.sent.clear()
    several = await unlocking(desk.session(), ids)
    assert came(several.job) == [LineState.READY] * 4
    assert all("Nobody looked" in one.note for one in several.job.lines)
    assert len([one for one in line.story if "/logs" in one]) <= 3


async def test_no_more_than_a_few_are_read_at_the_same_time(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    crowd = await people(session, [person.id for person in list(org.people.from_index())[:12]])
    gate = Gate()
    line.watch = gate
    several = JobRun(session, job(UNLOCK, crowd))
    looking = asyncio.create_task(several.preview())
    await until(lambda: len(gate.held) >= run.SIDE_BY_SIDE)
    for _ in range(50):
        await asyncio.sleep(0)
    held = {path.split("/")[4] for path in gate.held if path.startswith("/api/v1/users/")}
    assert 0 < len(held) <= run.SIDE_BY_SIDE
    gate.opened.set()
    assert (await looking).read == 12


async def test_a_group_is_read_once_for_everybody(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    ids = [user_id(org, name) for name in CREW]
    group = org.groups.named(GROUP)
    org.groups.add(group, org.people.named(CREW[2]), org.clock() - 60)
    crowd = await people(session, ids)
    line.sent.clear()
    several = JobRun(session, job(ADD, crowd, [(TargetKind.GROUP, group.id)]))
    looked = await several.preview()
    assert came(looked) == [LineState.READY, LineState.READY, LineState.NOT_POSSIBLE, LineState.READY]
    assert looked.lines[2].note.startswith("is in the group already")
    assert looked.title == f"Add to a group: {GROUP}"
    assert sum(line.startswith("GET /api/v1/groups?") for line in line.story) == 1
    assert sum(line.startswith("GET /api/v1/groups/rules") for line in line.story) == 1
    assert sum(line.endswith("/groups") for line in line.story) == 4


async def test_the_first_ones_being_in_the_group_is_no_obstacle_for_the_others(desk: Desk, org: Org) -> None:
    ids = [user_id(org, name) for name in CREW]
    org.groups.add(org.groups.named(GROUP), org.people.named(CREW[0]), org.clock() - 60)
    several = await adding(desk.session(), org, ids)
    assert came(several.job) == [LineState.NOT_POSSIBLE, LineState.READY, LineState.READY, LineState.READY]


@pytest.mark.parametrize(("group", "why"), [("Service Desk Admins", "admin rights"), ("Everyone", "Okta keeps")])
async def test_a_group_that_nobody_edits_here_is_an_obstacle_for_all(
    desk: Desk, org: Org, line: Line, group: str, why: str
) -> None:
    several = await adding(desk.session(), org, [user_id(org, name) for name in CREW], group)
    assert came(several.job) == [LineState.NOT_POSSIBLE] * 4
    assert all(why in line.note or "already" in line.note for line in several.job.lines)
    await several.run("", "")
    assert line.writes == []


async def test_somebody_who_was_deleted_meanwhile_is_left_out(desk: Desk, org: Org) -> None:
    session = desk.session()
    crowd = await people(session, locked(org))
    world(org, delete=CREW[1])
    looked = await JobRun(session, job(UNLOCK, crowd)).preview()
    assert came(looked) == [LineState.READY, LineState.NOT_POSSIBLE, LineState.READY, LineState.READY]
    assert "Okta does not have this any more" in looked.lines[1].note
    assert looked.halted is None


async def test_read_only_is_an_obstacle_for_each(desk: Desk, org: Org, line: Line) -> None:
    several = await unlocking(desk.session(mode=Mode.READ_ONLY), locked(org))
    assert came(several.job) == [LineState.NOT_POSSIBLE] * 4
    assert {line.obstacle.cause.value for line in several.job.lines if line.obstacle} == {"read-only"}
    await several.run("", "")
    assert line.writes == []


# -- the run


async def test_each_is_one_change_with_an_entry_of_its_own(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    ids = locked(org)
    several = await unlocking(session, ids)
    done = await several.run("storm of lockouts", "INC-9")
    assert came(done) == [LineState.DONE] * 4
    assert line.writes == [f"POST /api/v1/users/{one}/lifecycle/unlock" for one in ids]
    entries = list(reversed(session.ledger.entries()))
    assert [entry.intent.person_id for entry in entries] == ids
    assert [entry.seq for entry in entries] == [row.entry for row in done.lines]
    assert {(entry.intent.reason, entry.intent.ticket, entry.outcome) for entry in entries} == {
        ("storm of lockouts", "INC-9", Outcome.DONE)
    }
    assert done.over
    assert done.clean
    assert done.sentence == "Unlock: 4 of 4 done"
    assert done.done_ids == set(ids)
    assert session.ledger.verify().ok


async def test_several_get_into_a_group(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    ids = [user_id(org, name) for name in CREW]
    done = await (await adding(session, org, ids)).run("new team", "")
    group = org.groups.named(GROUP)
    assert line.writes == [f"PUT /api/v1/groups/{group.id}/users/{one}" for one in ids]
    assert came(done) == [LineState.DONE] * 4
    assert all(org.groups.is_member(group, org.people.named(name)) for name in CREW)


async def test_progress_tells_who_is_under_way_and_never_goes_back(desk: Desk, org: Org) -> None:
    session = desk.session()
    told: list[Job] = []
    several = JobRun(session, job(UNLOCK, await people(session, locked(org))), told.append)
    await several.preview()
    told.clear()
    await several.run("", "")
    left = [len(now.ready) for now in told]
    assert left == sorted(left, reverse=True)
    assert list(dict.fromkeys(now.current_id for now in told if now.current_id)) == [
        row.id for row in several.job.lines
    ]
    assert "Reading the person again" in {now.step for now in told}
    assert told[-1].current_id == ""


async def test_who_was_changed_meanwhile_is_left_alone_and_the_others_go_on(
    desk: Desk, org: Org, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = desk.session()
    ids = locked(org)
    several = await unlocking(session, ids)
    world(org, unlock=CREW[0])
    world(org, set_status={"login": CREW[2], "status": "SUSPENDED"})
    record = session.ledger.intend

    def refuse_one(intent: Intent) -> Approval:
        """Record intents as a team's ledger does while a colleague acts on one of these people."""
        if intent.person_id == ids[1]:
            raise PersonBusy("bob is acting on this person: Unlock, since 09:00:00")
        return record(intent)

    monkeypatch.setattr(session.ledger, "intend", refuse_one, raising=False)
    done = await several.run("", "")
    assert came(done) == [LineState.NOT_POSSIBLE, LineState.NOT_SENT, LineState.NOT_POSSIBLE, LineState.DONE]
    assert "no longer Locked out" in done.lines[0].note
    assert "bob is acting on this person" in done.lines[1].note
    assert len(line.writes) == 1
    assert (done.lines[0].entry, done.halted) == (0, None)


async def test_a_principal_that_reaches_only_some(desk: Desk, org: Org, line: Line) -> None:
    reached = [org.groups.named(name) for name in ("Support", "Sales")]
    anybody = [p for p in org.people.from_index() if p.status == "ACTIVE" and not org.roles_of(p)]
    within = [p for p in anybody if any(org.groups.is_member(group, p) for group in reached)]
    outside = [p for p in anybody if p not in within]
    crowd = (within[0], outside[0], within[1], outside[1])
    for person in crowd:
        world(org, lock=person.login)
    ids = [person.id for person in crowd]
    looked = await unlocking(desk.session(), ids)
    limited = desk.session(principal="helpdesk-scoped")
    done = await JobRun(limited, looked.job).run("", "")
    assert came(done) == [LineState.DONE, LineState.NOT_SENT, LineState.DONE, LineState.NOT_SENT]
    assert done.sentence == "Unlock: 2 of 4 done, 2 not sent"
    assert "role" in done.lines[1].note
    assert not done.clean
    again = await JobRun(limited, done).retry()
    assert [row.id for row in again.lines] == [ids[1], ids[3]]
    several = JobRun(limited, again)
    assert came(await several.preview()) == [LineState.NOT_POSSIBLE] * 2
    assert len(line.writes) == 2


# -- stopping


async def test_a_stop_comes_between_two_people_and_never_within_one(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    several = await unlocking(session, locked(org))

    async def stop(request: httpx.Request) -> None:
        if writing(request) and len(line.writes) == 2:
            several.stop()

    line.watch = stop
    done = await several.run("", "")
    assert came(done) == [LineState.DONE, LineState.DONE, LineState.NOT_TRIED, LineState.NOT_TRIED]
    assert done.stopped
    assert done.halted is None
    assert len(line.writes) == 2
    assert [entry.open for entry in session.ledger.entries()] == [False, False]


async def test_a_stop_ends_the_wait_for_a_rate_limit(desk: Desk, org: Org, line: Line, clock: FakeClock) -> None:
    session = desk.session()
    several = await unlocking(session, locked(org))
    session.client.budget.note(
        UNLOCK.endpoint.bucket,
        {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "2", "x-rate-limit-reset": str(int(clock.now) + 50)}
        | {"date": "Mon, 23 Nov 2026 06:00:00 GMT"},
    )
    assert session.client.budget.pause(UNLOCK.endpoint.bucket, background=True) > 0
    several.session.client.budget.on_change = several.stop
    done = await several.run("", "")
    assert came(done) == [LineState.NOT_TRIED] * 4
    assert line.writes == []
    assert session.client.budget.waiting is None
