"""A System Log at the wire, written from Okta's rules for polling, with a day of events that come late and twice."""

from __future__ import annotations

import asyncio
import json
import random
from bisect import bisect_left, bisect_right
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import httpx

from tests.conftest import ORIGIN, START
from tui.desk.actions.needs import ENDPOINT_MAP
from tui.desk.lockouts.feed import Feed
from tui.desk.lockouts.feed_store import FeedStore
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.clock import stamp
from tui.okta.policy import Policy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    import pytest

    from tests.conftest import FakeClock
    from tui.okta.log_events import LogEvent

DAY = 86_400.0
JSON = {"content-type": "application/json", "x-okta-request-id": "req1"}


@dataclass(frozen=True)
class Told:
    """An event and when it arrives in Okta's storage."""

    arrives: float
    event: dict[str, Any]


@dataclass
class Log(httpx.AsyncBaseTransport):
    """Okta's System Log: by arrival, a next link on every page, cursors that can be forgotten.

    Attributes:
        before: Called with the number of each request; a name it returns is a fault for it.
        after: Called when an answer is made and not yet delivered.
        linkless: So many of the next full pages come without a next link.
        short: The most events on a page, however many are asked for.
    """

    clock: FakeClock
    told: list[Told] = field(default_factory=list)
    sent: list[httpx.Request] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    before: Callable[[int], str | None] = lambda _: None
    after: Callable[[], object] = lambda: None
    limit: int = 1000
    linkless: int = 0
    short: int = 1000
    epoch: int = 0
    _left: int = 1000
    _window: int = 0

    def tell(self, *told: Told) -> None:
        self.told = sorted([*self.told, *told], key=lambda one: one.arrives)

    def lose_cursors(self) -> None:
        self.epoch += 1

    @property
    def uuids(self) -> set[str]:
        return {one.event["uuid"] for one in self.told if one.arrives <= self.clock.now}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        self.sent_at.append(self.clock.now)
        name = self.faults.pop(0) if self.faults else self.before(len(self.sent))
        if name is not None and (answer := self._fault(name, request)) is not None:
            return answer
        answer = self._answer(request)
        self.after()
        if name == "cut-after":
            raise httpx.ReadError("cut", request=request)
        return answer

    def _fault(self, name: str, request: httpx.Request) -> httpx.Response | None:
        if name == "cut":
            raise httpx.ReadError("cut", request=request)
        if name == "lost":
            self.lose_cursors()
            return None
        status, code = {
            "429": (429, "E0000047"),
            "500": (500, "E0000009"),
            "503": (503, "E0000010"),
            "401": (401, "E0000011"),
            "403": (403, "E0000006"),
            "400": (400, "E0000053"),
        }.get(name, (0, ""))
        headers = self._headers(remaining=0, lasts=48) if status == 429 else dict(JSON)
        if status:
            return httpx.Response(status, headers=headers, json={"errorCode": code, "errorSummary": "no"})
        return None

    def _headers(self, *, remaining: int | None = None, lasts: int = 30) -> dict[str, str]:
        window = int(self.clock.now // 60)
        if window != self._window:
            self._window, self._left = window, self.limit
        self._left -= 1
        left = max(0, self._left) if remaining is None else remaining
        return JSON | {
            "date": formatdate(self.clock.now, usegmt=True),
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": str(int(self.clock.now) + lasts if remaining == 0 else (window + 1) * 60),
        }

    def _answer(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        assert request.method == "GET"
        assert request.url.path == "/api/v1/logs"
        assert "until" not in asked, "a bounded look misses late events"
        assert asked.get("sortOrder") == "ASCENDING"
        assert asked.get("filter")
        assert 0 < int(asked["limit"]) <= 1000
        limit = min(int(asked["limit"]), self.short)
        if "after" in asked:
            epoch, _, place = asked["after"].removeprefix("c").partition("-")
            if int(epoch) != self.epoch:
                body = {"errorCode": "E0000029", "errorSummary": "Invalid paging request."}
                return httpx.Response(400, headers=JSON, json=body)
            start = int(place)
        else:
            since = datetime.fromisoformat(asked["since"]).timestamp()
            start = bisect_left(self.told, since, key=lambda one: one.arrives)
        here = bisect_right(self.told, self.clock.now, key=lambda one: one.arrives)
        end = min(start + limit, max(here, start))
        url = request.url.copy_set_param("after", f"c{self.epoch}-{end}")
        headers = self._headers()
        if end - start == limit and self.linkless:
            self.linkless -= 1
        else:
            headers["link"] = f'<{url}>; rel="next"'
        page = [one.event for one in self.told[start:end]]
        return httpx.Response(200, headers=headers, content=json.dumps(page))


def event(number: int, at: float, kind: str = "user.session.start", **more: object) -> dict[str, Any]:
    """One event about a person, shaped as Okta's."""
    person = number % 50
    return {
        "uuid": f"{number:08x}-0000",
        "published": stamp(datetime.fromtimestamp(at, UTC)),
        "eventType": kind,
        "severity": "DEBUG",
        "actor": {"id": f"00u{person}", "type": "User", "alternateId": f"p{person}@x.test", "displayName": None},
        "client": {"ipAddress": f"203.0.113.{person}", "zone": "null", "userAgent": None},
        "outcome": {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"},
        "target": None,
        "debugContext": {"debugData": {"requestUri": "/api/v1/authn"}},
        **more,
    }


def day(count: int, *, begin: float = START, seed: int = 1) -> list[Told]:
    """A day of events: 5 % come up to half an hour late, 1 % come twice, none in the order of what happened."""
    dice = random.Random(seed)  # noqa: S311 - a day that is the same each time
    kinds = ["user.session.start"] * 17 + ["user.account.lock", "user.account.unlock", "user.account.lock"]
    told = []
    for number in range(count):
        at = begin + dice.random() * DAY
        kind = kinds[number % len(kinds)]
        outcome = {"result": "SUCCESS", "reason": None} if kind.endswith("unlock") else None
        one = event(dice.getrandbits(24) << 16 | number, at, kind, **({"outcome": outcome} if outcome else {}))
        late = dice.uniform(60, 1800) if dice.random() < 0.05 else dice.uniform(1, 25)
        told.append(Told(at + late, one))
        if dice.random() < 0.01:
            told.append(Told(at + late + dice.uniform(0, 600), one))
    return told


class Ear:
    """Who listens: each batch, and each uuid as often as it was heard."""

    def __init__(self) -> None:
        self.batches: list[tuple[LogEvent, ...]] = []

    def __call__(self, events: Sequence[LogEvent]) -> None:
        self.batches.append(tuple(events))

    @property
    def events(self) -> list[LogEvent]:
        return [one for batch in self.batches for one in batch]

    @property
    def uuids(self) -> list[str]:
        return [one.uuid for one in self.events]


def asking(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose events the store is asked for, from now on."""
    asked = list[str]()
    of_person = FeedStore.of_person

    def noted(store: FeedStore, person: str) -> tuple[int, tuple[LogEvent, ...]]:
        asked.append(person)
        return of_person(store, person)

    monkeypatch.setattr(FeedStore, "of_person", noted)
    return asked


async def come(about: Callable[[], bool]) -> None:
    """Wait until something has come about; the store works in threads, so that turns of the loop are not enough."""
    async with asyncio.timeout(20):
        while not about():  # noqa: ASYNC110 - what comes about has no event to wait for
            await asyncio.sleep(0.001)


async def run(feed: Feed, ear: Ear, enough: Callable[[], bool]) -> None:
    """Follow until something has come about; the tests' clock makes all waits short."""
    task = asyncio.create_task(feed.follow(ear))
    await come(lambda: task.done() or enough())
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def feeding(log: Log, path: Path | None, *, every: float = 15.0) -> AsyncIterator[Feed]:
    """A process of its own: its connection, its store on the shared file, its feed."""
    client = OktaClient(Policy(ORIGIN, endpoints=ENDPOINT_MAP), ApiToken("00TESTtoken"), clock=log.clock, transport=log)
    feed = Feed(client, FeedStore(path, ORIGIN), every=every)
    try:
        yield feed
    finally:
        feed.store.close()
        await client.aclose()
