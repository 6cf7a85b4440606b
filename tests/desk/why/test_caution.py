"""Before a change the same verdict is asked for: by the card's events where they are enough, by the log otherwise."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import TYPE_CHECKING

from tests.desk.support import fault, user_id
from tui.desk.people.person import read_part
from tui.desk.why.caution import caution
from tui.desk.why.why import RULES, why
from tui.okta import endpoints as ep
from tui.okta.errors import MissingScope

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.people.person import Person
    from tui.desk.session import Session

ATTACKED = ("adam.brooks", "sheet.formula", "carla.diaz", "ann.lee2", "tara.singh", "rosa.mendez", "una.walsh")
QUIET = ("ann.lee", "bob.martin", "milo.grant", "fatima.khan", "yusuf.demir", "nora.blum")


async def whole(session: Session, key: str) -> Person:
    person = await session.person(key)
    async for newer in session.load(key):
        person = newer
    return person


async def test_it_says_what_the_verdict_says(desk: Desk, org: Org) -> None:
    session = desk.session()
    attacks = {rule.id for rule in RULES if rule.attack}
    for name in (*ATTACKED, *QUIET):
        key = user_id(org, name)
        found = await caution(session, await session.person_with_blocks(key))
        verdict = await why(session, key)
        assert (verdict.rule in attacks) is (name in ATTACKED), name
        if name in ATTACKED:
            assert found.attack == f"{verdict.headline} ({verdict.sure.value})", name
            assert found.step.startswith(verdict.step.text.rstrip(".")), name
            assert verdict.headline in found.report
            assert key in found.report
        else:
            assert found == type(found)(), name


async def test_the_events_of_the_card_are_not_read_again(desk: Desk, org: Org, wire: Line, clock: FakeClock) -> None:
    session = desk.session()
    person = await whole(session, user_id(org, "bob.martin"))
    wire.sent.clear()
    assert not (await caution(session, person)).attack
    assert [line for line in wire.story if "/logs" not in line] == []
    quiet = len(wire.story)
    clock.now += 120
    await caution(session, person)
    assert len(wire.story) > quiet + quiet  # they are old by now


async def test_nobody_looked_where_the_log_cannot_be_read(desk: Desk, org: Org) -> None:
    session = desk.session()
    person = await session.person_with_blocks(user_id(org, "adam.brooks"))
    fault(org, "500", match="/logs", times=-1)
    found = await caution(session, person)
    assert "the System Log cannot be read" in found.unread
    assert not found.attack
    org.faults.clear()
    session.denied[ep.LOGS.id] = MissingScope(scope="okta.logs.read")
    assert "cannot be read" in (await caution(session, person)).unread


async def test_what_the_lockouts_know_is_told_all_the_same(desk: Desk, org: Org) -> None:
    session = desk.session()
    person = await session.person_with_blocks(user_id(org, "bob.martin"))
    session.attack_signs.note_person(person.user.id, "Somebody else seems to try passwords (likely)")
    fault(org, "500", match="/logs", times=-1)
    found = await caution(session, person)
    assert found.attack == "Somebody else seems to try passwords (likely)"
    assert found.unread
    assert "tell security" in found.step


async def test_a_reading_that_is_cancelled_before_it_begins_leaves_nothing_half_begun() -> None:
    begun = []

    async def read(what: str) -> str:
        begun.append(what)
        return what

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        waiting = asyncio.ensure_future(read_part(read, "groups"))
        waiting.cancel()
        await asyncio.wait([waiting])
        del waiting
        gc.collect()
    assert [str(one.message) for one in told] == []
    assert begun == []
    assert (await read_part(read, "apps")).value == "apps"
