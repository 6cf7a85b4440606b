"""The transports above the network: `Guard` decides what may be sent, `Patience` when it is sent again."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tui.okta.answers import UNSENT, Answer, okta_request_id, unsent
from tui.okta.body import LargeBodies, whole
from tui.okta.calls import READS, Call
from tui.okta.errors import AnswerLost, NotReached, OktaError, RateLimited, Refused, TlsFailed
from tui.okta.http import httpx
from tui.okta.network_errors import ProxyRefused

if TYPE_CHECKING:
    from tui.okta.budget import Budget
    from tui.okta.call_log import CallRecord
    from tui.okta.clock import OktaClock
    from tui.okta.credentials import Credentials
    from tui.okta.policy import Approval, Policy

TRIES: Final = 4
TRY_SECONDS: Final = 30.0
"""Seconds after which one try is given up, from the connection to the last byte."""
LOG_TRY_SECONDS: Final = 45.0
"""The same for the System Log, which may take 30 s before it sends an error (Okta: "System Log", timeouts)."""
READ_SECONDS: Final = 60.0
"""Seconds after which a read is given up, with all its tries and the pauses between them, but for rate limits."""
# The most background requests at once; the pool has 16 connections, so the agent's own requests never wait for them.
BACKGROUND: Final = 4
RETRIED: Final = frozenset({502, 503, 504})
REFUSED: Final = frozenset({400, 401})
CONCURRENCY_PAUSE: Final = 1.0
# httpx passes everything in `extensions` on to its core, where "target" would replace the path behind the guard's back.
_PASSED_ON: Final = frozenset({"timeout", "lane", "record"})
# All that keydesk puts on a request, but for what says which try it is, which is added beneath the guard. Any other
# header may turn a read into a change on its way: X-HTTP-Method-Override and its like, Upgrade, other Connections.
_SENT_HEADERS: Final = frozenset({
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "dpop", "host",
    "user-agent",
})  # fmt: skip


class Lane(Struct, frozen=True):
    """How one request is treated.

    Attributes:
        bucket: The rate-limit bucket of its endpoint.
        background: Whether it yields to the agent's own requests, since nobody waits for it.
        patience: The longest wait for rate limits in all, in seconds; beyond it, `RateLimited` is raised.
        seconds: After how many seconds one try is given up.
        asks: Whether it changes nothing in the org although it is no GET, as a token request.
    """

    bucket: str = "other"
    background: bool = False
    patience: float = 70.0
    seconds: float = TRY_SECONDS
    asks: bool = False


class _Progress(Struct):
    """The progress of one request.

    Attributes:
        left: The seconds that it may still wait for rate limits.
        may_be_acted_on: Whether Okta may act, or may have acted, on what was sent last.
        tries: How often it was sent.
        spent: The seconds that its tries and the pauses between them took; waits for rate limits are not counted.
        first_id: Okta's request id of the first answer.
        renewed: Whether the credentials were renewed for it.
        record: What the session's log says of it; `None` where nobody keeps one.
    """

    left: float
    may_be_acted_on: bool = False
    tries: int = 0
    spent: float = 0.0
    first_id: str = ""
    renewed: bool = False
    record: CallRecord | None = None


class Guard(httpx.AsyncBaseTransport):
    """Decides on every request of httpx, however it was made; outside it one is only noted. Default deny."""

    def __init__(self, policy: Policy, inner: httpx.AsyncBaseTransport) -> None:
        self._policy = policy
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request if the policy allows exactly this one.

        Raises:
            Refused: The policy does not allow it; nothing was sent.
        """
        sealed = await _sealed(request)
        call = Call(sealed.method, sealed.url.raw_path.decode("ascii", "replace"), await sealed.aread())
        netloc = sealed.url.netloc.decode("ascii", "replace")
        for name, value in sealed.headers.multi_items():
            if name.lower() not in _SENT_HEADERS or (name.lower() == "connection" and value.lower() != "keep-alive"):
                raise Refused("keydesk refused an odd header", detail=name)
        if sealed.headers.get("host", netloc) != netloc or sealed.url.userinfo or (call.body and call.method in READS):
            raise Refused("keydesk refused an odd request", detail=f"{call.method} {call.target}")
        self._policy.check(f"{sealed.url.scheme}://{netloc}".lower(), call, request.extensions.get("approval"))
        del call  # a traceback that shows variables must not show the body of a token request
        response = await self._inner.handle_async_request(sealed)
        response.extensions.pop("network_stream", None)  # the bare socket, by which requests could pass the guard
        return response

    async def aclose(self) -> None:
        """Close the transport below."""
        await self._inner.aclose()


