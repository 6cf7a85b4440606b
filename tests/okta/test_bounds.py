"""What a server may send and how long it may take: beyond that, an error says so, and nothing is left waiting."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import FakeClock
from tests.each import each
from tests.okta.support import REQUEST_ID, UNLOCK, USER, approved, client_of, limited, line, okta, trouble
from tests.work import calls_of
from tui.okta import endpoints as ep
from tui.okta.answers import acted, unsent
from tui.okta.body import MOST_BYTES, LargeBodies, whole
from tui.okta.credentials import Unsigned
from tui.okta.decode import decode
from tui.okta.errors import (
    LONGEST,
    AnswerLost,
    BadRequest,
    MissingScope,
    NotReached,
    OktaError,
    RateLimited,
    TooMuch,
    Unreadable,
    clipped,
)
from tui.okta.links import MOST_EMPTY, MOST_SHORT_PAGES
from tui.okta.models import Group, User

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.okta.support import Line, Scripted
    from tui.okta.calls import Call

JSON = {"x-okta-request-id": REQUEST_ID, "content-type": "application/json"}


class Parts(httpx.AsyncByteStream):
    """A body that comes in parts and notes whether it was closed."""

    def __init__(self, parts: Callable[[], AsyncIterator[bytes]]) -> None:
        self.parts = parts
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self.parts():
            yield part

    async def aclose(self) -> None:
        self.closed = True


def dripping(clock: FakeClock, status: int = 200) -> Callable[[httpx.Request], httpx.Response]:
    """An answer of a byte a second, which never ends."""

    async def drops() -> AsyncIterator[bytes]:
        while True:
            await clock.pass_by(1.0)
            yield b" "

    return lambda _: httpx.Response(status, headers=JSON, stream=Parts(drops))


def endless(piece: bytes, headers: dict[str, str] | None = None) -> Callable[[httpx.Request], httpx.Response]:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield piece

    return lambda _: httpx.Response(200, headers=JSON | (headers or {}), stream=Parts(pieces))


def packed(content: bytes, encoding: str = "gzip") -> Callable[[httpx.Request], httpx.Response]:
    async def parts() -> AsyncIterator[bytes]:
        for begin in range(0, len(content), 65536):
            yield content[begin : begin + 65536]

    return lambda _: httpx.Response(200, headers=JSON | {"content-encoding": encoding}, stream=Parts(parts))


async def send(call: Call, wire: Line, clock: FakeClock, bucket: str = "user") -> bytes:
    answer = await client_of(wire, clock).send(call, bucket=bucket, approval=approved(call))
    return answer.body


async def test_a_change_that_drips_ends_after_thirty_seconds_as_unknown(clock: FakeClock) -> None:
    begin, wire = clock.now, line(dripping(clock))
    with pytest.raises(AnswerLost, match="did not come within 30 s") as caught:
        await send(UNLOCK, wire, clock)
    assert clock.now - begin == pytest.approx(30, abs=1)
    assert acted(caught.value) is None
    assert "Whether Okta acted is unknown" in caught.value.advice
    assert len(wire.sent) == 1


async def test_a_read_that_drips_ends_after_a_minute_with_all_its_tries(clock: FakeClock) -> None:
    begin, wire = clock.now, line(dripping(clock))
    with pytest.raises(AnswerLost) as caught:
        await send(USER, wire, clock)
    assert clock.now - begin == pytest.approx(60, abs=2)
    assert len(wire.sent) == 2
    assert clock.deadlines == pytest.approx([30.0, 29.6], abs=1.5)
    assert "only asked, so nothing was changed" in caught.value.advice


async def test_the_log_may_take_longer(clock: FakeClock) -> None:
    with pytest.raises(AnswerLost):
        await send(ep.LOGS.call(None, {}), line(dripping(clock)), clock, ep.LOGS.bucket)
    assert clock.deadlines[0] == 45.0


async def test_faults_and_their_pauses_count_and_the_wait_for_a_limit_does_not(clock: FakeClock) -> None:
    async def slow() -> AsyncIterator[bytes]:
        await clock.pass_by(25.0)
        yield b"{}"

    down = lambda _: httpx.Response(503, headers=JSON, stream=Parts(slow))  # noqa: E731
    wire = line(down, limited(resets_in=48), down, down, okta({}))
    with pytest.raises(OktaError) as caught:
        await send(USER, wire, clock)
    assert not isinstance(caught.value, RateLimited)
    assert len(wire.sent) == 4
    assert clock.deadlines == pytest.approx([30.0, 30.0, 30.0, 8.0], abs=2.0)


@each("call", [USER, UNLOCK])
async def test_who_never_got_through_was_not_sent(call: Call) -> None:
    import asyncio  # noqa: PLC0415

    clock = FakeClock()

    class Hanging(httpx.AsyncBaseTransport):
        async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
            try:
                while True:
                    await clock.pass_by(1.0)
            except asyncio.CancelledError:
                raise asyncio.CancelledError("nothing was sent") from None

    with pytest.raises(NotReached) as caught:
        await client_of(Hanging(), clock).send(call, approval=approved(call))
    assert acted(caught.value) is False


async def test_a_lost_answer_for_a_token_leaves_a_change_unsent(clock: FakeClock) -> None:
    class Lost(Unsigned):
        async def sign(self, request: httpx.Request) -> None:
            raise AnswerLost

    with pytest.raises(AnswerLost) as caught:
        await client_of(line(), clock, credentials=Lost()).send(UNLOCK, approval=approved(UNLOCK))
    assert acted(caught.value) is False


def test_a_cancelled_wait_is_still_told_from_a_cancelled_request() -> None:
    assert not unsent(TimeoutError())


# -- how much


@each("call", [USER, UNLOCK])
async def test_a_body_without_end_is_left(call: Call) -> None:
    clock = FakeClock()
    wire = line(endless(b"x" * 65536))
    with pytest.raises(TooMuch, match="too large") as caught:
        await send(call, wire, clock)
    assert "32 MB" in caught.value.detail
    assert len(wire.sent) == 1, "it is not asked for again"
    assert acted(caught.value) is None
    assert caught.value.request_id


async def test_a_bomb_is_left_before_it_goes_off(clock: FakeClock) -> None:
    bomb = gzip.compress(b" " * (64 * 1024 * 1024))
    assert len(bomb) < 70_000
    with pytest.raises(TooMuch, match="too large") as caught:
        await send(USER, line(packed(bomb)), clock)
    assert "more than 100 times" in caught.value.detail


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 1_000_000])
async def test_what_is_packed_arrives_whole(size: int, clock: FakeClock) -> None:
    content = b'{"id":"' + bytes(97 + n % 26 for n in range(size)) + b'"}'
    assert await send(USER, line(packed(gzip.compress(content))), clock) == content


async def test_a_page_of_two_hundred_never_reaches_the_ratio(clock: FakeClock) -> None:
    person = {"id": "00u1", "status": "ACTIVE", "profile": {"login": "x@acme.example", "firstName": "x" * 200}}
    content = json.dumps([person] * 200).encode()
    assert await send(USER, line(packed(gzip.compress(content))), clock) == content


async def test_what_breaks_off_packed_is_lost(clock: FakeClock) -> None:
    content = gzip.compress(b'{"id": "00u1"}' * 100)[:-9]
    with pytest.raises(AnswerLost):
        await send(UNLOCK, line(packed(content)), clock)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate", "compress"])
async def test_what_is_packed_otherwise_is_not_unpacked(encoding: str, clock: FakeClock) -> None:
    with pytest.raises(TooMuch, match="did not ask for"):
        await send(USER, line(packed(b"x", encoding)), clock)


async def test_only_gzip_is_asked_for(clock: FakeClock) -> None:
    wire = line()
    await send(USER, wire, clock)
    assert wire.sent[0].headers["accept-encoding"] == "gzip"


async def test_a_body_is_closed_whatever_happens(clock: FakeClock) -> None:
    async def much() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * MOST_BYTES

    stream = Parts(much)
    with pytest.raises(TooMuch):
        await whole(httpx.Response(200, stream=stream), LargeBodies())
    assert stream.closed


async def test_a_body_in_crumbs_is_left_and_lets_others_work(clock: FakeClock) -> None:
    import asyncio  # noqa: PLC0415

    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    working = asyncio.create_task(others())
    with pytest.raises(TooMuch, match="crumbs"):
        await send(USER, line(endless(b" ")), clock)
    working.cancel()
    assert turns >= 100


async def test_large_bodies_come_one_after_the_other() -> None:
    import asyncio  # noqa: PLC0415

    large, held, most = LargeBodies(), 0, 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal held, most
        yield b"x" * (3 * 1024 * 1024)
        held += 1
        most = max(most, held)
        await asyncio.sleep(0)
        yield b"x"
        held -= 1

    await asyncio.gather(*(whole(httpx.Response(200, stream=Parts(parts)), large) for _ in range(4)))
    assert most == 1


@each("data", [b"[" + b"{}," * 400_000 + b"{}]", b"[" + b"1," * 1_600_000 + b"1]", b"[" * 1_100_000])
def test_many_small_values_are_not_decoded(data: bytes) -> None:
    with pytest.raises(TooMuch):
        decode(data, list[User])


def test_one_odd_field_does_not_make_a_page_slow() -> None:
    people = [{"id": f"00u{number}", "status": "ACTIVE", "profile": {"login": "x"}} for number in range(200)]
    decode(json.dumps([*people, {"id": "00u0", "status": 7}]).encode(), list[User])  # what is made once is made
    odd = json.dumps([*people, {"id": "00u0", "status": 7}]).encode()
    assert calls_of(lambda: decode(odd, list[User])) < 30_000


# -- how many pages


def leading(body: Callable[[int], object], wire_of: list[Line]) -> Callable[[httpx.Request], httpx.Response]:
    def page(_: httpx.Request) -> httpx.Response:
        number = len(wire_of[0].sent)
        return okta(body(number), links=(f'<https://acme.okta.com/api/v1/groups?after=c{number}>; rel="next"',))

    return page


def endless_list(body: Callable[[int], object]) -> Line:
    wires: list[Line] = []
    wires.append(line(leading(body, wires)))
    return wires[0]


@each(
    ("body", "why", "pages"),
    [
        (lambda _: [], "empty pages in a row", MOST_EMPTY + 1),
        (lambda _: [{"id": "00g1"}], "the page before came again", 2),
        (lambda number: [{"id": f"00g{number}"}], f"{MOST_SHORT_PAGES} pages", MOST_SHORT_PAGES),
    ],
)
async def test_a_list_without_end_is_left(body: Callable[[int], object], why: str, pages: int) -> None:
    wire = endless_list(body)
    with pytest.raises(TooMuch, match="does not end") as caught:
        await client_of(wire, FakeClock()).all(ep.GROUPS, Group)
    assert why in caught.value.detail
    assert len(wire.sent) == pages


async def test_empty_pages_between_full_ones_are_no_end(clock: FakeClock) -> None:
    wire = endless_list(lambda number: [] if number % 10 else [{"id": f"00g{number}"}])
    groups = await client_of(wire, clock).all(ep.GROUPS, Group, most=5)
    assert len(groups) == 5


async def test_an_address_longer_than_any_is_not_followed(clock: FakeClock) -> None:
    url = f"https://acme.okta.com/api/v1/groups?after={'x' * 9000}"
    with pytest.raises(Unreadable, match="not an address") as caught:
        await client_of(line(okta([{"id": "00g1"}], links=(f'<{url}>; rel="next"',))), clock).all(ep.GROUPS, Group)
    assert len(str(caught.value)) < 500


# -- how long a text


def test_a_text_of_a_screenful_stays() -> None:
    for text in ("", "no", "x" * LONGEST, "line\n" * 20):
        assert clipped(text) == text


@each("text", ["word " * 10_000, "x" * 10_000_000, "\n" * 10_000, "行" * 10_000])
def test_a_longer_one_is_cut_and_says_so(text: str) -> None:
    cut = clipped(text)
    assert len(cut) < LONGEST + 60
    assert cut.count("\n") <= 20
    assert "more characters)" in cut


def test_half_a_token_is_not_left_at_the_end() -> None:
    secret = "00SecretSecretSecret-42_secret"
    assert "00Sec" not in clipped("x " * (LONGEST // 2 - 10) + secret * 3)


async def test_an_error_body_without_end_is_told_in_a_screenful(clock: FakeClock) -> None:
    wire = line(trouble(400, "E" * 1_000_000, "sorry " * 1_000_000))
    with pytest.raises(BadRequest) as caught:
        await send(USER, wire, clock)
    assert len(str(caught.value)) < 3 * LONGEST
    assert len(caught.value.code) < 200
    assert "more characters)" in caught.value.summary


async def test_of_an_endless_error_the_status_is_told(clock: FakeClock) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536

    wire = line(lambda _: httpx.Response(400, headers=JSON, stream=Parts(pieces)))
    with pytest.raises(OktaError) as caught:
        await send(UNLOCK, wire, clock)
    assert acted(caught.value) is False


async def test_an_error_that_is_kept_does_not_keep_the_body(clock: FakeClock) -> None:
    import tracemalloc  # noqa: PLC0415

    tracemalloc.start()
    try:
        with pytest.raises(TooMuch) as caught:
            await send(USER, line(endless(b"x" * 65536)), clock)
        assert tracemalloc.get_traced_memory()[0] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert caught.value.__traceback__ is not None


async def test_a_scope_without_end_is_cut(clock: FakeClock) -> None:
    challenge = f'Bearer scope="{"x" * 50_000}", error="insufficient_scope"'
    with pytest.raises(MissingScope) as caught:
        await send(USER, line(okta(None, 403, headers={"www-authenticate": challenge})), clock)
    assert len(str(caught.value)) < 1000


# -- the request id


async def test_headers_beyond_ascii_arrive_as_they_are(clock: FakeClock) -> None:
    wire = line(lambda _: httpx.Response(200, headers=[(b"x-okta-request-id", b"r1"), (b"x-a", b"ros\xe9")], json={}))
    answer = await client_of(wire, clock).send(USER)
    assert answer.headers["x-a"] == "ros\xe9"


@each("wrong", ["x" * 101, "a b", "\N{SNOWMAN}", "ros\N{LATIN SMALL LETTER E WITH ACUTE}", "", "a\tb"])
async def test_an_odd_request_id_is_neither_sent_on_nor_shown(wrong: str) -> None:
    clock = FakeClock()
    odd: Scripted = lambda _: httpx.Response(503, headers=[(b"x-okta-request-id", wrong.encode())], json={})  # noqa: E731
    wire = line(odd)
    with pytest.raises(OktaError) as caught:
        await send(USER, wire, clock)
    assert len(wire.sent) == 4
    assert all("x-okta-retry-for" not in sent.headers for sent in wire.sent)
    assert wrong not in caught.value.request_id or not wrong
    assert caught.value.request_id.startswith("keydesk-"), "keydesk's own"
