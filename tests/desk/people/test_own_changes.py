"""A card shows what this session changed at once, and beside the System Log's own event once there is one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
from msgspec.structs import replace

from tests.desk.support import user_id
from tui.desk.actions.catalogue import UNLOCK
from tui.desk.people.card import card
from tui.desk.people.own_changes import MOST, OwnChange, OwnChanges
from tui.desk.perform.perform import perform

if TYPE_CHECKING:
    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org
    from tui.desk.people.person import Person
    from tui.desk.session import Session


async def unlocked(desk: Desk, session: Session, person_id: str, *, later: float = 0.0) -> Person:
    before = await session.person_with_blocks(person_id)
    await perform(session, UNLOCK.plan(before))
    desk.clock.now += later
    return [person async for person in session.load(person_id)][-1]


async def test_the_logs_own_event_says_that_it_was_you(desk: Desk, org: Org) -> None:
    session = desk.session()
    person = await unlocked(desk, session, user_id(org, "ann.lee"), later=120)
    newest = card(person, session.now(), session.own_changes).events[0]
    assert "nlock" in newest.what
    assert newest.source == "by you, ledger entry 1"
    assert card(person, session.now()).events[0].source != newest.source


async def test_until_the_log_shows_it_the_card_does(desk: Desk, org: Org, line: Line) -> None:
    async def log_is_behind(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(200, json=[]) if request.url.path.endswith("/logs") else None

    line.watch = log_is_behind
    session = desk.session()
    person = await unlocked(desk, session, user_id(org, "ann.lee"))
    shown = card(person, session.now(), session.own_changes)
    assert (shown.events[0].what, shown.events[0].source) == ("Unlock, by you", "ledger entry 1")
    assert shown.events_note == ""
    other = replace(person, user=(await session.person(user_id(org, "bob.martin"))).user)
    assert card(other, session.now(), session.own_changes).events == ()


async def test_a_lost_answer_is_told_as_not_known(desk: Desk, org: Org, line: Line) -> None:
    async def lost(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST":
            raise httpx.ReadError("gone", request=request)
        return httpx.Response(200, json=[]) if request.url.path.endswith("/logs") else None

    line.watch = lost
    session = desk.session()
    person = await unlocked(desk, session, user_id(org, "ann.lee"))
    assert "not known whether Okta did it" in card(person, session.now(), session.own_changes).events[0].what


async def test_an_event_of_another_time_or_kind_is_not_yours(desk: Desk, org: Org) -> None:
    session = desk.session()
    person = await unlocked(desk, session, user_id(org, "ann.lee"), later=120)
    events = person.events.value or ()
    at = next(event.at for event in events if event.event_type == UNLOCK.event)
    assert at is not None
    for change in (
        OwnChange(person.user.id, "Unlock", 3, at + timedelta(minutes=2), UNLOCK.event),
        OwnChange(person.user.id, "Unlock", 3, at - timedelta(minutes=2), UNLOCK.event),
        OwnChange(person.user.id, "Reset", 3, at, "user.account.reset_password"),
        OwnChange("00uother", "Unlock", 3, at, UNLOCK.event),
    ):
        changes = OwnChanges()
        changes.note(change)
        missing, shown = changes.beside(person.user.id, events)
        assert (len(missing), shown) == (0 if change.user_id == "00uother" else 1, {})


def test_no_more_than_some_are_kept(desk: Desk) -> None:
    changes = OwnChanges()
    for number in range(MOST + 50):
        changes.note(OwnChange("00u1", "Unlock", number, desk.session().now()))
    missing, _ = changes.beside("00u1", ())
    assert (len(missing), missing[0].entry) == (MOST, MOST + 49)
