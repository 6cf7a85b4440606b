"""What the client's tests share: a wire that answers from a script and remembers what really was sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx

from tui.okta.auth import ApiToken
from tui.okta.calls import Call
from tui.okta.client import OktaClient
from tui.okta.endpoints import ENDPOINTS, KNOWN
from tui.okta.policy import Approval, Capability, EndpointMap, Mode, Policy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping

    from tests.conftest import FakeClock
    from tui.okta.credentials import Credentials
    from tui.okta.endpoints import Endpoint

ORG = "https://acme.okta.com"
TOKEN = "00SecretSecretSecret-42_secret"
PERSON = "00u1person"
# What the tests of the wire and of the other rules hold the guard to: every call that keydesk has.
ALL_ENDPOINTS = EndpointMap(frozenset(KNOWN))
SERVER = 1_000_000_000.0  # the server's clock, decades from the test's
REQUEST_ID = "5168be8d5f54ca5371398055415254ff"

Scripted: TypeAlias = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass(frozen=True)
class Sent:
    """One request as it went over the wire; later changes to the request object do not reach it."""

    method: str
    origin: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes
    extensions: Mapping[str, Any]

    @property
    def call(self) -> Call:
        return Call(self.method, self.target, self.body)


@dataclass
class Line(httpx.AsyncBaseTransport):
    """The wire: answers in turn, the last one for ever after."""

    script: list[Scripted]
    sent: list[Sent] = field(default_factory=list)
    closed: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        body = b"".join([part async for part in request.stream])
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        headers = dict(request.headers.items())
        self.sent.append(
            Sent(request.method, origin, request.url.raw_path.decode(), headers, body, dict(request.extensions))
        )
        answer = self.script[min(len(self.sent), len(self.script)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else copy_of(answer)

    async def aclose(self) -> None:
        self.closed += 1

    @property
    def writes(self) -> list[Call]:
        return [sent.call for sent in self.sent if sent.method not in {"GET", "HEAD"}]


def line(*script: Scripted) -> Line:
    return Line(list(script) or [okta({})])


def copy_of(answer: httpx.Response) -> httpx.Response:
    """A response can be read once; the script may be read for ever."""
    return httpx.Response(answer.status_code, headers=answer.headers.multi_items(), content=answer.content)


def okta(
    body: object = None,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
    links: tuple[str, ...] = (),
    request_id: str | None = REQUEST_ID,
) -> httpx.Response:
    """An answer as Okta makes them; `None` as body means an empty one."""
    items = [("x-okta-request-id", request_id)] if request_id is not None else []
    items += [("link", link) for link in links]
    items += list((headers or {}).items())
    if body is None:
        return httpx.Response(status, headers=items)
    return httpx.Response(status, headers=items, json=body)


def trouble(
    status: int, code: str, summary: str = "It did not work", *, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    body = {"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oae1", "errorCauses": []}
    return okta(body, status, headers=headers)


def limits(limit: int | str, remaining: int | str, *, resets_in: int = 48, server: float = SERVER) -> dict[str, str]:
    """Rate-limit headers by a server's clock, which may be far from the local one."""
    return {
        "date": formatdate(server, usegmt=True),
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(remaining),
        "x-rate-limit-reset": str(int(server) + resets_in),
    }


def limited(*, resets_in: int = 48, server: float = SERVER) -> httpx.Response:
    """A 429 of the ordinary form: too many in this minute."""
    return trouble(429, "E0000047", headers=limits(10, 0, resets_in=resets_in, server=server))


class CutBody(httpx.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error or httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"id":'
        raise self.error


def cut(error: Exception | None = None) -> Callable[[httpx.Request], httpx.Response]:
    def cut_off(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"x-okta-request-id": REQUEST_ID}, stream=CutBody(error))

    return cut_off


def client_of(
    wire: httpx.AsyncBaseTransport,
    clock: FakeClock,
    *,
    mode: Mode = Mode.READ_WRITE,
    credentials: Credentials | None = None,
    prefix: str = "",
    token_path: str | None = None,
    capabilities: Collection[Capability] = tuple(Capability),
    endpoints: EndpointMap = ALL_ENDPOINTS,
) -> OktaClient:
    policy = Policy(ORG, mode, frozenset(capabilities), prefix, token_path, endpoints)
    return OktaClient(policy, credentials or ApiToken(TOKEN), clock=clock, transport=wire)


def call_of(endpoint: Endpoint, key: str = PERSON) -> Call:
    """A call of any endpoint, its template filled with one key."""
    names = [part[1:-1] for part in endpoint.template.split("/") if part.startswith("{")]
    return endpoint.call(dict.fromkeys(names, key))


def approved(*calls: Call) -> Approval:
    return Approval(1, calls)


WRITES = [call_of(endpoint) for endpoint in ENDPOINTS.values() if endpoint.writes]
READS = [call_of(endpoint) for endpoint in ENDPOINTS.values() if not endpoint.writes]
UNLOCK = call_of(ENDPOINTS["unlock"])
USER = call_of(ENDPOINTS["user"])


def named(value: object) -> str:
    """A short name for a parametrised case."""
    if isinstance(value, httpx.Response):
        return str(value.status_code)
    if isinstance(value, Call | str):
        return str(value)[:70]
    return repr(value)[:70] if isinstance(value, Exception) else getattr(value, "__name__", "")