async def _sealed(request: httpx.Request) -> httpx.Request:
    """Copy a request, so that nobody can change it between the check and the sending, which may be a wait later.

    Method, address and headers are made anew as plain values: a `str` of a class of its own could compare as one thing
    and be sent as another. The copy's body is read from the stream, and its length header is the true length.
    """
    if not isinstance(request.stream, httpx.AsyncByteStream):
        raise Refused("keydesk refused an odd request", detail=request.method)
    body = b"".join([part async for part in request.stream])
    request.stream = httpx.ByteStream(body)
    extensions = {name: value for name, value in request.extensions.items() if name in _PASSED_ON}
    headers = [(b"".join((name,)), b"".join((value,))) for name, value in request.headers.raw]
    sealed = httpx.Request(
        str.__str__(request.method),
        httpx.URL(str.__str__(str(request.url))),
        headers=headers,
        stream=httpx.ByteStream(body),
        extensions=extensions,
    )
    for name in ("transfer-encoding", "content-length"):
        sealed.headers.pop(name, None)
    if body or sealed.method in {"POST", "PUT", "PATCH"}:  # Okta answers 411 to a POST without a length
        sealed.headers["content-length"] = str(len(body))
    return sealed


class Patience(httpx.AsyncBaseTransport):
    """Waits for rate limits, and sends a request again only where Okta certainly did not act on it.

    After a 429 every method is sent again, since Okta does not act on such a request. Reads are also sent again after
    502, 503, 504 and connection errors. A write whose answer was lost is never sent again. The cancellation of a
    request says whether Okta may have acted on it (`answers.unsent`): not while it waited for a limit or a token.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, credentials: Credentials, budget: Budget, clock: OktaClock
    ) -> None:
        self._inner = inner
        self._credentials = credentials
        self._budget = budget
        self._clock = clock
        self._background_slots = asyncio.Semaphore(BACKGROUND)
        self._large = LargeBodies()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, wait and send again as the class describes; return the answer with its whole body.

        Raises:
            NotReached: There was no connection.
            AnswerLost: The request was sent, and there was no answer in time, or only a part of it.
            TooMuch: The answer is larger than any that Okta sends.
            RateLimited: The limit lasts longer than the lane's patience.
            CancelledError: With `UNSENT` where Okta certainly did not act on it.
        """
        asked = request.extensions.get("lane")
        lane = asked if isinstance(asked, Lane) else Lane()
        progress = _Progress(lane.patience, record=request.extensions.pop("record", None))
        try:
            return await self._send(request, lane, progress)
        except asyncio.CancelledError as error:
            if progress.may_be_acted_on and not unsent(error):
                raise
            raise asyncio.CancelledError(UNSENT) from None

    async def _send(self, request: httpx.Request, lane: Lane, progress: _Progress) -> httpx.Response:
        read = request.method in READS
        while True:
            progress.left -= await self._wait_for_bucket(lane, progress)
            await self._sign(request)
            try:
                response = await self._try(request, lane, progress)
            except (NotReached, AnswerLost) as error:
                pause = self._backoff(progress.tries)
                late = progress.spent + pause >= READ_SECONDS
                if not read or late or progress.tries >= TRIES or isinstance(error, TlsFailed | ProxyRefused):
                    raise
                progress.spent += pause
                await self._clock.sleep(pause)
                _note_wait(progress, f"sent again: {error.title}", pause)
                continue
            if response.status_code in REFUSED and not progress.renewed:
                progress.renewed = await self._credentials.renew(request, response)
                if progress.renewed:  # Okta did not act on it, so that also a write is sent again
                    continue
            wait = self._pause_after(response, progress, read=read)
            if wait is None or progress.tries >= TRIES:
                return response
            progress.first_id = progress.first_id or okta_request_id(response.headers)
            if progress.first_id:  # Okta: "Rate limits", how a retry says what it retries
                request.headers["x-okta-retry-for"] = progress.first_id
                request.headers["x-okta-retry-count"] = str(progress.tries)
            progress.left -= await self._wait(lane, wait, progress.left, request_id=progress.first_id)
            _note_wait(progress, self._why_again(response, lane), wait)

    async def _sign(self, request: httpx.Request) -> None:
        try:
            await self._credentials.sign(request)
        except OktaError as error:
            error.sent = False  # without a signature the request itself has not left
            raise

    async def _try(self, request: httpx.Request, lane: Lane, progress: _Progress) -> httpx.Response:
        """Send once, within what is left of the time."""
        progress.tries += 1
        if progress.record is not None:
            progress.record.tries = progress.tries
        seconds = lane.seconds
        if request.method in READS:
            seconds = min(seconds, READ_SECONDS - progress.spent)
        async with self._background_slots if lane.background else nullcontext():
            began, sent_at = self._clock.monotonic(), self._clock.local.time()
            progress.may_be_acted_on = True
            try:
                response = await self._send_once(request, seconds, asks=lane.asks or request.method in READS)
            finally:
                progress.spent += self._clock.monotonic() - began
        progress.may_be_acted_on = response.status_code not in {*REFUSED, 429}
        if "x-okta-request-id" in response.headers:  # any other server's clock tells nothing
            self._clock.note(response.headers, sent_at)
        self._budget.note(lane.bucket, response.headers)
        return response

    def _pause_after(self, response: httpx.Response, progress: _Progress, *, read: bool) -> float | None:
        """Return the seconds after which an answer is asked for again; `None` for one that stands."""
        if response.status_code == 429:  # noqa: PLR2004
            return self._limit_wait(response, progress.tries)
        if read and response.status_code in RETRIED:
            pause = self._backoff(progress.tries)
            if progress.spent + pause < READ_SECONDS:
                progress.spent += pause
                return pause
        return None

    async def _send_once(self, request: httpx.Request, seconds: float, *, asks: bool) -> httpx.Response:
        try:
            async with self._clock.deadline(seconds):
                return await whole(await self._inner.handle_async_request(request), self._large)
        except httpx.PoolTimeout:
            raise NotReached("keydesk is busy with other requests", advice="Try again. Nothing was sent.") from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _not_reached(error) from None
        except httpx.UnsupportedProtocol as error:
            raise NotReached(detail=type(error).__name__) from None
        except TimeoutError as error:
            if error.__cause__ is not None and unsent(error.__cause__):
                raise NotReached(detail=f"no connection within {seconds:.0f} s") from None
            raise _lost(f"within {seconds:.0f} s", error, asks=asks) from None
        except (httpx.TransportError, httpx.DecodingError, httpx.StreamError, zlib.error, OSError) as error:
            # OSError: httpx does not wrap every one, such as a TLS failure in the middle of an answer
            raise _lost("", error, asks=asks) from None

    async def _wait_for_bucket(self, lane: Lane, progress: _Progress) -> float:
        waited = 0.0
        why = f"rate limit of {lane.bucket}: {'left to the agent' if lane.background else 'used up'}"
        while (pause := self._budget.pause(lane.bucket, background=lane.background, waited=waited)) > 0:
            waited += await self._wait(lane, pause, progress.left - waited)
            _note_wait(progress, why, pause)
        return waited

    def _why_again(self, response: httpx.Response, lane: Lane) -> str:
        """Return why an answer is asked for again, in words."""
        if response.status_code != 429:  # noqa: PLR2004
            return f"sent again: Okta answered {response.status_code}"
        too_many = self._budget.is_concurrency_limit(response.headers)
        return "too many calls at the same time" if too_many else f"rate limit of {lane.bucket}: Okta answered 429"

    async def _wait(self, lane: Lane, seconds: float, left: float, *, request_id: str = "") -> float:
        if seconds <= 0:
            return 0.0
        if seconds > left:
            raise RateLimited(lifts_in=seconds, request_id=request_id)
        held = self._budget.hold(lane.bucket, seconds)
        try:
            await self._clock.sleep(seconds)
        finally:
            self._budget.release(held)
        return seconds

    def _limit_wait(self, response: httpx.Response, tries: int) -> float:
        if self._budget.is_concurrency_limit(response.headers):  # too many at the same time, not too many in a minute
            return CONCURRENCY_PAUSE * tries * (0.5 + self._clock.jitter())
        return self._budget.reset_in(response.headers) or self._backoff(tries + 2)

    def _backoff(self, tries: int) -> float:
        return float(0.2 * 2**tries * (0.5 + self._clock.jitter()))

    async def aclose(self) -> None:
        """Close the transport below."""
        await self._inner.aclose()


