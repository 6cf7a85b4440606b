"""What is waited for and sent again: what Okta did not act on, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import FakeClock
from tests.each import each
from tests.okta.support import (
    ORG,
    SERVER,
    UNLOCK,
    USER,
    WRITES,
    approved,
    client_of,
    cut,
    limited,
    limits,
    line,
    named,
    okta,
    trouble,
)
from tui.okta.answers import acted
from tui.okta.credentials import Unsigned
from tui.okta.errors import Answered, AnswerLost, NotReached, OktaDown, OktaError, RateLimited, TlsFailed

if TYPE_CHECKING:
    from tests.okta.support import Scripted
    from tui.okta.calls import Call

EVERYTHING = [USER, *WRITES]
CROWDED = trouble(429, "E0000047", headers=limits(0, 0, resets_in=55))


async def send(call: Call, *script: Scripted, clock: FakeClock, patience: float = 70.0) -> list[dict[str, str]]:
    """Send one call; returns the headers of each try."""
    wire = line(*script)
    try:
        await client_of(wire, clock).send(call, approval=approved(call), patience=patience)
    except OktaError as error:
        error.tries = len(wire.sent)  # type: ignore[attr-defined]
        raise
    assert {sent.call for sent in wire.sent} == {call}
    return [dict(sent.headers) for sent in wire.sent]


def tries(error: BaseException) -> int:
    return int(error.tries)  # type: ignore[attr-defined]


@each("off", [-19_800.0, 0.0, 7_200.0, 1e9])
@each("call", EVERYTHING, ids=named)
async def test_a_used_up_minute_is_waited_out_once_by_the_servers_clock(call: Call, off: float) -> None:
    clock = FakeClock()
    server = clock.now + off
    sent = await send(call, limited(resets_in=48, server=server), okta({}), clock=clock)
    assert clock.slept == [49.0]
    assert len(sent) == 2


@each("call", EVERYTHING, ids=named)
async def test_too_many_at_once_is_waited_out_shortly(call: Call) -> None:
    clock = FakeClock()
    await send(call, CROWDED, CROWDED, okta({}), clock=clock)
    assert clock.slept == [1.0, 2.0]


async def test_repeated_limit_headers_count_as_the_smallest(clock: FakeClock) -> None:
    crowded = [("date", "Sun, 09 Sep 2001 01:46:40 GMT"), ("x-rate-limit-reset", str(int(SERVER) + 55))]
    crowded += [("x-rate-limit-limit", "0"), ("x-rate-limit-limit", "75"), ("x-rate-limit-remaining", "0")]
    await send(UNLOCK, httpx.Response(429, headers=crowded), okta({}), clock=clock)
    assert clock.slept == [1.0]


async def test_a_limit_without_headers_is_waited_for_all_the_same(clock: FakeClock) -> None:
    await send(UNLOCK, trouble(429, "E0000047"), okta({}), clock=clock)
    assert len(clock.slept) == 1
    assert 0.5 < clock.slept[0] < 5


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Mon, 99 Foo 2026 06:00:00 GMT", "Sun, 09 Sep 2001 01:46:40 +9999999"]
)
async def test_a_limit_with_an_unreadable_date_is_waited_for_all_the_same(date: str, clock: FakeClock) -> None:
    await send(USER, trouble(429, "E0000047", headers=limits(10, 0) | {"date": date}), okta({}), clock=clock)
    assert len(clock.slept) == 1
    assert 0.5 < clock.slept[0] < 5


async def test_a_date_without_a_zone_is_utc(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    import time  # noqa: PLC0415

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        headers = limits(10, 0) | {"date": "Sun, 09 Sep 2001 01:46:40"}
        await send(USER, trouble(429, "E0000047", headers=headers), okta({}), clock=clock)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert clock.slept == [49.0]


@each("call", EVERYTHING, ids=named)
async def test_the_patience_is_bounded_in_all(call: Call) -> None:
    clock = FakeClock()
    with pytest.raises(RateLimited, match="used up for 49 s") as caught:
        await send(call, limited(), clock=clock)
    assert caught.value.lifts_in == 49.0
    assert caught.value.request_id
    assert sum(clock.slept) <= 70
    assert tries(caught.value) == 2
    assert acted(caught.value) is False


async def test_who_has_no_patience_is_told_at_once(clock: FakeClock) -> None:
    with pytest.raises(RateLimited) as caught:
        await send(USER, limited(), clock=clock, patience=5)
    assert (clock.slept, caught.value.lifts_in, tries(caught.value)) == ([], 49.0, 1)


async def test_patience_that_is_just_enough_is_enough(clock: FakeClock) -> None:
    assert len(await send(USER, limited(), okta({}), clock=clock, patience=49)) == 2


async def test_a_crowd_that_stays_is_not_told_as_a_minute(clock: FakeClock) -> None:
    with pytest.raises(RateLimited) as caught:
        await send(UNLOCK, CROWDED, clock=clock)
    assert tries(caught.value) == 4
    assert sum(clock.slept) < 10
    assert caught.value.lifts_in == 0
    assert caught.value.title == RateLimited.title


async def test_a_limit_known_from_before_is_not_asked_again(clock: FakeClock) -> None:
    wire = line(okta({}, headers=limits(10, 0, resets_in=30)), okta({}))
    client = client_of(wire, clock)
    await client.send(USER, bucket="user")
    with pytest.raises(RateLimited) as caught:
        await client.send(USER, bucket="user", patience=10)
    assert (len(wire.sent), caught.value.lifts_in) == (1, 31.0)
    assert caught.value.request_id
    await client.send(USER, bucket="user")
    assert clock.slept == [31.0]
    assert len(wire.sent) == 2


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_read_is_sent_again_when_okta_falters(status: int, clock: FakeClock) -> None:
    faults = [trouble(status, "E0000009")] * 3
    assert len(await send(USER, *faults, okta({}), clock=clock)) == 4
    assert clock.slept == [0.4, 0.8, 1.6]


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_but_not_for_ever(status: int, clock: FakeClock) -> None:
    with pytest.raises(OktaDown) as caught:
        await send(USER, trouble(status, "E0000009"), clock=clock)
    assert tries(caught.value) == 4


@pytest.mark.parametrize("part", [0.0, 1.0])
async def test_many_clients_do_not_come_back_at_the_same_moment(part: float) -> None:
    class Jittery(FakeClock):
        def jitter(self) -> float:
            return part

    clock = Jittery()
    await send(USER, trouble(503, "E0000009"), CROWDED, okta({}), clock=clock)
    assert clock.slept == pytest.approx([0.4 * (0.5 + part), 2.0 * (0.5 + part)])


@each("status", [500, 501, 505, 400, 401, 403, 404, 408, 409, 423])
@each("call", EVERYTHING, ids=named)
async def test_an_answer_that_stands_is_not_asked_for_again(call: Call, status: int) -> None:
    clock = FakeClock()
    with pytest.raises(Answered) as caught:
        await send(call, trouble(status, "E0000009"), clock=clock)
    assert (tries(caught.value), clock.slept) == (1, [])


@each("status", [500, 502, 503, 504])
@each("call", WRITES, ids=named)
async def test_a_change_is_not_sent_again_when_okta_falters(call: Call, status: int) -> None:
    clock = FakeClock()
    with pytest.raises(OktaDown) as caught:
        await send(call, trouble(status, "E0000009"), clock=clock)
    assert (tries(caught.value), clock.slept) == (1, [])
    assert acted(caught.value) is None


LOST = [
    httpx.ReadError("reset by peer"),
    httpx.ReadTimeout("too slow"),
    httpx.WriteError("broken pipe"),
    httpx.WriteTimeout("too slow"),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    httpx.LocalProtocolError("too little data"),
    httpx.CloseError("closed"),
    httpx.DecodingError("bad gzip"),
    OSError("SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
]
UNREACHED = [httpx.ConnectError("refused"), httpx.ConnectTimeout("too slow"), httpx.PoolTimeout("too many")]


@each("call", WRITES, ids=named)
@each("error", [*LOST, *map(cut, [None, httpx.ReadError("x"), httpx.ReadTimeout("x")])], ids=named)
async def test_a_change_whose_answer_was_lost_is_never_sent_again(error: Scripted, call: Call) -> None:
    clock = FakeClock()
    with pytest.raises(AnswerLost) as caught:
        await send(call, error, okta({}), clock=clock)
    assert (tries(caught.value), clock.slept) == (1, [])
    assert acted(caught.value) is None
    assert caught.value.request_id


@each("call", WRITES, ids=named)
@each("error", UNREACHED, ids=named)
async def test_a_change_that_found_no_connection_was_not_sent(error: Exception, call: Call) -> None:
    clock = FakeClock()
    with pytest.raises(NotReached) as caught:
        await send(call, error, okta({}), clock=clock)
    assert (tries(caught.value), clock.slept) == (1, [])
    assert acted(caught.value) is False
    assert caught.value.request_id


async def test_a_change_that_waited_and_then_lost_its_answer_is_not_sent_again(clock: FakeClock) -> None:
    with pytest.raises(AnswerLost) as caught:
        await send(UNLOCK, limited(), httpx.ReadError("reset"), okta({}), clock=clock)
    assert tries(caught.value) == 2


@each("error", [*LOST, *UNREACHED, cut()], ids=named)
async def test_a_read_is_sent_again_when_the_network_falters(error: Scripted) -> None:
    clock = FakeClock()
    assert len(await send(USER, error, error, error, okta({}), clock=clock)) == 4
    assert clock.slept == [0.4, 0.8, 1.6]


@each("error", [*LOST, *UNREACHED], ids=named)
async def test_a_network_that_stays_down_is_told(error: Exception) -> None:
    clock = FakeClock()
    with pytest.raises((NotReached, AnswerLost)) as caught:
        await send(USER, error, clock=clock)
    assert tries(caught.value) == 4
    assert caught.value.request_id


@each(
    "text",
    [
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)",
        "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
    ],
)
@each("call", EVERYTHING, ids=named)
async def test_a_connection_that_is_not_trusted_is_not_tried_again(call: Call, text: str) -> None:
    clock = FakeClock()
    with pytest.raises(TlsFailed) as caught:
        await send(call, httpx.ConnectError(text), clock=clock)
    assert (tries(caught.value), clock.slept, acted(caught.value)) == (1, [], False)


async def test_a_retry_says_what_it_retries(clock: FakeClock) -> None:
    first = okta({}, 429, request_id="first", headers=limits(0, 0))
    second = okta({}, 429, request_id="second", headers=limits(0, 0))
    sent = await send(UNLOCK, first, second, okta({}), clock=clock)
    told = [(headers.get("x-okta-retry-for"), headers.get("x-okta-retry-count")) for headers in sent]
    assert told == [(None, None), ("first", "1"), ("first", "2")]


async def test_a_retry_of_what_okta_never_saw_says_nothing(clock: FakeClock) -> None:
    sent = await send(USER, httpx.ConnectError("refused"), okta({}), clock=clock)
    assert "x-okta-retry-for" not in sent[1]


async def test_each_try_is_signed_afresh(clock: FakeClock) -> None:
    class Proof(Unsigned):
        made = 0

        async def sign(self, request: httpx.Request) -> None:
            self.made += 1
            request.headers["dpop"] = f"proof-{self.made} at {clock.now:.0f}"

    wire = line(limited(), trouble(503, "E0000009"), httpx.ReadError("reset"), okta({}))
    start = clock.now
    await client_of(wire, clock, credentials=Proof()).send(USER)
    proofs = [sent.headers["dpop"] for sent in wire.sent]
    assert [proof.split()[0] for proof in proofs] == ["proof-1", "proof-2", "proof-3", "proof-4"]
    assert float(proofs[1].split()[2]) == start + 49  # made after the wait, not before


async def test_a_signature_that_cannot_be_made_sends_nothing(clock: FakeClock) -> None:
    class Empty(Unsigned):
        async def sign(self, request: httpx.Request) -> None:
            raise NotReached

    wire = line()
    with pytest.raises(NotReached) as caught:
        await client_of(wire, clock, credentials=Empty()).send(UNLOCK, approval=approved(UNLOCK))
    assert wire.sent == []
    assert caught.value.request_id


async def test_what_is_retried_leaves_the_callers_request_alone(clock: FakeClock) -> None:
    http = await client_of(line(CROWDED, okta({})), clock).http()
    request = http.build_request("GET", ORG + USER.target)
    before = request.headers.multi_items()
    await http.send(request)
    assert request.headers.multi_items() == before
