"""The transports above the network: `Guard` decides what may be sent, `Patience` when it is sent again."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.okta.answers import UNSENT, Answer
from tui.okta.calls import READS, Call
from tui.okta.errors import AnswerLost, NotReached, RateLimited, Refused, TlsFailed
from tui.okta.http import httpx
from tui.okta.network_errors import ProxyRefused

if TYPE_CHECKING:
    from tui.okta.budget import Budget
    from tui.okta.clock import OktaClock
    from tui.okta.credentials import Credentials
    from tui.okta.policy import Approval, Policy

TRIES: Final = 4
# The most background requests at once; the pool has 16 connections, so the agent's own requests never wait for them.
BACKGROUND: Final = 4
RETRIED: Final = frozenset({502, 503, 504})
REFUSED: Final = frozenset({400, 401})
CONCURRENCY_PAUSE: Final = 1.0
# httpx passes everything in `extensions` on to its core, where "target" would replace the path behind the guard's back.
_PASSED_ON: Final = frozenset({"timeout", "lane"})
_OVERRIDES: Final = ("x-http-method", "x-method-override", "x-original-", "x-rewrite-", "x-forwarded-")


@dataclass(frozen=True, slots=True)
class Lane:
    """How one request is treated.

    Attributes:
        bucket: The rate-limit bucket of its endpoint.
        background: Whether it yields to the agent's own requests, since nobody waits for it.
        patience: The longest wait for rate limits in all, in seconds; beyond it, `RateLimited` is raised.
    """

    bucket: str = "other"
    background: bool = False
    patience: float = 70.0


@dataclass(slots=True)
class _Progress:
    """The progress of one request.

    Attributes:
        may_be_acted_on: Whether Okta may act, or may have acted, on what was sent last.
    """

    may_be_acted_on: bool = False


class Guard(httpx.AsyncBaseTransport):
    """The outermost transport: every request of httpx passes it, however it was made. Default deny."""

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
        for name in sealed.headers:
            if name.lower().replace("_", "-").startswith(_OVERRIDES):
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

    The copy's body is read from the stream, and its length header is the true length.
    """
    if not isinstance(request.stream, httpx.AsyncByteStream):
        raise Refused("keydesk refused an odd request", detail=request.method)
    body = b"".join([part async for part in request.stream])
    request.stream = httpx.ByteStream(body)
    extensions = {name: value for name, value in request.extensions.items() if name in _PASSED_ON}
    sealed = httpx.Request(
        request.method, request.url, headers=request.headers, stream=request.stream, extensions=extensions
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

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, wait and send again as the class describes; return the answer with its whole body.

        Raises:
            NotReached: There was no connection.
            AnswerLost: The request was sent, and there was no answer or only a part of it.
            RateLimited: The limit lasts longer than the lane's patience.
            CancelledError: With `UNSENT` where Okta certainly did not act on it.
        """
        lane = request.extensions.get("lane")
        progress = _Progress()
        try:
            return await self._send(request, lane if isinstance(lane, Lane) else Lane(), progress)
        except asyncio.CancelledError:
            if progress.may_be_acted_on:
                raise
            raise asyncio.CancelledError(UNSENT) from None

    async def _send(self, request: httpx.Request, lane: Lane, progress: _Progress) -> httpx.Response:
        read = request.method in READS
        first_id = ""
        tries = 0
        renewed = False
        left = lane.patience
        while True:
            left -= await self._wait_for_bucket(lane, left)
            await self._credentials.sign(request)
            tries += 1
            try:
                async with self._background_slots if lane.background else nullcontext():
                    progress.may_be_acted_on = True
                    sent_at = self._clock.local.time()
                    response = await self._send_once(request)
            except (NotReached, AnswerLost) as error:
                if not read or tries >= TRIES or isinstance(error, TlsFailed | ProxyRefused):
                    raise
                await self._clock.sleep(self._backoff(tries))
                continue
            progress.may_be_acted_on = response.status_code not in {*REFUSED, 429}
            if "x-okta-request-id" in response.headers:  # any other server's clock tells nothing
                self._clock.note(response.headers, sent_at)
            self._budget.note(lane.bucket, response.headers)
            if response.status_code in REFUSED and not renewed and await self._credentials.renew(request, response):
                renewed = True  # Okta did not act on it, so that also a write is sent again
                continue
            if response.status_code == 429:  # noqa: PLR2004
                wait = self._limit_wait(response, tries)
            elif read and response.status_code in RETRIED and tries < TRIES:
                wait = self._backoff(tries)
            else:
                return response
            if tries >= TRIES:
                return response
            first_id = first_id or response.headers.get("x-okta-request-id", "")
            if first_id:  # Okta: "Rate limits", how a retry says what it retries
                request.headers["x-okta-retry-for"] = first_id
                request.headers["x-okta-retry-count"] = str(tries)
            left -= await self._wait(lane, wait, left, request_id=first_id)

    async def _send_once(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._inner.handle_async_request(request)
            await response.aread()
        except httpx.PoolTimeout:
            raise NotReached("keydesk is busy with other requests", advice="Try again. Nothing was sent.") from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _not_reached(error) from None
        except httpx.UnsupportedProtocol as error:
            raise NotReached(detail=type(error).__name__) from None
        except (httpx.TransportError, httpx.DecodingError, httpx.StreamError, OSError) as error:
            # OSError: httpx does not wrap every one, such as a TLS failure in the middle of an answer
            raise AnswerLost(detail=type(error).__name__) from None
        return response

    async def _wait_for_bucket(self, lane: Lane, left: float) -> float:
        waited = 0.0
        while (pause := self._budget.pause(lane.bucket, background=lane.background, waited=waited)) > 0:
            waited += await self._wait(lane, pause, left - waited)
        return waited

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


def _not_reached(error: httpx.HTTPError) -> NotReached:
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text or "SSL" in text:
        return TlsFailed(detail=text[:200])
    return NotReached(detail=text[:200] or type(error).__name__)


def answer_of(response: httpx.Response, request_id: str) -> Answer:
    """Return an httpx response as a plain value."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    links = tuple(response.headers.get_list("link"))
    return Answer(
        response.status_code, headers, response.content, headers.get("x-okta-request-id") or request_id, links
    )


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