def _note_wait(progress: _Progress, why: str, seconds: float) -> None:
    if progress.record is not None and seconds > 0:
        progress.record.waits.append((why, seconds))


def _not_reached(error: httpx.HTTPError) -> NotReached:
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text or "SSL" in text:
        return TlsFailed(detail=text[:200])
    return NotReached(detail=text[:200] or type(error).__name__)


def _lost(within: str, error: Exception, *, asks: bool) -> AnswerLost:
    title = f"Okta's answer did not come {within}" if within else None
    if asks:
        return AnswerLost.of_read(title or "Okta's answer broke off", detail=type(error).__name__)
    return AnswerLost(title, detail=type(error).__name__)


def answer_of(response: httpx.Response, request_id: str) -> Answer:
    """Return an httpx response as a plain value."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    links = tuple(response.headers.get_list("link"))
    return Answer(response.status_code, headers, response.content, okta_request_id(headers) or request_id, links)


def request_of(http: httpx.AsyncClient, url: str, call: Call, lane: Lane, approval: Approval | None) -> httpx.Request:
    """Build the httpx request of a call.

    Raises:
        Refused: The URL is too long, or has characters that no URL has.
    """
    try:
        return http.build_request(
            call.method,
            url,
            content=call.body or None,
            headers={"content-type": "application/json"} if call.body else None,
            extensions={"lane": lane, "approval": approval},
        )
    except httpx.InvalidURL as error:
        raise Refused("keydesk refused an odd path", detail=str(error)[:200]) from None
