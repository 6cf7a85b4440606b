"""Okta's clock, as the `Date` of its answers tells it; the local clock may be wrong by hours or days."""

from __future__ import annotations

from email.utils import formatdate

import httpx
import pytest

from tests.conftest import START, FakeClock
from tui.desk.actions.needs import ENDPOINT_MAP
from tui.okta import endpoints as ep
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.clock import OktaClock
from tui.okta.models import User
from tui.okta.policy import Capability, Mode, Policy

HOUR = 3600.0
OFF = [-3 * HOUR, -90.0, 90.0, 5 * HOUR, 72 * HOUR]
"""Seconds by which the local clock is ahead."""


def date(seconds: float) -> dict[str, str]:
    return {"date": formatdate(seconds, usegmt=True)}


@pytest.mark.parametrize("off", OFF)
def test_an_answer_tells_okta_s_time_to_a_second(off: float) -> None:
    clock = OktaClock(FakeClock(START + off))
    assert clock.time() == START + off
    clock.note(date(START), sent_at=START + off)
    assert abs(clock.time() - START) <= 1.0
    assert clock.answered_at == START


def test_a_right_clock_does_not_tremble() -> None:
    local = FakeClock(START)
    clock = OktaClock(local)
    for step in (0.0, 0.3, 0.6, 0.9, 0.7):
        local.now = START + step
        clock.note(date(START), sent_at=START)
    assert clock.ahead == 0.0


def test_a_slow_answer_says_less_than_a_quick_one() -> None:
    local = FakeClock(START + HOUR)
    clock = OktaClock(local)
    clock.note(date(START), sent_at=START + HOUR)
    known = clock.ahead
    local.now += 30.0
    clock.note(date(START + 2.0), sent_at=START + HOUR)  # made at once, and thirty seconds on its way
    assert clock.ahead == known


def test_what_comes_from_a_cache_or_says_nothing_tells_no_time() -> None:
    clock = OktaClock(FakeClock(START))
    for headers in ({}, {"date": "soon"}, date(START - HOUR) | {"age": "3600"}):
        clock.note(headers, sent_at=START)
    assert (clock.ahead, clock.answered_at) == (0.0, None)


@pytest.mark.parametrize(("off", "told"), [(-3 * HOUR, True), (-90.0, False), (90.0, False), (5 * HOUR, True)])
def test_beyond_two_minutes_it_is_said(off: float, told: bool) -> None:
    clock = OktaClock(FakeClock(START + off))
    assert clock.off == 0.0
    clock.note(date(START), sent_at=START + off)
    assert bool(clock.off) is told
    if told:
        assert abs(clock.off - off) <= 1.0


def test_a_clock_that_was_set_right_is_off_no_longer() -> None:
    local = FakeClock(START + 5 * HOUR)
    clock = OktaClock(local)
    clock.note(date(START), sent_at=local.now)
    local.now = START + 10.0
    clock.note(date(START + 10.0), sent_at=local.now)
    assert clock.off == 0.0
    assert abs(clock.time() - local.now) <= 1.0


@pytest.mark.parametrize(("okta", "known"), [(True, True), (False, False)])
async def test_every_answer_of_okta_is_looked_at_and_of_nobody_else(okta: bool, known: bool) -> None:
    headers = date(START) | ({"x-okta-request-id": "a1"} if okta else {})
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, json={"id": "00u1", "status": "ACTIVE"}, headers=headers)
    )
    policy = Policy("https://acme.okta.com", Mode.READ_ONLY, frozenset(Capability), endpoints=ENDPOINT_MAP)
    client = OktaClient(policy, ApiToken("00abc"), clock=FakeClock(START + HOUR), transport=transport)
    await client.read(ep.USER, User, {"id": "00u1"})
    assert (client.clock.answered_at == START) is known
    assert bool(client.clock.off) is known
    await client.aclose()
