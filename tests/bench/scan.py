"""Scans an org of 10,000 and one of 100,000 people for expiring passwords, as many listed in both: calls, time, memory.

The wire makes the pages as they are asked for, so that nothing but the scan holds people.
"""

from __future__ import annotations

import asyncio
import json
import time
import tracemalloc
from typing import Final

import httpx

from tests.conftest import ORIGIN, START, FakeClock
from tui.desk.actions.needs import ENDPOINT_MAP
from tui.desk.expiry.scan import ExpiryScan
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.policy import Policy

SMALL, LARGE = 10_000, 100_000
PAGE: Final = 200
LISTED: Final = 500
SPECIAL: Final = 20
"""One person in so many is in the group of a policy of its own."""


def _person(number: int) -> dict[str, object]:
    changed = "2026-08-01T00:00:00.000Z" if number < LISTED else "2026-11-20T00:00:00.000Z"
    login = f"person.{number}@acme.example"
    return {
        "id": f"00u{number:017}",
        "status": "ACTIVE",
        "passwordChanged": changed,
        "profile": {"login": login, "email": login, "firstName": "Person", "lastName": str(number)},
        "credentials": {"password": {}, "provider": {"type": "OKTA", "name": "OKTA"}},
    }


def _policy(name: str, priority: int, group: str, days: int, *, system: bool) -> dict[str, object]:
    return {
        "id": f"00p{name}",
        "name": name,
        "status": "ACTIVE",
        "priority": priority,
        "system": system,
        "conditions": {"people": {"groups": {"include": [group]}}, "authProvider": {"provider": "OKTA"}},
        "settings": {"password": {"age": {"maxAgeDays": days}, "lockout": {}}},
    }


class Org(httpx.AsyncBaseTransport):
    """An org of so many people, made page by page."""

    def __init__(self, people: int) -> None:
        self.people = people
        self.calls = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        path, after = request.url.path, int(request.url.params.get("after", "0"))
        if path == "/api/v1/policies":
            return _answer(
                [_policy("few", 1, "00gFEW", 90, system=False), _policy("all", 2, "00gALL", 120, system=True)]
            )
        if path == "/api/v1/groups":
            stats = {"stats": {"usersCount": self.people}}
            return _answer([{"id": "00gALL", "type": "BUILT_IN", "profile": {"name": "Everyone"}, "_embedded": stats}])
        step = SPECIAL if path.startswith("/api/v1/groups/") else 1
        numbers = range(after, min(after + PAGE * step, self.people), step)
        last = after + PAGE * step >= self.people
        return _answer([_person(number) for number in numbers], None if last else f"{path}?after={after + PAGE * step}")


def _answer(items: list[dict[str, object]], following: str | None = None) -> httpx.Response:
    headers = {"x-okta-request-id": "r"}
    if following:
        headers["link"] = f'<{ORIGIN}{following}>; rel="next"'
    return httpx.Response(200, headers=headers, content=json.dumps(items).encode())


async def _scan(people: int) -> tuple[int, int, int, float]:
    org = Org(people)
    client = OktaClient(
        Policy(ORIGIN, endpoints=ENDPOINT_MAP),
        ApiToken("00abcdefghijklmnopqrstuvwxyz"),
        clock=FakeClock(START),
        transport=org,
    )
    await client.http()
    scan = ExpiryScan(client, 30)
    tracemalloc.start()
    begun = time.perf_counter()
    await scan.run(lambda _: None)
    seconds = time.perf_counter() - begun
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    await client.aclose()
    assert sum(scan.counts.values()) == people
    return org.calls, len(scan.rows), peak, seconds


def main() -> None:
    """Measure both and print the table."""
    found = {people: asyncio.run(_scan(people)) for people in (SMALL, LARGE)}
    print("password expiry, a scan of the whole org (time with memory traced, so slower than it is)")
    print(f"{'people':>9}{'calls':>8}{'listed':>8}{'peak MB':>10}{'seconds':>9}")
    for people, (calls, listed, peak, seconds) in found.items():
        print(f"{people:>9,}{calls:>8}{listed:>8}{peak / 2**20:>10.1f}{seconds:>9.1f}")
    print(f"memory, ten times the people: {found[LARGE][2] / found[SMALL][2]:.2f}x")


if __name__ == "__main__":
    main()
