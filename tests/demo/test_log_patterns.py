"""Every event that the org writes beside a real event of its type, so that nothing in its log is a belief of ours."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

from tests.demo.log_patterns import BEYOND, UNSEEN, complaints, patterns
from tests.demo.log_tour import Tour
from tests.demo.support import World, needs_schema
from tui.demo.log.events import show
from tui.demo.log.kinds import KINDS

pytestmark = needs_schema


@cache
def written() -> tuple[Any, ...]:
    """Everything that an org of either engine has in its log, after a walk through the API's writes."""
    found = []
    for pipeline in ("idx", "v1"):
        world = World(pipeline=pipeline, rate_limits="off")
        asyncio.run(Tour(world).walk())
        page = world.org.journal.between(0, 2**60, 1e15, 100_000, lambda _: True)
        found += [show(entry) for entry in page.entries]
    return tuple(found)


def test_every_event_is_like_a_real_one() -> None:
    found: dict[str, set[str]] = {}
    for event in written():
        if told := complaints(event):
            found.setdefault(event["eventType"], set()).update(told)
    assert found == {}


def test_every_type_has_a_pattern_or_says_what_speaks_for_it() -> None:
    seen = {event["eventType"] for event in written()}
    assert seen == KINDS.keys(), "the walk writes every type that there is"
    real = seen & patterns().keys()
    assert real | UNSEEN.keys() == seen
    assert not real & UNSEEN.keys(), "a real event is known: it need not be excused"


def test_what_goes_beyond_the_patterns_is_written() -> None:
    kinds = {event["eventType"] for event in written()}
    assert {kind for kind, _ in BEYOND} <= kinds
    results = {(event["eventType"], (event["outcome"] or {}).get("result")) for event in written()}
    for kind, what in BEYOND:
        if what.startswith("outcome.result "):
            assert (kind, what.removeprefix("outcome.result ")) in results


def test_what_surprises_readers_of_real_logs_is_there() -> None:
    events = written()
    assert any(event["outcome"] is None for event in events)
    assert any(event["target"] is None for event in events)
    assert any(event["debugContext"] == {} for event in events)
    assert any(target["alternateId"] is None for event in events for target in event["target"] or [])
    assert any(event["client"]["ipAddress"] and not event["client"]["geographicalContext"] for event in events)
    jobs = [event for event in events if event["transaction"]["type"] == "JOB"]
    assert all(set(event["client"].values()) == {None} for event in jobs)
    roots = [event["authenticationContext"].get("rootSessionId") for event in events]
    assert {None, "unknown"} < set(roots)
    assert any(str(root).startswith("idx") for root in roots)
    assert any(event["device"] for event in events)
    assert {event["actor"]["id"] for event in events} > {"unknown"}
    assert any(event["actor"]["type"] == "IP address" for event in events)


def test_identity_engine_writes_no_event_of_classic_and_the_other_way_round() -> None:
    kinds = {event["eventType"] for event in written()}
    assert "user.account.unlock_token" not in kinds
    factors = [event for event in written() if event["eventType"] == "user.authentication.auth_via_mfa"]
    for event in factors:
        data, session = event["debugContext"]["debugData"], event["authenticationContext"]["externalSessionId"]
        assert session.startswith("idx") is ("factorIntent" in data)
