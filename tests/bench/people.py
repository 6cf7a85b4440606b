"""Reads 10,000 people in pages of 200 off the demo org: keydesk's client, a bare httpx loop, the vendor's SDK.

Each reader is a process of its own, so that memory is its own too; the best of several runs counts. The SDK needs an
environment of its own: `make bench` makes `.venv-sdk`; without it that row is left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SDK_PYTHON = ROOT / ".venv-sdk" / "bin" / "python"
INSTALLED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": str(ROOT)}
"""Set for each program that is measured: this checkout's modules, compiled as an installed program has them."""
PEOPLE = 10_000
RUNS = 5

_TELL = """
import json, resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"people": count, "seconds": seconds, "mb": peak}))
"""

KEYDESK = (
    """
import asyncio, sys, time
from tui.okta.auth import ApiToken
from tui.okta.client import OktaClient
from tui.okta.policy import EndpointMap, Policy
async def main():
    client = OktaClient(Policy(sys.argv[1], endpoints=EndpointMap(frozenset({"users"}))), ApiToken(sys.argv[2]))
    await client.http()
    start = time.perf_counter()
    count = 0
    async for page in client.users(limit=200):
        for user in page.items:
            count += bool(user.id and user.login)
    seconds = time.perf_counter() - start
    await client.aclose()
    return count, seconds
count, seconds = asyncio.run(main())
"""
    + _TELL
)

BARE = (
    """
import asyncio, sys, time
import httpx, msgspec
async def main():
    async with httpx.AsyncClient(headers={"authorization": "SSWS " + sys.argv[2]}, trust_env=False) as client:
        url, count = sys.argv[1] + "/api/v1/users?limit=200", 0
        start = time.perf_counter()
        while url:
            response = await client.get(url)
            for user in msgspec.json.decode(response.content):
                count += bool(user["id"] and user["profile"]["login"])
            url = response.links.get("next", {}).get("url")
        return count, time.perf_counter() - start
count, seconds = asyncio.run(main())
"""
    + _TELL
)

SDK = (
    """
import asyncio, sys, time
from okta.client import Client
async def main():
    client = Client({"orgUrl": sys.argv[1], "token": sys.argv[2]})
    start = time.perf_counter()
    after, count = None, 0
    while True:
        users, response, error = await client.list_users(limit=200, after=after)
        if error:
            raise SystemExit(str(error))
        for user in users:
            count += bool(user.id and user.profile.login)
        link = response.headers.get("Link", "")  # the SDK keeps the last Link line only
        if 'rel="next"' not in link:
            break
        after = link.split("after=")[1].split("&")[0].split(">")[0]
    return count, time.perf_counter() - start
count, seconds = asyncio.run(main())
"""
    + _TELL
)


@contextmanager
def demo_org(*options: str) -> Iterator[tuple[str, str]]:
    """A demo org in a process of its own; gives its address and a token."""
    command = [sys.executable, "-P", "-m", "tui", "demo-org", "--json", "--until-stdin-closes", *options]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | INSTALLED, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        try:
            yield told["url"], told["token"]
        finally:
            process.terminate()


def best(python: Path | str, code: str, url: str, token: str, *, runs: int = RUNS) -> dict[str, float]:
    """The fastest of several runs of one reader."""
    results = []
    for _ in range(runs):
        done = subprocess.run(
            [str(python), "-c", code, url, token],
            cwd=ROOT,
            env=os.environ | {"OKTA_TESTING_TESTINGDISABLEHTTPSCHECK": "true"},  # the SDK wants https otherwise
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"a reader failed:\n{done.stderr[-2000:]}")
        results.append(json.loads(done.stdout.splitlines()[-1]))
    return min(results, key=lambda result: float(result["seconds"]))


def main() -> None:
    """Print the table."""
    options = ("--people", str(PEOPLE), "--rate-limits", "off", "--lockouts-per-minute", "0")
    with demo_org(*options) as (url, token):
        best(sys.executable, BARE, url, token, runs=1)  # the server's own warm-up
        rows = {
            "keydesk": best(sys.executable, KEYDESK, url, token),
            "bare httpx": best(sys.executable, BARE, url, token),
        }
        if SDK_PYTHON.exists():
            rows["vendor's SDK"] = best(SDK_PYTHON, SDK, url, token, runs=3)
    print(f"Reading {PEOPLE:,} people in pages of 200 (best of {RUNS})")
    print(f"{'reader':<14}{'people/s':>10}{'peak MB':>9}{'keydesk is':>14}")
    ours = rows["keydesk"]
    for name, row in rows.items():
        rate = row["people"] / row["seconds"]
        ratio = (ours["people"] / ours["seconds"]) / rate
        print(f"{name:<14}{rate:>10,.0f}{row['mb']:>9.0f}{ratio:>13.2f}x")


if __name__ == "__main__":
    main()
