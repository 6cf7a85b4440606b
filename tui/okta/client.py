"""The async Okta client: sends calls and returns typed values, lists page by page."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct

from tui.okta import endpoints as ep
from tui.okta.answers import check, from_elsewhere
from tui.okta.budget import Budget
from tui.okta.call_log import CallLog
from tui.okta.calls import OWN_ID, Call
from tui.okta.clock import Clock, OktaClock
from tui.okta.decode import decode
from tui.okta.errors import BadToken, OktaError, Refused, Unreadable
from tui.okta.links import MOST_PAGES, MOST_SHORT_PAGES, PageBounds, next_url, target_on
from tui.okta.log_events import LogEvent
from tui.okta.models import AppLink, Block, Factor, Group, Org, User, UserDevice, UserRisk, WellKnown
from tui.okta.network import AS_FOUND, hosted_by_okta

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from typing import TypeAlias

    from tui.okta.answers import Answer
    from tui.okta.credentials import Credentials
    from tui.okta.endpoints import Endpoint
    from tui.okta.http import httpx
    from tui.okta.models import Device
    from tui.okta.network import Network
    from tui.okta.policy import Approval, Policy

T = TypeVar("T")

if TYPE_CHECKING:
    Transport: TypeAlias = httpx.AsyncBaseTransport
    """The network, which tests replace."""


class Page(Struct, Generic[T], frozen=True):
    """One page of a list.

    Attributes:
        items: The values of the page.
        next_url: The server's own URL of the next page; `None` on the last page.
    """

    items: tuple[T, ...]
    next_url: str | None


class OktaClient:
    """The connection to one org, for the whole life of a session.

    httpx is imported with the first request, in a thread, so that the app is on the screen before.
    """

    def __init__(
        self,
        policy: Policy,
        credentials: Credentials,
        *,
        clock: Clock | None = None,
        transport: Transport | None = None,
        network: Network = AS_FOUND,
        reserve: float = 0.25,
    ) -> None:
        self.policy = policy
        self.clock = OktaClock(clock or Clock())
        self.budget = Budget(self.clock, reserve=reserve)
        self.calls = CallLog(credentials.redact, origin=policy.origin, prefix=policy.prefix)
        self._credentials = credentials
        self._transport = transport
        self._network = network
        self._http: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._principal = credentials.client_id
        self._asking_principal = asyncio.Lock()
        # Why the address is certainly that of an Okta org; empty until Okta itself has answered from it
        self._right = "The address is in a domain of Okta's own." if hosted_by_okta(policy.origin) else ""

    async def http(self) -> httpx.AsyncClient:
        """Return the httpx client, which is built with the first call; also its own requests have to pass the guard."""
        async with self._opening:
            if self._http is None:
                self._http = await asyncio.to_thread(self._build)
            return self._http

    def _build(self) -> httpx.AsyncClient:
        from http.cookiejar import CookieJar, DefaultCookiePolicy  # noqa: PLC0415 - comes with httpx

        from tui.okta.body import ENCODING  # noqa: PLC0415 - brings httpx
        from tui.okta.http import httpx  # noqa: PLC0415 - 0.12 s, spent in a thread once the app is on the screen
        from tui.okta.recorder import Recorder  # noqa: PLC0415 - brings httpx
        from tui.okta.signing import TokenSender  # noqa: PLC0415 - brings httpx
        from tui.okta.transport import Guard, Patience  # noqa: PLC0415 - brings httpx

        network = self._transport or self._wire()
        self._credentials.attach(TokenSender(self.policy, network, self.budget, self.clock, self.calls))
        guard = Guard(self.policy, Patience(network, self._credentials, self.budget, self.clock))
        return httpx.AsyncClient(
            transport=Recorder(self.calls, guard, self.clock),
            headers={"accept": "application/json", "accept-encoding": ENCODING, "user-agent": "keydesk"},
            cookies=CookieJar(
                DefaultCookiePolicy(allowed_domains=())
            ),  # no cookies are stored: only the token authenticates a request
            timeout=httpx.Timeout(10.0, read=35.0),  # the System Log may take 30 s before it sends an error
            follow_redirects=False,
            trust_env=False,
        )

    def _wire(self) -> Transport:
        from tui.okta.wire import wire  # noqa: PLC0415 - brings httpx

        scheme, _, netloc = self.policy.origin.partition("://")
        return wire(secure=scheme == "https", network=self._network, host=netloc)

    async def send(
        self,
        call: Call,
        *,
        bucket: str = "other",
        approval: Approval | None = None,
        background: bool = False,
        patience: float = 70.0,
    ) -> Answer:
        """Send one call and return its answer.

        Args:
            call: The call to send.
            bucket: The rate-limit bucket of its endpoint.
            approval: The ledger's approval; needed for every call but reads.
            background: Whether it yields to the agent's own requests.
            patience: The longest wait for a rate limit, in seconds.

        Raises:
            OktaError: The request failed; the error carries a request id.
        """
        http = await self.http()
        from tui.okta.transport import LOG_TRY_SECONDS, TRY_SECONDS, Lane, answer_of, request_of  # noqa: PLC0415 - as above

        own_id = f"{OWN_ID}{uuid.uuid4().hex}"
        try:
            seconds = LOG_TRY_SECONDS if bucket == ep.LOGS.bucket else TRY_SECONDS
            lane = Lane(bucket, background, patience, seconds)
            request = request_of(http, self._url(call.target), call, lane, approval)
            response = await http.send(request)
            answer = answer_of(response, own_id)
            check(answer, lifts_in=self.budget.reset_in(answer.headers) or 0.0, right=self._right)
            if answer.from_okta:
                self._right = "The address is right: Okta has answered from it before."
        except OktaError as error:
            error.request_id = error.request_id or own_id
            if isinstance(error, BadToken):
                self._credentials.blame(error)
            error.conceal(self._credentials.redact)
            raise
        if call.writes and not answer.from_okta:  # another server sent this success, so whether Okta acted is unknown
            raise from_elsewhere(answer, str(answer.status), self._right)
        return answer

    def _value(self, answer: Answer, kind: type[T]) -> T:
        """Decode an answer; an unreadable one without Okta's request id was sent by another server."""
        try:
            return decode(answer.body, kind, request_id=answer.request_id)
        except Unreadable as error:
            if answer.from_okta:
                raise
            raise from_elsewhere(answer, error.detail or error.title, self._right) from None

    def _url(self, target: str) -> str:
        return f"{self.policy.origin}{self.policy.prefix}{target}"

    async def read(
        self,
        endpoint: Endpoint,
        kind: type[T],
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        *,
        background: bool = False,
    ) -> T:
        """Read one value.

        Raises:
            OktaError: As `send`, and `Unreadable`.
        """
        answer = await self.send(_call(endpoint, path, query), bucket=endpoint.bucket, background=background)
        return self._value(answer, kind)

    async def pages(
        self,
        endpoint: Endpoint,
        kind: type[T],
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        *,
        background: bool = False,
        most: int = MOST_PAGES,
    ) -> AsyncIterator[Page[T]]:
        """Read a list page by page; the next page is requested when the caller asks for it.

        Args:
            endpoint: The endpoint of the list.
            kind: The type of one item.
            path: The values for the names in the endpoint's path template.
            query: The parameters of the first page; later pages are read by the server's own URLs.
            background: Whether it yields to the agent's own requests.
            most: The most pages.

        Raises:
            OktaError: As `send`; also `Unreadable` for a next page on another host, or one that was read already, and
                `TooMuch` for a list that does not end.
        """
        list_kind: Any = list[kind]  # type: ignore[valid-type]
        call = _call(endpoint, path, query)
        bounds = PageBounds(most)
        while True:
            answer = await self.send(call, bucket=endpoint.bucket, background=background)
            items: tuple[T, ...] = tuple(self._value(answer, list_kind))
            url, request_id = next_url(answer.links), answer.request_id
            yield Page(items, url)
            if url is None:
                return
            bounds.check(call.target, items, request_id=request_id)
            call = Call("GET", target_on(self.policy.origin, self.policy.prefix, url, request_id=request_id))
            bounds.check_next(call.target, request_id=request_id)

    async def page(
        self,
        endpoint: Endpoint,
        kind: type[T],
        query: Mapping[str, str] | None = None,
        *,
        url: str | None = None,
        background: bool = False,
    ) -> Page[T]:
        """Read one page of a list: the first, or the one at a URL that the server sent earlier.

        Args:
            endpoint: The endpoint of the list.
            kind: The type of one item.
            query: The parameters of the first page; not used with `url`, which is read as it is.
            url: The server's own URL of a later page.
            background: Whether it yields to the agent's own requests.

        Raises:
            OktaError: As `send`; also `BadRequest` with E0000029 for a cursor that Okta no longer knows, and
                `Unreadable` for a URL on another host.
        """
        call = _call(endpoint, None, query)
        if url is not None:
            call = Call("GET", target_on(self.policy.origin, self.policy.prefix, url))
        list_kind: Any = list[kind]  # type: ignore[valid-type]
        answer = await self.send(call, bucket=endpoint.bucket, background=background)
        return Page(tuple(self._value(answer, list_kind)), next_url(answer.links))

    async def all(
        self,
        endpoint: Endpoint,
        kind: type[T],
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        *,
        background: bool = False,
        most: int = 1000,
    ) -> tuple[T, ...]:
        """Read all pages of a short list, up to `most` items."""
        items: list[T] = []
        async for page in self.pages(endpoint, kind, path, query, background=background, most=MOST_SHORT_PAGES):
            items.extend(page.items)
            if len(items) >= most:
                break
        return tuple(items[:most])

    async def user(self, key: str, *, background: bool = False) -> User:
        """Read one person by id, login or unambiguous short name; current, unlike the search index."""
        return await self.read(ep.USER, User, {"id": key}, background=background)

    def users(
        self, search: str = "", *, limit: int = 200, sort: str = "", descending: bool = False, background: bool = False
    ) -> AsyncIterator[Page[User]]:
        """Read people page by page.

        With a search expression, all who match are read, the deactivated too; without one, all but the deactivated.
        """
        query = {"search": search} if search else {}
        query["limit"] = str(limit)
        if sort:
            query |= {"sortBy": sort, "sortOrder": "desc" if descending else "asc"}
        return self.pages(ep.USERS, User, None, query, background=background)

    @property
    def known_principal(self) -> str:
        """What `principal` has found; empty before it was asked."""
        return self._principal

    async def principal(self) -> str:
        """Return Okta's id of whom the System Log names for this client's calls; empty where that is not known.

        A service app is named by its client id, an API token by its owner, who is asked for once, however many ask.
        """
        async with self._asking_principal:
            if not self._principal:
                with suppress(OktaError):
                    self._principal = (await self.user("me")).id
        return self._principal

    async def groups_of(self, user_id: str) -> tuple[Group, ...]:
        """Read the person's groups, Everyone included."""
        return await self.all(ep.USER_GROUPS, Group, {"id": user_id})

    async def app_links_of(self, user_id: str) -> tuple[AppLink, ...]:
        """Read the apps that the person sees on their dashboard."""
        return await self.all(ep.USER_APP_LINKS, AppLink, {"id": user_id})

    async def blocks_of(self, user_id: str, *, background: bool = False) -> tuple[Block, ...]:
        """Read the blocks that shut the person out, whatever their status."""
        return await self.all(ep.USER_BLOCKS, Block, {"id": user_id}, background=background)

    async def factors_of(self, user_id: str) -> tuple[Factor, ...]:
        """Read the person's enrolled factors, as far as Okta's policy shows them to this client."""
        return await self.all(ep.USER_FACTORS, Factor, {"id": user_id})

    async def devices_of(self, user_id: str) -> tuple[Device, ...]:
        """Read the devices on which the person has enrolled Okta Verify; an org of Classic knows none."""
        links = await self.all(ep.USER_DEVICES, UserDevice, {"id": user_id})
        return tuple(link.device for link in links if link.device is not None)

    async def risk_of(self, user_id: str) -> UserRisk:
        """Read how risky Okta holds the person; an org of Classic does not know that."""
        return await self.read(ep.USER_RISK, UserRisk, {"id": user_id})

    async def log_page(self, query: Mapping[str, str], *, background: bool = False) -> tuple[LogEvent, ...]:
        """Read one page of the System Log, for a bounded search; following the log needs a cursor."""
        async for page in self.pages(ep.LOGS, LogEvent, None, query, background=background):
            return page.items
        return ()

    async def log_pages(self, query: Mapping[str, str], *, most: int, background: bool = False) -> tuple[LogEvent, ...]:
        """Read up to `most` pages of the System Log, each event once, for a bounded search."""
        events: dict[str, LogEvent] = {}
        pages = 0
        async for page in self.pages(ep.LOGS, LogEvent, None, query, background=background):
            events |= {event.uuid: event for event in page.items}
            pages += 1
            if not page.items or pages >= most:
                break
        return tuple(events.values())

    async def well_known(self) -> WellKnown:
        """Read the public page that proves an address to be an Okta org."""
        return await self.read(ep.WELL_KNOWN, WellKnown)

    async def org(self) -> Org:
        """Read the org's settings."""
        return await self.read(ep.ORG, Org)

    async def aclose(self) -> None:
        """Close all connections."""
        if self._http is not None:
            await self._http.aclose()


def _call(endpoint: Endpoint, path: Mapping[str, str] | None, query: Mapping[str, str] | None) -> Call:
    """Return the call of an endpoint; a value that no path can hold, such as an empty id, is refused, not a crash."""
    try:
        return endpoint.call(path, query)
    except ValueError as error:
        raise Refused(
            "This cannot be asked of Okta", advice="There is no such person there.", detail=str(error)
        ) from None
