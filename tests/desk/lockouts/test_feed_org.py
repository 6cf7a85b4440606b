"""The feed against the demo org: its filter is understood, and its lockouts are heard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.desk.lockouts.feed_support import Ear, run
from tests.desk.support import fault, user_id, world
from tui.demo.query.log_query import filter_test
from tui.desk.lockouts.feed import FAILING, FILTER, SIGN_INS, Pace, open_feed
from tui.okta.errors import MissingRole

if TYPE_CHECKING:
    from tests.conftest import Desk, FakeClock
    from tests.desk.support import Line
    from tui.demo.org import Org


def test_the_filter_uses_only_what_okta_documents_and_fits_into_an_address() -> None:
    filter_test(FILTER)
    words = set(re.sub(r'"[^"]*"', "", FILTER).replace("(", " ").replace(")", " ").split())
    assert words == {"eventType", "outcome.result", "eq", "or", "and"}
    assert FILTER.count("(") == FILTER.count(")")
    assert len(FILTER) < 1500


async def test_a_lockout_is_heard_with_its_person(desk: Desk, org: Org, clock: FakeClock) -> None:
    feed = open_feed(desk.session())
    ear = Ear()
    await feed.follow(ear, once=True)
    before = len(ear.uuids)
    world(org, lock="ann.lee")
    clock.now += 120
    await feed.follow(ear, once=True)
    heard = [one for one in ear.events[before:] if one.event_type == "user.account.lock"]
    assert [one.person.id for one in heard if one.person] == [user_id(org, "ann.lee")]
    feed.store.close()


async def test_good_sign_ins_are_heard_to_their_end_and_of_the_rest_only_what_failed(desk: Desk) -> None:
    feed = open_feed(desk.session())
    ear = Ear()
    await feed.follow(ear, once=True)
    for kind in SIGN_INS:
        assert "SUCCESS" in {one.result for one in ear.events if one.event_type == kind}, kind
    failing = [one for one in ear.events if one.event_type in FAILING]
    assert failing
    assert all(one.result in {"FAILURE", "DENY"} for one in failing)
    feed.store.close()


FAULTS = ["429", "500", "503", "504", "cut", "truncated", "not-json", "html", "wrong-json", "lost-cursor", "no-next"]


@pytest.mark.parametrize("name", FAULTS)
async def test_no_fault_of_the_org_loses_an_event(
    desk: Desk, org: Org, line: Line, clock: FakeClock, name: str
) -> None:
    feed = open_feed(desk.session())
    ear = Ear()
    await feed.follow(ear, once=True)
    before = len(ear.uuids)
    world(org, lock="ann.lee")
    clock.now += 120
    fault(org, name, "/logs", times=9)
    await run(feed, ear, lambda: len(ear.uuids) > before and feed.state.pace is Pace.LIVE)
    assert len(ear.uuids) == len(set(ear.uuids))
    assert "user.account.lock" in {one.event_type for one in ear.events[before:]}
    assert feed.state.trouble is None
    assert line.writes == []
    feed.store.close()


async def test_a_role_taken_away_stops_it_with_the_reason(desk: Desk, org: Org) -> None:
    feed = open_feed(desk.session())
    fault(org, "403-role", "/logs")
    with pytest.raises(MissingRole):
        await feed.follow(Ear(), once=True)
    assert feed.state.pace is Pace.STOPPED
    assert isinstance(feed.state.trouble, MissingRole)
    feed.store.close()
