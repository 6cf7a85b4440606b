"""Catches up with 10,000 events of the System Log: by feed and store, and by a bare loop that only decodes them."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import httpx
import msgspec

from tests.conftest import ORIGIN, START, FakeClock
from tests.desk.lockouts.feed_support import DAY, Ear, Log, day, feeding
from tui.desk.lockouts.feed import FILTER
from tui.okta.log_events import LogEvent

EVENTS = 10_000
RUNS = 5


class Ready(httpx.AsyncBaseTransport):
    """Answers made beforehand, so that only the reader is measured."""

    def __init__(self, pages: dict[str, httpx.Response]) -> None:
        self.pages = pages

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        ready = self.pages[request.url.params.get("after", "")]
        return httpx.Response(200, headers=ready.headers, content=ready.content)


async def _pages(clock: FakeClock) -> dict[str, httpx.Response]:
    log = Log(clock, told=sorted(day(EVENTS, begin=START - DAY), key=lambda told: told.arrives))
    query = {"filter": FILTER, "limit": "1000", "sortOrder": "ASCENDING", "since": "2026-11-20T00:00:00Z"}
    url = httpx.URL(f"{ORIGIN}/api/v1/logs", params=query)
    pages: dict[str, httpx.Response] = {}
    while (after := url.params.get("after", "")) not in pages:
        pages[after] = await log.handle_async_request(httpx.Request("GET", url))
        url = httpx.URL(pages[after].links["next"]["url"])
    return pages


async def _ours(clock: FakeClock, pages: dict[str, httpx.Response], path: Path | None) -> float:
    log = Log(clock)
    log.handle_async_request = Ready(pages).handle_async_request  # type: ignore[method-assign]
    ear = Ear()
    async with feeding(log, path) as feed:
        await feed.client.http()
        start = time.perf_counter()
        await feed.follow(ear, once=True)
        seconds = time.perf_counter() - start
    assert len(ear.uuids) == EVENTS
    return seconds


async def _bare(pages: dict[str, httpx.Response]) -> float:
    decoder = msgspec.json.Decoder(list[LogEvent])
    start, url, seen = time.perf_counter(), httpx.URL(f"{ORIGIN}/api/v1/logs"), set[str]()
    async with httpx.AsyncClient(transport=Ready(pages)) as client:
        while events := decoder.decode((answer := await client.get(url)).content):
            seen.update(event.uuid for event in events)
            url = httpx.URL(answer.links["next"]["url"])
    assert len(seen) == EVENTS
    return time.perf_counter() - start


async def _measure() -> dict[str, float]:
    clock = FakeClock(START + 7200)
    pages = await _pages(clock)
    found: dict[str, list[float]] = {"feed, store on disk": [], "feed, in memory": [], "bare decoding": []}
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            found["feed, store on disk"].append(await _ours(clock, pages, Path(folder) / "feed.sqlite3"))
        found["feed, in memory"].append(await _ours(clock, pages, None))
        found["bare decoding"].append(await _bare(pages))
    return {name: min(times) for name, times in found.items()}


def main() -> None:
    """Print the table."""
    found = asyncio.run(_measure())
    print(f"Catching up with {EVENTS:,} events of the System Log in pages of 1,000 (best of {RUNS})")
    print(f"{'reader':<22}{'events/s':>10}{'takes':>12}")
    bare = found["bare decoding"]
    for name, seconds in found.items():
        print(f"{name:<22}{EVENTS / seconds:>10,.0f}{seconds / bare:>11.2f}x")


if __name__ == "__main__":
    main()
