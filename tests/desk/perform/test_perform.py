"""A change from the confirmation to the last look: what is read, recorded and sent, in which order; what stops it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.desk.support import (
    aim,
    choose,
    fault,
    records,
    service_session,
    someone_for,
    targets_of,
    user_id,
    world,
    writing,
)
from tests.each import each
from tui.desk.actions import obstacles
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause
from tui.desk.actions.obstacles import Obstructed
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.perform import perform
from tui.desk.text import okta_terms
from tui.okta.errors import MissingScope, NotFound, Refused
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.actions.grammar import Plan
    from tui.desk.perform.result import Progress
    from tui.desk.session import Session

LOCKED = "ann.lee"


def files(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


async def possible(session: Session, org: Org, action: str) -> Plan:
    """A plan for a person in whose state the action is possible, aimed at what it is possible for."""
    who = someone_for(org, action)
    return await aim(session, action, who, choose(org, action, who))


async def test_an_unlock_is_read_recorded_sent_recorded_and_read_back(
    desk: Desk, org: Org, line: Line, home: Path
) -> None:
    session = desk.session()
    ann = user_id(org, LOCKED)
    plan = await aim(session, "unlock", ann)
    line.sent.clear()
    on_disk: list[list[str]] = []

    async def look(request: httpx.Request) -> None:
        on_disk.append([kind for kind, _ in records(home / "demo" / "ledger.sqlite3")])

    line.watch = look
    performed = await perform(session, plan, reason="called the desk", ticket="INC-7")
    user = f"/api/v1/users/{ann}"
    assert sorted(line.story[:3]) == [f"GET {user}", f"GET {user}/blocks", "GET /api/v1/users/me"]  # side by side
    assert line.story[3:] == [f"POST {user}/lifecycle/unlock", f"GET {user}"]  # without blocks before, there are none
    assert on_disk == [[], [], [], ["intent"], ["intent", "outcome"]]
    assert performed.outcome is Outcome.DONE
    assert performed.trouble is None
    assert performed.unrecorded is None
    assert performed.after
    assert performed.after.user.status == "ACTIVE"
    assert performed.sentence == "Unlock: done for Ann Lee (Locked out → Active)"
    assert org.people.named(LOCKED).status == "ACTIVE"


async def test_what_is_recorded_is_what_was_confirmed_and_what_was_sent(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    for action in ACTIONS:
        plan = await possible(session, org, action)
        line.sent.clear()
        performed = await perform(session, plan, reason="called the desk", ticket="INC-7")
        entry = session.ledger.entry(performed.entry)
        assert entry.intent.calls == plan.calls
        assert entry.intent.target == plan.aimed_at
        assert line.writes == [f"{call.method} {call.target}" for call in plan.calls]
        assert entry.intent.action == action
        assert entry.intent.person_id == plan.person.user.id
        assert entry.intent.person_login == plan.person.user.login
        assert (entry.intent.agent, entry.intent.reason, entry.intent.ticket) == ("tess", "called the desk", "INC-7")
        assert entry.intent.org == session.connector.org.origin
        assert entry.outcome is Outcome.DONE
        assert re.fullmatch("[0-9a-f]{32}", entry.request_id)
        assert not entry.open
    assert session.ledger.verify().ok


async def test_clearing_sessions_ends_them_and_spares_the_status(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    bob = user_id(org, "bob.martin")
    performed = await perform(session, await aim(session, "clear-sessions", bob), reason="lost phone")
    assert line.writes == [f"DELETE /api/v1/users/{bob}/sessions?oauthTokens=true&forgetDevices=true"]
    assert performed.outcome is Outcome.DONE
    assert performed.sentence == "Sign out everywhere: done for Bob Martin (Active)"
    assert await targets_of(session, "user.session.clear") == [bob]


async def test_somebody_blocked_by_device_is_unlocked_though_active(desk: Desk, org: Org) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, "carla.diaz"))
    assert plan.person.blocked
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.DONE
    assert performed.after
    assert not performed.after.blocked
    assert performed.sentence == "Unlock: done for Carla Diaz (Active, blocked → Active)"


async def test_the_agent_is_told_how_far_it_is(desk: Desk, org: Org) -> None:
    session = desk.session()
    steps: list[Progress] = []
    await perform(session, await aim(session, "unlock", user_id(org, LOCKED)), progress=steps.append)
    assert [(step.done, step.total) for step in steps] == [(done, 4) for done in range(5)]
    assert steps[2].note == "Recorded as number 1; sending POST"


async def test_somebody_else_was_quicker(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    world(org, unlock=LOCKED)
    with pytest.raises(Obstructed) as raised:
        await perform(session, plan)
    assert raised.value.obstacle.cause is Cause.STATE
    assert raised.value.title == "Unlock is not possible: Ann Lee is Active now, no longer Locked out"
    assert "Nothing was sent" in raised.value.advice
    assert line.writes == []
    assert session.ledger.entries() == []


@pytest.mark.parametrize(("status", "shown"), [("SUSPENDED", "Suspended"), ("DEPROVISIONED", "Deactivated")])
async def test_the_person_changed_to_another_state_meanwhile(
    desk: Desk, org: Org, line: Line, status: str, shown: str
) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    world(org, set_status={"login": LOCKED, "status": status})
    with pytest.raises(Obstructed, match=f"Ann Lee is {shown} now, no longer Locked out"):
        await perform(session, plan)
    assert line.writes == []
    assert session.ledger.entries() == []


async def test_the_person_was_deleted_meanwhile(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    world(org, delete=LOCKED)
    with pytest.raises(NotFound):
        await perform(session, plan)
    assert line.writes == []
    assert session.ledger.entries() == []


async def test_nobody_is_acted_on_while_okta_changes_them(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    for action in ACTIONS:
        plan = await possible(session, org, action)
        changing = org.people.find(plan.person.user.id)
        assert changing
        changing.transitioning = "DEPROVISIONED"
        with pytest.raises(Obstructed) as raised:
            await perform(session, plan)
        changing.transitioning = None
        assert raised.value.obstacle.cause is Cause.CHANGING
        assert "Okta is changing this person to Deactivated" in raised.value.title
    assert line.writes == []
    assert session.ledger.entries() == []


@pytest.mark.parametrize("how", ["connector", "flag"])
@each("action", ACTIONS)
async def test_a_read_only_session_sends_nothing_even_with_a_broken_mirror(
    desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch, action: str, how: str
) -> None:
    session = desk.session(mode=Mode.READ_ONLY) if how == "connector" else desk.session(read_only=True)
    plan = await possible(session, desk.org, action)
    before = session.obstacle(plan.action, plan.person)
    assert before
    assert before.cause is Cause.MODE
    with monkeypatch.context() as broken:
        broken.setattr(obstacles, "obstacle", lambda *_: None)
        assert session.obstacle(plan.action, plan.person) is None
        performed = await perform(session, plan, reason="the mirror is broken")
    assert performed.outcome is Outcome.NOT_SENT
    assert isinstance(performed.trouble, Refused)
    assert line.writes == []
    assert all(request.method == "GET" for request in line.sent)


@each("action", ACTIONS)
async def test_a_read_only_session_refuses_before_the_ledger_is_touched(
    desk: Desk, org: Org, line: Line, home: Path, action: str
) -> None:
    session = desk.session(read_only=True)
    plan = await possible(session, org, action)
    with pytest.raises(Obstructed) as raised:
        await perform(session, plan, reason="why not")
    assert raised.value.obstacle.cause is Cause.MODE
    assert line.writes == []
    assert files(home) == []


@each("action", ACTIONS)
async def test_an_action_that_an_admin_switched_off_is_grey_and_not_sent(
    desk: Desk, org: Org, line: Line, action: str
) -> None:
    off = ACTIONS[action].capability
    session = desk.session(capabilities=frozenset(Capability) - {off})
    plan = await possible(desk.session(), org, action)  # aimed before the admin switched it off
    with pytest.raises(Obstructed, match=f"{okta_terms.CAPABILITY[off].lower()} is switched off"):
        await perform(session, plan)
    assert line.writes == []


async def test_a_scope_found_missing_greys_the_action_from_then_on(desk: Desk, org: Org, line: Line) -> None:
    session = service_session(desk, "service-readonly")
    plan = await aim(session, "unlock", user_id(org, LOCKED))
    assert session.obstacle(plan.action, plan.person) is None
    performed = await perform(session, plan)
    assert performed.outcome is Outcome.REFUSED
    assert isinstance(performed.trouble, MissingScope)
    assert performed.trouble.scope == "okta.users.manage"
    found = session.obstacle(plan.action, plan.person)
    assert found
    assert found.cause is Cause.PERMISSION
    assert found.reason == "lacks the scope okta.users.manage"
    assert "super admin" in found.advice
    with pytest.raises(Obstructed):
        await perform(session, plan)
    assert len(line.writes) == 1


async def test_blocks_that_cannot_be_read_do_not_keep_the_locked_out_locked(desk: Desk, org: Org, line: Line) -> None:
    session = desk.session()
    fault(org, "401-feature", "/blocks", times=-1)
    locked = await aim(session, "unlock", user_id(org, LOCKED))
    assert locked.person.blocks.trouble
    assert (await perform(session, locked)).outcome is Outcome.DONE
    carla = await session.person_with_blocks(user_id(org, "carla.diaz"))
    found = session.obstacle(ACTIONS["unlock"], carla)
    assert found
    assert found.reason == "not locked out (blocks cannot be read)"
    assert len([request for request in line.sent if writing(request)]) == 1
